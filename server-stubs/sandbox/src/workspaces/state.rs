//! The states of a workspace, from nothing to gone.

use exai_server::{ApiError, RequestContext, types};
use types::{WebhookEventType, WorkspaceEvent, WorkspaceSize, WorkspaceStatus};

use super::WORKSPACES;
use super::files::FILES;
use super::update::variables_of;
use crate::Sandbox;
use crate::patch::recast;
use crate::store::Kind;
use crate::world::{actor, caller, id, now, refused};

/// By workspace, the number of the last event before its latest change of status.
const CHANGES: Kind<u64> = Kind::new("workspace-change");

const GIB: i64 = 1 << 30;

impl Sandbox {
    /// Keeps a workspace that is being provisioned, and goes on with it.
    pub(crate) fn provision(
        &self,
        cx: &RequestContext,
        body: types::CreateWorkspace,
    ) -> Result<types::Workspace, ApiError> {
        let caller = caller(cx)?;
        let (id, now) = (id("wsp"), now());
        let size = body.size.unwrap_or(WorkspaceSize::Medium);
        let (resources, rate) = resources(&size);
        let empty = types::WorkspaceOriginInput::Empty(types::EmptyOrigin {});
        let origin = body.origin.unwrap_or(empty);
        let variables = body.environment.unwrap_or_default();
        self.fill(caller, &id, &origin)?;
        let workspace = types::Workspace {
            created_at: now,
            created_by: actor(caller)?,
            environment: variables_of(variables, &[])?,
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
            origin: recast(&origin)?,
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
        self.behind(format!("workspace/{}", workspace.id), async move {
            sandbox.bring_up(&org, &id).await
        });
        Ok(workspace)
    }

    /// Provisioned, started, running.
    pub(super) async fn bring_up(&self, org: &str, id: &str) -> Result<(), ApiError> {
        self.turn(org, id, WorkspaceStatus::Provisioning).await?;
        self.work(150).await;
        self.boot(org, id).await
    }

    /// From [`WorkspaceStatus::Starting`] to running.
    pub(super) async fn boot(&self, org: &str, id: &str) -> Result<(), ApiError> {
        self.turn(org, id, WorkspaceStatus::Starting).await?;
        self.work(150).await;
        self.settle(org, id, WorkspaceStatus::Running).await
    }

    /// The end of a change of status: running, or stopped because it was asked for.
    pub(super) async fn settle(
        &self,
        org: &str,
        id: &str,
        status: WorkspaceStatus,
    ) -> Result<(), ApiError> {
        self.atomically(|| self.settle_at_once(org, id, &status))
            .await
    }

    async fn settle_at_once(
        &self,
        org: &str,
        id: &str,
        status: &WorkspaceStatus,
    ) -> Result<(), ApiError> {
        let runs = *status == WorkspaceStatus::Running;
        self.turn_to(org, id, status)?;
        let receipt = self.job_receipt(org, "workspace", id).await?;
        let workspace = self.store.find(&WORKSPACES, org, id)?;
        let of = match runs {
            true => WebhookEventType::WorkspaceReady,
            false => WebhookEventType::WorkspaceStopped,
        };
        self.emit(org, &receipt, of, &workspace).await?;
        let (occurred_at, workspace_id) = (now(), id.to_owned());
        self.tell(id, |sequence| match runs {
            true => WorkspaceEvent::WorkspaceReady(types::WorkspaceReadyEvent {
                occurred_at,
                receipt,
                sequence,
                workspace_id,
            }),
            false => WorkspaceEvent::WorkspaceStopped(types::WorkspaceStoppedEvent {
                occurred_at,
                reason: types::WorkspaceStopReason::Requested,
                receipt,
                sequence,
                workspace_id,
            }),
        })
    }

    /// Begins a change of status, for which the workspace must be in one of some; 422 where it is
    /// in none of them.
    pub(super) fn depart(
        &self,
        org: &str,
        id: &str,
        from: &[WorkspaceStatus],
        to: WorkspaceStatus,
    ) -> Result<types::Workspace, ApiError> {
        let mut previous = None;
        let workspace = self.store.update(&WORKSPACES, org, id, |workspace| {
            if !from.contains(&workspace.status) {
                let message = format!("the workspace is {}", workspace.status.as_str());
                return Err(refused("", "state", message));
            }
            previous = Some(std::mem::replace(&mut workspace.status, to.clone()));
            workspace.fault = None;
            workspace.updated_at = now();
            Ok(())
        })?;
        self.store.put(&CHANGES, org, id, &self.log.count(id)?)?;
        self.announce(org, id, previous, to)?;
        Ok(workspace)
    }

    /// The number of the last event before the latest change of status.
    pub(super) fn latest_change(&self, org: &str, id: &str) -> Result<u64, ApiError> {
        Ok(self.store.get(&CHANGES, org, id)?.unwrap_or(0))
    }

    /// Changes the state, and says so.
    pub(super) async fn turn(
        &self,
        org: &str,
        id: &str,
        status: WorkspaceStatus,
    ) -> Result<(), ApiError> {
        self.atomically(|| std::future::ready(self.turn_to(org, id, &status)))
            .await
    }

    fn turn_to(&self, org: &str, id: &str, status: &WorkspaceStatus) -> Result<(), ApiError> {
        let mut previous = None;
        self.store.update(&WORKSPACES, org, id, |workspace| {
            previous = Some(std::mem::replace(&mut workspace.status, status.clone()));
            workspace.updated_at = now();
            Ok(())
        })?;
        let previous = previous.filter(|previous| previous != status);
        self.announce(org, id, previous, status.clone())
    }

    fn announce(
        &self,
        org: &str,
        id: &str,
        previous_status: Option<WorkspaceStatus>,
        status: WorkspaceStatus,
    ) -> Result<(), ApiError> {
        self.log_system(org, id, format!("the workspace is {}", status.as_str()))?;
        self.tell(id, |sequence| {
            WorkspaceEvent::WorkspaceStatusChanged(types::WorkspaceStatusChangedEvent {
                occurred_at: now(),
                previous_status,
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
        self.forget_tree(&FILES, org, id)?;
        self.forget_ports(org, id)?;
        self.forget_lines(org, id)?;
        self.store.remove(&CHANGES, org, id)?;
        let receipt = self.job_receipt(org, "workspace", id).await?;
        let of = WebhookEventType::WorkspaceDeleted;
        self.emit(org, &receipt, of, &workspace).await?;
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
pub(super) fn resources(size: &WorkspaceSize) -> (types::WorkspaceResources, &'static str) {
    let (vcpus, memory, disk, rate) = match size {
        WorkspaceSize::Small => (2.0, 4, 32, "0.12"),
        WorkspaceSize::Large => (8.0, 16, 128, "0.48"),
        WorkspaceSize::Xlarge => (16.0, 32, 256, "0.96"),
        WorkspaceSize::Medium | WorkspaceSize::Unknown(_) => (4.0, 8, 64, "0.24"),
    };
    let resources = types::WorkspaceResources {
        disk_bytes: disk * GIB,
        memory_bytes: memory * GIB,
        vcpus,
    };
    (resources, rate)
}
