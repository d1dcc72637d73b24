//! The exAI API for Rust.
