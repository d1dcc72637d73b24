//! Subscriptions to events, and their deliveries.

use crate::Sandbox;

impl exai_server::unimplemented::Webhooks for Sandbox {}
