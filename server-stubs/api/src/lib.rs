#![doc = include_str!("../README.md")]

mod generated;
pub mod runtime;

pub use self::generated::resources::*;
#[cfg(feature = "unimplemented")]
pub use self::generated::unimplemented;
pub use self::generated::{Api, OPERATIONS, contract, facts, resources, router, types};
pub use self::runtime::{ApiError, Download, Event, Events, Lines, RequestContext};
