//! Plans of changes to a working tree.

mod diff;
mod planning;

use exai_server::unimplemented::Composer;
use exai_server::{
    ApiError, DownloadComposerPlanPatchParams, DownloadComposerPlanPatchResponse,
    GetComposerPlanResponse, ListComposerPlansParams, ListComposerPlansResponse,
    RequestComposerPlanResponse, RequestContext, StreamComposerPlanEventsResponse, types,
};
use types::{AuditAction, AuditResourceType, ComposerPlanEvent};

use crate::Sandbox;
use crate::audit::resource;
use crate::pages::{Window, page};
use crate::store::Kind;
use crate::world::{caller, refused};

/// Plans by id.
const PLANS: Kind<types::ComposerPlan> = Kind::new("composer plan");

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
        let plan = self.store.find(&PLANS, org, &plan_id)?;
        if matches!(
            plan.status,
            types::ComposerPlanStatus::Queued | types::ComposerPlanStatus::Planning
        ) {
            return Err(refused("", "state", "the plan is not ready yet"));
        }
        let mut hunks = self.hunks(org, &plan_id)?;
        let state = params.state.as_ref();
        hunks.retain(|hunk| state.is_none_or(|wanted| wanted.contains(&hunk.review.state)));
        Ok(DownloadComposerPlanPatchResponse::Ok {
            body: diff::unified(&hunks),
            content_disposition: format!("attachment; filename=\"{plan_id}.patch\""),
        })
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
