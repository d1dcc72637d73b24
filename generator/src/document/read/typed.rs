//! Fields of a kind: strings, numbers, lists, maps.

use super::Reader;
use super::fields::Fields;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::document::model::Map;
use crate::source::{Node, Spanned, Value};

impl Reader<'_> {
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
    /// The string under `name`, which the standard asks for and nothing is made of but text: when
    /// it is missing, that is a warning and `instead` stands in.
    pub(super) fn expected_string(
        &mut self,
        fields: &mut Fields<'_>,
        name: &'static str,
        instead: &str,
    ) -> Spanned<String> {
        if let Some(node) = fields.take(name) {
            let text = self.as_string(node, name);
            return text.unwrap_or_else(|| Spanned::new(instead.to_owned(), node.span));
        }
        let found = self.lacks(fields, name);
        let label = match instead {
            "" => "left empty".to_owned(),
            _ => format!("read as `{instead}`"),
        };
        self.push(Diagnostic {
            severity: Severity::Warning,
            ..found.label(label)
        });
        Spanned::new(instead.to_owned(), fields.span)
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

    /// The entries of a mapping, under whatever names.
    pub(super) fn entries<T>(
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
