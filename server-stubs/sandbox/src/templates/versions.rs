//! Versions of templates, which never change, and the content that the next is made of.

use exai_runtime::Caller;
use exai_server::runtime::Body;
use exai_server::{ApiError, types};
use types::{TemplateArchive, TemplateKind, TemplateSource, TemplateVersion};

use super::builtin;
use crate::Sandbox;
use crate::archive::{Entry, pack, unpack};
use crate::body::gather;
use crate::digest::sha256;
use crate::numbers::number;
use crate::patch::recast;
use crate::patterns::matches;
use crate::plans::PLANS;
use crate::store::{Kind, failed};
use crate::workspaces::WORKSPACES;
use crate::world::{actor, now, refused};

/// Versions by the template's slug and their number; their bytes are the archive.
const VERSIONS: Kind<TemplateVersion> = Kind::new("template-version");
/// Content that was uploaded, by slug.
const DRAFTS: Kind<TemplateArchive> = Kind::new("template-draft");
/// Bytes that an archive has at most.
const LARGEST: usize = 512 << 20;

/// A version that is to be.
pub(super) struct Publication {
    pub(super) version: String,
    pub(super) changelog: Option<String>,
    pub(super) parameters: Vec<types::TemplateParameter>,
    pub(super) archive: Vec<u8>,
}

impl Sandbox {
    /// Keeps a version.
    pub(super) fn keep_version(
        &self,
        caller: &Caller,
        slug: &str,
        what: Publication,
    ) -> Result<TemplateVersion, ApiError> {
        let key = format!("{slug}/{}", what.version);
        let version = TemplateVersion {
            changelog: what.changelog,
            digest: sha256(&what.archive),
            parameters: what.parameters,
            published_at: now(),
            published_by: actor(caller)?,
            size_bytes: size(&what.archive),
            slug: slug.to_owned(),
            version: what.version,
        };
        self.store
            .put_bytes(&VERSIONS, &caller.org, &key, &what.archive)?;
        self.store.put(&VERSIONS, &caller.org, &key, &version)?;
        Ok(version)
    }

    /// The versions of a template, lowest first.
    pub(super) fn versions(
        &self,
        caller: &Caller,
        slug: &str,
    ) -> Result<Vec<TemplateVersion>, ApiError> {
        let template = self.template(caller, slug)?;
        let mut found = self
            .store
            .list(&VERSIONS, &caller.org, &format!("{slug}/"))?;
        if found.is_empty() {
            let archive = pack(&builtin::tree(&template))?;
            found.push(TemplateVersion {
                changelog: None,
                digest: sha256(&archive),
                parameters: template.parameters,
                published_at: template.created_at,
                published_by: types::Actor::System(types::SystemActor {
                    component: "templates".to_owned(),
                }),
                size_bytes: size(&archive),
                slug: template.slug,
                version: template.latest_version,
            });
        }
        found.sort_by_cached_key(|one| number(&one.version).ok());
        Ok(found)
    }

    /// A version, or the newest, with its archive. `None` where the template has no such version.
    pub(super) fn version(
        &self,
        caller: &Caller,
        slug: &str,
        number: Option<&str>,
    ) -> Result<Option<(TemplateVersion, Vec<u8>)>, ApiError> {
        let versions = self.versions(caller, slug)?.into_iter();
        let mut asked = versions.filter(|one| number.is_none_or(|number| number == one.version));
        let Some(version) = asked.next_back() else {
            return Ok(None);
        };
        let key = format!("{slug}/{}", version.version);
        let archive = match self.store.bytes(&VERSIONS, &caller.org, &key)? {
            Some(archive) => archive,
            None => pack(&builtin::tree(&self.template(caller, slug)?))?,
        };
        Ok(Some((version, archive)))
    }

    /// The archive of what a source holds now, and the kind of template that it makes.
    pub(super) fn taken_from(
        &self,
        caller: &Caller,
        source: &TemplateSource,
    ) -> Result<(TemplateKind, Vec<u8>), ApiError> {
        let org = &caller.org;
        let missing = |part: &str| {
            let pointer = format!("/source/{part}");
            refused(&pointer, "reference", "the organisation has no such thing")
        };
        match source {
            TemplateSource::Workspace(source) => {
                let id = &source.workspace_id;
                let there = self.store.get(&WORKSPACES, org, id)?;
                there.ok_or_else(|| missing("workspace_id"))?;
                let files = self
                    .tree_of(org, id, source.snapshot_id.as_deref())
                    .map_err(|_| missing("snapshot_id"))?;
                let left_out = |path: &str| {
                    let patterns = source.exclude.iter().flatten();
                    patterns.into_iter().any(|pattern| matches(pattern, path))
                };
                let kept = files.into_iter().filter(|(file, _)| !left_out(&file.path));
                let tree: Vec<Entry> = kept
                    .map(|(file, content)| Entry {
                        executable: file.mode == types::FileMode::N100755,
                        path: file.path,
                        content,
                    })
                    .collect();
                Ok((TemplateKind::Workspace, pack(&tree)?))
            }
            TemplateSource::Plan(source) => {
                let plan = self.store.get(&PLANS, org, &source.plan_id)?;
                let plan: types::CreatePlan = recast(&plan.ok_or_else(|| missing("plan_id"))?)?;
                let mut content = serde_json::to_vec_pretty(&plan).map_err(failed)?;
                content.push(b'\n');
                let entry = Entry {
                    path: "plan.json".to_owned(),
                    executable: false,
                    content,
                };
                Ok((TemplateKind::Plan, pack(&[entry])?))
            }
        }
    }

    /// Keeps what the next version is to be made of, and its `ETag`.
    pub(super) async fn draft(
        &self,
        caller: &Caller,
        slug: &str,
        if_match: Option<&str>,
        body: Body,
    ) -> Result<(TemplateArchive, String), ApiError> {
        let bytes = gather(body, LARGEST).await?;
        let before = self.store.get(&DRAFTS, &caller.org, slug)?;
        let before = before.map(|draft: TemplateArchive| etag(&draft.digest));
        let holds = match if_match {
            None => true,
            Some("*") => before.is_some(),
            Some(wanted) => before.as_deref() == Some(wanted),
        };
        if !holds {
            return Err(refused("", "if_match", "the content is another one now"));
        }
        let draft = TemplateArchive {
            digest: sha256(&bytes),
            file_count: i32::try_from(unpack(&bytes)?.len()).unwrap_or(i32::MAX),
            size_bytes: size(&bytes),
            slug: slug.to_owned(),
            uploaded_at: now(),
        };
        self.store.put_bytes(&DRAFTS, &caller.org, slug, &bytes)?;
        self.store.put(&DRAFTS, &caller.org, slug, &draft)?;
        let e_tag = etag(&draft.digest);
        Ok((draft, e_tag))
    }

    /// What was uploaded last.
    pub(super) fn drafted(&self, org: &str, slug: &str) -> Result<Option<Vec<u8>>, ApiError> {
        self.store.bytes(&DRAFTS, org, slug)
    }

    /// Takes a template's versions and drafts away.
    pub(super) fn forget_versions(&self, org: &str, slug: &str) -> Result<(), ApiError> {
        self.store.remove_all(&VERSIONS, org, &format!("{slug}/"))?;
        self.store.remove(&DRAFTS, org, slug)?;
        self.store.remove_bytes(&DRAFTS, org, slug)
    }
}

/// An entity tag of what has a digest.
pub(super) fn etag(digest: &str) -> String {
    format!("\"{}\"", digest.get(..16).unwrap_or(digest))
}

fn size(bytes: &[u8]) -> i64 {
    i64::try_from(bytes.len()).unwrap_or(i64::MAX)
}
