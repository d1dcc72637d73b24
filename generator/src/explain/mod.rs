//! Which symbol of each language a place of the document became, and why it is called so.
//!
//! Types are told from the IR and from how each target's views write them; calls are read out of
//! what is generated. Nothing is derived a second time.

mod escape;
mod find;
mod show;

use std::collections::BTreeMap;

use crate::clients;
use crate::diagnostic::Diagnostics;
use crate::fidelity::{Place, Places};
use crate::ir::{Api, Operation, Shape, Type, TypeDef, TypeId};
use crate::pipeline::{self, Run};
use crate::render::Renderer;
use crate::source::Span;
use crate::target::{Context, Owner, Target, TargetFile};

/// What was made of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Where it stands.
    pub place: Place,
    /// `an operation`, `a record, sent and received`, `a list`.
    pub what: String,
    /// Why it is called so, and what it was kept apart from: a sentence each.
    pub why: Vec<String>,
    /// What each target calls it; `None` where a target has no such thing.
    pub symbols: BTreeMap<&'static str, Option<String>>,
}

/// Explains a place: a JSON Pointer, with a file before its `#` or without; `FILE:LINE`; the name of
/// a component; an operationId; `METHOD /path`. A schema that goes both ways and differs is two
/// types, so there may be several answers.
///
/// # Errors
/// When nothing stands there, or nothing is made of what does; the text says which.
pub fn explain(run: &Run, targets: &[Target], place: &str) -> Result<Vec<Explanation>, String> {
    let api = run.api.as_ref().ok_or("the document has errors")?;
    let span = find::span(run, api, place)?;
    let subject = find::subject(api, span)
        .ok_or_else(|| format!("nothing is made of what stands at `{place}`"))?;
    let mut explainer = Explainer {
        run,
        api,
        targets,
        places: Places::new(&run.sources),
    };
    Ok(match subject {
        find::Subject::Operation(operation) => vec![explainer.operation(operation)],
        find::Subject::Type(span, ty) => explainer.types(span, ty),
    })
}

struct Explainer<'a> {
    run: &'a Run,
    api: &'a Api,
    targets: &'a [Target],
    places: Places<'a>,
}

impl Explainer<'_> {
    fn operation(&mut self, operation: &Operation) -> Explanation {
        let node = find::node(&self.run.sources, operation.span);
        let says = |key: &str| node.is_some_and(|node| node.get(key).is_some());
        let mut why = vec![match (says("x-exai-method"), says("operationId")) {
            (true, _) => "called as its `x-exai-method` says".to_owned(),
            (false, true) => "called by its operationId, in the resource of its tag".to_owned(),
            (false, false) => "has no operationId: called by its method and path".to_owned(),
        }];
        let offered = clients::offered(self.api, &self.run.config.shipped);
        let more = offered.iter().flat_map(|api| api.operations.iter());
        for (_, other) in more.filter(|(_, other)| other.span == operation.span) {
            let name = escape::dotted(&other.sdk_path);
            if other.former.is_some() {
                why.push(format!(
                    "clients keep `{name}` too, deprecated: names.lock has it"
                ));
            } else if other.alternative.is_some() {
                why.push(format!("clients have `{name}` too, for another media type"));
            }
        }
        let line = escape::request(operation);
        Explanation {
            place: self.places.of(operation.span),
            what: format!("an operation, `{line}`"),
            why,
            symbols: self.each(|_, files| find::call(files, &line)),
        }
    }

    fn types(&mut self, span: Span, ty: &Type) -> Vec<Explanation> {
        let named: Vec<(TypeId, &TypeDef)> = match ty.split_null().0 {
            // Split by direction, the two stand at one place.
            Type::Named(_) => {
                let defs = self.api.types.iter();
                defs.filter(|(_, def)| def.span == span && !def.former)
                    .collect()
            }
            _ => Vec::new(),
        };
        if named.is_empty() {
            return vec![Explanation {
                place: self.places.of(span),
                what: format!("{} without a name of its own", kind(self.api, ty)),
                why: vec!["written out wherever it is used".to_owned()],
                symbols: self.written(ty),
            }];
        }
        let found = named.into_iter().map(|(id, def)| self.named(id, def));
        found.collect()
    }

    fn named(&mut self, id: TypeId, def: &TypeDef) -> Explanation {
        let usage = match (def.usage.sent, def.usage.received) {
            (true, true) => ", sent and received",
            (true, false) => ", sent",
            (false, true) => ", received",
            (false, false) => ", which no operation names",
        };
        let ty = Type::Named(id);
        let symbols = self.written(&ty);
        let place = self.places.of(def.span);
        let mut why = vec![self.origin(def, &place)];
        let words = def.name.words();
        if let Some(wanted) = self.api.apart.get(words) {
            let other = self
                .api
                .types
                .iter()
                .find(|(_, def)| def.name.words() == wanted);
            let other = other.map(|(_, def)| self.places.of(def.span));
            let at = other.map_or_else(String::new, |place| {
                format!(", which is `{}`", place.pointer)
            });
            why.push(format!("kept apart from `{}`{at}", wanted.join(" ")));
        }
        for (target, symbol) in &symbols {
            let symbol = symbol
                .iter()
                .flat_map(|symbol| symbol.rsplit(['.', ':']).next());
            let plain = words.concat();
            let said = symbol.filter(|symbol| {
                let letters: String = symbol.chars().filter(|c| c.is_alphanumeric()).collect();
                !matches!(def.shape, Shape::Alias(_)) && letters.to_lowercase() != plain
            });
            why.extend(
                said.map(|symbol| {
                    format!("`{symbol}` in {target}, where the plain name means something already")
                })
                .filter(|_| symbols_are_names(&symbols)),
            );
        }
        Explanation {
            what: format!("{}{usage}", kind(self.api, &ty)),
            place,
            why,
            symbols,
        }
    }

    /// Where a type's name is from.
    fn origin(&self, def: &TypeDef, place: &Place) -> String {
        let pinned = self
            .run
            .config
            .names
            .iter()
            .find(|pin| pin.at == place.pointer);
        if pinned.is_some() || def.name.is_pinned() {
            return "called as the configuration's `names` says".to_owned();
        }
        let key = place.pointer.strip_prefix("/components/schemas/");
        if key.is_some_and(|key| !key.contains('/')) {
            let sent = def.name.words().last().is_some_and(|word| word == "input");
            return match sent && def.usage.sent_only() {
                true => "called by its key in `components`, as what is sent of it".to_owned(),
                false => "called by its key in `components`".to_owned(),
            };
        }
        "called by the place that it stands at".to_owned()
    }

    fn written(&self, ty: &Type) -> BTreeMap<&'static str, Option<String>> {
        let title = escape::title(self.api);
        let one = |target: &Target| {
            let cx = Context {
                api: self.api,
                product: &self.run.config.product(title),
                package: &self.run.config.package(*target, title),
                command: "",
                renderer: &Renderer::embedded(),
            };
            let written = target.written(&cx, std::slice::from_ref(ty)).pop();
            let written = written.map(|written| written.outside.unwrap_or(written.inside));
            (target.name(), written)
        };
        self.targets.iter().map(one).collect()
    }

    /// Asks the generated files of each target.
    fn each(
        &self,
        ask: impl Fn(Target, &[&TargetFile]) -> Option<String>,
    ) -> BTreeMap<&'static str, Option<String>> {
        let one = |target: &Target| {
            let (api, config) = (self.api, &self.run.config);
            let renderer = Renderer::embedded();
            let (owners, mut found) = ([Owner::Generated], Diagnostics::new());
            let tree = pipeline::files(*target, api, config, "", &renderer, &owners, &mut found);
            let files: Vec<&TargetFile> = tree.iter().collect();
            (target.name(), ask(*target, &files))
        };
        self.targets.iter().map(one).collect()
    }
}

/// Whether what targets write are names, and no types that are written out.
fn symbols_are_names(symbols: &BTreeMap<&'static str, Option<String>>) -> bool {
    let is_name = |symbol: &String| {
        symbol
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | ':'))
    };
    symbols.values().flatten().all(is_name)
}

/// `a record`
fn kind(api: &Api, ty: &Type) -> &'static str {
    match ty.split_null().0 {
        Type::Named(id) => match &api.types[*id].shape {
            Shape::Record(_) => "a record",
            Shape::Enum(_) => "a list of values",
            Shape::Union(_) => "a union",
            Shape::Alias(_) => "a name for another type",
        },
        Type::Any => "any value",
        Type::Never => "no value",
        Type::Null => "null",
        Type::Boolean => "a boolean",
        Type::Integer(_) | Type::Number(_) => "a number",
        Type::String(_) => "a string",
        Type::Literal(_) => "a constant",
        Type::List(_) | Type::Tuple { .. } => "a list",
        Type::Map(_) => "a map",
        Type::Nullable(_) => "a value or null",
    }
}
