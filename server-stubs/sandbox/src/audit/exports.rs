//! Exports: a range of the log, as lines.

use exai_server::{ApiError, Lines, RequestContext, types};
use futures::stream;
use jiff::SignedDuration;
use sha2::{Digest, Sha256};

use super::log::{ENTRIES, resource};
use crate::Sandbox;
use crate::digest::hex;
use crate::store::{Kind, failed};
use crate::tokens::ORGANISATION;
use crate::world::{actor, caller, id, now, refused};

/// Exports by id.
pub(super) const EXPORTS: Kind<types::AuditExport> = Kind::new("export");
/// What they hold, by the export's id.
const FILES: Kind<Vec<types::AuditEvent>> = Kind::new("export-file");

/// How long a file is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long a range may be.
const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);

impl Sandbox {
    pub(super) fn start_export(
        &self,
        cx: &RequestContext,
        body: types::CreateAuditExport,
    ) -> Result<types::AuditExport, ApiError> {
        if body.since >= body.until {
            let message = "the range ends before it begins";
            return Err(refused("/until", "range", message));
        }
        if body.until > jiff::Timestamp::now() {
            let message = "the range ends in the future";
            return Err(refused("/until", "range", message));
        }
        if body.until.duration_since(body.since) > LONGEST {
            let message = "the range is longer than 366 days";
            return Err(refused("/until", "range", message));
        }
        let caller = caller(cx)?;
        let id = id("exp");
        let export = types::AuditExport {
            created_at: now(),
            created_by: actor(caller)?,
            digest: None,
            event_count: None,
            expires_at: None,
            fault: None,
            filter: body.filter.unwrap_or(EVERYTHING),
            finished_at: None,
            poll_url: self.url(&format!("/audit/exports/{id}")),
            receipt: None,
            since: body.since,
            size_bytes: None,
            status: types::AuditExportStatus::Queued,
            until: body.until,
            id,
        };
        self.store.put(&EXPORTS, &caller.org, &export.id, &export)?;
        let named = resource(types::AuditResourceType::AuditExport, &export.id, None);
        self.audit(cx, 202, types::AuditAction::AuditExportCreated, named)?;
        self.go_on_exporting(&caller.org, &export.id);
        Ok(export)
    }

    fn go_on_exporting(&self, org: &str, id: &str) {
        let (sandbox, org, id) = (self.clone(), org.to_owned(), id.to_owned());
        let name = format!("export/{id}");
        self.behind(name, async move { sandbox.export(&org, &id).await });
    }

    /// Goes on with the exports that are under way.
    pub(crate) fn resume_exports(&self) -> Result<(), ApiError> {
        for export in self.store.list(&EXPORTS, ORGANISATION, "")? {
            if export.finished_at.is_none() {
                self.go_on_exporting(ORGANISATION, &export.id);
            }
        }
        Ok(())
    }

    async fn export(&self, org: &str, id: &str) -> Result<(), ApiError> {
        self.work(50).await;
        let export = self.store.update(&EXPORTS, org, id, |export| {
            if export.finished_at.is_some() {
                return Err(refused("", "state", "the export is over"));
            }
            export.status = types::AuditExportStatus::Running;
            Ok(())
        })?;
        self.work(200).await;
        let mut entries = self.store.list(&ENTRIES, org, "")?;
        entries.retain(|entry| {
            let during = export.since <= entry.occurred_at && entry.occurred_at < export.until;
            during && holds(&export.filter, entry)
        });
        let mut digest = Sha256::new();
        let mut size = 0;
        for entry in &entries {
            let mut line = serde_json::to_vec(entry).map_err(failed)?;
            line.push(b'\n');
            digest.update(&line);
            size += line.len();
        }
        let digest = hex(digest.finalize());
        self.atomically(|| self.end_export(org, id, &entries, &digest, size))
            .await
    }

    /// Keeps the file of an export, which is over with it.
    async fn end_export(
        &self,
        org: &str,
        id: &str,
        entries: &Vec<types::AuditEvent>,
        digest: &str,
        size: usize,
    ) -> Result<(), ApiError> {
        self.store.put(&FILES, org, id, entries)?;
        let receipt = self.job_receipt(org, "audit_export", id).await?;
        let ready = self.store.update(&EXPORTS, org, id, |export| {
            export.digest = Some(digest.to_owned());
            export.event_count = i64::try_from(entries.len()).ok();
            export.size_bytes = i64::try_from(size).ok();
            export.finished_at = Some(now());
            export.expires_at = now().checked_add(KEPT).ok();
            export.receipt = Some(receipt.clone());
            export.status = types::AuditExportStatus::Succeeded;
            Ok(())
        })?;
        let of = types::WebhookEventType::AuditExportReady;
        self.emit(org, &receipt, of, &ready).await
    }

    pub(super) fn export_lines(
        &self,
        cx: &RequestContext,
        id: &str,
    ) -> Result<Lines<types::AuditEvent>, ApiError> {
        let org = &caller(cx)?.org;
        let export = self.store.find(&EXPORTS, org, id)?;
        let there = export.expires_at.is_some_and(|end| end > now());
        let file = match there {
            true => self.store.get(&FILES, org, id)?,
            false => None,
        };
        let none = || ApiError::not_found(format!("there is no file of {id}"));
        Ok(Lines::new(stream::iter(file.ok_or_else(none)?)))
    }
}

/// A filter that lets everything through.
pub(super) const EVERYTHING: types::AuditFilter = types::AuditFilter {
    actions: None,
    actor_ids: None,
    outcomes: None,
    resource_types: None,
};

pub(super) fn holds(filter: &types::AuditFilter, entry: &types::AuditEvent) -> bool {
    let (actions, outcomes) = (filter.actions.as_ref(), filter.outcomes.as_ref());
    let (actors, kinds) = (filter.actor_ids.as_ref(), filter.resource_types.as_ref());
    actions.is_none_or(|actions| actions.contains(&entry.action))
        && outcomes.is_none_or(|outcomes| outcomes.contains(&entry.outcome))
        && actors.is_none_or(|ids| ids.iter().any(|id| super::log::is_by(entry, id)))
        && kinds.is_none_or(|kinds| kinds.contains(&entry.resource.r#type))
}
