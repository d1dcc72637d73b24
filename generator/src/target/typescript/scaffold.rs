//! The files around the sources that make a package of them.

use serde::Serialize;

use super::escape;
use super::plan::Plan;
use super::sample::SampleView;
use crate::render::RenderError;
use crate::sample::{self, Offers};
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
    /// `"exai-sdk"`: the package as a module that is imported.
    import: String,
    /// What the API is, as a line of Markdown.
    about: Option<String>,
    /// `NotFoundError`: an error of the API's own, where there is one.
    error: Option<&'a str>,
    #[serde(flatten)]
    offers: Offers,
    #[serde(flatten)]
    sample: SampleView,
}

const FILES: &[&str] = &[
    "package.json",
    "tsconfig.json",
    "tsconfig.test.json",
    "README.md",
    ".gitignore",
    "examples/first-call.ts",
    "examples/errors.ts",
    "tests/calls.test.ts",
    "src/index.ts",
    "src/functions.ts",
    "src/testing.ts",
];

/// Everything that is neither generated from the document nor runtime.
pub(super) fn files(cx: &Context<'_>, plan: &Plan<'_>) -> Result<Vec<TargetFile>, RenderError> {
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
        import: escape::quote(&cx.package.name),
        about: sample::about(cx.api),
        error: plan.errors.first().map(|error| error.name.as_str()),
        offers: Offers::new(cx.api),
        sample: SampleView::new(plan),
    };
    let data = TargetFile {
        path: "tests/calls.json".to_owned(),
        text: sample::data(cx.api, &sample::tested(cx.api)),
        owner: Owner::Scaffold,
    };
    let rendered: Result<Vec<TargetFile>, RenderError> = FILES
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
        .collect();
    let mut files = rendered?;
    files.push(data);
    Ok(files)
}
