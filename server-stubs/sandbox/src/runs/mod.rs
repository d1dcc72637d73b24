//! Runs of plans: how they are started, followed and steered.

use exai_server::{ApiError, types};

use crate::Sandbox;
use crate::store::Kind;

/// Runs by id.
pub(crate) const RUNS: Kind<types::Run> = Kind::new("run");

impl exai_server::unimplemented::Runs for Sandbox {}

impl Sandbox {
    /// Whether a run of a plan is not over yet.
    pub(crate) fn has_running(&self, org: &str, plan_id: &str) -> Result<bool, ApiError> {
        let runs = self.store.list(&RUNS, org, "")?;
        let running = |run: &types::Run| run.plan_id == plan_id && run.finished_at.is_none();
        Ok(runs.iter().any(running))
    }
}
