//! What changed between two documents, and whom it breaks.
//!
//! [`compare`] walks both documents side by side, after the standard's versions have become one
//! model, and names each difference by a [`Rule`]. A rule has two classes: one for the wire, and
//! one for code written against the SDKs. The direction decides: what clients send may widen,
//! what they get may narrow. What no rule understands is breaking, so "safe" is never a guess.

mod accepted;
mod apart;
mod bodies;
mod conditions;
mod direction;
mod implied;
mod merged;
mod names;
mod operations;
mod pages;
mod parameters;
mod parts;
mod records;
mod rule;
mod schemas;
mod security;
mod servers;
mod show;
mod silent;
mod values;
mod variants;
mod verdict;
mod words;

use std::collections::HashSet;

use sha2::{Digest, Sha256};

use self::direction::Direction;
use self::schemas::Pair;
use crate::document::{Document, Extensions, Schema, SchemaObject, extension};
use crate::shipped::Shipped;
use crate::source::{Node, Span};
use crate::target::Target;

pub use self::accepted::{Acceptance, Judged};
pub use self::names::{Made, with_names};
pub use self::pages::pages;
pub use self::rule::{Class, Rule};
pub use self::show::{Comparison, Format, cell, show};
pub use self::verdict::{Released, Verdict, next_version};

/// The day from which something no longer works, as others write it too.
const SUNSET: &str = "x-sunset";

/// One difference.
#[derive(Clone, Debug)]
pub struct Change {
    /// Which rule it falls under.
    pub rule: Rule,
    /// Where in the API: an operation or a schema, and the steps from there.
    pub at: String,
    /// What was, and what is.
    pub message: String,
    /// The place in the old document, where there is one.
    pub old: Option<Span>,
    /// The place in the new document, where there is one.
    pub new: Option<Span>,
    /// The one package that it is about, where it is not about the document: to the others it is
    /// what it is on the wire.
    pub only: Option<Target>,
}

impl Change {
    /// What a package that follows the change is to its users: the worse of wire and code.
    pub fn package(&self, target: Target) -> Class {
        match self.only {
            Some(only) if only != target => self.rule.wire(),
            _ => self.rule.package(target),
        }
    }

    /// The worst of its classes.
    pub fn worst(&self) -> Class {
        let packages = Target::ALL.map(|target| self.package(target));
        packages.into_iter().fold(self.rule.wire(), Class::max)
    }

    /// The worst of its classes to those who call the API: what `--fail-on` looks at. What the
    /// author of a server has to write anew is said, and stops nothing, for every new operation is.
    pub fn to_callers(&self) -> Class {
        let clients = Target::ALL.into_iter().filter(|of| *of != Target::Axum);
        clients.fold(self.rule.wire(), |worst, target| {
            worst.max(self.package(target))
        })
    }

    /// What this change is accepted by: twelve hexadecimal digits, the same for as long as the
    /// rule, the place in the API and the words are.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for part in [self.rule.id(), &self.at, &self.message] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let digest = hash.finalize();
        digest[..6]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

/// Compares two documents. Changes come worst first, then by place.
pub fn compare(old: &Document, new: &Document) -> Vec<Change> {
    compare_keeping(old, new, &Shipped::default())
}

/// As [`compare`], where names that shipped stay in every client. The new document must have been
/// checked against them ([`Shipped::check`]): a name that nothing is known to be now is not kept.
pub fn compare_keeping(old: &Document, new: &Document, shipped: &Shipped) -> Vec<Change> {
    let mut walk = Walk {
        old,
        new,
        shipped,
        changes: Vec::new(),
        seen: HashSet::new(),
        compared: HashSet::new(),
        ways: HashSet::new(),
        waiting: Vec::new(),
        servers: HashSet::new(),
        turned: false,
    };
    walk.document();
    while let Some(pair) = walk.waiting.pop() {
        walk.followed(pair);
    }
    sorted(walk.changes)
}

/// Worst first, then by place.
fn sorted(mut changes: Vec<Change>) -> Vec<Change> {
    changes.sort_by(|a, b| {
        let key = |change: &Change| std::cmp::Reverse((change.to_callers(), change.worst()));
        (key(a), &a.at, a.rule.id(), &a.message).cmp(&(key(b), &b.at, b.rule.id(), &b.message))
    });
    changes
}

/// A way from the document to a place, for people and for fingerprints.
#[derive(Clone, Debug)]
struct Trail(String);

impl Trail {
    fn new(start: impl AsRef<str>) -> Self {
        Self(shown(start.as_ref()))
    }

    /// A named part: `GET /pets · query limit`.
    fn part(&self, part: &str) -> Self {
        Self(format!("{} · {}", self.0, shown(part)))
    }

    /// A step inside a value: `Pet.name`, `Pet.tags[]`.
    fn step(&self, step: &str) -> Self {
        Self(format!("{}{}", self.0, shown(step)))
    }
}

/// Two schemas by address, the way of their values, and what the schemas around say.
type Compared = (
    *const Schema,
    *const Schema,
    Direction,
    ([bool; 2], [Option<*const SchemaObject>; 2]),
);

/// Both documents, and what was found so far.
struct Walk<'d> {
    old: &'d Document,
    new: &'d Document,
    shipped: &'d Shipped,
    changes: Vec<Change>,
    seen: HashSet<(Rule, String, String)>,
    /// Pairs of schemas that were compared or are being compared, by address.
    compared: HashSet<Compared>,
    /// Pairs of schemas with properties, by address, and the ways of their values so far.
    ways: HashSet<(*const SchemaObject, *const SchemaObject, Direction)>,
    /// Pairs of schemas that references led to.
    waiting: Vec<Pair<'d>>,
    /// Pairs of lists of servers that were compared, by address.
    servers: HashSet<(usize, usize)>,
    /// Whether what is looked at is a request that the API sends.
    turned: bool,
}

impl Walk<'_> {
    fn found(
        &mut self,
        rule: Rule,
        at: &Trail,
        old: impl Into<Option<Span>>,
        new: impl Into<Option<Span>>,
        message: impl AsRef<str>,
    ) {
        let message = shown(message.as_ref());
        let rule = if self.turned { rule.turned() } else { rule };
        if self.seen.insert((rule, at.0.clone(), message.clone())) {
            self.changes.push(Change {
                rule,
                at: at.0.clone(),
                message,
                old: old.into(),
                new: new.into(),
                only: None,
            });
        }
    }

    /// Whether something should no longer be used, and until when it can be.
    fn lifecycle(
        &mut self,
        [deprecated, revived]: [Rule; 2],
        (was, is): (bool, bool),
        (old, new): (&Extensions, &Extensions),
        (before, after): (Span, Span),
        at: &Trail,
    ) {
        match (was, is) {
            (false, true) => self.found(deprecated, at, before, after, "is deprecated"),
            (true, false) => self.found(revived, at, before, after, "is no longer deprecated"),
            _ => {}
        }
        let day = |of: &Extensions| extension(of, SUNSET).cloned();
        match (day(old), day(new)) {
            (None, Some(day)) => {
                let message = format!("ends on {}", value(&day));
                self.found(Rule::SunsetAnnounced, at, before, day.span, message);
            }
            (Some(day), None) if is || !was => {
                let message = format!("{} is no longer its end", value(&day));
                self.found(Rule::SunsetChanged, at, day.span, after, message);
            }
            (Some(was), Some(is)) if was != is => {
                // Days of RFC 3339 are ordered as their texts are.
                let rule = match (was.as_str(), is.as_str()) {
                    (Some(was), Some(is)) if is_day(was) && is_day(is) && was < is => {
                        Rule::SunsetAnnounced
                    }
                    _ => Rule::SunsetChanged,
                };
                let message = format!("ended on {}, ends on {}", value(&was), value(&is));
                self.found(rule, at, was.span, is.span, message);
            }
            _ => {}
        }
    }

    /// Extensions that the generator reads: pages, long-running work, roles and names.
    fn conventions(&mut self, old: &Extensions, new: &Extensions, at: &Trail) {
        let ours = |extensions: &Extensions| -> Vec<(String, Node)> {
            extensions
                .iter()
                .filter(|(key, _)| key.starts_with("x-exai-") && key.value != schemas::OPEN)
                .map(|(key, node)| (key.value.clone(), node.clone()))
                .collect()
        };
        let (old, new) = (ours(old), ours(new));
        let of = |list: &[(String, Node)], key: &str| {
            list.iter()
                .find(|(k, _)| k == key)
                .map(|(_, node)| node.clone())
        };
        for (key, before) in &old {
            match of(&new, key) {
                None => self.found(
                    Rule::ConventionChanged,
                    at,
                    before.span,
                    None,
                    format!("`{key}` is gone"),
                ),
                Some(after) if after != *before => {
                    let message = format!(
                        "`{key}` changed from {} to {}",
                        value(before),
                        value(&after)
                    );
                    self.found(
                        Rule::ConventionChanged,
                        at,
                        before.span,
                        after.span,
                        message,
                    );
                }
                Some(_) => {}
            }
        }
        for (key, after) in &new {
            if of(&old, key).is_none() {
                self.found(
                    Rule::ConventionAdded,
                    at,
                    None,
                    after.span,
                    format!("`{key}` is new"),
                );
            }
        }
    }
}

/// Pairs of two ordered lists by a key: what both have, what only the old one has, what only
/// the new one has.
fn pair<'a, T, K: PartialEq>(
    old: &[&'a T],
    new: &[&'a T],
    key: impl Fn(&T) -> K,
) -> (Vec<(&'a T, &'a T)>, Vec<&'a T>, Vec<&'a T>) {
    let mut rest: Vec<&T> = new.to_vec();
    let (mut both, mut gone) = (Vec::new(), Vec::new());
    for before in old {
        match rest.iter().position(|after| key(after) == key(before)) {
            Some(index) => both.push((*before, rest.remove(index))),
            None => gone.push(*before),
        }
    }
    (both, gone, rest)
}

/// `2027-01-31`, and maybe a time behind it.
fn is_day(text: &str) -> bool {
    let shape = |(at, byte): (usize, u8)| match at {
        4 | 7 => byte == b'-',
        10 => byte == b'T',
        0..10 => byte.is_ascii_digit(),
        _ => byte.is_ascii_digit() || b":.Z".contains(&byte),
    };
    text.len() >= 10 && text.bytes().enumerate().all(shape)
}

/// A value of a document, short and on one line.
fn value(node: &Node) -> String {
    let text = node.to_json().to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}

/// A document's words for a line of output: nothing that moves a cursor, ends a line or turns
/// the reading direction, and no more than a line holds.
fn shown(text: &str) -> String {
    let mut out = String::new();
    for (count, c) in text.chars().enumerate() {
        if count == 300 {
            out.push('…');
            break;
        }
        let hidden = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
        if c.is_control() || hidden {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}
