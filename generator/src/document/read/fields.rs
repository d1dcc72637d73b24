//! The fields of one object, taken one by one, so that what nobody asked for is known at the end.

use super::Reader;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::model::{Extensions, Map};
use crate::source::{Entry, Node, Span, Spanned, Value};

/// An object being read.
pub(super) struct Fields<'n> {
    /// What the standard calls the object: `Operation`.
    pub(super) what: &'static str,
    /// All of it.
    pub(super) span: Span,
    entries: &'n [Entry],
    taken: Vec<bool>,
    asked: Vec<&'static str>,
}

impl<'n> Fields<'n> {
    /// The entry under `name`, if there is one; it counts as known from now on.
    pub(super) fn entry(&mut self, name: &'static str) -> Option<&'n Entry> {
        self.asked.push(name);
        let index = self.entries.iter().position(|(key, _)| key.value == name)?;
        self.taken[index] = true;
        self.entries.get(index)
    }

    /// The value under `name`, if there is one.
    pub(super) fn take(&mut self, name: &'static str) -> Option<&'n Node> {
        self.entry(name).map(|(_, node)| node)
    }

    /// Whether `name` is there, known or not.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|(key, _)| key.value == name)
    }

    /// Entries that nobody took and that are no extensions, for objects with free keys.
    pub(super) fn take_rest(&mut self) -> Vec<&'n Entry> {
        let mut rest = Vec::new();
        for (entry, taken) in self.entries.iter().zip(&mut self.taken) {
            if !*taken && !is_extension(&entry.0) {
                *taken = true;
                rest.push(entry);
            }
        }
        rest
    }
}

fn is_extension(key: &str) -> bool {
    key.starts_with("x-")
}

impl Reader<'_> {
    /// The fields of `node`, or an error when it is no mapping.
    pub(super) fn open<'n>(&mut self, node: &'n Node, what: &'static str) -> Option<Fields<'n>> {
        let Some(entries) = node.as_mapping() else {
            self.wrong_type(node, &format!("{} must be a mapping", article(what)));
            return None;
        };
        let taken = vec![false; entries.len()];
        Some(Fields {
            what,
            span: node.span,
            entries,
            taken,
            asked: Vec::with_capacity(if what == "schema" { 64 } else { 16 }),
        })
    }

    /// Ends the reading of an object: gives its extensions and reports the keys that nobody took.
    pub(super) fn finish(&mut self, fields: Fields<'_>) -> Extensions {
        self.finish_with(fields, |reader, fields, key| {
            let message = format!("unknown key `{}` in {}", key.value, article(fields.what));
            let found = Diagnostic::error(Code::UnknownKey, key.span, message);
            let hint = match nearest(key, fields.asked.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "keys of your own begin with `x-`".to_owned(),
            };
            reader.push(found.label("not a key of OpenAPI").hint(hint));
        })
    }

    /// As [`Self::finish`] for a schema, where JSON Schema takes unknown keywords for notes
    /// (Core, section 6.5): they are warnings.
    pub(super) fn finish_schema(&mut self, fields: Fields<'_>) -> Extensions {
        self.finish_with(fields, |reader, fields, key| {
            let message = format!("unknown keyword `{}` in a schema", key.value);
            let hint = match nearest(key, fields.asked.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "keywords of your own begin with `x-`".to_owned(),
            };
            reader.push(
                Diagnostic::warning(Code::UnknownKey, key.span, message)
                    .label("has no effect")
                    .hint(hint),
            );
        })
    }

    fn finish_with(
        &mut self,
        fields: Fields<'_>,
        unknown: impl Fn(&mut Self, &Fields<'_>, &Spanned<String>),
    ) -> Extensions {
        let mut extensions = Extensions::new();
        for ((key, node), taken) in fields.entries.iter().zip(&fields.taken) {
            if *taken {
                continue;
            }
            if is_extension(key) {
                extensions.push((key.clone(), node.clone()));
            } else {
                unknown(self, &fields, key);
            }
        }
        extensions
    }

    /// The string under `name`. Of a null, which some tools write for what is absent, it only warns.
    pub(super) fn string(
        &mut self,
        fields: &mut Fields<'_>,
        name: &'static str,
    ) -> Option<Spanned<String>> {
        let node = fields.take(name)?;
        if node.is_null() {
            let found = Diagnostic::warning(
                Code::WrongType,
                node.span,
                format!("`{name}` must be a string, not null"),
            );
            self.push(found.label("taken for absent").hint("remove it"));
            return None;
        }
        self.as_string(node, name)
    }

    /// The string under `name`; when it is missing or no string, that is an error and `""` stands in.
    pub(super) fn required_string(
        &mut self,
        fields: &mut Fields<'_>,
        name: &'static str,
    ) -> Spanned<String> {
        match fields.take(name) {
            Some(node) => self.as_string(node, name),
            None => {
                self.missing(fields, name);
                None
            }
        }
        .unwrap_or_else(|| Spanned::new(String::new(), fields.span))
    }

    /// Reports that an object lacks `name`.
    pub(super) fn missing(&mut self, fields: &Fields<'_>, name: &str) {
        let found = self.lacks(fields, name);
        self.push(found);
    }

    /// What there is to say of an object that lacks `name`.
    pub(super) fn lacks(&self, fields: &Fields<'_>, name: &str) -> Diagnostic {
        let message = format!("{} must have `{name}`", article(fields.what));
        let near = fields
            .entries
            .iter()
            .zip(&fields.taken)
            .filter(|(_, taken)| !**taken);
        let hint = nearest(name, near.map(|((key, _), _)| key.value.as_str())).map_or_else(
            || format!("add `{name}`"),
            |near| format!("rename `{near}` to `{name}`"),
        );
        Diagnostic::error(Code::MissingField, fields.span, message)
            .label(format!("lacks `{name}`"))
            .hint(hint)
    }

    /// The boolean under `name`, if there is one.
    pub(super) fn boolean(&mut self, fields: &mut Fields<'_>, name: &'static str) -> Option<bool> {
        let node = fields.take(name)?;
        let value = node.as_bool();
        if value.is_none() {
            self.wrong_type(node, &format!("`{name}` must be `true` or `false`"));
        }
        value
    }

    /// The boolean under `name`, or `false`.
    pub(super) fn flag(&mut self, fields: &mut Fields<'_>, name: &'static str) -> bool {
        self.boolean(fields, name).unwrap_or(false)
    }

    /// The text of the number under `name`.
    pub(super) fn number(
        &mut self,
        fields: &mut Fields<'_>,
        name: &'static str,
    ) -> Option<Spanned<String>> {
        let node = fields.take(name)?;
        match node.as_number() {
            Some(text) => Some(Spanned::new(text.to_owned(), node.span)),
            None => {
                self.wrong_type(node, &format!("`{name}` must be a number"));
                None
            }
        }
    }

    /// The whole number, zero or more, under `name`.
    pub(super) fn count(
        &mut self,
        fields: &mut Fields<'_>,
        name: &'static str,
    ) -> Option<Spanned<u64>> {
        let node = fields.take(name)?;
        match node.as_number().and_then(whole_number) {
            Some(value) => Some(Spanned::new(value, node.span)),
            None => {
                self.wrong_type(
                    node,
                    &format!("`{name}` must be a whole number, zero or more"),
                );
                None
            }
        }
    }

    /// What `item` makes of each item of the list under `name`; empty when absent.
    pub(super) fn list<T>(
        &mut self,
        fields: &mut Fields<'_>,
        name: &'static str,
        item: impl FnMut(&mut Self, &Node) -> Option<T>,
    ) -> Vec<T> {
        self.optional_list(fields, name, item).unwrap_or_default()
    }

    /// As [`Self::list`], telling absent from empty.
    pub(super) fn optional_list<T>(
        &mut self,
        fields: &mut Fields<'_>,
        name: &'static str,
        mut item: impl FnMut(&mut Self, &Node) -> Option<T>,
    ) -> Option<Vec<T>> {
        let node = fields.take(name)?;
        match node.as_sequence() {
            Some(items) => Some(items.iter().filter_map(|node| item(self, node)).collect()),
            None => {
                self.wrong_type(node, &format!("`{name}` must be a list"));
                None
            }
        }
    }

    /// The strings of the list under `name`.
    pub(super) fn strings(
        &mut self,
        fields: &mut Fields<'_>,
        name: &'static str,
    ) -> Vec<Spanned<String>> {
        self.list(fields, name, |reader, node| reader.as_string(node, name))
    }

    /// What `value` makes of each entry of the mapping under `name`; empty when absent.
    pub(super) fn map<T>(
        &mut self,
        fields: &mut Fields<'_>,
        name: &'static str,
        mut value: impl FnMut(&mut Self, &Node) -> Option<T>,
    ) -> Map<T> {
        let Some(node) = fields.take(name) else {
            return Map::new();
        };
        // A mapping that is a `$ref` as a whole, which OpenAPI has not but some documents use.
        if node
            .get("$ref")
            .is_some_and(|reference| reference.as_str().is_some())
        {
            let read =
                |reader: &mut Self, node: &Node| Some(reader.entries(node, name, &mut value));
            return self.misplaced(node, read).unwrap_or_default();
        }
        self.entries(node, name, &mut value)
    }

    fn entries<T>(
        &mut self,
        node: &Node,
        name: &str,
        value: &mut impl FnMut(&mut Self, &Node) -> Option<T>,
    ) -> Map<T> {
        let Some(entries) = node.as_mapping() else {
            self.wrong_type(node, &format!("`{name}` must be a mapping"));
            return Map::new();
        };
        let mut map = Map::with_capacity(entries.len());
        for (key, node) in entries {
            if let Some(value) = value(self, node) {
                map.insert(key.clone(), value);
            }
        }
        map
    }

    /// `node` as a string; `name` is what it stands under. A number that YAML made of text like
    /// `1.0` is taken for that text, with a warning; so is a `$ref` to a string, which OpenAPI
    /// has not but some documents use.
    pub(super) fn as_string(&mut self, node: &Node, name: &str) -> Option<Spanned<String>> {
        let text = match &node.value {
            Value::String(text) => text.clone(),
            Value::Number(text) => {
                let message = format!("`{name}` must be a string, not a number");
                let found = Diagnostic::warning(Code::WrongType, node.span, message);
                self.push(
                    found
                        .label(format!("read as `{text}`"))
                        .hint("put it in quotes"),
                );
                text.clone()
            }
            Value::Mapping(_)
                if node
                    .get("$ref")
                    .is_some_and(|reference| reference.as_str().is_some()) =>
            {
                return self.referred_string(node);
            }
            _ => {
                self.wrong_type(node, &format!("`{name}` must be a string"));
                return None;
            }
        };
        Some(Spanned::new(text, node.span))
    }

    /// Reports that `node` is of another kind than it must be.
    pub(super) fn wrong_type(&mut self, node: &Node, must: &str) {
        let mut found = Diagnostic::error(
            Code::WrongType,
            node.span,
            format!("{must}, not {}", node.kind()),
        )
        .label(format!("this is {}", node.kind()));
        if must.ends_with("a string") && node.as_bool().is_some() {
            found = found.hint("put it in quotes");
        }
        self.push(found);
    }

    /// Reports a value that the standard does not allow under `name`, with the ones it allows.
    pub(super) fn invalid<'v>(
        &mut self,
        value: &Spanned<String>,
        name: &str,
        allowed: impl Iterator<Item = &'v str> + Clone,
    ) {
        let message = format!("`{}` is not a value of `{name}`", value.value);
        let hint = match nearest(value, allowed.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!(
                "one of {}",
                allowed
                    .map(|value| format!("`{value}`"))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        };
        self.push(Diagnostic::error(Code::InvalidValue, value.span, message).hint(hint));
    }
}

/// The candidate that `name` is most likely a slip for.
pub(super) fn nearest<'c>(
    name: &str,
    candidates: impl Iterator<Item = &'c str>,
) -> Option<&'c str> {
    let allowed = match name.len() {
        0..=2 => return None,
        3..=5 => 1,
        6..=9 => 2,
        _ => 3,
    };
    candidates
        .filter(|candidate| candidate.len().abs_diff(name.len()) <= allowed)
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&name.to_lowercase(), &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `an Operation`, `a Parameter`.
pub(super) fn article(what: &str) -> String {
    let vowel = what.starts_with(['A', 'E', 'I', 'O', 'U', 'a', 'e', 'i', 'o', 'u']);
    format!("{} {what}", if vowel { "an" } else { "a" })
}

/// A whole number, `5.0` included, as JSON Schema counts numbers.
fn whole_number(text: &str) -> Option<u64> {
    if let Ok(value) = text.parse() {
        return Some(value);
    }
    let value: f64 = text.parse().ok()?;
    // 2^53: above it, a float no longer names one whole number.
    (value.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(&value))
        .then_some(value as u64)
}
