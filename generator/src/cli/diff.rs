//! `exai-gen diff`

use std::io::Write;
use std::path::Path;

use super::args::{DiffArgs, DiffFormat, FailOn, MessageFormat};
use super::{Channel, Outcome, report, understood};
use crate::changes::{self, Acceptance, Change, Class, Comparison, Format, Made, Released, Rule};
use crate::config::Config;
use crate::diagnostic::Diagnostics;
use crate::document::{self, Document};
use crate::pipeline::{self, Adjustments, Request};
use crate::shipped::Shipped;
use crate::source::{Node, Sources};

pub(super) fn run(args: &DiffArgs) -> Outcome {
    let (Some(old), Some(new), false) = (&args.old, &args.new, args.list_rules) else {
        return list_rules(args.format);
    };
    let (Some((old_sources, was)), Some((new_sources, is))) = (
        read(old, args.message_format),
        read(new, args.message_format),
    ) else {
        return Outcome::Refused;
    };
    let (Some(acceptance), Some(config)) = (acceptance(args), config(args)) else {
        return Outcome::Refused;
    };
    let all = || Released::all(&config, &was.info.title);
    let packages = args.config.as_ref().map_or_else(Vec::new, |_| all());
    let Some(shipped) = shipped(args, new) else {
        return Outcome::Refused;
    };
    let mut found = changes::compare_keeping(&was, &is, &shipped);
    let mut kept = config.clone();
    kept.shipped = shipped;
    if let (Some(old), Some(new)) = (pipeline::api(&was, &config), pipeline::api(&is, &kept)) {
        let old = Made {
            api: &old,
            config: &config,
        };
        let new = Made {
            api: &new,
            config: &kept,
        };
        found = changes::with_names(old, new, found);
    }
    let judged = acceptance.judge(found);
    let comparison = Comparison {
        changes: &judged.kept,
        accepted: &judged.accepted,
        stale: &judged.stale,
        packages: &packages,
        old: &old_sources,
        new: &new_sources,
    };
    let format = match args.format {
        DiffFormat::Text => Format::Text,
        DiffFormat::Json => Format::Json,
        DiffFormat::Markdown => Format::Markdown,
        DiffFormat::Github => Format::Github,
    };
    let text = changes::show(&comparison, format);
    if std::io::stdout().write_all(text.as_bytes()).is_err() {
        return Outcome::Misused;
    }
    let limit = args.fail_on.map(|limit| match limit {
        FailOn::Breaking => Class::Breaking,
        FailOn::Feature => Class::Feature,
        FailOn::Fix => Class::Fix,
        FailOn::Docs => Class::Docs,
    });
    let worst = judged.kept.iter().map(Change::to_callers).max();
    if limit.is_some_and(|limit| worst.is_some_and(|worst| worst >= limit)) {
        Outcome::Refused
    } else {
        Outcome::Fine
    }
}

/// A document without errors; what is wrong with another is said.
fn read(path: &Path, format: MessageFormat) -> Option<(Sources, Document)> {
    let mut diagnostics = Diagnostics::new();
    let mut sources = Sources::open(path, &mut diagnostics);
    let document = document::read(&mut sources, &mut diagnostics);
    diagnostics.sort();
    let outcome = report(&diagnostics, &sources, format, Channel::Error);
    Some((sources, document.filter(|_| outcome == Outcome::Fine)?))
}

/// What a file beside the documents says; `None` when it is wrong, the default without one.
fn beside<T: Default>(
    path: Option<&Path>,
    format: MessageFormat,
    read: impl FnOnce(&Node, &mut Diagnostics) -> T,
) -> Option<T> {
    let Some(path) = path else {
        return Some(T::default());
    };
    let mut diagnostics = Diagnostics::new();
    let sources = Sources::open(path, &mut diagnostics);
    let node = sources
        .root()
        .and_then(|file| sources.file(file).node.clone());
    let said = node.map_or_else(T::default, |node| read(&node, &mut diagnostics));
    let outcome = report(&diagnostics, &sources, format, Channel::Error);
    (outcome == Outcome::Fine).then_some(said)
}

fn acceptance(args: &DiffArgs) -> Option<Acceptance> {
    beside(
        args.accept.as_deref(),
        args.message_format,
        Acceptance::read,
    )
}

/// The names that packages keep; `None` where one is lost in the new document, which is said.
fn shipped(args: &DiffArgs, new: &Path) -> Option<Shipped> {
    if args.names.is_none() {
        return Some(Shipped::default());
    }
    let request = Request {
        spec: new,
        config: args.config.as_deref(),
        command: "exai-gen diff",
    };
    let adjustments = Adjustments {
        names: args.names.clone(),
        ..Adjustments::default()
    };
    let (run, outcome) = understood(&request, &adjustments, args.message_format);
    (outcome == Outcome::Fine).then_some(run.config.shipped)
}

/// The overrides; `None` when they are wrong.
fn config(args: &DiffArgs) -> Option<Config> {
    beside(args.config.as_deref(), args.message_format, Config::read)
}

fn list_rules(format: DiffFormat) -> Outcome {
    let text = match format {
        DiffFormat::Markdown => changes::pages(),
        _ => Rule::ALL
            .iter()
            .map(|rule| {
                let (wire, worst) = (rule.wire().name(), rule.worst().name());
                let says = rule.explanation();
                format!("{:<34} {wire:<9} {worst:<9} {says}\n", rule.id())
            })
            .collect(),
    };
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => Outcome::Fine,
        Err(_) => Outcome::Misused,
    }
}
