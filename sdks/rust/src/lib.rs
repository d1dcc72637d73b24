//! The exAI API for Rust.

pub mod runtime;
