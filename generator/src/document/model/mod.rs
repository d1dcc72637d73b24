//! Plain structs of OpenAPI 3.1 (with 3.2's additions), named as the standard names them.
//!
//! Section numbers are of the OpenAPI Specification 3.1.1. Maps keep the order of
//! the document. Fields of the standard that this model leaves out: none; `x-` keys
//! are in `extensions`, except `x-exai-stream`, which is read as 3.2's `itemSchema`.

mod operation;
mod parameter;
mod reference;
mod schema;
mod security;

use indexmap::IndexMap;

use crate::source::{FileId, Node, Span, Spanned};

pub use operation::{
    Callback, Encoding, Example, Link, LinkTarget, MediaType, Method, Operation, PathItem,
    RequestBody, Response, Responses, StatusKey,
};
pub use parameter::{Header, Parameter, ParameterLocation, ParameterStyle};
pub(crate) use reference::{Kind, Place};
pub use reference::{Location, RefOr, Reference, Targets};
pub use schema::{Discriminator, Schema, SchemaObject, SchemaType, Xml};
pub use security::{
    ApiKeyLocation, OAuthFlow, OAuthFlows, SecurityRequirement, SecurityScheme, SecuritySchemeKind,
};

/// Names and values in the order of the document; `get("name")` finds one.
pub type Map<T> = IndexMap<Spanned<String>, T>;

/// The `x-` keys of an object, in the order of the document.
pub type Extensions = Vec<(Spanned<String>, Node)>;

/// The value of an `x-` key.
pub fn extension<'a>(extensions: &'a Extensions, name: &str) -> Option<&'a Node> {
    extensions
        .iter()
        .find(|(key, _)| key.value == name)
        .map(|(_, node)| node)
}

/// The root of a description (section 4.8.1).
#[derive(Clone, Debug)]
pub struct Document {
    /// The root document's file.
    pub file: FileId,
    /// The whole root document.
    pub span: Span,
    /// The version that the document was written for, `3.0.3`. For messages alone.
    pub openapi: Spanned<String>,
    /// `info`
    pub info: Info,
    /// `jsonSchemaDialect`
    pub json_schema_dialect: Option<Spanned<String>>,
    /// `servers`; empty when absent, which means one server, `/`.
    pub servers: Vec<Server>,
    /// `paths`, keyed by path template.
    pub paths: Map<RefOr<PathItem>>,
    /// The `x-` keys of `paths`.
    pub paths_extensions: Extensions,
    /// `webhooks`
    pub webhooks: Map<RefOr<PathItem>>,
    /// `components`; empty when absent.
    pub components: Components,
    /// `security`; `None` when absent.
    pub security: Option<Vec<SecurityRequirement>>,
    /// `tags`
    pub tags: Vec<Tag>,
    /// `externalDocs`
    pub external_docs: Option<ExternalDocs>,
    /// `x-` keys
    pub extensions: Extensions,
    /// What references lead to.
    pub targets: Targets,
}

/// Who and what the API is (section 4.8.2).
#[derive(Clone, Debug)]
pub struct Info {
    /// The whole object.
    pub span: Span,
    /// `title`
    pub title: Spanned<String>,
    /// `summary`
    pub summary: Option<Spanned<String>>,
    /// `description`
    pub description: Option<Spanned<String>>,
    /// `termsOfService`
    pub terms_of_service: Option<Spanned<String>>,
    /// `contact`
    pub contact: Option<Contact>,
    /// `license`
    pub license: Option<License>,
    /// `version`
    pub version: Spanned<String>,
    /// `x-` keys
    pub extensions: Extensions,
}

/// Whom to ask (section 4.8.3).
#[derive(Clone, Debug)]
pub struct Contact {
    /// The whole object.
    pub span: Span,
    /// `name`
    pub name: Option<Spanned<String>>,
    /// `url`
    pub url: Option<Spanned<String>>,
    /// `email`
    pub email: Option<Spanned<String>>,
    /// `x-` keys
    pub extensions: Extensions,
}

/// The API's licence (section 4.8.4).
#[derive(Clone, Debug)]
pub struct License {
    /// The whole object.
    pub span: Span,
    /// `name`
    pub name: Spanned<String>,
    /// `identifier`, an SPDX expression.
    pub identifier: Option<Spanned<String>>,
    /// `url`
    pub url: Option<Spanned<String>>,
    /// `x-` keys
    pub extensions: Extensions,
}

/// Where the API is served (section 4.8.5).
#[derive(Clone, Debug)]
pub struct Server {
    /// The whole object.
    pub span: Span,
    /// `url`, a template with `{variables}`.
    pub url: Spanned<String>,
    /// `name` (3.2)
    pub name: Option<Spanned<String>>,
    /// `description`
    pub description: Option<Spanned<String>>,
    /// `variables`
    pub variables: Map<ServerVariable>,
    /// `x-` keys
    pub extensions: Extensions,
}

/// A variable of a server's URL (section 4.8.6).
#[derive(Clone, Debug)]
pub struct ServerVariable {
    /// The whole object.
    pub span: Span,
    /// `enum`; empty when absent.
    pub enum_values: Vec<Spanned<String>>,
    /// `default`
    pub default: Spanned<String>,
    /// `description`
    pub description: Option<Spanned<String>>,
    /// `x-` keys
    pub extensions: Extensions,
}

/// What is defined to be referred to (section 4.8.7).
#[derive(Clone, Debug, Default)]
pub struct Components {
    /// The whole object; `None` when absent.
    pub span: Option<Span>,
    /// `schemas`
    pub schemas: Map<Schema>,
    /// `responses`
    pub responses: Map<RefOr<Response>>,
    /// `parameters`
    pub parameters: Map<RefOr<Parameter>>,
    /// `examples`
    pub examples: Map<RefOr<Example>>,
    /// `requestBodies`
    pub request_bodies: Map<RefOr<RequestBody>>,
    /// `headers`
    pub headers: Map<RefOr<Header>>,
    /// `securitySchemes`
    pub security_schemes: Map<RefOr<SecurityScheme>>,
    /// `links`
    pub links: Map<RefOr<Link>>,
    /// `callbacks`
    pub callbacks: Map<RefOr<Callback>>,
    /// `pathItems`
    pub path_items: Map<RefOr<PathItem>>,
    /// `mediaTypes` (3.2)
    pub media_types: Map<RefOr<MediaType>>,
    /// `x-` keys
    pub extensions: Extensions,
}

/// A group of operations (section 4.8.22).
#[derive(Clone, Debug)]
pub struct Tag {
    /// The whole object.
    pub span: Span,
    /// `name`
    pub name: Spanned<String>,
    /// `summary` (3.2)
    pub summary: Option<Spanned<String>>,
    /// `description`
    pub description: Option<Spanned<String>>,
    /// `externalDocs`
    pub external_docs: Option<ExternalDocs>,
    /// `parent` (3.2), another tag's name.
    pub parent: Option<Spanned<String>>,
    /// `kind` (3.2)
    pub kind: Option<Spanned<String>>,
    /// `x-` keys
    pub extensions: Extensions,
}

/// A page elsewhere (section 4.8.11).
#[derive(Clone, Debug)]
pub struct ExternalDocs {
    /// The whole object.
    pub span: Span,
    /// `url`
    pub url: Spanned<String>,
    /// `description`
    pub description: Option<Spanned<String>>,
    /// `x-` keys
    pub extensions: Extensions,
}
