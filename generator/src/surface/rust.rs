//! Rust, as rustfmt leaves it.

use super::{Found, alias, name, whole};

pub(super) fn read(text: &str, out: &mut Found) {
    let mut lines = text.lines();
    let mut open_for_more = false;
    while let Some(line) = lines.next() {
        if line.starts_with("#[non_exhaustive]") {
            open_for_more = true;
            continue;
        }
        if line.starts_with("#[") || line.starts_with("//") {
            continue;
        }
        let mark = if std::mem::take(&mut open_for_more) {
            "#[non_exhaustive] "
        } else {
            ""
        };
        if line.starts_with("pub ") {
            let end = |text: &str| text.ends_with([';', '{', '}']);
            let all = whole(line, &mut lines, end);
            item(&all, mark, &mut lines, out);
        } else if line.starts_with("impl") {
            let all = whole(line, &mut lines, |text| text.ends_with(['{', '}']));
            if !all.ends_with('}') {
                block(
                    marked(&all).unwrap_or(subject(&all)),
                    false,
                    &mut lines,
                    out,
                );
            }
        } else if line.ends_with('{') && !line.starts_with(' ') {
            // What is not public is not shown, and neither is what stands in it.
            lines
                .by_ref()
                .take_while(|line| !line.starts_with('}'))
                .for_each(drop);
        }
    }
}

fn item<'a>(all: &str, mark: &str, lines: &mut impl Iterator<Item = &'a str>, out: &mut Found) {
    let says = all.trim_end_matches(['{', ';']).trim();
    let words: Vec<&str> = says.split_whitespace().collect();
    let kinds = [
        "struct", "enum", "trait", "type", "const", "static", "fn", "mod", "use",
    ];
    let Some(at) = words.iter().position(|word| kinds.contains(word)) else {
        return;
    };
    let (kind, of) = (words[at], words.get(at + 1).map_or("", |word| name(word)));
    if kind == "use" || kind == "mod" {
        return;
    }
    let present = says.split_once(" = ").map(|(_, present)| present);
    if let Some(present) = present.filter(|present| kind == "type" && alias::is_name(present)) {
        out.alias(of, present);
        return;
    }
    out.add(of, &format!("{mark}{says}"));
    if !all.ends_with('{') {
        return;
    }
    match kind {
        "trait" => block(of, true, lines, out),
        "struct" | "enum" => {
            for line in lines.take_while(|line| !line.starts_with('}')) {
                member(of, kind, line, out);
            }
        }
        _ => lines
            .take_while(|line| !line.starts_with('}'))
            .for_each(drop),
    }
}

/// A field or a variant: four spaces deep.
fn member(of: &str, kind: &str, line: &str, out: &mut Found) {
    let Some(line) = line.strip_prefix("    ") else {
        return;
    };
    if kind == "enum" {
        if line.starts_with(char::is_uppercase) {
            let variant = name(line);
            let says = line[variant.len()..].trim_end_matches(',');
            out.add(format!("{of}::{variant}"), says);
        }
    } else if let Some(field) = line.strip_prefix("pub ") {
        let field_name = name(field.trim_start_matches("r#"));
        let says = field.split_once(':').map_or("", |(_, says)| says);
        out.add(format!("{of}.{field_name}"), says.trim_end_matches(','));
    }
}

/// The functions of an `impl` or of a trait.
fn block<'a>(of: &str, all: bool, lines: &mut impl Iterator<Item = &'a str>, out: &mut Found) {
    while let Some(line) = lines.next() {
        if line.starts_with('}') {
            return;
        }
        let Some(line) = line
            .strip_prefix("    ")
            .filter(|l| !l.starts_with([' ', '/', '#']))
        else {
            continue;
        };
        let public = line.strip_prefix("pub ").or(all.then_some(line));
        let Some((_, rest)) = public.and_then(|line| line.split_once("fn ")) else {
            continue;
        };
        let full = whole(rest, lines, |text| text.ends_with(['{', ';', '}']));
        let says = full.trim_end_matches(['{', ';']).trim();
        let method = name(says);
        out.add(format!("{of}::{method}"), &says[method.len()..]);
    }
}

/// `impl<'a> Plans<'a> {` is of `Plans`, `impl Display for Kind {` of `Kind`.
fn subject(line: &str) -> &str {
    let line = line.rsplit_once(" for ").map_or_else(
        || {
            let rest = line.trim_start_matches("impl");
            match rest.strip_prefix('<') {
                Some(rest) => rest.split_once("> ").map_or(rest, |(_, rest)| rest),
                None => rest.trim_start(),
            }
        },
        |(_, of)| of,
    );
    name(line.trim_start())
}

/// The type that marks whose calls they are: `ListRuns` of `impl Call<Json<Run>, ListRuns> {`.
fn marked(line: &str) -> Option<&str> {
    let arguments = line.strip_prefix("impl Call<")?.strip_suffix("> {")?;
    let marker = *super::split(arguments, ',').last()?;
    alias::is_name(marker).then_some(marker)
}
