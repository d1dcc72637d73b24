//! Changes that somebody looked at and said may be made.
//!
//! A file, reviewed as code is, maps fingerprints to reasons:
//!
//! ```yaml
//! 3f9a1c0b7d52: nobody ever sent this value
//! ```

use std::collections::BTreeMap;

use super::Change;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::Node;

/// Fingerprints and why each is accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acceptance(BTreeMap<String, String>);

/// Changes, as they were looked at.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// What counts.
    pub kept: Vec<Change>,
    /// What was accepted, each with the reason.
    pub accepted: Vec<(Change, String)>,
    /// Fingerprints that are accepted and that no change has.
    pub stale: Vec<String>,
}

impl Acceptance {
    /// Reads the file's tree; what is wrong goes to `diagnostics`.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Self {
        let mut out = BTreeMap::new();
        if node.as_mapping().is_none() && !node.is_null() {
            let message = format!(
                "accepted changes are {}, expected a mapping of fingerprints to reasons",
                node.kind()
            );
            diagnostics.push(Diagnostic::error(Code::InvalidValue, node.span, message));
        }
        for (fingerprint, reason) in node.as_mapping().unwrap_or_default() {
            match reason.as_str().map(str::trim) {
                Some(reason) if !reason.is_empty() => {
                    out.insert(fingerprint.value.clone(), reason.to_owned());
                }
                _ => {
                    let message = "an accepted change has no reason";
                    let error = Diagnostic::error(Code::InvalidValue, reason.span, message);
                    let hint = "write down why the change may be made, after the fingerprint";
                    diagnostics.push(error.hint(hint));
                }
            }
        }
        Self(out)
    }

    /// Tells what was accepted from what was not.
    pub fn judge(&self, changes: Vec<Change>) -> Judged {
        let mut out = Judged::default();
        let mut stale = self.0.clone();
        for change in changes {
            let fingerprint = change.fingerprint();
            stale.remove(&fingerprint);
            match self.0.get(&fingerprint) {
                Some(reason) => out.accepted.push((change, reason.clone())),
                None => out.kept.push(change),
            }
        }
        out.stale = stale.into_keys().collect();
        out
    }
}
