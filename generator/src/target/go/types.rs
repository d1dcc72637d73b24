//! What an IR type is called in Go, and which form it takes in a field, a result, a parameter.

use std::collections::{BTreeMap, BTreeSet};

use super::enum_::integer_base;
use crate::ir::{
    Api, EnumBase, IntegerFormat, Literal, NumberFormat, Shape, StringFormat, Type, TypeId,
};

/// The import paths that a file's text mentions.
pub(super) type Imports = BTreeSet<&'static str>;

/// Types by name: everything that writes a type expression reads it.
pub(super) struct GoTypes<'a> {
    api: &'a Api,
    /// `RunStatus`, for each type that is declared.
    names: BTreeMap<TypeId, String>,
    /// `UnknownRunEvent`, for each declared union.
    unknown: BTreeMap<TypeId, String>,
}

/// A struct field's type and whether it is left out when zero.
pub(super) struct FieldType {
    /// `*int64`
    pub(super) text: String,
    /// True for a field that may be absent.
    pub(super) omit_zero: bool,
}

impl<'a> GoTypes<'a> {
    pub(super) fn new(
        api: &'a Api,
        names: BTreeMap<TypeId, String>,
        unknown: BTreeMap<TypeId, String>,
    ) -> Self {
        Self {
            api,
            names,
            unknown,
        }
    }

    /// The name of a union's variant for what is not known.
    pub(super) fn unknown(&self, id: TypeId) -> &str {
        self.unknown.get(&id).map_or("any", String::as_str)
    }

    /// The name of a declared type.
    pub(super) fn name(&self, id: TypeId) -> &str {
        self.names.get(&id).map_or("any", String::as_str)
    }

    /// True when the type is declared under a name of its own.
    pub(super) fn is_declared(&self, id: TypeId) -> bool {
        self.names.contains_key(&id)
    }

    /// A value that is there: `int64`, `[]Plan`, `map[string]any`.
    pub(super) fn expression(&self, ty: &Type, imports: &mut Imports) -> String {
        match ty {
            Type::Any | Type::Never | Type::Null => "any".to_owned(),
            Type::Boolean => "bool".to_owned(),
            Type::Integer(format) => integer(*format).to_owned(),
            Type::Number(NumberFormat::Float) => "float32".to_owned(),
            Type::Number(_) => "float64".to_owned(),
            Type::String(format) => string(format, imports).to_owned(),
            Type::Literal(literal) => literal_type(literal).to_owned(),
            Type::Nullable(inner) => self.nullable(inner, imports),
            Type::List(item) => format!("[]{}", self.expression(item, imports)),
            Type::Map(value) => format!("map[string]{}", self.expression(value, imports)),
            Type::Tuple { items, rest, .. } => match items.split_first() {
                Some((first, others))
                    if others
                        .iter()
                        .chain(rest.as_deref())
                        .all(|item| item == first) =>
                {
                    format!("[]{}", self.expression(first, imports))
                }
                _ => "[]any".to_owned(),
            },
            Type::Named(id) if self.is_declared(*id) => self.name(*id).to_owned(),
            Type::Named(id) => match &self.api.types[*id].shape {
                Shape::Alias(target) => self.expression(target, imports),
                _ => "any".to_owned(),
            },
        }
    }

    /// A value or null: nil where Go's type has one that JSON cannot take for a value.
    fn nullable(&self, inner: &Type, imports: &mut Imports) -> String {
        let text = self.expression(inner, imports);
        if self.is_interface(inner) {
            text
        } else if text.starts_with("[]") || text.starts_with("map[") {
            format!("Nullable[{text}]")
        } else {
            format!("*{text}")
        }
    }

    /// A field of a record or of a call's parameters.
    pub(super) fn field(
        &self,
        ty: &Type,
        required: bool,
        indirect: bool,
        imports: &mut Imports,
    ) -> FieldType {
        let (inner, null) = self.split_null(ty);
        let text = self.expression(inner, imports);
        let interface = self.is_interface(inner);
        let text = match (required, null) {
            (true, true) => self.nullable(inner, imports),
            (true, false) if indirect && self.is_record(inner) => format!("*{text}"),
            (true, false) => text,
            (false, true) if indirect && self.is_record(inner) => format!("Nullable[*{text}]"),
            (false, true) if *self.api.types.resolve(inner) != Type::Any => {
                format!("Nullable[{text}]")
            }
            (false, _) if interface || text.starts_with("[]") || text.starts_with("map[") => text,
            (false, _) => format!("*{text}"),
        };
        FieldType {
            text,
            omit_zero: !required,
        }
    }

    /// What a call gives back: a record by pointer, anything else as it is.
    pub(super) fn result(&self, ty: &Type, imports: &mut Imports) -> String {
        let text = self.expression(ty, imports);
        if self.is_record(ty) {
            format!("*{text}")
        } else {
            text
        }
    }

    pub(super) fn is_nullable(&self, ty: &Type) -> bool {
        matches!(self.api.types.resolve(ty), Type::Nullable(_))
    }

    /// Takes `Nullable` off, also behind an alias that is not declared.
    fn split_null<'t>(&'t self, ty: &'t Type) -> (&'t Type, bool) {
        let mut ty = ty;
        let mut null = false;
        loop {
            match ty {
                Type::Nullable(inner) => (ty, null) = (inner, true),
                Type::Named(id) if !self.is_declared(*id) => match &self.api.types[*id].shape {
                    Shape::Alias(target) => ty = target,
                    _ => return (ty, null),
                },
                _ => return (ty, null),
            }
        }
    }

    pub(super) fn is_record(&self, ty: &Type) -> bool {
        let Type::Named(id) = self.api.types.resolve(ty) else {
            return false;
        };
        matches!(self.api.types[*id].shape, Shape::Record(_))
    }

    /// True for types whose zero value, nil, means null or absent.
    fn is_interface(&self, ty: &Type) -> bool {
        match self.api.types.resolve(ty) {
            Type::Any | Type::Never | Type::Null => true,
            Type::Named(id) => match &self.api.types[*id].shape {
                Shape::Union(_) => true,
                Shape::Enum(e) => e.base == EnumBase::Mixed,
                Shape::Record(_) | Shape::Alias(_) => false,
            },
            _ => false,
        }
    }
}

/// All integers but those that need 64 bits without a sign are `int64`, so that one helper,
/// `Int(100)`, fits every optional field.
fn integer(format: IntegerFormat) -> &'static str {
    match format {
        IntegerFormat::Any
        | IntegerFormat::Int32
        | IntegerFormat::Int64
        | IntegerFormat::Uint32 => "int64",
        IntegerFormat::Uint64 => "uint64",
    }
}

fn string(format: &StringFormat, imports: &mut Imports) -> &'static str {
    match format {
        StringFormat::DateTime => {
            imports.insert("time");
            "time.Time"
        }
        StringFormat::Base64 => "[]byte",
        _ => "string",
    }
}

/// A type as it is called outside of its package: `[]exai.Run` of `[]Run`.
pub(super) fn qualified(ty: &str, package: &str) -> String {
    let mut out = String::new();
    let mut before = ' ';
    for letter in ty.chars() {
        let begins = !before.is_alphanumeric() && before != '.' && before != '_';
        if begins && letter.is_uppercase() {
            out.push_str(package);
            out.push('.');
        }
        out.push(letter);
        before = letter;
    }
    out
}

/// The Go type of a fixed value.
pub(super) fn literal_type(literal: &Literal) -> &'static str {
    match literal {
        Literal::Boolean(_) => "bool",
        Literal::Integer(_) => integer_base([literal]),
        Literal::Number(_) => "float64",
        Literal::String(_) => "string",
        Literal::Null | Literal::List(_) | Literal::Object(_) => "any",
    }
}

/// The types to declare: those reached from `roots`. Aliases are written out where they are used,
/// save those that hold themselves, which only a name can end; enums of mixed values are `any`.
pub(super) fn declared(api: &Api, roots: impl IntoIterator<Item = Type>) -> BTreeSet<TypeId> {
    let mut seen = BTreeSet::new();
    let mut pending: Vec<Type> = roots.into_iter().collect();
    while let Some(ty) = pending.pop() {
        if let Type::Named(id) = ty {
            if seen.insert(id) {
                pending.extend(parts_of_shape(&api.types[id].shape).into_iter().cloned());
            }
        } else {
            pending.extend(parts(&ty).into_iter().cloned());
        }
    }
    seen.retain(|id| match &api.types[*id].shape {
        Shape::Record(_) | Shape::Union(_) => true,
        Shape::Enum(e) => e.base != EnumBase::Mixed,
        Shape::Alias(target) => holds(api, target, *id, &mut BTreeSet::new()),
    });
    seen
}

/// The types that an expression is made of, one level down.
fn parts(ty: &Type) -> Vec<&Type> {
    match ty {
        Type::Nullable(inner) | Type::List(inner) | Type::Map(inner) => vec![inner],
        Type::Tuple { items, rest, .. } => items.iter().chain(rest.as_deref()).collect(),
        _ => Vec::new(),
    }
}

fn parts_of_shape(shape: &Shape) -> Vec<&Type> {
    match shape {
        Shape::Record(record) => {
            let mut types: Vec<&Type> = record.fields.iter().map(|field| &field.ty).collect();
            if let crate::ir::Additional::Typed(ty) = &record.additional {
                types.push(ty);
            }
            types
        }
        Shape::Enum(_) => Vec::new(),
        Shape::Union(union) => union.variants.iter().map(|variant| &variant.ty).collect(),
        Shape::Alias(target) => vec![target],
    }
}

/// True when an alias's target leads back to the alias through aliases alone.
fn holds(api: &Api, ty: &Type, alias: TypeId, seen: &mut BTreeSet<TypeId>) -> bool {
    match ty {
        Type::Named(id) if *id == alias => true,
        Type::Named(id) => match &api.types[*id].shape {
            Shape::Alias(target) => seen.insert(*id) && holds(api, target, alias, seen),
            _ => false,
        },
        other => parts(other)
            .into_iter()
            .any(|part| holds(api, part, alias, seen)),
    }
}
