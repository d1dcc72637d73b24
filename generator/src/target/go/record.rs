//! A record: a struct, and the two methods that let encoding/json read and write it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::escape;
use super::names::{self, Scope};
use super::types::{GoTypes, Imports};
use crate::ir::{Additional, Api, Field, Literal, Record, Shape, Text, Type, TypeDef, TypeId};
use crate::layout::go_align::{Row, align};
use crate::layout::go_func::function;

/// A struct type that is sent, received or both.
#[derive(Debug, Serialize)]
pub(super) struct RecordView {
    /// `// Run is one execution of a plan.`
    pub(super) docs: String,
    /// `Run`
    pub(super) name: String,
    /// The struct's body: ``ID string `json:"id"` ``
    pub(super) body: String,
    /// `func (r Run) MarshalJSON() ([]byte, error) { return marshal(r) }`
    pub(super) marshal: String,
    /// `func (r *Run) UnmarshalJSON(data []byte) error { return unmarshal(data, r) }`
    pub(super) unmarshal: String,
}

/// The fields of a struct while its body is put together.
pub(super) struct StructBody {
    rows: Vec<Row>,
    scope: Scope,
    documented: bool,
}

impl StructBody {
    pub(super) fn new() -> Self {
        Self {
            rows: Vec::new(),
            scope: Scope::with(&["MarshalJSON", "UnmarshalJSON", "ExtraFields"]),
            documented: false,
        }
    }

    /// Allocates a field's name.
    pub(super) fn name(&mut self, words: &[String]) -> String {
        self.scope.take(names::exported(words), "Field")
    }

    /// Adds a field; documented fields stand apart by empty lines.
    pub(super) fn push(&mut self, docs: Vec<String>, cells: [String; 3]) {
        let documented = !docs.is_empty();
        if !self.rows.is_empty() && (documented || self.documented) {
            self.rows.push(Row::Lines(vec![String::new()]));
        }
        if documented {
            self.rows.push(Row::Lines(docs));
        }
        self.rows.push(Row::Cells(
            cells.into_iter().filter(|cell| !cell.is_empty()).collect(),
        ));
        self.documented = documented;
    }

    /// The struct's body, indented.
    pub(super) fn text(&self) -> String {
        indented(&align(&self.rows))
    }
}

impl RecordView {
    pub(super) fn new(
        def: &TypeDef,
        id: TypeId,
        record: &Record,
        tags: &[(&Text, &Text)],
        types: &GoTypes<'_>,
        imports: &mut Imports,
    ) -> Self {
        let mut body = StructBody::new();
        for field in &record.fields {
            match fixed(field) {
                Some(value) => constant(&mut body, field, value),
                None => member(&mut body, field, tag_default(tags, field), types, imports),
            }
        }
        rest(&mut body, record, !def.usage.sent_only(), types, imports);
        let name = types.name(id);
        Self {
            marshal: function(
                &format!("func (r {name}) MarshalJSON() ([]byte, error)"),
                "return marshal(r)",
            ),
            unmarshal: function(
                &format!("func (r *{name}) UnmarshalJSON(data []byte) error"),
                "return unmarshal(data, r)",
            ),
            docs: type_docs(types.name(id), def).join("\n"),
            name: types.name(id).to_owned(),
            body: body.text(),
        }
    }
}

/// Lines behind a tab each, save the empty ones.
pub(super) fn indented(lines: &[String]) -> String {
    let lines: Vec<String> = lines
        .iter()
        .map(|line| {
            if line.is_empty() {
                String::new()
            } else {
                format!("\t{line}")
            }
        })
        .collect();
    lines.join("\n")
}

/// A type's doc comment; where the document says nothing, what kind of thing it is.
pub(super) fn type_docs(name: &str, def: &TypeDef) -> Vec<String> {
    let lines = escape::comment(&def.docs, def.deprecated);
    if !lines.is_empty() {
        return lines;
    }
    let kind = match &def.shape {
        Shape::Record(_) => "an object",
        Shape::Enum(_) => "one of a list of values, or a newer one",
        Shape::Union(_) => "one of several types",
        Shape::Alias(_) => "a value",
    };
    escape::own_comment(&format!("{name} is {kind}."))
}

/// The tags of each record that is a variant: the wire name of the property, and its value.
pub(super) fn tags(api: &Api) -> BTreeMap<TypeId, Vec<(&Text, &Text)>> {
    let mut out: BTreeMap<TypeId, Vec<(&Text, &Text)>> = BTreeMap::new();
    for (id, property, variant) in api.tagged_variants() {
        let tags = variant.tags.iter().map(|tag| (property.wire(), tag));
        out.entry(id).or_default().extend(tags);
    }
    out
}

/// The note on a tag that the record does not fix by itself, where a union names one value for it.
fn tag_default(tags: &[(&Text, &Text)], field: &Field) -> Vec<String> {
    let mut tags = tags
        .iter()
        .filter(|(property, _)| *property == field.name.wire());
    match (tags.next(), tags.next()) {
        (Some((_, tag)), None) => {
            escape::own_comment(&format!("In a union it is {}.", escape::string(tag)))
        }
        _ => Vec::new(),
    }
}

/// The value of a field that always has it.
pub(super) fn fixed(field: &Field) -> Option<&Literal> {
    match &field.ty {
        Type::Literal(value) if field.required => Some(value),
        _ => None,
    }
}

/// A field with a fixed value: it is written by the codec and cannot be set.
fn constant(body: &mut StructBody, field: &Field, value: &Literal) {
    let tag = escape::tag(&[
        ("const", escape::tag_name(&field.name)),
        ("value", escape::json(value)),
    ]);
    body.push(Vec::new(), ["_".to_owned(), "struct{}".to_owned(), tag]);
}

fn member(
    body: &mut StructBody,
    field: &Field,
    note: Vec<String>,
    types: &GoTypes<'_>,
    imports: &mut Imports,
) {
    let ty = types.field(&field.ty, field.required, field.indirect, imports);
    let tag = escape::tag(&escape::member(&field.name, ty.omit_zero));
    let mut docs = escape::comment(&field.docs, field.deprecated);
    if docs.is_empty() {
        docs = note;
    }
    let name = body.name(field.name.words());
    body.push(docs, [name, ty.text, tag]);
}

/// The field for members that are not declared.
pub(super) fn rest(
    body: &mut StructBody,
    record: &Record,
    received: bool,
    types: &GoTypes<'_>,
    imports: &mut Imports,
) {
    let tag = escape::tag(&[("json", "-".to_owned()), ("rest", "true".to_owned())]);
    match &record.additional {
        Additional::Typed(ty) => {
            let ty = format!("map[string]{}", types.expression(ty, imports));
            let docs = escape::own_comment(
                "AdditionalProperties holds the members that have no field of their own.",
            );
            let name = body.scope.take("AdditionalProperties".to_owned(), "Field");
            body.push(docs, [name, ty, tag]);
        }
        Additional::Unknown | Additional::Forbidden if received => {
            imports.insert("encoding/json");
            let docs = escape::own_comment(
                "ExtraFields holds the members that this version of the module does not know.",
            );
            let name = "ExtraFields".to_owned();
            body.push(docs, [name, "map[string]json.RawMessage".to_owned(), tag]);
        }
        Additional::Unknown | Additional::Forbidden => {}
    }
}
