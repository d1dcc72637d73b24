//! What generated traits and routers stand on: requests read and checked, answers written.
//!
//! Nothing here names a product; what differs between two APIs comes in as [`OperationInfo`]s and
//! a [`Contract`].

mod answer;
mod context;
mod contract;
mod error;
mod form;
mod operation;
mod parameters;
mod request;
mod routes;
mod stream;

pub use self::answer::{Answer, Download};
pub use self::context::RequestContext;
pub use self::contract::Contract;
pub use self::error::{ApiError, Detail, Location};
pub use self::form::{File, Form};
pub use self::operation::{Kind, OperationInfo, ParameterInfo, Place, Style};
pub use self::request::{Body, Request};
pub use self::routes::Routes;
pub use self::stream::{Event, Events, Lines};
