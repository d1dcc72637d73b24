//! What happens becomes events, and events become deliveries.

use exai_runtime::webhooks::Message;
use exai_server::{ApiError, RequestContext, types};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use types::{WebhookEventType, WebhookReplayStatus};

use super::deliveries::{is_past, shown};
use super::subscriptions::SUBSCRIPTIONS;
use crate::Sandbox;
use crate::patch::recast;
use crate::store::{Kind, failed};
use crate::tokens::ORGANISATION;
use crate::world::{caller, id, now, receipt_id, refused};

/// Events by their time, oldest first.
const EVENTS: Kind<Event> = Kind::new("webhook-event");

/// What happened, as it is sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Event {
    id: String,
    r#type: WebhookEventType,
    created_at: Timestamp,
    body: String,
}

impl Event {
    fn new<T: Serialize>(receipt: &str, of: WebhookEventType, data: &T) -> Result<Self, ApiError> {
        let (id, created_at) = (id("evt"), now());
        let data = serde_json::to_value(data).map_err(failed)?;
        let event = json!({
            "id": id, "type": of, "created_at": created_at, "receipt": receipt, "data": data,
        });
        // It is what the API says such an event is, or it is not sent.
        let typed: types::WebhookEvent = recast(&event)?;
        let body = serde_json::to_string(&typed).map_err(failed)?;
        Ok(Self {
            id,
            r#type: of,
            created_at,
            body,
        })
    }

    fn to(&self, org: &str, webhook: &types::Webhook) -> Message {
        Message {
            org: org.to_owned(),
            endpoint: webhook.id.clone(),
            event_id: self.id.clone(),
            event_type: self.r#type.as_str().to_owned(),
            replay_id: None,
            url: webhook.url.clone(),
            body: self.body.clone(),
        }
    }
}

impl Sandbox {
    /// Says what has happened to every subscription that wants to know. `data` is what the event
    /// of this type holds, `receipt` that of what happened.
    pub(crate) async fn emit<T: Serialize>(
        &self,
        org: &str,
        receipt: &str,
        of: WebhookEventType,
        data: &T,
    ) -> Result<(), ApiError> {
        let event = Event::new(receipt, of, data)?;
        let nanos = Timestamp::now().as_nanosecond();
        self.store
            .put(&EVENTS, org, &format!("{nanos:020}-{}", event.id), &event)?;
        for found in self.store.list(&SUBSCRIPTIONS, org, "")? {
            let webhook = found.shown();
            if found.is_enabled() && webhook.event_types.contains(&event.r#type) {
                let sent = self
                    .webhooks
                    .send(event.to(org, &webhook), event.created_at);
                sent.await.map_err(failed)?;
            }
        }
        Ok(())
    }

    pub(super) async fn ping(
        &self,
        cx: &RequestContext,
        id: &str,
        body: Option<types::PingWebhook>,
    ) -> Result<types::WebhookDelivery, ApiError> {
        let org = &caller(cx)?.org;
        let webhook = self.store.find(&SUBSCRIPTIONS, org, id)?.shown();
        let message = body.and_then(|body| body.message);
        let ping = types::WebhookPing {
            message: message.unwrap_or_else(|| "ping".to_owned()),
            webhook_id: webhook.id.clone(),
        };
        let event = Event::new(receipt_id(cx)?, WebhookEventType::WebhookPing, &ping)?;
        let message = event.to(org, &webhook);
        let sent = self.webhooks.send_once(message, now()).await;
        let sent = sent.map_err(failed)?;
        shown(&sent)
    }

    pub(super) async fn replay_events(
        &self,
        cx: &RequestContext,
        webhook_id: &str,
        body: types::ReplayWebhookEvents,
    ) -> Result<types::Webhook, ApiError> {
        let (org, started_at) = (&caller(cx)?.org, now());
        let until = body.until.unwrap_or(started_at);
        if body.since >= until {
            return Err(refused(
                "/until",
                "range",
                "the window ends before it begins",
            ));
        }
        if is_past(body.since) {
            return Err(refused("/since", "minimum", "events are kept for 30 days"));
        }
        let replay_id = id("rpl");
        // Taken before anything is sent, so that of two at once one is refused.
        let begun = self
            .store
            .update(&SUBSCRIPTIONS, org, webhook_id, |found| {
                if !found.is_enabled() {
                    return Err(refused("", "disabled", "the subscription is disabled"));
                }
                let webhook = found.webhook();
                if webhook.replay_status == WebhookReplayStatus::Running {
                    return Err(refused("", "running", "another replay is running"));
                }
                let types = body.event_types.clone();
                webhook.replay_status = WebhookReplayStatus::Running;
                webhook.updated_at = started_at;
                webhook.replay = Some(types::WebhookReplay {
                    id: replay_id.clone(),
                    event_types: types.unwrap_or_else(|| webhook.event_types.clone()),
                    failed: 0,
                    finished_at: None,
                    matched: 0,
                    sent: 0,
                    since: body.since,
                    started_at,
                    until,
                });
                Ok(())
            })?;
        let undelivered = body.only_undelivered == Some(true);
        let events = self.window(org, &begun.shown(), undelivered).await?;
        let begun = self
            .store
            .update(&SUBSCRIPTIONS, org, webhook_id, |found| {
                if let Some(replay) = &mut found.webhook().replay {
                    replay.matched = i64::try_from(events.len()).unwrap_or(i64::MAX);
                }
                Ok(())
            })?;
        let (sandbox, org, webhook) = (self.clone(), org.clone(), begun.shown());
        let answer = webhook.clone();
        self.behind(format!("replay/{replay_id}"), async move {
            // Where the store fails, what was sent stays sent.
            sandbox.send_all(&org, &webhook, &replay_id, &events).await
        });
        Ok(answer)
    }

    /// The events of a subscription's replay, oldest first.
    async fn window(
        &self,
        org: &str,
        webhook: &types::Webhook,
        undelivered: bool,
    ) -> Result<Vec<Event>, ApiError> {
        let Some(replay) = &webhook.replay else {
            return Ok(Vec::new());
        };
        let mut events = self.store.list(&EVENTS, org, "")?;
        events.retain(|event| {
            let during = replay.since <= event.created_at && event.created_at < replay.until;
            during && replay.event_types.contains(&event.r#type)
        });
        if undelivered {
            let mut taken = self.kept.deliveries.list(org).await.map_err(failed)?;
            taken.retain(|one| one.message.endpoint == webhook.id && one.delivered_at.is_some());
            events.retain(|event| taken.iter().all(|one| one.message.event_id != event.id));
        }
        Ok(events)
    }

    async fn send_all(
        &self,
        org: &str,
        webhook: &types::Webhook,
        replay_id: &str,
        events: &[Event],
    ) -> Result<(), ApiError> {
        for event in events {
            let mut new = event.to(org, webhook);
            new.replay_id = Some(replay_id.to_owned());
            self.webhooks.send(new, now()).await.map_err(failed)?;
        }
        self.count_replay(org, &webhook.id, false).await
    }

    /// Goes on with deliveries: what a process does that finds some in its file.
    pub(crate) fn resume_webhooks(&self) {
        let sandbox = self.clone();
        tokio::spawn(async move {
            // A store that fails has said so.
            let _ = sandbox.webhooks.resume().await.map_err(failed);
            let found = sandbox.store.list(&SUBSCRIPTIONS, ORGANISATION, "");
            for subscription in found.unwrap_or_default() {
                let _ = sandbox
                    .count_replay(ORGANISATION, &subscription.shown().id, true)
                    .await;
            }
        });
    }
}
