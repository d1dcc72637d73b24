//! TypeScript, as biome leaves it.

use super::{Found, alias, name, whole};

pub(super) fn read(text: &str, out: &mut Found) {
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(rest) = line.strip_prefix("export ") else {
            continue;
        };
        let rest = rest
            .trim_start_matches("declare ")
            .trim_start_matches("abstract ");
        let rest = rest.trim_start_matches("async ");
        if let Some(alias) = rest.strip_prefix("type ").filter(|r| !r.starts_with('{')) {
            let all = whole(alias, &mut lines, |text| text.ends_with(';'));
            let of = name(&all);
            match all.split_once(" = ") {
                Some((_, says)) if alias::is_name(says.trim_end_matches(';')) => {
                    out.alias(of, says.trim_end_matches(';'));
                }
                Some((_, says)) if !says.starts_with('{') => {
                    out.union(of, says.trim_end_matches(';'));
                }
                Some((_, says)) => out.add(of, says),
                None => {}
            }
        } else if rest.starts_with("interface ") || rest.starts_with("class ") {
            let all = whole(rest, &mut lines, |text| text.ends_with(['{', '}']));
            let says = all.trim_end_matches(['{', '}']).trim();
            let of = name(says.split_once(' ').map_or("", |(_, of)| of)).to_owned();
            out.add(of.clone(), says);
            if all.ends_with('{') {
                members(&of, &mut lines, out);
            }
        } else if let Some(of) = rest.strip_prefix("function ") {
            let all = whole(of, &mut lines, |text| text.ends_with(['{', ';', '}']));
            let of = name(&all).to_owned();
            out.add(of.clone(), signature(&all[of.len()..]).as_str());
        } else if let Some(of) = rest.strip_prefix("const ") {
            out.add(name(of), "const");
        }
    }
}

/// What stands two spaces deep.
fn members<'a>(of: &str, lines: &mut impl Iterator<Item = &'a str>, out: &mut Found) {
    while let Some(line) = lines.next() {
        if line.starts_with('}') {
            return;
        }
        let Some(line) = line.strip_prefix("  ") else {
            continue;
        };
        let words = ["static ", "readonly ", "async "];
        let line = words
            .iter()
            .fold(line, |line, word| line.trim_start_matches(word));
        let hidden = ["private ", "constructor("]
            .iter()
            .any(|word| line.starts_with(word));
        let begins = line.starts_with(|c: char| c.is_alphabetic() || "_$\"[".contains(c));
        if !begins || hidden {
            continue;
        }
        let all = whole(line, lines, |text| text.ends_with([';', '{', '}']));
        let member = match all.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
            Some((member, _)) => format!("\"{member}\""),
            None => name(all.strip_prefix("get ").unwrap_or(&all)).to_owned(),
        };
        let says = &all[all.find(&member).unwrap_or(0) + member.len()..];
        out.add(format!("{of}.{member}"), signature(says).as_str());
    }
}

/// A signature without its body and without what only the layout asks for.
fn signature(says: &str) -> String {
    let says = says.trim_end_matches(['{', ';', '}']).trim();
    let says = match says.strip_prefix("?:") {
        Some(says) => format!("?{says}"),
        None => says.trim_start_matches(':').to_owned(),
    };
    let says = says.replace("( ", "(").replace(", )", ")");
    says.replacen("):", ") :", 1)
}
