//! What is delivered, and how far that has come.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An event for one endpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// The organisation that it is of.
    pub org: String,
    /// The endpoint whose queue it stands in: `wep_...`.
    pub endpoint: String,
    /// `evt_...`: the same in every delivery of the event.
    pub event_id: String,
    /// `run.completed`.
    pub event_type: String,
    /// The replay that it belongs to.
    pub replay_id: Option<String>,
    /// Where it goes, as it was when the delivery was made.
    pub url: String,
    /// The bytes that are signed and sent: JSON.
    pub body: String,
}

/// A message on its way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// `whk_...`: the same over all attempts, sent as `Webhook-Id`.
    pub id: String,
    /// What is delivered.
    pub message: Message,
    /// How far it has come.
    pub status: DeliveryStatus,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it is tried next; `None` when it is not.
    pub next_attempt_at: Option<Timestamp>,
    /// No attempt that follows by itself is made after this time.
    pub until: Timestamp,
    /// Whether the next attempt is made even if the endpoint takes nothing at the moment.
    pub forced: bool,
    /// When the receiver took it.
    pub delivered_at: Option<Timestamp>,
    /// What was tried, oldest first.
    pub attempts: Vec<Attempt>,
}

/// How far a delivery has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// Not tried yet.
    Pending,
    /// Tried, and tried again.
    Retrying,
    /// The receiver took it.
    Delivered,
    /// Given up.
    Failed,
}

/// One try.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// Counted from 1.
    pub number: u32,
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// When it was begun.
    pub attempted_at: Timestamp,
    /// Milliseconds until the answer, or until it was given up.
    pub latency_ms: u64,
    /// What was sent, by names in lower case. The signature is this attempt's own.
    pub request_headers: BTreeMap<String, String>,
    /// The answer, if there was one.
    pub answer: Option<Answer>,
    /// What went wrong, for people.
    pub message: Option<String>,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptOutcome {
    /// A 2xx answer.
    Delivered,
    /// Any other answer, redirects included.
    Refused,
    /// No answer in time.
    TimedOut,
    /// No connection, or none that may be made.
    Unreachable,
    /// No TLS.
    TlsFailed,
}

impl AttemptOutcome {
    /// `timed_out` of [`AttemptOutcome::TimedOut`].
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Refused => "refused",
            Self::TimedOut => "timed_out",
            Self::Unreachable => "unreachable",
            Self::TlsFailed => "tls_failed",
        }
    }
}

/// What a receiver said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers, by names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The first 4 KiB.
    pub body: String,
}
