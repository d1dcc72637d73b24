//! A schema to a type.

use crate::diagnostic::Code;
use crate::document::{Location, Reference, Schema, SchemaObject, SchemaType};
use crate::ir::{
    Access, Additional, Enum, EnumBase, Field, Home, Literal, Name, Record, Shape, StringFormat,
    Type, TypeDef, TypeId, Usage,
};

use super::all_of::Merged;
use super::{Lowering, docs, enumeration, literal, name, scalar};

/// Deeper nesting of schemas without a name of their own is refused.
const MAX_NESTING: usize = 64;

/// A referred schema that has its type, or is getting it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    id: TypeId,
    /// The schema allows `null`: every use of the type does.
    nullable: bool,
}

/// Where a schema stands: what its type is called if it needs a name.
#[derive(Clone, Debug)]
pub(super) struct At {
    pub(super) words: Vec<String>,
    /// Set for a schema that references lead to.
    pub(super) place: Option<Location>,
}

impl At {
    /// A schema inside an operation, a parameter, ...
    pub(super) fn words(words: &[&[String]]) -> Self {
        Self {
            words: words.concat(),
            place: None,
        }
    }

    /// A schema one step inside this one.
    pub(super) fn child(&self, wire: &str) -> Self {
        Self {
            words: [self.words.as_slice(), &name::words(wire)].concat(),
            place: None,
        }
    }
}

/// What a schema turned out to be: a type without a name, or something to be named.
pub(super) enum Found {
    Type(Type),
    Shape(Shape),
}

/// A reference with nothing beside it that shapes the value.
pub(super) fn is_plain_reference(object: &SchemaObject) -> bool {
    object.reference.is_some() && !has_shape(object, false)
}

fn has_shape(object: &SchemaObject, or_type: bool) -> bool {
    (or_type && !object.types.is_empty())
        || (!or_type && !object.types.is_empty() && object.reference.is_some())
        || object.enum_values.is_some()
        || object.const_value.is_some()
        || !object.properties.is_empty()
        || !object.pattern_properties.is_empty()
        || object.additional_properties.is_some()
        || object.unevaluated_properties.is_some()
        || !object.required.is_empty()
        || object.items.is_some()
        || !object.prefix_items.is_empty()
        || !object.all_of.is_empty()
        || !object.any_of.is_empty()
        || !object.one_of.is_empty()
        || object.format.is_some()
}

/// The one schema that this one only refers to: `$ref`, or the idiom `allOf: [$ref]`; and
/// whether `null` is allowed beside it.
fn single_reference(object: &SchemaObject) -> Option<(&Reference, bool)> {
    if is_plain_reference(object) {
        return object
            .reference
            .as_ref()
            .map(|reference| (reference, false));
    }
    let [Schema::Object(only)] = object.all_of.as_slice() else {
        return None;
    };
    let alone = SchemaObject {
        all_of: Vec::new(),
        types: Vec::new(),
        ..object.clone()
    };
    let only_types = object
        .types
        .iter()
        .all(|t| matches!(t.value, SchemaType::Object | SchemaType::Null));
    let plain = object.reference.is_none() && !has_shape(&alone, true) && only_types;
    let null = object.types.iter().any(|t| t.value == SchemaType::Null);
    (plain && is_plain_reference(only))
        .then(|| only.reference.as_ref().map(|reference| (reference, null)))
        .flatten()
}

impl<'d> Lowering<'d, '_> {
    /// The type of a schema that stands `at` a place.
    pub(super) fn type_of(&mut self, schema: &'d Schema, at: &At) -> Type {
        let object = match schema {
            Schema::Bool(value) => return if value.value { Type::Any } else { Type::Never },
            Schema::Object(object) => object,
        };
        if let Some((reference, nullable)) = single_reference(object) {
            let ty = self.refer(reference);
            return if nullable { ty.nullable() } else { ty };
        }
        let merged = self.merge(object);
        self.inline(&merged, at)
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
        let at = At {
            words: name.words().to_vec(),
            place: Some(place.clone()),
        };
        let id = self.types.push(TypeDef {
            name,
            docs: docs::of(schema),
            deprecated: schema.as_object().is_some_and(|object| object.deprecated),
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
        let shape = match schema {
            Schema::Bool(value) => Shape::Alias(if value.value { Type::Any } else { Type::Never }),
            Schema::Object(object) => match single_reference(object) {
                Some((reference, _)) => {
                    let ty = self.refer(reference);
                    Shape::Alias(ty.split_null().0.clone())
                }
                None => {
                    let merged = self.merge(object);
                    match self.find(&merged, &at).0 {
                        Found::Type(ty) => Shape::Alias(ty.split_null().0.clone()),
                        Found::Shape(shape) => shape,
                    }
                }
            },
        };
        self.types[id].shape = shape;
        known
    }

    /// The type of what was merged; what needs a name gets one from its place.
    pub(super) fn inline(&mut self, merged: &Merged<'d>, at: &At) -> Type {
        if self.depth > MAX_NESTING {
            self.error(
                Code::TooDeep,
                merged.span,
                "schemas are nested too deep to be named",
            );
            return Type::Any;
        }
        self.depth += 1;
        let (found, nullable) = self.find(merged, at);
        self.depth -= 1;
        let ty = match found {
            Found::Type(ty) => ty,
            Found::Shape(shape) => Type::Named(self.types.push(TypeDef {
                name: self.names.inline(&at.words),
                docs: merged.object.map(docs::of_schema).unwrap_or_default(),
                deprecated: merged.object.is_some_and(|object| object.deprecated),
                usage: Usage::default(),
                home: Home::Shared,
                shape,
                span: merged.span,
            })),
        };
        if nullable { ty.nullable() } else { ty }
    }

    /// What the merged schema is, and whether `null` is allowed beside it.
    pub(super) fn find(&mut self, merged: &Merged<'d>, at: &At) -> (Found, bool) {
        if let Some(values) = &merged.values {
            return find_values(merged, values, at);
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
        Type::Tuple { items, rest }
    }

    fn object(&mut self, merged: &Merged<'d>, at: &At) -> Found {
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
        for (wire, schemas) in &merged.properties {
            let at = at.child(wire);
            let ty = match schemas.as_slice() {
                [only] => self.type_of(only, &at),
                [first, rest @ ..] if rest.iter().all(|s| same_reference(first, s)) => {
                    self.type_of(first, &at)
                }
                many => {
                    let both = self.merge_all(many, merged.span);
                    self.inline(&both, &at)
                }
            };
            fields.push(self.field(wire, schemas, ty, merged.required.contains(wire)));
        }
        for wire in &merged.required {
            let known = fields.iter().any(|field| field.name.wire().raw() == *wire);
            if !known && *additional != Additional::Forbidden {
                fields.push(self.field(wire, &[], Type::Any, true));
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

    fn field(&self, wire: &str, schemas: &[&'d Schema], ty: Type, required: bool) -> Field {
        let own = || schemas.iter().rev().filter_map(|schema| schema.as_object());
        let all = || own().chain(schemas.iter().filter_map(|s| self.follow(s).as_object()));
        let access = if all().any(|object| object.read_only) {
            Access::ReadOnly
        } else if all().any(|object| object.write_only) {
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
            docs: own()
                .map(docs::of_schema)
                .find(|docs| !docs.is_empty())
                .unwrap_or_default(),
            deprecated: own().any(|object| object.deprecated),
            indirect: false,
        }
    }

    /// Whether a schema allows `null` by its own word; a schema that says nothing does not count.
    pub(super) fn allows_null(&self, schema: &'d Schema, depth: usize) -> bool {
        let Some(object) = schema.as_object() else {
            return false;
        };
        if depth > MAX_NESTING {
            return false;
        }
        if let Some(values) = &object.enum_values {
            return values.iter().any(crate::source::Node::is_null);
        }
        if let Some(value) = &object.const_value {
            return value.is_null();
        }
        if !object.types.is_empty() {
            return object.types.iter().any(|t| t.value == SchemaType::Null);
        }
        let any = |branches: &'d [Schema]| branches.iter().any(|b| self.allows_null(b, depth + 1));
        let target = |reference: &Reference| {
            self.document
                .resolve_schema(&reference.target)
                .is_some_and(|target| self.allows_null(target, depth + 1))
        };
        any(&object.one_of)
            || any(&object.any_of)
            || object.reference.as_ref().is_some_and(target)
            || (!object.all_of.is_empty()
                && object.all_of.iter().all(|s| self.allows_null(s, depth + 1)))
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
        [only] if !merged.open && (merged.constant || at.place.is_none()) => {
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

fn same_reference(a: &Schema, b: &Schema) -> bool {
    match (
        a.as_object().and_then(single_reference),
        b.as_object().and_then(single_reference),
    ) {
        (Some((a, _)), Some((b, _))) => a.target == b.target,
        _ => false,
    }
}

/// A name for a branch or a part from the words of a type.
pub(super) fn kind_words(ty: &Type, types: &crate::ir::Types) -> Vec<String> {
    let word = match ty {
        Type::Any => "value",
        Type::Never => "never",
        Type::Null => "null",
        Type::Boolean => "boolean",
        Type::Integer(_) => "integer",
        Type::Number(_) => "number",
        Type::String(StringFormat::Plain | StringFormat::Other(_)) => "string",
        Type::String(StringFormat::DateTime) => "time",
        Type::String(StringFormat::Date) => "date",
        Type::String(StringFormat::Binary | StringFormat::Base64) => "bytes",
        Type::String(_) => "string",
        Type::Literal(Literal::String(text)) => return name::words(text.raw()),
        Type::Literal(_) => "constant",
        Type::Nullable(inner) => return kind_words(inner, types),
        Type::List(inner) => return [kind_words(inner, types), vec!["list".to_owned()]].concat(),
        Type::Map(_) => "map",
        Type::Tuple { .. } => "tuple",
        Type::Named(id) => return types[*id].name.words().to_vec(),
    };
    vec![word.to_owned()]
}

/// Words as a name whose wire spelling says the same.
pub(super) fn spelled(words: Vec<String>) -> Name {
    let wire = words.join("_");
    Name::new(words, wire)
}
