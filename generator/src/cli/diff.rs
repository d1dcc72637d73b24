//! `exai-gen diff`

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use super::args::{DiffArgs, DiffFormat, FailOn, MessageFormat};
use super::{Channel, Outcome, report};
use crate::changes::{self, Class, Comparison, Format, Released, Rule};
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{self, Document};
use crate::source::Sources;
use crate::target::Target;

pub(super) fn run(args: &DiffArgs) -> Outcome {
    let (Some(old), Some(new), false) = (&args.old, &args.new, args.list_rules) else {
        return list_rules();
    };
    let (Some((old_sources, old)), Some((new_sources, new))) = (
        read(old, args.message_format),
        read(new, args.message_format),
    ) else {
        return Outcome::Refused;
    };
    let Some(reasons) = reasons(args) else {
        return Outcome::Refused;
    };
    let Some(packages) = packages(args, &old) else {
        return Outcome::Refused;
    };
    let mut stale: BTreeMap<String, String> = reasons;
    let mut accepted = Vec::new();
    let mut kept = Vec::new();
    let mut used = BTreeSet::new();
    for change in changes::compare(&old, &new) {
        let fingerprint = change.fingerprint();
        match stale.get(&fingerprint) {
            Some(reason) => {
                accepted.push((change, reason.clone()));
                used.insert(fingerprint);
            }
            None => kept.push(change),
        }
    }
    stale.retain(|fingerprint, _| !used.contains(fingerprint));
    let stale: Vec<String> = stale.into_keys().collect();
    let comparison = Comparison {
        changes: &kept,
        accepted: &accepted,
        stale: &stale,
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
        FailOn::Docs => Class::Docs,
    });
    let worst = kept.iter().map(|change| change.rule.worst()).max();
    if limit.is_some_and(|limit| worst.is_some_and(|worst| worst >= limit)) {
        Outcome::Refused
    } else {
        Outcome::Fine
    }
}

/// A document without errors; what is wrong with another is said.
fn read(path: &std::path::Path, format: MessageFormat) -> Option<(Sources, Document)> {
    let mut diagnostics = Diagnostics::new();
    let mut sources = Sources::open(path, &mut diagnostics);
    let document = document::read(&mut sources, &mut diagnostics);
    diagnostics.sort();
    let outcome = report(&diagnostics, &sources, format, Channel::Error);
    Some((sources, document.filter(|_| outcome == Outcome::Fine)?))
}

/// Fingerprints and the reasons why they are accepted; `None` when the file is not of that form.
fn reasons(args: &DiffArgs) -> Option<BTreeMap<String, String>> {
    let Some(path) = &args.accept else {
        return Some(BTreeMap::new());
    };
    let mut diagnostics = Diagnostics::new();
    let sources = Sources::open(path, &mut diagnostics);
    let node = sources
        .root()
        .and_then(|file| sources.file(file).node.clone());
    let mut out = BTreeMap::new();
    if let Some(node) = node.filter(|node| !node.is_null()) {
        if node.as_mapping().is_none() {
            let message = format!(
                "accepted changes are {}, expected a mapping of fingerprints to reasons",
                node.kind()
            );
            diagnostics.push(Diagnostic::error(Code::InvalidValue, node.span, message));
        }
        for (fingerprint, reason) in node.as_mapping().unwrap_or_default() {
            match reason.as_str().map(str::trim) {
                Some(reason) if !reason.is_empty() => {
                    out.insert(fingerprint.value.clone(), reason.to_owned());
                }
                _ => diagnostics.push(
                    Diagnostic::error(
                        Code::InvalidValue,
                        reason.span,
                        "an accepted change has no reason",
                    )
                    .hint("write down why the change may be made, after the fingerprint"),
                ),
            }
        }
    }
    let outcome = report(&diagnostics, &sources, args.message_format, Channel::Error);
    (outcome == Outcome::Fine).then_some(out)
}

/// The packages that the overrides name; `None` when these are wrong.
fn packages(args: &DiffArgs, old: &Document) -> Option<Vec<Released>> {
    let Some(path) = &args.config else {
        return Some(Vec::new());
    };
    let mut diagnostics = Diagnostics::new();
    let sources = Sources::open(path, &mut diagnostics);
    let node = sources
        .root()
        .and_then(|file| sources.file(file).node.clone());
    let config = node.map(|node| Config::read(&node, &mut diagnostics));
    let outcome = report(&diagnostics, &sources, args.message_format, Channel::Error);
    let config = config.filter(|_| outcome == Outcome::Fine)?;
    let released = |target: Target| {
        let package = config.package(target, &old.info.title);
        Released {
            target,
            name: package
                .module
                .filter(|_| target == Target::Go)
                .unwrap_or(package.name),
            version: package.version,
        }
    };
    Some(Target::ALL.into_iter().map(released).collect())
}

fn list_rules() -> Outcome {
    let mut text = String::new();
    for rule in Rule::ALL {
        text.push_str(&format!(
            "{:<34} {:<9} {:<9} {}\n",
            rule.id(),
            rule.wire().name(),
            rule.worst().name(),
            rule.explanation()
        ));
    }
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => Outcome::Fine,
        Err(_) => Outcome::Misused,
    }
}
