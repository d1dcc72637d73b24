//! Streams of the log to a SIEM. Their sinks are elsewhere, where a sandbox sends nothing.

use exai_server::{ApiError, RequestContext, types};

use super::exports::EVERYTHING;
use super::log::resource;
use crate::Sandbox;
use crate::patch::recast;
use crate::store::Kind;
use crate::world::{actor, caller, id, now};

/// Streams by id.
pub(super) const STREAMS: Kind<types::AuditStream> = Kind::new("stream");
/// Their sinks with the secrets, which no answer shows.
const SINKS: Kind<types::AuditSinkInput> = Kind::new("stream-sink");

impl Sandbox {
    pub(super) fn create_stream(
        &self,
        cx: &RequestContext,
        body: types::CreateAuditStream,
    ) -> Result<types::AuditStream, ApiError> {
        let caller = caller(cx)?;
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
        self.store
            .put(&SINKS, &caller.org, &stream.id, &body.sink)?;
        self.store.put(&STREAMS, &caller.org, &stream.id, &stream)?;
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
        body: types::UpdateAuditStream,
    ) -> Result<types::AuditStream, ApiError> {
        let org = &caller(cx)?.org;
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
        self.audit(
            cx,
            204,
            types::AuditAction::AuditStreamDeleted,
            named(&stream),
        )
    }

    /// What a test of a stream finds where nothing is sent to anyone.
    pub(super) fn test_stream(
        &self,
        cx: &RequestContext,
        stream_id: &str,
    ) -> Result<types::AuditStreamTest, ApiError> {
        let stream = self.store.find(&STREAMS, &caller(cx)?.org, stream_id)?;
        self.audit(
            cx,
            200,
            types::AuditAction::AuditStreamTested,
            named(&stream),
        )?;
        Ok(types::AuditStreamTest {
            delivered: false,
            event_id: id("evt"),
            latency_ms: 0.0,
            response: Some("A sandbox sends nothing to other machines.".to_owned()),
            status: None,
            stream_id: stream.id,
            tested_at: now(),
        })
    }
}

fn named(stream: &types::AuditStream) -> types::AuditResource {
    resource(
        types::AuditResourceType::AuditStream,
        &stream.id,
        Some(&stream.name),
    )
}
