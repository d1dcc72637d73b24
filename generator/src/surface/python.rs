//! Python, as ruff leaves it.

use super::{Found, alias, name, split, whole};

pub(super) fn read(text: &str, out: &mut Found) {
    let mut lines = text.lines();
    let mut class: Option<String> = None;
    let mut quoted = false;
    while let Some(line) = lines.next() {
        // Docstrings hold anything.
        let marks = line.matches("\"\"\"").count();
        if quoted || marks == 1 {
            quoted ^= marks % 2 == 1;
            continue;
        }
        let (depth, line) = match line.strip_prefix("    ") {
            Some(line) if !line.starts_with(' ') => (1, line),
            Some(_) => continue,
            None => (0, line),
        };
        if line.is_empty() || line.starts_with(['_', '#', '"', '@', ')']) {
            if depth == 0 && line.starts_with('_') {
                class = None;
            }
            continue;
        }
        if let Some(rest) = line.strip_prefix("class ").filter(|_| depth == 0) {
            let all = whole(rest, &mut lines, |text| text.ends_with(':'));
            let of = name(&all).to_owned();
            class = Some(of.clone()).filter(|of| !of.starts_with('_'));
            if class.is_some() {
                out.add(of, &format!("class {}", all.trim_end_matches(':')));
            }
            continue;
        }
        if depth == 0 && !line.starts_with(' ') {
            class = None;
        }
        let owner = match (depth, &class) {
            (0, _) => String::new(),
            (_, Some(class)) => format!("{class}."),
            (_, None) => continue,
        };
        let function = line
            .strip_prefix("async ")
            .unwrap_or(line)
            .strip_prefix("def ");
        if let Some(rest) = function {
            if !rest.starts_with('_') {
                let all = whole(rest, &mut lines, |text| text.ends_with([':', '.']));
                self::function(&owner, &all, out);
            }
        } else if line.contains(": ") || (depth == 0 && line.contains(" = ")) {
            let closed = |text: &str| {
                let count = |set: &[char]| text.matches(set).count();
                count(&['(', '[', '{']) == count(&[')', ']', '}'])
            };
            value(&owner, &whole(line, &mut lines, closed), out);
        }
    }
}

/// What must be given is part of the function; what may be is a name of its own.
fn function(owner: &str, all: &str, out: &mut Found) {
    let of = name(all);
    let Some((arguments, result)) = all[of.len()..].rsplit_once(')') else {
        return;
    };
    let arguments = split(arguments.trim_start_matches('('), ',');
    let (may, must): (Vec<&str>, Vec<&str>) = arguments
        .into_iter()
        .partition(|argument| argument.contains(" = ") || argument.starts_with("**"));
    let must = must.join(", ");
    // A mark behind which nothing must be given.
    let must = must.trim_end_matches(", *");
    out.add(
        format!("{owner}{of}"),
        &format!("({must}){}", result.trim_end_matches([':', '.']).trim_end()),
    );
    for argument in may {
        let (argument, says) = argument.split_once(':').unwrap_or((argument, ""));
        out.add(format!("{owner}{of}({argument})"), says);
    }
}

/// A field of a class or a name of a module.
fn value(owner: &str, all: &str, out: &mut Found) {
    let of = name(all);
    let says = all[of.len()..].trim_start_matches(':').trim();
    match says.strip_prefix("TypeAlias = ") {
        Some(members) => {
            let members = members.trim().trim_start_matches('(').trim_end_matches(')');
            if alias::is_name(members) {
                out.alias(&format!("{owner}{of}"), members);
                return;
            }
            out.add(format!("{owner}{of}"), "union");
            for member in split(members, '|') {
                let listed = member
                    .strip_prefix("Literal[")
                    .and_then(|m| m.strip_suffix(']'));
                for one in listed.map_or(vec![member], |listed| split(listed, ',')) {
                    out.add(format!("{owner}{of} = {one}"), "");
                }
            }
        }
        // What a name is set to is no part of what is shown.
        None => {
            let says = if says.starts_with('=') { "" } else { says };
            out.add(format!("{owner}{of}"), says);
        }
    }
}
