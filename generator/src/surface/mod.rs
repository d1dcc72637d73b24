//! What a package shows to its users: each public name, and what its declaration says.
//!
//! Read from the text that targets write, whose layout is known: gofmt's, rustfmt's, biome's and
//! ruff's. It is no parser of these languages, and asks for no more than that layout: a
//! declaration begins at a known depth and ends with a known sign.

mod alias;
mod go;
mod python;
mod rust;
mod typescript;

use std::collections::BTreeMap;

use crate::target::Target;

/// Public names, each with what its declaration says: `Plan.ceiling` and `Money | null`.
pub type Surface = BTreeMap<String, String>;

/// The surface of files of one package, given by path and text.
pub fn surface<'a>(target: Target, files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Surface {
    let mut out = Found::default();
    for (path, text) in files {
        match target {
            Target::Typescript if path.ends_with(".ts") => typescript::read(text, &mut out),
            Target::Python if path.ends_with(".py") => python::read(text, &mut out),
            Target::Go if path.ends_with(".go") && !path.ends_with("_test.go") => {
                go::read(text, &mut out);
            }
            Target::Rust | Target::Axum if path.ends_with(".rs") => rust::read(text, &mut out),
            _ => {}
        }
    }
    out.0
}

/// What changed between two surfaces, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SurfaceChange {
    /// Names that are new.
    pub added: Vec<String>,
    /// Names that are gone.
    pub removed: Vec<String>,
    /// Names whose declaration says something else.
    pub changed: Vec<String>,
}

impl SurfaceChange {
    /// A line for each name: `+ Plan.note`, `- Plan.memo`, `~ Plan.ceiling`.
    pub fn lines(&self) -> impl Iterator<Item = String> + '_ {
        let lists = [
            ('+', &self.added),
            ('-', &self.removed),
            ('~', &self.changed),
        ];
        lists
            .into_iter()
            .flat_map(|(sign, names)| names.iter().map(move |name| format!("{sign} {name}")))
    }

    /// From an old surface to a new one. What the new one has as another name of something is
    /// that thing, with all its members: whoever uses the name sees no difference.
    pub fn between(old: &Surface, new: &Surface) -> Self {
        let aliases = alias::aliases(new);
        let mut out = Self {
            added: new
                .keys()
                .filter(|n| !old.contains_key(*n))
                .cloned()
                .collect(),
            ..Self::default()
        };
        for (name, was) in old {
            if new.get(name) == Some(was) {
                continue;
            }
            let (whole, owner) = (aliases.present(name), aliases.owned(name));
            let found = new.get(&owner).or_else(|| new.get(&whole));
            match found.or_else(|| new.get(name)) {
                None => out.removed.push(name.clone()),
                Some(is) if aliases.present(is) != aliases.present(was) => {
                    out.changed.push(name.clone());
                }
                Some(_) => {}
            }
        }
        out
    }
}

/// What was found so far; a name that is declared twice says both.
#[derive(Debug, Default)]
struct Found(Surface);

impl Found {
    fn add(&mut self, name: impl Into<String>, says: &str) {
        let says = says.split_whitespace().collect::<Vec<_>>().join(" ");
        let known = self.0.entry(name.into()).or_default();
        if !known.is_empty() {
            known.push('\n');
        }
        known.push_str(&says);
    }

    /// Another name of what one word names.
    fn alias(&mut self, name: &str, of: &str) {
        self.add(name, &format!("{}{of}", alias::SAYS));
    }

    /// The members of a union, each as a name of its own: one more of them changes no other.
    fn union(&mut self, name: &str, members: &str) {
        self.add(name, "union");
        for member in split(members, '|') {
            self.add(format!("{name} = {member}"), "");
        }
    }
}

/// The lines of a declaration that begins with `first`, up to one that `ends` it, as one text.
fn whole<'a>(
    first: &str,
    lines: &mut impl Iterator<Item = &'a str>,
    ends: impl Fn(&str) -> bool,
) -> String {
    let mut out = first.to_owned();
    while !ends(out.trim_end()) {
        let Some(next) = lines.next() else { break };
        out.push(' ');
        out.push_str(next.trim());
    }
    out
}

/// Splits at a sign that stands in no brackets and in no string.
fn split(text: &str, at: char) -> Vec<&str> {
    let (mut depth, mut quoted, mut start) = (0_i32, false, 0);
    let mut out = Vec::new();
    let mut before = ' ';
    for (index, c) in text.char_indices() {
        match c {
            '"' if before != '\\' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' | '<' => depth += 1,
            '>' if before == '=' || before == '-' => {}
            ')' | ']' | '}' | '>' => depth -= 1,
            c if c == at && depth == 0 => {
                out.push(&text[start..index]);
                start = index + c.len_utf8();
            }
            _ => {}
        }
        before = c;
    }
    out.push(&text[start..]);
    out.into_iter()
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect()
}

/// The name that a text begins with.
fn name(text: &str) -> &str {
    let end = text
        .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
        .unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::{Surface, SurfaceChange, surface};
    use crate::target::Target;

    fn of(target: Target, path: &str, text: &str) -> Vec<String> {
        let found: Surface = surface(target, [(path, text)]);
        found
            .into_iter()
            .map(|(name, says)| format!("{name}: {says}"))
            .collect()
    }

    #[test]
    fn typescript_shows_members_methods_and_the_members_of_unions() {
        let text = "export interface Plan {\n  /** The id. */\n  id: string;\n  note?: string | null;\n}\n\nexport type Kind = \"a\" | \"b\" | (string & {});\n\nexport class Plans {\n  readonly #core: Core;\n\n  get(\n    id: string,\n    options?: Options,\n  ): Result<Plan> {\n    return x;\n  }\n}\n\nfunction hidden(): void {}\n";
        assert_eq!(
            of(Target::Typescript, "a.ts", text),
            [
                "Kind: union",
                "Kind = \"a\": ",
                "Kind = \"b\": ",
                "Kind = (string & {}): ",
                "Plan: interface Plan",
                "Plan.id: string",
                "Plan.note: ? string | null",
                "Plans: class Plans",
                "Plans.get: (id: string, options?: Options) : Result<Plan>",
            ]
        );
    }

    #[test]
    fn python_shows_what_must_be_given_apart_from_what_may() {
        let text = "class Plans:\n    \"\"\"Plans.\"\"\"\n\n    def create(\n        self,\n        *,\n        name: str,\n        note: str | None = None,\n    ) -> Plan:\n        \"\"\"Make one.\"\"\"\n        return self._x()\n\n\nKind: TypeAlias = Literal[\"a\", \"b\"] | str\n";
        assert_eq!(
            of(Target::Python, "a.py", text),
            [
                "Kind: union",
                "Kind = \"a\": ",
                "Kind = \"b\": ",
                "Kind = str: ",
                "Plans: class Plans",
                "Plans.create: (self, *, name: str) -> Plan",
                "Plans.create(note): str | None = None",
            ]
        );
    }

    #[test]
    fn go_shows_exported_names_alone() {
        let text = "type Plan struct {\n\tID string `json:\"id\"`\n\n\thidden int\n}\n\nfunc (s *PlansService) Get(ctx context.Context) (*Plan, error) {\n\treturn nil, nil\n}\n\nfunc hidden() {\n}\n\nconst (\n\tKindA Kind = \"a\"\n)\n";
        assert_eq!(
            of(Target::Go, "a.go", text),
            [
                "KindA: Kind = \"a\"",
                "Plan: struct {",
                "Plan.ID: string",
                "PlansService.Get: (ctx context.Context) (*Plan, error)",
            ]
        );
    }

    #[test]
    fn rust_shows_fields_variants_and_methods_of_traits() {
        let text = "#[non_exhaustive]\npub struct Plan {\n    pub id: PlanId,\n    hidden: u8,\n}\n\nread!(Plan {\n    id: required,\n});\n\npub enum Kind {\n    A,\n    Other(String),\n}\n\nimpl Plan {\n    pub fn new(id: PlanId) -> Self {\n        Self { id }\n    }\n    fn hidden(&self) {}\n}\n\npub trait Plans: Send {\n    fn get(\n        &self,\n        id: PlanId,\n    ) -> u8;\n}\n";
        assert_eq!(
            of(Target::Rust, "a.rs", text),
            [
                "Kind: pub enum Kind",
                "Kind::A: ",
                "Kind::Other: (String)",
                "Plan: #[non_exhaustive] pub struct Plan",
                "Plan.id: PlanId",
                "Plan::new: (id: PlanId) -> Self",
                "Plans: pub trait Plans: Send",
                "Plans::get: ( &self, id: PlanId, ) -> u8",
            ]
        );
    }

    #[test]
    fn a_change_names_what_is_new_gone_and_otherwise() {
        let of = |entries: &[(&str, &str)]| -> Surface {
            entries
                .iter()
                .map(|(name, says)| ((*name).to_owned(), (*says).to_owned()))
                .collect()
        };
        let change = SurfaceChange::between(
            &of(&[("A", "x"), ("B", "x"), ("C", "x")]),
            &of(&[("A", "x"), ("B", "y"), ("D", "x")]),
        );
        assert_eq!(change.added, ["D"]);
        assert_eq!(change.removed, ["C"]);
        assert_eq!(change.changed, ["B"]);
    }
}
