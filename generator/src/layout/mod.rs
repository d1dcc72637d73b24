//! Text laid out as a language's own formatter would leave it.

pub mod biome;
pub mod go_align;
pub mod go_func;
pub mod ruff;
pub mod rustfmt;
