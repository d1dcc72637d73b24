//! Apps built from a prompt.

mod assets;
mod ends;
mod kept;
mod previews;
mod source;
mod starting;
mod work;

use std::collections::BTreeMap;

use exai_server::{
    ApiError, Builder, CancelBuildResponse, DeleteBuildAssetResponse, DeleteBuildPreviewResponse,
    DeployBuildPreviewResponse, Download, DownloadBuildArtifactParams,
    DownloadBuildArtifactResponse, GetBuildArtifactResponse, GetBuildAssetResponse,
    GetBuildResponse, ListBuildArtifactsParams, ListBuildArtifactsResponse, ListBuildLogsParams,
    ListBuildLogsResponse, ListBuildMessagesParams, ListBuildMessagesResponse,
    ListBuildPreviewsParams, ListBuildPreviewsResponse, ListBuildsParams, ListBuildsResponse,
    RequestContext, RetryBuildResponse, SendBuildMessageResponse, StartBuildResponse,
    StreamBuildEventsResponse, UploadBuildAssetResponse, types,
};
use types::{AuditAction, AuditResourceType, BuildEvent, BuildPreviewStatus, BuildStatus, Order};

use self::assets::ASSETS;
use self::kept::{ARTIFACTS, LINES, MESSAGES};
use self::work::WORKS;
use crate::Sandbox;
use crate::audit::resource;
use crate::digest::repr_digest;
use crate::pages::{Window, page};
use crate::range::range;
use crate::store::Kind;
use crate::world::{caller, now};

/// Builds by id.
const BUILDS: Kind<types::Build> = Kind::new("build");

/// Previews by the build's id and their own.
const PREVIEWS: Kind<types::BuildPreview> = Kind::new("preview");

/// The source of an app, path to text, by the build's id.
const SOURCES: Kind<BTreeMap<String, String>> = Kind::new("build source");

impl Builder for Sandbox {
    async fn upload_build_asset(
        &self,
        cx: &RequestContext,
        body: types::UploadBuildAsset,
    ) -> Result<UploadBuildAssetResponse, ApiError> {
        let asset = self.keep_asset(caller(cx)?, body)?;
        Ok(UploadBuildAssetResponse::Created(asset))
    }

    async fn get_build_asset(
        &self,
        cx: &RequestContext,
        asset_id: types::AssetId,
    ) -> Result<GetBuildAssetResponse, ApiError> {
        let asset = self.store.find(&ASSETS, &caller(cx)?.org, &asset_id)?;
        Ok(GetBuildAssetResponse::Ok(asset))
    }

    async fn delete_build_asset(
        &self,
        cx: &RequestContext,
        asset_id: types::AssetId,
    ) -> Result<DeleteBuildAssetResponse, ApiError> {
        let org = &caller(cx)?.org;
        self.store.find(&ASSETS, org, &asset_id)?;
        self.store.remove(&ASSETS, org, &asset_id)?;
        self.store.remove_bytes(&ASSETS, org, &asset_id)?;
        Ok(DeleteBuildAssetResponse::NoContent)
    }

    async fn start_build(
        &self,
        cx: &RequestContext,
        body: types::StartBuild,
    ) -> Result<StartBuildResponse, ApiError> {
        let build = self.start_building(cx, body)?;
        self.audit(cx, 202, AuditAction::BuildStarted, named(&build))?;
        Ok(StartBuildResponse::Accepted(build))
    }

    async fn get_build(
        &self,
        cx: &RequestContext,
        build_id: types::BuildId,
    ) -> Result<GetBuildResponse, ApiError> {
        let build = self.store.find(&BUILDS, &caller(cx)?.org, &build_id)?;
        Ok(GetBuildResponse::Ok(shown(build)))
    }

    async fn list_builds(
        &self,
        cx: &RequestContext,
        params: ListBuildsParams,
    ) -> Result<ListBuildsResponse, ApiError> {
        let mut found = self.store.list(&BUILDS, &caller(cx)?.org, "")?;
        let window = Window {
            labels: params.label.as_deref(),
            created_after: params.created_after,
            created_before: params.created_before,
        };
        found.retain(|build| {
            let status = params.status.as_ref();
            window.holds(build.created_at, &build.labels)
                && status.is_none_or(|wanted| wanted.contains(&build.status))
        });
        let cursor = params.cursor.as_deref();
        let (data, next_cursor) = page(found, |one| &one.id, params.order, cursor, params.limit)?;
        let data = data.into_iter().map(shown).collect();
        Ok(ListBuildsResponse::Ok(types::BuildList {
            data,
            next_cursor,
        }))
    }

    async fn cancel_build(
        &self,
        cx: &RequestContext,
        build_id: types::BuildId,
        body: Option<types::CancelBuild>,
    ) -> Result<CancelBuildResponse, ApiError> {
        let reason = body.and_then(|body| body.reason);
        let build = self.end_build(cx, &build_id, reason).await?;
        self.audit(cx, 200, AuditAction::BuildCancelled, named(&build))?;
        Ok(CancelBuildResponse::Ok(build))
    }

    async fn retry_build(
        &self,
        cx: &RequestContext,
        build_id: types::BuildId,
        body: Option<types::RetryBuild>,
    ) -> Result<RetryBuildResponse, ApiError> {
        let body = body.unwrap_or(types::RetryBuild {
            ceiling: None,
            from_stage: None,
        });
        let build = self.build_again(caller(cx)?, &build_id, body)?;
        self.audit(cx, 202, AuditAction::BuildStarted, named(&build))?;
        Ok(RetryBuildResponse::Accepted(shown(build)))
    }

    async fn stream_build_events(
        &self,
        cx: &RequestContext,
        build_id: types::BuildId,
    ) -> Result<StreamBuildEventsResponse, ApiError> {
        let org = &caller(cx)?.org;
        self.store.find(&BUILDS, org, &build_id)?;
        let after = self.store.find(&WORKS, org, &build_id)?.after;
        let events = self.log.follow_after(cx, &build_id, after, is_last)?;
        Ok(StreamBuildEventsResponse::Ok(events))
    }

    async fn deploy_build_preview(
        &self,
        cx: &RequestContext,
        build_id: types::BuildId,
        body: Option<types::DeployBuildPreview>,
    ) -> Result<DeployBuildPreviewResponse, ApiError> {
        let body = body.unwrap_or(types::DeployBuildPreview {
            expires_in: None,
            region: None,
            visibility: None,
        });
        let started = self.deploy(caller(cx)?, &build_id, body)?;
        let build = resource(AuditResourceType::Build, &build_id, None);
        self.audit(cx, 202, AuditAction::BuildDeployed, build)?;
        Ok(DeployBuildPreviewResponse::Accepted(started))
    }

    async fn list_build_previews(
        &self,
        cx: &RequestContext,
        build_id: types::BuildId,
        params: ListBuildPreviewsParams,
    ) -> Result<ListBuildPreviewsResponse, ApiError> {
        let org = &caller(cx)?.org;
        self.store.find(&BUILDS, org, &build_id)?;
        let found = self.store.list(&PREVIEWS, org, &format!("{build_id}/"))?;
        let cursor = params.cursor.as_deref();
        let (mut data, next_cursor) = page(found, |one| &one.id, None, cursor, params.limit)?;
        data.iter_mut().for_each(age);
        Ok(ListBuildPreviewsResponse::Ok(types::BuildPreviewList {
            data,
            next_cursor,
        }))
    }

    async fn delete_build_preview(
        &self,
        cx: &RequestContext,
        build_id: types::BuildId,
        preview_id: types::PreviewId,
    ) -> Result<DeleteBuildPreviewResponse, ApiError> {
        let org = &caller(cx)?.org;
        let key = format!("{build_id}/{preview_id}");
        self.store.find(&PREVIEWS, org, &key)?;
        self.store.remove(&PREVIEWS, org, &key)?;
        self.store.update(&BUILDS, org, &build_id, |build| {
            let preview = build.preview.as_mut();
            if let Some(preview) = preview.filter(|preview| preview.id == preview_id) {
                preview.status = BuildPreviewStatus::Expired;
                preview.url = None;
            }
            Ok(())
        })?;
        Ok(DeleteBuildPreviewResponse::NoContent)
    }

    async fn list_build_artifacts(
        &self,
        cx: &RequestContext,
        build_id: types::BuildId,
        params: ListBuildArtifactsParams,
    ) -> Result<ListBuildArtifactsResponse, ApiError> {
        let org = &caller(cx)?.org;
        self.store.find(&BUILDS, org, &build_id)?;
        let mut found = self.store.list(&ARTIFACTS, org, &format!("{build_id}/"))?;
        let kind = params.kind.as_ref();
        found.retain(|artifact| kind.is_none_or(|kind| *kind == artifact.kind));
        let cursor = params.cursor.as_deref();
        let (data, next_cursor) = page(found, |one| &one.id, None, cursor, params.limit)?;
        Ok(ListBuildArtifactsResponse::Ok(types::BuildArtifactList {
            data,
            next_cursor,
        }))
    }

    async fn get_build_artifact(
        &self,
        cx: &RequestContext,
        build_id: types::BuildId,
        artifact_id: types::ArtifactId,
    ) -> Result<GetBuildArtifactResponse, ApiError> {
        let key = format!("{build_id}/{artifact_id}");
        let artifact = self.store.find(&ARTIFACTS, &caller(cx)?.org, &key)?;
        Ok(GetBuildArtifactResponse::Ok(artifact))
    }

    async fn download_build_artifact(
        &self,
        cx: &RequestContext,
        build_id: types::BuildId,
        artifact_id: types::ArtifactId,
        params: DownloadBuildArtifactParams,
    ) -> Result<DownloadBuildArtifactResponse, ApiError> {
        let org = &caller(cx)?.org;
        let key = format!("{build_id}/{artifact_id}");
        let artifact = self.store.find(&ARTIFACTS, org, &key)?;
        let bytes = self.store.bytes(&ARTIFACTS, org, &key)?.unwrap_or_default();
        let e_tag = format!("\"{}\"", &artifact.sha256[..16]);
        let content_disposition = format!("attachment; filename=\"{}\"", artifact.name);
        let accept_ranges = "bytes".to_owned();
        let repr_digest = Some(repr_digest(&bytes));
        Ok(match range(params.range.as_deref(), bytes.len())? {
            None => DownloadBuildArtifactResponse::Ok {
                accept_ranges,
                content_disposition,
                content_length: i64::try_from(bytes.len()).ok(),
                e_tag,
                repr_digest,
                body: Download::new(bytes),
            },
            Some(range) => {
                let content_range =
                    format!("bytes {}-{}/{}", range.start, range.end - 1, bytes.len());
                let part = bytes.get(range).unwrap_or_default().to_vec();
                DownloadBuildArtifactResponse::PartialContent {
                    accept_ranges,
                    content_disposition,
                    content_length: i64::try_from(part.len()).ok(),
                    content_range,
                    e_tag,
                    repr_digest,
                    body: Download::new(part),
                }
            }
        })
    }

    async fn list_build_logs(
        &self,
        cx: &RequestContext,
        build_id: types::BuildId,
        params: ListBuildLogsParams,
    ) -> Result<ListBuildLogsResponse, ApiError> {
        let org = &caller(cx)?.org;
        self.store.find(&BUILDS, org, &build_id)?;
        let mut found = self.store.list(&LINES, org, &format!("{build_id}/"))?;
        let (stage, level) = (params.stage.as_ref(), params.level.as_ref());
        found.retain(|kept| {
            stage.is_none_or(|stage| *stage == kept.line.stage)
                && level.is_none_or(|level| *level == kept.line.level)
        });
        let (order, cursor) = (Some(Order::Asc), params.cursor.as_deref());
        let (data, next_cursor) = page(found, |line| &line.id, order, cursor, params.limit)?;
        Ok(ListBuildLogsResponse::Ok(types::BuildLogLineList {
            data: data.into_iter().map(|kept| kept.line).collect(),
            next_cursor,
        }))
    }

    async fn list_build_messages(
        &self,
        cx: &RequestContext,
        build_id: types::BuildId,
        params: ListBuildMessagesParams,
    ) -> Result<ListBuildMessagesResponse, ApiError> {
        let org = &caller(cx)?.org;
        self.store.find(&BUILDS, org, &build_id)?;
        let found = self.store.list(&MESSAGES, org, &format!("{build_id}/"))?;
        let (order, cursor) = (Some(Order::Asc), params.cursor.as_deref());
        let (data, next_cursor) = page(found, |one| &one.id, order, cursor, params.limit)?;
        Ok(ListBuildMessagesResponse::Ok(types::BuildMessageList {
            data,
            next_cursor,
        }))
    }

    async fn send_build_message(
        &self,
        cx: &RequestContext,
        build_id: types::BuildId,
        body: types::SendBuildMessage,
    ) -> Result<SendBuildMessageResponse, ApiError> {
        let sent = self.build_further(caller(cx)?, &build_id, &body)?;
        let build = resource(AuditResourceType::Build, &build_id, None);
        self.audit(cx, 202, AuditAction::BuildStarted, build)?;
        Ok(SendBuildMessageResponse::Accepted(sent))
    }
}

/// Whether a build waits for somebody to want more of it.
fn settled(status: &BuildStatus) -> bool {
    matches!(
        status,
        BuildStatus::Succeeded | BuildStatus::Failed | BuildStatus::Cancelled
    )
}

fn is_last(event: &BuildEvent) -> bool {
    matches!(
        event,
        BuildEvent::BuildSucceeded(_) | BuildEvent::BuildFailed(_) | BuildEvent::BuildCancelled(_)
    )
}

/// A build, its preview as it is by now.
fn shown(mut build: types::Build) -> types::Build {
    build.preview.iter_mut().for_each(age);
    build
}

/// Ends a preview whose time has come.
fn age(preview: &mut types::BuildPreview) {
    if preview.status == BuildPreviewStatus::Ready && preview.expires_at <= now() {
        preview.status = BuildPreviewStatus::Expired;
        preview.url = None;
    }
}

fn named(build: &types::Build) -> types::AuditResource {
    resource(AuditResourceType::Build, &build.id, Some(&build.name))
}
