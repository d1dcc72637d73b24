#![doc = include_str!("../README.md")]

mod generated;
pub mod runtime;

pub use self::generated::{Client, resources, types};
pub use self::runtime::{Call, Error, HeaderMap, Page, Response};
