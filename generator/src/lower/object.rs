//! Objects: records and maps.

use std::collections::HashSet;

use crate::document::Schema;
use crate::ir::{Access, Additional, Field, Record, Shape, Type};
use crate::source::Span;

use super::all_of::Merged;
use super::at::At;
use super::schema::Found;
use super::{Lowering, docs, literal, name, reference};

impl<'d> Lowering<'d, '_> {
    /// An object: a record, or a map where no property has a name.
    pub(super) fn object(&mut self, merged: &Merged<'d>, at: &At) -> Found {
        let additional = self.additional(merged, at);
        let bare = !merged.has_properties() && merged.required.is_empty();
        match additional {
            Additional::Typed(value) if bare => Found::Type(Type::Map(Box::new(value))),
            Additional::Unknown if bare => Found::Type(Type::Map(Box::new(Type::Any))),
            additional => {
                let fields = self.fields(merged, at, &additional);
                Found::Shape(Shape::Record(Record { fields, additional }))
            }
        }
    }

    fn additional(&mut self, merged: &Merged<'d>, at: &At) -> Additional {
        let at_value = at.child("value");
        let closed = matches!(merged.additional, Some(Schema::Bool(value)) if !value.value);
        match merged.patterns.as_slice() {
            [] => {}
            [only] if closed => return Additional::Typed(self.type_of(only, &at_value)),
            _ => return Additional::Typed(Type::Any),
        }
        match merged.additional {
            None => Additional::Unknown,
            Some(Schema::Bool(value)) if !value.value => Additional::Forbidden,
            Some(schema) => Additional::Typed(self.type_of(schema, &at_value)),
        }
    }

    /// The fields, in an order that the document's key order does not change: `id`, what is
    /// always the same value, what is required, what is optional; each by its spelling.
    fn fields(&mut self, merged: &Merged<'d>, at: &At, additional: &Additional) -> Vec<Field> {
        let mut fields: Vec<Field> = Vec::new();
        let asked: HashSet<&str> = merged.required.iter().copied().collect();
        for (wire, schemas) in &merged.properties {
            let last = schemas.last().map_or(merged.span, |schema| schema.span());
            if !self.repeats.may_have_field(last) {
                self.too_often(merged.span);
                break;
            }
            let at = at.child(wire);
            let ty = match schemas.as_slice() {
                [only] => self.type_of(only, &at),
                [first, rest @ ..] if rest.iter().all(|s| reference::same(first, s)) => {
                    self.type_of(first, &at)
                }
                many => {
                    let both = self.merge_all(many, merged.span);
                    self.inline(&both, &at)
                }
            };
            let required = asked.contains(wire);
            fields.push(self.field((wire, merged.span), schemas, ty, required));
        }
        let mut known: HashSet<&str> = merged.properties.keys().copied().collect();
        for wire in &merged.required {
            if known.insert(wire) && *additional != Additional::Forbidden {
                fields.push(self.field((wire, merged.span), &[], Type::Any, true));
            }
        }
        fields.sort_by_cached_key(|field| {
            let wire = field.name.wire().raw().to_owned();
            let constant = matches!(field.ty, Type::Literal(_));
            (
                wire != "id",
                !(constant && field.required),
                !field.required,
                wire,
            )
        });
        fields
    }

    fn field(
        &self,
        (wire, span): (&str, Span),
        schemas: &[&'d Schema],
        ty: Type,
        required: bool,
    ) -> Field {
        let own = || schemas.iter().rev().filter_map(|schema| schema.as_object());
        let all = || own().chain(schemas.iter().filter_map(|s| self.follow(s).as_object()));
        // What one part of an `allOf` says of a value, all say (JSON Schema 2020-12, section 7.7.1).
        let parts = || {
            let parts = all().flat_map(|object| &object.all_of);
            let parts = parts.flat_map(|part| [part, self.follow(part)]);
            all().chain(parts.filter_map(Schema::as_object))
        };
        let access = if parts().any(|object| object.read_only) {
            Access::ReadOnly
        } else if parts().any(|object| object.write_only) {
            Access::WriteOnly
        } else {
            Access::Both
        };
        Field {
            name: name::split(wire),
            ty,
            required,
            access,
            default: all()
                .find_map(|object| object.default.as_ref())
                .map(literal::literal),
            example: all()
                .find_map(|object| object.examples.first())
                .map(literal::literal),
            docs: own()
                .map(docs::of_schema)
                .find(|docs| !docs.is_empty())
                .unwrap_or_default(),
            deprecated: own().any(|object| object.deprecated),
            indirect: false,
            span: schemas.last().map_or(span, |schema| schema.span()),
        }
    }
}
