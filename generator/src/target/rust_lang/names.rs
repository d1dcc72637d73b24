//! Rust's names: casing, keywords, and what a file of types already means something by.

use std::collections::{BTreeSet, HashSet};

use crate::ir::Name;
use crate::letters;
use crate::numbers::Numbers;
use crate::target::names::{allocate, exactly};

/// Keywords of the 2024 edition that `r#` makes names of.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Words that are never a name, not even behind `r#`.
const NEVER: &[&str] = &["crate", "self", "super"];

/// Names that the text of a types file uses and takes from the prelude or an import. A schema of
/// such a name gets another, so that no other line has to care.
pub const USED_IN_TYPES: &[&str] = &[
    "AsRef",
    "BTreeMap",
    "Box",
    "Clone",
    "Debug",
    "Default",
    "Deserialize",
    "Deserializer",
    "Display",
    "Eq",
    "Err",
    "Formatter",
    "From",
    "Hash",
    "Into",
    "None",
    "Ok",
    "Option",
    "PartialEq",
    "Result",
    "Self",
    "Serialize",
    "Serializer",
    "Some",
    "String",
    "ToString",
    "Vec",
];

/// `RunStatus` of `["run", "status"]`. Digits that would run together are parted: `V1_2`.
pub fn pascal(words: &[String]) -> String {
    let mut name = String::new();
    for word in words.iter().map(|word| identifier(word)) {
        let (mut chars, digits) = (word.chars(), name.ends_with(|c: char| c.is_ascii_digit()));
        match chars.next() {
            Some(first) if first.is_ascii_digit() && digits => {
                name.push('_');
                name.push(first);
            }
            Some(first) => name.extend(letters::capital(first)),
            None => {}
        }
        name.push_str(chars.as_str());
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        format!("N{name}")
    } else {
        name
    }
}

/// `run_id` of `["run", "id"]`, raw where it is a keyword: `r#type`.
pub fn snake(words: &[String]) -> String {
    raw(plain_snake(words))
}

/// `run_id`, for a part of a longer name: `with_type`.
pub fn plain_snake(words: &[String]) -> String {
    let name = words
        .iter()
        .map(|word| identifier(word))
        .collect::<Vec<_>>()
        .join("_");
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        format!("n{name}")
    } else {
        name
    }
}

/// `RUN_ID`
pub fn screaming(words: &[String]) -> String {
    plain_snake(words).to_uppercase()
}

/// A name that may be a keyword as one that is not: `type` is `r#type`, `self` is `self_`.
pub fn raw(name: String) -> String {
    if KEYWORDS.contains(&name.as_str()) {
        format!("r#{name}")
    } else if NEVER.contains(&name.as_str()) {
        format!("{name}_")
    } else {
        name
    }
}

/// Keeps what Rust takes in a name; a word of nothing else is spelled by its code points.
fn identifier(word: &str) -> String {
    let kept: String = word
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || c.is_alphabetic())
        .collect();
    if kept.is_empty() {
        word.chars()
            .map(|c| format!("u{:x}", u32::from(c)))
            .collect()
    } else {
        kept
    }
}

/// Names of types or variants, one each: where `taken` has the wanted one, it gets `suffix`; those
/// of several that want the same are told apart by their own wire names.
pub fn pascal_all(wanted: &[&Name], taken: &[&str], suffix: &str) -> Vec<String> {
    let names = all(wanted, taken, suffix, |name| pascal(name.words()));
    names.into_iter().map(|name| camel_case(&name)).collect()
}

/// Names of fields, as [`pascal_all`].
pub fn snake_all(wanted: &[&Name], taken: &[&str], suffix: &str) -> Vec<String> {
    let names = all(wanted, taken, suffix, |name| plain_snake(name.words()));
    names.into_iter().map(raw).collect()
}

/// Names of statics, as [`pascal_all`].
pub fn screaming_all(wanted: &[&Name]) -> Vec<String> {
    let names = all(wanted, &[], "", |name| screaming(name.words()));
    names.into_iter().map(|name| name.to_uppercase()).collect()
}

fn all(
    wanted: &[&Name],
    taken: &[&str],
    suffix: &str,
    plain: impl Fn(&Name) -> String,
) -> Vec<String> {
    let repair = |name: String| match taken.contains(&name.as_str()) {
        true => format!("{name}{suffix}"),
        false => name,
    };
    let taken: HashSet<String> = taken.iter().map(|&name| name.to_owned()).collect();
    allocate(wanted, &taken, plain, repair, exactly)
}

/// What tells two names apart begins with an underscore, which a type's name has between digits
/// alone: `InProgress_x8f2` is `InProgressX8f2`.
fn camel_case(name: &str) -> String {
    let Some((head, tail)) = name.rsplit_once('_') else {
        return name.to_owned();
    };
    let mut chars = tail.chars();
    match chars.next() {
        Some(first) if !first.is_ascii_digit() || !head.ends_with(|c: char| c.is_ascii_digit()) => {
            format!("{head}{}{}", first.to_uppercase(), chars.as_str())
        }
        _ => name.to_owned(),
    }
}

/// The variant for what is not known: `Unknown`, and where a value is called that,
/// `Unrecognized`.
pub fn catch_all(variants: &[String]) -> String {
    let names = [
        "Unknown",
        "Unrecognized",
        "NotKnownHere",
        "NotKnownToThisVersion",
    ];
    let free = names
        .iter()
        .find(|name| !variants.iter().any(|variant| variant == *name));
    free.map_or_else(|| "OtherThanAllOfThese".to_owned(), |&name| name.to_owned())
}

/// The names of one scope, each given once.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    taken: BTreeSet<String>,
    numbers: Numbers<String>,
}

impl Scope {
    /// A scope in which these names mean something already.
    pub fn with(taken: &[&str]) -> Self {
        Self {
            taken: taken.iter().map(|&name| name.to_owned()).collect(),
            numbers: Numbers::default(),
        }
    }

    /// Gives the wanted name or, where it is taken, the name with `suffix`, and after that with a
    /// number from 2.
    pub fn take(&mut self, wanted: String, suffix: &str) -> String {
        let stem = wanted.strip_prefix("r#").unwrap_or(&wanted);
        let longer = format!("{stem}{suffix}");
        let is_taken = |name: &String| self.taken.contains(name);
        let name = [wanted, longer.clone()]
            .into_iter()
            .find(|name| !is_taken(name))
            .unwrap_or_else(|| {
                let numbered = |stem: &String, number| format!("{stem}{number}");
                self.numbers.free(longer, numbered, is_taken)
            });
        self.taken.insert(name.clone());
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::build::name;

    #[test]
    fn words_become_names() {
        for (wire, type_name, value_name) in [
            ("run_id", "RunId", "run_id"),
            ("runID", "RunId", "run_id"),
            ("type", "Type", "r#type"),
            ("self", "Self", "self_"),
            ("gen", "Gen", "r#gen"),
            ("2fa", "N2fa", "n2fa"),
            ("日本", "日本", "日本"),
        ] {
            let name = name(wire);
            assert_eq!(pascal(name.words()), type_name, "{wire}");
            assert_eq!(snake(name.words()), value_name, "{wire}");
        }
        assert_eq!(pascal(&["v1".into(), "2".into()]), "V1_2");
        assert_eq!(snake(&["²".into()]), "ub2");
    }

    #[test]
    fn a_scope_gives_no_name_twice() {
        let mut scope = Scope::with(USED_IN_TYPES);
        assert_eq!(scope.take("Result".into(), "Model"), "ResultModel");
        assert_eq!(scope.take("Result".into(), "Model"), "ResultModel2");
        assert_eq!(scope.take("Run".into(), "Model"), "Run");
        let mut scope = Scope::with(&["r#type"]);
        assert_eq!(scope.take("r#type".into(), "_field"), "type_field");
    }
}
