//! The states of a workspace, from nothing to gone.

use exai_server::{ApiError, RequestContext, types};
use types::{WorkspaceEvent, WorkspaceSize, WorkspaceStatus};

use super::WORKSPACES;
use crate::Sandbox;
use crate::patch::recast;
use crate::world::{actor, caller, id, now};

const GIB: i64 = 1 << 30;

impl Sandbox {
    /// Keeps a workspace that is being provisioned, and goes on with it.
    pub(super) fn provision(
        &self,
        cx: &RequestContext,
        body: types::CreateWorkspace,
    ) -> Result<types::Workspace, ApiError> {
        let caller = caller(cx)?;
        let (id, now) = (id("wsp"), now());
        let size = body.size.unwrap_or(WorkspaceSize::Small);
        let (resources, rate) = resources(&size);
        let empty = types::WorkspaceOriginInput::Empty(types::EmptyOrigin {});
        let variables = body.environment.unwrap_or_default();
        let workspace = types::Workspace {
            created_at: now,
            created_by: actor(caller)?,
            environment: variables
                .into_iter()
                .map(|variable| types::EnvironmentVariable {
                    name: variable.name,
                    secret: variable.secret,
                    updated_at: Some(now),
                })
                .collect(),
            fault: None,
            hourly_rate: types::Money {
                amount: rate.to_owned(),
                currency: "USD".to_owned(),
            },
            idle_timeout: body
                .idle_timeout
                .unwrap_or_else(|| Some("PT30M".to_owned())),
            image: body.image.unwrap_or_else(|| "exai/base:1".to_owned()),
            labels: body.labels.unwrap_or_default(),
            last_active_at: None,
            name: body.name,
            origin: recast(&body.origin.unwrap_or(empty))?,
            poll_url: self.url(&format!("/workspaces/{id}")),
            region: body.region.unwrap_or(types::Region::UsEast1),
            resources,
            size,
            status: WorkspaceStatus::Provisioning,
            stream_url: self.url(&format!("/workspaces/{id}/events")),
            updated_at: now,
            id,
        };
        self.store
            .put(&WORKSPACES, &caller.org, &workspace.id, &workspace)?;
        let (sandbox, org, id) = (self.clone(), caller.org.clone(), workspace.id.clone());
        tokio::spawn(async move {
            // A store that fails has said so; the workspace stays as it is.
            let _ = sandbox.bring_up(&org, &id).await;
        });
        Ok(workspace)
    }

    /// Provisioned, started, running.
    async fn bring_up(&self, org: &str, id: &str) -> Result<(), ApiError> {
        self.turn(org, id, WorkspaceStatus::Provisioning)?;
        self.work(150).await;
        self.turn(org, id, WorkspaceStatus::Starting)?;
        self.work(150).await;
        self.turn(org, id, WorkspaceStatus::Running)?;
        let receipt = self.job_receipt(org, "workspace", id).await?;
        self.tell(id, |sequence| {
            WorkspaceEvent::WorkspaceReady(types::WorkspaceReadyEvent {
                occurred_at: now(),
                receipt,
                sequence,
                workspace_id: id.to_owned(),
            })
        })
    }

    /// Changes the state, and says so.
    pub(super) fn turn(
        &self,
        org: &str,
        id: &str,
        status: WorkspaceStatus,
    ) -> Result<(), ApiError> {
        let mut previous = None;
        self.store.update(&WORKSPACES, org, id, |workspace| {
            previous = Some(std::mem::replace(&mut workspace.status, status.clone()));
            workspace.updated_at = now();
            Ok(())
        })?;
        self.tell(id, |sequence| {
            WorkspaceEvent::WorkspaceStatusChanged(types::WorkspaceStatusChangedEvent {
                occurred_at: now(),
                previous_status: previous.filter(|previous| *previous != status),
                sequence,
                status,
                workspace_id: id.to_owned(),
            })
        })
    }

    /// Takes a workspace away, and ends the streams of those who follow it.
    pub(super) async fn tear_down(
        &self,
        org: &str,
        id: &str,
    ) -> Result<types::Workspace, ApiError> {
        let workspace = self.store.find(&WORKSPACES, org, id)?;
        self.store.remove(&WORKSPACES, org, id)?;
        self.forget_files(org, id)?;
        let receipt = self.job_receipt(org, "workspace", id).await?;
        self.tell(id, |sequence| {
            WorkspaceEvent::WorkspaceDeleted(types::WorkspaceDeletedEvent {
                occurred_at: now(),
                receipt,
                sequence,
                workspace_id: id.to_owned(),
            })
        })?;
        Ok(workspace)
    }

    fn tell(&self, id: &str, make: impl FnOnce(i64) -> WorkspaceEvent) -> Result<(), ApiError> {
        let sequence = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        self.log.append(id, |number| make(sequence(number)))?;
        Ok(())
    }
}

/// What a size is, and what it costs an hour.
fn resources(size: &WorkspaceSize) -> (types::WorkspaceResources, &'static str) {
    let (vcpus, memory, disk, rate) = match size {
        WorkspaceSize::Medium => (4.0, 8, 64, "0.24"),
        WorkspaceSize::Large => (8.0, 16, 128, "0.48"),
        WorkspaceSize::Xlarge => (16.0, 32, 256, "0.96"),
        WorkspaceSize::Small | WorkspaceSize::Unknown(_) => (2.0, 4, 32, "0.12"),
    };
    let resources = types::WorkspaceResources {
        disk_bytes: disk * GIB,
        memory_bytes: memory * GIB,
        vcpus,
    };
    (resources, rate)
}
