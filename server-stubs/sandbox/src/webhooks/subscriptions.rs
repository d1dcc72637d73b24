//! Subscriptions, and what the sender knows of them.

use std::sync::Arc;
use std::time::Duration;

use exai_runtime::webhooks::{
    AttemptOutcome, Delivery, DeliveryStatus, DeliveryStore, Endpoint, Endpoints, SigningSecrets,
};
use exai_runtime::{Secret, StoreError};
use exai_server::{ApiError, RequestContext, types};
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{AuditAction, WebhookDisabledReason, WebhookReplayStatus, WebhookStatus};

use crate::Sandbox;
use crate::audit::resource;
use crate::digest::hex;
use crate::patch::{merge, recast};
use crate::store::{Kind, Store, failed};
use crate::world::{actor, caller, id, lasting, now, refused};

/// Subscriptions by id.
pub(super) const SUBSCRIPTIONS: Kind<Subscription> = Kind::new("webhook");

/// How long nothing may come through before nothing is tried any more.
const FAILING: SignedDuration = SignedDuration::from_hours(3 * 24);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A subscription with what no answer shows.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Subscription {
    webhook: types::Webhook,
    pub(super) secrets: SigningSecrets,
    /// Since when no attempt has come through.
    failing_since: Option<Timestamp>,
}

impl Subscription {
    /// As the API shows it now.
    pub(super) fn shown(&self) -> types::Webhook {
        let mut webhook = self.webhook.clone();
        let previous = self.secrets.previous(now());
        webhook.previous_secret_expires_at = previous.map(|(_, until)| until);
        webhook
    }

    pub(super) fn is_enabled(&self) -> bool {
        self.webhook.status == WebhookStatus::Enabled
    }

    pub(super) fn webhook(&mut self) -> &mut types::Webhook {
        &mut self.webhook
    }

    fn disable(&mut self, reason: WebhookDisabledReason) {
        self.webhook.status = WebhookStatus::Disabled;
        self.webhook.disabled_reason = Some(reason);
        self.webhook.updated_at = now();
    }

    /// Notes what came of the latest attempt of a delivery.
    fn note(&mut self, delivery: &Delivery) {
        let Some(last) = delivery.attempts.last() else {
            return;
        };
        let before = self.webhook.last_delivery_at.replace(last.attempted_at);
        self.webhook.last_delivery_at = before.max(self.webhook.last_delivery_at);
        if last.outcome == AttemptOutcome::Delivered {
            self.failing_since = None;
            return;
        }
        let since = *self.failing_since.get_or_insert(last.attempted_at);
        let gone = last
            .answer
            .as_ref()
            .is_some_and(|answer| answer.status == 410);
        if self.is_enabled() && gone {
            self.disable(WebhookDisabledReason::Gone);
        } else if self.is_enabled() && last.attempted_at.duration_since(since) >= FAILING {
            self.disable(WebhookDisabledReason::Failing);
        }
    }

    /// Counts what has come of the latest replay. It is over when every delivery of it is; where
    /// `cut_off` says that no more are made, it has failed if some are missing.
    fn count(&mut self, deliveries: &[Delivery], cut_off: bool) {
        let Some(replay) = &mut self.webhook.replay else {
            return;
        };
        let (mut sent, mut failed, mut open) = (0, 0, 0);
        for one in deliveries {
            if one.message.replay_id.as_deref() == Some(&replay.id) {
                sent += i64::from(!one.attempts.is_empty());
                failed += i64::from(one.status == DeliveryStatus::Failed);
                open += i64::from(one.next_attempt_at.is_some());
            }
        }
        (replay.sent, replay.failed) = (sent, failed);
        let missing = sent < replay.matched;
        let running = self.webhook.replay_status == WebhookReplayStatus::Running;
        if running && open == 0 && (cut_off || !missing) {
            replay.finished_at = Some(now());
            self.webhook.replay_status = match missing || failed > 0 && failed == replay.matched {
                true => WebhookReplayStatus::Failed,
                false => WebhookReplayStatus::Completed,
            };
        }
    }
}

/// What the sender asks of subscriptions.
pub(crate) struct Book {
    pub(crate) store: Store,
    pub(crate) deliveries: Arc<dyn DeliveryStore>,
}

impl Endpoints for Book {
    fn find<'a>(
        &'a self,
        org: &'a str,
        endpoint: &'a str,
    ) -> BoxFuture<'a, Result<Option<Endpoint>, StoreError>> {
        Box::pin(async move {
            let found = self
                .store
                .get(&SUBSCRIPTIONS, org, endpoint)
                .map_err(unread)?;
            Ok(found.map(|found| Endpoint {
                secret: Secret::new(found.secrets.current()),
                enabled: found.is_enabled(),
            }))
        })
    }

    fn changed<'a>(&'a self, delivery: &'a Delivery) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let endpoint = &delivery.message.endpoint;
            if self
                .store
                .get(&SUBSCRIPTIONS, &delivery.message.org, endpoint)
                .map_err(unread)?
                .is_none()
            {
                return Ok(());
            }
            let deliveries = match delivery.message.replay_id {
                Some(_) => self.deliveries.list(&delivery.message.org).await?,
                None => Vec::new(),
            };
            let noted =
                self.store
                    .update(&SUBSCRIPTIONS, &delivery.message.org, endpoint, |found| {
                        found.note(delivery);
                        if delivery.message.replay_id.is_some() {
                            found.count(&deliveries, false);
                        }
                        Ok(())
                    });
            // One that is removed meanwhile needs no note.
            noted.map(drop).or_else(|error| match error.status() {
                404 => Ok(()),
                _ => Err(unread(error)),
            })
        })
    }
}

fn unread(error: ApiError) -> StoreError {
    StoreError::new(error.to_string())
}

impl Sandbox {
    pub(super) fn register(
        &self,
        cx: &RequestContext,
        body: types::RegisterWebhook,
    ) -> Result<types::RegisteredWebhook, ApiError> {
        self.check_url(&body.url)?;
        let (caller, id, now, secret) = (caller(cx)?, id("wep"), now(), secret()?);
        let webhook = types::Webhook {
            created_at: now,
            created_by: actor(caller)?,
            description: body.description,
            disabled_reason: None,
            event_types: body.event_types,
            labels: body.labels.unwrap_or_default(),
            last_delivery_at: None,
            poll_url: self.url(&format!("/webhooks/{id}")),
            previous_secret_expires_at: None,
            replay: None,
            replay_status: WebhookReplayStatus::None,
            status: WebhookStatus::Enabled,
            updated_at: now,
            url: body.url,
            id,
        };
        let secrets = SigningSecrets::new(secret.clone());
        let subscription = Subscription {
            webhook,
            secrets,
            failing_since: None,
        };
        let webhook = subscription.shown();
        self.store
            .put(&SUBSCRIPTIONS, &caller.org, &webhook.id, &subscription)?;
        self.audit_webhook(cx, 201, AuditAction::WebhookCreated, &webhook)?;
        let mut shown = serde_json::to_value(&webhook).map_err(failed)?;
        shown["secret"] = secret.into();
        recast(&shown)
    }

    pub(super) fn change_webhook(
        &self,
        cx: &RequestContext,
        id: &str,
        patch: &types::UpdateWebhook,
    ) -> Result<types::Webhook, ApiError> {
        if let Some(url) = &patch.url {
            self.check_url(url)?;
        }
        let org = &caller(cx)?.org;
        let changed = self.store.update(&SUBSCRIPTIONS, org, id, |found| {
            merge(&mut found.webhook, patch)?;
            found.webhook.updated_at = now();
            Ok(())
        })?;
        let webhook = changed.shown();
        self.audit_webhook(cx, 200, AuditAction::WebhookUpdated, &webhook)?;
        Ok(webhook)
    }

    /// Enables a subscription, or disables it; nothing where it is so already.
    pub(super) async fn set_enabled(
        &self,
        cx: &RequestContext,
        id: &str,
        enabled: bool,
    ) -> Result<types::Webhook, ApiError> {
        let org = &caller(cx)?.org;
        let mut changed = false;
        let found = self.store.update(&SUBSCRIPTIONS, org, id, |found| {
            changed = found.is_enabled() != enabled;
            match (changed, enabled) {
                (false, _) => {}
                (true, false) => found.disable(WebhookDisabledReason::Requested),
                (true, true) => {
                    found.webhook.status = WebhookStatus::Enabled;
                    found.webhook.disabled_reason = None;
                    found.webhook.updated_at = now();
                    found.failing_since = None;
                }
            }
            Ok(())
        })?;
        let webhook = found.shown();
        if changed {
            self.audit_webhook(cx, 200, AuditAction::WebhookUpdated, &webhook)?;
        }
        if changed && enabled {
            self.webhooks
                .resume_endpoint(org, id)
                .await
                .map_err(failed)?;
        }
        Ok(webhook)
    }

    pub(super) async fn remove_webhook(
        &self,
        cx: &RequestContext,
        id: &str,
    ) -> Result<(), ApiError> {
        let org = &caller(cx)?.org;
        let webhook = self.store.find(&SUBSCRIPTIONS, org, id)?.shown();
        self.store.remove(&SUBSCRIPTIONS, org, id)?;
        self.audit_webhook(cx, 204, AuditAction::WebhookDeleted, &webhook)?;
        self.webhooks.resume_endpoint(org, id).await.map_err(failed)
    }

    pub(super) fn rotate_secret(
        &self,
        cx: &RequestContext,
        id: &str,
        body: Option<types::RotateWebhookSecret>,
    ) -> Result<types::RotatedWebhookSecret, ApiError> {
        let overlap = match body.and_then(|body| body.overlap) {
            Some(text) => Duration::try_from(lasting("/overlap", &text)?)
                .map_err(|_| refused("/overlap", "minimum", "it is less than nothing"))?,
            None => DAY,
        };
        let (secret, rotated_at) = (secret()?, now());
        let org = &caller(cx)?.org;
        let rotated = self.store.update(&SUBSCRIPTIONS, org, id, |found| {
            let rotated = found.secrets.rotate(secret.clone(), overlap, rotated_at);
            rotated.map_err(|error| refused("/overlap", "maximum", error.to_string()))?;
            found.webhook.updated_at = rotated_at;
            Ok(())
        })?;
        let webhook = rotated.shown();
        self.audit_webhook(cx, 200, AuditAction::WebhookSecretRotated, &webhook)?;
        let answer = serde_json::json!({
            "previous_secret_expires_at": webhook.previous_secret_expires_at,
            "rotated_at": rotated_at,
            "secret": secret,
            "webhook_id": webhook.id,
        });
        recast(&answer)
    }

    /// Counts a replay again, whose deliveries may have come through before it was kept.
    pub(super) async fn count_replay(
        &self,
        org: &str,
        id: &str,
        cut_off: bool,
    ) -> Result<(), ApiError> {
        let deliveries = self.kept.deliveries.list(org).await.map_err(failed)?;
        self.store.update(&SUBSCRIPTIONS, org, id, |found| {
            found.count(&deliveries, cut_off);
            Ok(())
        })?;
        Ok(())
    }

    fn check_url(&self, url: &str) -> Result<(), ApiError> {
        let checked = self.webhooks.policy().network.check(url);
        checked.map_err(|refusal| refused("/url", "public", refusal.to_string()))
    }

    fn audit_webhook(
        &self,
        cx: &RequestContext,
        status: u16,
        action: AuditAction,
        webhook: &types::Webhook,
    ) -> Result<(), ApiError> {
        let kind = types::AuditResourceType::Webhook;
        self.audit(cx, status, action, resource(kind, &webhook.id, None))
    }
}

/// `whsec_` and 32 bytes of the system's chance.
fn secret() -> Result<String, ApiError> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(failed)?;
    Ok(format!("whsec_{}", hex(bytes)))
}
