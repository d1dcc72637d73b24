//! What a receipt says, and its hash.

use jiff::Timestamp;
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::Actor;

/// A receipt in its chain; as JSON it is the API's `Receipt`.
///
/// Its members are declared, and so written, in the order of RFC 8785, section 3.2.3: what is
/// written is canonical, and is what is hashed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Who caused it; `None` where nobody could be recognised.
    pub actor: Option<Actor>,
    /// The audit event it led to.
    pub event_id: Option<String>,
    /// SHA-256 in lower-case hex, see [`Record::computed_hash`].
    #[serde(skip_serializing_if = "String::is_empty")]
    pub hash: String,
    /// `rcp_...`
    pub id: String,
    /// When it was issued, to the millisecond.
    pub issued_at: Timestamp,
    /// How it ended.
    pub outcome: Outcome,
    /// The hash of the receipt before; `None` for the first.
    pub previous_hash: Option<String>,
    /// The run it belongs to.
    pub run_id: Option<String>,
    /// Its place in the organisation's chain, from 1, without gaps.
    pub sequence: u64,
    /// What it is for.
    pub subject: Subject,
}

/// A receipt that has no place in a chain yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Whose chain; `None` is the one chain of what nobody could be recognised for.
    pub org: Option<String>,
    /// `rcp_...`, see [`Draft::new_id`].
    pub id: String,
    /// What it is for.
    pub subject: Subject,
    /// Who caused it.
    pub actor: Option<Actor>,
    /// How it ended.
    pub outcome: Outcome,
    /// The run it belongs to.
    pub run_id: Option<String>,
    /// The audit event it led to.
    pub event_id: Option<String>,
    /// When it is issued; cut to the millisecond.
    pub issued_at: Timestamp,
}

/// What a receipt is for; on the wire it is told apart by `type`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Subject {
    /// A response of the API. The layers record these.
    Response {
        /// `None` when the path is none of the API's.
        operation_id: Option<String>,
        /// `PATCH`
        method: String,
        /// The path as it was asked for, without its query.
        path: String,
        /// The HTTP status.
        status: u16,
        /// The error's name, when it was one.
        #[serde(default)]
        error: Option<String>,
    },
    /// A finished run.
    Run {
        /// `run_...`
        run_id: String,
        /// `pln_...`
        plan_id: String,
    },
    /// A finished invocation of an agent.
    Invocation {
        /// `inv_...`
        invocation_id: String,
        /// `agt_...`
        agent_id: String,
        /// The agent's version.
        version: String,
        /// What it cost.
        cost: Money,
    },
    /// Other background work that is finished.
    Job {
        /// What the work was done to.
        resource: Resource,
    },
}

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// A decimal number: `12.50`.
    pub amount: String,
    /// ISO 4217: `USD`.
    pub currency: String,
}

/// A resource that something was done to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// Its id.
    pub id: String,
    /// The name that it had at the time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its kind: `build`.
    #[serde(rename = "type")]
    pub kind: String,
}

/// Members in the order of RFC 8785, the tag among them.
impl Serialize for Subject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Self::Response {
                operation_id,
                method,
                path,
                status,
                error,
            } => {
                if let Some(error) = error {
                    map.serialize_entry("error", error)?;
                }
                map.serialize_entry("method", method)?;
                map.serialize_entry("operation_id", operation_id)?;
                map.serialize_entry("path", path)?;
                map.serialize_entry("status", status)?;
                map.serialize_entry("type", "response")?;
            }
            Self::Run { run_id, plan_id } => {
                map.serialize_entry("plan_id", plan_id)?;
                map.serialize_entry("run_id", run_id)?;
                map.serialize_entry("type", "run")?;
            }
            Self::Invocation {
                invocation_id,
                agent_id,
                version,
                cost,
            } => {
                map.serialize_entry("agent_id", agent_id)?;
                map.serialize_entry("cost", cost)?;
                map.serialize_entry("invocation_id", invocation_id)?;
                map.serialize_entry("type", "invocation")?;
                map.serialize_entry("version", version)?;
            }
            Self::Job { resource } => {
                map.serialize_entry("resource", resource)?;
                map.serialize_entry("type", "job")?;
            }
        }
        map.end()
    }
}

/// How something ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// As was asked.
    Succeeded,
    /// With an error.
    Failed,
    /// The caller was not allowed to.
    Denied,
}

impl Outcome {
    pub(crate) fn of(status: u16) -> Self {
        match status {
            401 | 403 => Self::Denied,
            400.. => Self::Failed,
            _ => Self::Succeeded,
        }
    }
}

impl Draft {
    /// A fresh id for a receipt of this moment.
    pub fn new_id(at: Timestamp) -> String {
        crate::id::new("rcp_", crate::clock::millis(at))
    }

    /// The record behind `previous`, which is the head of the chain, or the first of a new chain.
    ///
    /// A [`ReceiptStore`](crate::ReceiptStore) calls this while it lets no other draft in.
    pub fn after(self, previous: Option<&Record>) -> Record {
        let mut record = self.behind(previous.map(|record| Head {
            sequence: record.sequence,
            hash: record.hash.clone(),
        }));
        record.hash = record.computed_hash();
        record
    }

    /// The record behind the head of its chain, and its JSON.
    pub(crate) fn sealed(self, head: Option<Head>) -> Result<(Record, Vec<u8>), serde_json::Error> {
        const HASH: &[u8] = b"\"hash\":\"";
        const DIGITS: usize = 64;
        let mut record = self.behind(head);
        // It is written once, with room for the hash, which is over what stands around that member.
        // No text within the JSON reads like the member: a quote in a text has a backslash.
        record.hash = "0".repeat(DIGITS);
        let mut text = serde_json::to_vec(&record)?;
        let member = text.windows(HASH.len()).position(|bytes| bytes == HASH);
        let start = member.unwrap_or_default();
        let digits = start + HASH.len()..start + HASH.len() + DIGITS;
        let mut sha = Sha256::new();
        sha.update(&text[..start]);
        // Behind the digits are a quote and a comma.
        sha.update(&text[digits.end + 2..]);
        record.hash = hex(&sha.finalize());
        text[digits].copy_from_slice(record.hash.as_bytes());
        Ok((record, text))
    }

    /// The record behind the head of its chain, without its hash.
    fn behind(self, head: Option<Head>) -> Record {
        let whole = Timestamp::from_millisecond(self.issued_at.as_millisecond());
        Record {
            actor: self.actor,
            event_id: self.event_id,
            hash: String::new(),
            id: self.id,
            issued_at: whole.unwrap_or(self.issued_at),
            outcome: self.outcome,
            sequence: head.as_ref().map_or(1, |head| head.sequence + 1),
            previous_hash: head.map(|head| head.hash),
            run_id: self.run_id,
            subject: self.subject,
        }
    }
}

/// What the next record needs to know of the last.
#[derive(Deserialize)]
pub(crate) struct Head {
    pub(crate) sequence: u64,
    pub(crate) hash: String,
}

impl From<Record> for Head {
    fn from(record: Record) -> Self {
        let Record { sequence, hash, .. } = record;
        Self { sequence, hash }
    }
}

impl Record {
    /// SHA-256, in lower-case hex, over the canonical JSON (RFC 8785) of the receipt with its
    /// `previous_hash` and without its `hash`: anyone who has the receipt as the API gives it can
    /// compute it.
    pub fn computed_hash(&self) -> String {
        let text = match self.hash.is_empty() {
            true => serde_json::to_vec(self),
            false => serde_json::to_vec(&Self {
                hash: String::new(),
                ..self.clone()
            }),
        };
        hex(&Sha256::digest(text.unwrap_or_default()))
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

#[cfg(test)]
mod tests;
