//! How much of a document the types of each target say: exact, widened, untyped, or nothing at all.
//!
//! Read from the IR, where `lower` notes what it left out as it did so, and from the views of each
//! target, which print the types; never from the document a second time.

mod escape;
mod judge;
mod show;

use std::collections::{BTreeMap, HashMap};

use crate::clients;
use crate::diagnostic::Lines;
use crate::ir::{Api, Beyond, Meaning, Shape, Type};
use crate::pipeline::Run;
use crate::render::Renderer;
use crate::source::{FileId, Node, Sources, Span, Value, escape_token};
use crate::target::{Context, Target};

use self::judge::Judge;

/// How much of a place a target says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Whatever has the type fits, and whatever fits has the type.
    Exact,
    /// Whatever fits has the type, and more does.
    Widened,
    /// Any value has the type, though not any value fits.
    Untyped,
    /// Nothing is made of it.
    Unsupported,
}

impl Level {
    /// All of them, from the best.
    pub const ALL: [Self; 4] = [Self::Exact, Self::Widened, Self::Untyped, Self::Unsupported];

    /// `exact`
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Widened => "widened",
            Self::Untyped => "untyped",
            Self::Unsupported => "unsupported",
        }
    }
}

/// What a target says of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// How much.
    pub level: Level,
    /// What it does not say, and why, in a few words each; empty where it is exact.
    pub reasons: Vec<String>,
}

impl Verdict {
    fn exact() -> Self {
        Self {
            level: Level::Exact,
            reasons: Vec::new(),
        }
    }
}

/// A place of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, by its name.
    pub file: String,
    /// A JSON Pointer into the file.
    pub pointer: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

/// A place, and what each target says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// One a target of the report, in its order.
    pub verdicts: Vec<Verdict>,
}

/// The report on a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Which targets were looked at.
    pub targets: Vec<Target>,
    /// Every place that was made a type, or that nothing was made of, by file and place.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Looks at what a run understood. A refused document has no API, and an empty report.
    pub fn new(run: &Run, targets: &[Target]) -> Self {
        let mut report = Self {
            targets: targets.to_vec(),
            findings: Vec::new(),
        };
        let Some(api) = &run.api else {
            return report;
        };
        let mut places = Places::new(&run.sources);
        let title = escape::title(api);
        let judge = |target: &Target| {
            let cx = Context {
                api,
                product: &run.config.product(title),
                package: &run.config.package(*target, title),
                command: "",
                renderer: &Renderer::embedded(),
            };
            Judge::new(*target, api, &cx)
        };
        let judges: Vec<Judge<'_>> = targets.iter().map(judge).collect();
        let mut found: BTreeMap<Span, Vec<Verdict>> = BTreeMap::new();
        for (index, meaning) in api.meanings.iter().enumerate() {
            let verdicts = judges.iter().map(|judge| judge.of(index, meaning));
            found.insert(meaning.span, verdicts.collect());
        }
        for (span, what) in unsupported(run, api) {
            let verdict = |target: &Target| match what {
                Missing::InClients(_) if *target == Target::Axum => Verdict::exact(),
                Missing::InClients(reason) | Missing::Everywhere(reason) => Verdict {
                    level: Level::Unsupported,
                    reasons: vec![reason.to_owned()],
                },
            };
            found.insert(span, targets.iter().map(verdict).collect());
        }
        for (span, verdicts) in found {
            let place = places.of(span);
            report.findings.push(Finding { place, verdicts });
        }
        report
    }

    /// How many places a target says how much of, in the order of [`Level::ALL`].
    pub fn totals(&self, target: Target) -> [usize; 4] {
        let at = self.targets.iter().position(|own| *own == target);
        Level::ALL.map(|level| {
            let verdicts = self.findings.iter().filter_map(|f| f.verdicts.get(at?));
            verdicts.filter(|verdict| verdict.level == level).count()
        })
    }

    /// How often a target gives each reason.
    pub fn reasons(&self, target: Target) -> BTreeMap<&str, usize> {
        let mut out = BTreeMap::new();
        let at = self.targets.iter().position(|own| *own == target);
        let verdicts = self.findings.iter().filter_map(|f| f.verdicts.get(at?));
        for reason in verdicts.flat_map(|verdict| &verdict.reasons) {
            *out.entry(reason.as_str()).or_insert(0) += 1;
        }
        out
    }
}

/// What nothing is made of.
#[derive(Clone, Copy)]
enum Missing {
    Everywhere(&'static str),
    /// Servers have it.
    InClients(&'static str),
}

/// What stands in the document and no package has.
fn unsupported(run: &Run, api: &Api) -> Vec<(Span, Missing)> {
    let mut out = Vec::new();
    for item in &run.left_out {
        if let Some(span) = item.because.span() {
            out.push((span, Missing::Everywhere("left out, for it is wrong")));
        }
    }
    let unread = clients::unread(api).into_iter();
    out.extend(unread.map(|(span, reason)| (span, Missing::InClients(reason))));
    out
}

/// Pointers of spans, each file walked once.
pub(crate) struct Places<'a> {
    sources: &'a Sources,
    lines: Lines<'a>,
    pointers: HashMap<FileId, HashMap<(u32, u32), String>>,
}

impl<'a> Places<'a> {
    pub(crate) fn new(sources: &'a Sources) -> Self {
        Self {
            sources,
            lines: Lines::new(sources),
            pointers: HashMap::new(),
        }
    }

    pub(crate) fn of(&mut self, span: Span) -> Place {
        let sources = self.sources;
        let pointers = self.pointers.entry(span.file).or_insert_with(|| {
            let mut out = HashMap::new();
            if let Some(root) = &sources.file(span.file).node {
                walk(root, &mut String::new(), &mut out);
            }
            out
        });
        let pointer = pointers.get(&(span.start, span.end));
        let pointer = pointer.cloned().unwrap_or_default();
        let (start, _) = self.lines.positions(span);
        Place {
            file: self.lines.name(span.file).to_owned(),
            pointer,
            line: start.line,
            column: start.column,
        }
    }
}

/// The pointer of every node, and of every key as that of what it names; the outermost where
/// several have one span.
fn walk(node: &Node, pointer: &mut String, out: &mut HashMap<(u32, u32), String>) {
    let key = |span: Span| (span.start, span.end);
    out.entry(key(node.span)).or_insert_with(|| pointer.clone());
    let length = pointer.len();
    match &node.value {
        Value::Mapping(entries) => {
            for (name, value) in entries.iter() {
                pointer.push('/');
                pointer.push_str(&escape_token(&name.value));
                out.entry(key(name.span)).or_insert_with(|| pointer.clone());
                walk(value, pointer, out);
                pointer.truncate(length);
            }
        }
        Value::Sequence(items) => {
            for (index, item) in items.iter().enumerate() {
                pointer.push_str(&format!("/{index}"));
                walk(item, pointer, out);
                pointer.truncate(length);
            }
        }
        _ => {}
    }
}

/// The type of a meaning without `null`: what a name stands for that a type without a name of its
/// own has. `None` where that is another schema's type, which is judged at its own place.
fn plain<'a>(api: &'a Api, meaning: &'a Meaning) -> Option<&'a Type> {
    let ty = meaning.ty.split_null().0;
    let Type::Named(id) = ty else {
        return Some(ty);
    };
    match &api.types[*id].shape {
        Shape::Alias(target) => match target.split_null().0 {
            Type::Named(_) => None,
            target => Some(target),
        },
        _ => Some(ty),
    }
}

/// Whether a type of any value leaves nothing unsaid.
fn says_anything(meaning: &Meaning) -> bool {
    !meaning
        .beyond
        .iter()
        .any(|beyond| matches!(beyond, Beyond::Untyped(_)))
}
