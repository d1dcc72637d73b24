//! The intermediate representation for reading: what says nothing left out, what is short on a
//! line.

use std::fmt::Debug;

/// The width of a line that holds a whole node.
const WIDTH: usize = 100;

/// Fields that most nodes have with these values.
const SILENT: [&str; 12] = [
    "access: Both",
    "allow_reserved: false",
    "body_path: None",
    "default: None",
    "deprecated: false",
    "docs: Docs { summary: \"\", description: \"\" }",
    "example: None",
    "indirect: false",
    "json: false",
    "pinned: false",
    "role: None",
    "title: \"\"",
];

/// The `Debug` of a value, made short.
pub(crate) fn compact(value: &impl Debug) -> String {
    let text = format!("{value:#?}");
    let mut lines = text.lines().peekable();
    node(&mut lines).map_or_else(String::new, |lines| lines.join("\n"))
}

/// One node and all that is in it; `None` for what is left out.
fn node<'t>(lines: &mut std::iter::Peekable<impl Iterator<Item = &'t str>>) -> Option<Vec<String>> {
    let first = lines.next()?;
    let head = first.trim();
    let opens = head.ends_with(['{', '[', '(']) && !head.starts_with('"');
    if !opens {
        let kept = !SILENT.contains(&head.trim_end_matches(','));
        return kept.then(|| vec![head.to_owned()]);
    }
    let indent = |line: &str| line.len() - line.trim_start().len();
    let depth = indent(first);
    let mut inside: Vec<Vec<String>> = Vec::new();
    while lines.peek().is_some_and(|line| indent(line) > depth) {
        inside.extend(node(lines));
    }
    let tail = lines.next().map_or("", str::trim);
    if head.starts_with("span: ") {
        return None;
    }
    let one = inside.iter().all(|lines| lines.len() == 1);
    let joined: Vec<&str> = inside
        .iter()
        .flatten()
        .map(|line| line.trim_end_matches(','))
        .collect();
    let space = if head.ends_with('{') { " " } else { "" };
    let whole = format!("{head}{space}{}{space}{tail}", joined.join(", "));
    if one && whole.len() <= WIDTH {
        let silent = SILENT.contains(&whole.trim_end_matches(','));
        return (!silent).then(|| vec![whole]);
    }
    let inner = inside.into_iter().flatten().map(|line| format!("  {line}"));
    let lines = std::iter::once(head.to_owned()).chain(inner);
    Some(lines.chain(std::iter::once(tail.to_owned())).collect())
}
