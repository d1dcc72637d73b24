//! What every generated method stands on: requests, answers, pages, streams, errors, retries.
//!
//! Nothing here names a product. What differs between two APIs (their base URLs, header names,
//! environment variables, security schemes) comes in as an [`Api`], and what differs between two
//! operations as an [`Operation`]; both are constants that generated code hands over.

mod answer;
mod api;
mod auth;
mod body;
mod builder;
mod call;
mod core;
mod error;
mod events;
mod lines;
mod multipart;
mod operation;
mod page;
mod param;
mod request;
mod response;
mod retry;
mod secret;
pub mod serialize;
mod sse;
mod tls;
pub mod union;
mod wait;
pub mod webhook;

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
pub use self::multipart::{Form, Part};
pub use self::operation::{Operation, Pagination, Security, Verb};
pub use self::page::{Items, Page, Paged};
pub use self::param::{Encoding, FormStyle, Style};
pub use self::request::Request;
pub use self::response::{Metadata, RateLimit, Response};
pub use self::retry::RetryPolicy;
pub use self::secret::Secret;
pub use self::wait::{Link, LongRunning, Wait};
