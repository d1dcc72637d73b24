//! The real program, in a process of its own.

#![cfg(test)]

mod crash;
mod operators;
mod program;
mod trouble;
