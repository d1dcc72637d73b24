//! Checkpoints: what a run was at a moment, to look at and to replay from.

use std::collections::BTreeMap;

use exai_server::{ApiError, ListRunCheckpointsParams, types};
use jiff::Timestamp;
use types::{RunCheckpointReason, RunEvent};

use super::walk::{Step, Walk};
use crate::Sandbox;
use crate::digest::sha256;
use crate::pages::page;
use crate::store::Kind;
use crate::world::id;

/// Checkpoints by the run's id and their place in it.
const CHECKPOINTS: Kind<types::RunCheckpointDetail> = Kind::new("checkpoint");

fn place(checkpoint: &types::RunCheckpointDetail) -> String {
    format!("{}/{:09}", checkpoint.run_id, checkpoint.sequence)
}

impl Walk {
    /// Takes a checkpoint of the run as it stands, and gives its id.
    pub(super) fn checkpoint(
        &mut self,
        reason: RunCheckpointReason,
        now: Timestamp,
    ) -> types::CheckpointId {
        self.checkpoints += 1;
        let state = |step: &Step| types::CheckpointNode {
            attempt: step.node.attempt,
            node_id: step.node.id.clone(),
            status: step.node.status.clone(),
            output: step.node.output.clone(),
        };
        let nodes = self
            .nodes()
            .map(|step| (step.node.key.clone(), state(step)));
        let nodes: BTreeMap<String, types::CheckpointNode> = nodes.collect();
        let bytes = serde_json::to_vec(&nodes).unwrap_or_default();
        let detail = types::RunCheckpointDetail {
            id: id("ckp"),
            created_at: now,
            digest: sha256(&bytes),
            nodes,
            reason,
            run_id: self.run.id.clone(),
            sequence: self.checkpoints,
            size_bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        };
        self.say(RunEvent::CheckpointCreated(types::CheckpointCreatedEvent {
            checkpoint: summary(&detail),
            occurred_at: now,
            run_id: detail.run_id.clone(),
            sequence: 0,
        }));
        let id = detail.id.clone();
        self.news.checkpoints.push(detail);
        id
    }
}

impl Sandbox {
    /// Keeps checkpoints as they were taken.
    pub(super) fn keep_checkpoints(
        &self,
        org: &str,
        checkpoints: &[types::RunCheckpointDetail],
    ) -> Result<(), ApiError> {
        if checkpoints.is_empty() {
            return Ok(());
        }
        let placed = checkpoints.iter().map(|one| (place(one), one));
        self.store.put_all(&CHECKPOINTS, org, placed)
    }

    /// A checkpoint of a run, if it is there.
    pub(super) fn checkpoint_of(
        &self,
        org: &str,
        run_id: &str,
        checkpoint_id: &str,
    ) -> Result<Option<types::RunCheckpointDetail>, ApiError> {
        let prefix = format!("{run_id}/");
        let found = self.store.list(&CHECKPOINTS, org, &prefix)?;
        let mut found = found.into_iter();
        Ok(found.find(|checkpoint| checkpoint.id == checkpoint_id))
    }

    /// A page of a run's checkpoints.
    pub(super) fn list_checkpoints(
        &self,
        org: &str,
        run_id: &str,
        params: &ListRunCheckpointsParams,
    ) -> Result<types::RunCheckpointList, ApiError> {
        let prefix = format!("{run_id}/");
        let found = self.store.list(&CHECKPOINTS, org, &prefix)?;
        let found = found.iter().map(|one| (place(one), summary(one)));
        let (cursor, limit) = (params.cursor.as_deref(), params.limit);
        let found: Vec<(String, types::RunCheckpoint)> = found.collect();
        let (data, next_cursor) = page(found, |(place, _)| place, params.order, cursor, limit)?;
        let data = data.into_iter().map(|(_, checkpoint)| checkpoint).collect();
        Ok(types::RunCheckpointList { data, next_cursor })
    }
}

fn summary(detail: &types::RunCheckpointDetail) -> types::RunCheckpoint {
    types::RunCheckpoint {
        id: detail.id.clone(),
        created_at: detail.created_at,
        digest: detail.digest.clone(),
        reason: detail.reason.clone(),
        run_id: detail.run_id.clone(),
        sequence: detail.sequence,
        size_bytes: detail.size_bytes,
    }
}
