//! Several nodes on one Postgres and one Redis: the real servers, which `cargo xtask test` and
//! `cargo xtask with-servers` start.

#![cfg(test)]

mod cut;
mod keys;
mod limits;
mod proxy;
mod receipts;
mod servers;
mod webhooks;
mod world;
