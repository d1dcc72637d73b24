//! Who brings entries to a sink: in order, each at least once, from where it has left off.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use exai_runtime::Unit;
use exai_runtime::webhooks::{AttemptOutcome, Courier, Reply};
use exai_server::{ApiError, types};
use tokio::task::AbortHandle;
use types::{AuditEvent, AuditSinkInput, AuditStream, AuditStreamStatus};

use super::exports::holds;
use super::log::{ENTRIES, key, tail_subject};
use super::sinks::parcel;
use super::streams::{SINKS, STREAMS};
use crate::Sandbox;
use crate::store::{Kind, failed};
use crate::tokens::ORGANISATION;
use crate::world::now;

/// The number of the last entry that a stream is done with, by the stream's id.
pub(super) const PLACES: Kind<i64> = Kind::new("stream-place");

/// Entries in a request at most, and read at a time.
const BATCH: usize = 500;

/// How long to wait after a first failure, and at most.
const DELAYS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(300));

/// Bytes of an answer that are shown.
const SHOWN: usize = 4096;

/// Those who deliver, by the stream's id.
#[derive(Clone, Default)]
pub(crate) struct Deliverers(Arc<Mutex<HashMap<String, AbortHandle>>>);

impl Deliverers {
    /// Takes the place of whoever delivers a stream.
    fn replace(&self, stream_id: &str, task: Option<AbortHandle>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = match task {
            Some(task) => all.insert(stream_id.to_owned(), task),
            None => all.remove(stream_id),
        };
        if let Some(before) = before {
            before.abort();
        }
    }
}

impl Sandbox {
    /// Delivers a stream from now on, as it is now; or no longer, where it is paused or gone.
    pub(super) fn deliver_on(&self, org: &str, stream_id: &str) {
        let (sandbox, org, id) = (self.clone(), org.to_owned(), stream_id.to_owned());
        Unit::after(move || {
            let deliverers = sandbox.deliverers.clone();
            let stream = sandbox.store.get(&STREAMS, &org, &id).ok().flatten();
            let active = stream.is_some_and(|one| one.status != AuditStreamStatus::Paused);
            let of = id.clone();
            let task = active.then(|| {
                let name = format!("stream/{id}");
                let deliver = async move {
                    let delivering = sandbox.deliver(&org, &id);
                    sandbox.alone(&name, delivering).await;
                };
                tokio::spawn(deliver).abort_handle()
            });
            deliverers.replace(&of, task);
        });
    }

    /// Goes on with the streams that are active.
    pub(crate) fn resume_streams(&self) -> Result<(), ApiError> {
        for stream in self.store.list(&STREAMS, ORGANISATION, "")? {
            self.deliver_on(ORGANISATION, &stream.id);
        }
        Ok(())
    }

    async fn deliver(&self, org: &str, stream_id: &str) -> Result<(), ApiError> {
        let mut news = self.log.wake(&tail_subject(org));
        let mut delay = DELAYS.0;
        loop {
            news.mark_unchanged();
            let stream = self.store.find(&STREAMS, org, stream_id)?;
            // Another node may have paused it.
            if stream.status == AuditStreamStatus::Paused {
                return Ok(());
            }
            let place = self.store.get(&PLACES, org, stream_id)?.unwrap_or(0);
            let found = self.store.after(&ENTRIES, org, &key(place), BATCH)?;
            let Some(last) = found.last().map(|entry: &AuditEvent| entry.sequence) else {
                if news.changed().await.is_err() {
                    return Ok(());
                }
                continue;
            };
            let wanted: Vec<_> = found
                .into_iter()
                .filter(|entry| holds(&stream.filter, entry))
                .collect();
            if wanted.is_empty() {
                self.store.put(&PLACES, org, stream_id, &last)?;
                continue;
            }
            let sink = self.store.find(&SINKS, org, stream_id)?;
            match self.post(&sink, &wanted).await? {
                Posted { fault: None, .. } => {
                    let note = || self.note_delivered(org, stream_id, last, &wanted);
                    self.atomically(|| std::future::ready(note())).await?;
                    delay = DELAYS.0;
                }
                Posted {
                    fault: Some(message),
                    status,
                    ..
                } => {
                    self.note_failing(org, stream_id, status, message)?;
                    tokio::time::sleep(self.pace(delay)).await;
                    delay = (delay * 2).min(DELAYS.1);
                }
            }
        }
    }

    fn note_delivered(
        &self,
        org: &str,
        stream_id: &str,
        place: i64,
        entries: &[AuditEvent],
    ) -> Result<(), ApiError> {
        self.store.put(&PLACES, org, stream_id, &place)?;
        self.store.update(&STREAMS, org, stream_id, |stream| {
            stream.delivered_count += i64::try_from(entries.len()).unwrap_or(i64::MAX);
            stream.last_delivered_sequence = entries.last().map(|entry| entry.sequence);
            settle(stream, AuditStreamStatus::Active);
            Ok(())
        })?;
        Ok(())
    }

    fn note_failing(
        &self,
        org: &str,
        stream_id: &str,
        status: Option<i32>,
        message: String,
    ) -> Result<(), ApiError> {
        self.store.update(&STREAMS, org, stream_id, |stream| {
            settle(stream, AuditStreamStatus::Failing);
            stream.last_fault = Some(types::SinkFault {
                failed_at: now(),
                message,
                status,
            });
            Ok(())
        })?;
        Ok(())
    }

    /// Sends entries to a sink, once.
    pub(super) async fn post(
        &self,
        sink: &AuditSinkInput,
        entries: &[AuditEvent],
    ) -> Result<Posted, ApiError> {
        let parcel = match parcel(sink, entries)? {
            Ok(parcel) => parcel,
            Err(why) => {
                return Ok(Posted {
                    fault: Some(why.to_owned()),
                    status: None,
                    answer: why.to_owned(),
                    latency: Duration::ZERO,
                });
            }
        };
        let policy = self.webhooks.policy();
        let courier = Courier::new(policy.network, policy.timeout).map_err(failed)?;
        let begun = Instant::now();
        let reply = courier
            .send(&parcel.url, &parcel.headers, parcel.body)
            .await;
        Ok(Posted::of(reply, begun.elapsed()))
    }
}

/// Who has paused a stream meanwhile has the last word.
fn settle(stream: &mut AuditStream, status: AuditStreamStatus) {
    if stream.status != AuditStreamStatus::Paused {
        stream.status = status;
    }
}

/// What came of a request to a sink.
pub(super) struct Posted {
    /// Why it was not taken.
    pub(super) fault: Option<String>,
    pub(super) status: Option<i32>,
    /// The beginning of the answer, or what went wrong.
    pub(super) answer: String,
    pub(super) latency: Duration,
}

impl Posted {
    fn of(reply: Reply, latency: Duration) -> Self {
        let message = reply.message.unwrap_or_default();
        let status = reply.answer.as_ref().map(|answer| i32::from(answer.status));
        let answer = reply
            .answer
            .map_or_else(|| message.clone(), |answer| answer.body);
        Self {
            fault: (reply.outcome != AttemptOutcome::Delivered).then_some(message),
            status,
            answer: answer.chars().take(SHOWN / 4).collect(),
            latency,
        }
    }
}
