//! The exAI API on a laptop.

fn main() {}
