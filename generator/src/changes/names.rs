//! Public names that change without a rule that says why: what a language makes of titles, of the
//! words of servers, of tags. Both documents are generated, and what packages show is compared.

use super::{Change, Class, Rule, Verdict, shown, sorted};
use crate::config::Config;
use crate::ir::Api;
use crate::pipeline;
use crate::render::Renderer;
use crate::surface::SurfaceChange;
use crate::target::Target;

/// How many names are said of a package.
const NAMES: usize = 5;

/// An API, and what is said of it beside its document.
#[derive(Clone, Copy, Debug)]
pub struct Made<'a> {
    /// The API.
    pub api: &'a Api,
    /// Names of packages, and the names that shipped.
    pub config: &'a Config,
}

/// What was `found`, and what was not: a change for each package whose names are gone or declared otherwise and
/// that is not known to break, or whose names are more and that is not known to have any. A package
/// that the old document does not give is nobody's; one that the new one does not give any more is
/// broken.
pub fn with_names(old: Made<'_>, new: Made<'_>, mut found: Vec<Change>) -> Vec<Change> {
    let verdict = Verdict::new(&found, &[]);
    let renderer = Renderer::embedded();
    let shows = |of: Made<'_>, target| pipeline::shown(target, of.api, of.config, &renderer).ok();
    let one = |target: Target| {
        let known = verdict.package(target);
        if known == Some(Class::Breaking) {
            return None;
        }
        let was = shows(old, target)?;
        let Some(is) = shows(new, target) else {
            let message = "cannot be generated any more".to_owned();
            return Some(change(Rule::NamesChanged, target, message));
        };
        let change_of = SurfaceChange::between(&was, &is);
        let broken = [&change_of.removed[..], &change_of.changed].concat();
        if !broken.is_empty() {
            let message = format!("{} gone or declared otherwise", list(&broken));
            return Some(change(Rule::NamesChanged, target, message));
        }
        let more = known < Some(Class::Feature) && !change_of.added.is_empty();
        more.then(|| {
            let message = format!("{} new", list(&change_of.added));
            change(Rule::NamesAdded, target, message)
        })
    };
    found.extend(Target::ALL.into_iter().filter_map(one));
    sorted(found)
}

fn change(rule: Rule, target: Target, message: String) -> Change {
    Change {
        rule,
        at: format!("names of {}", target.name()),
        message: shown(&message),
        old: None,
        new: None,
        only: Some(target),
    }
}

/// The first names and how many more there are, with a verb behind them.
fn list(names: &[String]) -> String {
    let mut said: Vec<String> = names.iter().take(NAMES).map(|n| format!("`{n}`")).collect();
    if names.len() > NAMES {
        said.push(format!("{} more", names.len() - NAMES));
    }
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", said.join(", "))
}
