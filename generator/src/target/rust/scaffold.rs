//! The rest of a crate for a document that has none: manifest, `lib.rs`, `README.md`.

use serde::Serialize;

use super::called::{Called, Ways};
use super::sample::SampleView;
use super::{Planned, View};
use crate::sample::{self, Offers};
use crate::target::rust_lang::{RustTypes, escape as rust};
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
    /// `exai-gen generate`
    pub(super) command: String,
    #[serde(flatten)]
    pub(super) offers: Offers,
    #[serde(flatten)]
    pub(super) sample: SampleView,
    /// How servers see the calls that are tried, as JSON.
    pub(super) data: String,
}

/// Path and template of each file of a new crate.
const FILES: [(&str, &str); 8] = [
    ("Cargo.toml", "rust/Cargo.toml.jinja"),
    ("README.md", "rust/README.md.jinja"),
    (".gitignore", "rust/.gitignore.jinja"),
    ("src/lib.rs", "rust/lib.rs.jinja"),
    (
        "examples/first_call.rs",
        "rust/examples/first_call.rs.jinja",
    ),
    ("examples/errors.rs", "rust/examples/errors.rs.jinja"),
    ("tests/calls.rs", "rust/tests/calls.rs.jinja"),
    ("tests/calls.json", "rust/tests/calls.json.jinja"),
];

/// The files of a new crate.
pub(super) fn plan(
    cx: &Context<'_>,
    called: &[Called<'_>],
    ways: &Ways,
    types: &RustTypes<'_>,
) -> Vec<Planned> {
    let view = || ScaffoldView::new(cx, SampleView::new(called, ways, types));
    let plan = FILES.map(|(path, template)| Planned {
        path: path.to_owned(),
        template,
        view: View::Scaffold(Box::new(view())),
        owner: Owner::Scaffold,
    });
    plan.into()
}

impl ScaffoldView {
    fn new(cx: &Context<'_>, sample: SampleView) -> Self {
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
            command: cx.command.to_owned(),
            offers: Offers::new(cx.api),
            data: sample::data(cx.api, &sample::tested(cx.api)),
            sample,
        }
    }
}
