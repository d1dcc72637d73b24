//! The working tree: files by path, kept whole.

use std::collections::BTreeMap;

use exai_server::runtime::Body;
use exai_server::{ApiError, UploadWorkspaceFileParams, types};
use types::{FileMode, WorkspaceFile, WorkspaceFileKind};

use super::WORKSPACES;
use crate::Sandbox;
use crate::body::gather;
use crate::digest::sha256;
use crate::store::Kind;
use crate::world::{now, refused};

/// Files by the workspace's id and their path.
pub(super) const FILES: Kind<WorkspaceFile> = Kind::new("file");

/// Bytes that a file holds at most.
const LARGEST: usize = 64 << 20;

impl Sandbox {
    /// Writes a file, unless `If-Match` names another version of it.
    pub(super) async fn write(
        &self,
        org: &str,
        workspace_id: &str,
        params: UploadWorkspaceFileParams,
        body: Body,
    ) -> Result<WorkspaceFile, ApiError> {
        self.store.find(&WORKSPACES, org, workspace_id)?;
        let content = gather(body, LARGEST).await?;
        let key = format!("{workspace_id}/{}", params.path);
        let before = self.store.get(&FILES, org, &key)?;
        let etag = before.as_ref().and_then(|file| file.etag.as_deref());
        if params.if_match.is_some() && params.if_match.as_deref() != etag {
            return Err(refused("", "If-Match", "the file is another version now"));
        }
        self.put_file(org, workspace_id, params.path, params.mode, &content)
    }

    /// Puts a file in its place. One that is there keeps its mode unless another is given.
    pub(crate) fn put_file(
        &self,
        org: &str,
        workspace_id: &str,
        path: String,
        mode: Option<FileMode>,
        content: &[u8],
    ) -> Result<WorkspaceFile, ApiError> {
        let key = format!("{workspace_id}/{path}");
        let before = self.store.get(&FILES, org, &key)?;
        let digest = sha256(content);
        let file = WorkspaceFile {
            etag: Some(format!("\"{}\"", &digest[..16])),
            kind: WorkspaceFileKind::File,
            mode: mode
                .or_else(|| before.map(|file| file.mode))
                .unwrap_or(FileMode::N100644),
            modified_at: now(),
            path,
            size_bytes: i64::try_from(content.len()).unwrap_or(i64::MAX),
            sha256: Some(digest),
            target: None,
        };
        self.store.put_bytes(&FILES, org, &key, content)?;
        self.store.put(&FILES, org, &key, &file)?;
        Ok(file)
    }

    /// Takes a file away.
    pub(crate) fn remove_file(
        &self,
        org: &str,
        workspace_id: &str,
        path: &str,
    ) -> Result<(), ApiError> {
        let key = format!("{workspace_id}/{path}");
        self.store.remove(&FILES, org, &key)?;
        self.store.remove_bytes(&FILES, org, &key)
    }

    /// A file and what it holds, if it is there.
    pub(crate) fn file(
        &self,
        org: &str,
        workspace_id: &str,
        path: &str,
    ) -> Result<Option<(WorkspaceFile, Vec<u8>)>, ApiError> {
        let key = format!("{workspace_id}/{path}");
        let file = self.store.get(&FILES, org, &key)?;
        let bytes = self.store.bytes(&FILES, org, &key)?;
        Ok(file.zip(bytes))
    }

    /// A file and what it holds.
    pub(super) fn read(
        &self,
        org: &str,
        workspace_id: &str,
        path: &str,
    ) -> Result<(WorkspaceFile, Vec<u8>), ApiError> {
        self.store.find(&WORKSPACES, org, workspace_id)?;
        let missing = || ApiError::not_found(format!("there is no file {path}"));
        self.file(org, workspace_id, path)?.ok_or_else(missing)
    }

    /// What is below a directory, by path; of what is deeper, the directories, or all of it.
    pub(crate) fn entries(
        &self,
        org: &str,
        workspace_id: &str,
        below: &str,
        recursive: bool,
    ) -> Result<Vec<WorkspaceFile>, ApiError> {
        self.store.find(&WORKSPACES, org, workspace_id)?;
        let below = match below.trim_matches('/') {
            "" | "." => String::new(),
            path => format!("{path}/"),
        };
        let files = self
            .store
            .list(&FILES, org, &format!("{workspace_id}/{below}"))?;
        let mut found = BTreeMap::new();
        for file in files {
            let inside = file.path.strip_prefix(&below).unwrap_or(&file.path);
            for (at, _) in inside.match_indices('/') {
                let path = format!("{below}{}", &inside[..at]);
                let is_direct = !inside[..at].contains('/');
                if recursive || is_direct {
                    found.entry(path.clone()).or_insert_with(|| directory(path));
                }
            }
            if recursive || !inside.contains('/') {
                found.insert(file.path.clone(), file);
            }
        }
        Ok(found.into_values().collect())
    }

    /// Every file of a tree, with what it holds. `of` is a workspace's id, or a snapshot's.
    pub(super) fn tree(
        &self,
        kind: &Kind<WorkspaceFile>,
        org: &str,
        of: &str,
    ) -> Result<Vec<(WorkspaceFile, Vec<u8>)>, ApiError> {
        let mut found = Vec::new();
        for file in self.store.list(kind, org, &format!("{of}/"))? {
            let bytes = self
                .store
                .bytes(kind, org, &format!("{of}/{}", file.path))?;
            found.push((file, bytes.unwrap_or_default()));
        }
        Ok(found)
    }

    /// Puts a tree where another was.
    pub(super) fn replace_tree(
        &self,
        kind: &Kind<WorkspaceFile>,
        org: &str,
        of: &str,
        tree: &[(WorkspaceFile, Vec<u8>)],
    ) -> Result<(), ApiError> {
        self.forget_tree(kind, org, of)?;
        for (file, bytes) in tree {
            let key = format!("{of}/{}", file.path);
            self.store.put_bytes(kind, org, &key, bytes)?;
            self.store.put(kind, org, &key, file)?;
        }
        Ok(())
    }

    /// Takes every file of a tree away.
    pub(super) fn forget_tree(
        &self,
        kind: &Kind<WorkspaceFile>,
        org: &str,
        of: &str,
    ) -> Result<(), ApiError> {
        self.store.remove_all(kind, org, &format!("{of}/"))
    }
}

fn directory(path: String) -> WorkspaceFile {
    WorkspaceFile {
        etag: None,
        kind: WorkspaceFileKind::Directory,
        mode: FileMode::N040000,
        modified_at: now(),
        path,
        size_bytes: 0,
        sha256: None,
        target: None,
    }
}
