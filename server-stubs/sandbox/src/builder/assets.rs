//! Files that prompts can refer to.

use exai_runtime::Caller;
use exai_server::{ApiError, types};

use crate::Sandbox;
use crate::digest::sha256;
use crate::store::Kind;
use crate::world::{actor, ending, id, now, refused};

/// Assets by id, and their bytes.
pub(super) const ASSETS: Kind<types::BuildAsset> = Kind::new("asset");

/// Bytes that an asset holds at most.
const LARGEST: usize = 32 << 20;

/// Media types that the builder cannot read.
const UNREAD: [&str; 3] = ["audio", "model", "video"];

impl Sandbox {
    pub(super) fn keep_asset(
        &self,
        caller: &Caller,
        body: types::UploadBuildAsset,
    ) -> Result<types::BuildAsset, ApiError> {
        if body.file.bytes.is_empty() {
            return Err(refused("/file", "minLength", "the file is empty"));
        }
        let kind = body.file.content_type.split('/').next().unwrap_or_default();
        if UNREAD.contains(&kind) {
            let message = format!("the builder cannot read {}", body.file.content_type);
            return Err(refused("/file", "contentMediaType", message));
        }
        if body.file.bytes.len() > LARGEST {
            return Err(refused(
                "/file",
                "maxLength",
                "an asset holds at most 32 MiB",
            ));
        }
        let created_at = now();
        let expires_in = body.expires_in.as_deref();
        let expires_at = expires_in.map(|text| ending("/expires_in", text, created_at));
        let asset = types::BuildAsset {
            id: id("ast"),
            created_at,
            created_by: actor(caller)?,
            description: body.description,
            expires_at: expires_at.transpose()?,
            file_name: match body.file.name.is_empty() {
                true => "file".to_owned(),
                false => body.file.name,
            },
            labels: body.labels.unwrap_or_default(),
            media_type: body.file.content_type,
            purpose: body.purpose,
            sha256: sha256(&body.file.bytes),
            size_bytes: i64::try_from(body.file.bytes.len()).unwrap_or(i64::MAX),
        };
        self.store
            .put_bytes(&ASSETS, &caller.org, &asset.id, &body.file.bytes)?;
        self.store.put(&ASSETS, &caller.org, &asset.id, &asset)?;
        Ok(asset)
    }
}
