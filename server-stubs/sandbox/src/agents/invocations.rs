//! Invocations: what is asked, how it stands, how it ends.

use exai_runtime::{Outcome, Subject};
use exai_server::{ApiError, RequestContext, types};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use types::{
    AgentInvocation, AgentInvocationEvent, AgentStatus, AgentVersionStatus, InvocationFault,
    InvocationFaultReason, InvocationStatus,
};

use super::work::Task;
use crate::Sandbox;
use crate::money::free;
use crate::patch::recast;
use crate::runs::{ceiling, conforms};
use crate::store::{Kind, failed};
use crate::tokens::ORGANISATION;
use crate::workspaces::WORKSPACES;
use crate::world::{actor, caller, duration, id, now, refused};

/// Invocations by id.
pub(super) const INVOCATIONS: Kind<Invocation> = Kind::new("invocation");

/// How long an invocation may take where nothing else is said.
const LIMIT: SignedDuration = SignedDuration::from_hours(1);

/// An invocation as it is kept.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Invocation {
    pub(super) shown: AgentInvocation,
    pub(super) tool_calls: i64,
    /// How it ends. From then on nothing else is told of it, though it has no receipt yet.
    ending: Option<Ending>,
}

impl Invocation {
    /// One that has done nothing yet.
    pub(super) fn new(shown: AgentInvocation) -> Self {
        Self {
            shown,
            tool_calls: 0,
            ending: None,
        }
    }
}

/// How an invocation ends.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Ending {
    Succeeded(Value),
    Failed(InvocationFault),
    Cancelled(Option<String>),
}

impl Sandbox {
    /// Keeps an invocation that is queued, and lets the agent work in the background.
    pub(super) fn invoke(
        &self,
        cx: &RequestContext,
        agent_id: &str,
        body: types::InvokeAgent,
    ) -> Result<AgentInvocation, ApiError> {
        let caller = caller(cx)?;
        let known = self.known_agent(cx, agent_id)?;
        if known.agent.status == AgentStatus::Disabled {
            return Err(refused("", "state", "the agent is disabled"));
        }
        let agent = known.agent.clone();
        let version = match &body.version {
            None => known.newest()?,
            Some(number) => known
                .version(number)
                .map_err(|error| refused("/version", "unknown_version", error.message()))?,
        };
        if version.status == AgentVersionStatus::Retired {
            return Err(refused("/version", "retired", "the version is retired"));
        }
        // What tells a simulated agent what to do is for the sandbox, not for the agent.
        let asked = body.input.iter().filter(|(name, _)| *name != "simulate");
        let asked = asked.map(|(name, value)| (name.clone(), value.clone()));
        conforms(
            &version.input_schema,
            &Value::Object(asked.collect()),
            "/input",
        )?;
        if let Some(workspace) = &body.workspace_id
            && self
                .store
                .get(&WORKSPACES, &caller.org, workspace)?
                .is_none()
        {
            let message = format!("there is no workspace {workspace}");
            return Err(refused("/workspace_id", "unknown_workspace", message));
        }
        let limit = match body.timeout.as_deref() {
            None => LIMIT,
            Some(text) => duration(text)
                .filter(SignedDuration::is_positive)
                .ok_or_else(|| refused("/timeout", "format", "it is no time to work in"))?,
        };
        let invocation_id = id("inv");
        let poll_url = self.url(&format!("/agents/{agent_id}/invocations/{invocation_id}"));
        let shown = AgentInvocation {
            id: invocation_id,
            agent_id: agent_id.to_owned(),
            ceiling: ceiling(body.ceiling, None)?,
            created_at: now(),
            created_by: actor(caller)?,
            fault: None,
            finished_at: None,
            input: body.input,
            labels: body.labels.unwrap_or_default(),
            stream_url: format!("{poll_url}/events"),
            poll_url,
            receipt: None,
            run_id: None,
            started_at: None,
            status: InvocationStatus::Queued,
            usage: free(),
            version: version.version.clone(),
            workspace_id: body.workspace_id,
            output: None,
        };
        let kept = Invocation::new(shown.clone());
        self.store
            .put(&INVOCATIONS, &caller.org, &shown.id, &kept)?;
        let task = Task {
            org: caller.org.clone(),
            invocation: shown.clone(),
            agent,
            version,
            limit,
        };
        let sandbox = self.clone();
        self.behind(job(&shown.id), async move { sandbox.work_on(task).await });
        Ok(shown)
    }

    /// The invocations of an agent that a caller sees, oldest first; 404 where it sees none such.
    pub(super) fn invocations(
        &self,
        cx: &RequestContext,
        agent_id: &str,
    ) -> Result<Vec<Invocation>, ApiError> {
        self.known_agent(cx, agent_id)?;
        let mut found = self.store.list(&INVOCATIONS, &caller(cx)?.org, "")?;
        found.retain(|one| one.shown.agent_id == agent_id);
        Ok(found)
    }

    /// An invocation of an agent that a caller sees; 404 where there is none.
    pub(super) fn invocation(
        &self,
        cx: &RequestContext,
        agent_id: &str,
        invocation_id: &str,
    ) -> Result<AgentInvocation, ApiError> {
        self.known_agent(cx, agent_id)?;
        let found = self
            .store
            .find(&INVOCATIONS, &caller(cx)?.org, invocation_id)?;
        if found.shown.agent_id == agent_id {
            return Ok(found.shown);
        }
        let message = format!("there is no invocation {invocation_id} of {agent_id}");
        Err(ApiError::not_found(message))
    }

    /// Whether an invocation of an agent is not over.
    pub(super) fn is_working(&self, org: &str, agent_id: &str) -> Result<bool, ApiError> {
        let found = self.store.list(&INVOCATIONS, org, "")?;
        let working =
            |one: &Invocation| one.shown.agent_id == agent_id && one.shown.finished_at.is_none();
        Ok(found.iter().any(working))
    }

    /// Changes an invocation and tells of it, unless it is ending; whether it was not. Within work
    /// that is done atomically.
    pub(super) fn tell_of(
        &self,
        org: &str,
        invocation_id: &str,
        change: impl FnOnce(&mut Invocation),
        events: Vec<AgentInvocationEvent>,
    ) -> Result<bool, ApiError> {
        let mut goes_on = false;
        self.store
            .update(&INVOCATIONS, org, invocation_id, |invocation| {
                goes_on = invocation.ending.is_none();
                if goes_on {
                    change(invocation);
                }
                Ok(())
            })?;
        if goes_on && !events.is_empty() {
            let numbered = events.into_iter().map(numbered);
            let numbered = numbered.collect::<Result<Vec<_>, _>>()?;
            self.log.extend(invocation_id, numbered)?;
        }
        Ok(goes_on)
    }

    /// Ends an invocation; 422 where that has been done already.
    pub(super) async fn end_invocation(
        &self,
        org: &str,
        invocation_id: &str,
        ending: Ending,
    ) -> Result<AgentInvocation, ApiError> {
        let set = |invocation: &mut Invocation| invocation.ending = Some(ending);
        if !self.tell_of(org, invocation_id, set, Vec::new())? {
            return Err(refused("", "state", "the invocation is over"));
        }
        self.close_invocation(org, invocation_id).await
    }

    /// Gives an invocation that is ending its receipt and its last event.
    async fn close_invocation(
        &self,
        org: &str,
        invocation_id: &str,
    ) -> Result<AgentInvocation, ApiError> {
        let kept = self.store.find(&INVOCATIONS, org, invocation_id)?;
        let ending = kept.ending.ok_or_else(ApiError::internal_error)?;
        let outcome = match ending {
            Ending::Succeeded(_) => Outcome::Succeeded,
            Ending::Failed(_) | Ending::Cancelled(_) => Outcome::Failed,
        };
        let subject = Subject::Invocation {
            invocation_id: invocation_id.to_owned(),
            agent_id: kept.shown.agent_id.clone(),
            version: kept.shown.version.clone(),
            cost: recast(&kept.shown.usage.cost)?,
        };
        let receipt = self.receipt(org, subject, outcome).await?;
        let now = now();
        let closed = self
            .store
            .update(&INVOCATIONS, org, invocation_id, |invocation| {
                let shown = &mut invocation.shown;
                shown.receipt = Some(receipt.clone());
                shown.finished_at = Some(now);
                shown.status = match &ending {
                    Ending::Succeeded(output) => {
                        shown.output = Some(output.clone());
                        InvocationStatus::Succeeded
                    }
                    Ending::Failed(fault) => {
                        shown.fault = Some(fault.clone());
                        InvocationStatus::Failed
                    }
                    Ending::Cancelled(_) => InvocationStatus::Cancelled,
                };
                Ok(())
            })?;
        let event = last(&closed.shown, ending, receipt);
        self.log.extend(invocation_id, [numbered(event)?])?;
        Ok(closed.shown)
    }

    /// Ends every invocation that is not over: whoever worked on it is gone. What a process does
    /// that finds some in its file. Those inside of runs go on with them.
    pub(crate) fn end_lost_invocations(&self) -> Result<(), ApiError> {
        let mut lost = self.store.list(&INVOCATIONS, ORGANISATION, "")?;
        lost.retain(|one| one.shown.finished_at.is_none() && one.shown.run_id.is_none());
        for Invocation { shown, .. } in lost {
            let sandbox = self.clone();
            self.behind(job(&shown.id), async move {
                let end = || sandbox.lose_invocation(ORGANISATION, &shown.id);
                sandbox.atomically(end).await
            });
        }
        Ok(())
    }

    async fn lose_invocation(&self, org: &str, id: &str) -> Result<(), ApiError> {
        let found = self.store.find(&INVOCATIONS, org, id)?;
        if found.shown.finished_at.is_some() {
            return Ok(());
        }
        match found.ending {
            Some(_) => self.close_invocation(org, id).await,
            None => {
                let ending = Ending::Failed(InvocationFault {
                    message: "the server was stopped while the agent worked".to_owned(),
                    reason: InvocationFaultReason::InternalError,
                    retryable: true,
                });
                self.end_invocation(org, id, ending).await
            }
        }
        .map(drop)
    }
}

/// What work on an invocation is called.
fn job(id: &str) -> String {
    format!("invocation/{id}")
}

/// An event that takes its number when it is told.
pub(super) fn numbered(event: AgentInvocationEvent) -> Result<impl FnOnce(u64) -> Value, ApiError> {
    let mut event = serde_json::to_value(event).map_err(failed)?;
    Ok(move |number: u64| {
        event["sequence"] = number.into();
        event
    })
}

/// Whether an event ends the stream.
pub(super) fn is_last(event: &AgentInvocationEvent) -> bool {
    matches!(
        event,
        AgentInvocationEvent::InvocationCompleted(_)
            | AgentInvocationEvent::InvocationFailed(_)
            | AgentInvocationEvent::InvocationCancelled(_)
    )
}

fn last(shown: &AgentInvocation, ending: Ending, receipt: String) -> AgentInvocationEvent {
    let (invocation_id, usage) = (shown.id.clone(), shown.usage.clone());
    let (occurred_at, sequence) = (shown.finished_at.unwrap_or_else(now), 0);
    match ending {
        Ending::Succeeded(output) => {
            AgentInvocationEvent::InvocationCompleted(types::InvocationCompletedEvent {
                invocation_id,
                occurred_at,
                output,
                receipt,
                sequence,
                usage,
            })
        }
        Ending::Failed(fault) => {
            AgentInvocationEvent::InvocationFailed(types::InvocationFailedEvent {
                fault,
                invocation_id,
                occurred_at,
                receipt,
                sequence,
                usage,
            })
        }
        Ending::Cancelled(reason) => {
            AgentInvocationEvent::InvocationCancelled(types::InvocationCancelledEvent {
                invocation_id,
                occurred_at,
                reason,
                receipt,
                sequence,
                usage,
            })
        }
    }
}
