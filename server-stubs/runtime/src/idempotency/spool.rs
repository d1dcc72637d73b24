//! A request's body, read whole so that it can be hashed before anything runs.

use std::io::SeekFrom;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures::{Stream, TryStreamExt, stream};
use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};

use crate::fault::Stop;
use crate::{Detail, Fault, Location, StoreError};

/// Bytes that are held in memory; the rest of a longer body goes to a temporary file without a
/// name.
const IN_MEMORY: usize = 1024 * 1024;

/// Bytes that are read of the file at a time.
const CHUNK: usize = 64 * 1024;

/// A body that was read.
pub(crate) struct Spool {
    pub(crate) sha256: [u8; 32],
    start: Bytes,
    rest: Option<File>,
}

impl Spool {
    /// Reads a body of at most `limit` bytes.
    ///
    /// # Errors
    /// 400 when it is longer or was cut off; a failure of the disk.
    pub(crate) async fn read(body: Body, limit: u64) -> Result<Self, Stop> {
        let mut sha = Sha256::new();
        let mut start = BytesMut::new();
        let mut rest = None;
        let mut length = 0_u64;
        let mut chunks = body.into_data_stream();
        while let Some(chunk) = chunks.try_next().await.map_err(|_| cut_off())? {
            length += chunk.len() as u64;
            if length > limit {
                return Err(too_long(limit).into());
            }
            sha.update(&chunk);
            if rest.is_none() && start.len() + chunk.len() <= IN_MEMORY {
                start.extend_from_slice(&chunk);
                continue;
            }
            let file = match &mut rest {
                Some(file) => file,
                none => none.insert(temporary().await?),
            };
            file.write_all(&chunk).await.map_err(StoreError::new)?;
        }
        if let Some(file) = &mut rest {
            file.flush().await.map_err(StoreError::new)?;
        }
        Ok(Self {
            sha256: sha.finalize().into(),
            start: start.freeze(),
            rest,
        })
    }

    /// The body again, from its start. One at a time is read.
    pub(crate) async fn body(&self) -> Result<Body, StoreError> {
        let start = self.start.clone();
        let Some(file) = &self.rest else {
            return Ok(Body::from(start));
        };
        // Clones share their place in the file.
        let mut file = file.try_clone().await.map_err(StoreError::new)?;
        let rewound = file.seek(SeekFrom::Start(0)).await;
        rewound.map_err(StoreError::new)?;
        let start = stream::iter([Ok(start)]);
        Ok(Body::from_stream(futures::StreamExt::chain(
            start,
            chunks(file),
        )))
    }
}

fn chunks(file: File) -> impl Stream<Item = std::io::Result<Bytes>> {
    stream::try_unfold(file, async |mut file| {
        let mut chunk = BytesMut::with_capacity(CHUNK);
        let read = file.read_buf(&mut chunk).await?;
        Ok((read > 0).then(|| (chunk.freeze(), file)))
    })
}

async fn temporary() -> Result<File, StoreError> {
    let opened = tokio::task::spawn_blocking(tempfile::tempfile).await;
    let file = opened.map_err(StoreError::new)?;
    Ok(File::from_std(file.map_err(StoreError::new)?))
}

fn cut_off() -> Stop {
    broken("complete", "the body was cut off".to_owned()).into()
}

fn too_long(limit: u64) -> Fault {
    broken(
        "maxLength",
        format!("the body is longer than {limit} bytes"),
    )
}

fn broken(rule: &'static str, message: String) -> Fault {
    Fault::InvalidRequest {
        message: message.clone(),
        details: vec![Detail {
            location: Location::Body,
            pointer: String::new(),
            rule,
            message,
        }],
    }
}
