//! The real program, in a process of its own.

#![cfg(test)]

mod crash;
mod hostile;
mod operators;
mod program;
mod streams;
mod trouble;
