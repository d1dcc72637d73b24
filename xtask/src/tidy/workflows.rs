//! Workflows: actions by the commit that was looked at, rights by the job that needs them.

use std::path::Path;

use super::{finding, sources};

/// Every action is named by a commit, with its version beside it; no workflow gives rights to all
/// of its jobs, each job says its own; and no checkout leaves its token behind.
pub(super) fn pinned(root: &Path, findings: &mut Vec<String>) {
    for (path, text) in sources(&root.join(".github"), "yml") {
        for (number, what, why) in wrong(&text) {
            findings.push(finding(root, &path, number, &what, why));
        }
    }
}

/// Line, what stands there, and the rule that it breaks.
fn wrong(text: &str) -> Vec<(usize, String, &'static str)> {
    let mut out = Vec::new();
    if !text.lines().any(|line| line == "permissions: {}") {
        let what = "no line `permissions: {}`".to_owned();
        out.push((1, what, "each job says what it may"));
    }
    let lines: Vec<&str> = text.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        let found = |why| (index + 1, line.trim().to_owned(), why);
        let used = line.trim().trim_start_matches("- ").strip_prefix("uses: ");
        if used.is_some_and(|action| !action.starts_with("./") && !is_pinned(action)) {
            out.push(found(
                "an action is named by its commit: `name@HASH # v1.2.3`",
            ));
        }
        if used.is_some_and(|action| action.starts_with("actions/checkout@")) {
            let step = lines[index + 1..]
                .iter()
                .take_while(|line| !line.trim().starts_with("- "));
            if !step
                .into_iter()
                .any(|line| line.trim() == "persist-credentials: false")
            {
                out.push(found(
                    "a checkout keeps no token: `persist-credentials: false`",
                ));
            }
        }
        if line.trim().starts_with("runs-on:") {
            let end = lines[index + 1..].iter().position(|line| is_job(line));
            let end = end.map_or(lines.len(), |end| index + 1 + end);
            let job = lines[..index]
                .iter()
                .rposition(|line| is_job(line))
                .unwrap_or(0);
            if !lines[job..end]
                .iter()
                .any(|line| line.starts_with("    permissions:"))
            {
                out.push(found("a job says what it may: `permissions:`"));
            }
        }
    }
    out
}

/// `  test:`
fn is_job(line: &str) -> bool {
    line.starts_with("  ") && !line.starts_with("   ") && line.ends_with(':')
}

fn is_pinned(action: &str) -> bool {
    let Some((_, pin)) = action.split_once('@') else {
        return false;
    };
    let Some((commit, version)) = pin.split_once(" # v") else {
        return false;
    };
    commit.len() == 40
        && commit.bytes().all(|b| b.is_ascii_hexdigit())
        && version.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::wrong;

    const GOOD: &str = "\
permissions: {}

jobs:
  test:
    runs-on: ubuntu-24.04
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
        with:
          persist-credentials: false
      - run: .ci/run
";

    #[test]
    fn a_tag_is_no_pin_and_rights_are_said() {
        assert_eq!(wrong(GOOD), []);
        for (was, is) in [
            ("11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2", "v4"),
            (" # v4.2.2", ""),
            ("permissions: {}", "permissions: write-all"),
            ("          persist-credentials: false\n", ""),
            ("    permissions:\n      contents: read\n", ""),
        ] {
            let bad = GOOD.replacen(was, is, 1);
            assert_eq!(wrong(&bad).len(), 1, "{bad}");
        }
    }
}
