//! Changes for people, programs, reviews and annotations.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::verdict::{Released, Verdict, next_version};
use super::{Change, Class};
use crate::diagnostic::Lines;
use crate::source::{Sources, Span};
use crate::target::Target;

/// What came of a comparison.
#[derive(Clone, Copy, Debug)]
pub struct Comparison<'a> {
    /// What counts, worst first.
    pub changes: &'a [Change],
    /// What somebody accepted, each with a reason.
    pub accepted: &'a [(Change, String)],
    /// Fingerprints that were accepted and that no change has.
    pub stale: &'a [String],
    /// The packages whose next versions are asked for.
    pub packages: &'a [Released],
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
    /// What all changes together are.
    pub fn verdict(&self) -> Verdict {
        Verdict::new(self.changes, self.accepted)
    }

    fn sentence(&self) -> String {
        let count = |class: Class| {
            let of = |c: &&Change| c.to_callers() == class;
            format!(
                "{} {}",
                self.changes.iter().filter(of).count(),
                class.name()
            )
        };
        format!(
            "{} ({}, {} accepted)",
            self.verdict().sentence(),
            Class::ALL.map(count).join(", "),
            self.accepted.len()
        )
    }

    /// Each package: what it is called, its version, the next one, which number that raises.
    fn versions(&self) -> Vec<(&Released, Option<String>, &'static str)> {
        let verdict = self.verdict();
        let one = |package| {
            let released: &Released = package;
            let class = verdict.package(released.target);
            let next = class.and_then(|class| next_version(&released.version, class));
            (released, next, class.map_or("none", Class::bump))
        };
        self.packages.iter().map(one).collect()
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
        let class = classes(change);
        let say =
            |place: Position| place.map(|(file, line, column)| format!("{file}:{line}:{column}"));
        let (old, new) = places(change);
        let places: Vec<String> = [say(old), say(new)].into_iter().flatten().collect();
        let mut places = places.join(" -> ");
        if !places.is_empty() {
            places.push_str("  ");
        }
        let _ = writeln!(
            out,
            "{class}: {}: {} [{}]",
            change.at,
            change.message,
            rule.id()
        );
        let _ = writeln!(out, "    {places}{}", change.fingerprint());
    }
    for fingerprint in comparison.stale {
        let _ = writeln!(out, "accepted, and no change: {fingerprint}");
    }
    let _ = writeln!(out, "{}", comparison.sentence());
    for (package, next, bump) in comparison.versions() {
        let (name, version) = (&package.name, &package.version);
        let next = next.unwrap_or_else(|| version.clone());
        let target = package.target.name();
        let _ = writeln!(out, "    {target:<10} {name} {version} -> {next} ({bump})");
    }
    out
}

/// `breaking`; `wire docs, breaking in go, rust` where a package's class is not the wire's.
fn classes(change: &Change) -> String {
    let wire = change.rule.wire();
    let mut worse: Vec<(Class, Vec<&str>)> = Vec::new();
    for target in Target::ALL {
        let class = change.package(target);
        match worse.iter_mut().find(|(of, _)| *of == class) {
            _ if class == wire => {}
            Some((_, names)) => names.push(target.name()),
            None => worse.push((class, vec![target.name()])),
        }
    }
    let mut out = wire.name().to_owned();
    for (class, names) in worse {
        let who = match names.len() == Target::ALL.len() {
            true => "every package".to_owned(),
            false => names.join(", "),
        };
        let _ = write!(out, "; {} in {who}", class.name());
    }
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
            "page": change.rule.page(),
            "wire": change.rule.wire().name(),
            "packages": packages(&|target| Some(change.package(target))),
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
    let versions: Vec<Value> = comparison
        .versions()
        .into_iter()
        .map(|(package, next, bump)| {
            json!({
                "target": package.target.name(),
                "name": package.name,
                "version": package.version,
                "next": next,
                "bump": bump,
            })
        })
        .collect();
    let value = json!({
        "verdict": verdict.sentence(),
        "wire": verdict.wire.map(Class::name),
        "packages": packages(&|target| verdict.package(target)),
        "versions": versions,
        "changes": changes,
        "accepted": accepted,
        "stale": comparison.stale,
    });
    format!("{value:#}\n")
}

/// A class for each package, by target.
fn packages(class: &dyn Fn(Target) -> Option<Class>) -> Value {
    Target::ALL
        .into_iter()
        .map(|target| {
            let class = class(target).map(Class::name);
            (target.name().to_owned(), class.into())
        })
        .collect::<Map<String, Value>>()
        .into()
}

fn markdown(comparison: &Comparison<'_>, places: &mut Places<'_>) -> String {
    let mut out = format!("## API changes\n\n{}\n", comparison.sentence());
    if !comparison.packages.is_empty() {
        out.push_str("\n| package | version | next | |\n|---|---|---|---|\n");
        for (package, next, bump) in comparison.versions() {
            let (name, version) = (cell(&package.name), cell(&package.version));
            let next = next.unwrap_or_else(|| package.version.clone());
            let _ = writeln!(out, "| {name} | {version} | {} | {bump} |", cell(&next));
        }
    }
    for class in Class::ALL {
        let title = match class {
            Class::Breaking => "Breaking",
            Class::Feature => "New",
            Class::Fix => "More exact",
            Class::Docs => "Words",
        };
        let of: Vec<&Change> = comparison
            .changes
            .iter()
            .filter(|c| c.to_callers() == class)
            .collect();
        if of.is_empty() {
            continue;
        }
        let _ = write!(
            out,
            "\n### {title}\n\n| where | what | rule | class | line |\n|---|---|---|---|---|\n"
        );
        for change in of {
            let (old, new) = places(change);
            let line = new
                .or(old)
                .map_or(String::new(), |(file, line, _)| format!("{file}:{line}"));
            let (rule, class) = (change.rule.id(), classes(change));
            let _ = writeln!(
                out,
                "| {} | {} | [{rule}]({}) | {class} | {} |",
                cell(&change.at),
                cell(&change.message),
                change.rule.page(),
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

/// Text for a cell of a table in Markdown, all of it as it stands: no markup of a document's comes
/// through.
pub fn cell(text: &str) -> String {
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
        let level = match (change.to_callers(), change.worst()) {
            (Class::Breaking, _) => "error",
            (_, Class::Docs) => continue,
            _ => "notice",
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
