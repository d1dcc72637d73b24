//! What a changelog says of each package: every new method, field and event by its name.

use std::collections::BTreeSet;
use std::fmt::Write;

use exai_gen::changes::{Class, next_version};

use crate::diff::Compared;

/// Entries for all packages, in Markdown.
pub(super) fn entries(compared: &Compared) -> Result<String, String> {
    let verdict = compared.verdict();
    let mut out = String::new();
    for (target, change) in compared.surfaces()? {
        let Some(package) = compared.packages.iter().find(|p| p.target == target) else {
            continue;
        };
        let Some(class) = verdict.package(target) else {
            continue;
        };
        let version = next_version(&package.version, class);
        let version = version.unwrap_or_else(|| package.version.clone());
        let _ = writeln!(out, "## {} {version}\n", package.name);
        let said = |of: fn(Class) -> bool| -> Vec<String> {
            let kept = compared.judged.kept.iter();
            kept.filter(|change| of(change.package(target)))
                .map(|change| format!("{}: {}", change.at, change.message))
                .collect()
        };
        let breaks = said(|class| class == Class::Breaking);
        section(&mut out, "Breaking", &breaks);
        let accepted = compared.judged.accepted.iter();
        let accepted: Vec<String> = accepted
            .filter(|(change, _)| change.package(target) == Class::Breaking)
            .map(|(change, reason)| format!("{}: {} ({reason})", change.at, change.message))
            .collect();
        section(&mut out, "Breaking, and accepted", &accepted);
        let api = said(|class| matches!(class, Class::Feature | Class::Fix));
        section(&mut out, "The API", &api);
        for (title, names) in [
            ("Added", &change.added),
            ("Changed", &change.changed),
            ("Removed", &change.removed),
        ] {
            section(&mut out, title, &outermost(names));
        }
        let silent = breaks.is_empty() && accepted.is_empty() && api.is_empty();
        if silent && change == Default::default() {
            out.push_str("- Documentation alone.\n\n");
        }
    }
    Ok(out)
}

fn section(out: &mut String, title: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(out, "### {title}\n");
    for line in lines {
        let _ = writeln!(out, "- {line}");
    }
    out.push('\n');
}

/// Names, without the members of what is itself among them.
fn outermost(names: &[String]) -> Vec<String> {
    let all: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    let owner = |name: &str| {
        let ends = [".", "::", " = ", "("]
            .iter()
            .filter_map(|sign| name.find(sign));
        ends.min().map(|end| name[..end].to_owned())
    };
    names
        .iter()
        .filter(|name| owner(name).is_none_or(|owner| !all.contains(owner.as_str())))
        .map(|name| format!("`{name}`"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::outermost;

    #[test]
    fn members_of_what_is_new_are_not_listed_again() {
        let names = [
            "Plan",
            "Plan.id",
            "Runs.cancel",
            "Kind = \"c\"",
            "Runs.start(note)",
        ];
        let names = names.map(str::to_owned);
        assert_eq!(
            outermost(&names),
            [
                "`Plan`",
                "`Runs.cancel`",
                "`Kind = \"c\"`",
                "`Runs.start(note)`"
            ]
        );
    }
}
