//! Parameters of operations, and headers of answers.

use std::collections::BTreeSet;

use super::operations::Call;
use super::silent::follow;
use super::{Direction, Rule, Trail, Walk, pair};
use crate::document::{
    Document, Header, Map, Parameter, ParameterLocation, RefOr, Schema, SchemaType,
};

impl<'d> Walk<'d> {
    pub(super) fn parameters(
        &mut self,
        old: &Call<'d>,
        new: &Call<'d>,
        direction: Direction,
        at: &Trail,
    ) {
        // A parameter of the path is told by where it stands, a header in any case.
        let key = |call: &Call<'_>, parameter: &Parameter| {
            let name = parameter.name.value.as_str();
            let name = match *parameter.location {
                ParameterLocation::Path => match call.position(name) {
                    Some(position) => position.to_string(),
                    None => name.to_owned(),
                },
                ParameterLocation::Header => name.to_ascii_lowercase(),
                _ => name.to_owned(),
            };
            (*parameter.location, name)
        };
        let keyed = |call: &Call<'d>| -> Vec<_> {
            call.parameters.iter().map(|p| (key(call, p), *p)).collect()
        };
        let (before, after) = (keyed(old), keyed(new));
        let choices = before
            .iter()
            .any(|((location, _), _)| *location != ParameterLocation::Path)
            || old.operation.request_body.is_some();
        let (old, new): (Vec<_>, Vec<_>) = (before.iter().collect(), after.iter().collect());
        let (both, gone, fresh) = pair(&old, &new, |(key, _)| key.clone());
        for (_, parameter) in gone {
            self.found(
                Rule::ParameterRemoved,
                &place(at, parameter),
                parameter.span,
                None,
                "is gone",
            );
        }
        for (_, parameter) in fresh {
            let rule = match (parameter.required, choices) {
                (true, _) => Rule::ParameterAddedRequired,
                (false, true) => Rule::ParameterAdded,
                (false, false) => Rule::ParameterFirst,
            };
            self.found(rule, &place(at, parameter), None, parameter.span, "is new");
        }
        for ((_, old), (_, new)) in both {
            self.parameter(old, new, direction, &place(at, old));
        }
    }

    fn parameter(
        &mut self,
        old: &'d Parameter,
        new: &'d Parameter,
        direction: Direction,
        at: &Trail,
    ) {
        let spans = (old.span, new.span);
        match (old.required, new.required) {
            (false, true) => self.found(
                Rule::ParameterBecameRequired,
                at,
                spans.0,
                spans.1,
                "is required now",
            ),
            (true, false) => self.found(
                Rule::ParameterBecameOptional,
                at,
                spans.0,
                spans.1,
                "is optional now",
            ),
            _ => {}
        }
        let encoding = |p: &Parameter| (p.style, p.explode, p.allow_reserved, p.allow_empty_value);
        if encoding(old) != encoding(new) {
            let say = |p: &Parameter| {
                let explode = if p.explode { ", exploded" } else { "" };
                format!("{}{explode}", p.style.name())
            };
            let message = format!(
                "is encoded otherwise: {} before, {} now",
                say(old),
                say(new)
            );
            self.found(
                Rule::ParameterEncodingChanged,
                at,
                spans.0,
                spans.1,
                message,
            );
        }
        self.lifecycle(
            [Rule::ParameterDeprecated, Rule::ParameterRevived],
            (old.deprecated, new.deprecated),
            (&old.extensions, &new.extensions),
            spans,
            at,
        );
        // Of a text that is no JSON, its type says how it is read.
        if types(self.old, old.schema.as_ref()) != types(self.new, new.schema.as_ref()) {
            let message = "is written as a value of another type";
            self.found(
                Rule::ParameterEncodingChanged,
                at,
                spans.0,
                spans.1,
                message,
            );
        }
        self.words(
            "description",
            old.description.as_ref(),
            new.description.as_ref(),
            at,
        );
        self.shown_by(&old.examples, &new.examples, spans, at);
        self.conventions(&old.extensions, &new.extensions, at);
        if old.content.keys().ne(new.content.keys()) {
            self.found(
                Rule::ParameterEncodingChanged,
                at,
                spans.0,
                spans.1,
                "is of another media type",
            );
        } else {
            self.contents(&old.content, &new.content, direction, at);
        }
        self.either(
            old.schema.as_ref(),
            new.schema.as_ref(),
            direction,
            spans,
            at,
        );
    }

    pub(super) fn headers(
        &mut self,
        old: &'d Map<RefOr<Header>>,
        new: &'d Map<RefOr<Header>>,
        direction: Direction,
        at: &Trail,
    ) {
        let (before, after) = (self.old, self.new);
        let old: Vec<_> = old
            .iter()
            .filter_map(|(name, h)| Some((name, before.header(h)?)))
            .collect();
        let new: Vec<_> = new
            .iter()
            .filter_map(|(name, h)| Some((name, after.header(h)?)))
            .collect();
        let (old, new): (Vec<_>, Vec<_>) = (old.iter().collect(), new.iter().collect());
        let place = |name: &str| at.part(&format!("header {name}"));
        let (both, gone, fresh) = pair(&old, &new, |(name, _)| name.to_ascii_lowercase());
        for (name, header) in gone {
            self.found(
                Rule::ResponseHeaderRemoved,
                &place(name),
                header.span,
                None,
                "is gone",
            );
        }
        for (name, header) in fresh {
            self.found(
                Rule::ResponseHeaderAdded,
                &place(name),
                None,
                header.span,
                "is new",
            );
        }
        for ((name, old), (_, new)) in both {
            let at = place(name);
            let spans = (old.span, new.span);
            match (old.required, new.required) {
                (true, false) => self.found(
                    Rule::ResponseHeaderBecameOptional,
                    &at,
                    spans.0,
                    spans.1,
                    "may be missing",
                ),
                (false, true) => self.found(
                    Rule::ResponseHeaderBecameRequired,
                    &at,
                    spans.0,
                    spans.1,
                    "is always there",
                ),
                _ => {}
            }
            if old.explode != new.explode || old.content.keys().ne(new.content.keys()) {
                self.found(
                    Rule::ParameterEncodingChanged,
                    &at,
                    spans.0,
                    spans.1,
                    "is encoded otherwise",
                );
            } else {
                self.contents(&old.content, &new.content, direction, &at);
            }
            self.words(
                "description",
                old.description.as_ref(),
                new.description.as_ref(),
                &at,
            );
            self.shown_by(&old.examples, &new.examples, spans, &at);
            self.conventions(&old.extensions, &new.extensions, &at);
            self.either(
                old.schema.as_ref(),
                new.schema.as_ref(),
                direction,
                spans,
                &at,
            );
        }
    }
}

/// The types that a schema allows by its own word.
fn types(document: &Document, schema: Option<&Schema>) -> Option<BTreeSet<SchemaType>> {
    let object = follow(document, schema?).0.as_object()?;
    Some(object.types.iter().map(|of| of.value).collect())
}

fn place(at: &Trail, parameter: &Parameter) -> Trail {
    at.part(&format!(
        "{} {}",
        parameter.location.name(),
        *parameter.name
    ))
}
