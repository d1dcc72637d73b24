//! Records: a `Model` class each, an annotated attribute a property.

use std::collections::BTreeSet;

use serde::Serialize;

use super::escape;
use super::imports::Imports;
use super::names::ANNOTATION_BUILTINS;
use super::plan::Plan;
use super::types::{self, Place};
use crate::ir::{
    Additional, Api, Field, Literal, Record, Shape, StringFormat, Type, TypeDef, TypeId,
};
use crate::layout::ruff::{self, Doc};
use crate::source::Span;

/// The properties whose names no attribute can have.
pub(in crate::target) fn nameless(api: &Api) -> BTreeSet<Span> {
    let records = api.types.iter().filter_map(|(_, def)| match &def.shape {
        Shape::Record(record) => Some(record),
        _ => None,
    });
    let fields = records.flat_map(|record| &record.fields);
    let without = fields.filter(|field| !escape::is_mappable(&field.name));
    without.map(|field| field.span).collect()
}

/// A record as a class.
#[derive(Debug, Serialize)]
pub(super) struct RecordView {
    /// `class Run(Model, kw_only=True)`
    pub(super) head: String,
    /// `"""A run of a plan."""`
    pub(super) docs: String,
    /// Its attributes.
    pub(super) fields: Vec<FieldView>,
    /// `__secrets__: ClassVar[tuple[str, ...]] = ("secret",)`; empty without secrets.
    pub(super) secrets: String,
    /// `dict[str, int]`: the type of `extra_fields`, where the document gives one; else empty.
    pub(super) extra: String,
}

/// A property as an attribute.
#[derive(Debug, Serialize)]
pub(super) struct FieldView {
    /// `plan_id: str`
    pub(super) line: String,
    /// `"""The plan it runs."""`, or nothing.
    pub(super) docs: String,
}

/// How a property is written: as an attribute, or as a parameter of a method.
pub(super) struct Property {
    /// `str | None`
    pub(super) annotation: String,
    /// `None`, `UNSET`, `"note"`; nothing for what must be given.
    pub(super) default: Option<String>,
}

impl RecordView {
    pub(super) fn new(
        plan: &Plan<'_>,
        id: TypeId,
        def: &TypeDef,
        record: &Record,
        imports: &mut Imports,
    ) -> Self {
        imports.name("..._runtime.model", "Model");
        let name = plan.type_name(id).to_owned();
        let attributes = plan.attributes(id);
        let place = place(plan, id, def);
        let mut text = super::enum_::described(def, &name);
        if record
            .fields
            .iter()
            .any(|field| !escape::is_mappable(&field.name))
        {
            text.push_str(
                "\n\nProperties whose names no attribute can have are in `extra_fields`.",
            );
        }
        let tag = plan.tags().told(id);
        let fields = record
            .fields
            .iter()
            .zip(attributes)
            .filter(|(field, _)| escape::is_mappable(&field.name))
            .map(|(field, attribute)| {
                let property = property(plan, id, field, &place, imports);
                if tag.is_some() && plan.tags().of_field(id, field).is_some() {
                    return FieldView::tag(field, attribute, &property, imports);
                }
                FieldView::new(field, attribute, &property, imports)
            })
            .collect();
        let extra = match &record.additional {
            Additional::Typed(ty) => {
                let inner = types::expression(plan, ty, &place.sent(false), imports);
                format!("dict[str, {inner}]")
            }
            Additional::Unknown | Additional::Forbidden => String::new(),
        };
        let mut bases = vec![Doc::text("Model"), Doc::text("kw_only=True")];
        if let Some(tag) = tag {
            bases.push(Doc::keyword(
                "tag_field",
                Doc::text(escape::string(&tag.property)),
            ));
            bases.push(Doc::keyword("tag", Doc::text(escape::string(&tag.value))));
        }
        Self {
            head: Doc::call(&format!("class {name}"), bases).layout(0, 0, 1),
            docs: escape::docstring(4, &text),
            fields,
            secrets: secrets(record, attributes, imports),
            extra,
        }
    }
}

/// Where the annotations of a record's class stand.
fn place(plan: &Plan<'_>, id: TypeId, def: &TypeDef) -> Place {
    let hidden: BTreeSet<String> = plan
        .attributes(id)
        .iter()
        .filter(|name| ANNOTATION_BUILTINS.contains(&name.as_str()))
        .cloned()
        .collect();
    Place::in_types(plan.module(id), is_sent_only(def), hidden)
}

/// True for a type that no answer holds.
pub(super) fn is_sent_only(def: &TypeDef) -> bool {
    def.usage.sent_only()
}

/// Annotation and default of a property. Absent is `None` where the document allows no `null`,
/// else `UNSET`; a constant, and the tag of a variant, need not be given.
pub(super) fn property(
    plan: &Plan<'_>,
    id: TypeId,
    field: &Field,
    place: &Place,
    imports: &mut Imports,
) -> Property {
    if let Some(tag) = plan.tags().of_field(id, field) {
        imports.name("typing", "Literal");
        let tag = escape::string(&tag.value);
        return Property {
            annotation: format!("Literal[{tag}]"),
            default: Some(tag),
        };
    }
    let annotation = types::expression(plan, &field.ty, place, imports);
    if let Type::Literal(value) = &field.ty
        && field.required
        && let Some(text) = escape::literal(value)
    {
        return Property {
            annotation,
            default: Some(text),
        };
    }
    let nullable = allows_null(plan, &field.ty);
    match (field.required, nullable) {
        (true, _) => Property {
            annotation,
            default: None,
        },
        (false, true) => {
            imports.name("..._runtime.model", "UNSET");
            imports.name("..._runtime.model", "UnsetType");
            // `None` stands last, whatever it stands beside.
            let annotation = match annotation.strip_suffix(" | None") {
                Some(inner) => format!("{inner} | UnsetType | None"),
                None => format!("{annotation} | UnsetType"),
            };
            Property {
                annotation,
                default: Some("UNSET".to_owned()),
            }
        }
        (false, false) => Property {
            annotation: format!("{annotation} | None"),
            default: Some("None".to_owned()),
        },
    }
}

/// True when `null` is a value of the type, through aliases too.
fn allows_null(plan: &Plan<'_>, ty: &Type) -> bool {
    match plan.api.types.resolve(ty) {
        Type::Nullable(_) | Type::Null | Type::Any | Type::Literal(Literal::Null) => true,
        Type::Named(id) => match &plan.api.types[*id].shape {
            Shape::Alias(target) => matches!(target, Type::Nullable(_) | Type::Null | Type::Any),
            _ => false,
        },
        _ => false,
    }
}

impl FieldView {
    /// A tag, which the decoder reads and no caller gives: the same for every value of the class.
    fn tag(field: &Field, attribute: &str, property: &Property, imports: &mut Imports) -> Self {
        imports.name("typing", "ClassVar");
        let annotation = format!("ClassVar[{}]", property.annotation);
        Self {
            line: ruff::field(4, attribute, &annotation, property.default.as_deref()),
            docs: docs(field),
        }
    }

    fn new(field: &Field, attribute: &str, property: &Property, imports: &mut Imports) -> Self {
        let renamed = escape::wire(&field.name) != format!("\"{attribute}\"");
        let value = if renamed {
            imports.module("msgspec");
            let wire = escape::wire(&field.name);
            Some(match &property.default {
                Some(default) => format!("msgspec.field(name={wire}, default={default})"),
                None => format!("msgspec.field(name={wire})"),
            })
        } else {
            property.default.clone()
        };
        Self {
            line: ruff::field(4, attribute, &property.annotation, value.as_deref()),
            docs: docs(field),
        }
    }
}

fn docs(field: &Field) -> String {
    let mut docs = escape::paragraphs(&field.docs);
    if field.deprecated {
        docs = format!("{docs}\n\nDeprecated.").trim().to_owned();
    }
    escape::docstring(4, &docs)
}

fn secrets(record: &Record, attributes: &[String], imports: &mut Imports) -> String {
    let names: Vec<String> = record
        .fields
        .iter()
        .zip(attributes)
        .filter(|(field, _)| matches!(field.ty.split_null().0, Type::String(StringFormat::Secret)))
        .map(|(_, attribute)| format!("\"{attribute}\""))
        .collect();
    match names.as_slice() {
        [] => String::new(),
        names => {
            imports.name("typing", "ClassVar");
            let comma = if names.len() == 1 { "," } else { "" };
            format!(
                "__secrets__: ClassVar[tuple[str, ...]] = ({}{comma})",
                names.join(", ")
            )
        }
    }
}
