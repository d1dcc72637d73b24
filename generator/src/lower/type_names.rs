//! What each schema is called: by where it stands, never by when it was reached.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Document, Location};
use crate::ir::Name;
use crate::numbers::Numbers;
use crate::source::unescape_token;

use super::name;

/// Names of referred schemas, and which words are taken.
pub(super) struct TypeNames {
    by_place: HashMap<Location, Name>,
    used: HashSet<Vec<String>>,
    numbers: Numbers<Vec<String>>,
    /// The words that were given where others were wanted first.
    apart: BTreeMap<Vec<String>, Vec<String>>,
}

impl TypeNames {
    /// Names every schema that a reference leads to or that stands under `components`. The root
    /// document's components have first choice; of others with the same name each takes the words
    /// of its file, or of the place it stands in, in front.
    pub(super) fn new(document: &Document, config: &Config, diagnostics: &mut Diagnostics) -> Self {
        let mut names = Self {
            by_place: HashMap::new(),
            used: HashSet::new(),
            numbers: Numbers::default(),
            apart: BTreeMap::new(),
        };
        let mut places: Vec<Location> = document.targets.schemas.keys().cloned().collect();
        for key in document.components.schemas.keys() {
            let pointer = format!(
                "/components/schemas/{}",
                crate::source::escape_token(&key.value)
            );
            places.push(Location::new(document.file, pointer));
        }
        places.sort();
        places.dedup();
        names.pin(&places, config, diagnostics);
        let (mut first, rest): (Vec<_>, Vec<_>) = places
            .into_iter()
            .filter(|at| !names.by_place.contains_key(at))
            .partition(|at| is_root_component(document, at));
        first.sort_by_key(|at| at.pointer.clone());
        for at in first {
            let wanted = name::split(&at.name());
            names.give(at, vec![wanted]);
        }
        let mut groups: BTreeMap<Vec<String>, Vec<Location>> = BTreeMap::new();
        for at in rest {
            groups
                .entry(place_words(&at.pointer, 1))
                .or_default()
                .push(at);
        }
        for (words, group) in groups {
            let alone = group.len() == 1;
            for at in group {
                let wire = at.name();
                let mut choices = Vec::new();
                if alone {
                    choices.push(Name::new(words.clone(), wire.clone()));
                }
                for tokens in 2..5 {
                    choices.push(Name::new(place_words(&at.pointer, tokens), wire.clone()));
                }
                names.give(at, choices);
            }
        }
        names
    }

    fn pin(&mut self, places: &[Location], config: &Config, diagnostics: &mut Diagnostics) {
        for pin in &config.names {
            let mut hit = false;
            for at in places.iter().filter(|at| at.pointer == pin.at) {
                hit = true;
                self.give(at.clone(), vec![name::split(&pin.name).pin()]);
            }
            if !hit {
                let message = format!("no schema stands at `{}`", pin.at);
                diagnostics.push(Diagnostic::error(Code::DanglingPin, pin.span, message));
            }
        }
    }

    /// Names that are not the first choice, because another schema has that.
    pub(super) fn apart(&mut self) -> BTreeMap<Vec<String>, Vec<String>> {
        std::mem::take(&mut self.apart)
    }

    fn give(&mut self, at: Location, mut choices: Vec<Name>) {
        let wanted = choices.first().map(|name| name.words().to_vec());
        let free = choices
            .iter()
            .position(|name| !self.used.contains(name.words()));
        let name = match free {
            Some(index) => choices.swap_remove(index),
            None => {
                let last = choices.pop().unwrap_or_else(|| name::split("type"));
                Name::new(self.fresh(last.words().to_vec()), last.wire().raw())
            }
        };
        self.used.insert(name.words().to_vec());
        self.note(name.words(), wanted.as_deref().unwrap_or_default());
        self.by_place.insert(at, name);
    }

    /// The name of a referred schema.
    pub(super) fn of(&self, at: &Location) -> Name {
        self.by_place
            .get(at)
            .cloned()
            .unwrap_or_else(|| name::split(&at.name()))
    }

    /// A name for a schema that stands inside another, from the words of its place.
    pub(super) fn inline(&mut self, words: &[String]) -> Name {
        let wanted = words;
        let words = self.fresh(words.to_vec());
        self.used.insert(words.clone());
        self.note(&words, wanted);
        let wire = crate::target::names::pascal(&words);
        Name::new(words, wire)
    }

    fn note(&mut self, given: &[String], wanted: &[String]) {
        if given != wanted {
            self.apart.insert(given.to_vec(), wanted.to_vec());
        }
    }

    fn fresh(&mut self, words: Vec<String>) -> Vec<String> {
        if !self.used.contains(&words) {
            return words;
        }
        for extra in ["value", "item", "option", "inner"] {
            let longer = [words.as_slice(), &[extra.to_owned()]].concat();
            if !self.used.contains(&longer) {
                return longer;
            }
        }
        let numbered =
            |words: &Vec<String>, number: u32| [words.as_slice(), &[number.to_string()]].concat();
        let is_taken = |longer: &Vec<String>| self.used.contains(longer);
        self.numbers.free(words, numbered, is_taken)
    }
}

fn is_root_component(document: &Document, at: &Location) -> bool {
    at.file == document.file
        && at
            .pointer
            .strip_prefix("/components/schemas/")
            .is_some_and(|name| !name.contains('/'))
}

/// Words of the last telling tokens of a pointer: keywords and indexes say nothing.
fn place_words(pointer: &str, tokens: usize) -> Vec<String> {
    const SILENT: &[&str] = &[
        "",
        "components",
        "schemas",
        "properties",
        "items",
        "schema",
        "content",
        "allOf",
        "oneOf",
        "anyOf",
        "$defs",
        "definitions",
        "paths",
        "additionalProperties",
    ];
    let telling: Vec<String> = pointer
        .split('/')
        .filter(|token| !SILENT.contains(token) && token.parse::<u32>().is_err())
        .map(unescape_token)
        .collect();
    let from = telling.len().saturating_sub(tokens);
    let words: Vec<String> = telling[from..]
        .iter()
        .flat_map(|token| name::words(token))
        .collect();
    if words.is_empty() {
        vec!["document".to_owned()]
    } else {
        words
    }
}
