//! Agents that work inside of runs: their invocations, as the runs tell of them.

use exai_server::{ApiError, types};
use jiff::Timestamp;
use types::{AgentInvocation, AgentInvocationEvent, InvocationStatus};

use super::invocations::{Ending, INVOCATIONS, Invocation, numbered};
use super::work::reason;
use crate::Sandbox;

/// What a run tells of an agent that it asks.
#[derive(Clone, Debug)]
pub(crate) enum Inside {
    /// An attempt has begun.
    Begun(Asked),
    /// The attempt is over.
    Ended(types::InvocationId, Answered),
}

/// What an agent is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) id: types::InvocationId,
    pub(crate) agent_id: types::AgentId,
    pub(crate) version: types::SemanticVersion,
    pub(crate) input: types::JsonValue,
    pub(crate) ceiling: Option<types::Money>,
    pub(crate) usage: types::Usage,
    pub(crate) at: Timestamp,
}

/// What came of it.
#[derive(Clone, Debug)]
pub(crate) enum Answered {
    Succeeded(types::JsonValue),
    Failed(types::RunFault),
    /// Nobody waits for it any more.
    Cancelled,
}

impl Sandbox {
    /// Keeps the invocations that a run tells of. Within its turn.
    pub(crate) async fn note_invocations(
        &self,
        org: &str,
        run: &types::Run,
        told: Vec<Inside>,
    ) -> Result<(), ApiError> {
        for one in told {
            match one {
                Inside::Begun(asked) => self.begin_inside(org, run, asked)?,
                Inside::Ended(id, answered) => self.end_inside(org, &id, answered).await?,
            }
        }
        Ok(())
    }

    fn begin_inside(&self, org: &str, run: &types::Run, asked: Asked) -> Result<(), ApiError> {
        let path = format!("/agents/{}/invocations/{}", asked.agent_id, asked.id);
        let poll_url = self.url(&path);
        let input = match asked.input {
            types::JsonValue::Object(input) => input.into_iter().collect(),
            _ => types::JsonObject::new(),
        };
        let started = types::InvocationStartedEvent {
            agent_id: asked.agent_id.clone(),
            invocation_id: asked.id.clone(),
            occurred_at: asked.at,
            sequence: 0,
            version: asked.version.clone(),
        };
        let shown = AgentInvocation {
            agent_id: asked.agent_id,
            ceiling: asked.ceiling,
            created_at: asked.at,
            created_by: run.created_by.clone(),
            fault: None,
            finished_at: None,
            input,
            labels: run.labels.clone(),
            stream_url: format!("{poll_url}/events"),
            poll_url,
            receipt: None,
            run_id: Some(run.id.clone()),
            started_at: Some(asked.at),
            status: InvocationStatus::Running,
            usage: asked.usage,
            version: asked.version,
            workspace_id: None,
            output: None,
            id: asked.id,
        };
        let kept = Invocation::new(shown);
        self.store.put(&INVOCATIONS, org, &kept.shown.id, &kept)?;
        let event = numbered(AgentInvocationEvent::InvocationStarted(started))?;
        self.log.extend(&kept.shown.id, [event]).map(drop)
    }

    /// Ends an invocation, unless that has been done: a run may give up what has ended already.
    async fn end_inside(&self, org: &str, id: &str, answered: Answered) -> Result<(), ApiError> {
        let kept = self.store.get(&INVOCATIONS, org, id)?;
        if kept.is_none_or(|kept| kept.shown.finished_at.is_some()) {
            return Ok(());
        }
        let ending = match answered {
            Answered::Succeeded(output) => Ending::Succeeded(output),
            Answered::Failed(fault) => Ending::Failed(types::InvocationFault {
                reason: reason(&fault.reason),
                message: fault.message,
                retryable: fault.retryable,
            }),
            Answered::Cancelled => Ending::Cancelled(None),
        };
        self.end_invocation(org, id, ending).await.map(drop)
    }
}
