//! What an agent does while it works: it looks around, writes a message, gives its output.

use std::time::Duration;

use exai_server::{ApiError, types};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use types::{
    AgentInvocationEvent, AgentPricing, InvocationFault, InvocationFaultReason, InvocationStatus,
    RunFaultReason, Usage,
};

use super::instance::instance;
use super::invocations::Ending;
use crate::Sandbox;
use crate::money::{micros, money};
use crate::runs::{Simulated, misfit, price};
use crate::world::{now, since};

/// How long an invocation waits for its turn, in milliseconds.
const QUEUED: u64 = 50;

/// An invocation on its way.
pub(super) struct Task {
    pub(super) org: String,
    pub(super) invocation: types::AgentInvocation,
    pub(super) agent: types::Agent,
    pub(super) version: types::AgentVersion,
    /// How long it may take.
    pub(super) limit: SignedDuration,
}

impl Task {
    fn events(&self) -> Events<'_> {
        Events {
            invocation_id: &self.invocation.id,
            occurred_at: now(),
        }
    }

    /// What it says and what it gives.
    fn answer(&self, told: Option<Value>) -> (String, Value) {
        let text = format!("{} has done what was asked for.", self.agent.title);
        let schema = Value::Object(self.version.output_schema.clone().into_iter().collect());
        let output = told.unwrap_or_else(|| instance(&schema, &text));
        (text, output)
    }
}

impl Sandbox {
    /// Walks an invocation from the queue to its end, or until somebody else ends it.
    pub(super) async fn work_on(&self, task: Task) -> Result<(), ApiError> {
        self.work(QUEUED).await;
        let Some(ending) = self.steps_of(&task).await? else {
            return Ok(());
        };
        // Whoever has cancelled it meanwhile has ended it.
        let ended = self.end_invocation(&task.org, &task.invocation.id, ending);
        ended.await.map(drop)
    }

    /// How an invocation ends; none where somebody else has ended it.
    async fn steps_of(&self, task: &Task) -> Result<Option<Ending>, ApiError> {
        let input = Value::Object(task.invocation.input.clone().into_iter().collect());
        let simulated = Simulated::of(&input);
        let full = price(&task.agent.pricing, &input);
        let begun = spent(&task.agent.pricing, &full);
        let started = now();
        let work = simulated.work(self.pace(Duration::from_secs(1)));
        let begin = |kept: &mut super::invocations::Invocation| {
            kept.shown.status = InvocationStatus::Running;
            kept.shown.started_at = Some(started);
            kept.shown.usage = begun.clone();
        };
        if !self
            .say(task, begin, vec![task.events().started(task)])
            .await?
        {
            return Ok(None);
        }
        let ceiling = task.invocation.ceiling.as_ref();
        if ceiling.is_some_and(|ceiling| micros(ceiling) < micros(&full.cost)) {
            let message = "the agent would cost more than the invocation may";
            return Ok(failed(
                InvocationFaultReason::CeilingReached,
                message,
                false,
            ));
        }
        let half = work / 2;
        let tool = task.version.capabilities.first().map(|one| one.as_str());
        if let Some(tool) = tool {
            let call = |kept: &mut super::invocations::Invocation| kept.tool_calls += 1;
            if !self
                .say(task, call, vec![task.events().calls(tool)])
                .await?
            {
                return Ok(None);
            }
        }
        let ran_out = work > task.limit;
        self.wait(half.min(task.limit)).await;
        let called = tool.map(|_| task.events().called(started));
        if !self.say(task, |_| (), called.into_iter().collect()).await? {
            return Ok(None);
        }
        self.wait((work - half).min(task.limit - half.min(task.limit)))
            .await;
        if ran_out {
            let message = "the agent has not finished in time";
            return Ok(failed(InvocationFaultReason::Timeout, message, true));
        }
        if let Some(fault) = simulated.fault(1) {
            return Ok(failed(
                reason(&fault.reason),
                &fault.message,
                fault.retryable,
            ));
        }
        let (text, output) = task.answer(simulated.told());
        let fits = misfit(&task.version.output_schema, &output);
        let usage = match (&task.agent.pricing, &fits) {
            // A fixed price is for those that succeed.
            (AgentPricing::Invocation(_), Some(_)) => Usage {
                cost: money(0),
                ..full
            },
            _ => full,
        };
        let mut events: Vec<_> = text
            .split_inclusive(' ')
            .map(|piece| task.events().token(piece))
            .collect();
        events.push(task.events().message(text.clone()));
        events.push(task.events().usage(usage.clone()));
        if !self
            .say(task, |kept| kept.shown.usage = usage.clone(), events)
            .await?
        {
            return Ok(None);
        }
        Ok(match fits {
            None => Some(Ending::Succeeded(output)),
            Some((place, message)) => {
                let message = format!("the output does not fit: {place} {message}");
                failed(InvocationFaultReason::InvalidOutput, &message, true)
            }
        })
    }

    async fn say(
        &self,
        task: &Task,
        change: impl Fn(&mut super::invocations::Invocation),
        events: Vec<AgentInvocationEvent>,
    ) -> Result<bool, ApiError> {
        let (org, id) = (&task.org, &task.invocation.id);
        self.atomically(|| std::future::ready(self.tell_of(org, id, &change, events.clone())))
            .await
    }

    async fn wait(&self, time: SignedDuration) {
        tokio::time::sleep(Duration::try_from(time).unwrap_or_default()).await;
    }
}

/// What is owed by an invocation that has begun: what it was sent. A fixed price is for those that
/// succeed.
fn spent(pricing: &AgentPricing, full: &Usage) -> Usage {
    let cost = match pricing {
        AgentPricing::Tokens(price) => {
            i128::from(full.input_tokens) * micros(&price.input_per_million) / 1_000_000
        }
        _ => 0,
    };
    Usage {
        cost: money(cost),
        input_tokens: full.input_tokens,
        output_tokens: 0,
    }
}

fn failed(reason: InvocationFaultReason, message: &str, retryable: bool) -> Option<Ending> {
    Some(Ending::Failed(InvocationFault {
        message: message.to_owned(),
        reason,
        retryable,
    }))
}

/// The reason that an input tells an agent to fail for, of those that agents have.
pub(super) fn reason(told: &RunFaultReason) -> InvocationFaultReason {
    match told.as_str() {
        "invalid_output" => InvocationFaultReason::InvalidOutput,
        "timeout" => InvocationFaultReason::Timeout,
        "ceiling_reached" => InvocationFaultReason::CeilingReached,
        "content_refused" => InvocationFaultReason::ContentRefused,
        "provider_unavailable" => InvocationFaultReason::ProviderUnavailable,
        "internal_error" => InvocationFaultReason::InternalError,
        _ => InvocationFaultReason::AgentError,
    }
}

/// Events of an invocation at a moment. Their `sequence` is set when they are told.
struct Events<'t> {
    invocation_id: &'t str,
    occurred_at: Timestamp,
}

/// The one call of a tool that an invocation has.
const CALL: &str = "call_1";

impl Events<'_> {
    fn started(self, task: &Task) -> AgentInvocationEvent {
        AgentInvocationEvent::InvocationStarted(types::InvocationStartedEvent {
            agent_id: task.agent.id.clone(),
            invocation_id: self.invocation_id.to_owned(),
            occurred_at: self.occurred_at,
            sequence: 0,
            version: task.version.version.clone(),
        })
    }

    fn calls(self, tool: &str) -> AgentInvocationEvent {
        AgentInvocationEvent::ToolCallStarted(types::ToolCallStartedEvent {
            arguments: types::JsonObject::new(),
            invocation_id: self.invocation_id.to_owned(),
            occurred_at: self.occurred_at,
            sequence: 0,
            tool: tool.to_owned(),
            tool_call_id: CALL.to_owned(),
        })
    }

    fn called(self, since_then: Timestamp) -> AgentInvocationEvent {
        AgentInvocationEvent::ToolCallCompleted(types::ToolCallCompletedEvent {
            duration: since(since_then),
            invocation_id: self.invocation_id.to_owned(),
            is_error: false,
            occurred_at: self.occurred_at,
            result: json!({"done": true}),
            sequence: 0,
            tool_call_id: CALL.to_owned(),
        })
    }

    fn token(self, text: &str) -> AgentInvocationEvent {
        AgentInvocationEvent::Token(types::TokenEvent {
            invocation_id: self.invocation_id.to_owned(),
            message_index: 0,
            occurred_at: self.occurred_at,
            sequence: 0,
            text: text.to_owned(),
        })
    }

    fn message(self, text: String) -> AgentInvocationEvent {
        AgentInvocationEvent::MessageCompleted(types::AgentMessageCompletedEvent {
            invocation_id: self.invocation_id.to_owned(),
            message_index: 0,
            occurred_at: self.occurred_at,
            sequence: 0,
            text,
        })
    }

    fn usage(self, usage: Usage) -> AgentInvocationEvent {
        AgentInvocationEvent::UsageUpdated(types::UsageUpdatedEvent {
            invocation_id: self.invocation_id.to_owned(),
            occurred_at: self.occurred_at,
            sequence: 0,
            usage,
        })
    }
}
