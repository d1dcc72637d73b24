//! Patterns of paths as in `.gitignore` (gitignore(5), "PATTERN FORMAT"), without negation.

/// Whether a pattern names a file, or a directory that it is in.
pub(crate) fn matches(pattern: &str, path: &str) -> bool {
    let pattern = pattern.strip_suffix('/').unwrap_or(pattern);
    let anchored = pattern.contains('/');
    let wanted: Vec<&str> = pattern.trim_start_matches('/').split('/').collect();
    let parts: Vec<&str> = path.split('/').collect();
    let starts = if anchored { 1 } else { parts.len() };
    (0..starts).any(|start| segments(&wanted, &parts[start..]))
}

/// What is behind the last segment of the pattern is inside of a directory that matches.
fn segments(wanted: &[&str], parts: &[&str]) -> bool {
    match (wanted, parts) {
        ([], _) => true,
        (["**"], parts) => !parts.is_empty(),
        (["**", rest @ ..], parts) => {
            (0..=parts.len()).any(|skipped| segments(rest, &parts[skipped..]))
        }
        ([first, rest @ ..], [part, parts @ ..]) => {
            let (first, part): (Vec<char>, Vec<char>) =
                (first.chars().collect(), part.chars().collect());
            glob(&first, &part) && segments(rest, parts)
        }
        (_, []) => false,
    }
}

fn glob(wanted: &[char], text: &[char]) -> bool {
    match (wanted, text) {
        ([], []) => true,
        (['*', rest @ ..], text) => (0..=text.len()).any(|skipped| glob(rest, &text[skipped..])),
        (['?', rest @ ..], [_, text @ ..]) => glob(rest, text),
        (['[', rest @ ..], [one, text @ ..]) => match class(rest, *one) {
            Some((holds, rest)) => holds && glob(rest, text),
            None => *one == '[' && glob(rest, text),
        },
        (['\\', one, rest @ ..], [other, text @ ..]) | ([one, rest @ ..], [other, text @ ..]) => {
            one == other && glob(rest, text)
        }
        _ => false,
    }
}

/// Whether a class such as `[a-z]` has a character, and what is behind it.
fn class(wanted: &[char], one: char) -> Option<(bool, &[char])> {
    let negated = matches!(wanted.first(), Some('!' | '^'));
    let body = &wanted[usize::from(negated)..];
    // A bracket that comes first stands for itself.
    let end = body.iter().skip(1).position(|found| *found == ']')? + 1;
    let (mut members, mut has) = (&body[..end], false);
    while let [first, rest @ ..] = members {
        if let ['-', last, rest @ ..] = rest {
            has |= (*first..=*last).contains(&one);
            members = rest;
        } else {
            has |= *first == one;
            members = rest;
        }
    }
    Some((has != negated, &body[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_match_as_in_gitignore() {
        for (pattern, path, expected) in [
            ("*.rs", "src/main.rs", true),
            ("*.rs", "src/main.ts", false),
            ("/*.rs", "src/main.rs", false),
            ("src", "src/main.rs", true),
            ("src/", "lib/src/main.rs", true),
            ("/src", "lib/src/main.rs", false),
            ("src/**/*.rs", "src/main.rs", true),
            ("src/**/*.rs", "src/a/b/main.rs", true),
            ("src/*.rs", "src/a/main.rs", false),
            ("**/a", "x/y/a/z", true),
            ("src/**", "src", false),
            ("?ain.[a-r]s", "main.rs", true),
            ("main.[!r]s", "main.rs", false),
            ("[]]", "]", true),
            ("\\*", "x", false),
            ("\\*", "*", true),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }
}
