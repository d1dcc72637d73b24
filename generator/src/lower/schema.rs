//! A schema to a type.

use crate::diagnostic::{Code, Diagnostic};
use crate::document::{Location, Reference, Schema, SchemaType};
use crate::ir::{
    Beyond, Enum, EnumBase, Home, Literal, Shape, StringFormat, Type, TypeDef, TypeId, Usage,
};
use crate::source::Span;

use super::all_of::Merged;
use super::at::At;
use super::repeats::MAX_REPEATED;
use super::{Lowering, docs, enumeration, reference, scalar};

/// Deeper nesting of schemas without a name of their own is refused.
pub(super) const MAX_NESTING: usize = 64;

/// How many definitions may be begun inside one another. What is referred to from deeper is named
/// there and defined once the others are: schemas may refer to each other in a row that is as long
/// as the document, and the stack is not.
const MAX_BEGUN: usize = 128;

/// A referred schema that has its type, or is getting it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    id: TypeId,
    /// The schema allows `null`: every use of the type does.
    nullable: bool,
}

/// What a schema turned out to be: a type without a name, or something to be named.
pub(super) enum Found {
    Type(Type),
    Shape(Shape),
}

impl<'d> Lowering<'d, '_> {
    /// The type of a schema that stands `at` a place.
    pub(super) fn type_of(&mut self, schema: &'d Schema, at: &At) -> Type {
        let object = match schema {
            Schema::Bool(value) => {
                let ty = if value.value { Type::Any } else { Type::Never };
                self.understood(value.span, &ty, Vec::new());
                return ty;
            }
            Schema::Object(object) => object,
        };
        if let Some((reference, nullable)) = reference::single(object) {
            let ty = self.refer(reference);
            return if nullable { ty.nullable() } else { ty };
        }
        // A schema that is merged into itself, below one of its properties.
        if self.inside.contains(&object.span) {
            let message = "a schema that is made of the one around it is any value";
            self.diagnostics.push(
                Diagnostic::warning(Code::UnsupportedSchema, object.span, message)
                    .hint("give it a name under `components`, and refer to that"),
            );
            return Type::Any;
        }
        self.inside.push(object.span);
        let merged = self.merge(object);
        let ty = self.inline(&merged, at);
        self.inside.pop();
        ty
    }

    /// Says once that the document asks for more of what it repeats than there may be.
    pub(super) fn too_often(&mut self, span: Span) {
        if self.repeats.is_first_refusal() {
            let message = format!("`allOf` and unions repeat more than {MAX_REPEATED} schemas");
            self.diagnostics.push(
                Diagnostic::error(Code::TooManyRepeats, span, message)
                    .label("the limit is passed here")
                    .hint("refer to what is shared from a property, rather than by `allOf`"),
            );
        }
    }

    /// The type that a reference leads to.
    fn refer(&mut self, reference: &'d Reference) -> Type {
        let document = self.document;
        match document.resolve_schema(&reference.target) {
            Some(schema) => self.named(&reference.target, schema),
            None => Type::Any,
        }
    }

    /// The type of a schema with a name.
    pub(super) fn named(&mut self, place: &Location, schema: &'d Schema) -> Type {
        let known = match self.known.get(place) {
            Some(known) => *known,
            None => self.define(place, schema),
        };
        let ty = Type::Named(known.id);
        if known.nullable { ty.nullable() } else { ty }
    }

    fn define(&mut self, place: &Location, schema: &'d Schema) -> Known {
        let name = self.names.of(place);
        let id = self.types.push(TypeDef {
            name,
            docs: docs::of(schema),
            deprecated: schema.as_object().is_some_and(|object| object.deprecated),
            former: false,
            usage: Usage::default(),
            home: Home::Shared,
            shape: Shape::Alias(Type::Any),
            span: schema.span(),
        });
        let known = Known {
            id,
            nullable: self.allows_null(schema, 0),
        };
        self.known.insert(place.clone(), known);
        if self.begun > MAX_BEGUN {
            self.waiting.push((place.clone(), schema));
            return known;
        }
        self.shape(place, schema, known);
        while self.begun == 0
            && let Some((place, schema)) = self.waiting.pop()
        {
            let known = self.known[&place];
            self.shape(&place, schema, known);
        }
        known
    }

    /// Gives a type that has a name its shape.
    fn shape(&mut self, place: &Location, schema: &'d Schema, known: Known) {
        let name = self.types[known.id].name.clone();
        self.begun += 1;
        let depth = std::mem::take(&mut self.depth);
        let inside = std::mem::take(&mut self.inside);
        let outer = std::mem::take(&mut self.beyond);
        let shape = match schema {
            Schema::Bool(value) => Shape::Alias(if value.value { Type::Any } else { Type::Never }),
            Schema::Object(object) => match reference::single(object) {
                Some((reference, _)) => {
                    let ty = self.refer(reference);
                    Shape::Alias(ty.split_null().0.clone())
                }
                None => {
                    let merged = self.merge(object);
                    let at = At::Named(name.words(), Some(place));
                    self.beyond.extend(&merged.beyond);
                    match self.find(&merged, &at).0 {
                        Found::Type(ty) => Shape::Alias(ty.split_null().0.clone()),
                        Found::Shape(shape) => shape,
                    }
                }
            },
        };
        self.types[known.id].shape = shape;
        self.depth = depth;
        self.inside = inside;
        self.begun -= 1;
        let ty = Type::Named(known.id);
        let ty = if known.nullable { ty.nullable() } else { ty };
        let beyond = std::mem::replace(&mut self.beyond, outer);
        self.understood(schema.span(), &ty, beyond);
    }

    /// The type of what was merged; what needs a name gets one from its place.
    pub(super) fn inline(&mut self, merged: &Merged<'d>, at: &At) -> Type {
        if !self.repeats.may_have_schema(merged.own_span(), self.depth) {
            self.too_often(merged.span);
            return Type::Any;
        }
        self.inline_part(merged, at)
    }

    /// As [`Self::inline`], for a part of what is being made.
    pub(super) fn inline_part(&mut self, merged: &Merged<'d>, at: &At) -> Type {
        if self.depth > MAX_NESTING {
            self.error(
                Code::TooDeep,
                merged.span,
                "schemas are nested too deep to be named",
            );
            return Type::Any;
        }
        self.depth += 1;
        let outer = std::mem::replace(&mut self.beyond, merged.beyond.clone());
        let (found, nullable) = self.find(merged, at);
        let beyond = std::mem::replace(&mut self.beyond, outer);
        self.depth -= 1;
        let ty = match found {
            Found::Type(ty) => ty,
            Found::Shape(shape) => Type::Named(self.types.push(TypeDef {
                name: self.names.inline(&at.words()),
                docs: merged.object.map(docs::of_schema).unwrap_or_default(),
                deprecated: merged.object.is_some_and(|object| object.deprecated),
                former: false,
                usage: Usage::default(),
                home: Home::Shared,
                shape,
                span: merged.span,
            })),
        };
        let ty = if nullable { ty.nullable() } else { ty };
        self.understood(merged.own_span(), &ty, beyond);
        ty
    }

    /// What the merged schema is, and whether `null` is allowed beside it.
    pub(super) fn find(&mut self, merged: &Merged<'d>, at: &At) -> (Found, bool) {
        if let Some(values) = &merged.values {
            let found = find_values(merged, values, at);
            if matches!(found.0, Found::Type(Type::Any)) {
                self.beyond.push(Beyond::Untyped("enum"));
            }
            return found;
        }
        if let Some(found) = self.find_union(merged, at) {
            return found;
        }
        let types = merged.types.clone().unwrap_or_else(|| infer(merged));
        let nullable = types.contains(&SchemaType::Null);
        let mut rest: Vec<SchemaType> = types
            .into_iter()
            .filter(|t| *t != SchemaType::Null)
            .collect();
        rest.sort();
        rest.dedup();
        if rest.contains(&SchemaType::Number) {
            rest.retain(|t| *t != SchemaType::Integer);
        }
        let found = match rest.as_slice() {
            [] if nullable => return (Found::Type(Type::Null), false),
            [] if merged.types.is_some() => Found::Type(Type::Never),
            [] => Found::Type(Type::Any),
            [only] => self.single(*only, merged, at),
            // Boolean, number, string, array, object: everything there is.
            many if many.len() == 5 => return (Found::Type(Type::Any), false),
            many => self.union_of_types(many, merged, at),
        };
        (found, nullable)
    }

    /// The merged schema as one JSON type.
    pub(super) fn single(&mut self, ty: SchemaType, merged: &Merged<'d>, at: &At) -> Found {
        let ty = match ty {
            SchemaType::Null => Type::Null,
            SchemaType::Boolean => Type::Boolean,
            SchemaType::Integer => Type::Integer(scalar::integer(merged.format)),
            SchemaType::Number if matches!(merged.format, Some("int32" | "int64")) => {
                Type::Integer(scalar::integer(merged.format))
            }
            SchemaType::Number => Type::Number(scalar::number(merged.format)),
            SchemaType::String => Type::String(scalar::string(merged)),
            SchemaType::Array => self.list(merged, at),
            SchemaType::Object => return self.object(merged, at),
        };
        Found::Type(ty)
    }

    fn list(&mut self, merged: &Merged<'d>, at: &At) -> Type {
        let at_item = at.child("item");
        let item = match merged.items.as_slice() {
            [] => None,
            [only] => Some(self.type_of(only, &at_item)),
            many => {
                let both = self.merge_all(many, merged.span);
                Some(self.inline(&both, &at_item))
            }
        };
        if merged.prefix_items.is_empty() {
            return Type::List(Box::new(item.unwrap_or(Type::Any)));
        }
        let items = merged
            .prefix_items
            .iter()
            .enumerate()
            .map(|(i, schema)| self.type_of(schema, &at.child(&format!("item {}", i + 1))))
            .collect::<Vec<_>>();
        let full = merged
            .object
            .and_then(|object| object.max_items.as_ref())
            .is_some_and(|max| max.value <= items.len() as u64);
        let rest = match item {
            Some(Type::Never) => None,
            _ if full => None,
            Some(item) => Some(Box::new(item)),
            None => Some(Box::new(Type::Any)),
        };
        let min = merged.object.and_then(|object| object.min_items.as_ref());
        let least = min.map_or(0, |min| usize::try_from(min.value).unwrap_or(usize::MAX));
        Type::Tuple {
            least: least.min(items.len()),
            items,
            rest,
        }
    }
}

fn find_values<'d>(
    merged: &Merged<'d>,
    values: &[&'d crate::source::Node],
    at: &At,
) -> (Found, bool) {
    let typed_null = merged
        .types
        .as_ref()
        .is_none_or(|types| types.contains(&SchemaType::Null));
    let nullable = typed_null && values.iter().any(|value| value.is_null());
    let listed = enumeration::of_values(values, merged.open);
    let found = match listed.values.as_slice() {
        [] if nullable => return (Found::Type(Type::Null), false),
        [] => Found::Type(Type::Never),
        [only] if !merged.open && (merged.constant || at.place().is_none()) => {
            Found::Type(Type::Literal(only.value.clone()))
        }
        [a, b] if is_boolean(&a.value) && is_boolean(&b.value) => Found::Type(Type::Boolean),
        _ if !is_scalar(&listed) => Found::Type(Type::Any),
        _ => Found::Shape(Shape::Enum(listed)),
    };
    (found, nullable)
}

fn is_boolean(value: &Literal) -> bool {
    matches!(value, Literal::Boolean(_))
}

fn is_scalar(listed: &Enum) -> bool {
    listed.base != EnumBase::Mixed
        || !listed
            .values
            .iter()
            .any(|value| matches!(value.value, Literal::List(_) | Literal::Object(_)))
}

/// The JSON types that a schema without `type` can only mean.
fn infer(merged: &Merged<'_>) -> Vec<SchemaType> {
    let object = merged.has_properties()
        || merged.additional.is_some()
        || !merged.patterns.is_empty()
        || !merged.required.is_empty();
    let string = merged.says_string
        || merged.content_encoding.is_some()
        || merged.content_media_type.is_some()
        || merged.format.is_some_and(|_| {
            !matches!(
                scalar::string(merged),
                StringFormat::Other(_) | StringFormat::Plain
            )
        });
    if object {
        vec![SchemaType::Object]
    } else if !merged.items.is_empty() || !merged.prefix_items.is_empty() {
        vec![SchemaType::Array]
    } else if string {
        vec![SchemaType::String]
    } else {
        Vec::new()
    }
}
