//! Whether a receipt agrees with its chain.

use futures::future::BoxFuture;
use serde::Serialize;

use super::{ReceiptStore, Record};
use crate::StoreError;

/// Records that are read at a time.
const PAGE: usize = 1000;

/// The verdict on a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// `rcp_...`
    pub receipt_id: String,
    /// The receipt and every link up to the head of the chain agree.
    pub valid: bool,
    /// The hash in the chain.
    pub recorded_hash: String,
    /// The hash of the receipt as it is stored now.
    pub computed_hash: String,
    /// What was checked.
    pub chain: ChainSegment,
    /// The first link that does not agree.
    pub mismatch: Option<ChainMismatch>,
}

/// The part of a chain that was checked, from the receipt to the head.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChainSegment {
    /// The receipt's place.
    pub first_sequence: u64,
    /// The head's place.
    pub last_sequence: u64,
    /// The head's hash.
    pub head_hash: String,
}

/// A link whose hash is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChainMismatch {
    /// Its place.
    pub sequence: u64,
    /// The hash that its content has, or that the link before it has.
    pub expected_hash: String,
    /// The hash that is written there.
    pub found_hash: String,
}

/// See [`ReceiptStore::verify`].
pub(super) fn verify<'a, S: ReceiptStore + ?Sized>(
    store: &'a S,
    org: Option<&'a str>,
    id: &'a str,
) -> BoxFuture<'a, Result<Option<Verification>, StoreError>> {
    Box::pin(async move {
        let Some(first) = store.get(org, id).await? else {
            return Ok(None);
        };
        let computed_hash = first.computed_hash();
        let mut head = first.clone();
        let mut mismatch = content_mismatch(&first);
        loop {
            let page = store.page(org, head.sequence + 1, PAGE).await?;
            let last = page.len() < PAGE;
            for record in page {
                mismatch = mismatch
                    .or_else(|| link_mismatch(&head, &record))
                    .or_else(|| content_mismatch(&record));
                head = record;
            }
            if last {
                break;
            }
        }
        Ok(Some(Verification {
            receipt_id: first.id,
            valid: mismatch.is_none(),
            recorded_hash: first.hash,
            computed_hash,
            chain: ChainSegment {
                first_sequence: first.sequence,
                last_sequence: head.sequence,
                head_hash: head.hash,
            },
            mismatch,
        }))
    })
}

fn content_mismatch(record: &Record) -> Option<ChainMismatch> {
    let expected_hash = record.computed_hash();
    (expected_hash != record.hash).then(|| ChainMismatch {
        sequence: record.sequence,
        expected_hash,
        found_hash: record.hash.clone(),
    })
}

fn link_mismatch(before: &Record, record: &Record) -> Option<ChainMismatch> {
    let linked = record.previous_hash.as_ref() == Some(&before.hash);
    let next = record.sequence == before.sequence + 1;
    (!linked || !next).then(|| ChainMismatch {
        sequence: before.sequence + 1,
        expected_hash: before.hash.clone(),
        found_hash: record.previous_hash.clone().unwrap_or_default(),
    })
}
