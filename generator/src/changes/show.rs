//! Changes for people, programs, reviews and annotations.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{Change, Class};
use crate::diagnostic::Lines;
use crate::source::{Sources, Span};

/// What came of a comparison.
#[derive(Clone, Copy, Debug)]
pub struct Comparison<'a> {
    /// What counts, worst first.
    pub changes: &'a [Change],
    /// What somebody accepted, each with a reason.
    pub accepted: &'a [(Change, String)],
    /// The files of the old document.
    pub old: &'a Sources,
    /// The files of the new one.
    pub new: &'a Sources,
}

/// How a comparison is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For a terminal.
    Text,
    /// One JSON object.
    Json,
    /// For a pull request.
    Markdown,
    /// Commands of a GitHub workflow, which annotate the lines in question.
    Github,
}

impl Comparison<'_> {
    /// The worst class of what counts, on the wire and in code; `None` when nothing changed.
    pub fn verdict(&self) -> Option<(Class, Class)> {
        let wire = self.changes.iter().map(|change| change.rule.wire()).max()?;
        let code = self.changes.iter().map(|change| change.rule.code()).max()?;
        Some((wire, code))
    }

    fn sentence(&self) -> String {
        let Some((wire, code)) = self.verdict() else {
            return match self.accepted.len() {
                0 => "nothing changed".to_owned(),
                _ => "nothing changed but what is accepted".to_owned(),
            };
        };
        let count = |class: Class| {
            self.changes
                .iter()
                .filter(|c| c.rule.worst() == class)
                .count()
        };
        format!(
            "wire: {}; code: {}; next version: {} ({} breaking, {} feature, {} docs, {} accepted)",
            wire.name(),
            code.name(),
            wire.max(code).bump(),
            count(Class::Breaking),
            count(Class::Feature),
            count(Class::Docs),
            self.accepted.len()
        )
    }
}

/// Writes a comparison; the text ends with a line break.
pub fn show(comparison: &Comparison<'_>, format: Format) -> String {
    let mut old = Lines::new(comparison.old);
    let mut new = Lines::new(comparison.new);
    let mut places = |change: &Change| (place(change.old, &mut old), place(change.new, &mut new));
    match format {
        Format::Text => text(comparison, &mut places),
        Format::Json => json(comparison, &mut places),
        Format::Markdown => markdown(comparison, &mut places),
        Format::Github => github(comparison, &mut places),
    }
}

/// File, line and column, both from 1.
type Position = Option<(String, usize, usize)>;
type Places<'a> = dyn FnMut(&Change) -> (Position, Position) + 'a;

fn place(span: Option<Span>, lines: &mut Lines<'_>) -> Position {
    let span = span?;
    let position = lines.position(span.file, span.start);
    Some((
        super::shown(lines.name(span.file)),
        position.line,
        position.column,
    ))
}

fn text(comparison: &Comparison<'_>, places: &mut Places<'_>) -> String {
    let mut out = String::new();
    for change in comparison.changes {
        let rule = change.rule;
        let class = match (rule.wire(), rule.code()) {
            (wire, code) if wire == code => wire.name().to_owned(),
            (wire, code) => format!("wire {}, code {}", wire.name(), code.name()),
        };
        let say =
            |place: Position| place.map(|(file, line, column)| format!("{file}:{line}:{column}"));
        let (old, new) = places(change);
        let places: Vec<String> = [say(old), say(new)].into_iter().flatten().collect();
        let _ = writeln!(
            out,
            "{class}: {}: {} [{}]",
            change.at,
            change.message,
            rule.id()
        );
        let _ = writeln!(out, "    {}  {}", places.join(" -> "), change.fingerprint());
    }
    let _ = writeln!(out, "{}", comparison.sentence());
    out
}

fn json(comparison: &Comparison<'_>, places: &mut Places<'_>) -> String {
    let place = |place: Position| {
        place.map(|(file, line, column)| json!({"file": file, "line": line, "column": column}))
    };
    let mut one = |change: &Change, reason: Option<&str>| {
        let (old, new) = places(change);
        let mut value = json!({
            "rule": change.rule.id(),
            "wire": change.rule.wire().name(),
            "code": change.rule.code().name(),
            "at": change.at,
            "message": change.message,
            "fingerprint": change.fingerprint(),
            "old": place(old),
            "new": place(new),
        });
        if let Some(reason) = reason {
            value["reason"] = reason.into();
        }
        value
    };
    let changes: Vec<Value> = comparison
        .changes
        .iter()
        .map(|change| one(change, None))
        .collect();
    let accepted: Vec<Value> = comparison
        .accepted
        .iter()
        .map(|(change, reason)| one(change, Some(reason)))
        .collect();
    let verdict = comparison.verdict();
    let value = json!({
        "wire": verdict.map(|(wire, _)| wire.name()),
        "code": verdict.map(|(_, code)| code.name()),
        "next": verdict.map(|(wire, code)| wire.max(code).bump()),
        "changes": changes,
        "accepted": accepted,
    });
    format!("{value:#}\n")
}

fn markdown(comparison: &Comparison<'_>, places: &mut Places<'_>) -> String {
    let mut out = format!("## API changes\n\n{}\n", comparison.sentence());
    for (class, title) in [
        (Class::Breaking, "Breaking"),
        (Class::Feature, "New"),
        (Class::Docs, "Words"),
    ] {
        let of: Vec<&Change> = comparison
            .changes
            .iter()
            .filter(|c| c.rule.worst() == class)
            .collect();
        if of.is_empty() {
            continue;
        }
        let _ = write!(
            out,
            "\n### {title}\n\n| where | what | rule | line |\n|---|---|---|---|\n"
        );
        for change in of {
            let (old, new) = places(change);
            let line = new
                .or(old)
                .map_or(String::new(), |(file, line, _)| format!("{file}:{line}"));
            let rule = match (change.rule.wire(), change.rule.code()) {
                (wire, code) if wire == code => change.rule.id().to_owned(),
                _ => format!("{} (code only)", change.rule.id()),
            };
            let _ = writeln!(
                out,
                "| {} | {} | {rule} | {} |",
                cell(&change.at),
                cell(&change.message),
                cell(&line)
            );
        }
    }
    if !comparison.accepted.is_empty() {
        out.push_str("\n### Accepted\n\n| where | what | reason |\n|---|---|---|\n");
        for (change, reason) in comparison.accepted {
            let _ = writeln!(
                out,
                "| {} | {} | {} |",
                cell(&change.at),
                cell(&change.message),
                cell(reason)
            );
        }
    }
    out
}

/// Text for a cell of a table, all of it as it stands: no markup of a document's comes through.
fn cell(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\n' | '\r' => out.push(' '),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '@' => out.push_str("&#64;"),
            c if c.is_ascii_punctuation() && !".,:;/-'\"()%=+?!".contains(c) => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// Workflow commands: data and properties are escaped as the runner unescapes them.
fn github(comparison: &Comparison<'_>, places: &mut Places<'_>) -> String {
    let data = |text: &str| {
        text.replace('%', "%25")
            .replace('\r', "%0D")
            .replace('\n', "%0A")
    };
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let mut out = String::new();
    for change in comparison.changes {
        let level = match change.rule.worst() {
            Class::Breaking => "error",
            Class::Feature => "notice",
            Class::Docs => continue,
        };
        let (old, new) = places(change);
        let place = new.or(old).map_or(String::new(), |(file, line, column)| {
            format!("file={},line={line},col={column},", property(&file))
        });
        let message = data(&format!(
            "{}: {} ({})",
            change.at,
            change.message,
            change.fingerprint()
        ));
        let _ = writeln!(
            out,
            "::{level} {place}title={}::{message}",
            property(change.rule.id())
        );
    }
    let _ = writeln!(out, "{}", comparison.sentence());
    out
}
