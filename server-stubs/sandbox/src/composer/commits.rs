//! Commits, which are names here: nothing is behind them.

use exai_server::{ApiError, types};
use types::{ComposerApply, WorkspaceOrigin};

use crate::Sandbox;
use crate::digest::sha256;
use crate::store::Kind;
use crate::workspaces::WORKSPACES;

/// The commits that are checked out, by the workspace's id.
const HEADS: Kind<String> = Kind::new("composer head");

impl Sandbox {
    /// Commits the tree, if that was asked for.
    pub(super) fn commit_apply(
        &self,
        org: &str,
        apply: &ComposerApply,
        options: Option<&types::CommitOptions>,
    ) -> Result<Option<types::ApplyCommit>, ApiError> {
        let Some(options) = options else {
            return Ok(None);
        };
        let parent = self
            .checked_out(org, &apply.workspace_id)?
            .unwrap_or_default();
        let status = apply.status.as_str();
        let sha = sha(&[&parent, &apply.id, status, &options.message]);
        self.store.put(&HEADS, org, &apply.workspace_id, &sha)?;
        Ok(Some(types::ApplyCommit {
            branch: options.branch.clone().unwrap_or_else(|| "main".to_owned()),
            message: options.message.clone(),
            sha,
        }))
    }

    /// The commit that a workspace has checked out; none where it is no git repository.
    pub(super) fn checked_out(
        &self,
        org: &str,
        workspace_id: &str,
    ) -> Result<Option<String>, ApiError> {
        let workspace = self.store.get(&WORKSPACES, org, workspace_id)?;
        let origin = workspace.map(|workspace| workspace.origin);
        let Some(WorkspaceOrigin::Git(origin)) = origin else {
            return Ok(None);
        };
        let head = self.store.get(&HEADS, org, workspace_id)?;
        let first = || origin.commit.unwrap_or_else(|| sha(&[&origin.repository]));
        Ok(Some(head.unwrap_or_else(first)))
    }
}

/// Forty hexadecimal digits that some texts always have.
fn sha(texts: &[&str]) -> String {
    let mut digits = sha256(texts.join("\0"));
    digits.truncate(40);
    digits
}
