//! Plans of changes to a working tree.

mod applies;
mod commits;
mod diff;
mod endings;
mod patching;
mod planning;
mod proposals;
mod proposing;
mod reverts;
mod reviews;

use exai_server::{
    ApiError, ApplyComposerHunksResponse, Composer, CreateComposerPlanCommentResponse,
    DiscardComposerPlanResponse, DownloadComposerPlanPatchParams,
    DownloadComposerPlanPatchResponse, GetComposerApplyResponse, GetComposerPlanDiffParams,
    GetComposerPlanDiffResponse, GetComposerPlanResponse, ListComposerAppliesParams,
    ListComposerAppliesResponse, ListComposerPlanCommentsParams, ListComposerPlanCommentsResponse,
    ListComposerPlanHunksParams, ListComposerPlanHunksResponse, ListComposerPlansParams,
    ListComposerPlansResponse, RequestComposerPlanResponse, RequestContext,
    RevertComposerApplyResponse, ReviewComposerPlanHunkResponse, ReviseComposerPlanResponse,
    StreamComposerPlanEventsResponse, types,
};
use types::{AuditAction, AuditResourceType, ComposerPlanEvent, ComposerPlanStatus, HunkState};

use crate::Sandbox;
use crate::audit::resource;
use crate::pages::{Window, page};
use crate::store::Kind;
use crate::world::{caller, refused};

/// Plans by id.
const PLANS: Kind<types::ComposerPlan> = Kind::new("composer plan");

/// Hunks by the plan's id and their place in it.
const HUNKS: Kind<types::ComposerHunk> = Kind::new("composer hunk");

/// Applies by id.
const APPLIES: Kind<types::ComposerApply> = Kind::new("composer apply");

impl Composer for Sandbox {
    async fn request_composer_plan(
        &self,
        cx: &RequestContext,
        body: types::RequestComposerPlan,
    ) -> Result<RequestComposerPlanResponse, ApiError> {
        let plan = self.compose(cx, body)?;
        let named = resource(AuditResourceType::ComposerPlan, &plan.id, None);
        self.audit(cx, 202, AuditAction::ComposerPlanCreated, named)?;
        Ok(RequestComposerPlanResponse::Accepted(plan))
    }

    async fn get_composer_plan(
        &self,
        cx: &RequestContext,
        plan_id: types::ComposerPlanId,
    ) -> Result<GetComposerPlanResponse, ApiError> {
        let plan = self.store.find(&PLANS, &caller(cx)?.org, &plan_id)?;
        Ok(GetComposerPlanResponse::Ok(plan))
    }

    async fn list_composer_plans(
        &self,
        cx: &RequestContext,
        params: ListComposerPlansParams,
    ) -> Result<ListComposerPlansResponse, ApiError> {
        let mut found = self.store.list(&PLANS, &caller(cx)?.org, "")?;
        let window = Window {
            labels: None,
            created_after: params.created_after,
            created_before: params.created_before,
        };
        found.retain(|plan| {
            let (workspace, status) = (params.workspace_id.as_ref(), params.status.as_ref());
            window.holds(plan.created_at, &types::Labels::new())
                && workspace.is_none_or(|workspace| *workspace == plan.workspace_id)
                && status.is_none_or(|wanted| wanted.contains(&plan.status))
        });
        let cursor = params.cursor.as_deref();
        let (data, next_cursor) = page(found, |plan| &plan.id, params.order, cursor, params.limit)?;
        Ok(ListComposerPlansResponse::Ok(types::ComposerPlanList {
            data,
            next_cursor,
        }))
    }

    async fn stream_composer_plan_events(
        &self,
        cx: &RequestContext,
        plan_id: types::ComposerPlanId,
    ) -> Result<StreamComposerPlanEventsResponse, ApiError> {
        self.store.find(&PLANS, &caller(cx)?.org, &plan_id)?;
        let events = self.log.follow(cx, &plan_id, is_last)?;
        Ok(StreamComposerPlanEventsResponse::Ok(events))
    }

    async fn download_composer_plan_patch(
        &self,
        cx: &RequestContext,
        plan_id: types::ComposerPlanId,
        params: DownloadComposerPlanPatchParams,
    ) -> Result<DownloadComposerPlanPatchResponse, ApiError> {
        let org = &caller(cx)?.org;
        can_be_read(&self.store.find(&PLANS, org, &plan_id)?)?;
        let mut hunks = self.hunks(org, &plan_id)?;
        hunks.retain(|hunk| match &params.state {
            Some(wanted) => wanted.contains(&hunk.review.state),
            None => hunk.review.state != HunkState::Rejected,
        });
        Ok(DownloadComposerPlanPatchResponse::Ok {
            body: diff::unified(&hunks, &self.bases(org, &plan_id)?),
            content_disposition: format!("attachment; filename=\"{plan_id}.patch\""),
        })
    }

    async fn get_composer_plan_diff(
        &self,
        cx: &RequestContext,
        plan_id: types::ComposerPlanId,
        params: GetComposerPlanDiffParams,
    ) -> Result<GetComposerPlanDiffResponse, ApiError> {
        let org = &caller(cx)?.org;
        let plan = self.store.find(&PLANS, org, &plan_id)?;
        can_be_read(&plan)?;
        let (hunks, bases) = (self.hunks(org, &plan_id)?, self.bases(org, &plan_id)?);
        let context = usize::try_from(params.context_lines).unwrap_or(0);
        Ok(GetComposerPlanDiffResponse::Ok(types::ComposerDiff {
            base_commit: plan.base_commit,
            files: diff::files(&hunks, &bases, context),
            plan_id,
            stats: plan.stats,
        }))
    }

    async fn list_composer_plan_hunks(
        &self,
        cx: &RequestContext,
        plan_id: types::ComposerPlanId,
        params: ListComposerPlanHunksParams,
    ) -> Result<ListComposerPlanHunksResponse, ApiError> {
        let org = &caller(cx)?.org;
        self.store.find(&PLANS, org, &plan_id)?;
        let hunks = self.hunks(org, &plan_id)?.into_iter().enumerate();
        let asked = |hunk: &types::ComposerHunk| {
            let (state, path) = (params.state.as_ref(), params.path.as_ref());
            state.is_none_or(|state| *state == hunk.review.state)
                && path.is_none_or(|path| *path == hunk.path)
        };
        let hunks = hunks.filter(|(_, hunk)| asked(hunk));
        let hunks = hunks.map(|(place, hunk)| (format!("{place:05}"), hunk));
        let hunks: Vec<(String, types::ComposerHunk)> = hunks.collect();
        let (cursor, order) = (params.cursor.as_deref(), Some(types::Order::Asc));
        let (data, next_cursor) = page(hunks, |(place, _)| place, order, cursor, params.limit)?;
        let data = data.into_iter().map(|(_, hunk)| hunk).collect();
        Ok(ListComposerPlanHunksResponse::Ok(types::ComposerHunkList {
            data,
            next_cursor,
        }))
    }

    async fn review_composer_plan_hunk(
        &self,
        cx: &RequestContext,
        plan_id: types::ComposerPlanId,
        hunk_id: types::HunkId,
        body: types::ReviewComposerHunk,
    ) -> Result<ReviewComposerPlanHunkResponse, ApiError> {
        let hunk = self.review_hunk(cx, &plan_id, &hunk_id, &body)?;
        Ok(ReviewComposerPlanHunkResponse::Ok(hunk))
    }

    async fn create_composer_plan_comment(
        &self,
        cx: &RequestContext,
        plan_id: types::ComposerPlanId,
        body: types::CreateComposerComment,
    ) -> Result<CreateComposerPlanCommentResponse, ApiError> {
        let comment = self.add_comment(cx, &plan_id, body)?;
        Ok(CreateComposerPlanCommentResponse::Created(comment))
    }

    async fn list_composer_plan_comments(
        &self,
        cx: &RequestContext,
        plan_id: types::ComposerPlanId,
        params: ListComposerPlanCommentsParams,
    ) -> Result<ListComposerPlanCommentsResponse, ApiError> {
        let found = self.list_comments(&caller(cx)?.org, &plan_id, params)?;
        Ok(ListComposerPlanCommentsResponse::Ok(found))
    }

    async fn revise_composer_plan(
        &self,
        cx: &RequestContext,
        plan_id: types::ComposerPlanId,
        body: Option<types::ReviseComposerPlan>,
    ) -> Result<ReviseComposerPlanResponse, ApiError> {
        let plan = self.revise_plan(cx, &plan_id, body.unwrap_or_default())?;
        let named = resource(AuditResourceType::ComposerPlan, &plan.id, None);
        self.audit(cx, 202, AuditAction::ComposerPlanCreated, named)?;
        Ok(ReviseComposerPlanResponse::Accepted(plan))
    }

    async fn discard_composer_plan(
        &self,
        cx: &RequestContext,
        plan_id: types::ComposerPlanId,
    ) -> Result<DiscardComposerPlanResponse, ApiError> {
        self.discard_plan(cx, &plan_id).await?;
        Ok(DiscardComposerPlanResponse::NoContent)
    }

    async fn apply_composer_hunks(
        &self,
        cx: &RequestContext,
        body: types::ApplyComposerHunks,
    ) -> Result<ApplyComposerHunksResponse, ApiError> {
        let apply = self.start_apply(cx, body)?;
        let named = resource(AuditResourceType::ComposerApply, &apply.id, None);
        self.audit(cx, 202, AuditAction::ComposerApplyCreated, named)?;
        Ok(ApplyComposerHunksResponse::Accepted(apply))
    }

    async fn get_composer_apply(
        &self,
        cx: &RequestContext,
        apply_id: types::ApplyId,
    ) -> Result<GetComposerApplyResponse, ApiError> {
        let apply = self.store.find(&APPLIES, &caller(cx)?.org, &apply_id)?;
        Ok(GetComposerApplyResponse::Ok(apply))
    }

    async fn list_composer_applies(
        &self,
        cx: &RequestContext,
        params: ListComposerAppliesParams,
    ) -> Result<ListComposerAppliesResponse, ApiError> {
        let mut found = self.store.list(&APPLIES, &caller(cx)?.org, "")?;
        let window = Window {
            labels: None,
            created_after: params.created_after,
            created_before: params.created_before,
        };
        found.retain(|apply| {
            let (plan, workspace) = (params.plan_id.as_ref(), params.workspace_id.as_ref());
            let status = params.status.as_ref();
            window.holds(apply.created_at, &types::Labels::new())
                && plan.is_none_or(|plan| *plan == apply.plan_id)
                && workspace.is_none_or(|workspace| *workspace == apply.workspace_id)
                && status.is_none_or(|status| *status == apply.status)
        });
        let cursor = params.cursor.as_deref();
        let (data, next_cursor) = page(found, |one| &one.id, params.order, cursor, params.limit)?;
        Ok(ListComposerAppliesResponse::Ok(types::ComposerApplyList {
            data,
            next_cursor,
        }))
    }

    async fn revert_composer_apply(
        &self,
        cx: &RequestContext,
        apply_id: types::ApplyId,
        body: Option<types::RevertComposerApply>,
    ) -> Result<RevertComposerApplyResponse, ApiError> {
        let apply = self.start_revert(cx, &apply_id, body.unwrap_or_default())?;
        let named = resource(AuditResourceType::ComposerApply, &apply.id, None);
        self.audit(cx, 202, AuditAction::ComposerApplyReverted, named)?;
        Ok(RevertComposerApplyResponse::Accepted(apply))
    }
}

/// 422 for a plan whose change is not there to be read: not yet, or no more.
fn can_be_read(plan: &types::ComposerPlan) -> Result<(), ApiError> {
    match plan.status {
        ComposerPlanStatus::Ready | ComposerPlanStatus::Applied => Ok(()),
        _ => Err(refused("", "state", "the plan is not ready")),
    }
}

fn is_last(event: &ComposerPlanEvent) -> bool {
    matches!(
        event,
        ComposerPlanEvent::ComposerPlanReady(_)
            | ComposerPlanEvent::ComposerPlanFailed(_)
            | ComposerPlanEvent::ComposerPlanDiscarded(_)
    )
}
