//! Approvals: a run asks for them, people decide.

use exai_runtime::Caller;
use exai_server::{ApiError, ListRunApprovalsParams, RequestContext, types};
use jiff::Timestamp;
use serde_json::Value;
use types::{
    ApprovalNodeOnExpiry, ApprovalStatus, ApprovalVerdict, PlanNode, RunCheckpointReason, RunEvent,
    RunFaultReason, RunNodeDetail, RunNodeStatus,
};

use super::steps::after;
use super::walk::{Walk, fault};
use crate::Sandbox;
use crate::audit::resource;
use crate::pages::page;
use crate::world::{actor, duration, id, refused};

impl Walk {
    /// Asks for an approval, and holds the node until it is decided.
    pub(super) fn request(
        &mut self,
        at: usize,
        planned: &types::ApprovalNode,
        input: Value,
        now: Timestamp,
    ) {
        let limit = planned.expires_after.as_deref().and_then(duration);
        let step = &mut self.steps[at];
        let approval = types::RunApproval {
            id: id("apr"),
            approver_roles: planned.approver_roles.clone().unwrap_or_default(),
            decisions: Vec::new(),
            expires_at: limit.map(|limit| after(now, limit)),
            node_id: step.node.id.clone(),
            prompt: planned.prompt.clone(),
            requested_at: now,
            required_approvals: planned.required_approvals.unwrap_or(1),
            run_id: step.node.run_id.clone(),
            status: ApprovalStatus::Pending,
            context: Some(input),
        };
        step.node.status = RunNodeStatus::Waiting;
        step.expires = approval.expires_at;
        if let RunNodeDetail::Approval(detail) = &mut step.node.detail {
            detail.approval_id = Some(approval.id.clone());
        }
        let event = types::ApprovalRequestedEvent {
            approval_id: approval.id.clone(),
            expires_at: approval.expires_at,
            node_id: approval.node_id.clone(),
            occurred_at: now,
            prompt: approval.prompt.clone(),
            run_id: approval.run_id.clone(),
            sequence: 0,
        };
        self.approvals.push(approval);
        self.say(RunEvent::ApprovalRequested(event));
        self.checkpoint(RunCheckpointReason::ApprovalRequested, now);
    }

    /// Records what a person has decided. One rejection ends the wait, and so does the last
    /// approval that was needed: what was approved, which is the node's input, goes on.
    ///
    /// # Errors
    /// 404, 403 for a person without the role, 422 where there is nothing left to decide.
    pub(super) fn decide_approval(
        &mut self,
        approval_id: &str,
        caller: &Caller,
        body: types::DecideRunApproval,
        now: Timestamp,
    ) -> Result<types::RunApproval, ApiError> {
        let mut approvals = self.approvals.iter();
        let missing = || ApiError::not_found(format!("there is no approval {approval_id}"));
        let found = approvals.position(|approval| approval.id == approval_id);
        let found = found.ok_or_else(missing)?;
        let approval = &mut self.approvals[found];
        let actor = actor(caller)?;
        may_decide(approval, caller, &actor)?;
        let verdict = body.decision;
        approval.decisions.push(types::ApprovalDecision {
            actor,
            comment: body.comment,
            decided_at: now,
            decision: verdict,
        });
        let needed = usize::try_from(approval.required_approvals).unwrap_or(1);
        let (enough, node_id) = (approval.decisions.len() >= needed, approval.node_id.clone());
        let at = self.place_of(&node_id).ok_or_else(missing)?;
        match verdict {
            ApprovalVerdict::Reject => {
                self.close(found, ApprovalStatus::Rejected, now);
                let message = "the approval was refused";
                let why = fault(RunFaultReason::ApprovalRejected, message, false);
                self.fail(at, why, now);
            }
            ApprovalVerdict::Approve if enough => self.approve(at, found, now),
            ApprovalVerdict::Approve => {}
        }
        Ok(self.approvals[found].clone())
    }

    fn approve(&mut self, at: usize, found: usize, now: Timestamp) {
        self.close(found, ApprovalStatus::Approved, now);
        let input = self.steps[at].node.input.clone().unwrap_or_default();
        self.succeed(at, input, now);
    }

    /// Ends an approval that nobody has decided in time, as its node says.
    pub(super) fn expire_approval(&mut self, at: usize, now: Timestamp) {
        let node_id = &self.steps[at].node.id;
        let waits = |approval: &types::RunApproval| {
            approval.node_id == *node_id && approval.status == ApprovalStatus::Pending
        };
        if let Some(found) = self.approvals.iter().position(waits) {
            self.close(found, ApprovalStatus::Expired, now);
        }
        let on_expiry = match &self.steps[at].planned {
            PlanNode::Approval(planned) => planned.on_expiry.clone(),
            _ => None,
        };
        let message = "nobody has decided in time";
        let reason = match on_expiry {
            Some(ApprovalNodeOnExpiry::Approve) => {
                let input = self.steps[at].node.input.clone().unwrap_or_default();
                return self.succeed(at, input, now);
            }
            Some(ApprovalNodeOnExpiry::Fail) => RunFaultReason::ApprovalExpired,
            _ => RunFaultReason::ApprovalRejected,
        };
        self.fail(at, fault(reason, message, false), now);
    }

    /// Ends an approval, and says so.
    pub(super) fn close(&mut self, found: usize, status: ApprovalStatus, now: Timestamp) {
        let approval = &mut self.approvals[found];
        approval.status = status.clone();
        let event = types::ApprovalDecidedEvent {
            approval_id: approval.id.clone(),
            decisions: approval.decisions.clone(),
            node_id: approval.node_id.clone(),
            occurred_at: now,
            run_id: approval.run_id.clone(),
            sequence: 0,
            status,
        };
        self.say(RunEvent::ApprovalDecided(event));
    }

    /// A page of the approvals.
    pub(super) fn list_approvals(
        self,
        params: &ListRunApprovalsParams,
    ) -> Result<types::RunApprovalList, ApiError> {
        let mut found = self.approvals;
        found.sort_by(|a, b| a.id.cmp(&b.id));
        let status = params.status.as_ref();
        found.retain(|approval| status.is_none_or(|status| *status == approval.status));
        let cursor = params.cursor.as_deref();
        let (data, next_cursor) = page(found, |one| &one.id, params.order, cursor, params.limit)?;
        Ok(types::RunApprovalList { data, next_cursor })
    }
}

impl Sandbox {
    /// Says in the audit log what a person has decided.
    pub(super) fn audit_decision(
        &self,
        cx: &RequestContext,
        approval: &types::RunApproval,
    ) -> Result<(), ApiError> {
        let Some(decision) = approval.decisions.last() else {
            return Ok(());
        };
        let detail = types::AuditDetail::Approval(types::ApprovalDetail {
            approval_id: approval.id.clone(),
            comment: decision.comment.clone(),
            decision: decision.decision,
        });
        let decided = resource(types::AuditResourceType::Approval, &approval.id, None);
        self.audit_detail(cx, types::AuditAction::ApprovalDecided, decided, detail)
    }
}

fn may_decide(
    approval: &types::RunApproval,
    caller: &Caller,
    actor: &types::Actor,
) -> Result<(), ApiError> {
    let roles = &approval.approver_roles;
    let role = caller.role.as_ref();
    if !roles.is_empty() && !role.is_some_and(|role| roles.contains(role)) {
        let message = format!("this is decided by: {}", roles.join(", "));
        return Err(ApiError::forbidden_role(message));
    }
    if approval.status != ApprovalStatus::Pending {
        return Err(refused("", "state", "the approval is over"));
    }
    if approval
        .decisions
        .iter()
        .any(|decision| decision.actor == *actor)
    {
        return Err(refused("", "once", "you have decided already"));
    }
    Ok(())
}
