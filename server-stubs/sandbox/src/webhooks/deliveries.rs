//! Deliveries as the API shows them: what the sender keeps.

use exai_runtime::webhooks::{Delivery, signed_headers};
use exai_server::{
    ApiError, ListWebhookDeliveriesParams, ListWebhookDeliveryAttemptsParams, RequestContext, types,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::subscriptions::SUBSCRIPTIONS;
use crate::Sandbox;
use crate::pages::page;
use crate::patch::recast;
use crate::store::failed;
use crate::world::{caller, now, refused};

/// How long deliveries and events can be looked at.
pub(super) const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Whether something is as old as that.
pub(super) fn is_past(created_at: Timestamp) -> bool {
    now().duration_since(created_at) > KEPT
}

impl Sandbox {
    pub(super) async fn deliveries(
        &self,
        cx: &RequestContext,
        params: ListWebhookDeliveriesParams,
    ) -> Result<types::WebhookDeliveryList, ApiError> {
        let found = self
            .kept
            .deliveries
            .list(&caller(cx)?.org)
            .await
            .map_err(failed)?;
        let shown = found
            .iter()
            .filter(|one| !is_past(one.created_at))
            .map(shown);
        let mut shown = shown.collect::<Result<Vec<_>, _>>()?;
        shown.retain(|one| {
            let types = params.event_type.as_ref();
            params
                .created_after
                .is_none_or(|from| one.created_at >= from)
                && params
                    .created_before
                    .is_none_or(|until| one.created_at < until)
                && params
                    .webhook_id
                    .as_ref()
                    .is_none_or(|id| *id == one.webhook_id)
                && params
                    .event_id
                    .as_ref()
                    .is_none_or(|id| *id == one.event_id)
                && types.is_none_or(|types| types.contains(&one.event_type))
                && params
                    .status
                    .as_ref()
                    .is_none_or(|status| *status == one.status)
                && (params.replay_id.is_none() || params.replay_id == one.replay_id)
        });
        let cursor = params.cursor.as_deref();
        let (data, next_cursor) = page(shown, |one| &one.id, params.order, cursor, params.limit)?;
        Ok(types::WebhookDeliveryList { data, next_cursor })
    }

    pub(super) async fn delivery_detail(
        &self,
        cx: &RequestContext,
        id: &str,
    ) -> Result<types::WebhookDeliveryDetail, ApiError> {
        let org = &caller(cx)?.org;
        let delivery = self.delivery(org, id).await?;
        let headers = match delivery.attempts.last() {
            Some(last) => last.request_headers.clone(),
            // Not sent yet: as it would be now.
            None => {
                let found = self
                    .store
                    .get(&SUBSCRIPTIONS, org, &delivery.message.endpoint)?;
                let secret = found.as_ref().map(|found| found.secrets.current());
                let body = delivery.message.body.as_bytes();
                signed_headers(secret.unwrap_or_default(), id, now(), body)
            }
        };
        let mut detail = serde_json::to_value(shown(&delivery)?).map_err(failed)?;
        detail["event"] = serde_json::from_str(&delivery.message.body).map_err(failed)?;
        detail["signature"] = headers.get("webhook-signature").cloned().into();
        detail["request_headers"] = serde_json::to_value(headers).map_err(failed)?;
        detail["body"] = delivery.message.body.into();
        recast(&detail)
    }

    pub(super) async fn attempts(
        &self,
        cx: &RequestContext,
        id: &str,
        params: ListWebhookDeliveryAttemptsParams,
    ) -> Result<types::WebhookDeliveryAttemptList, ApiError> {
        let delivery = self.delivery(&caller(cx)?.org, id).await?;
        let placed = delivery.attempts.iter().map(|one| {
            let answer = one.answer.as_ref();
            let attempt = types::WebhookDeliveryAttempt {
                attempted_at: one.attempted_at,
                latency_ms: i32::try_from(one.latency_ms).unwrap_or(i32::MAX),
                message: one.message.clone(),
                number: i32::try_from(one.number).unwrap_or(i32::MAX),
                outcome: recast(&one.outcome)?,
                response_body: answer.map(|answer| answer.body.clone()),
                response_headers: answer
                    .map(|found| found.headers.clone())
                    .unwrap_or_default(),
                response_status: answer.map(|answer| i32::from(answer.status)),
            };
            Ok((format!("{:010}", one.number), attempt))
        });
        let placed = placed.collect::<Result<Vec<_>, ApiError>>()?;
        let (oldest, cursor) = (Some(types::Order::Asc), params.cursor.as_deref());
        let (data, next_cursor) = page(placed, |(key, _)| key, oldest, cursor, params.limit)?;
        let data = data.into_iter().map(|(_, attempt)| attempt).collect();
        Ok(types::WebhookDeliveryAttemptList { data, next_cursor })
    }

    pub(super) async fn send_again(
        &self,
        cx: &RequestContext,
        id: &str,
    ) -> Result<types::WebhookDelivery, ApiError> {
        let org = &caller(cx)?.org;
        let delivery = self.delivery(org, id).await?;
        if self
            .store
            .get(&SUBSCRIPTIONS, org, &delivery.message.endpoint)?
            .is_none()
        {
            return Err(refused("", "gone", "the subscription is gone"));
        }
        let again = self
            .webhooks
            .redeliver(org, id, now())
            .await
            .map_err(failed)?;
        shown(&again.ok_or_else(|| missing(id))?)
    }

    async fn delivery(&self, org: &str, id: &str) -> Result<Delivery, ApiError> {
        let found = self.kept.deliveries.get(org, id).await.map_err(failed)?;
        let found = found.filter(|found| !is_past(found.created_at));
        found.ok_or_else(|| missing(id))
    }
}

fn missing(id: &str) -> ApiError {
    ApiError::not_found(format!("there is no delivery {id}"))
}

pub(super) fn shown(delivery: &Delivery) -> Result<types::WebhookDelivery, ApiError> {
    Ok(types::WebhookDelivery {
        id: delivery.id.clone(),
        attempt_count: i32::try_from(delivery.attempts.len()).unwrap_or(i32::MAX),
        created_at: delivery.created_at,
        delivered_at: delivery.delivered_at,
        event_id: delivery.message.event_id.clone(),
        event_type: recast(&Value::from(delivery.message.event_type.as_str()))?,
        next_attempt_at: delivery.next_attempt_at,
        replay_id: delivery.message.replay_id.clone(),
        status: recast(&delivery.status)?,
        url: delivery.message.url.clone(),
        webhook_id: delivery.message.endpoint.clone(),
    })
}
