//! The rest of a crate for a document that has none: manifest, `lib.rs`, `README.md`.

use serde::Serialize;

use super::resource::Placed;
use crate::target::Context;
use crate::target::rust_lang::escape as rust;

/// What the files of a new crate say.
#[derive(Debug, Serialize)]
pub(super) struct ScaffoldView {
    /// `petstore-server`
    pub(super) package: String,
    /// `petstore_server`
    pub(super) library: String,
    /// `0.1.0`
    pub(super) version: String,
    /// `MIT`
    pub(super) license: Option<&'static str>,
    /// `"Petstore"`, as a TOML string.
    pub(super) description: String,
    /// `["//! Petstore."]`
    pub(super) docs: Vec<String>,
    /// `["A store of pets."]`, as Markdown.
    pub(super) markdown: Vec<String>,
    /// `Pets`, the first trait.
    pub(super) example: String,
}

impl ScaffoldView {
    pub(super) fn new(cx: &Context<'_>, placed: &[Placed<'_>]) -> Self {
        let info = &cx.api.info;
        let docs = rust::doc_comment(0, &info.docs, false, "A server of the API.");
        let text = |line: &String| line.trim_start_matches("///").trim_start().to_owned();
        let package = rust::crate_name(&cx.package.name);
        Self {
            library: package.replace('-', "_"),
            package,
            version: cx.package.version.clone(),
            license: cx.package.license,
            description: rust::toml(&info.title),
            markdown: docs.iter().map(text).collect(),
            docs: docs
                .iter()
                .map(|line| line.replacen("///", "//!", 1))
                .collect(),
            example: placed
                .first()
                .map_or_else(String::new, |first| first.name.clone()),
        }
    }
}
