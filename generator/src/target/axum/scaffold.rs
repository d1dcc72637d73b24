//! The rest of a crate for a document that has none: manifest, `lib.rs`, `README.md`.

use serde::Serialize;

use super::resource::{Placed, ResourceView};
use crate::layout::rustfmt;
use crate::sample;
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
    /// `exai-gen generate`
    pub(super) command: String,
    /// `use petstore_server::{router, unimplemented};`
    pub(super) import: String,
    /// A method that the example writes.
    pub(super) own: Option<OwnView>,
    /// Every trait but that of the method.
    pub(super) others: Vec<String>,
    /// Every trait.
    pub(super) traits: Vec<String>,
    /// How calls that are tried are seen, as JSON.
    pub(super) data: String,
}

/// A method that the example writes.
#[derive(Debug, Serialize)]
pub(super) struct OwnView {
    /// `Pets`
    resource: String,
    /// `async fn get_pet(&self, _: &RequestContext) -> Result<resources::GetPetResponse, ApiError> {`
    signature: String,
}

impl ScaffoldView {
    pub(super) fn new(cx: &Context<'_>, placed: &[Placed<'_>], resources: &[ResourceView]) -> Self {
        let own = own(cx, placed, resources);
        let traits: Vec<String> = placed.iter().map(|one| one.name.clone()).collect();
        let mut others = traits.clone();
        others.retain(|name| own.as_ref().is_none_or(|own| own.resource != *name));
        let mut names = vec!["router", "unimplemented"];
        if let Some(own) = &own {
            names.extend(["ApiError", "RequestContext", "resources"]);
            names.extend(own.signature.contains("types::").then_some("types"));
        }
        names.sort_unstable();
        let mut tried = sample::tested(cx.api);
        tried.retain(|one| !one.sends_form() && sample::fits_every_schema(cx.api, one));
        let info = &cx.api.info;
        let docs = rust::doc_comment(0, &info.docs, false, "A server of the API.");
        let text = |line: &String| line.trim_start_matches("///").trim_start().to_owned();
        let package = rust::crate_name(&cx.package.name);
        Self {
            import: rustfmt::import(&package.replace('-', "_"), &names),
            library: package.replace('-', "_"),
            package,
            command: cx.command.to_owned(),
            own,
            others,
            traits,
            data: sample::data(cx.api, &tried),
            version: cx.package.version.clone(),
            license: cx.package.license,
            description: rust::toml(&info.title),
            markdown: docs.iter().map(text).collect(),
            docs: docs
                .iter()
                .map(|line| line.replacen("///", "//!", 1))
                .collect(),
        }
    }
}

/// The method of the call that READMEs show first, where its arguments are plain.
fn own(cx: &Context<'_>, placed: &[Placed<'_>], resources: &[ResourceView]) -> Option<OwnView> {
    let first = sample::first(cx.api)?;
    let mut all = placed.iter().zip(resources).flat_map(|(placed, resource)| {
        let operations = placed.operations.iter().zip(&resource.operations);
        operations.map(move |(id, view)| (id, resource, view))
    });
    let (_, resource, view) = all.find(|(id, ..)| **id == first.id)?;
    let plain = !["BTreeMap", "Body", "Bytes"].iter().any(|ty| {
        view.shown.contains(&format!(": {ty}")) || view.shown.contains(&format!("<{ty}"))
    });
    plain.then(|| OwnView {
        resource: resource.name.clone(),
        signature: view.shown.clone(),
    })
}
