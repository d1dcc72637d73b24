//! Go, as gofmt leaves it.

use super::{Found, alias, name, whole};

pub(super) fn read(text: &str, out: &mut Found) {
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(rest) = line.strip_prefix("func ") {
            let opened = |text: &str| text.ends_with('{') || text.ends_with('}');
            function(&whole(rest, &mut lines, opened), out);
        } else if let Some(rest) = line.strip_prefix("type ").filter(|rest| exported(rest)) {
            let of = name(rest);
            let says = rest[of.len()..].trim();
            if let Some(present) = says.strip_prefix("= ") {
                out.alias(of, present);
                continue;
            }
            out.add(of, says);
            if says.ends_with('{') {
                for member in lines.by_ref().take_while(|line| !line.starts_with('}')) {
                    field(of, member, out);
                }
            }
        } else if matches!(line, "const (" | "var (") {
            for member in lines.by_ref().take_while(|line| !line.starts_with(')')) {
                let Some(member) = member.strip_prefix('\t').filter(|m| exported(m)) else {
                    continue;
                };
                let of = name(member);
                let says = member[of.len()..].trim();
                match says
                    .strip_prefix("= ")
                    .filter(|present| alias::is_name(present))
                {
                    Some(present) => out.alias(of, present),
                    None => out.add(of, says),
                }
            }
        } else if let Some(rest) = ["const ", "var "].iter().find_map(|k| line.strip_prefix(k))
            && exported(rest)
        {
            let of = name(rest);
            out.add(of, &rest[of.len()..]);
        }
    }
}

/// `(s *Plans) Get(ctx context.Context) error {`
fn function(rest: &str, out: &mut Found) {
    let rest = rest.split(" {").next().unwrap_or(rest);
    let (receiver, rest) = match rest.strip_prefix('(').and_then(|r| r.split_once(") ")) {
        Some((receiver, rest)) => {
            let of = receiver.rsplit([' ', '*']).next().unwrap_or(receiver);
            (Some(name(of)), rest)
        }
        None => (None, rest),
    };
    let of = name(rest);
    if !exported(rest) || receiver.is_some_and(|receiver| !exported(receiver)) {
        return;
    }
    let full = receiver.map_or_else(|| of.to_owned(), |r| format!("{r}.{of}"));
    out.add(full, &rest[of.len()..]);
}

/// A field or a method of an interface: one tab deep, without its tag.
fn field(of: &str, line: &str, out: &mut Found) {
    let Some(line) = line.strip_prefix('\t').filter(|line| exported(line)) else {
        return;
    };
    let line = line.split('`').next().unwrap_or(line);
    let line = line.split(" //").next().unwrap_or(line);
    let field = name(line);
    out.add(format!("{of}.{field}"), &line[field.len()..]);
}

fn exported(text: &str) -> bool {
    text.starts_with(char::is_uppercase)
}
