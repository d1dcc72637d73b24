//! Development environments, their files and commands, simulated.

mod command;
mod exec;
mod files;
mod state;

use exai_server::runtime::Body;
use exai_server::unimplemented::Workspaces;
use exai_server::{
    ApiError, CreateWorkspaceResponse, DeleteWorkspaceResponse, Download,
    DownloadWorkspaceFileParams, DownloadWorkspaceFileResponse, ExecInWorkspaceResponse,
    GetWorkspaceResponse, ListWorkspaceFilesParams, ListWorkspaceFilesResponse,
    ListWorkspacesParams, ListWorkspacesResponse, RequestContext, StreamWorkspaceEventsResponse,
    UploadWorkspaceFileParams, UploadWorkspaceFileResponse, types,
};
use types::{AuditAction, AuditResourceType, WorkspaceEvent};

use crate::Sandbox;
use crate::audit::resource;
use crate::pages::{Window, page};
use crate::store::Kind;
use crate::world::caller;

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
        self.store
            .find(&WORKSPACES, &caller(cx)?.org, &workspace_id)?;
        let events = self.log.follow(cx, &workspace_id, is_last)?;
        Ok(StreamWorkspaceEventsResponse::Ok(events))
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
        let range = files::range(params.range.as_deref(), bytes.len())?;
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
