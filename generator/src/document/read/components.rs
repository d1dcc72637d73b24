//! The Components Object (section 4.8.7).

use super::Reader;
use super::fields::Fields;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::model::{Components, Kind, Map, RefOr};
use crate::source::Node;

impl Reader<'_> {
    pub(super) fn components(&mut self, node: &Node) -> Option<Components> {
        let mut f = self.open(node, "Components Object")?;
        let components = Components {
            span: Some(node.span),
            schemas: self.named(&mut f, "schemas", Self::schema),
            responses: self.component(&mut f, "responses", Kind::Response, Self::response),
            parameters: self.component(&mut f, "parameters", Kind::Parameter, Self::parameter),
            examples: self.component(&mut f, "examples", Kind::Example, Self::example),
            request_bodies: self.component(
                &mut f,
                "requestBodies",
                Kind::RequestBody,
                Self::request_body,
            ),
            headers: self.component(&mut f, "headers", Kind::Header, Self::header),
            security_schemes: self.component(
                &mut f,
                "securitySchemes",
                Kind::SecurityScheme,
                Self::security_scheme,
            ),
            links: self.component(&mut f, "links", Kind::Link, Self::link),
            callbacks: self.component(&mut f, "callbacks", Kind::Callback, Self::callback),
            path_items: self.component(&mut f, "pathItems", Kind::PathItem, Self::path_item),
            media_types: self.component(&mut f, "mediaTypes", Kind::MediaType, Self::media_type),
            extensions: Vec::new(),
        };
        Some(Components {
            extensions: self.finish(f),
            ..components
        })
    }

    fn component<T>(
        &mut self,
        fields: &mut Fields<'_>,
        name: &'static str,
        kind: Kind,
        read: impl Fn(&mut Self, &Node) -> Option<T>,
    ) -> Map<RefOr<T>> {
        self.named(fields, name, |reader, node| {
            reader.ref_or(node, kind, |reader, node| read(reader, node))
        })
    }

    /// A map whose keys are component names: `^[a-zA-Z0-9.\-_]+$`.
    fn named<T>(
        &mut self,
        fields: &mut Fields<'_>,
        name: &'static str,
        value: impl FnMut(&mut Self, &Node) -> Option<T>,
    ) -> Map<T> {
        let map = self.map(fields, name, value);
        for key in map.keys() {
            let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
            if key.is_empty() || !key.chars().all(is_allowed) {
                let message = format!("`{key}` is not a name that a component can have");
                let hint = "names are made of ASCII letters, digits, `.`, `-` and `_`";
                let found = Diagnostic::warning(Code::InvalidComponentName, key.span, message);
                self.push(found.label("taken all the same").hint(hint));
            }
        }
        map
    }
}
