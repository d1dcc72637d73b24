#![doc = include_str!("../README.md")]

mod generated;
pub mod runtime;

#[cfg(feature = "testing")]
pub use self::generated::testing;
pub use self::generated::{Client, resources, types};
/// What middleware and a client of one's own are made of.
pub use reqwest;

pub use self::runtime::{Call, Error, HeaderMap, Method, Page, Response};
