//! Views to text: the only place that names minijinja.
//!
//! A template prints, loops, tests a bool, includes; strict about what is not there, and without
//! escaping of its own: views hold text that an escaper made for its place.

use std::path::{Path, PathBuf};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior};
use serde::Serialize;

use crate::embedded;

/// Renders templates by name, `go/resource_gen.go.jinja`.
pub struct Renderer {
    env: Environment<'static>,
}

impl Renderer {
    /// The embedded templates.
    pub fn embedded() -> Self {
        Self::new(|name| Ok(built_in(name)))
    }

    /// Templates from a folder laid out as the embedded ones, which stand in for those that it
    /// does not have.
    pub fn from_folder(folder: &Path) -> Self {
        let folder: PathBuf = folder.to_owned();
        Self::new(move |name| {
            let own = crate::source::read_template(&folder.join(name)).map_err(|error| {
                minijinja::Error::new(ErrorKind::TemplateNotFound, error.to_string())
            })?;
            Ok(own.or_else(|| built_in(name)))
        })
    }

    fn new(
        load: impl Fn(&str) -> Result<Option<String>, minijinja::Error> + Send + Sync + 'static,
    ) -> Self {
        let mut env = Environment::new();
        if let Ok(syntax) = SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .keep_trailing_newline(true)
            .build()
        {
            env.set_syntax(syntax);
        }
        env.set_undefined_behavior(UndefinedBehavior::Strict);
        env.set_auto_escape_callback(|_| AutoEscape::None);
        env.set_formatter(print);
        env.set_loader(move |name| load(name));
        Self { env }
    }

    /// The text of a view: ends in exactly one newline, no white space at any line's end.
    ///
    /// # Errors
    /// When the template is missing, or names what the view does not have: a defect of the
    /// generator, never of a document. The message holds template, line and excerpt.
    pub fn render<V: Serialize>(&self, template: &str, view: &V) -> Result<String, RenderError> {
        let text = self
            .env
            .get_template(template)
            .and_then(|template| template.render(Serde(view)))
            .map_err(|error| RenderError(format!("{error:#}")))?;
        Ok(tidy(text))
    }
}

/// The text of an embedded template.
fn built_in(name: &str) -> Option<String> {
    let mut all = embedded::TEMPLATES.iter();
    let found = all.find(|(known, _)| *known == name);
    found.map(|(_, text)| (*text).to_owned())
}

/// What each embedded template is called, below its folder: `go/README.md.jinja`.
pub fn template_names() -> impl Iterator<Item = &'static str> {
    embedded::TEMPLATES.iter().map(|(name, _)| *name)
}

/// A template and its view do not fit each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderError(pub String);

impl std::fmt::Display for RenderError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for RenderError {}

/// Strings and integers alone can be printed: `True` and `None` are no language of ours.
fn print(
    out: &mut minijinja::Output<'_>,
    state: &mut minijinja::State<'_, '_>,
    value: &minijinja::Value,
) -> Result<(), minijinja::Error> {
    use minijinja::value::ValueKind;
    if let Some(text) = value.as_str() {
        return std::fmt::Write::write_str(out, text).map_err(minijinja::Error::from);
    }
    match value.kind() {
        ValueKind::String | ValueKind::Number => minijinja::escape_formatter(out, state, value),
        kind => Err(minijinja::Error::new(
            ErrorKind::InvalidOperation,
            format!("a template prints a {kind}: only strings and numbers can be printed"),
        )),
    }
}

fn tidy(mut text: String) -> String {
    // Looked for without a branch, many bytes at a time: hardly any text has such a line.
    let before_end = text.bytes().zip(text.bytes().skip(1));
    let is_clean = !before_end.fold(false, |found, (byte, next)| {
        found | (next == b'\n' && byte != b'\n' && !byte.is_ascii_graphic())
    });
    if is_clean {
        text.truncate(text.trim_end().len());
        text.push('\n');
        return text;
    }
    let mut out = String::with_capacity(text.len() + 1);
    for line in text.trim_end().lines() {
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}
