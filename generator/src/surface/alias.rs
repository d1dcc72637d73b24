//! Other names of things: who knows one of them need not know the others.

use std::collections::BTreeMap;

use super::Surface;

/// What the declaration of another name says before the name that it stands for.
pub(super) const SAYS: &str = "alias ";

/// What each other name stands for.
pub(super) struct Aliases<'s>(BTreeMap<&'s str, &'s str>);

/// The other names of a surface.
pub(super) fn aliases(surface: &Surface) -> Aliases<'_> {
    let all = surface
        .iter()
        .filter_map(|(name, says)| Some((name.as_str(), says.strip_prefix(SAYS)?)));
    Aliases(all.collect())
}

/// Whether a text is one name, of a type or a constant.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_uppercase()) && super::name(text).len() == text.len()
}

impl Aliases<'_> {
    /// A text with each name as what it stands for. What stands in quotes is no name.
    pub(super) fn present(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let word = super::name(rest);
            if !word.is_empty() {
                out.push_str(self.end(word));
                rest = &rest[word.len()..];
                continue;
            }
            let quoted = match c {
                '"' => rest[1..].find('"').map_or(rest.len(), |end| end + 2),
                _ => c.len_utf8(),
            };
            out.push_str(&rest[..quoted]);
            rest = &rest[quoted..];
        }
        out
    }

    /// A name with its owner as what that stands for: members are called as they were.
    pub(super) fn owned(&self, name: &str) -> String {
        let owner = super::name(name);
        format!("{}{}", self.end(owner), &name[owner.len()..])
    }

    fn end<'a>(&'a self, word: &'a str) -> &'a str {
        let mut word = word;
        // As many steps as there are names: a ring ends somewhere.
        for _ in 0..self.0.len() {
            match self.0.get(word) {
                Some(next) => word = next,
                None => break,
            }
        }
        word
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Surface, SurfaceChange};

    fn of(entries: &[(&str, &str)]) -> Surface {
        let owned = |(name, says): &(&str, &str)| ((*name).to_owned(), (*says).to_owned());
        entries.iter().map(owned).collect()
    }

    #[test]
    fn what_has_another_name_now_is_what_it_was_and_no_more() {
        let old = of(&[
            ("Pet", "interface Pet"),
            ("Pet.id", "PetId"),
            ("Pet.kind", "\"Pet\""),
            ("Pet.gone", "string"),
            ("PetId", "interface PetId"),
        ]);
        let new = of(&[
            ("Animal", "interface Animal"),
            ("Animal.id", "AnimalId"),
            ("Animal.kind", "\"Animal\""),
            ("AnimalId", "interface AnimalId"),
            ("Pet", "alias Animal"),
            ("PetId", "alias AnimalId"),
        ]);
        let change = SurfaceChange::between(&old, &new);
        assert_eq!(change.removed, ["Pet.gone"]);
        assert_eq!(change.changed, ["Pet.kind"]);
        let ring = of(&[("A", "alias B"), ("B", "alias A")]);
        assert_eq!(
            SurfaceChange::between(&of(&[("A", "x")]), &ring).changed,
            ["A"]
        );
    }
}
