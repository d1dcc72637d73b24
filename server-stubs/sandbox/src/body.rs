//! Bodies that are kept whole.

use exai_server::ApiError;
use exai_server::runtime::Body;
use futures::StreamExt;

use crate::world::refused;

/// A body, read to its end; 422 for one of more than so many bytes.
pub(crate) async fn gather(mut body: Body, most: usize) -> Result<Vec<u8>, ApiError> {
    let mut bytes = Vec::new();
    while let Some(piece) = body.next().await {
        bytes.extend_from_slice(&piece?);
        if bytes.len() > most {
            let message = format!("the body is longer than {} MiB", most >> 20);
            return Err(refused("", "maxLength", message));
        }
    }
    Ok(bytes)
}
