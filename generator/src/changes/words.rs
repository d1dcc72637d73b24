//! What only people read: descriptions, examples, links to more.

use super::{Rule, Trail, Walk};
use crate::document::{Document, Example, ExternalDocs, Map, RefOr};
use crate::source::{Node, Span, Spanned};

impl Walk<'_> {
    /// What people read: it changes no value that is sent.
    pub(super) fn words(
        &mut self,
        what: &str,
        old: Option<&Spanned<String>>,
        new: Option<&Spanned<String>>,
        at: &Trail,
    ) {
        if old != new {
            let (old, new) = (old.map(|text| text.span), new.map(|text| text.span));
            self.found(
                Rule::WordsChanged,
                at,
                old,
                new,
                format!("the {what} changed"),
            );
        }
    }

    /// Examples of a value, by name.
    pub(super) fn shown_by(
        &mut self,
        old: &Map<RefOr<Example>>,
        new: &Map<RefOr<Example>>,
        spans: (Span, Span),
        at: &Trail,
    ) {
        let of = |document: &Document, examples: &Map<RefOr<Example>>| -> Vec<String> {
            let one = |(name, example): (&Spanned<String>, &RefOr<Example>)| {
                let example = document.example(example)?;
                let value = example.value.as_ref().map(Node::to_json);
                let texts = [&example.serialized_value, &example.external_value];
                let texts = texts.map(|text| text.as_ref().map(|text| &text.value));
                Some(format!("{} {value:?} {texts:?}", **name))
            };
            examples.iter().filter_map(one).collect()
        };
        if of(self.old, old) != of(self.new, new) {
            let message = "the examples changed";
            self.found(Rule::WordsChanged, at, spans.0, spans.1, message);
        }
    }

    /// Where more is said.
    pub(super) fn elsewhere(
        &mut self,
        old: Option<&ExternalDocs>,
        new: Option<&ExternalDocs>,
        at: &Trail,
    ) {
        let link = |docs: &'_ ExternalDocs| docs.url.clone();
        let (was, is) = (old.map(link), new.map(link));
        self.words("link to more", was.as_ref(), is.as_ref(), at);
        let said = |docs: Option<&ExternalDocs>| docs.and_then(|docs| docs.description.clone());
        let (was, is) = (said(old), said(new));
        self.words("link's words", was.as_ref(), is.as_ref(), at);
    }
}
