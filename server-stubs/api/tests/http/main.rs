//! Requests as HTTP: what is checked before a method runs, and what is answered.

#![cfg(test)]

mod bodies;
mod book;
mod forms;
mod parameters;
mod router;
mod streams;
