//! What is wrong with a document, where, and what to do about it.
//!
//! Every stage hands its findings to one [`Diagnostics`] and goes on, so that
//! one error never hides another. Nothing here knows what a stage does.

mod code;
mod render;

use std::collections::HashSet;

pub use code::Code;
pub(crate) use render::Lines;
pub use render::{Format, place, render};

use crate::source::Span;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// Generation goes on.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// A place that a diagnostic points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is to be said of that place; may be empty.
    pub text: String,
    /// Whether this is the place of the problem, not one that explains it.
    pub primary: bool,
}

/// One finding: a code, a sentence, places and a hint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What it is about.
    pub code: Code,
    /// Whether it stops the run.
    pub severity: Severity,
    /// What was found, in lower case and without a full stop.
    pub message: String,
    /// The places, the primary one first. Empty when there is no file to point into.
    pub labels: Vec<Label>,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        let mut diagnostic = Self::without_place(code, message);
        diagnostic.labels.push(Label {
            span,
            text: String::new(),
            primary: true,
        });
        diagnostic
    }

    /// A warning at a place.
    pub fn warning(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, span, message)
        }
    }

    /// An error that no file can be shown for.
    pub fn without_place(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            labels: Vec::new(),
            hint: None,
        }
    }

    /// Says `text` at the primary place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        if let Some(label) = self.labels.first_mut() {
            label.text = text.into();
        }
        self
    }

    /// Points at another place that explains the problem.
    #[must_use]
    pub fn secondary(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label {
            span,
            text: text.into(),
            primary: false,
        });
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn hint(mut self, text: impl Into<String>) -> Self {
        self.hint = Some(text.into());
        self
    }

    /// The place of the problem.
    pub fn span(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }
}

/// Everything found so far, in the order it was found.
///
/// The same code with the same message at the same place is kept once: a node that
/// several references lead to may be read more than once.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    items: Vec<Diagnostic>,
    seen: HashSet<(Code, Option<Span>, String)>,
}

impl Diagnostics {
    /// An empty sink.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps a finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let key = (
            diagnostic.code,
            diagnostic.span(),
            diagnostic.message.clone(),
        );
        if self.seen.insert(key) {
            self.items.push(diagnostic);
        }
    }

    /// Whether anything stops the run.
    pub fn has_errors(&self) -> bool {
        self.items
            .iter()
            .any(|item| item.severity == Severity::Error)
    }

    /// The findings in the order they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.items.iter()
    }

    /// How many findings there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Drops findings that `keep` refuses, and gives them back: the caller lists them.
    pub fn take(&mut self, mut keep: impl FnMut(&Diagnostic) -> bool) -> Vec<Diagnostic> {
        let (kept, taken) = std::mem::take(&mut self.items)
            .into_iter()
            .partition(|item| keep(item));
        self.items = kept;
        taken
    }

    /// Orders the findings by file and place, those without a place first.
    pub fn sort(&mut self) {
        self.items.sort_by_key(Diagnostic::span);
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
