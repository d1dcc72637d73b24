//! The layer around a real router: each promise, and what would break it.

#![cfg(test)]

mod auth;
mod limits;
mod receipts;
mod world;
