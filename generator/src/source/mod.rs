//! The only place that reads the disk: files, their text, and the tree in it.

mod node;
mod span;

pub use node::{Entry, Node, Value, escape_token, unescape_token};
pub use span::{FileId, Span, Spanned};
