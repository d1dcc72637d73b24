//! The rest of a crate for a document that has none: manifest, `lib.rs`, `README.md`.

use serde::Serialize;

use super::{Planned, View};
use crate::target::rust_lang::escape as rust;
use crate::target::{Context, Owner};

/// What the files of a new crate say.
#[derive(Debug, Serialize)]
pub(super) struct ScaffoldView {
    /// `petstore-client`
    pub(super) package: String,
    /// `petstore_client`
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
    /// `PETSTORE`
    pub(super) env_prefix: String,
}

/// The files of a new crate.
pub(super) fn plan(cx: &Context<'_>) -> Vec<Planned> {
    let files = [
        ("Cargo.toml", "rust/Cargo.toml.jinja"),
        ("README.md", "rust/README.md.jinja"),
        ("src/lib.rs", "rust/lib.rs.jinja"),
    ];
    let plan = files.map(|(path, template)| Planned {
        path: path.to_owned(),
        template,
        view: View::Scaffold(ScaffoldView::new(cx)),
        owner: Owner::Scaffold,
    });
    plan.into()
}

impl ScaffoldView {
    fn new(cx: &Context<'_>) -> Self {
        let info = &cx.api.info;
        let docs = rust::doc_comment(0, &info.docs, false, "A client of the API.");
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
            env_prefix: cx.product.environment.clone(),
        }
    }
}
