//! What every generated method stands on: requests, answers, pages, streams, errors, retries.
//!
//! Nothing here names a product. What differs between two APIs (their base URLs, header names,
//! environment variables, security schemes) comes in as an [`Api`], and what differs between two
//! operations as an [`Operation`]; both are constants that generated code hands over.

mod answer;
mod api;
mod attempt;
mod auth;
mod body;
mod builder;
mod call;
mod core;
mod error;
mod events;
pub mod fit;
mod governor;
mod lines;
mod middleware;
mod multipart;
pub mod object;
mod operation;
mod page;
mod param;
mod raw;
mod request;
mod response;
mod retry;
mod secret;
pub mod serialize;
mod sse;
#[cfg(feature = "testing")]
pub mod testing;
mod tls;
mod trace;
pub mod union;
mod wait;
mod wait_token;
pub mod webhook;

pub use reqwest::Method;
pub use reqwest::header::HeaderMap;

pub use self::answer::{Answer, Binary, Download, Empty, Json, Kind, Text};
pub use self::api::{Api, HeaderRoles, Scheme, Server};
pub use self::auth::TokenSource;
pub use self::body::Body;
pub use self::builder::ClientBuilder;
pub use self::call::Call;
pub use self::core::Core;
pub use self::error::Error;
pub use self::events::{Events, Framed, Lines, State, Terminal};
pub use self::middleware::{Middleware, Next};
pub use self::multipart::{Form, Part};
pub use self::operation::{Operation, Pagination, Security, Verb};
pub use self::page::{Items, Page, Paged, Pages};
pub use self::param::{Encoding, FormStyle, Style};
pub use self::raw::Raw;
pub use self::request::Request;
pub use self::response::{Metadata, RateLimit, Response};
pub use self::retry::RetryPolicy;
pub use self::secret::Secret;
pub use self::wait::{Link, LongRunning, Wait};
