//! A union: an interface that its variants implement, and a variant for what is not known yet.

use std::collections::HashSet;

use serde::Serialize;

use super::escape;
use super::plan::Plan;
use super::record::{indented, type_docs};
use super::types::{GoTypes, Imports};
use crate::ir::{Api, EnumBase, Shape, Tagging, Text, Type, TypeDef, TypeId, Union, Variant};
use crate::layout::go_align::{Row, align, align_literal};
use crate::layout::go_func::{fits, function};

/// An interface type, switched over by type.
#[derive(Debug, Serialize)]
pub(super) struct UnionView {
    /// `// RunEvent is what happens in a run.` and the list of its variants.
    pub(super) docs: String,
    /// `RunEvent`
    pub(super) name: String,
    /// `isRunEvent`
    pub(super) marker: String,
    /// `UnknownRunEvent`
    pub(super) unknown: String,
    /// The body of the union's plan: `tag: "type",` and so on.
    pub(super) plan: String,
    /// Types for variants that have no name: `string` as `StopText`.
    pub(super) wrappers: Vec<Wrapper>,
    /// The marker methods: `func (*RunStartedEvent) isRunEvent() {}`
    pub(super) methods: String,
}

/// A named type for a variant that has none.
#[derive(Debug, Serialize)]
pub(super) struct Wrapper {
    /// `// StopText is a Stop of type string.`
    pub(super) docs: String,
    /// `StopText`
    pub(super) name: String,
    /// `string`
    pub(super) ty: String,
}

/// What a variant is in Go: the type in the interface, and the types that need the marker.
struct Member {
    /// `*RunStartedEvent`, `RunStatus`, or the interface of a union inside the union.
    text: String,
    /// `["*RunStartedEvent"]`
    receivers: Vec<String>,
}

impl UnionView {
    pub(super) fn new(
        def: &TypeDef,
        id: TypeId,
        union: &Union,
        plan: &Plan<'_>,
        imports: &mut Imports,
    ) -> Self {
        imports.insert("reflect");
        let types = &plan.types;
        let name = types.name(id).to_owned();
        let unknown = types.unknown(id).to_owned();
        let mut wrappers = Vec::new();
        let mut receivers = Vec::new();
        let mut tagged: Vec<Row> = Vec::new();
        let mut untagged = Vec::new();
        let mut listed = Vec::new();
        for (variant, wrapper) in union.variants.iter().zip(&plan.wrappers[&id]) {
            let Some(member) = member(&name, variant, wrapper, plan, &mut wrappers, imports) else {
                continue;
            };
            let entry = format!("reflect.TypeFor[{}](),", member.text);
            for tag in &variant.tags {
                tagged.push(Row::Cells(vec![
                    format!("{}:", escape::string(tag)),
                    entry.clone(),
                ]));
            }
            untagged.push(entry);
            listed.push(format!("- [{}]", member.text.trim_start_matches('*')));
            for receiver in member.receivers {
                if !receivers.contains(&receiver) {
                    receivers.push(receiver);
                }
            }
        }
        receivers.push(format!("*{unknown}"));
        let marker = format!("is{name}");
        Self {
            docs: docs(def, &name, &listed, &unknown).join("\n"),
            plan: indented(&plan_lines(&union.tagging, &tagged, &untagged, &unknown)),
            methods: methods(&receivers, &marker).join("\n"),
            name,
            marker,
            unknown,
            wrappers,
        }
    }
}

fn docs(def: &TypeDef, name: &str, listed: &[String], unknown: &str) -> Vec<String> {
    let mut docs = type_docs(name, def);
    let mut variants = listed.to_vec();
    variants.push(format!(
        "- [{unknown}], for those that this version of the module does not know"
    ));
    docs.push("//".to_owned());
    docs.extend(escape::own_comment(&format!(
        "It is one of\n{}",
        variants.join("\n")
    )));
    docs
}

fn plan_lines(
    tagging: &Tagging,
    tagged: &[Row],
    untagged: &[String],
    unknown: &str,
) -> Vec<String> {
    let mut rows = Vec::new();
    match tagging {
        Tagging::Property(tag) => {
            rows.push(Row::Cells(vec![
                "tag:".to_owned(),
                format!("{},", escape::wire(tag)),
            ]));
            rows.push(block(
                "tagged: map[string]reflect.Type{",
                align_literal(tagged),
            ));
        }
        Tagging::Untagged => rows.push(block("untagged: []reflect.Type{", untagged.to_vec())),
    }
    let unknown = format!("reflect.TypeFor[*{unknown}](),");
    rows.push(Row::Cells(vec!["unknown:".to_owned(), unknown]));
    align_literal(&rows)
}

fn block(head: &str, lines: Vec<String>) -> Row {
    let mut out = vec![head.to_owned()];
    out.extend(lines.into_iter().map(|line| format!("\t{line}")));
    out.push("},".to_owned());
    Row::Lines(out)
}

fn methods(receivers: &[String], marker: &str) -> Vec<String> {
    let rows: Vec<Row> = receivers
        .iter()
        .map(|receiver| {
            let header = format!("func ({receiver}) {marker}()");
            if fits(&header, "") {
                Row::Cells(vec![header, "{}".to_owned()])
            } else {
                Row::Lines(function(&header, "").lines().map(str::to_owned).collect())
            }
        })
        .collect();
    align(&rows)
}

/// A variant's Go type; `None` for a variant that anything is, which the unknown one covers.
fn member(
    union: &str,
    variant: &Variant,
    wrapper: &str,
    plan: &Plan<'_>,
    wrappers: &mut Vec<Wrapper>,
    imports: &mut Imports,
) -> Option<Member> {
    let (api, types) = (plan.api, &plan.types);
    if let Type::Named(id) = api.types.resolve(&variant.ty) {
        let name = types.name(*id).to_owned();
        match &api.types[*id].shape {
            Shape::Record(_) => {
                let text = format!("*{name}");
                return Some(Member {
                    receivers: vec![text.clone()],
                    text,
                });
            }
            Shape::Enum(e) if e.base != EnumBase::Mixed => {
                return Some(Member {
                    receivers: vec![name.clone()],
                    text: name,
                });
            }
            Shape::Union(inner) => {
                let mut receivers = Vec::new();
                nested(
                    *id,
                    inner,
                    api,
                    types,
                    &mut receivers,
                    &mut HashSet::from([*id]),
                );
                return Some(Member {
                    text: name,
                    receivers,
                });
            }
            Shape::Enum(_) | Shape::Alias(_) => return None,
        }
    }
    let mut mentioned = Imports::new();
    let ty = types.expression(&variant.ty, &mut mentioned);
    if ty == "any" {
        return None;
    }
    let name = wrapper.to_owned();
    let docs = escape::own_comment(&format!("{name} is a {union} of type {ty}.")).join("\n");
    // A time would lose its methods, and so its form, behind another name.
    let ty = if ty == "time.Time" {
        "string".to_owned()
    } else {
        imports.extend(mentioned);
        ty
    };
    wrappers.push(Wrapper {
        docs,
        name: name.clone(),
        ty,
    });
    Some(Member {
        receivers: vec![name.clone()],
        text: name,
    })
}

/// The types behind a union inside a union. Those without a name are not reached: they are
/// values of the inner union's own types.
fn nested(
    id: TypeId,
    union: &Union,
    api: &Api,
    types: &GoTypes<'_>,
    receivers: &mut Vec<String>,
    seen: &mut HashSet<TypeId>,
) {
    for variant in &union.variants {
        let Type::Named(inner) = api.types.resolve(&variant.ty) else {
            continue;
        };
        match &api.types[*inner].shape {
            Shape::Record(_) => receivers.push(format!("*{}", types.name(*inner))),
            Shape::Enum(_) => receivers.push(types.name(*inner).to_owned()),
            Shape::Union(next) => {
                if seen.insert(*inner) {
                    nested(*inner, next, api, types, receivers, seen);
                }
            }
            Shape::Alias(_) => {}
        }
    }
    receivers.push(format!("*{}", types.unknown(id)));
}

/// The member that tells the variants of a type apart, where it is a union that has one.
pub(super) fn tag_of<'a>(api: &'a Api, ty: &'a Type) -> Option<&'a Text> {
    let Type::Named(id) = api.types.resolve(ty) else {
        return None;
    };
    match &api.types[*id].shape {
        Shape::Union(Union {
            tagging: Tagging::Property(tag),
            ..
        }) => Some(tag.wire()),
        _ => None,
    }
}
