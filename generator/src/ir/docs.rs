use std::fmt;

/// A string that came from the document, and so may hold anything.
///
/// It has no `Display` and no `Serialize`: it reaches output only through an escaper made for the
/// place where it lands. `raw` is called in files named `escape.rs`, in `lower`, `passes` and
/// tests; `cargo xtask tidy` checks that.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text(String);

impl Text {
    /// Takes any string.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The string itself, for an escaper.
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// True when there is nothing to print.
    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

/// What the document says of a thing to people: `CommonMark`, as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Docs {
    /// One line; empty where the document gives none.
    pub summary: Text,
    /// Paragraphs; empty where the document gives none.
    pub description: Text,
}

impl Docs {
    /// True when there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.summary.is_empty() && self.description.is_empty()
    }
}
