//! What a server of the exAI API stands on: requests read and held against the document before a
//! method sees them, answers, streams and the one error envelope.

pub mod runtime;
