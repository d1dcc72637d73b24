//! Diagnostics as text: for people, or for programs.

mod human;
mod json;
mod lines;

use annotate_snippets::Renderer;

pub(crate) use self::lines::Lines;
use super::{Diagnostics, Severity};
use crate::source::{Sources, Span};

/// How diagnostics are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people, as rustc writes them; with colours if `color`.
    Human {
        /// Whether to write ANSI escape codes.
        color: bool,
    },
    /// One JSON object a line.
    Json,
    /// One SARIF 2.1.0 log.
    Sarif,
}

/// All of `diagnostics` as text that ends with a line break, or nothing when there are none.
/// (SARIF is a log even then.)
pub fn render(diagnostics: &Diagnostics, sources: &Sources, format: Format) -> String {
    let mut lines = Lines::new(sources);
    let mut out = String::new();
    match format {
        Format::Human { color } => {
            let renderer = if color {
                Renderer::styled()
            } else {
                Renderer::plain()
            };
            for diagnostic in diagnostics {
                out.push_str(&human::render(diagnostic, &mut lines, &renderer));
                out.push_str("\n\n");
            }
            out.push_str(&summary(diagnostics));
        }
        Format::Json => {
            for diagnostic in diagnostics {
                out.push_str(&json::line(diagnostic, &mut lines).to_string());
                out.push('\n');
            }
        }
        Format::Sarif => {
            out.push_str(&format!("{:#}\n", json::sarif(diagnostics, &mut lines)));
        }
    }
    out
}

/// A place as compilers write it: `openapi.yaml:12:5`.
pub fn place(span: Span, sources: &Sources) -> String {
    let mut lines = Lines::new(sources);
    let start = lines.position(span.file, span.start);
    format!("{}:{}:{}", lines.name(span.file), start.line, start.column)
}

/// `3 errors, 1 warning`; nothing when there are none.
fn summary(diagnostics: &Diagnostics) -> String {
    let count = |severity: Severity| {
        diagnostics
            .iter()
            .filter(|item| item.severity == severity)
            .count()
    };
    let parts = [Severity::Error, Severity::Warning].map(|severity| match count(severity) {
        0 => None,
        1 => Some(format!("1 {}", severity.name())),
        more => Some(format!("{more} {}s", severity.name())),
    });
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        String::new()
    } else {
        format!("{}\n", parts.join(", "))
    }
}
