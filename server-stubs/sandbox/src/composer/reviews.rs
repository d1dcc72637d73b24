//! What reviewers say to a plan: verdicts on hunks, and comments.

use exai_server::{ApiError, ListComposerPlanCommentsParams, RequestContext, types};
use types::{CommentAnchor, ComposerComment, ComposerHunk, ComposerPlanStatus, HunkState};

use super::diff::stats;
use super::{HUNKS, PLANS};
use crate::Sandbox;
use crate::pages::page;
use crate::patch::merge;
use crate::store::Kind;
use crate::world::{actor, caller, id, now, refused};

/// Comments by the plan's id and their own.
const COMMENTS: Kind<ComposerComment> = Kind::new("composer comment");

impl Sandbox {
    /// The hunks of a plan, in order.
    pub(super) fn hunks(&self, org: &str, plan_id: &str) -> Result<Vec<ComposerHunk>, ApiError> {
        self.store.list(&HUNKS, org, &format!("{plan_id}/"))
    }

    /// Changes the review of a hunk, and what its plan says of reviews.
    pub(super) fn review_hunk(
        &self,
        cx: &RequestContext,
        plan_id: &str,
        hunk_id: &str,
        body: &types::ReviewComposerHunk,
    ) -> Result<ComposerHunk, ApiError> {
        let caller = caller(cx)?;
        let (org, actor) = (&caller.org, actor(caller)?);
        let plan = self.store.find(&PLANS, org, plan_id)?;
        let hunks = self.hunks(org, plan_id)?;
        let missing = || ApiError::not_found(format!("there is no hunk {hunk_id}"));
        let place = hunks.iter().position(|hunk| hunk.id == hunk_id);
        let place = place.ok_or_else(missing)?;
        if plan.status != ComposerPlanStatus::Ready {
            return Err(refused("", "state", "the plan is not ready"));
        }
        let key = format!("{plan_id}/{place:05}");
        let hunk = self.store.update(&HUNKS, org, &key, |hunk| {
            let review = &mut hunk.review;
            merge(review, body)?;
            if (review.state == HunkState::Edited) != review.replacement.is_some() {
                let message = "an edited hunk has a replacement, and no other has";
                return Err(refused("/replacement", "state", message));
            }
            let pending = review.state == HunkState::Pending;
            review.reviewed_by = (!pending).then_some(actor);
            review.reviewed_at = (!pending).then(now);
            Ok(())
        })?;
        let stats = stats(&self.hunks(org, plan_id)?);
        self.store.update(&PLANS, org, plan_id, |plan| {
            plan.stats = stats;
            plan.updated_at = now();
            Ok(())
        })?;
        Ok(hunk)
    }

    /// Adds a comment to a plan.
    pub(super) fn add_comment(
        &self,
        cx: &RequestContext,
        plan_id: &str,
        body: types::CreateComposerComment,
    ) -> Result<ComposerComment, ApiError> {
        let caller = caller(cx)?;
        let org = &caller.org;
        self.store.find(&PLANS, org, plan_id)?;
        let anchor = match &body.in_reply_to {
            Some(id) => {
                let key = format!("{plan_id}/{id}");
                let first = self.store.get(&COMMENTS, org, &key)?;
                let missing = || refused("/in_reply_to", "exists", "there is no such comment");
                first.ok_or_else(missing)?.anchor
            }
            None => {
                let whole = CommentAnchor::Plan(types::PlanAnchor {});
                let anchor = body.anchor.unwrap_or(whole);
                is_part(&anchor, &self.hunks(org, plan_id)?)?;
                anchor
            }
        };
        let comment = ComposerComment {
            id: id("cmt"),
            anchor,
            author: actor(caller)?,
            body: body.body,
            created_at: now(),
            in_reply_to: body.in_reply_to,
            plan_id: plan_id.to_owned(),
        };
        let key = format!("{plan_id}/{}", comment.id);
        self.store.put(&COMMENTS, org, &key, &comment)?;
        Ok(comment)
    }

    /// The comments on a plan, oldest first.
    pub(super) fn comments(
        &self,
        org: &str,
        plan_id: &str,
    ) -> Result<Vec<ComposerComment>, ApiError> {
        self.store.find(&PLANS, org, plan_id)?;
        self.store.list(&COMMENTS, org, &format!("{plan_id}/"))
    }

    /// A page of the comments on a plan.
    pub(super) fn list_comments(
        &self,
        org: &str,
        plan_id: &str,
        params: ListComposerPlanCommentsParams,
    ) -> Result<types::ComposerCommentList, ApiError> {
        let mut found = self.comments(org, plan_id)?;
        found.retain(|comment| match (&params.hunk_id, &comment.anchor) {
            (None, _) => true,
            (Some(wanted), CommentAnchor::Hunk(anchor)) => *wanted == anchor.hunk_id,
            _ => false,
        });
        let order = params.order.or(Some(types::Order::Asc));
        let cursor = params.cursor.as_deref();
        let (data, next_cursor) = page(found, |one| &one.id, order, cursor, params.limit)?;
        Ok(types::ComposerCommentList { data, next_cursor })
    }
}

/// 422 where a comment is about something that is not in the plan.
fn is_part(anchor: &CommentAnchor, hunks: &[ComposerHunk]) -> Result<(), ApiError> {
    match anchor {
        CommentAnchor::Plan(_) | CommentAnchor::Unknown(_) => Ok(()),
        CommentAnchor::File(file) => {
            let mut paths = hunks.iter().map(|hunk| &hunk.path);
            let missing = || refused("/anchor/path", "exists", "the plan has no such file");
            paths.find(|path| **path == file.path).ok_or_else(missing)?;
            Ok(())
        }
        CommentAnchor::Hunk(anchor) => {
            let missing = || refused("/anchor/hunk_id", "exists", "the plan has no such hunk");
            let found = hunks.iter().find(|hunk| hunk.id == anchor.hunk_id);
            let lines = found.ok_or_else(missing)?.lines.len();
            let line = anchor.line.map_or(Ok(0), usize::try_from);
            match line.is_ok_and(|line| line <= lines) {
                true => Ok(()),
                false => Err(refused(
                    "/anchor/line",
                    "maximum",
                    "the hunk has no such line",
                )),
            }
        }
    }
}
