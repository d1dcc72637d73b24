use super::Text;

/// A name before any language: the words it is made of, and how it stands on the wire.
///
/// A target joins the words in its own casing and allocates the result in a scope.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name {
    words: Vec<String>,
    wire: Text,
    pinned: bool,
}

impl Name {
    /// From what was split (`["run", "id"]`) and what stands on the wire (`run_id`).
    /// `words` are lower case, each made of letters and digits only, at least one.
    pub fn new(words: Vec<String>, wire: impl Into<String>) -> Self {
        debug_assert!(!words.is_empty() && words.iter().all(|w| !w.is_empty()));
        Self {
            words,
            wire: Text::new(wire),
            pinned: false,
        }
    }

    /// The same name, marked as chosen by the overrides: an allocator gives it its plain form
    /// before any other name.
    pub fn pin(self) -> Self {
        Self {
            pinned: true,
            ..self
        }
    }

    /// Lower-case words: `["run", "id"]`.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// The spelling on the wire: `run_id`. Read by escapers only.
    pub fn wire(&self) -> &Text {
        &self.wire
    }

    /// True when the overrides chose this name.
    pub fn is_pinned(&self) -> bool {
        self.pinned
    }

    /// This name with more words behind it: `Run` + `input`. The wire name stays.
    pub fn with_suffix(&self, word: &str) -> Self {
        let mut words = self.words.clone();
        words.push(word.to_owned());
        Self {
            words,
            wire: self.wire.clone(),
            pinned: false,
        }
    }
}
