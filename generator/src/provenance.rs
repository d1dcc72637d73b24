//! Where a package comes from: what it was made of, so that anyone can make it again.

use serde_json::{Map, Value, json};

use crate::bundle;
use crate::config::Package;
use crate::document::Document;
use crate::embedded;
use crate::ir::Api;
use crate::source::Sources;
use crate::target::Target;
use crate::tree::{FileTree, digest};

/// The file's name, beside the manifest of generated files.
pub const PROVENANCE: &str = "provenance.json";

/// What a package was made of; SHA-256 in lower-case hex.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// `exai-gen 1.4.0`
    pub generator: String,
    /// What made it.
    pub target: Target,
    /// Its name and version.
    pub package: Package,
    /// The command that generated files name.
    pub command: String,
    /// Of the document as one file of JSON, as `exai-gen bundle --format json` writes it.
    pub document: String,
    /// Of what the generator understood, without places.
    pub ir: String,
    /// Of all templates.
    pub templates: String,
    /// Of the manifest of generated files.
    pub files: String,
}

impl Provenance {
    /// Of the files that a run made of a document.
    pub fn new(
        target: Target,
        package: Package,
        command: &str,
        (document, sources): (&Document, &Sources),
        api: &Api,
        tree: &FileTree,
    ) -> Self {
        Self {
            generator: format!("exai-gen {}", env!("CARGO_PKG_VERSION")),
            target,
            package,
            command: command.to_owned(),
            document: digest(&bundle::to_json(&bundle::bundle(document, sources))),
            ir: digest(&without_places(&format!("{api:?}"))),
            templates: templates(),
            files: digest(&tree.manifest()),
        }
    }

    /// As it stands in a package.
    pub fn to_json(&self) -> String {
        let value = Value::Object(self.entries());
        format!("{value:#}\n")
    }

    /// What differs from what a package says, each with what it says; empty when nothing does.
    pub fn differences(&self, said: &Value) -> Vec<String> {
        let mut out = Vec::new();
        for (key, ours) in self.entries() {
            let theirs = said.get(&key).unwrap_or(&Value::Null);
            if *theirs != ours {
                out.push(format!("{key}: the package says {theirs}, this is {ours}"));
            }
        }
        out
    }

    fn entries(&self) -> Map<String, Value> {
        let values = [
            ("generator", json!(self.generator)),
            ("target", json!(self.target.name())),
            ("package", json!(self.package.name)),
            ("version", json!(self.package.version)),
            ("command", json!(self.command)),
            ("document", json!(self.document)),
            ("ir", json!(self.ir)),
            ("templates", json!(self.templates)),
            ("files", json!(self.files)),
        ];
        values
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect()
    }
}

fn templates() -> String {
    let all: String = embedded::TEMPLATES
        .iter()
        .map(|(name, text)| format!("{}  {name}\n", digest(text)))
        .collect();
    digest(&all)
}

/// Where a thing stands in its file is no part of what it is.
fn without_places(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("span: Span {") {
        out.push_str(before);
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    out + rest
}
