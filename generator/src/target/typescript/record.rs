//! A record: an interface.

use serde::Serialize;

use super::escape;
use super::imports::Imports;
use super::types::Types;
use crate::ir::{Additional, Docs, Field, Record, TypeDef, TypeId, Usage};
use crate::layout::biome;

/// An interface.
#[derive(Debug, Serialize)]
pub(super) struct RecordView {
    /// `/** One execution of a plan. */` and a line break, or nothing.
    pub(super) docs: String,
    /// `Run`
    pub(super) name: String,
    /// One a line, with its docs: `  id: string;`
    pub(super) fields: Vec<String>,
}

impl RecordView {
    pub(super) fn new(
        def: &TypeDef,
        id: TypeId,
        record: &Record,
        types: &Types<'_>,
        imports: &mut Imports,
    ) -> Self {
        let mut fields: Vec<String> = record
            .fields
            .iter()
            .map(|item| field(item, def.usage, types, imports))
            .collect();
        fields.extend(index(record, def.usage, types, imports));
        if fields.is_empty() {
            // An empty interface would take any value at all.
            let closed = record.additional == Additional::Forbidden && def.usage.sent_only();
            let ty = if closed { "never" } else { "unknown" };
            fields.push(format!("  [property: string]: {ty};"));
        }
        Self {
            docs: escape::comment(&def.docs, &[], def.deprecated, 0),
            name: types.name(id).to_owned(),
            fields,
        }
    }
}

fn field(field: &Field, usage: Usage, types: &Types<'_>, imports: &mut Imports) -> String {
    let members = types.members(&field.ty, usage, imports);
    let default = field.default.as_ref().map(|value| {
        format!(
            "@defaultValue `{}`",
            escape::code_span(&escape::literal(value))
        )
    });
    let more: Vec<String> = default.into_iter().collect();
    let docs = escape::comment(&field.docs, &more, field.deprecated, 2);
    property(
        &docs,
        &escape::property(&field.name),
        field.required,
        usage.sent,
        members,
    )
}

/// One property of an interface. An optional one that can be sent also takes `undefined`, so that
/// callers need not build their objects around it; JSON leaves it out.
pub(super) fn property(
    docs: &str,
    name: &str,
    required: bool,
    sent: bool,
    mut members: Vec<String>,
) -> String {
    let mark = if required { "" } else { "?" };
    if !required && sent && members != ["unknown"] {
        members.push("undefined".to_owned());
    }
    format!(
        "{docs}  {}",
        biome::union(2, &format!("{name}{mark}:"), &members)
    )
}

/// The index signature of a record with typed properties beyond the listed ones. It has to admit
/// the listed ones too.
fn index(
    record: &Record,
    usage: Usage,
    types: &Types<'_>,
    imports: &mut Imports,
) -> Option<String> {
    let Additional::Typed(ty) = &record.additional else {
        return None;
    };
    let mut members = types.members(ty, usage, imports);
    for field in &record.fields {
        for member in types.members(&field.ty, usage, imports) {
            if !members.contains(&member) {
                members.push(member);
            }
        }
        if !field.required && !members.iter().any(|member| member == "undefined") {
            members.push("undefined".to_owned());
        }
    }
    if members.iter().any(|member| member == "unknown") {
        members = vec!["unknown".to_owned()];
    }
    let docs = escape::comment(&Docs::default(), &[], false, 2);
    Some(property(&docs, "[property: string]", true, false, members))
}
