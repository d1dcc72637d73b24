//! Unions and aliases: to a type checker the types themselves; to the decoder the records that it
//! can tell by their tags, or a class that knows how to choose.

use std::collections::{BTreeSet, HashSet};

use serde::Serialize;

use super::enum_::{AliasView, described};
use super::escape;
use super::imports::Imports;
use super::plan::Plan;
use super::record::is_sent_only;
use super::types::{self, Place};
use crate::ir::{NamesTypes, Shape, Tagging, Type, TypeDef, TypeId, Union};
use crate::layout::ruff::{self, Doc};

/// A name whose value differs for type checkers and at run time.
#[derive(Debug, Serialize)]
pub(super) struct UnionView {
    /// `RunEvent: TypeAlias = RunStarted | NodeCompleted | Unknown`
    pub(super) checked: String,
    /// `"""What happens to a run."""`, or nothing.
    pub(super) docs: String,
    /// `RunEvent = RunStarted | NodeCompleted`, or
    /// `Shape = tagged("Shape", "kind", lambda: {"square": Square, "box": Square})`
    pub(super) made: String,
    /// False: it is no plain alias.
    pub(super) plain: bool,
}

impl UnionView {
    pub(super) fn new(
        plan: &Plan<'_>,
        id: TypeId,
        def: &TypeDef,
        union: &Union,
        quoted: bool,
        imports: &mut Imports,
    ) -> Self {
        imports.name("typing", "TYPE_CHECKING");
        imports.name("typing", "TypeAlias");
        let name = plan.type_name(id);
        let place = Place::in_types(plan.module(id), is_sent_only(def), BTreeSet::new());
        let mut operands: Vec<String> = Vec::new();
        for variant in &union.variants {
            let operand = types::expression(plan, &variant.ty, &place, imports);
            if !operands.contains(&operand) {
                operands.push(operand);
            }
        }
        if !is_sent_only(def) {
            imports.name("..._runtime.model", "Unknown");
            operands.push("Unknown".to_owned());
        }
        let made = if plan.tags().tells(union) {
            let variants = operands.iter().filter(|operand| *operand != "Unknown");
            let variants: Vec<Doc> = variants.map(Doc::text).collect();
            ruff::union_statement(4, &format!("{name} = "), &variants)
        } else {
            let made = chosen(plan, name, union, &operands, &place, imports);
            ruff::statement(4, &format!("{name} = "), &made, "")
        };
        let head = format!("{name}: TypeAlias = ");
        Self {
            checked: checked(&head, &operands, quoted),
            docs: escape::docstring(4, &described(def, "")),
            made,
            plain: false,
        }
    }

    /// An alias that leads back to itself: at run time, anything.
    fn recursive(name: &str, target: &str, docs: String, imports: &mut Imports) -> Self {
        imports.name("typing", "TYPE_CHECKING");
        imports.name("typing", "TypeAlias");
        imports.name("typing", "Any");
        Self {
            checked: format!("{name}: TypeAlias = {}", escape::quote(target)),
            docs,
            made: format!("{name} = Any"),
            plain: false,
        }
    }
}

/// A class that chooses among variants which the decoder cannot tell by itself.
fn chosen(
    plan: &Plan<'_>,
    name: &str,
    union: &Union,
    operands: &[String],
    place: &Place,
    imports: &mut Imports,
) -> Doc {
    let name = Doc::text(format!("\"{name}\""));
    match &union.tagging {
        Tagging::Property(property) => {
            imports.name("..._runtime.unions", "tagged");
            let mut entries = Vec::new();
            for variant in &union.variants {
                let ty = types::expression(plan, &variant.ty, place, imports);
                for tag in &variant.tags {
                    entries.push((escape::string(tag), Doc::text(&ty)));
                }
            }
            let variants = Doc::Pair("lambda: ".into(), Box::new(Doc::dict(entries)));
            let tag = Doc::text(escape::wire(property));
            Doc::call("tagged", vec![name, tag, variants])
        }
        Tagging::Untagged => {
            imports.name("..._runtime.unions", "untagged");
            let known: Vec<&String> = operands.iter().filter(|o| *o != "Unknown").collect();
            let close = if known.len() == 1 { ",)" } else { ")" };
            let items = known.into_iter().map(Doc::text).collect();
            let tuple = Doc::Brackets {
                open: "(".into(),
                items,
                close: close.into(),
                atom: true,
            };
            let variants = Doc::Pair("lambda: ".into(), Box::new(tuple));
            Doc::call("untagged", vec![name, variants])
        }
    }
}

fn checked(head: &str, operands: &[String], quoted: bool) -> String {
    if quoted {
        return format!("{head}{}", escape::quote(&operands.join(" | ")));
    }
    let operands: Vec<Doc> = operands.iter().map(Doc::text).collect();
    ruff::union_statement(4, head, &operands)
}

/// An alias or a union, in the order in which they can be written.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum NamedView {
    /// A plain alias.
    Alias(AliasView),
    /// A name with two values.
    Union(UnionView),
}

/// The aliases and unions of a module. Each stands behind what it mentions; where that is
/// impossible, because they mention each other, the mention is quoted.
pub(super) fn in_order(plan: &Plan<'_>, ids: &[TypeId], imports: &mut Imports) -> Vec<NamedView> {
    let mut waiting: Vec<TypeId> = ids.to_vec();
    let mut written: HashSet<TypeId> = HashSet::new();
    let mut out = Vec::new();
    while !waiting.is_empty() {
        let pending: HashSet<TypeId> = waiting.iter().copied().collect();
        let ready = waiting.iter().position(|id| {
            plan.api.types[*id]
                .shape
                .type_ids()
                .iter()
                .all(|used| !pending.contains(used) || written.contains(used))
        });
        let id = waiting.remove(ready.unwrap_or(0));
        written.insert(id);
        let def = &plan.api.types[id];
        match &def.shape {
            Shape::Union(union) => out.push(NamedView::Union(UnionView::new(
                plan,
                id,
                def,
                union,
                ready.is_none(),
                imports,
            ))),
            Shape::Alias(target) => out.push(alias(plan, id, def, target, imports)),
            Shape::Record(_) | Shape::Enum(_) => {}
        }
    }
    out
}

fn alias(
    plan: &Plan<'_>,
    id: TypeId,
    def: &TypeDef,
    target: &Type,
    imports: &mut Imports,
) -> NamedView {
    let name = plan.type_name(id);
    let place = Place::in_types(plan.module(id), is_sent_only(def), BTreeSet::new());
    let text = types::expression(plan, target, &place, imports);
    if leads_back(plan, id) {
        let docs = escape::docstring(4, &described(def, ""));
        return NamedView::Union(UnionView::recursive(name, &text, docs, imports));
    }
    imports.name("typing", "TypeAlias");
    let head = format!("{name}: TypeAlias = ");
    NamedView::Alias(AliasView {
        statement: ruff::union_statement(0, &head, &[Doc::text(text)]),
        docs: escape::docstring(0, &described(def, "")),
        plain: true,
    })
}

/// True for an alias that mentions itself through aliases and unions alone: a class breaks the
/// circle, because its annotations are read late.
fn leads_back(plan: &Plan<'_>, start: TypeId) -> bool {
    let mut seen = HashSet::new();
    let mut stack = plan.api.types[start].shape.type_ids();
    while let Some(id) = stack.pop() {
        if id == start {
            return true;
        }
        if seen.insert(id) && matches!(plan.api.types[id].shape, Shape::Alias(_) | Shape::Union(_))
        {
            stack.extend(plan.api.types[id].shape.type_ids());
        }
    }
    false
}
