//! What a user says beside the document: package names, pins and exceptions, each with a reason.
//!
//! The file is YAML or JSON, read through `source` as the document is:
//!
//! ```yaml
//! client: Exai                  # the client's name; from the document's title when left out
//! environment: EXAI             # prefix of environment variables
//! packages:
//!   typescript: { name: "@exai/sdk", version: 1.4.0 }
//!   go: { name: exai, module: github.com/exai/sdk-go, version: 1.4.0 }
//! names:                        # what a schema is called, by its place in its file
//!   - { at: "/components/schemas/Foo", name: Bar, reason: "Foo says nothing" }
//! allow:                        # codes that are not errors here
//!   - { code: E0201, reason: "XML is offered beside JSON" }
//! ```

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::nearest;
use crate::shipped::Shipped;
use crate::source::{Node, Span};
use crate::target::Target;
use crate::target::{names, reserved};

/// What the client is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// `Exai`: letters and digits, in Pascal case.
    pub client: String,
    /// `EXAI`: prefix of environment variables, without the underscore.
    pub environment: String,
}

/// Name and version of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// `@exai/sdk`; for Go the package's name, `exai`.
    pub name: String,
    /// Python's import name, or Go's module path, where they differ from `name`.
    pub module: Option<String>,
    /// `1.4.0`
    pub version: String,
    /// `MIT`, an SPDX expression, where the document names a licence that has one.
    pub license: Option<&'static str>,
}

/// A pinned name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// JSON Pointer of the schema in its file.
    pub at: String,
    /// What to call it.
    pub name: String,
    /// Where the pin is written.
    pub span: Span,
}

/// Everything the file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    client: Option<String>,
    environment: Option<String>,
    packages: BTreeMap<&'static str, Package>,
    /// Pinned names.
    pub names: Vec<Pin>,
    /// Codes that do not stop a run; they are listed in its report.
    pub allow: Vec<Code>,
    /// Names that shipped; they stand in a file of their own.
    pub shipped: Shipped,
}

impl Config {
    /// Reads the file's tree; what is wrong goes to `diagnostics`.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Self {
        let mut config = Self::default();
        for (key, value) in entries(node, diagnostics) {
            match key.value.as_str() {
                "client" => config.client = safe(value, is_identifier, diagnostics),
                "environment" => config.environment = safe(value, is_identifier, diagnostics),
                "packages" => config.read_packages(value, diagnostics),
                "names" => config.read_names(value, diagnostics),
                "allow" => config.read_allow(value, diagnostics),
                _ => unknown(key.span, &key.value, &KEYS, diagnostics),
            }
        }
        config
    }

    fn read_packages(&mut self, node: &Node, diagnostics: &mut Diagnostics) {
        for (key, value) in entries(node, diagnostics) {
            let Some(target) = Target::from_name(&key.value) else {
                let names = Target::ALL.map(Target::name);
                unknown(key.span, &key.value, &names, diagnostics);
                continue;
            };
            let field = |name: &str, diagnostics: &mut Diagnostics| {
                value
                    .get(name)
                    .and_then(|node| safe(node, is_package, diagnostics))
            };
            let (Some(name), Some(version)) =
                (field("name", diagnostics), field("version", diagnostics))
            else {
                let message = "a package has a `name` and a `version`";
                diagnostics.push(Diagnostic::error(Code::MissingField, value.span, message));
                continue;
            };
            let module = field("module", diagnostics);
            self.packages.insert(
                target.name(),
                Package {
                    name,
                    module,
                    version,
                    license: None,
                },
            );
        }
    }

    fn read_names(&mut self, node: &Node, diagnostics: &mut Diagnostics) {
        for item in node.as_sequence().unwrap_or_default() {
            if !has_reason(item, diagnostics) {
                continue;
            }
            let at = item.get("at").and_then(Node::as_str);
            let name = item
                .get("name")
                .and_then(|n| safe(n, is_identifier, diagnostics));
            match (at, name) {
                (Some(at), Some(name)) => {
                    self.names.push(Pin {
                        at: at.to_owned(),
                        name,
                        span: item.span,
                    });
                }
                _ => diagnostics.push(Diagnostic::error(
                    Code::MissingField,
                    item.span,
                    "a pinned name has `at`, `name` and `reason`",
                )),
            }
        }
    }

    fn read_allow(&mut self, node: &Node, diagnostics: &mut Diagnostics) {
        for item in node.as_sequence().unwrap_or_default() {
            if !has_reason(item, diagnostics) {
                continue;
            }
            let wanted = item.get("code").and_then(Node::as_str).unwrap_or_default();
            match Code::ALL
                .iter()
                .find(|code| code.id() == wanted || code.slug() == wanted)
            {
                Some(code) => self.allow.push(*code),
                None => diagnostics.push(
                    Diagnostic::error(
                        Code::InvalidValue,
                        item.span,
                        format!("`{wanted}` is no code of exai-gen"),
                    )
                    .hint("`exai-gen check --list-codes` lists them"),
                ),
            }
        }
    }

    /// The client's names; made of the document's title where the file says nothing.
    pub fn product(&self, title: &str) -> Product {
        let words = ascii_words(title);
        Product {
            client: self.client.clone().unwrap_or_else(|| names::pascal(&words)),
            environment: self
                .environment
                .clone()
                .unwrap_or_else(|| names::screaming(&words)),
        }
    }

    /// Whether the file says what the package of a target is called, and which version it has.
    pub fn names_package(&self, target: Target) -> bool {
        self.packages.contains_key(target.name())
    }

    /// The package of a target; made of the document's title where the file says nothing.
    pub fn package(&self, target: Target, title: &str) -> Package {
        self.packages
            .get(target.name())
            .cloned()
            .unwrap_or_else(|| {
                let words = ascii_words(title);
                let (name, module) = match target {
                    Target::Typescript => (names::kebab(&words), None),
                    Target::Python => (names::kebab(&words), Some(names::snake(&words))),
                    Target::Go => (
                        words.concat(),
                        Some(format!("example.com/{}", names::kebab(&words))),
                    ),
                    Target::Rust => (names::kebab(&words), None),
                    Target::Axum => (names::kebab(&words) + "-server", None),
                };
                Package {
                    name,
                    module,
                    version: "0.1.0".to_owned(),
                    license: None,
                }
            })
    }
}

/// ASCII words of a title that make a legal name in every language: `api` when none are left.
fn ascii_words(title: &str) -> Vec<String> {
    let mut words: Vec<String> = crate::lower::name::words(title)
        .into_iter()
        .filter(|word| word.is_ascii())
        .skip_while(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .take(4)
        .collect();
    // A word alone that means something to a language says so no more.
    if words.is_empty() || matches!(words.as_slice(), [only] if reserved::is_package(only)) {
        words.push("api".to_owned());
    }
    words
}

fn entries<'a>(node: &'a Node, diagnostics: &mut Diagnostics) -> &'a [crate::source::Entry] {
    node.as_mapping().unwrap_or_else(|| {
        let message = format!("found {}, expected a mapping", node.kind());
        diagnostics.push(Diagnostic::error(Code::WrongType, node.span, message));
        &[]
    })
}

/// What the file may say.
const KEYS: [&str; 5] = ["allow", "client", "environment", "names", "packages"];

fn unknown(span: Span, key: &str, known: &[&str], diagnostics: &mut Diagnostics) {
    let message = format!("unknown key `{key}`");
    let hint = match nearest(key, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("one of {}", known.join(", ")),
    };
    diagnostics.push(Diagnostic::error(Code::UnknownKey, span, message).hint(hint));
}

fn has_reason(item: &Node, diagnostics: &mut Diagnostics) -> bool {
    let given = item
        .get("reason")
        .and_then(Node::as_str)
        .is_some_and(|r| !r.trim().is_empty());
    if !given {
        let message = "an exception says its `reason`";
        diagnostics.push(Diagnostic::error(Code::MissingField, item.span, message));
    }
    given
}

fn safe(node: &Node, test: fn(&str) -> bool, diagnostics: &mut Diagnostics) -> Option<String> {
    let text = node.as_str().or_else(|| node.as_number());
    match text {
        Some(text) if test(text) => Some(text.to_owned()),
        _ => {
            let message = "not a name that every language and registry can hold";
            diagnostics.push(
                Diagnostic::error(Code::InvalidValue, node.span, message)
                    .hint("use letters, digits, and `-_./@` where a registry allows them"),
            );
            None
        }
    }
}

fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn is_package(text: &str) -> bool {
    !text.is_empty()
        && !text.contains("..")
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_./@".contains(c))
}
