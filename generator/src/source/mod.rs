//! The only place that reads the disk: files, their text, and the tree in it.
//!
//! Knows YAML, JSON and limits; knows nothing of OpenAPI.

mod files;
mod json;
mod limits;
mod mapping;
mod node;
mod number;
mod span;
mod yaml;

pub use files::{NotLoaded, SourceFile, Sources};
pub use limits::{MAX_ALIASED_NODES, MAX_BYTES, MAX_DEPTH};
pub use node::{Entry, Node, Value, escape_token, unescape_token};
pub use span::{FileId, Span, Spanned};
