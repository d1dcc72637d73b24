//! What the steps learn of one request. It outlives a panic in any of them, so that the answer to
//! a panic can say all of it.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use axum::extract::{OriginalUri, Request};
use jiff::Timestamp;

use crate::{Caller, Draft, Operation, Outcome, Quota, Subject};

#[derive(Debug)]
pub(crate) struct Exchange {
    /// The id of the receipt that the response will carry.
    pub(crate) receipt: String,
    method: String,
    path: String,
    pub(crate) operation_id: Option<&'static str>,
    pub(crate) caller: OnceLock<Caller>,
    pub(crate) quota: OnceLock<Quota>,
    facts: Mutex<Facts>,
}

/// What a handler may add.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    pub(crate) run_id: Option<String>,
    pub(crate) event_id: Option<String>,
}

/// The path parameter that names a run.
const RUN: &str = "run_id";

impl Exchange {
    pub(crate) fn begin(operation: Option<&Operation>, request: &Request, now: Timestamp) -> Self {
        let original = request.extensions().get::<OriginalUri>();
        let path = original.map_or(request.uri(), |uri| &uri.0).path();
        let run = operation.and_then(|operation| operation.parameter(RUN, path));
        Self {
            receipt: Draft::new_id(now),
            method: request.method().to_string(),
            path: path.to_owned(),
            operation_id: operation.map(|operation| operation.id),
            caller: OnceLock::new(),
            quota: OnceLock::new(),
            facts: Mutex::new(Facts {
                run_id: run.map(str::to_owned),
                event_id: None,
            }),
        }
    }

    pub(crate) fn facts(&self) -> MutexGuard<'_, Facts> {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is recorded of the response.
    pub(crate) fn draft(
        &self,
        id: &str,
        status: u16,
        error: Option<String>,
        at: Timestamp,
    ) -> Draft {
        let caller = self.caller.get();
        let facts = self.facts().clone();
        Draft {
            org: caller.map(|caller| caller.org.clone()),
            id: id.to_owned(),
            subject: Subject::Response {
                operation_id: self.operation_id.map(str::to_owned),
                method: self.method.clone(),
                path: self.path.clone(),
                status,
                error,
            },
            actor: caller.map(|caller| caller.actor.clone()),
            outcome: Outcome::of(status),
            run_id: facts.run_id,
            event_id: facts.event_id,
            issued_at: at,
        }
    }
}
