//! `api.md`: every method with its HTTP line, by resource.

use serde::Serialize;

use super::called::{Called, Ways};
use super::resource::Placed;
use crate::target::rust_lang::escape as rust;

/// The list of all methods.
#[derive(Debug, Serialize)]
pub(super) struct ListingView {
    /// `cargo xtask regen`
    command: String,
    /// `exai_sdk`
    library: String,
    /// In the order of the client.
    sections: Vec<SectionView>,
}

/// The methods of one resource.
#[derive(Debug, Serialize)]
struct SectionView {
    /// `` `client.runs()` ``
    title: String,
    /// One a method.
    lines: Vec<String>,
}

impl ListingView {
    pub(super) fn new(
        called: &[Called<'_>],
        placed: &[Placed<'_>],
        ways: &Ways,
        library: &str,
        command: &str,
    ) -> Self {
        let holders = ["Client"]
            .into_iter()
            .chain(placed.iter().map(|placed| placed.name.as_str()));
        let section = |holder: &str| {
            let mut root = "client".to_owned();
            for accessor in ways.to(holder) {
                root.push_str(&format!(".{accessor}()"));
            }
            let own = called.iter().filter(|called| called.holder == holder);
            SectionView {
                lines: own.map(|called| line(called, &root)).collect(),
                title: format!("`{root}`"),
            }
        };
        Self {
            command: command.to_owned(),
            library: library.to_owned(),
            sections: holders
                .map(section)
                .filter(|section| !section.lines.is_empty())
                .collect(),
        }
    }
}

/// `` - `client.runs().start(body)` -> `Run`: `POST /runs`. ``
fn line(called: &Called<'_>, root: &str) -> String {
    let mut arguments: Vec<&str> = called.arguments.iter().map(|(name, _)| &**name).collect();
    let operation = called.operation;
    if operation.body_required && !operation.body.is_empty() {
        arguments.push("body");
    }
    let mut text = format!(
        "- `{root}.{}({})` -> `{}`: {}.",
        called.method,
        arguments.join(", "),
        given(&called.answer),
        rust::http_line(operation)
    );
    let mut optional: Vec<String> = Vec::new();
    if !operation.body_required && !operation.body.is_empty() {
        optional.push("`body`".to_owned());
    }
    let setters = called.setters.iter().map(|(name, _)| format!("`{name}`"));
    optional.extend(setters);
    if !optional.is_empty() {
        text.push_str(&format!(" Optional: {}.", optional.join(", ")));
    }
    if let (Some(result), Some(from)) = (&called.result, &called.resumed) {
        let result = result.replace("types::", "");
        text.push_str(&format!(
            " Its `wait()`, and `{from}(token)`, give `{result}`."
        ));
    }
    if operation.deprecated {
        text.push_str(" Deprecated.");
    }
    text
}

/// What a call gives, as its users name it.
fn given(answer: &str) -> String {
    let plain = answer.replace("types::", "");
    match plain.as_str() {
        "Binary" => "Download".to_owned(),
        "Text" => "String".to_owned(),
        "Empty" => "()".to_owned(),
        _ => match plain.strip_prefix("Json<") {
            Some(inner) => inner.strip_suffix('>').unwrap_or(inner).to_owned(),
            None => plain.replacen("Paged<", "Page<", 1),
        },
    }
}
