//! The files around the sources that make a package of them.

use serde::Serialize;

use super::escape;
use crate::render::RenderError;
use crate::target::{Context, Owner, TargetFile};

/// What the files of a package are written from.
#[derive(Debug, Serialize)]
struct PackageView<'a> {
    /// `cargo xtask regen`
    command: &'a str,
    /// `@exai/sdk`
    name: &'a str,
    /// `1.4.0`
    version: &'a str,
    /// `MIT`
    license: Option<&'a str>,
    /// `"The TypeScript SDK of the exAI API."`, a JSON string.
    description: String,
    /// `exAI API`, as Markdown.
    title: String,
    /// `Exai`
    client: &'a str,
    /// `EXAI`
    environment: &'a str,
}

const FILES: &[&str] = &[
    "package.json",
    "tsconfig.json",
    "README.md",
    ".gitignore",
    "src/index.ts",
    "src/functions.ts",
    "src/testing.ts",
];

/// Everything that is neither generated from the document nor runtime.
pub(super) fn files(cx: &Context<'_>) -> Result<Vec<TargetFile>, RenderError> {
    let title = &cx.api.info.title;
    let view = PackageView {
        command: cx.command,
        name: &cx.package.name,
        version: &cx.package.version,
        license: cx.package.license,
        description: escape::package_description(title),
        title: escape::markdown(title),
        client: &cx.product.client,
        environment: &cx.product.environment,
    };
    FILES
        .iter()
        .map(|path| {
            let text = cx
                .renderer
                .render(&format!("typescript/{path}.jinja"), &view)?;
            Ok(TargetFile {
                path: (*path).to_owned(),
                text,
                owner: Owner::Scaffold,
            })
        })
        .collect()
}
