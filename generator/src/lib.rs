//! From an OpenAPI document to SDKs and a server.

pub mod bundle;
pub mod changes;
pub mod cli;
pub mod config;
pub mod convert;
pub mod diagnostic;
pub mod document;
mod embedded;
pub mod explain;
pub mod fidelity;
pub mod ir;
pub mod layout;
mod letters;
pub mod lower;
mod numbers;
mod overlay;
pub mod passes;
pub mod pipeline;
pub mod provenance;
pub mod render;
pub mod scenarios;
pub mod shipped;
pub mod source;
pub mod surface;
pub mod target;
pub mod tree;
pub mod write;
