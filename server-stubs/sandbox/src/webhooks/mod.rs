//! Subscriptions to events, and their deliveries, which the runtime's sender really sends.

mod deliveries;
mod event_types;
mod runs;
mod sending;
mod subscriptions;

use std::sync::Arc;

use exai_runtime::StoreError;
use exai_runtime::webhooks::{DeliveryStore, Network, Policy, Sender};
use exai_server::{
    ApiError, DeleteWebhookResponse, DisableWebhookResponse, EnableWebhookResponse,
    GetWebhookDeliveryResponse, GetWebhookEventTypeResponse, GetWebhookResponse,
    ListWebhookDeliveriesParams, ListWebhookDeliveriesResponse, ListWebhookDeliveryAttemptsParams,
    ListWebhookDeliveryAttemptsResponse, ListWebhookEventTypesParams,
    ListWebhookEventTypesResponse, ListWebhooksParams, ListWebhooksResponse, PingWebhookResponse,
    RedeliverWebhookDeliveryResponse, RegisterWebhookResponse, ReplayWebhookEventsResponse,
    RequestContext, RotateWebhookSecretResponse, UpdateWebhookResponse, Webhooks, types,
};

use self::subscriptions::{Book, SUBSCRIPTIONS};
use crate::Sandbox;
use crate::pages::{Window, page};
use crate::store::Store;
use crate::world::{caller, pace};

/// The sender of a sandbox that works at a speed.
pub(crate) fn sender(
    store: &Store,
    deliveries: &Arc<dyn DeliveryStore>,
    network: Network,
    speed: f64,
) -> Result<Sender, StoreError> {
    let usual = Policy::default();
    let policy = Policy {
        network,
        timeout: usual.timeout,
        first_delay: pace(usual.first_delay, speed),
        longest_delay: pace(usual.longest_delay, speed),
        window: pace(usual.window, speed),
    };
    let (store, deliveries) = (store.clone(), deliveries.clone());
    let book = Book {
        store,
        deliveries: deliveries.clone(),
    };
    Sender::new(deliveries, Arc::new(book), policy)
}

impl Webhooks for Sandbox {
    async fn register_webhook(
        &self,
        cx: &RequestContext,
        body: types::RegisterWebhook,
    ) -> Result<RegisterWebhookResponse, ApiError> {
        let registered = self.register(cx, body)?;
        Ok(RegisterWebhookResponse::Created(registered))
    }

    async fn list_webhooks(
        &self,
        cx: &RequestContext,
        params: ListWebhooksParams,
    ) -> Result<ListWebhooksResponse, ApiError> {
        let found = self.store.list(&SUBSCRIPTIONS, &caller(cx)?.org, "")?;
        let mut found: Vec<_> = found.iter().map(|found| found.shown()).collect();
        let window = Window {
            labels: params.label.as_deref(),
            ..Window::default()
        };
        found.retain(|one| {
            let status = params.status.as_ref();
            window.holds(one.created_at, &one.labels) && status.is_none_or(|s| *s == one.status)
        });
        let cursor = params.cursor.as_deref();
        let (data, next_cursor) = page(found, |one| &one.id, params.order, cursor, params.limit)?;
        Ok(ListWebhooksResponse::Ok(types::WebhookList {
            data,
            next_cursor,
        }))
    }

    async fn get_webhook(
        &self,
        cx: &RequestContext,
        webhook_id: types::WebhookId,
    ) -> Result<GetWebhookResponse, ApiError> {
        let found = self
            .store
            .find(&SUBSCRIPTIONS, &caller(cx)?.org, &webhook_id)?;
        Ok(GetWebhookResponse::Ok(found.shown()))
    }

    async fn update_webhook(
        &self,
        cx: &RequestContext,
        webhook_id: types::WebhookId,
        body: types::UpdateWebhook,
    ) -> Result<UpdateWebhookResponse, ApiError> {
        let webhook = self.change_webhook(cx, &webhook_id, &body)?;
        Ok(UpdateWebhookResponse::Ok(webhook))
    }

    async fn delete_webhook(
        &self,
        cx: &RequestContext,
        webhook_id: types::WebhookId,
    ) -> Result<DeleteWebhookResponse, ApiError> {
        self.remove_webhook(cx, &webhook_id).await?;
        Ok(DeleteWebhookResponse::NoContent)
    }

    async fn enable_webhook(
        &self,
        cx: &RequestContext,
        webhook_id: types::WebhookId,
    ) -> Result<EnableWebhookResponse, ApiError> {
        let webhook = self.set_enabled(cx, &webhook_id, true).await?;
        Ok(EnableWebhookResponse::Ok(webhook))
    }

    async fn disable_webhook(
        &self,
        cx: &RequestContext,
        webhook_id: types::WebhookId,
    ) -> Result<DisableWebhookResponse, ApiError> {
        let webhook = self.set_enabled(cx, &webhook_id, false).await?;
        Ok(DisableWebhookResponse::Ok(webhook))
    }

    async fn rotate_webhook_secret(
        &self,
        cx: &RequestContext,
        webhook_id: types::WebhookId,
        body: Option<types::RotateWebhookSecret>,
    ) -> Result<RotateWebhookSecretResponse, ApiError> {
        let rotated = self.rotate_secret(cx, &webhook_id, body)?;
        Ok(RotateWebhookSecretResponse::Ok(rotated))
    }

    async fn ping_webhook(
        &self,
        cx: &RequestContext,
        webhook_id: types::WebhookId,
        body: Option<types::PingWebhook>,
    ) -> Result<PingWebhookResponse, ApiError> {
        let delivery = self.ping(cx, &webhook_id, body).await?;
        Ok(PingWebhookResponse::Accepted(delivery))
    }

    async fn replay_webhook_events(
        &self,
        cx: &RequestContext,
        webhook_id: types::WebhookId,
        body: types::ReplayWebhookEvents,
    ) -> Result<ReplayWebhookEventsResponse, ApiError> {
        let webhook = self.replay_events(cx, &webhook_id, body).await?;
        Ok(ReplayWebhookEventsResponse::Accepted(webhook))
    }

    async fn list_webhook_deliveries(
        &self,
        cx: &RequestContext,
        params: ListWebhookDeliveriesParams,
    ) -> Result<ListWebhookDeliveriesResponse, ApiError> {
        let found = self.deliveries(cx, params).await?;
        Ok(ListWebhookDeliveriesResponse::Ok(found))
    }

    async fn get_webhook_delivery(
        &self,
        cx: &RequestContext,
        delivery_id: types::DeliveryId,
    ) -> Result<GetWebhookDeliveryResponse, ApiError> {
        let detail = self.delivery_detail(cx, &delivery_id).await?;
        Ok(GetWebhookDeliveryResponse::Ok(detail))
    }

    async fn list_webhook_delivery_attempts(
        &self,
        cx: &RequestContext,
        delivery_id: types::DeliveryId,
        params: ListWebhookDeliveryAttemptsParams,
    ) -> Result<ListWebhookDeliveryAttemptsResponse, ApiError> {
        let found = self.attempts(cx, &delivery_id, params).await?;
        Ok(ListWebhookDeliveryAttemptsResponse::Ok(found))
    }

    async fn redeliver_webhook_delivery(
        &self,
        cx: &RequestContext,
        delivery_id: types::DeliveryId,
    ) -> Result<RedeliverWebhookDeliveryResponse, ApiError> {
        let delivery = self.send_again(cx, &delivery_id).await?;
        Ok(RedeliverWebhookDeliveryResponse::Accepted(delivery))
    }

    async fn list_webhook_event_types(
        &self,
        _cx: &RequestContext,
        params: ListWebhookEventTypesParams,
    ) -> Result<ListWebhookEventTypesResponse, ApiError> {
        let (by_name, cursor) = (Some(types::Order::Asc), params.cursor.as_deref());
        let name = |one: &types::EventTypeDescription| -> String { one.r#type.as_str().to_owned() };
        let found = event_types::all()?;
        let named: Vec<_> = found.into_iter().map(|one| (name(&one), one)).collect();
        let (data, next_cursor) = page(named, |(name, _)| name, by_name, cursor, params.limit)?;
        let data = data.into_iter().map(|(_, one)| one).collect();
        let list = types::EventTypeDescriptionList { data, next_cursor };
        Ok(ListWebhookEventTypesResponse::Ok(list))
    }

    async fn get_webhook_event_type(
        &self,
        _cx: &RequestContext,
        event_type: types::WebhookEventType,
    ) -> Result<GetWebhookEventTypeResponse, ApiError> {
        let found = event_types::one(event_type.as_str())?;
        Ok(GetWebhookEventTypeResponse::Ok(found))
    }
}
