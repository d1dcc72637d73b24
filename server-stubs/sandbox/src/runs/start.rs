//! A run as it begins.

use std::collections::BTreeMap;

use exai_server::{ApiError, RequestContext, types};
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

use super::RUNS;
use crate::Sandbox;
use crate::plans::PLANS;
use crate::world::{actor, caller, id, now, refused};

/// How long a run may take where its start does not say.
const TIMEOUT: SignedDuration = SignedDuration::from_hours(24);

impl Sandbox {
    /// Keeps a run that is queued, and begins to walk its plan.
    pub(super) fn start(
        &self,
        cx: &RequestContext,
        body: types::StartRun,
    ) -> Result<types::Run, ApiError> {
        let caller = caller(cx)?;
        let missing = |_| refused("/plan_id", "exists", "there is no such plan");
        let plan = self
            .store
            .update(&PLANS, &caller.org, &body.plan_id, |plan| {
                plan.run_count += 1;
                Ok(())
            })
            .map_err(missing)?;
        let id = id("run");
        let created_at = now();
        let timeout = match &body.timeout {
            Some(text) => duration(text).ok_or_else(|| {
                refused(
                    "/timeout",
                    "format",
                    "it is no duration of days, hours, minutes, seconds",
                )
            })?,
            None => TIMEOUT,
        };
        let run = types::Run {
            ceiling: body.ceiling.or_else(|| plan.ceiling.clone()),
            created_at,
            created_by: actor(caller)?,
            deadline_at: created_at.saturating_add(timeout).unwrap_or(Timestamp::MAX),
            fault: None,
            finished_at: None,
            input: body.input.unwrap_or_default(),
            labels: body.labels.unwrap_or_default(),
            name: body.name,
            node_counts: BTreeMap::from([("pending".to_owned(), count(plan.nodes.len()))]),
            parent_run_id: None,
            plan_id: plan.id.clone(),
            plan_revision: plan.revision,
            poll_url: self.url(&format!("/runs/{id}")),
            receipt: None,
            replay_of: None,
            started_at: None,
            status: types::RunStatus::Queued,
            stream_url: self.url(&format!("/runs/{id}/events")),
            usage: free(),
            id,
        };
        self.store.put(&RUNS, &caller.org, &run.id, &run)?;
        self.plan_nodes(&caller.org, &run, &plan)?;
        let (sandbox, org, id) = (self.clone(), caller.org.clone(), run.id.clone());
        let pause_before = body.pause_before.unwrap_or_default();
        tokio::spawn(async move {
            // A store that fails has said so; the run stays as it is.
            let _ = sandbox.walk(&org, &id, &pause_before).await;
        });
        Ok(run)
    }
}

/// How many there are, as the wire has it.
pub(super) fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// Nothing was used.
pub(super) fn free() -> types::Usage {
    types::Usage {
        cost: types::Money {
            amount: "0.00".to_owned(),
            currency: "USD".to_owned(),
        },
        input_tokens: 0,
        output_tokens: 0,
    }
}

/// An ISO 8601 duration whose days are 24 hours.
pub(super) fn duration(text: &str) -> Option<SignedDuration> {
    let span: Span = text.parse().ok()?;
    span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()
}
