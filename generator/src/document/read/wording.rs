//! What is said of an object that is not as it must be.

use super::Reader;
use super::fields::Fields;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Node, Spanned};

impl Reader<'_> {
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
        if must.starts_with("`$ref`") && node.is_null() {
            found = found.hint("a `#` begins a comment in YAML: put the reference in quotes");
        }
        if must.starts_with("`required`") && node.as_bool().is_some() {
            found = found.hint("list the names of required properties beside `properties`");
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
pub(crate) fn nearest<'c>(
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
