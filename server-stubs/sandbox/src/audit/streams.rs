//! Streams of the log to a SIEM.

use exai_server::{ApiError, RequestContext, types};

use super::delivering::PLACES;
use super::exports::EVERYTHING;
use super::log::{ENTRIES, key, resource};
use super::sinks::{check, keep_secrets};
use crate::Sandbox;
use crate::patch::recast;
use crate::store::Kind;
use crate::world::{actor, caller, id, now, receipt_id};

/// Streams by id.
pub(super) const STREAMS: Kind<types::AuditStream> = Kind::new("stream");
/// Their sinks with the secrets, which no answer shows.
pub(super) const SINKS: Kind<types::AuditSinkInput> = Kind::new("stream-sink");

impl Sandbox {
    pub(super) fn create_stream(
        &self,
        cx: &RequestContext,
        body: types::CreateAuditStream,
    ) -> Result<types::AuditStream, ApiError> {
        let caller = caller(cx)?;
        let org = &caller.org;
        check(&body.sink, self.webhooks.policy().network)?;
        let now = now();
        let stream = types::AuditStream {
            id: id("str"),
            created_at: now,
            created_by: actor(caller)?,
            delivered_count: 0,
            filter: body.filter.unwrap_or(EVERYTHING),
            last_delivered_sequence: None,
            last_fault: None,
            name: body.name,
            // What is secret has no place in a sink that is shown.
            sink: recast(&body.sink)?,
            status: types::AuditStreamStatus::Active,
            updated_at: now,
        };
        let place = self.place_before(org, body.start_from.unwrap_or(now))?;
        self.store.put(&PLACES, org, &stream.id, &place)?;
        self.store.put(&SINKS, org, &stream.id, &body.sink)?;
        self.store.put(&STREAMS, org, &stream.id, &stream)?;
        self.deliver_on(org, &stream.id);
        self.audit(
            cx,
            201,
            types::AuditAction::AuditStreamCreated,
            named(&stream),
        )?;
        Ok(stream)
    }

    pub(super) fn update_stream(
        &self,
        cx: &RequestContext,
        id: &str,
        mut body: types::UpdateAuditStream,
    ) -> Result<types::AuditStream, ApiError> {
        let org = &caller(cx)?.org;
        if let Some(sink) = &mut body.sink {
            keep_secrets(sink, &self.store.find(&SINKS, org, id)?);
            check(sink, self.webhooks.policy().network)?;
        }
        let stream = self.store.update(&STREAMS, org, id, |stream| {
            if let Some(name) = body.name {
                stream.name = name;
            }
            if let Some(filter) = body.filter {
                stream.filter = filter.unwrap_or(EVERYTHING);
            }
            if let Some(sink) = &body.sink {
                stream.sink = recast(sink)?;
            }
            if let Some(status) = &body.status {
                stream.status = recast(status)?;
            }
            stream.updated_at = now();
            Ok(())
        })?;
        if let Some(sink) = &body.sink {
            self.store.put(&SINKS, org, id, sink)?;
        }
        self.deliver_on(org, id);
        self.audit(
            cx,
            200,
            types::AuditAction::AuditStreamUpdated,
            named(&stream),
        )?;
        Ok(stream)
    }

    pub(super) fn delete_stream(&self, cx: &RequestContext, id: &str) -> Result<(), ApiError> {
        let org = &caller(cx)?.org;
        let stream = self.store.find(&STREAMS, org, id)?;
        self.store.remove(&STREAMS, org, id)?;
        self.store.remove(&SINKS, org, id)?;
        self.store.remove(&PLACES, org, id)?;
        self.deliver_on(org, id);
        self.audit(
            cx,
            204,
            types::AuditAction::AuditStreamDeleted,
            named(&stream),
        )
    }

    /// Sends an entry that is not in the log.
    pub(super) async fn test_stream(
        &self,
        cx: &RequestContext,
        stream_id: &str,
    ) -> Result<types::AuditStreamTest, ApiError> {
        let org = &caller(cx)?.org;
        let stream = self.store.peek(&STREAMS, org, stream_id)?;
        let sink = self.store.peek(&SINKS, org, stream_id)?;
        let tested_at = now();
        let entry = types::AuditEvent {
            action: types::AuditAction::AuditStreamTested,
            actor: actor(caller(cx)?)?,
            detail: types::AuditDetail::Transition(types::TransitionDetail {
                from_status: None,
                to_status: "tested".to_owned(),
            }),
            hash: "0".repeat(64),
            id: id("evt"),
            occurred_at: tested_at,
            outcome: types::AuditOutcome::Succeeded,
            previous_hash: None,
            receipt: receipt_id(cx)?.to_owned(),
            resource: named(&stream),
            run_id: None,
            sequence: 0,
        };
        let event_id = entry.id.clone();
        let posted = self.post(&sink, &[entry]).await?;
        let action = types::AuditAction::AuditStreamTested;
        self.audit(cx, 200, action, named(&stream))?;
        Ok(types::AuditStreamTest {
            delivered: posted.fault.is_none(),
            event_id,
            latency_ms: posted.latency.as_secs_f64() * 1000.0,
            response: Some(posted.answer),
            status: posted.status,
            stream_id: stream.id,
            tested_at,
        })
    }

    /// The number of the last entry before a moment.
    fn place_before(&self, org: &str, moment: jiff::Timestamp) -> Result<i64, ApiError> {
        let mut place = 0;
        loop {
            let found = self.store.after(&ENTRIES, org, &key(place), 500)?;
            let before = found.iter().take_while(|entry| entry.occurred_at < moment);
            let Some(last) = before.last() else {
                return Ok(place);
            };
            place = last.sequence;
        }
    }
}

fn named(stream: &types::AuditStream) -> types::AuditResource {
    resource(
        types::AuditResourceType::AuditStream,
        &stream.id,
        Some(&stream.name),
    )
}
