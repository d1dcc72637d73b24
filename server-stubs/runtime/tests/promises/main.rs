//! The layer around a real router: each promise, and what would break it.

#![cfg(test)]

mod auth;
mod idempotency;
mod limits;
mod receipts;
mod wire;
mod world;
