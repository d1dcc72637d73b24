//! References, already absolute, and the table of what they lead to.

use std::collections::HashMap;

use super::{
    Callback, Document, Example, Header, Link, Map, MediaType, Parameter, PathItem, RequestBody,
    Response, Schema, SecurityScheme,
};
use crate::source::{FileId, Span, Spanned, unescape_token};

/// A place in a file: what a reference leads to once files, anchors and ids are resolved.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location {
    /// The file.
    pub file: FileId,
    /// A JSON Pointer in it (RFC 6901), percent-decoded: `/components/schemas/Pet`.
    pub pointer: String,
}

impl Location {
    /// `pointer` in `file`.
    pub fn new(file: FileId, pointer: impl Into<String>) -> Self {
        Self {
            file,
            pointer: pointer.into(),
        }
    }

    /// The last token of the pointer: `Pet`. Empty for a whole file.
    pub fn name(&self) -> String {
        unescape_token(self.pointer.rsplit('/').next().unwrap_or_default())
    }
}

/// A `$ref`, resolved. What it leads to is there: a dangling one is an error of the reading.
#[derive(Clone, Debug)]
pub struct Reference {
    /// The text of the `$ref`.
    pub span: Span,
    /// The `$ref` as it was written.
    pub text: String,
    /// What it leads to.
    pub target: Location,
    /// `summary` beside it, which overrides the target's.
    pub summary: Option<Spanned<String>>,
    /// `description` beside it, which overrides the target's.
    pub description: Option<Spanned<String>>,
}

/// An object, or a reference to one.
#[derive(Clone, Debug)]
pub enum RefOr<T> {
    /// The object itself.
    Item(T),
    /// Where it is.
    Reference(Reference),
}

impl<T> RefOr<T> {
    /// The object, if it stands here.
    pub fn item(&self) -> Option<&T> {
        match self {
            RefOr::Item(item) => Some(item),
            RefOr::Reference(_) => None,
        }
    }

    /// The reference, if it is one.
    pub fn reference(&self) -> Option<&Reference> {
        match self {
            RefOr::Item(_) => None,
            RefOr::Reference(reference) => Some(reference),
        }
    }
}

/// What a reference expects to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    Schema,
    Response,
    Parameter,
    Example,
    RequestBody,
    Header,
    SecurityScheme,
    Link,
    Callback,
    PathItem,
    MediaType,
}

impl Kind {
    /// Where the root document's components of this kind stand.
    pub(crate) fn components(self) -> &'static str {
        match self {
            Kind::Schema => "/components/schemas/",
            Kind::Response => "/components/responses/",
            Kind::Parameter => "/components/parameters/",
            Kind::Example => "/components/examples/",
            Kind::RequestBody => "/components/requestBodies/",
            Kind::Header => "/components/headers/",
            Kind::SecurityScheme => "/components/securitySchemes/",
            Kind::Link => "/components/links/",
            Kind::Callback => "/components/callbacks/",
            Kind::PathItem => "/components/pathItems/",
            Kind::MediaType => "/components/mediaTypes/",
        }
    }
}

/// A text that refers to a place.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) kind: Kind,
    pub(crate) target: Location,
    /// Whether OpenAPI allows no reference there, so that only what it leads to can stand instead.
    pub(crate) inline: bool,
}

/// What references lead to, each place read once as the kind that its referrer asks for.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    /// Every reference by the place of its text: `$ref`s and the URIs of discriminators.
    pub(crate) places: HashMap<Span, Place>,
    pub(crate) schemas: HashMap<Location, Schema>,
    pub(crate) responses: HashMap<Location, RefOr<Response>>,
    pub(crate) parameters: HashMap<Location, RefOr<Parameter>>,
    pub(crate) examples: HashMap<Location, RefOr<Example>>,
    pub(crate) request_bodies: HashMap<Location, RefOr<RequestBody>>,
    pub(crate) headers: HashMap<Location, RefOr<Header>>,
    pub(crate) security_schemes: HashMap<Location, RefOr<SecurityScheme>>,
    pub(crate) links: HashMap<Location, RefOr<Link>>,
    pub(crate) callbacks: HashMap<Location, RefOr<Callback>>,
    pub(crate) path_items: HashMap<Location, RefOr<PathItem>>,
    pub(crate) media_types: HashMap<Location, RefOr<MediaType>>,
}

/// Follows references until an object stands there. References that lead nowhere and
/// loops are errors of the reading; here they give `None`.
fn follow<'a, T>(
    mut from: &'a RefOr<T>,
    find: impl Fn(&Location) -> Option<&'a RefOr<T>>,
) -> Option<&'a T> {
    for _ in 0..MAX_CHAIN {
        match from {
            RefOr::Item(item) => return Some(item),
            RefOr::Reference(reference) => from = find(&reference.target)?,
        }
    }
    None
}

/// Longest chain of references that is followed; a longer one is taken for a loop.
const MAX_CHAIN: usize = 64;

impl Document {
    /// The schema at a place. It may itself be a reference: follow `reference` step by step.
    pub fn resolve_schema(&self, at: &Location) -> Option<&Schema> {
        self.component(at, "/components/schemas/", &self.components.schemas)
            .or_else(|| self.targets.schemas.get(at))
    }

    /// The parameter that a place leads to, over any chain of references.
    pub fn resolve_parameter(&self, at: &Location) -> Option<&Parameter> {
        self.parameter(self.parameter_at(at)?)
    }

    /// The parameter itself or what its reference leads to.
    pub fn parameter<'a>(&'a self, from: &'a RefOr<Parameter>) -> Option<&'a Parameter> {
        follow(from, |at| self.parameter_at(at))
    }

    fn parameter_at(&self, at: &Location) -> Option<&RefOr<Parameter>> {
        self.component(at, "/components/parameters/", &self.components.parameters)
            .or_else(|| self.targets.parameters.get(at))
    }

    /// The response that a place leads to, over any chain of references.
    pub fn resolve_response(&self, at: &Location) -> Option<&Response> {
        self.response(self.response_at(at)?)
    }

    /// The response itself or what its reference leads to.
    pub fn response<'a>(&'a self, from: &'a RefOr<Response>) -> Option<&'a Response> {
        follow(from, |at| self.response_at(at))
    }

    fn response_at(&self, at: &Location) -> Option<&RefOr<Response>> {
        self.component(at, "/components/responses/", &self.components.responses)
            .or_else(|| self.targets.responses.get(at))
    }

    /// The request body itself or what its reference leads to.
    pub fn request_body<'a>(&'a self, from: &'a RefOr<RequestBody>) -> Option<&'a RequestBody> {
        follow(from, |at| {
            self.component(
                at,
                "/components/requestBodies/",
                &self.components.request_bodies,
            )
            .or_else(|| self.targets.request_bodies.get(at))
        })
    }

    /// The header itself or what its reference leads to.
    pub fn header<'a>(&'a self, from: &'a RefOr<Header>) -> Option<&'a Header> {
        follow(from, |at| {
            self.component(at, "/components/headers/", &self.components.headers)
                .or_else(|| self.targets.headers.get(at))
        })
    }

    /// The example itself or what its reference leads to.
    pub fn example<'a>(&'a self, from: &'a RefOr<Example>) -> Option<&'a Example> {
        follow(from, |at| {
            self.component(at, "/components/examples/", &self.components.examples)
                .or_else(|| self.targets.examples.get(at))
        })
    }

    /// The security scheme itself or what its reference leads to.
    pub fn security_scheme<'a>(
        &'a self,
        from: &'a RefOr<SecurityScheme>,
    ) -> Option<&'a SecurityScheme> {
        follow(from, |at| {
            self.component(
                at,
                "/components/securitySchemes/",
                &self.components.security_schemes,
            )
            .or_else(|| self.targets.security_schemes.get(at))
        })
    }

    /// The link itself or what its reference leads to.
    pub fn link<'a>(&'a self, from: &'a RefOr<Link>) -> Option<&'a Link> {
        follow(from, |at| {
            self.component(at, "/components/links/", &self.components.links)
                .or_else(|| self.targets.links.get(at))
        })
    }

    /// The callback itself or what its reference leads to.
    pub fn callback<'a>(&'a self, from: &'a RefOr<Callback>) -> Option<&'a Callback> {
        follow(from, |at| {
            self.component(at, "/components/callbacks/", &self.components.callbacks)
                .or_else(|| self.targets.callbacks.get(at))
        })
    }

    /// The path item itself or what its reference leads to.
    pub fn path_item<'a>(&'a self, from: &'a RefOr<PathItem>) -> Option<&'a PathItem> {
        follow(from, |at| {
            self.component(at, "/components/pathItems/", &self.components.path_items)
                .or_else(|| self.targets.path_items.get(at))
        })
    }

    /// The media type itself or what its reference leads to (3.2).
    pub fn media_type<'a>(&'a self, from: &'a RefOr<MediaType>) -> Option<&'a MediaType> {
        follow(from, |at| {
            self.component(at, "/components/mediaTypes/", &self.components.media_types)
                .or_else(|| self.targets.media_types.get(at))
        })
    }

    /// The name that a referred place goes by: the last token of its pointer.
    pub fn name_of(&self, at: &Location) -> String {
        at.name()
    }

    /// Where `#/components/schemas/<name>` of the root document is.
    pub fn schema_location(&self, name: &str) -> Location {
        Location::new(
            self.file,
            format!("/components/schemas/{}", crate::source::escape_token(name)),
        )
    }

    /// Schemas that references lead to and that are not components of the root document,
    /// ordered by place.
    pub fn referred_schemas(&self) -> Vec<(&Location, &Schema)> {
        let mut all: Vec<_> = self.targets.schemas.iter().collect();
        all.sort_by_key(|(location, _)| *location);
        all
    }

    fn component<'a, T>(&self, at: &Location, prefix: &str, map: &'a Map<T>) -> Option<&'a T> {
        if at.file != self.file {
            return None;
        }
        let token = at.pointer.strip_prefix(prefix)?;
        if token.contains('~') {
            map.get(unescape_token(token).as_str())
        } else {
            map.get(token)
        }
    }
}
