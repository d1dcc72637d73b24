//! Tests of the generator over whole documents.
