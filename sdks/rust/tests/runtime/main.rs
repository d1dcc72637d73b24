//! The runtime against real sockets: an API of four operations, and servers that answer what a
//! test tells them to, byte by byte.

mod api;
mod around;
mod calls;
mod pages;
mod retries;
mod server;
mod streams;
mod waits;
