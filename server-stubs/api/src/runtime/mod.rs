//! What generated traits and routers stand on: requests read and checked, answers written.
//!
//! Nothing here names a product; what differs between two APIs comes in as [`OperationInfo`]s and
//! a [`Contract`].

mod answer;
mod body;
mod context;
mod contract;
mod error;
pub mod fit;
mod form;
mod json;
mod operation;
mod parameters;
mod path;
mod request;
mod routes;
mod secret;
pub mod serialize;
mod stream;
pub mod union;

pub use self::answer::{Answer, Download};
pub use self::body::Body;
pub use self::context::RequestContext;
pub use self::contract::Contract;
pub use self::error::{ApiError, Detail, Location};
pub use self::form::{File, Form};
pub use self::operation::{Kind, OperationInfo, ParameterInfo, Place, Style};
pub use self::request::Request;
pub use self::routes::Routes;
pub use self::secret::Secret;
pub use self::stream::{Event, Events, Lines};

/// What a method that nobody has written answers. It takes the arguments, so that none is unused.
#[cfg(feature = "unimplemented")]
#[allow(dead_code, reason = "an API may have no operation")]
pub(crate) fn not_implemented<T: Send, A>(
    cx: &RequestContext,
    _: A,
) -> impl Future<Output = Result<T, ApiError>> + Send + use<T, A> {
    std::future::ready(Err(ApiError::not_implemented(cx.operation().id)))
}
