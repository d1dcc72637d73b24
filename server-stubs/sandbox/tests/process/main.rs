//! The real program, in a process of its own.

#![cfg(test)]

mod crash;
mod hostile;
mod killed;
mod limits;
mod nodes;
mod operators;
mod program;
#[path = "../../../runtime/tests/nodes/proxy.rs"]
mod proxy;
#[path = "../../../runtime/tests/nodes/servers.rs"]
mod servers;
mod streams;
mod trouble;
