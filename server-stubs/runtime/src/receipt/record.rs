//! What a receipt says, and its hash.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::Actor;

/// A receipt in its chain; as JSON it is the API's `Receipt`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// `rcp_...`
    pub id: String,
    /// Its place in the organisation's chain, from 1, without gaps.
    pub sequence: u64,
    /// What it is for.
    pub subject: Subject,
    /// Who caused it; `None` where nobody could be recognised.
    pub actor: Option<Actor>,
    /// How it ended.
    pub outcome: Outcome,
    /// The run it belongs to.
    pub run_id: Option<String>,
    /// The audit event it led to.
    pub event_id: Option<String>,
    /// When it was issued, to the millisecond.
    pub issued_at: Timestamp,
    /// SHA-256 in lower-case hex, see [`Record::computed_hash`].
    pub hash: String,
    /// The hash of the receipt before; `None` for the first.
    pub previous_hash: Option<String>,
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
        #[serde(default, skip_serializing_if = "Option::is_none")]
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
    /// Its kind: `build`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its id.
    pub id: String,
    /// The name that it had at the time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
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
        let whole = Timestamp::from_millisecond(self.issued_at.as_millisecond());
        let mut record = Record {
            id: self.id,
            sequence: previous.map_or(1, |record| record.sequence + 1),
            subject: self.subject,
            actor: self.actor,
            outcome: self.outcome,
            run_id: self.run_id,
            event_id: self.event_id,
            issued_at: whole.unwrap_or(self.issued_at),
            hash: String::new(),
            previous_hash: previous.map(|record| record.hash.clone()),
        };
        record.hash = record.computed_hash();
        record
    }
}

impl Record {
    /// SHA-256, in lower-case hex, over the canonical JSON (RFC 8785) of the receipt with its
    /// `previous_hash` and without its `hash`: anyone who has the receipt as the API gives it can
    /// compute it.
    pub fn computed_hash(&self) -> String {
        let mut value = serde_json::to_value(self).unwrap_or_default();
        if let Some(members) = value.as_object_mut() {
            members.remove("hash");
        }
        hex(&Sha256::digest(canonical(value).to_string()))
    }
}

/// RFC 8785 for what a record is made of: members sorted, no spaces. Its member names are ASCII, so
/// that the order of bytes is that of UTF-16; its numbers are whole and below 2^53; and `serde_json`
/// escapes in strings what ECMAScript escapes.
fn canonical(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.into_iter().collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            let members = members.into_iter().map(|(k, v)| (k, canonical(v)));
            Value::Object(members.collect())
        }
        Value::Array(items) => items.into_iter().map(canonical).collect(),
        other => other,
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> Draft {
        Draft {
            org: Some("org_1".to_owned()),
            id: "rcp_1".to_owned(),
            subject: Subject::Response {
                operation_id: Some("startRun".to_owned()),
                method: "POST".to_owned(),
                path: "/v1/runs\u{1f}\"é".to_owned(),
                status: 202,
                error: None,
            },
            actor: None,
            outcome: Outcome::Succeeded,
            run_id: None,
            event_id: None,
            issued_at: "2026-01-02T09:30:00.1239Z".parse().unwrap(),
        }
    }

    #[test]
    fn the_hash_can_be_recomputed_by_hand() {
        let first = draft().after(None);
        // Written out by the rules of RFC 8785, section 3.2, and hashed with sha256sum.
        let text = concat!(
            r#"{"actor":null,"event_id":null,"id":"rcp_1","issued_at":"2026-01-02T09:30:00.123Z","#,
            r#""outcome":"succeeded","previous_hash":null,"run_id":null,"sequence":1,"subject":"#,
            r#"{"method":"POST","operation_id":"startRun","path":"/v1/runs\u001f\"é","#,
            r#""status":202,"type":"response"}}"#
        );
        assert_eq!(first.hash, hex(&Sha256::digest(text)));
        let second = draft().after(Some(&first));
        assert_eq!(second.sequence, 2);
        assert_eq!(second.previous_hash.as_ref(), Some(&first.hash));
        assert_ne!(second.hash, first.hash);
    }

    #[test]
    fn a_record_reads_back_as_it_was_written() {
        let first = draft().after(None);
        let text = serde_json::to_vec(&first).unwrap();
        assert_eq!(serde_json::from_slice::<Record>(&text).unwrap(), first);
    }
}
