//! Parameters and headers (sections 4.8.12 and 4.8.21).

use super::Reader;
use super::fields::Fields;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::model::{
    Example, Header, Kind, Map, MediaType, Parameter, ParameterLocation, ParameterStyle, RefOr,
    Schema,
};
use crate::source::{Node, Span, Spanned};

const LOCATIONS: [ParameterLocation; 5] = [
    ParameterLocation::Path,
    ParameterLocation::Query,
    ParameterLocation::Header,
    ParameterLocation::Cookie,
    ParameterLocation::QueryString,
];

const STYLES: [ParameterStyle; 8] = [
    ParameterStyle::Matrix,
    ParameterStyle::Label,
    ParameterStyle::Simple,
    ParameterStyle::Form,
    ParameterStyle::SpaceDelimited,
    ParameterStyle::PipeDelimited,
    ParameterStyle::DeepObject,
    ParameterStyle::Cookie,
];

/// The styles that go with a place, the default first (section 4.8.12.2).
fn styles(location: ParameterLocation) -> &'static [ParameterStyle] {
    match location {
        ParameterLocation::Path => &[
            ParameterStyle::Simple,
            ParameterStyle::Label,
            ParameterStyle::Matrix,
        ],
        ParameterLocation::Query | ParameterLocation::QueryString => &[
            ParameterStyle::Form,
            ParameterStyle::SpaceDelimited,
            ParameterStyle::PipeDelimited,
            ParameterStyle::DeepObject,
        ],
        ParameterLocation::Header => &[ParameterStyle::Simple],
        ParameterLocation::Cookie => &[ParameterStyle::Form, ParameterStyle::Cookie],
    }
}

impl Reader<'_> {
    pub(super) fn parameter(&mut self, node: &Node) -> Option<Parameter> {
        let mut f = self.open(node, "Parameter")?;
        let name = self.required_string(&mut f, "name");
        let written = self.location(&mut f);
        // A stand-in, so that what else is wrong with the parameter is said too.
        let location = written.unwrap_or(Spanned::new(ParameterLocation::Query, node.span));
        match location.value {
            ParameterLocation::Header => self.token(&name, "header"),
            ParameterLocation::Cookie => self.token(&name, "cookie"),
            _ => {}
        }
        let style = self.style(&mut f);
        let style = self.style_for(style.filter(|_| written.is_some()), &location);
        let explode = self.boolean(&mut f, "explode");
        let required = self.boolean(&mut f, "required");
        if location.value == ParameterLocation::Path && required != Some(true) {
            let message = format!("the path parameter `{name}` must have `required: true`");
            self.push(
                Diagnostic::error(Code::MissingField, location.span, message)
                    .hint("add `required: true`"),
            );
        }
        let (schema, content) = self.schema_or_content(&mut f, "Parameter");
        let parameter = Parameter {
            span: node.span,
            description: self.string(&mut f, "description"),
            required: required.unwrap_or(false) || location.value == ParameterLocation::Path,
            deprecated: self.flag(&mut f, "deprecated"),
            allow_empty_value: self.flag(&mut f, "allowEmptyValue"),
            style,
            explode: explode.unwrap_or(matches!(
                style,
                ParameterStyle::Form | ParameterStyle::Cookie
            )),
            allow_reserved: self.flag(&mut f, "allowReserved"),
            schema,
            content,
            examples: self.examples(&mut f),
            name,
            location,
            extensions: Vec::new(),
        };
        Some(Parameter {
            extensions: self.finish(f),
            ..parameter
        })
    }

    /// Refuses a name that no header or no cookie can have: those have tokens (RFC 9110,
    /// section 5.6.2, and RFC 6265, section 4.1.1).
    pub(super) fn token(&mut self, name: &Spanned<String>, of: &str) {
        let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if name.chars().all(is_token) {
            return;
        }
        let message = format!("no {of} can be called `{name}`");
        self.push(
            Diagnostic::error(Code::InvalidValue, name.span, message)
                .label("cannot be sent")
                .hint("a name is of letters and digits of ASCII, and of !#$%&'*+-.^_`|~"),
        );
    }

    fn location(&mut self, fields: &mut Fields<'_>) -> Option<Spanned<ParameterLocation>> {
        if !fields.has("in") {
            self.missing(fields, "in");
        }
        let text = self.string(fields, "in")?;
        let found = LOCATIONS
            .into_iter()
            .find(|location| location.name() == text.value);
        if found.is_none() {
            self.invalid(
                &text,
                "in",
                LOCATIONS.iter().map(|location| location.name()),
            );
        }
        found.map(|location| Spanned::new(location, text.span))
    }

    /// The style under `style`.
    pub(super) fn style(&mut self, fields: &mut Fields<'_>) -> Option<Spanned<ParameterStyle>> {
        let text = self.string(fields, "style")?;
        let found = STYLES.into_iter().find(|style| style.name() == text.value);
        if found.is_none() {
            self.invalid(&text, "style", STYLES.iter().map(|style| style.name()));
        }
        found.map(|style| Spanned::new(style, text.span))
    }

    /// The style written, if it goes with the place, else the place's default.
    fn style_for(
        &mut self,
        style: Option<Spanned<ParameterStyle>>,
        location: &Spanned<ParameterLocation>,
    ) -> ParameterStyle {
        let allowed = styles(location.value);
        let default = allowed.first().copied().unwrap_or(ParameterStyle::Simple);
        let Some(style) = style else { return default };
        if allowed.contains(&style.value) {
            return style.value;
        }
        let message = format!(
            "the style `{}` is not for a parameter in `{}`",
            style.value.name(),
            location.value.name()
        );
        let names: Vec<_> = allowed
            .iter()
            .map(|style| format!("`{}`", style.name()))
            .collect();
        self.push(
            Diagnostic::error(Code::InvalidStyle, style.span, message)
                .secondary(location.span, "the parameter stands here")
                .hint(format!("use {}", names.join(" or "))),
        );
        default
    }

    pub(super) fn header(&mut self, node: &Node) -> Option<Header> {
        let mut f = self.open(node, "Header Object")?;
        if let Some(style) = self.style(&mut f) {
            self.style_for(
                Some(style),
                &Spanned::new(ParameterLocation::Header, node.span),
            );
        }
        let (schema, content) = self.schema_or_content(&mut f, "Header Object");
        let header = Header {
            span: node.span,
            description: self.string(&mut f, "description"),
            required: self.flag(&mut f, "required"),
            deprecated: self.flag(&mut f, "deprecated"),
            explode: self.flag(&mut f, "explode"),
            schema,
            content,
            examples: self.examples(&mut f),
            extensions: Vec::new(),
        };
        Some(Header {
            extensions: self.finish(f),
            ..header
        })
    }

    /// `schema` and `content`, of which exactly one must stand.
    fn schema_or_content(
        &mut self,
        f: &mut Fields<'_>,
        what: &'static str,
    ) -> (Option<Schema>, Map<RefOr<MediaType>>) {
        let schema_at = f.entry("schema");
        let content_at = f.entry("content");
        match (schema_at, content_at) {
            (None, None) => self.missing(f, "schema"),
            (Some((schema, _)), Some((content, _))) => {
                let message = format!(
                    "{} has either `schema` or `content`, not both",
                    super::wording::article(what)
                );
                let found = Diagnostic::error(Code::ConflictingFields, content.span, message);
                self.push(
                    found
                        .secondary(schema.span, "`schema` is here")
                        .hint("remove one of the two"),
                );
            }
            _ => {}
        }
        let schema = schema_at.and_then(|(_, node)| self.schema(node));
        let content = self.content(f);
        if content.len() > 1 {
            let span = content_at.map_or(f.span, |(key, _)| key.span);
            let message = format!(
                "the `content` of {} must have one entry",
                super::wording::article(what)
            );
            self.push(Diagnostic::error(Code::InvalidValue, span, message));
        }
        (schema, content)
    }

    /// `examples`, with `example` under that name.
    pub(super) fn examples(&mut self, f: &mut Fields<'_>) -> Map<RefOr<Example>> {
        let one = f.entry("example");
        let many = f.entry("examples");
        if let (Some((one, _)), Some((many, _))) = (one, many) {
            let message = "`example` and `examples` exclude each other";
            let found = Diagnostic::warning(Code::ConflictingFields, many.span, message);
            self.push(
                found
                    .secondary(one.span, "`example` is here")
                    .hint("remove one of the two"),
            );
        }
        let mut examples = self.map(f, "examples", |reader, node| {
            reader.ref_or(node, Kind::Example, Self::example)
        });
        if let Some((key, node)) = one {
            let name = Spanned::new("example".to_owned(), key.span);
            examples
                .entry(name)
                .or_insert_with(|| RefOr::Item(plain_example(node, key.span)));
        }
        examples
    }

    pub(super) fn example(&mut self, node: &Node) -> Option<Example> {
        let mut f = self.open(node, "Example Object")?;
        let value = f.take("value").or(f.take("dataValue")).cloned();
        let example = Example {
            span: node.span,
            summary: self.string(&mut f, "summary"),
            description: self.string(&mut f, "description"),
            value,
            serialized_value: self.string(&mut f, "serializedValue"),
            external_value: self.string(&mut f, "externalValue"),
            extensions: Vec::new(),
        };
        Some(Example {
            extensions: self.finish(f),
            ..example
        })
    }
}

fn plain_example(value: &Node, span: Span) -> Example {
    Example {
        span,
        summary: None,
        description: None,
        value: Some(value.clone()),
        serialized_value: None,
        external_value: None,
        extensions: Vec::new(),
    }
}
