//! What an API is, as pure data: no language, no casing, no version of the standard, no `$ref`.
//!
//! [`Api`] is what `lower` makes of a document and what every target reads. Types refer to types
//! by [`TypeId`], operations by [`OperationId`], so cycles and renames are cheap. Nothing here can
//! be printed by a template: words of the document are [`Text`], which only an escaper reads.

mod api;
pub mod build;
mod contract;
mod docs;
mod enumeration;
mod error;
mod meaning;
mod name;
mod operation;
mod parameter;
mod payload;
mod record;
mod resource;
mod response;
mod security;
mod server;
mod types;
mod union;
mod visit;
mod webhook;

pub use api::{Api, Area, Info};
pub use contract::{Contract, OperationContract, ParameterContract};
pub use docs::{Docs, Text};
pub use enumeration::{Enum, EnumBase, EnumValue, Literal};
pub use error::{ErrorId, ErrorKind};
pub use meaning::{Beyond, Meaning};
pub use name::Name;
pub use operation::{
    IdempotencyKey, Link, LinkArgument, LongRunning, Method, Operation, OperationError,
    OperationId, Operations, Page, PathSegment,
};
pub use parameter::{Parameter, Place, Style};
pub use payload::{Content, FormField, Part, PartKind, Payload, Stream};
pub use record::{Access, Additional, Field, Record};
pub use resource::{Call, Resource};
pub use response::{Header, HeaderRole, Response, Status};
pub use security::{OAuthFlow, SecurityKind, SecurityScheme, SecuritySchemeId, SecurityUse};
pub use server::{Server, ServerVariable};
pub use types::{
    Home, IntegerFormat, NumberFormat, Shape, StringFormat, Type, TypeDef, TypeId, Types, Usage,
};
pub use union::{Tagging, Union, Variant};
pub use visit::NamesTypes;
pub use webhook::{Webhook, WebhookEvents};
