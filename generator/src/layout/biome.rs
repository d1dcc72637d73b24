//! `TypeScript` laid out as `biome format` leaves it (the style of Prettier 3), at a width of 100.
//!
//! Each function takes pieces of code that fit on a line and gives the text with its line breaks.
//! `indent` is how many spaces the line starts with, which the caller prints itself.

/// How wide a line may be: `lineWidth` of the packages' `biome.json`.
pub const WIDTH: usize = 100;

/// A value in an object literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Code that is not broken: `"GET"`, `readJSON`.
    Code(String),
    /// `{ name: value }`
    Object(Vec<(String, Value)>),
    /// `[value]`
    Array(Vec<Value>),
}

impl Value {
    /// Any code.
    pub fn code(text: impl Into<String>) -> Self {
        Self::Code(text.into())
    }

    /// The value on one line.
    pub fn flat(&self) -> String {
        match self {
            Self::Code(text) => text.clone(),
            Self::Object(members) if members.is_empty() => "{}".to_owned(),
            Self::Object(members) => {
                let members: Vec<String> = members
                    .iter()
                    .map(|(name, value)| member(name, &value.flat()))
                    .collect();
                format!("{{ {} }}", members.join(", "))
            }
            Self::Array(items) => {
                let items: Vec<String> = items.iter().map(Self::flat).collect();
                format!("[{}]", items.join(", "))
            }
        }
    }

    /// The value behind a name of `used` columns, with `after` more behind it, in a line that is
    /// indented.
    pub fn behind(&self, indent: usize, used: usize, after: usize) -> String {
        self.fit(indent, indent + used, after)
    }

    /// The value behind `used` characters of its line, with `after` more behind it.
    fn fit(&self, indent: usize, used: usize, after: usize) -> String {
        let flat = self.flat();
        let breaks = matches!(self, Self::Array(items) if items.len() > 1 && items.iter().all(|item| matches!(item, Self::Array(_) | Self::Object(_)) && item.len() > 1));
        if used + width(&flat) + after <= WIDTH && !breaks {
            return flat;
        }
        self.broken(indent)
    }

    /// How many members or items it has; code has none.
    fn len(&self) -> usize {
        match self {
            Self::Code(_) => 0,
            Self::Object(members) => members.len(),
            Self::Array(items) => items.len(),
        }
    }

    /// The value with one member or item a line.
    pub fn broken(&self, indent: usize) -> String {
        let (open, close, lines) = match self {
            Self::Code(text) => return text.clone(),
            Self::Object(members) if members.is_empty() => return "{}".to_owned(),
            Self::Array(items) if items.is_empty() => return "[]".to_owned(),
            Self::Object(members) => {
                let lines: Vec<String> = members
                    .iter()
                    .map(|(name, value)| {
                        let used = indent + 2 + width(name) + 2;
                        member(name, &value.fit(indent + 2, used, 1))
                    })
                    .collect();
                ('{', '}', lines)
            }
            Self::Array(items) => {
                let lines = items
                    .iter()
                    .map(|item| item.fit(indent + 2, indent + 2, 1))
                    .collect();
                ('[', ']', lines)
            }
        };
        let pad = " ".repeat(indent + 2);
        let lines: Vec<String> = lines
            .into_iter()
            .map(|line| format!("{pad}{line},\n"))
            .collect();
        format!("{open}\n{}{}{close}", lines.concat(), " ".repeat(indent))
    }
}

/// `name: value`, or the shorthand for a variable of the property's own name.
fn member(name: &str, value: &str) -> String {
    if name == value {
        name.to_owned()
    } else {
        format!("{name}: {value}")
    }
}

/// How many columns text takes.
pub fn width(text: &str) -> usize {
    text.chars().count()
}

/// `head(item, item)tail`, or one item a line: a signature, a call, a list of arguments.
pub fn call(indent: usize, head: &str, items: &[String], tail: &str) -> String {
    group(indent, &format!("{head}("), "", items, &format!("){tail}"))
}

/// A call of values: on one line; else with its last argument, an object, hugged by the
/// parentheses; else one argument a line. `indent` is that of the line, and `tail` counts.
pub fn hugging(indent: usize, head: &str, arguments: &[Value], tail: &str) -> String {
    let flat: Vec<String> = arguments.iter().map(Value::flat).collect();
    let line = format!("{head}({}){tail}", flat.join(", "));
    let Some((last @ (Value::Object(_) | Value::Array(_)), before)) = arguments.split_last() else {
        return call(indent, head, &flat, tail);
    };
    if indent + width(&line) <= WIDTH {
        return line;
    }
    let before: Vec<String> = before.iter().map(|one| one.flat() + ", ").collect();
    let open = format!("{head}({}", before.concat());
    if indent + width(&open) < WIDTH {
        return format!("{open}{}){tail}", last.broken(indent));
    }
    let pad = " ".repeat(indent + 2);
    let lines = arguments.iter();
    let lines = lines.map(|one| format!("{pad}{},\n", one.fit(indent + 2, indent + 2, 1)));
    let lines: String = lines.collect();
    format!("{head}(\n{lines}{}){tail}", " ".repeat(indent))
}

/// `import { item, item } from "module";` A single item is never broken.
pub fn specifiers(head: &str, items: &[String], tail: &str) -> String {
    if let [item] = items {
        return format!("{head}{{ {item} }}{tail}");
    }
    group(0, &format!("{head}{{"), " ", items, &format!("}}{tail}"))
}

fn group(indent: usize, open: &str, space: &str, items: &[String], close: &str) -> String {
    let flat = if items.is_empty() {
        format!("{open}{close}")
    } else {
        format!("{open}{space}{}{space}{close}", items.join(", "))
    };
    // What follows the group's own line does not count: the brace of a body, an object's rest.
    if indent + width(&flat) <= WIDTH || items.is_empty() {
        return flat;
    }
    let pad = " ".repeat(indent + 2);
    let lines: Vec<String> = items.iter().map(|item| format!("{pad}{item},\n")).collect();
    format!("{open}\n{}{}{close}", lines.concat(), " ".repeat(indent))
}

/// `head = {`, a member a line, `};` A head that fills its own line stands alone.
pub fn declaration(head: &str, value: &Value) -> String {
    if width(head) + width(" = {") <= WIDTH {
        return format!("{head} = {};", value.broken(0));
    }
    format!("{head} =\n  {};", value.broken(2))
}

/// `left = right(argument);`, with the argument or the whole right side on a line of its own.
pub fn assign_call(indent: usize, left: &str, right: &str, argument: &str) -> String {
    let flat = format!("{left} = {right}({argument});");
    if indent + width(&flat) <= WIDTH {
        return flat;
    }
    let pad = " ".repeat(indent + 2);
    if indent + width(&format!("{left} = {right}(")) <= WIDTH {
        return format!(
            "{left} = {right}(\n{pad}{argument},\n{});",
            " ".repeat(indent)
        );
    }
    format!("{left} =\n{pad}{right}({argument});")
}

/// `interface Name extends Base {`, or the base on a line of its own.
pub fn interface(name: &str, base: Option<&str>) -> String {
    let head = format!("export interface {name}");
    let Some(base) = base else {
        return format!("{head} {{");
    };
    let flat = format!("{head} extends {base} {{");
    if width(&flat) <= WIDTH {
        return flat;
    }
    format!("{head}\n  extends {base} {{")
}

/// `head = value;`, or the value on a line of its own.
pub fn assign(indent: usize, head: &str, value: &str) -> String {
    let flat = format!("{head} = {value};");
    if indent + width(&flat) <= WIDTH {
        return flat;
    }
    format!("{head} =\n{}{value};", " ".repeat(indent + 2))
}

/// `head A | B | C;`, or one member a line. `head` ends with its `:` or `=`.
pub fn union(indent: usize, head: &str, members: &[String]) -> String {
    let flat = format!("{head} {};", members.join(" | "));
    if indent + width(&flat) <= WIDTH {
        return flat;
    }
    let pad = " ".repeat(indent + 2);
    match members {
        // An object type is broken inside.
        [member] if member.starts_with("{ [") && member.ends_with(" }") => {
            let inner = &member[2..member.len() - 2];
            format!("{head} {{\n{pad}{inner};\n{}}};", " ".repeat(indent))
        }
        [member] if member.starts_with('[') && member.ends_with(']') => {
            let lines: Vec<String> = items(&member[1..member.len() - 1])
                .into_iter()
                .map(|item| format!("{pad}{item}"))
                .collect();
            format!("{head} [\n{},\n{}];", lines.join(",\n"), " ".repeat(indent))
        }
        [member] if head.ends_with('=') => format!("{head}\n{pad}{member};"),
        [_] => flat,
        // One type or null stays on its line, however long the type's name is.
        [member, null] if null == "null" && head.ends_with(':') && is_name(member) => flat,
        _ => {
            let lines: Vec<String> = members
                .iter()
                .map(|member| format!("\n{pad}| {member}"))
                .collect();
            format!("{head}{};", lines.concat())
        }
    }
}

/// The items of a list, cut at the commas that are inside no bracket and no string.
fn items(list: &str) -> Vec<&str> {
    let (mut depth, mut quote, mut start) = (0_usize, None, 0);
    let mut found = Vec::new();
    for (at, c) in list.char_indices() {
        match (quote, c) {
            (Some(mark), c) if c == mark => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[' | '{' | '<') => depth += 1,
            (None, ')' | ']' | '}' | '>') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                found.push(list[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(list[start..].trim());
    found
}

fn is_name(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '$'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_breaks_where_it_does_not_fit() {
        let long = Value::code(format!("\"{}\"", "x".repeat(90)));
        let value = Value::Object(vec![
            ("id".into(), Value::code("\"getRun\"")),
            (
                "query".into(),
                Value::Object(vec![("limit".into(), Value::code("form"))]),
            ),
            (
                "more".into(),
                Value::Array(vec![long.clone(), Value::code("1")]),
            ),
            ("none".into(), Value::Array(vec![])),
            ("form".into(), Value::code("form")),
        ]);
        let Value::Code(long) = long else {
            unreachable!()
        };
        assert_eq!(
            value.broken(0),
            format!(
                "{{\n  id: \"getRun\",\n  query: {{ limit: form }},\n  more: [\n    {long},\n    1,\n  ],\n  none: [],\n  form,\n}}"
            )
        );
    }

    #[test]
    fn a_list_of_pairs_has_a_line_for_each() {
        let pair = Value::Array(vec![Value::code("1"), Value::code("2")]);
        let value = Value::Object(vec![("a".into(), Value::Array(vec![pair.clone(), pair]))]);
        assert_eq!(
            value.broken(0),
            "{\n  a: [\n    [1, 2],\n    [1, 2],\n  ],\n}"
        );
    }

    #[test]
    fn a_call_is_broken_at_the_width() {
        let item = |n: usize| vec!["a".to_owned(), "b".repeat(n)];
        assert_eq!(call(2, "f", &item(89), "): void").lines().count(), 4);
        assert_eq!(
            call(2, "f", &item(80), ";"),
            format!("f(a, {});", "b".repeat(80))
        );
        assert_eq!(call(0, "f", &[], ";"), "f();");
    }

    #[test]
    fn one_import_stays_on_its_line() {
        let name = "N".repeat(100);
        assert_eq!(
            specifiers("import ", std::slice::from_ref(&name), " from \"a\";"),
            format!("import {{ {name} }} from \"a\";")
        );
        assert_eq!(
            specifiers("import ", &["A".into(), name.clone()], " from \"a\";"),
            format!("import {{\n  A,\n  {name},\n}} from \"a\";")
        );
    }

    #[test]
    fn a_long_value_stands_alone() {
        let name = "N".repeat(50);
        assert_eq!(assign(2, "a", "b"), "a = b;");
        assert_eq!(assign(2, &name, &name), format!("{name} =\n    {name};"));
    }

    #[test]
    fn a_head_that_is_too_long_stands_alone() {
        let value = Value::Object(vec![("a".into(), Value::code("1"))]);
        assert_eq!(
            declaration("const x: T", &value),
            "const x: T = {\n  a: 1,\n};"
        );
        let name = "N".repeat(98);
        assert_eq!(
            declaration(&name, &value),
            format!("{name} =\n  {{\n    a: 1,\n  }};")
        );
        assert_eq!(interface("A", Some("B")), "export interface A extends B {");
        let expected = format!("export interface {name}\n  extends B {{");
        assert_eq!(interface(&name, Some("B")), expected);
    }

    #[test]
    fn a_constructor_is_broken_at_its_argument_or_before_it() {
        let name = "N".repeat(85);
        assert_eq!(assign_call(4, "a", "new B", "c"), "a = new B(c);");
        assert_eq!(
            assign_call(4, "a", &format!("new {name}"), "core"),
            format!("a = new {name}(\n      core,\n    );")
        );
        assert_eq!(
            assign_call(4, "a.b.c", &format!("new {name}"), "core"),
            format!("a.b.c =\n      new {name}(core);")
        );
        assert_eq!(
            union(2, "a:", &[format!("{{ [key: string]: {name} }}")]),
            format!("a: {{\n    [key: string]: {name};\n  }};")
        );
    }

    #[test]
    fn a_union_is_broken_before_its_bars() {
        let members = ["a".repeat(50), "b".repeat(50)];
        assert_eq!(
            union(2, "x:", &members),
            format!("x:\n    | {}\n    | {};", members[0], members[1])
        );
        assert_eq!(
            union(0, "type A =", &["B".into(), "C".into()]),
            "type A = B | C;"
        );
    }
}
