//! Names that shipped, and those that took their places since.
//!
//! `names.lock` holds, for each operation and each type of the last release, what it is called
//! and where it stands on the wire:
//!
//! ```yaml
//! operations:
//!   "GET /plans/{}": [{ id: getPlan, method: plans.get }]     # newest first
//! types:
//!   plan: { record: "GET /plans/{} 200 application/json" }
//!   outline: { now: plan }                                    # shipped once; another name of it
//! ```
//!
//! A rename is recognised by the wire and by nothing else: an operation by its method and path, a
//! type by its place, if it is of the same kind there, its old name is gone, and the new one never
//! shipped. No likeness of names or of shapes is looked at. What cannot be recognised so is an
//! error, and a person says `now` in the file, or takes the name out, which is a break.
//!
//! Names are words, of which each language makes its own; fields, values and events are called
//! what they are on the wire, so that another name of one is a change of the wire.

mod escape;
mod former;
mod places;
mod read;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ir::{Api, Name, Operation, OperationId, Shape, TypeId};
use crate::source::Span;
use crate::target::names::snake;

/// Everything the file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shipped {
    /// By `GET /plans/{}`; the newest name first.
    operations: BTreeMap<String, Vec<Called>>,
    /// By words that are joined with `_`.
    types: BTreeMap<String, Stands>,
}

/// What an operation is called.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Called {
    /// `getPlan`
    id: String,
    /// `plans.get`: the words of each part joined with `_`.
    method: String,
    span: Option<Span>,
}

/// What a type's name means.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stands {
    what: Meaning,
    span: Option<Span>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Meaning {
    /// A kind of type, at a place of the wire; none where no place leads to it.
    At(String, Option<String>),
    /// Another name of the type that is called so.
    Now(String),
}

/// What goes by another name than one that shipped.
#[derive(Debug, Default)]
struct Renamed<'a> {
    operations: Vec<(&'a Called, OperationId)>,
    types: Vec<(&'a str, TypeId)>,
    /// Names that shipped and that nothing has, each with where the file says it.
    gone: Vec<(String, Option<Span>)>,
}

impl Shipped {
    /// True when nothing shipped yet.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty() && self.types.is_empty()
    }

    /// Whether the operation of a request shipped: its old names stay, whatever it is called now.
    /// `request` is `GET /plans/{}`.
    pub fn keeps_operation(&self, request: &str) -> bool {
        self.operations.contains_key(request)
    }

    /// Whether a schema's name shipped as that of a type.
    pub fn keeps_type(&self, schema: &str) -> bool {
        let words = crate::lower::name::words(schema);
        self.types.contains_key(&snake(&words))
    }

    /// Finds what is lost: names that shipped and that nothing has.
    pub fn check(&self, api: &Api, diagnostics: &mut Diagnostics) {
        for (name, span) in self.renamed(api).gone {
            let message = format!("`{name}` shipped, and nothing is known to be it now");
            let found = match span {
                Some(span) => Diagnostic::error(Code::NameGone, span, message),
                None => Diagnostic::without_place(Code::NameGone, message),
            };
            diagnostics.push(found.hint(
                "say what it is called with `now`, or take it out of the file: that is a break",
            ));
        }
    }

    /// What the file says after this API has shipped too. Nothing is taken out.
    #[must_use]
    pub fn and(&self, api: &Api) -> Self {
        let mut out = self.clone();
        for (_, operation) in api.operations.iter() {
            let list = out
                .operations
                .entry(escape::request(operation))
                .or_default();
            let now = Called::of(operation);
            list.retain(|before| (&before.id, &before.method) != (&now.id, &now.method));
            list.insert(0, now);
        }
        for (name, id) in self.renamed(api).types {
            let what = Meaning::Now(words(&api.types[id].name));
            out.types
                .insert(name.to_owned(), Stands { what, span: None });
        }
        for ((_, def), place) in api.types.iter().zip(places::places(api)) {
            let kind = kind(&def.shape).to_owned();
            let name = words(&def.name);
            // A place that still leads to the type is left as it is: another may be shorter by now.
            let before = out.types.get(&name).and_then(|stands| match &stands.what {
                Meaning::At(was, Some(place)) if *was == kind => places::at(api, place)
                    .filter(|id| words(&api.types[*id].name) == name)
                    .map(|_| place.clone()),
                _ => None,
            });
            let what = Meaning::At(kind, before.or(place));
            out.types.insert(name, Stands { what, span: None });
        }
        out
    }

    /// As the file is written: a line an operation, a line a type.
    pub fn to_yaml(&self, command: &str) -> String {
        let mut out = format!(
            "# Names that shipped, by where they stand on the wire. Written by `{command}`, on purpose alone;\n\
             # a name that is here stays in every SDK. `generator/src/shipped/mod.rs` documents the keys.\n"
        );
        let quote = escape::quote;
        out.push_str("operations:\n");
        for (request, names) in &self.operations {
            let one =
                |c: &Called| format!("{{ id: {}, method: {} }}", quote(&c.id), quote(&c.method));
            let names: Vec<String> = names.iter().map(one).collect();
            let _ = writeln!(out, "  {}: [{}]", quote(request), names.join(", "));
        }
        out.push_str("types:\n");
        for (name, stands) in &self.types {
            let (key, value) = match &stands.what {
                Meaning::At(kind, place) => (
                    kind.as_str(),
                    place.as_deref().map_or("null".to_owned(), quote),
                ),
                Meaning::Now(name) => ("now", quote(name)),
            };
            let _ = writeln!(out, "  {}: {{ {key}: {value} }}", quote(name));
        }
        out
    }

    fn renamed<'a>(&'a self, api: &Api) -> Renamed<'a> {
        let mut out = Renamed::default();
        self.renamed_operations(api, &mut out);
        self.renamed_types(api, &mut out);
        out
    }

    fn renamed_operations<'a>(&'a self, api: &Api, out: &mut Renamed<'a>) {
        let all: Vec<(OperationId, Called, String)> = api
            .operations
            .iter()
            .map(|(id, operation)| (id, Called::of(operation), escape::request(operation)))
            .collect();
        let by_request: HashMap<&str, OperationId> = all
            .iter()
            .map(|(id, _, request)| (request.as_str(), *id))
            .collect();
        for (request, names) in &self.operations {
            let id = by_request.get(request.as_str()).copied();
            for called in names {
                let of_another = all.iter().any(|(other, now, _)| {
                    Some(*other) != id && (now.id == called.id || now.method == called.method)
                });
                match id {
                    Some(id) if !of_another => {
                        if Called::of(&api.operations[id]) != *called {
                            out.operations.push((called, id));
                        }
                    }
                    _ => out.gone.push((called.method.clone(), called.span)),
                }
            }
        }
    }

    fn renamed_types<'a>(&'a self, api: &Api, out: &mut Renamed<'a>) {
        let present: HashMap<String, TypeId> = api
            .types
            .iter()
            .map(|(id, def)| (words(&def.name), id))
            .collect();
        for (name, stands) in &self.types {
            if present.contains_key(name) {
                continue;
            }
            match self.now(name, &present, api) {
                Some(id) => out.types.push((name, id)),
                None => out.gone.push((name.clone(), stands.span)),
            }
        }
    }

    /// The type that a name which is gone means now.
    fn now(&self, name: &str, present: &HashMap<String, TypeId>, api: &Api) -> Option<TypeId> {
        let mut seen = HashSet::new();
        let mut name = name;
        loop {
            if let Some(id) = present.get(name) {
                return Some(*id);
            }
            if !seen.insert(name) {
                return None;
            }
            match &self.types.get(name)?.what {
                Meaning::Now(next) => name = next,
                Meaning::At(was, place) => {
                    let id = places::at(api, place.as_ref()?)?;
                    let def = &api.types[id];
                    let fresh = !self.types.contains_key(&words(&def.name));
                    return (fresh && kind(&def.shape) == was).then_some(id);
                }
            }
        }
    }
}

impl Called {
    fn of(operation: &Operation) -> Self {
        let parts: Vec<String> = operation.sdk_path.iter().map(words).collect();
        Self {
            id: escape::wire(&operation.name).to_owned(),
            method: parts.join("."),
            span: None,
        }
    }

    /// The accessors and the method.
    fn path(&self) -> Vec<Name> {
        self.method.split('.').map(name).collect()
    }
}

/// The words of a name, joined: no word holds a `_`.
fn words(name: &Name) -> String {
    snake(name.words())
}

/// The name of joined words.
fn name(joined: &str) -> Name {
    let words: Vec<String> = joined.split('_').map(str::to_owned).collect();
    let wire = crate::target::names::pascal(&words);
    Name::new(words, wire)
}

fn kind(shape: &Shape) -> &'static str {
    match shape {
        Shape::Record(_) => "record",
        Shape::Enum(_) => "enum",
        Shape::Union(_) => "union",
        Shape::Alias(_) => "alias",
    }
}
