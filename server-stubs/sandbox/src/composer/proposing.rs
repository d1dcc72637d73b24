//! What a plan proposes for a working tree, beside what stays of the plan that it revises.

use std::collections::BTreeMap;

use exai_server::{ApiError, types};
use types::{ComposerHunk, ComposerModel, ComposerPlan, Fault, WorkspaceFileKind};

use super::diff::{changed, renumber};
use super::planning::Brief;
use super::proposals::{Base, hunks, paths};
use crate::Sandbox;
use crate::money::micros;
use crate::world::id;

impl Sandbox {
    /// The hunks of a plan, by path and line, and the files that they are made on.
    pub(super) fn propose_hunks(
        &self,
        org: &str,
        plan: &ComposerPlan,
        mut brief: Brief,
    ) -> Result<Result<(Brief, Vec<ComposerHunk>), Fault>, ApiError> {
        let price = price(&plan.model);
        if plan
            .ceiling
            .as_ref()
            .is_some_and(|ceiling| micros(ceiling) < price)
        {
            return Ok(Err(Fault {
                message: "planning would cost more than it may".to_owned(),
                reason: "ceiling_reached".to_owned(),
            }));
        }
        let tree = self.entries(org, &plan.workspace_id, "", true)?;
        let is_file = |file: &&types::WorkspaceFile| file.kind == WorkspaceFileKind::File;
        let tree = tree.iter().filter(is_file).map(|file| file.path.clone());
        let tree: Vec<String> = tree.collect();
        let paths = match paths(&plan.prompt, &tree, &brief.scope) {
            Ok(paths) => paths,
            // Something is left of the plan before.
            Err(_) if !brief.kept.is_empty() => Vec::new(),
            Err(fault) => return Ok(Err(fault)),
        };
        let mut files = BTreeMap::<String, Vec<ComposerHunk>>::new();
        for kept in std::mem::take(&mut brief.kept) {
            let hunk = ComposerHunk {
                id: id("hnk"),
                plan_id: plan.id.clone(),
                ..kept
            };
            files.entry(hunk.path.clone()).or_default().push(hunk);
        }
        for path in paths {
            let base = match brief.bases.get(&path) {
                Some(base) => base.clone(),
                None => match self.base_of(org, &plan.workspace_id, &path)? {
                    Some(base) => base,
                    // No lines can be told in what is no text.
                    None => continue,
                },
            };
            let kept = files.entry(path.clone()).or_default();
            let mut fresh = hunks(&plan.id, &plan.prompt, &path, &base);
            fresh.retain(|fresh| !kept.iter().any(|kept| overlap(fresh, kept)));
            kept.append(&mut fresh);
            brief.bases.insert(path, base);
        }
        files.retain(|_, hunks| !hunks.is_empty());
        brief.bases.retain(|path, _| files.contains_key(path));
        for hunks in files.values_mut() {
            hunks.sort_by_key(|hunk| changed(hunk).start);
            renumber(hunks);
        }
        Ok(Ok((brief, files.into_values().flatten().collect())))
    }

    /// A file as it is in a workspace; none where it is no text.
    fn base_of(&self, org: &str, workspace_id: &str, path: &str) -> Result<Option<Base>, ApiError> {
        let (mode, text) = match self.file(org, workspace_id, path)? {
            Some((file, bytes)) => match String::from_utf8(bytes) {
                Ok(text) => (file.mode, Some(text)),
                Err(_) => return Ok(None),
            },
            None => (types::FileMode::N100644, None),
        };
        Ok(Some(Base { mode, text }))
    }
}

/// What planning costs, in millionths.
pub(super) fn price(model: &ComposerModel) -> i128 {
    match model {
        ComposerModel::Fast => 10_000,
        ComposerModel::Deep => 120_000,
        ComposerModel::Auto | ComposerModel::Unknown(_) => 40_000,
    }
}

/// Whether two hunks of a file change the same lines, or lines with none in between.
fn overlap(one: &ComposerHunk, other: &ComposerHunk) -> bool {
    let (one, other) = (changed(one), changed(other));
    one.start <= other.end && other.start <= one.end
}
