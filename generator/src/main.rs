//! The `exai-gen` command.

fn main() {}
