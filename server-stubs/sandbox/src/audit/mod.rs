//! The audit log: what was done, by whom, with which outcome; a hash chain an organisation.

mod delivering;
mod exports;
mod log;
mod sinks;
mod streams;

use exai_server::{
    ApiError, Audit, CreateAuditExportResponse, CreateAuditStreamResponse,
    DeleteAuditStreamResponse, DownloadAuditExportResponse, GetAuditEventResponse,
    GetAuditExportResponse, GetAuditStreamResponse, GetReceiptResponse, ListAuditStreamsParams,
    ListAuditStreamsResponse, QueryAuditEventsParams, QueryAuditEventsResponse, RequestContext,
    TailAuditEventsParams, TailAuditEventsResponse, TestAuditStreamResponse,
    UpdateAuditStreamResponse, VerifyReceiptResponse, types,
};

pub(crate) use self::delivering::Deliverers;
pub(crate) use self::log::resource;

use self::log::{ENTRIES, is_by, key, tail_subject};
use crate::Sandbox;
use crate::pages::page;
use crate::patch::recast;
use crate::store::failed;
use crate::world::{caller, now};

impl Audit for Sandbox {
    async fn query_audit_events(
        &self,
        cx: &RequestContext,
        params: QueryAuditEventsParams,
    ) -> Result<QueryAuditEventsResponse, ApiError> {
        let mut entries = self.store.list(&ENTRIES, &caller(cx)?.org, "")?;
        entries.retain(|entry| {
            let actions = params.action.as_ref();
            let (kind, id) = (params.resource_type.as_ref(), params.resource_id.as_ref());
            actions.is_none_or(|actions| actions.contains(&entry.action))
                && kind.is_none_or(|kind| *kind == entry.resource.r#type)
                && id.is_none_or(|id| *id == entry.resource.id)
                && params.actor_id.as_ref().is_none_or(|id| is_by(entry, id))
                && (params.run_id.is_none() || params.run_id == entry.run_id)
                && params
                    .outcome
                    .as_ref()
                    .is_none_or(|outcome| *outcome == entry.outcome)
                && params.since.is_none_or(|since| entry.occurred_at >= since)
                && params.until.is_none_or(|until| entry.occurred_at < until)
        });
        // Ids of one millisecond do not sort; places in the log do.
        let placed: Vec<(String, types::AuditEvent)> = entries
            .into_iter()
            .map(|entry| (key(entry.sequence), entry))
            .collect();
        let cursor = params.cursor.as_deref();
        let (data, next_cursor) = page(placed, |(key, _)| key, params.order, cursor, params.limit)?;
        let data = data.into_iter().map(|(_, entry)| entry).collect();
        Ok(QueryAuditEventsResponse::Ok(types::AuditEventList {
            data,
            next_cursor,
        }))
    }

    async fn get_audit_event(
        &self,
        cx: &RequestContext,
        event_id: types::EventId,
    ) -> Result<GetAuditEventResponse, ApiError> {
        let entries = self.store.list(&ENTRIES, &caller(cx)?.org, "")?;
        let found = entries.into_iter().find(|entry| entry.id == event_id);
        let missing = || ApiError::not_found(format!("there is no event {event_id}"));
        Ok(GetAuditEventResponse::Ok(found.ok_or_else(missing)?))
    }

    async fn tail_audit_events(
        &self,
        cx: &RequestContext,
        params: TailAuditEventsParams,
    ) -> Result<TailAuditEventsResponse, ApiError> {
        let subject = tail_subject(&caller(cx)?.org);
        let asked = move |entry: &types::AuditEvent| {
            let (actions, kind) = (params.action.as_ref(), params.resource_type.as_ref());
            actions.is_none_or(|actions| actions.contains(&entry.action))
                && kind.is_none_or(|kind| *kind == entry.resource.r#type)
                && params.actor_id.as_ref().is_none_or(|id| is_by(entry, id))
        };
        let events = self.log.tail(cx, &subject, asked)?;
        Ok(TailAuditEventsResponse::Ok(events))
    }

    async fn get_receipt(
        &self,
        cx: &RequestContext,
        receipt_id: types::ReceiptId,
    ) -> Result<GetReceiptResponse, ApiError> {
        let org = &caller(cx)?.org;
        let found = self
            .kept
            .receipts
            .get(Some(org), &receipt_id)
            .await
            .map_err(failed)?;
        let found = found.ok_or_else(|| no_receipt(&receipt_id))?;
        Ok(GetReceiptResponse::Ok(recast(&found)?))
    }

    async fn verify_receipt(
        &self,
        cx: &RequestContext,
        receipt_id: types::ReceiptId,
    ) -> Result<VerifyReceiptResponse, ApiError> {
        let org = &caller(cx)?.org;
        let found = self
            .kept
            .receipts
            .verify(Some(org), &receipt_id)
            .await
            .map_err(failed)?;
        let found = found.ok_or_else(|| no_receipt(&receipt_id))?;
        Ok(VerifyReceiptResponse::Ok(types::ReceiptVerification {
            algorithm: "sha256".to_owned(),
            chain: recast(&found.chain)?,
            computed_hash: found.computed_hash,
            mismatch: found.mismatch.as_ref().map(recast).transpose()?,
            receipt_id: found.receipt_id,
            recorded_hash: found.recorded_hash,
            valid: found.valid,
            verified_at: now(),
        }))
    }

    async fn create_audit_export(
        &self,
        cx: &RequestContext,
        body: types::CreateAuditExport,
    ) -> Result<CreateAuditExportResponse, ApiError> {
        let export = self.start_export(cx, body)?;
        Ok(CreateAuditExportResponse::Accepted(export))
    }

    async fn get_audit_export(
        &self,
        cx: &RequestContext,
        export_id: types::ExportId,
    ) -> Result<GetAuditExportResponse, ApiError> {
        let export = self
            .store
            .find(&exports::EXPORTS, &caller(cx)?.org, &export_id)?;
        Ok(GetAuditExportResponse::Ok(export))
    }

    async fn download_audit_export(
        &self,
        cx: &RequestContext,
        export_id: types::ExportId,
    ) -> Result<DownloadAuditExportResponse, ApiError> {
        let body = self.export_lines(cx, &export_id)?;
        Ok(DownloadAuditExportResponse::Ok {
            body,
            content_disposition: format!("attachment; filename=\"{export_id}.ndjson\""),
        })
    }

    async fn create_audit_stream(
        &self,
        cx: &RequestContext,
        body: types::CreateAuditStream,
    ) -> Result<CreateAuditStreamResponse, ApiError> {
        let stream = self.create_stream(cx, body)?;
        Ok(CreateAuditStreamResponse::Created(stream))
    }

    async fn get_audit_stream(
        &self,
        cx: &RequestContext,
        stream_id: types::StreamId,
    ) -> Result<GetAuditStreamResponse, ApiError> {
        let stream = self
            .store
            .find(&streams::STREAMS, &caller(cx)?.org, &stream_id)?;
        Ok(GetAuditStreamResponse::Ok(stream))
    }

    async fn list_audit_streams(
        &self,
        cx: &RequestContext,
        params: ListAuditStreamsParams,
    ) -> Result<ListAuditStreamsResponse, ApiError> {
        let mut found = self.store.list(&streams::STREAMS, &caller(cx)?.org, "")?;
        found.retain(|stream| params.status.as_ref().is_none_or(|s| *s == stream.status));
        let cursor = params.cursor.as_deref();
        let (data, next_cursor) = page(found, |one| &one.id, params.order, cursor, params.limit)?;
        Ok(ListAuditStreamsResponse::Ok(types::AuditStreamList {
            data,
            next_cursor,
        }))
    }

    async fn update_audit_stream(
        &self,
        cx: &RequestContext,
        stream_id: types::StreamId,
        body: types::UpdateAuditStream,
    ) -> Result<UpdateAuditStreamResponse, ApiError> {
        let stream = self.update_stream(cx, &stream_id, body)?;
        Ok(UpdateAuditStreamResponse::Ok(stream))
    }

    async fn delete_audit_stream(
        &self,
        cx: &RequestContext,
        stream_id: types::StreamId,
    ) -> Result<DeleteAuditStreamResponse, ApiError> {
        self.delete_stream(cx, &stream_id)?;
        Ok(DeleteAuditStreamResponse::NoContent)
    }

    async fn test_audit_stream(
        &self,
        cx: &RequestContext,
        stream_id: types::StreamId,
    ) -> Result<TestAuditStreamResponse, ApiError> {
        let test = self.test_stream(cx, &stream_id).await?;
        Ok(TestAuditStreamResponse::Ok(test))
    }
}

fn no_receipt(id: &str) -> ApiError {
    ApiError::not_found(format!("there is no receipt {id}"))
}
