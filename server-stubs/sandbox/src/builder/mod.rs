//! Apps built from a prompt.

mod assets;

use exai_server::unimplemented::Builder;
use exai_server::{
    ApiError, DeleteBuildAssetResponse, GetBuildAssetResponse, RequestContext,
    UploadBuildAssetResponse, types,
};

use self::assets::ASSETS;
use crate::Sandbox;
use crate::world::caller;

impl Builder for Sandbox {
    async fn upload_build_asset(
        &self,
        cx: &RequestContext,
        body: types::UploadBuildAsset,
    ) -> Result<UploadBuildAssetResponse, ApiError> {
        let asset = self.keep_asset(caller(cx)?, body)?;
        Ok(UploadBuildAssetResponse::Created(asset))
    }

    async fn get_build_asset(
        &self,
        cx: &RequestContext,
        asset_id: types::AssetId,
    ) -> Result<GetBuildAssetResponse, ApiError> {
        let asset = self.store.find(&ASSETS, &caller(cx)?.org, &asset_id)?;
        Ok(GetBuildAssetResponse::Ok(asset))
    }

    async fn delete_build_asset(
        &self,
        cx: &RequestContext,
        asset_id: types::AssetId,
    ) -> Result<DeleteBuildAssetResponse, ApiError> {
        let org = &caller(cx)?.org;
        self.store.find(&ASSETS, org, &asset_id)?;
        self.store.remove(&ASSETS, org, &asset_id)?;
        self.store.remove_bytes(&ASSETS, org, &asset_id)?;
        Ok(DeleteBuildAssetResponse::NoContent)
    }
}
