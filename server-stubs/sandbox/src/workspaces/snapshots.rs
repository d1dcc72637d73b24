//! Snapshots: working trees, frozen.

use exai_runtime::Caller;
use exai_server::{ApiError, types};
use jiff::SignedDuration;
use types::{WorkspaceFile, WorkspaceOriginInput, WorkspaceSnapshotStatus, WorkspaceStatus};

use super::files::FILES;
use crate::Sandbox;
use crate::store::Kind;
use crate::tokens::ORGANISATION;
use crate::world::{ending, id, now, refused};

/// Snapshots by id.
const SNAPSHOTS: Kind<types::WorkspaceSnapshot> = Kind::new("snapshot");
/// Files by the snapshot's id and their path.
const FROZEN: Kind<WorkspaceFile> = Kind::new("snapshot-file");
/// How long a snapshot is kept unless it is said.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

impl Sandbox {
    /// Freezes the working tree as it is now.
    pub(super) fn freeze(
        &self,
        org: &str,
        workspace_id: &str,
        by: types::Actor,
        body: types::CreateWorkspaceSnapshot,
    ) -> Result<types::WorkspaceSnapshot, ApiError> {
        let (id, created_at) = (id("snp"), now());
        let expires_at = match body.retain_for {
            None => created_at.checked_add(KEPT).ok(),
            Some(None) => None,
            Some(Some(text)) => Some(ending("/retain_for", &text, created_at)?),
        };
        let snapshot = types::WorkspaceSnapshot {
            id,
            created_at,
            created_by: by,
            expires_at,
            file_count: None,
            name: body.name,
            size_bytes: None,
            status: WorkspaceSnapshotStatus::Pending,
            workspace_id: workspace_id.to_owned(),
        };
        let tree = self.tree(&FILES, org, workspace_id)?;
        self.replace_tree(&FROZEN, org, &snapshot.id, &tree)?;
        self.store.put(&SNAPSHOTS, org, &snapshot.id, &snapshot)?;
        self.go_on_freezing(org, &snapshot.id);
        Ok(snapshot)
    }

    fn go_on_freezing(&self, org: &str, snapshot_id: &str) {
        self.go_on(org, snapshot_id, async |sandbox, org, id| {
            sandbox.work(100).await;
            let tree = sandbox.tree(&FROZEN, &org, &id)?;
            let bytes: usize = tree.iter().map(|(_, bytes)| bytes.len()).sum();
            sandbox.store.update(&SNAPSHOTS, &org, &id, |snapshot| {
                snapshot.status = WorkspaceSnapshotStatus::Available;
                snapshot.size_bytes = i64::try_from(bytes).ok();
                snapshot.file_count = i64::try_from(tree.len()).ok();
                Ok(())
            })?;
            Ok(())
        });
    }

    /// Goes on with the snapshots that were being taken.
    pub(super) fn resume_snapshots(&self) -> Result<(), ApiError> {
        for snapshot in self.store.list(&SNAPSHOTS, ORGANISATION, "")? {
            if snapshot.status == WorkspaceSnapshotStatus::Pending {
                self.go_on_freezing(ORGANISATION, &snapshot.id);
            }
        }
        Ok(())
    }

    /// The snapshots of a workspace that are not expired, oldest first.
    pub(super) fn snapshots(
        &self,
        org: &str,
        workspace_id: &str,
    ) -> Result<Vec<types::WorkspaceSnapshot>, ApiError> {
        let mut found = self.store.list(&SNAPSHOTS, org, "")?;
        found.retain(|one| one.workspace_id == workspace_id && lasts(one));
        Ok(found)
    }

    /// A snapshot of a workspace; 404 for one that is expired or another workspace's.
    pub(super) fn snapshot(
        &self,
        org: &str,
        workspace_id: &str,
        id: &str,
    ) -> Result<types::WorkspaceSnapshot, ApiError> {
        let found = self.store.find(&SNAPSHOTS, org, id)?;
        match found.workspace_id == workspace_id && lasts(&found) {
            true => Ok(found),
            false => Err(ApiError::not_found(format!("there is no snapshot {id}"))),
        }
    }

    /// Takes a snapshot and its content away.
    pub(super) fn forget_snapshot(&self, org: &str, id: &str) -> Result<(), ApiError> {
        self.store.remove(&SNAPSHOTS, org, id)?;
        self.forget_tree(&FROZEN, org, id)
    }

    /// Puts a snapshot's tree in the place of the workspace's.
    pub(super) fn restore(
        &self,
        org: &str,
        workspace_id: &str,
        snapshot: &types::WorkspaceSnapshot,
        by: types::Actor,
        body: types::RestoreWorkspaceSnapshot,
    ) -> Result<types::Workspace, ApiError> {
        if snapshot.status != WorkspaceSnapshotStatus::Available {
            return Err(refused("", "state", "the snapshot is not available"));
        }
        use WorkspaceStatus::{Failed, Restoring, Running, Stopped};
        let from = [Running, Stopped, Failed];
        let workspace = self.depart(org, workspace_id, &from, Restoring)?;
        if body.snapshot_first == Some(true) {
            self.freeze(
                org,
                workspace_id,
                by,
                types::CreateWorkspaceSnapshot::default(),
            )?;
        }
        let tree = self.tree(&FROZEN, org, &snapshot.id)?;
        self.replace_tree(&FILES, org, workspace_id, &tree)?;
        self.go_on(org, workspace_id, async move |sandbox, org, id| {
            sandbox.work(150).await;
            match body.start {
                Some(false) => sandbox.settle(&org, &id, Stopped).await,
                _ => sandbox.boot(&org, &id).await,
            }
        });
        Ok(workspace)
    }

    /// The working tree of a workspace, or of a snapshot of it.
    pub(crate) fn tree_of(
        &self,
        org: &str,
        workspace_id: &str,
        snapshot_id: Option<&str>,
    ) -> Result<Vec<(WorkspaceFile, Vec<u8>)>, ApiError> {
        match snapshot_id {
            None => self.tree(&FILES, org, workspace_id),
            Some(id) => {
                self.snapshot(org, workspace_id, id)?;
                self.tree(&FROZEN, org, id)
            }
        }
    }

    /// Fills the tree of a new workspace from what it is made of.
    pub(super) fn fill(
        &self,
        caller: &Caller,
        workspace_id: &str,
        origin: &WorkspaceOriginInput,
    ) -> Result<(), ApiError> {
        let origin = match origin {
            WorkspaceOriginInput::Snapshot(origin) => origin,
            WorkspaceOriginInput::Template(origin) => {
                return self.unpack_template(caller, workspace_id, origin);
            }
            _ => return Ok(()),
        };
        let org = &caller.org;
        let found = self.store.get(&SNAPSHOTS, org, &origin.snapshot_id)?;
        let is_there = |one: &types::WorkspaceSnapshot| {
            lasts(one) && one.status == WorkspaceSnapshotStatus::Available
        };
        if !found.as_ref().is_some_and(is_there) {
            let message = "there is no such snapshot that is available";
            return Err(refused("/origin/snapshot_id", "reference", message));
        }
        let tree = self.tree(&FROZEN, org, &origin.snapshot_id)?;
        self.replace_tree(&FILES, org, workspace_id, &tree)
    }
}

fn lasts(snapshot: &types::WorkspaceSnapshot) -> bool {
    snapshot.expires_at.is_none_or(|at| at > now())
}
