//! What all changes together are: one class for the wire, one for each package, and the versions
//! that follow (Semantic Versioning 2.0.0).

use super::{Change, Class};
use crate::config::Config;
use crate::target::Target;

/// A package as it was released last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Released {
    /// What makes it.
    pub target: Target,
    /// `@exai/sdk`
    pub name: String,
    /// `1.4.0`
    pub version: String,
}

impl Released {
    /// The package of each target, as the overrides say.
    pub fn all(config: &Config, title: &str) -> Vec<Self> {
        let one = |target| {
            let package = config.package(target, title);
            let module = package.module.filter(|_| target == Target::Go);
            Self {
                target,
                name: module.unwrap_or(package.name),
                version: package.version,
            }
        };
        Target::ALL.into_iter().map(one).collect()
    }
}

/// What comes of all changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// For programs that speak to the API; `None` when nothing changed.
    pub wire: Option<Class>,
    /// For source that is written against a package that follows, in the order of
    /// [`Target::ALL`]; never better than the wire's.
    pub packages: Vec<(Target, Option<Class>)>,
}

impl Verdict {
    /// Of changes that count, and of those that somebody accepted: these are features at most.
    pub fn new(changes: &[Change], accepted: &[(Change, String)]) -> Self {
        let worst = |class: &dyn Fn(&Change) -> Class| {
            let counted = changes.iter().map(class);
            let forgiven = accepted
                .iter()
                .map(|(change, _)| class(change).min(Class::Feature));
            counted.chain(forgiven).max()
        };
        Self {
            wire: worst(&|change| change.rule.wire()),
            packages: Target::ALL
                .into_iter()
                .map(|target| (target, worst(&|change| change.package(target))))
                .collect(),
        }
    }

    /// What it says of a package.
    pub fn package(&self, target: Target) -> Option<Class> {
        let found = self.packages.iter().find(|(of, _)| *of == target);
        found.and_then(|(_, class)| *class)
    }

    /// `wire feature; go major, others minor`; `nothing changed`.
    pub fn sentence(&self) -> String {
        let Some(wire) = self.wire else {
            return "nothing changed".to_owned();
        };
        let bump = |class: Option<Class>| class.map_or("none", Class::bump);
        let of = |wanted: Option<Class>| {
            let names: Vec<&str> = self
                .packages
                .iter()
                .filter(|(_, class)| *class == wanted)
                .map(|(target, _)| target.name())
                .collect();
            names.join(", ")
        };
        let mut classes: Vec<Option<Class>> = self.packages.iter().map(|(_, c)| *c).collect();
        classes.sort_by(|a, b| b.cmp(a));
        classes.dedup();
        let packages = match classes.as_slice() {
            [one] => format!("all packages {}", bump(*one)),
            [worst, rest] => format!("{} {}, others {}", of(*worst), bump(*worst), bump(*rest)),
            several => several
                .iter()
                .map(|class| format!("{} {}", of(*class), bump(*class)))
                .collect::<Vec<_>>()
                .join(", "),
        };
        let next = match wire {
            Class::Breaking => "; the next major version of the API",
            _ => "",
        };
        format!("wire {}; {packages}{next}", wire.name())
    }
}

/// The version after `version`, when the worst change is of a class; `None` where it is not three
/// numbers. Before 1.0.0 a break raises the second number and all else the third, as Cargo and
/// npm read ranges.
pub fn next_version(version: &str, class: Class) -> Option<String> {
    let mut parts = version.split('.').map(|part| part.parse::<u64>().ok());
    let (Some(major), Some(minor), Some(patch), None) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next())
    else {
        return None;
    };
    let next = match (major, class) {
        (0, Class::Breaking) => (0, minor.checked_add(1)?, 0),
        (0, _) | (_, Class::Fix | Class::Docs) => (major, minor, patch.checked_add(1)?),
        (_, Class::Feature) => (major, minor.checked_add(1)?, 0),
        (_, Class::Breaking) => (major.checked_add(1)?, 0, 0),
    };
    Some(format!("{}.{}.{}", next.0, next.1, next.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_follow_the_class_and_before_1_the_next_place() {
        let next = |version, class| next_version(version, class);
        assert_eq!(next("1.4.2", Class::Breaking).as_deref(), Some("2.0.0"));
        assert_eq!(next("1.4.2", Class::Feature).as_deref(), Some("1.5.0"));
        assert_eq!(next("1.4.2", Class::Fix).as_deref(), Some("1.4.3"));
        assert_eq!(next("1.4.2", Class::Docs).as_deref(), Some("1.4.3"));
        assert_eq!(next("0.9.1", Class::Breaking).as_deref(), Some("0.10.0"));
        assert_eq!(next("0.9.1", Class::Feature).as_deref(), Some("0.9.2"));
        for no in ["1.4", "1.4.0-rc.1", "1.4.0.0", "", "v1.0.0"] {
            assert_eq!(next(no, Class::Feature), None, "{no}");
        }
    }

    #[test]
    fn the_sentence_names_those_who_are_worse_off() {
        let of = |classes: [Class; 5]| Verdict {
            wire: Some(Class::Feature),
            packages: Target::ALL
                .into_iter()
                .zip(classes.into_iter().map(Some))
                .collect(),
        };
        use Class::{Breaking as B, Feature as F};
        assert_eq!(
            of([F, F, B, F, F]).sentence(),
            "wire feature; go major, others minor"
        );
        assert_eq!(
            of([F, F, F, F, F]).sentence(),
            "wire feature; all packages minor"
        );
    }
}
