//! The page of the rules, from the rules.

use std::fmt::Write;

use super::Rule;
use crate::target::Target;

const HEAD: &str = "\
# Changes of a document

`exai-gen diff OLD NEW` compares two documents and names each difference by a rule. A rule has a class for the wire, which is what it does to programs that speak to the API, and one for the source of those who use each package:

- **breaking**: what worked may not. A major version.
- **feature**: something new that nobody has to know. A minor version.
- **fix**: what comes is said more exactly, and nobody has to know. A patch.
- **docs**: nothing but words. A patch.

A package's class is never better than the wire's. Before 1.0.0 a break raises the second number, and all else the third.

The way of a value decides: what clients send may widen, what they get may narrow. What no rule understands is breaking. Clients are taken to send what the document lists; what it leaves unsaid (`additionalProperties` left out) they do not send, and leave alone when it comes. Where a `oneOf` does not tell its branches apart - by a discriminator, by types, by listed values - both more and less may break.

Rules see what a change of a document means, and not all that a language makes of it. So both documents are generated, too: where public names of a package are gone or declared otherwise and no rule says that the package breaks, that is a break of it, by the rule `names-changed`.

A change is accepted by its fingerprint, with a reason, in the file that `--accept` names; it counts as a feature then. `--fail-on breaking` ends with 1 when a break is left.

This page is written by `exai-gen diff --list-rules --format markdown`. Each rule has two documents and what is said of them in [`tests/changes/rules`](../tests/changes/rules).
";

/// All rules, in Markdown.
pub fn pages() -> String {
    let mut out = HEAD.to_owned();
    for rule in Rule::ALL {
        let says = rule.explanation();
        let first = says.chars().next().map(|c| c.to_uppercase().to_string());
        let rest: String = says.chars().skip(1).collect();
        let _ = write!(
            out,
            "\n## {}\n\n{}{rest}.\n\n| wire |",
            rule.id(),
            first.unwrap_or_default()
        );
        for target in Target::ALL {
            let _ = write!(out, " {} |", target.name());
        }
        out.push_str("\n|---|");
        out.push_str(&"---|".repeat(Target::ALL.len()));
        let _ = write!(out, "\n| {} |", rule.wire().name());
        for target in Target::ALL {
            let _ = write!(out, " {} |", rule.package(target).name());
        }
        let id = rule.id();
        let _ = write!(out, "\n\n[An example](../tests/changes/rules/{id})\n");
    }
    out
}
