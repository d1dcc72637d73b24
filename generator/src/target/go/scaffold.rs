//! The files around the sources that make a module of them.

use serde::Serialize;

use super::escape;
use super::plan::Plan;
use super::sample::SampleView;
use crate::render::RenderError;
use crate::sample::{self, Offers};
use crate::target::{Context, Owner, TargetFile};

/// What the files of a module are written from.
#[derive(Debug, Serialize)]
struct ModuleView<'a> {
    /// `exai-gen generate`
    command: &'a str,
    /// `exai`
    package: &'a str,
    /// What programs call it: the same, save where they call something else so.
    alias: &'a str,
    /// `github.com/exai/sdk-go`
    module: &'a str,
    /// `exai "github.com/exai/sdk-go"`, as it is imported.
    import: String,
    /// `The exAI API`, as Markdown.
    title: String,
    /// What the API is, as a line of Markdown.
    about: Option<String>,
    /// `EXAI`
    env_prefix: &'a str,
    #[serde(flatten)]
    offers: Offers,
    #[serde(flatten)]
    sample: SampleView,
}

/// What the programs and tests of a module call something else.
const TAKEN: &[&str] = &[
    "answering",
    "body",
    "calls",
    "client",
    "context",
    "ctx",
    "err",
    "errors",
    "failure",
    "fmt",
    "http",
    "httptest",
    "io",
    "json",
    "log",
    "main",
    "os",
    "reflect",
    "result",
    "same",
    "strings",
    "testing",
    "text",
    "time",
    "wire",
];

/// Path and template of each file.
const FILES: &[(&str, &str)] = &[
    ("go.mod", "go/go.mod.jinja"),
    ("README.md", "go/README.md.jinja"),
    ("calls_test.go", "go/calls_test.go.jinja"),
    (
        "examples/first_call/main.go",
        "go/examples/first_call.go.jinja",
    ),
    ("examples/errors/main.go", "go/examples/errors.go.jinja"),
];

/// Everything that is neither generated from the document nor runtime.
///
/// # Errors
/// When a template does not fit its view.
pub(super) fn files(
    cx: &Context<'_>,
    plan: &Plan<'_>,
    package: &str,
) -> Result<Vec<TargetFile>, RenderError> {
    let module = super::module(cx);
    let alias = if TAKEN.contains(&package) {
        "sdk"
    } else {
        package
    };
    let named = module.rsplit('/').next() == Some(alias) && alias == package;
    let view = ModuleView {
        command: cx.command,
        package,
        alias,
        module,
        import: match named {
            true => format!("\"{module}\""),
            false => format!("{alias} \"{module}\""),
        },
        title: escape::markdown(&cx.api.info.title),
        about: sample::about(cx.api),
        env_prefix: &cx.product.environment,
        offers: Offers::new(cx.api),
        sample: SampleView::new(plan, alias),
    };
    let file = |path: &str, text: String| TargetFile {
        path: path.to_owned(),
        text,
        owner: Owner::Scaffold,
    };
    let data = sample::data(cx.api, &sample::tested(cx.api));
    let mut files = vec![file("testdata/calls.json", data)];
    for (path, template) in FILES {
        files.push(file(path, cx.renderer.render(template, &view)?));
    }
    Ok(files)
}
