//! The rest of a crate for a document that has none: manifest, `lib.rs`, `README.md`.

use serde::Serialize;

use super::{Options, Planned, View, escape};
use crate::ir::Api;
use crate::target::rust_lang::escape as rust;

/// A crate to be made.
#[derive(Debug, Clone)]
pub struct Scaffold {
    /// `petstore-client`
    pub package: String,
    /// `0.1.0`
    pub version: String,
}

/// What the files of a new crate say.
#[derive(Debug, Serialize)]
pub struct ScaffoldView {
    /// `exai-gen generate`
    pub command: String,
    /// `petstore-client`
    pub package: String,
    /// `petstore_client`
    pub library: String,
    /// `0.1.0`
    pub version: String,
    /// `"Petstore"`, as a TOML string.
    pub description: String,
    /// `["//! Petstore."]`
    pub docs: Vec<String>,
    /// `["A store of pets."]`, as Markdown.
    pub markdown: Vec<String>,
    /// `PETSTORE`
    pub env_prefix: String,
}

impl Scaffold {
    pub(super) fn plan(&self, api: &Api, options: &Options) -> Vec<Planned> {
        let files = [
            ("Cargo.toml", "rust/Cargo.toml.jinja"),
            ("README.md", "rust/README.md.jinja"),
            ("src/lib.rs", "rust/lib.rs.jinja"),
        ];
        let plan = files.map(|(path, template)| Planned {
            path: path.to_owned(),
            template,
            view: View::Scaffold(self.view(api, options)),
        });
        plan.into()
    }

    fn view(&self, api: &Api, options: &Options) -> ScaffoldView {
        let docs = rust::doc_comment(0, &api.info.docs, false, "A client of the API.");
        let prefix = options.env_prefix.clone();
        ScaffoldView {
            command: options.command.clone(),
            library: self.package.replace('-', "_"),
            package: self.package.clone(),
            version: self.version.clone(),
            description: escape::toml(&api.info.title),
            markdown: docs.iter().map(|line| line.replacen("///", "", 1).trim_start().to_owned()).collect(),
            docs: docs.iter().map(|line| line.replacen("///", "//!", 1)).collect(),
            env_prefix: prefix.unwrap_or_else(|| escape::env_prefix(api)),
        }
    }
}
