//! Development environments, their files and commands, simulated.

mod command;
mod exec;
mod files;
mod logs;
mod ports;
mod snapshots;
mod state;
mod update;

use exai_server::runtime::Body;
use exai_server::{
    ApiError, CloseWorkspacePortResponse, CreateWorkspaceResponse, CreateWorkspaceSnapshotResponse,
    DeleteWorkspaceResponse, DeleteWorkspaceSnapshotResponse, Download,
    DownloadWorkspaceFileParams, DownloadWorkspaceFileResponse, ExecInWorkspaceResponse,
    ExposeWorkspacePortResponse, GetWorkspaceResponse, GetWorkspaceSnapshotResponse,
    ListWorkspaceFilesParams, ListWorkspaceFilesResponse, ListWorkspaceLogsParams,
    ListWorkspaceLogsResponse, ListWorkspacePortsParams, ListWorkspacePortsResponse,
    ListWorkspaceSnapshotsParams, ListWorkspaceSnapshotsResponse, ListWorkspacesParams,
    ListWorkspacesResponse, RequestContext, RestartWorkspaceResponse,
    RestoreWorkspaceSnapshotResponse, StartWorkspaceResponse, StopWorkspaceResponse,
    StreamWorkspaceEventsResponse, UpdateWorkspaceResponse, UploadWorkspaceFileParams,
    UploadWorkspaceFileResponse, Workspaces, types,
};
use types::{AuditAction, AuditResourceType, WorkspaceEvent};

use crate::Sandbox;
use crate::audit::resource;
use crate::pages::{Window, page};
use crate::range::range;
use crate::store::Kind;
use crate::world::{actor, caller};

/// Workspaces by id.
pub(crate) const WORKSPACES: Kind<types::Workspace> = Kind::new("workspace");

impl Workspaces for Sandbox {
    async fn create_workspace(
        &self,
        cx: &RequestContext,
        body: types::CreateWorkspace,
    ) -> Result<CreateWorkspaceResponse, ApiError> {
        let workspace = self.provision(cx, body)?;
        self.audit(cx, 202, AuditAction::WorkspaceCreated, named(&workspace))?;
        Ok(CreateWorkspaceResponse::Accepted(workspace))
    }

    async fn get_workspace(
        &self,
        cx: &RequestContext,
        workspace_id: types::WorkspaceId,
    ) -> Result<GetWorkspaceResponse, ApiError> {
        let workspace = self
            .store
            .find(&WORKSPACES, &caller(cx)?.org, &workspace_id)?;
        Ok(GetWorkspaceResponse::Ok(workspace))
    }

    async fn list_workspaces(
        &self,
        cx: &RequestContext,
        params: ListWorkspacesParams,
    ) -> Result<ListWorkspacesResponse, ApiError> {
        let mut found = self.store.list(&WORKSPACES, &caller(cx)?.org, "")?;
        let window = Window {
            labels: params.label.as_deref(),
            ..Window::default()
        };
        found.retain(|workspace| {
            let (status, region) = (params.status.as_ref(), params.region.as_ref());
            window.holds(workspace.created_at, &workspace.labels)
                && status.is_none_or(|wanted| wanted.contains(&workspace.status))
                && region.is_none_or(|region| *region == workspace.region)
        });
        let cursor = params.cursor.as_deref();
        let (data, next_cursor) = page(found, |one| &one.id, params.order, cursor, params.limit)?;
        Ok(ListWorkspacesResponse::Ok(types::WorkspaceList {
            data,
            next_cursor,
        }))
    }

    async fn delete_workspace(
        &self,
        cx: &RequestContext,
        workspace_id: types::WorkspaceId,
    ) -> Result<DeleteWorkspaceResponse, ApiError> {
        let workspace = self.tear_down(&caller(cx)?.org, &workspace_id).await?;
        self.audit(cx, 204, AuditAction::WorkspaceDeleted, named(&workspace))?;
        Ok(DeleteWorkspaceResponse::NoContent)
    }

    async fn stream_workspace_events(
        &self,
        cx: &RequestContext,
        workspace_id: types::WorkspaceId,
    ) -> Result<StreamWorkspaceEventsResponse, ApiError> {
        let org = &caller(cx)?.org;
        self.store.find(&WORKSPACES, org, &workspace_id)?;
        let after = self.latest_change(org, &workspace_id)?;
        let events = self.log.follow_after(cx, &workspace_id, after, is_last)?;
        Ok(StreamWorkspaceEventsResponse::Ok(events))
    }

    async fn update_workspace(
        &self,
        cx: &RequestContext,
        workspace_id: types::WorkspaceId,
        body: types::UpdateWorkspace,
    ) -> Result<UpdateWorkspaceResponse, ApiError> {
        let workspace = self.amend(&caller(cx)?.org, &workspace_id, body)?;
        self.audit(cx, 200, AuditAction::WorkspaceUpdated, named(&workspace))?;
        Ok(UpdateWorkspaceResponse::Ok(workspace))
    }

    async fn start_workspace(
        &self,
        cx: &RequestContext,
        workspace_id: types::WorkspaceId,
    ) -> Result<StartWorkspaceResponse, ApiError> {
        let workspace = self.start_up(&caller(cx)?.org, &workspace_id)?;
        self.audit(cx, 202, AuditAction::WorkspaceUpdated, named(&workspace))?;
        Ok(StartWorkspaceResponse::Accepted(workspace))
    }

    async fn stop_workspace(
        &self,
        cx: &RequestContext,
        workspace_id: types::WorkspaceId,
        body: Option<types::StopWorkspace>,
    ) -> Result<StopWorkspaceResponse, ApiError> {
        let caller = caller(cx)?;
        let body = body.unwrap_or_default();
        let workspace = self.shut_down(&caller.org, &workspace_id, actor(caller)?, body)?;
        self.audit(cx, 202, AuditAction::WorkspaceUpdated, named(&workspace))?;
        Ok(StopWorkspaceResponse::Accepted(workspace))
    }

    async fn restart_workspace(
        &self,
        cx: &RequestContext,
        workspace_id: types::WorkspaceId,
    ) -> Result<RestartWorkspaceResponse, ApiError> {
        let workspace = self.reboot(&caller(cx)?.org, &workspace_id)?;
        self.audit(cx, 202, AuditAction::WorkspaceUpdated, named(&workspace))?;
        Ok(RestartWorkspaceResponse::Accepted(workspace))
    }

    async fn list_workspace_logs(
        &self,
        cx: &RequestContext,
        workspace_id: types::WorkspaceId,
        params: ListWorkspaceLogsParams,
    ) -> Result<ListWorkspaceLogsResponse, ApiError> {
        let lines = self.lines(&caller(cx)?.org, &workspace_id, &params)?;
        Ok(ListWorkspaceLogsResponse::Ok(lines))
    }

    async fn expose_workspace_port(
        &self,
        cx: &RequestContext,
        workspace_id: types::WorkspaceId,
        body: types::ExposeWorkspacePort,
    ) -> Result<ExposeWorkspacePortResponse, ApiError> {
        let caller = caller(cx)?;
        let workspace = self.store.find(&WORKSPACES, &caller.org, &workspace_id)?;
        let port = self.expose(&caller.org, &workspace_id, actor(caller)?, body)?;
        self.audit(cx, 201, AuditAction::WorkspaceUpdated, named(&workspace))?;
        Ok(ExposeWorkspacePortResponse::Created(port))
    }

    async fn list_workspace_ports(
        &self,
        cx: &RequestContext,
        workspace_id: types::WorkspaceId,
        params: ListWorkspacePortsParams,
    ) -> Result<ListWorkspacePortsResponse, ApiError> {
        let open = self.ports(&caller(cx)?.org, &workspace_id)?;
        let placed: Vec<_> = open
            .into_iter()
            .map(|port| (ports::place(port.port), port))
            .collect();
        let (cursor, order) = (params.cursor.as_deref(), Some(types::Order::Asc));
        let (data, next_cursor) = page(placed, |(place, _)| place, order, cursor, params.limit)?;
        Ok(ListWorkspacePortsResponse::Ok(types::WorkspacePortList {
            data: data.into_iter().map(|(_, port)| port).collect(),
            next_cursor,
        }))
    }

    async fn close_workspace_port(
        &self,
        cx: &RequestContext,
        workspace_id: types::WorkspaceId,
        port: types::PortNumber,
    ) -> Result<CloseWorkspacePortResponse, ApiError> {
        let org = &caller(cx)?.org;
        let workspace = self.store.find(&WORKSPACES, org, &workspace_id)?;
        self.close(org, &workspace_id, port)?;
        self.audit(cx, 204, AuditAction::WorkspaceUpdated, named(&workspace))?;
        Ok(CloseWorkspacePortResponse::NoContent)
    }

    async fn create_workspace_snapshot(
        &self,
        cx: &RequestContext,
        workspace_id: types::WorkspaceId,
        body: Option<types::CreateWorkspaceSnapshot>,
    ) -> Result<CreateWorkspaceSnapshotResponse, ApiError> {
        let caller = caller(cx)?;
        let workspace = self.store.find(&WORKSPACES, &caller.org, &workspace_id)?;
        let body = body.unwrap_or_default();
        let snapshot = self.freeze(&caller.org, &workspace_id, actor(caller)?, body)?;
        self.audit(cx, 201, AuditAction::WorkspaceUpdated, named(&workspace))?;
        Ok(CreateWorkspaceSnapshotResponse::Created(snapshot))
    }

    async fn get_workspace_snapshot(
        &self,
        cx: &RequestContext,
        workspace_id: types::WorkspaceId,
        snapshot_id: types::SnapshotId,
    ) -> Result<GetWorkspaceSnapshotResponse, ApiError> {
        let snapshot = self.snapshot(&caller(cx)?.org, &workspace_id, &snapshot_id)?;
        Ok(GetWorkspaceSnapshotResponse::Ok(snapshot))
    }

    async fn list_workspace_snapshots(
        &self,
        cx: &RequestContext,
        workspace_id: types::WorkspaceId,
        params: ListWorkspaceSnapshotsParams,
    ) -> Result<ListWorkspaceSnapshotsResponse, ApiError> {
        let org = &caller(cx)?.org;
        self.store.find(&WORKSPACES, org, &workspace_id)?;
        let found = self.snapshots(org, &workspace_id)?;
        let cursor = params.cursor.as_deref();
        let (data, next_cursor) = page(found, |one| &one.id, params.order, cursor, params.limit)?;
        let list = types::WorkspaceSnapshotList { data, next_cursor };
        Ok(ListWorkspaceSnapshotsResponse::Ok(list))
    }

    async fn restore_workspace_snapshot(
        &self,
        cx: &RequestContext,
        workspace_id: types::WorkspaceId,
        snapshot_id: types::SnapshotId,
        body: Option<types::RestoreWorkspaceSnapshot>,
    ) -> Result<RestoreWorkspaceSnapshotResponse, ApiError> {
        let caller = caller(cx)?;
        let (org, by) = (&caller.org, actor(caller)?);
        let snapshot = self.snapshot(org, &workspace_id, &snapshot_id)?;
        let body = body.unwrap_or_default();
        let workspace = self.restore(org, &workspace_id, &snapshot, by, body)?;
        self.audit(cx, 202, AuditAction::WorkspaceUpdated, named(&workspace))?;
        Ok(RestoreWorkspaceSnapshotResponse::Accepted(workspace))
    }

    async fn delete_workspace_snapshot(
        &self,
        cx: &RequestContext,
        workspace_id: types::WorkspaceId,
        snapshot_id: types::SnapshotId,
    ) -> Result<DeleteWorkspaceSnapshotResponse, ApiError> {
        let org = &caller(cx)?.org;
        let workspace = self.store.find(&WORKSPACES, org, &workspace_id)?;
        self.snapshot(org, &workspace_id, &snapshot_id)?;
        self.forget_snapshot(org, &snapshot_id)?;
        self.audit(cx, 204, AuditAction::WorkspaceUpdated, named(&workspace))?;
        Ok(DeleteWorkspaceSnapshotResponse::NoContent)
    }

    async fn exec_in_workspace(
        &self,
        cx: &RequestContext,
        workspace_id: types::WorkspaceId,
        body: types::ExecInWorkspace,
    ) -> Result<ExecInWorkspaceResponse, ApiError> {
        let events = self.exec(cx, &workspace_id, body).await?;
        Ok(ExecInWorkspaceResponse::Ok(events))
    }

    async fn list_workspace_files(
        &self,
        cx: &RequestContext,
        workspace_id: types::WorkspaceId,
        params: ListWorkspaceFilesParams,
    ) -> Result<ListWorkspaceFilesResponse, ApiError> {
        let org = &caller(cx)?.org;
        let below = params.path.as_deref().unwrap_or_default();
        let found = self.entries(org, &workspace_id, below, params.recursive)?;
        let (cursor, order) = (params.cursor.as_deref(), Some(types::Order::Asc));
        let (data, next_cursor) = page(found, |file| &file.path, order, cursor, params.limit)?;
        Ok(ListWorkspaceFilesResponse::Ok(types::WorkspaceFileList {
            data,
            next_cursor,
        }))
    }

    async fn upload_workspace_file(
        &self,
        cx: &RequestContext,
        workspace_id: types::WorkspaceId,
        params: UploadWorkspaceFileParams,
        body: Body,
    ) -> Result<UploadWorkspaceFileResponse, ApiError> {
        let org = caller(cx)?.org.clone();
        let file = self.write(&org, &workspace_id, params, body).await?;
        Ok(UploadWorkspaceFileResponse::Ok {
            e_tag: file.etag.clone().unwrap_or_default(),
            body: file,
        })
    }

    async fn download_workspace_file(
        &self,
        cx: &RequestContext,
        workspace_id: types::WorkspaceId,
        params: DownloadWorkspaceFileParams,
    ) -> Result<DownloadWorkspaceFileResponse, ApiError> {
        let (file, bytes) = self.read(&caller(cx)?.org, &workspace_id, &params.path)?;
        let (e_tag, name) = (file.etag.unwrap_or_default(), file.path);
        let name = name
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .replace(['"', '\\'], "_");
        let content_disposition = format!("attachment; filename=\"{name}\"");
        let accept_ranges = "bytes".to_owned();
        let range = range(params.range.as_deref(), bytes.len())?;
        Ok(match range {
            None => DownloadWorkspaceFileResponse::Ok {
                accept_ranges,
                content_disposition,
                content_length: i64::try_from(bytes.len()).ok(),
                e_tag,
                last_modified: None,
                body: Download::new(bytes),
            },
            Some(range) => {
                let content_range =
                    format!("bytes {}-{}/{}", range.start, range.end - 1, bytes.len());
                let part = bytes.get(range).unwrap_or_default().to_vec();
                DownloadWorkspaceFileResponse::PartialContent {
                    accept_ranges,
                    content_disposition,
                    content_length: i64::try_from(part.len()).ok(),
                    content_range,
                    e_tag,
                    last_modified: None,
                    body: Download::new(part),
                }
            }
        })
    }
}

fn named(workspace: &types::Workspace) -> types::AuditResource {
    resource(
        AuditResourceType::Workspace,
        &workspace.id,
        Some(&workspace.name),
    )
}

fn is_last(event: &WorkspaceEvent) -> bool {
    !matches!(
        event,
        WorkspaceEvent::WorkspaceStatusChanged(_)
            | WorkspaceEvent::WorkspaceProgress(_)
            | WorkspaceEvent::Unknown(_)
    )
}
