#![doc = include_str!("../README.md")]

mod generated;
pub mod runtime;

#[cfg(feature = "testing")]
pub use self::generated::testing;
pub use self::generated::{Client, resources, types};
pub use self::runtime::{Call, Error, HeaderMap, Method, Page, Response};
