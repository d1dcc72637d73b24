//! The sender against real receivers on this machine.

#![cfg(test)]

mod many;
mod receiver;
mod sending;
mod world;
