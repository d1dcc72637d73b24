//! Previews: how a deploy begins, and what it brings up.

use exai_server::{ApiError, types};
use jiff::SignedDuration;
use types::{Build, BuildEvent, BuildPreview, BuildPreviewStatus, BuildStage, BuildTarget};

use super::starting::workspace_of;
use super::work::{Deploy, WORKS, number};
use super::{BUILDS, PREVIEWS};
use crate::Sandbox;
use crate::world::{id, now};

/// How long a preview is up unless its deploy says otherwise.
const UP: SignedDuration = SignedDuration::from_hours(3 * 24);

impl Sandbox {
    /// A preview that is being deployed, the latest of its build from now on.
    pub(super) fn new_preview(
        &self,
        org: &str,
        build: &mut Build,
        asked: &Deploy,
    ) -> Result<BuildPreview, ApiError> {
        let now = now();
        let up = asked.seconds.map_or(UP, SignedDuration::from_secs);
        let preview = BuildPreview {
            build_id: build.id.clone(),
            created_at: now,
            expires_at: now.saturating_add(up).unwrap_or(now),
            fault: None,
            id: id("prv"),
            region: match &asked.region {
                Some(region) => region.clone(),
                None => self.region_of(org, &build.target)?,
            },
            status: BuildPreviewStatus::Deploying,
            url: None,
            visibility: asked
                .visibility
                .clone()
                .unwrap_or(types::PortVisibility::Private),
        };
        let key = format!("{}/{}", build.id, preview.id);
        self.store.put(&PREVIEWS, org, &key, &preview)?;
        build.preview = Some(preview.clone());
        Ok(preview)
    }

    fn region_of(&self, org: &str, target: &BuildTarget) -> Result<types::Region, ApiError> {
        let workspace_id = workspace_of(target).map(|(workspace_id, _)| workspace_id);
        let workspaces = &crate::workspaces::WORKSPACES;
        let workspace = match workspace_id {
            Some(workspace_id) => self.store.get(workspaces, org, workspace_id)?,
            None => None,
        };
        Ok(workspace.map_or(types::Region::UsEast1, |workspace| workspace.region))
    }

    /// The preview that a deploy brings up.
    pub(super) fn begin_deploy(
        &self,
        org: &str,
        build_id: &str,
        turn: &str,
        deploy: &Deploy,
    ) -> Result<types::PreviewId, ApiError> {
        self.enter(org, build_id, turn, &BuildStage::Deploying)?;
        if let Some(preview_id) = &deploy.preview_id {
            return Ok(preview_id.clone());
        }
        let mut build = self.store.find(&BUILDS, org, build_id)?;
        let preview = self.new_preview(org, &mut build, deploy)?;
        let preview_id = preview.id.clone();
        self.further(org, build_id, turn, |build| {
            build.preview = Some(preview);
            Vec::<fn(u64) -> BuildEvent>::new()
        })?;
        self.store.update(&WORKS, org, build_id, |work| {
            if let Some(deploy) = work.deploy.as_mut() {
                deploy.preview_id = Some(preview_id.clone());
            }
            Ok(())
        })?;
        Ok(preview_id)
    }

    /// Brings a preview up, unless it was taken down in the meantime.
    pub(super) async fn put_up(
        &self,
        org: &str,
        build_id: &str,
        turn: &str,
        preview_id: &str,
    ) -> Result<(), ApiError> {
        let key = format!("{build_id}/{preview_id}");
        let Some(mut preview) = self.store.get(&PREVIEWS, org, &key)? else {
            return Ok(());
        };
        preview.status = BuildPreviewStatus::Ready;
        let host = preview.id.replace('_', "").to_lowercase();
        preview.url = Some(format!("https://{host}.exai.app"));
        let changed = types::BuildPreviewChangedEvent {
            build_id: build_id.to_owned(),
            occurred_at: now(),
            preview: preview.clone(),
            sequence: 0,
        };
        self.further(org, build_id, turn, |build| {
            build.preview = Some(changed.preview.clone());
            vec![move |sequence| {
                BuildEvent::BuildPreviewChanged(types::BuildPreviewChangedEvent {
                    sequence: number(sequence),
                    ..changed
                })
            }]
        })?;
        self.store.put(&PREVIEWS, org, &key, &preview)?;
        let receipt = self.job_receipt(org, "preview", &preview.id).await?;
        let of = types::WebhookEventType::BuildPreviewReady;
        self.emit(org, &receipt, of, &preview).await
    }
}
