//! From an OpenAPI document to SDKs and a server.

pub mod bundle;
pub mod cli;
pub mod diagnostic;
pub mod document;
pub mod ir;
pub mod layout;
pub mod lower;
pub mod source;
pub mod target;
