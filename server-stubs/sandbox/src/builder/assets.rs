//! Files that prompts can refer to.

use exai_runtime::Caller;
use exai_server::{ApiError, types};
use sha2::{Digest, Sha256};

use crate::Sandbox;
use crate::store::Kind;
use crate::world::{actor, duration, id, now, refused};

/// Assets by id, and their bytes.
pub(super) const ASSETS: Kind<types::BuildAsset> = Kind::new("asset");

/// Bytes that an asset holds at most.
const LARGEST: usize = 32 << 20;

impl Sandbox {
    pub(super) fn keep_asset(
        &self,
        caller: &Caller,
        body: types::UploadBuildAsset,
    ) -> Result<types::BuildAsset, ApiError> {
        if body.file.bytes.len() > LARGEST {
            return Err(refused(
                "/file",
                "maxLength",
                "an asset holds at most 32 MiB",
            ));
        }
        let created_at = now();
        let expires_at = match body.expires_in {
            None => None,
            Some(text) => {
                let after = duration(&text).and_then(|after| created_at.checked_add(after).ok());
                let unknown = || {
                    refused(
                        "/expires_in",
                        "format",
                        "it is no duration of days and less",
                    )
                };
                Some(after.ok_or_else(unknown)?)
            }
        };
        let digest = Sha256::digest(&body.file.bytes);
        let asset = types::BuildAsset {
            id: id("ast"),
            created_at,
            created_by: actor(caller)?,
            description: body.description,
            expires_at,
            file_name: match body.file.name.is_empty() {
                true => "file".to_owned(),
                false => body.file.name,
            },
            labels: body.labels.unwrap_or_default(),
            media_type: body.file.content_type,
            purpose: body.purpose,
            sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
            size_bytes: i64::try_from(body.file.bytes.len()).unwrap_or(i64::MAX),
        };
        self.store
            .put_bytes(&ASSETS, &caller.org, &asset.id, &body.file.bytes)?;
        self.store.put(&ASSETS, &caller.org, &asset.id, &asset)?;
        Ok(asset)
    }
}
