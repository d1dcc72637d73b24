//! An object with named properties: a struct, and what makes one.

use serde::Serialize;

use super::escape;
use super::names::{Scope, plain_snake, snake_all};
use super::types::{From, Keep, RustTypes};
use crate::ir::{Additional, Field, Literal, Name, Record, Type, TypeId};
use crate::layout::rustfmt;

/// A struct.
#[derive(Debug, Serialize)]
pub struct RecordView {
    /// `["/// One execution of a plan."]`
    pub docs: Vec<String>,
    /// `Run`
    pub name: String,
    /// `#[serde(tag = "type", rename = "node.completed")]`; empty for most.
    pub tag: String,
    /// How it is read, where what is not listed is kept; else its `Deserialize` is derived.
    pub keep: Option<KeepView>,
    /// True where nothing is required.
    pub derives_default: bool,
    /// True where a newer document may add fields.
    pub non_exhaustive: bool,
    /// In the document's order, and last what the document does not list.
    pub fields: Vec<FieldView>,
    /// What makes one; empty lists where no caller does.
    pub constructor: Option<ConstructorView>,
}

/// How a record is read that keeps what it does not list.
#[derive(Debug, Serialize)]
pub struct KeepView {
    /// `crate::runtime::object::read_record`
    pub read: String,
    /// `["id: required \"id\",", "name: optional \"name\","]`
    pub fields: Vec<String>,
    /// `extra`
    pub extra: String,
    /// ` but "type"`, where the record writes that by itself; else empty.
    pub but: String,
}

/// A field of a struct.
#[derive(Debug, Serialize)]
pub struct FieldView {
    /// `["    /// When it began."]`
    pub docs: Vec<String>,
    /// `    #[serde(rename = "startedAt")]`; empty for most.
    pub attribute: String,
    /// `pub started_at: Option<jiff::Timestamp>,`
    pub declaration: String,
}

/// `new` and the setters.
#[derive(Debug, Serialize)]
pub struct ConstructorView {
    /// `pub fn new(plan_id: impl Into<String>) -> Self {`
    pub signature: String,
    /// `Self { plan_id: plan_id.into() }`
    pub body: String,
    /// True where clippy would count too many arguments, each of which is required.
    pub many: bool,
    /// One an optional field; two where null may be said.
    pub setters: Vec<SetterView>,
}

/// A setter.
#[derive(Debug, Serialize)]
pub struct SetterView {
    /// `    /// Sets [`priority`](Self::priority).`
    pub docs: String,
    /// `pub fn with_priority(mut self, value: i64) -> Self {`
    pub signature: String,
    /// `self.priority = Some(value);`
    pub statement: String,
}

/// A field with what the constructor must know of it.
struct Planned<'a> {
    field: &'a Field,
    name: String,
}

impl Planned<'_> {
    /// How the field is read: `name: optional "name",`.
    fn how(&self) -> String {
        let how = match (self.field.required, self.field.ty.split_null().1) {
            (true, false) => "required",
            (true, true) | (false, false) => "optional",
            (false, true) => "nullable",
        };
        format!("{}: {how} {},", self.name, escape::wire(&self.field.name))
    }
}

impl RecordView {
    pub(super) fn new(id: TypeId, record: &Record, types: &RustTypes<'_>) -> Self {
        let def = &types.api().types[id];
        let from = From::Types(def.home);
        let tag = types.tag(id);
        let held: Vec<&Field> = record
            .fields
            .iter()
            .filter(|field| tag.is_none_or(|(property, _)| escape::wire(&field.name) != property))
            .collect();
        let wanted: Vec<&Name> = held.iter().map(|field| &field.name).collect();
        let names = snake_all(&wanted, &[], "");
        let mut scope = Scope::default();
        let planned: Vec<Planned<'_>> = held
            .into_iter()
            .zip(names)
            .map(|(field, name)| Planned {
                field,
                name: scope.take(name, "_field"),
            })
            .collect();
        let mut fields: Vec<FieldView> = planned
            .iter()
            .map(|planned| field(planned, types, from))
            .collect();
        let rest = rest(record, types, !def.usage.sent_only(), from, &mut scope);
        let rest_name = rest.as_ref().map(|(name, _)| name.clone());
        fields.extend(rest.map(|(_, view)| view));
        let keeps = rest_name
            .as_deref()
            .filter(|_| !matches!(record.additional, Additional::Typed(_)));
        let keep = keeps.map(|extra| KeepView {
            read: format!("{}::object::read_record", types.dialect().support),
            fields: planned.iter().map(Planned::how).collect(),
            extra: extra.to_owned(),
            but: tag.map_or_else(String::new, |(property, _)| format!(" but {property}")),
        });
        let derives_default = planned.iter().all(|planned| !planned.field.required);
        let constructor = (types.dialect().non_exhaustive && def.usage.sent)
            .then(|| constructor(&planned, rest_name.as_deref(), derives_default, types, from));
        let fallback = format!("{} on the wire.", escape::code_span(def.name.wire()));
        Self {
            docs: escape::doc_comment(0, &def.docs, def.deprecated, &fallback),
            name: types.name(id).to_owned(),
            tag: tag.map_or_else(String::new, |(property, value)| {
                let arguments = [format!("tag = {property}"), format!("rename = {value}")];
                rustfmt::attribute(0, "serde", &arguments)
            }),
            keep,
            derives_default,
            non_exhaustive: types.dialect().non_exhaustive,
            fields,
            constructor,
        }
    }
}

fn field(planned: &Planned<'_>, types: &RustTypes<'_>, from: From) -> FieldView {
    let Planned { field, name } = planned;
    let mut arguments = Vec::new();
    if !escape::is_wire(&field.name, name) {
        arguments.push(format!("rename = {}", escape::wire(&field.name)));
    }
    if !field.required {
        let null = field.ty.split_null().1;
        // serde takes an absent `Option` for `None` by itself, but not beside `deserialize_with`.
        arguments.extend(null.then(|| "default".to_owned()));
        arguments.push("skip_serializing_if = \"Option::is_none\"".to_owned());
        if null {
            let path = format!(
                "{}::serialize::nullable::deserialize",
                types.dialect().support
            );
            arguments.push(format!("deserialize_with = \"{path}\""));
        }
    }
    let attribute = match arguments.is_empty() {
        true => String::new(),
        false => format!("    {}", rustfmt::attribute(4, "serde", &arguments)),
    };
    let fallback = match &field.ty {
        Type::Literal(Literal::String(text)) => format!("Always {}.", escape::code_span(text)),
        _ => escape::code_span(field.name.wire()),
    };
    FieldView {
        docs: escape::doc_comment(4, &field.docs, field.deprecated, &fallback),
        attribute,
        declaration: declaration(
            name,
            &types.field(&field.ty, field.required, field.indirect, from),
        ),
    }
}

/// The field for properties that are not listed.
fn rest(
    record: &Record,
    types: &RustTypes<'_>,
    received: bool,
    from: From,
    scope: &mut Scope,
) -> Option<(String, FieldView)> {
    let (name, ty, docs) = match &record.additional {
        Additional::Typed(ty) => {
            let ty = format!("BTreeMap<String, {}>", types.expression(ty, from));
            ("additional", ty, "Properties beside those above.")
        }
        _ if received && types.dialect().keep == Keep::Everything => {
            let ty = "serde_json::Map<String, serde_json::Value>".to_owned();
            let docs = "Properties that this version does not know.";
            ("extra", ty, docs)
        }
        _ => return None,
    };
    let name = scope.take(name.to_owned(), "_properties");
    let view = FieldView {
        docs: escape::comment(4, &[docs.to_owned()]),
        attribute: "    #[serde(flatten)]".to_owned(),
        declaration: declaration(&name, &ty),
    };
    Some((name, view))
}

fn declaration(name: &str, ty: &str) -> String {
    rustfmt::assign(4, &format!("pub {name}:"), ty, ",")
}

fn constructor(
    planned: &[Planned<'_>],
    rest: Option<&str>,
    derives_default: bool,
    types: &RustTypes<'_>,
    from: From,
) -> ConstructorView {
    let mut parameters = Vec::new();
    let mut values = Vec::new();
    for Planned { field, name } in planned {
        let fixed = match &field.ty {
            Type::Literal(value) if field.required => escape::literal(value),
            _ => None,
        };
        if let Some(value) = fixed {
            values.push(format!("{name}: {value}"));
        } else if field.required {
            let (ty, value) = argument_of(field, name, types, from);
            parameters.push(format!("{name}: {ty}"));
            values.push(if value == *name {
                value
            } else {
                format!("{name}: {value}")
            });
        } else {
            values.push(format!("{name}: None"));
        }
    }
    if let Some(rest) = rest {
        values.push(format!("{rest}: Default::default()"));
    }
    let body = match derives_default {
        true => "Self::default()".to_owned(),
        false => rustfmt::struct_literal(8, "Self", &values, ""),
    };
    let mut methods = Scope::with(&["new"]);
    let mut made = Vec::new();
    for planned in planned.iter().filter(|planned| !planned.field.required) {
        made.extend(setters(planned, types, from, &mut methods));
    }
    ConstructorView {
        signature: rustfmt::signature(4, "pub fn new", &parameters, " -> Self {"),
        body,
        many: parameters.len() > 7,
        setters: made,
    }
}

/// The type of an argument, and the expression of the field's value made of it.
fn argument_of(
    field: &Field,
    argument: &str,
    types: &RustTypes<'_>,
    from: From,
) -> (String, String) {
    let (inner, null) = field.ty.split_null();
    let (ty, into) = types.argument(inner, from);
    let value = if into {
        format!("{argument}.into()")
    } else {
        argument.to_owned()
    };
    match (null && field.required, field.indirect) {
        // What must be said and may be null is given as it is kept.
        (true, _) => (
            types.field(&field.ty, true, field.indirect, from),
            argument.to_owned(),
        ),
        (false, true) => (ty, format!("Box::new({value})")),
        (false, false) => (ty, value),
    }
}

fn setters(
    planned: &Planned<'_>,
    types: &RustTypes<'_>,
    from: From,
    methods: &mut Scope,
) -> Vec<SetterView> {
    let Planned { field, name } = planned;
    let (ty, value) = argument_of(field, "value", types, from);
    let method = methods.take(
        format!("with_{}", plain_snake(field.name.words())),
        "_field",
    );
    let null = field.ty.split_null().1;
    let value = if null {
        format!("Some(Some({value}))")
    } else {
        format!("Some({value})")
    };
    let docs = |what: &str| format!("    /// Sets {}{what}.", escape::own_field(name));
    let parameters = ["mut self".to_owned(), format!("value: {ty}")];
    let mut setters = vec![SetterView {
        docs: docs(""),
        signature: rustfmt::signature(4, &format!("pub fn {method}"), &parameters, " -> Self {"),
        statement: rustfmt::assign(8, &format!("self.{name} ="), &value, ";"),
    }];
    if null {
        setters.push(SetterView {
            docs: docs(" to null"),
            signature: {
                let method = methods.take(format!("{method}_null"), "_field");
                format!("pub fn {method}(mut self) -> Self {{")
            },
            statement: format!("self.{name} = Some(None);"),
        });
    }
    setters
}
