//! IR to files of a language.

pub mod rust_lang;
