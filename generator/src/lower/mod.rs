//! Document -> [`crate::ir::Api`]: every `$ref` followed, every schema a type.

pub mod name;
pub mod resource;
