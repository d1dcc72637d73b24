//! How work on a build begins: the build itself, a retry, a follow-up prompt, a deploy.

use exai_runtime::Caller;
use exai_server::{ApiError, RequestContext, types};
use jiff::SignedDuration;
use types::{Build, BuildStack, BuildStage, BuildStatus, BuildTarget, BuildTargetInput};

use super::assets::ASSETS;
use super::work::{Deploy, WORKS, Work, rank};
use super::{BUILDS, settled};
use crate::Sandbox;
use crate::audit::resource;
use crate::money::{CURRENCY, free, micros};
use crate::patch::recast;
use crate::world::{actor, caller, id, lasting, now, refused};

/// How long a preview is up at most.
const UP_AT_MOST: SignedDuration = SignedDuration::from_hours(30 * 24);

impl Sandbox {
    /// Keeps a build that is queued, and begins with it.
    pub(super) fn start_building(
        &self,
        cx: &RequestContext,
        body: types::StartBuild,
    ) -> Result<Build, ApiError> {
        let caller = caller(cx)?;
        let asset_ids = body.asset_ids.unwrap_or_default();
        self.are_there(caller, &asset_ids)?;
        in_our_currency(body.ceiling.as_ref())?;
        let name = body.name.unwrap_or_else(|| name_of(&body.prompt));
        let (id, now) = (id("bld"), now());
        let build = Build {
            asset_ids,
            attempt: 1,
            ceiling: body.ceiling,
            created_at: now,
            created_by: actor(caller)?,
            fault: None,
            finished_at: None,
            labels: body.labels.unwrap_or_default(),
            poll_url: self.url(&format!("/builder/runs/{id}")),
            preview: None,
            prompt: body.prompt,
            stack: body.stack.unwrap_or(BuildStack::Auto),
            status: BuildStatus::Queued,
            stream_url: self.url(&format!("/builder/runs/{id}/events")),
            target: self.place(cx, &name, body.target)?,
            updated_at: now,
            usage: free(),
            name,
            id,
        };
        let mut work = Work::new(0, &build.prompt);
        work.deploy = body.deploy.unwrap_or(false).then(Deploy::default);
        self.say_to_builder(caller, &build.id, &build.prompt, &build.asset_ids)?;
        self.store.put(&WORKS, &caller.org, &build.id, &work)?;
        self.store.put(&BUILDS, &caller.org, &build.id, &build)?;
        self.go_on_building(&caller.org, &build.id, work.turn);
        Ok(build)
    }

    /// Goes on with a build that has failed or was cancelled.
    pub(super) fn build_again(
        &self,
        caller: &Caller,
        build_id: &str,
        body: types::RetryBuild,
    ) -> Result<Build, ApiError> {
        in_our_currency(body.ceiling.as_ref())?;
        let from = [BuildStatus::Failed, BuildStatus::Cancelled];
        self.set_to_work(caller, build_id, &from, |build, last| {
            build.attempt += 1;
            build.status = BuildStatus::Queued;
            build.ceiling = body.ceiling.or(build.ceiling.take());
            can_be_paid(build)?;
            let stage = body.from_stage.unwrap_or_else(|| last.stage.clone());
            if rank(&stage) > rank(&last.stage) {
                let message = format!("the build has not come to {}", stage.as_str());
                return Err(refused("/from_stage", "state", message));
            }
            let work = Work::new(0, &last.prompt);
            Ok(Work {
                stage,
                deploy: last.deploy.map(Deploy::anew),
                ..work
            })
        })
    }

    /// Works on a follow-up prompt.
    pub(super) fn build_further(
        &self,
        caller: &Caller,
        build_id: &str,
        body: &types::SendBuildMessage,
    ) -> Result<types::SentBuildMessage, ApiError> {
        let assets = body.asset_ids.as_deref().unwrap_or_default();
        self.are_there(caller, assets)?;
        let from = [
            BuildStatus::Succeeded,
            BuildStatus::Failed,
            BuildStatus::Cancelled,
        ];
        let build = self.set_to_work(caller, build_id, &from, |build, _| {
            build.status = BuildStatus::Queued;
            can_be_paid(build)?;
            Ok(Work::new(0, &body.text))
        })?;
        let message = self.say_to_builder(caller, build_id, &body.text, assets)?;
        Ok(types::SentBuildMessage {
            author: message.author,
            build_id: message.build_id,
            created_at: message.created_at,
            id: message.id,
            parts: message.parts,
            poll_url: build.poll_url,
            role: message.role,
            stream_url: build.stream_url,
        })
    }

    /// Deploys what a build has made.
    pub(super) fn deploy(
        &self,
        caller: &Caller,
        build_id: &str,
        body: types::DeployBuildPreview,
    ) -> Result<types::StartedBuildPreview, ApiError> {
        let up = body.expires_in.as_deref();
        let up = up.map(|text| lasting("/expires_in", text)).transpose()?;
        if up.is_some_and(|up| !up.is_positive() || up > UP_AT_MOST) {
            let message = "a preview is up for 30 days at most";
            return Err(refused("/expires_in", "maximum", message));
        }
        let mut started = None;
        let from = [BuildStatus::Succeeded];
        let build = self.set_to_work(caller, build_id, &from, |build, last| {
            build.status = BuildStatus::Deploying;
            let asked = Deploy {
                seconds: up.map(|up| up.as_secs()),
                region: body.region,
                visibility: body.visibility,
                preview_id: None,
            };
            let preview = self.new_preview(&caller.org, build, &asked)?;
            let deploy = Deploy {
                preview_id: Some(preview.id.clone()),
                ..asked
            };
            started = Some(preview);
            let work = Work::new(0, &last.prompt);
            Ok(Work {
                stage: BuildStage::Deploying,
                deploy: Some(deploy),
                ..work
            })
        })?;
        let preview = started.ok_or_else(ApiError::internal_error)?;
        Ok(types::StartedBuildPreview {
            build_id: preview.build_id,
            created_at: preview.created_at,
            expires_at: preview.expires_at,
            fault: preview.fault,
            id: preview.id,
            poll_url: build.poll_url,
            region: preview.region,
            status: preview.status,
            stream_url: build.stream_url,
            url: preview.url,
            visibility: preview.visibility,
        })
    }

    /// Begins another piece of work on a build that has settled in one of some statuses; 422 where
    /// it is in none of them. `make` gives the work and changes the build; it sees the work before.
    fn set_to_work(
        &self,
        caller: &Caller,
        build_id: &str,
        from: &[BuildStatus],
        make: impl FnOnce(&mut Build, Work) -> Result<Work, ApiError>,
    ) -> Result<Build, ApiError> {
        let org = &caller.org;
        let mut build = self.store.find(&BUILDS, org, build_id)?;
        if !from.contains(&build.status) {
            let message = format!("the build is {}", build.status.as_str());
            return Err(refused("", "state", message));
        }
        let last = self.store.find(&WORKS, org, build_id)?;
        build.fault = None;
        build.finished_at = None;
        build.updated_at = now();
        let work = Work {
            after: self.log.count(build_id)?,
            ..make(&mut build, last)?
        };
        self.store.put(&WORKS, org, build_id, &work)?;
        self.store.put(&BUILDS, org, build_id, &build)?;
        self.go_on_building(org, build_id, work.turn);
        Ok(build)
    }

    /// Where the source of a build goes: its workspace is made where it wants a new one.
    fn place(
        &self,
        cx: &RequestContext,
        name: &str,
        target: Option<BuildTargetInput>,
    ) -> Result<BuildTarget, ApiError> {
        let org = &caller(cx)?.org;
        let new = match target {
            None => types::NewWorkspaceTargetInput {
                region: None,
                size: None,
            },
            Some(BuildTargetInput::NewWorkspace(new)) => new,
            Some(BuildTargetInput::Workspace(there)) => {
                let workspace_id = &there.workspace_id;
                let found = self
                    .store
                    .get(&crate::workspaces::WORKSPACES, org, workspace_id)?;
                if found.is_none() {
                    let message = "there is no such workspace";
                    return Err(refused("/target/workspace_id", "exists", message));
                }
                let folder = there.path.as_deref().unwrap_or_default();
                if !self.entries(org, workspace_id, folder, false)?.is_empty() {
                    let message = "the folder is not empty";
                    return Err(refused("/target/path", "empty", message));
                }
                return Ok(BuildTarget::Workspace(there));
            }
            Some(other) => return recast(&other),
        };
        let workspace = self.provision(
            cx,
            types::CreateWorkspace {
                environment: None,
                idle_timeout: None,
                image: None,
                labels: None,
                name: name.to_owned(),
                origin: None,
                region: new.region,
                size: new.size,
            },
        )?;
        let named = resource(
            types::AuditResourceType::Workspace,
            &workspace.id,
            Some(&workspace.name),
        );
        self.audit(cx, 202, types::AuditAction::WorkspaceCreated, named)?;
        Ok(BuildTarget::NewWorkspace(types::NewWorkspaceTarget {
            region: Some(workspace.region),
            size: Some(workspace.size),
            workspace_id: Some(workspace.id),
        }))
    }

    /// 422 for the first asset that is not there.
    fn are_there(&self, caller: &Caller, assets: &[types::AssetId]) -> Result<(), ApiError> {
        for (at, asset_id) in assets.iter().enumerate() {
            let asset = self.store.get(&ASSETS, &caller.org, asset_id)?;
            let is_there =
                |asset: types::BuildAsset| asset.expires_at.is_none_or(|end| end > now());
            if !asset.is_some_and(is_there) {
                let message = format!("there is no asset {asset_id}");
                return Err(refused(&format!("/asset_ids/{at}"), "exists", message));
            }
        }
        Ok(())
    }

    /// Goes on with the builds that were left in the middle.
    pub(crate) fn resume_builds(&self) -> Result<(), ApiError> {
        let org = crate::tokens::ORGANISATION;
        for build in self.store.list(&BUILDS, org, "")? {
            if !settled(&build.status) {
                let work = self.store.find(&WORKS, org, &build.id)?;
                self.go_on_building(org, &build.id, work.turn);
            }
        }
        Ok(())
    }
}

/// The workspace that a source goes to, and the folder in it; none for an archive.
pub(super) fn workspace_of(target: &BuildTarget) -> Option<(&str, &str)> {
    match target {
        BuildTarget::NewWorkspace(new) => Some((new.workspace_id.as_deref()?, "")),
        BuildTarget::Workspace(there) => {
            let folder = there.path.as_deref().unwrap_or_default();
            Some((&there.workspace_id, folder.trim_matches('/')))
        }
        _ => None,
    }
}

fn in_our_currency(ceiling: Option<&types::Money>) -> Result<(), ApiError> {
    match ceiling.is_some_and(|ceiling| ceiling.currency != CURRENCY) {
        true => {
            let message = format!("building is charged for in {CURRENCY}");
            Err(refused("/ceiling/currency", "currency", message))
        }
        false => Ok(()),
    }
}

/// 402 for a build that has cost what it may.
fn can_be_paid(build: &Build) -> Result<(), ApiError> {
    let spent = micros(&build.usage.cost);
    match build.ceiling.as_ref() {
        Some(ceiling) if micros(ceiling) <= spent => {
            Err(ApiError::payment_required("the build's ceiling is reached"))
        }
        _ => Ok(()),
    }
}

/// `a-portal-where-customers` of "A portal where customers see and pay their invoices".
fn name_of(prompt: &str) -> String {
    let words = prompt.split(|c: char| !c.is_alphanumeric());
    let words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .take(4)
        .map(|word| word.chars().take(24).collect::<String>().to_lowercase())
        .collect();
    match words.is_empty() {
        true => "app".to_owned(),
        false => words.join("-"),
    }
}
