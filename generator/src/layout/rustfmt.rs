//! rustfmt's choices (style edition 2024, default settings) for the shapes that targets write.
//!
//! Each function gives the text as rustfmt leaves it. The first line is not indented: it goes
//! where the template stands; the lines after it are indented by `indent` and more. Widths are
//! counted in characters of width one, as generated code has them outside of comments and
//! strings.

/// `max_width`
pub const WIDTH: usize = 100;
/// `fn_call_width`: the arguments of a call on one line.
const CALL: usize = 60;
/// `chain_width`: a chain of two links or more on one line.
const CHAIN: usize = 60;
/// `attr_fn_like_width`: the arguments of an attribute on one line.
const ATTRIBUTE: usize = 70;
/// `struct_lit_width`: the fields of a struct literal on one line.
const STRUCT: usize = 18;
/// `array_width`: the items of an array on one line.
const ARRAY: usize = 60;
/// `short_array_element_width_threshold`: items that share lines.
const SHORT: usize = 10;
/// The column that rustfmt keeps free at the end of a line of imported names.
const IMPORT_MARGIN: usize = 1;
const STEP: usize = 4;

/// An attribute with arguments: `#[serde(rename = "type")]`.
pub fn attribute(indent: usize, name: &str, arguments: &[String]) -> String {
    let line = arguments.join(", ");
    if width(&line) <= ATTRIBUTE && indent + width(name) + width(&line) + 5 <= WIDTH {
        return format!("#[{name}({line})]");
    }
    // rustfmt keeps what the last argument is followed by, and so no comma is added.
    let lines: Vec<String> = arguments
        .iter()
        .map(|argument| format!("{}{argument}", pad(indent + STEP)))
        .collect();
    format!("#[{name}(\n{}\n{})]", lines.join(",\n"), pad(indent))
}

/// The head of a function: `pub fn get(&self, run_id: &str) -> Run {`. `tail` is what follows the
/// closing parenthesis: ` -> Run {`.
pub fn signature(indent: usize, head: &str, parameters: &[String], tail: &str) -> String {
    let line = format!("{head}({}){tail}", parameters.join(", "));
    if indent + width(&line) <= WIDTH || parameters.is_empty() {
        return line;
    }
    format!("{head}({}){tail}", vertical(indent, parameters))
}

/// A call: `Call::new(self.core, &GET)`; `tail` follows it on its line: `;`.
pub fn call(indent: usize, head: &str, arguments: &[String], tail: &str) -> String {
    let line = arguments.join(", ");
    let whole = format!("{head}({line}){tail}");
    if arguments.is_empty() || (width(&line) <= CALL && indent + width(&whole) <= WIDTH) {
        return whole;
    }
    format!("{head}({}){tail}", vertical(indent, arguments))
}

/// A link of a chain: a method and its arguments.
pub type Link = (String, Vec<String>);

/// A chain of calls: `Call::new(self.core, &GET).path_param("id", id)`. The root is on one line.
pub fn chain(indent: usize, root: &str, links: &[Link]) -> String {
    let one_line: String = links
        .iter()
        .map(|(name, arguments)| format!(".{name}({})", arguments.join(", ")))
        .collect();
    let limit = if links.len() == 1 { WIDTH } else { CHAIN };
    let fits = width(root) + width(&one_line) <= limit
        && indent + width(root) + width(&one_line) <= WIDTH
        && links
            .iter()
            .all(|(_, arguments)| width(&arguments.join(", ")) <= CALL);
    if fits || links.is_empty() {
        return format!("{root}{one_line}");
    }
    let inner = indent + STEP;
    // A single link goes to a line of its own if that is enough; else it breaks where it stands.
    if let [(name, arguments)] = links {
        let own_line = call(inner, &format!(".{name}"), arguments, "");
        let head = format!("{root}.{name}");
        if own_line.contains('\n') && indent + width(&head) < WIDTH {
            return call(indent, &head, arguments, "");
        }
    }
    links
        .iter()
        .fold(root.to_owned(), |text, (name, arguments)| {
            let link = call(inner, &format!(".{name}"), arguments, "");
            format!("{text}\n{}{link}", pad(inner))
        })
}

/// A struct literal: `Self { id }`. A field of several lines makes the whole vertical.
pub fn struct_literal(indent: usize, head: &str, fields: &[String], tail: &str) -> String {
    let line = fields.join(", ");
    let whole = format!("{head} {{ {line} }}{tail}");
    let fits = width(&line) <= STRUCT && indent + width(&whole) <= WIDTH && !line.contains('\n');
    if fits {
        return whole;
    }
    let lines: String = fields
        .iter()
        .map(|field| format!("{}{field},\n", pad(indent + STEP)))
        .collect();
    format!("{head} {{\n{lines}{}}}{tail}", pad(indent))
}

/// An arm of a match whose body is an expression of one line: `Some("a") => Self::A(x),`.
pub fn arm(indent: usize, pattern: &str, body: &str) -> String {
    let line = format!("{pattern} => {body},");
    if indent + width(&line) <= WIDTH {
        return line;
    }
    format!(
        "{pattern} => {{\n{}{body}\n{}}}",
        pad(indent + STEP),
        pad(indent)
    )
}

/// An array of short items: `&["a", "b"]`; `head` is what stands before the bracket.
pub fn array(indent: usize, head: &str, items: &[String], tail: &str) -> String {
    let line = items.join(", ");
    let whole = format!("{head}[{line}]{tail}");
    if width(&line) <= ARRAY && indent + width(&whole) <= WIDTH && !line.contains('\n') {
        return whole;
    }
    if items.iter().all(|item| width(item) <= SHORT) {
        return format!(
            "{head}[\n{}{}]{tail}",
            filled(indent + STEP, items, WIDTH),
            pad(indent)
        );
    }
    format!("{head}[{}]{tail}", vertical(indent, items))
}

/// An import: `use crate::runtime::{Call, Core};`. The names are sorted and at least one.
pub fn import(path: &str, names: &[&str]) -> String {
    let line = match names {
        [name] => format!("use {path}::{name};"),
        _ => format!("use {path}::{{{}}};", names.join(", ")),
    };
    if width(&line) <= WIDTH || names.len() == 1 {
        return line;
    }
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    format!(
        "use {path}::{{\n{}}};",
        filled(STEP, &names, WIDTH - IMPORT_MARGIN)
    )
}

/// Items side by side, as many as a line of `limit` columns holds.
fn filled(indent: usize, items: &[String], limit: usize) -> String {
    let mut text = String::new();
    let mut line = String::new();
    for item in items {
        if !line.is_empty() && indent + width(&line) + width(item) + 2 > limit {
            text.push_str(&format!("{}{line}\n", pad(indent)));
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(item);
        line.push(',');
    }
    format!("{text}{}{line}\n", pad(indent))
}

/// `static NAME: Type = value;` or a field `name: value`; a value that does not fit behind `=` goes to
/// the next line.
pub fn assign(indent: usize, head: &str, value: &str, tail: &str) -> String {
    if indent + width(head) + 1 + width(value) + width(tail) <= WIDTH {
        return format!("{head} {value}{tail}");
    }
    format!("{head}\n{}{value}{tail}", pad(indent + STEP))
}

fn vertical(indent: usize, items: &[String]) -> String {
    let lines: String = items
        .iter()
        .map(|item| format!("{}{item},\n", pad(indent + STEP)))
        .collect();
    format!("\n{lines}{}", pad(indent))
}

fn pad(indent: usize) -> String {
    " ".repeat(indent)
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    use super::*;

    /// What rustfmt makes of a file.
    fn rustfmt(source: &str) -> String {
        let mut child = Command::new("rustfmt")
            .args(["--edition", "2024"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("rustfmt is part of the toolchain");
        child
            .stdin
            .take()
            .expect("piped")
            .write_all(source.as_bytes())
            .expect("rustfmt reads");
        let output = child.wait_with_output().expect("rustfmt ends");
        assert!(output.status.success(), "{source}");
        String::from_utf8(output.stdout).expect("text")
    }

    fn word(length: usize) -> String {
        "abcdefghij".chars().cycle().take(length.max(1)).collect()
    }

    /// Words of many lengths, from a fixed seed: the widths around every limit are among them.
    fn lengths() -> impl Iterator<Item = usize> {
        let mut state = 7_u64;
        std::iter::repeat_with(move || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            usize::try_from(state >> 33).unwrap_or_default() % 34 + 1
        })
    }

    #[test]
    fn every_shape_is_left_alone_by_rustfmt() {
        let mut lengths = lengths();
        let mut next = || word(lengths.next().unwrap_or(1));
        let mut source = String::new();
        for count in 1..30 {
            let names: Vec<String> = (0..count).map(|n| format!("A{n:02}{}", next())).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            source.push_str(&import(&format!("crate::m{count:02}"), &names));
            source.push_str("\n\n");
        }
        source.push_str("struct S;\n");
        for i in 0..800 {
            let count = i % 4 + 1;
            let parameters: Vec<String> = std::iter::once("&self".to_owned())
                .chain((0..i % 4).map(|n| format!("{}{n}: {}", next(), next())))
                .collect();
            let head = signature(4, &format!("fn f{i}_{}", next()), &parameters, " -> u8 {");
            let links: Vec<Link> = (0..count)
                .map(|n| (next(), (0..(i + n) % 3).map(|_| next()).collect()))
                .collect();
            let chain = chain(8, &format!("Call::new(self.core, {})", next()), &links);
            let arguments: Vec<String> = (0..count).map(|_| next()).collect();
            let call = call(8, &format!("{}::{}", next(), next()), &arguments, ";");
            let fields: Vec<String> = (0..count).map(|_| next()).collect();
            let literal = struct_literal(8, "Self", &fields, ";");
            let arm = arm(
                12,
                &format!("Some({:?})", next() + &next()),
                &format!("Self::{}({}?)", next(), next()),
            );
            let items: Vec<String> = match i % 5 {
                0 => (0..i % 40)
                    .map(|n| format!("\"{}\"", word(n % 8)))
                    .collect(),
                _ => (0..count).map(|_| format!("\"{}\"", next())).collect(),
            };
            let array = array(8, "&", &items, ";");
            let let_ = assign(
                8,
                &format!("let {}: {} =", next(), next()),
                &format!("\"{}{}\"", next(), next()),
                ";",
            );
            let attribute_arguments: Vec<String> = (0..count)
                .map(|_| format!("{} = {:?}", next(), next()))
                .collect();
            let attribute = attribute(4, "serde", &attribute_arguments);
            source.push_str(&format!(
                "\nimpl S {{\n    {attribute}\n    {head}\n        {call}\n        {literal}\n        {array}\n        {let_}\n        match x {{\n            {arm}\n        }}\n        {chain}\n    }}\n}}\n"
            ));
        }
        let formatted = rustfmt(&source);
        let diff = similar::TextDiff::from_lines(&source, &formatted);
        let diff = diff.unified_diff().context_radius(2).to_string();
        assert!(diff.is_empty(), "{diff}");
    }
}
