//! What an IR type is called in Rust, and which form it takes in a field or an argument.

use std::collections::{BTreeMap, BTreeSet};

use super::forms;
use super::names::{USED_IN_TYPES, pascal_all, screaming_all};
use crate::ir::{
    Api, Home, IntegerFormat, Literal, Name, NumberFormat, OperationId, Shape, StringFormat,
    Tagging, Type, TypeId,
};

/// What differs between the crates that types are written for.
#[derive(Debug, Clone)]
pub struct Dialect {
    /// The module with `union` and `serialize`: `crate::runtime`.
    pub support: &'static str,
    /// The type of strings that must not be printed: `crate::runtime::Secret`.
    pub secret: &'static str,
    /// What to do with values, variants and fields that the document does not list.
    pub keep: Keep,
    /// Whether a newer document may add fields and variants without breaking who uses the types:
    /// `#[non_exhaustive]`, and so `new` and a setter for each optional field of what is sent.
    pub non_exhaustive: bool,
}

/// Which side reads with these types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// A client: what a newer server sends is kept.
    Everything,
    /// A server: what the document calls open is kept, the rest is refused.
    Open,
}

/// Where a type expression stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// In the types file of this home; types of other homes are one module up.
    Types(Home),
    /// Where the module of all types is called `types`.
    Outside,
}

/// Types by name: everything that writes a type expression reads it.
#[derive(Debug)]
pub struct RustTypes<'a> {
    api: &'a Api,
    dialect: Dialect,
    names: BTreeMap<TypeId, String>,
    /// The statics that say what there is to know of each operation.
    facts: BTreeMap<OperationId, String>,
    /// The structs of records that are sent as multipart forms.
    forms: BTreeMap<TypeId, String>,
    /// Records that do not hold their tag, for every use of them is a variant of a union that
    /// knows it: the tag's wire name and value.
    tags: BTreeMap<TypeId, (String, String)>,
}

impl<'a> RustTypes<'a> {
    /// Names every type.
    pub fn new(api: &'a Api, dialect: Dialect) -> Self {
        let wanted: Vec<&Name> = api.types.iter().map(|(_, def)| &def.name).collect();
        let names = pascal_all(&wanted, USED_IN_TYPES, "Model");
        let names = api.types.iter().map(|(id, _)| id).zip(names).collect();
        let forms = forms::forms(api, &names);
        let called: Vec<&Name> = api.operations.iter().map(|(_, o)| &o.name).collect();
        let operations = api.operations.iter().map(|(id, _)| id);
        Self {
            api,
            dialect,
            names,
            forms,
            facts: operations.zip(screaming_all(&called)).collect(),
            tags: tags(api),
        }
    }

    /// The API whose types these are.
    pub fn api(&self) -> &'a Api {
        self.api
    }

    /// For whom they are written.
    pub fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    /// The name of a declared type: `RunStatus`.
    pub fn name(&self, id: TypeId) -> &str {
        self.names.get(&id).map_or("", String::as_str)
    }

    /// The struct of a record that is sent as a multipart form: `UploadBuildAsset`.
    pub fn form(&self, id: TypeId) -> &str {
        self.forms.get(&id).map_or("", String::as_str)
    }

    /// The static that says what there is to know of an operation: `START_RUN`.
    pub fn fact(&self, id: OperationId) -> &str {
        self.facts.get(&id).map_or("", String::as_str)
    }

    /// The tag that a record writes without holding it, as string literals: `"type"` and
    /// `"node.completed"`.
    pub fn tag(&self, id: TypeId) -> Option<(&str, &str)> {
        self.tags
            .get(&id)
            .map(|(property, value)| (property.as_str(), value.as_str()))
    }

    /// The type of a value that is there: `Vec<Plan>`.
    pub fn expression(&self, ty: &Type, from: From) -> String {
        match ty {
            Type::Any | Type::Never => "serde_json::Value".to_owned(),
            Type::Null => "()".to_owned(),
            Type::Boolean => "bool".to_owned(),
            Type::Integer(format) => integer(*format).to_owned(),
            Type::Number(NumberFormat::Float) => "f32".to_owned(),
            Type::Number(_) => "f64".to_owned(),
            Type::String(format) => self.string(format).to_owned(),
            Type::Literal(literal) => literal_type(literal).to_owned(),
            Type::Nullable(inner) => format!("Option<{}>", self.expression(inner, from)),
            Type::List(item) => format!("Vec<{}>", self.expression(item, from)),
            Type::Map(value) => format!("BTreeMap<String, {}>", self.expression(value, from)),
            Type::Tuple { items, least, rest } => self.tuple(items, *least, rest.as_deref(), from),
            Type::Named(id) => {
                let name = self.name(*id);
                match from {
                    From::Types(home) if home == self.api.types[*id].home => name.to_owned(),
                    From::Types(_) => format!("super::{name}"),
                    From::Outside => format!("types::{name}"),
                }
            }
        }
    }

    /// The type of a field: absence and recursion included.
    pub fn field(&self, ty: &Type, required: bool, indirect: bool, from: From) -> String {
        let (inner, null) = ty.split_null();
        let text = self.expression(inner, from);
        let text = if indirect {
            format!("Box<{text}>")
        } else {
            text
        };
        match (required, null) {
            (true, false) => text,
            (true, true) | (false, false) => format!("Option<{text}>"),
            (false, true) => format!("Option<Option<{text}>>"),
        }
    }

    /// The type of an argument, and whether the body turns it into the value with `.into()`.
    pub fn argument(&self, ty: &Type, from: From) -> (String, bool) {
        let text = self.expression(ty, from);
        match self.api.types.resolve(ty) {
            Type::String(StringFormat::DateTime | StringFormat::Date) => (text, false),
            Type::String(_) | Type::Literal(Literal::String(_)) | Type::List(_) | Type::Any => {
                (format!("impl Into<{text}>"), true)
            }
            _ => (text, false),
        }
    }

    /// A tuple where every item must be there and nothing may follow; else a list of what all
    /// items are, or of anything.
    fn tuple(&self, items: &[Type], least: usize, rest: Option<&Type>, from: From) -> String {
        let fixed = rest.is_none() && least == items.len();
        let same = items
            .first()
            .or(rest)
            .filter(|first| !fixed && items.iter().chain(rest).all(|item| item == *first));
        match same {
            Some(item) => format!("Vec<{}>", self.expression(item, from)),
            None if fixed && (1..=12).contains(&items.len()) => {
                let items: Vec<String> = items.iter().map(|ty| self.expression(ty, from)).collect();
                let comma = if items.len() == 1 { "," } else { "" };
                format!("({}{comma})", items.join(", "))
            }
            _ => "Vec<serde_json::Value>".to_owned(),
        }
    }

    fn string(&self, format: &StringFormat) -> &'static str {
        match format {
            StringFormat::DateTime => "jiff::Timestamp",
            StringFormat::Date => "jiff::civil::Date",
            StringFormat::Secret => self.dialect.secret,
            _ => "String",
        }
    }
}

fn integer(format: IntegerFormat) -> &'static str {
    match format {
        IntegerFormat::Any | IntegerFormat::Int64 => "i64",
        IntegerFormat::Int32 => "i32",
        IntegerFormat::Uint32 => "u32",
        IntegerFormat::Uint64 => "u64",
    }
}

fn literal_type(literal: &Literal) -> &'static str {
    match literal {
        Literal::Null => "()",
        Literal::Boolean(_) => "bool",
        Literal::Integer(digits) if digits.parse::<i64>().is_ok() => "i64",
        Literal::Integer(_) | Literal::List(_) | Literal::Object(_) => "serde_json::Value",
        Literal::Number(_) => "f64",
        Literal::String(_) => "String",
    }
}

/// The records whose tag a union knows, and which nothing but such unions holds.
fn tags(api: &Api) -> BTreeMap<TypeId, (String, String)> {
    let mut candidates: BTreeMap<TypeId, BTreeSet<(String, String)>> = BTreeMap::new();
    for (id, property, variant) in api.tagged_variants() {
        let ([tag], Shape::Record(record)) = (&variant.tags[..], &api.types[id].shape) else {
            continue;
        };
        let fixed = record.fields.iter().any(|field| {
            let value = Type::Literal(Literal::String(tag.clone()));
            field.required && field.name.wire() == property.wire() && field.ty == value
        });
        if fixed {
            let pair = (super::escape::wire(property), super::escape::string(tag));
            candidates.entry(id).or_default().insert(pair);
        }
    }
    let elsewhere = used_outside_of_tags(api);
    candidates
        .into_iter()
        .filter(|(id, pairs)| pairs.len() == 1 && !elsewhere.contains(id))
        .filter_map(|(id, pairs)| Some((id, pairs.into_iter().next()?)))
        .collect()
}

/// The types that something other than a tagged union's variant names.
fn used_outside_of_tags(api: &Api) -> BTreeSet<TypeId> {
    let mut used = BTreeSet::new();
    for (_, def) in api.types.iter() {
        match &def.shape {
            Shape::Record(record) => {
                record
                    .fields
                    .iter()
                    .for_each(|field| named(&field.ty, &mut used));
                if let crate::ir::Additional::Typed(ty) = &record.additional {
                    named(ty, &mut used);
                }
            }
            Shape::Union(union) if union.tagging == Tagging::Untagged => {
                union
                    .variants
                    .iter()
                    .for_each(|variant| named(&variant.ty, &mut used));
            }
            Shape::Union(_) | Shape::Enum(_) => {}
            Shape::Alias(target) => named(target, &mut used),
        }
    }
    for (_, operation) in api.operations.iter() {
        operation
            .parameters
            .iter()
            .for_each(|parameter| named(&parameter.ty, &mut used));
        let answers = operation
            .responses
            .iter()
            .flat_map(|response| &response.contents);
        for content in operation.body.iter().chain(answers) {
            use crate::ir::Payload;
            match &content.payload {
                Payload::Json(ty) => named(ty, &mut used),
                Payload::Form { record, .. } | Payload::Multipart { record, .. } => {
                    used.insert(*record);
                }
                Payload::Events(stream) | Payload::Lines(stream) => named(&stream.item, &mut used),
                Payload::Text | Payload::Binary => {}
            }
        }
        if let Some(page) = &operation.page {
            named(&page.item, &mut used);
        }
    }
    api.errors
        .iter()
        .flat_map(|error| &error.body)
        .for_each(|ty| named(ty, &mut used));
    api.webhooks
        .iter()
        .flat_map(|hook| &hook.payload)
        .for_each(|ty| named(ty, &mut used));
    used
}

fn named(ty: &Type, used: &mut BTreeSet<TypeId>) {
    match ty {
        Type::Named(id) => {
            used.insert(*id);
        }
        Type::Nullable(inner) | Type::List(inner) | Type::Map(inner) => named(inner, used),
        Type::Tuple { items, rest, .. } => {
            items
                .iter()
                .chain(rest.as_deref())
                .for_each(|item| named(item, used));
        }
        _ => {}
    }
}
