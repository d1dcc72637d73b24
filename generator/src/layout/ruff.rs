//! `ruff format`'s choices (its defaults, lines of 100) for the shapes that the Python target
//! writes: calls, signatures, literals, unions, imports.
//!
//! The first line of a result goes where the template stands; the lines after it are indented.
//! Widths are counted in characters of width one.

/// `line-length`
pub const WIDTH: usize = 100;
const STEP: usize = 4;

/// An expression, or a piece of one, before it is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doc {
    /// Never broken: `"a"`, `run_id: str`.
    Text(String),
    /// A value behind its name: `path=`, `"run_id": `.
    Pair(String, Box<Doc>),
    /// Items in brackets.
    Brackets {
        /// What stands before the items: `Arguments(`, `{`, `Literal[`.
        open: String,
        /// The items.
        items: Vec<Doc>,
        /// What stands behind them: `)`, `]`.
        close: String,
        /// A list, dict or tuple: when it does not fit on its line, each item gets a line; a
        /// call, a signature or a subscript tries all of them on one line first.
        atom: bool,
    },
    /// `A | B`, and what follows it on its last line: ` = None`.
    Union(Vec<Doc>, String),
}

impl Doc {
    /// A piece that is never broken.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// `name=value`
    pub fn keyword(name: &str, value: Doc) -> Self {
        Self::Pair(format!("{name}="), Box::new(value))
    }

    /// `head(items)`
    pub fn call(head: &str, items: Vec<Doc>) -> Self {
        Self::Brackets {
            open: format!("{head}("),
            items,
            close: ")".to_owned(),
            atom: false,
        }
    }

    /// `head[items]`
    pub fn subscript(head: &str, items: Vec<Doc>) -> Self {
        Self::Brackets {
            open: format!("{head}["),
            items,
            close: "]".to_owned(),
            atom: false,
        }
    }

    /// `{key: value}`; the keys are expressions already.
    pub fn dict(entries: impl IntoIterator<Item = (String, Doc)>) -> Self {
        let items = entries
            .into_iter()
            .map(|(key, value)| Self::Pair(format!("{key}: "), Box::new(value)))
            .collect();
        Self::Brackets {
            open: "{".to_owned(),
            items,
            close: "}".to_owned(),
            atom: true,
        }
    }

    /// On one line.
    pub fn flat(&self) -> String {
        let mut out = String::new();
        self.push_flat(&mut out);
        out
    }

    fn push_flat(&self, out: &mut String) {
        match self {
            Self::Text(text) => out.push_str(text),
            Self::Pair(name, value) => {
                out.push_str(name);
                value.push_flat(out);
            }
            Self::Brackets {
                open, items, close, ..
            } => {
                out.push_str(open);
                push_joined(items, ", ", out);
                out.push_str(close);
            }
            Self::Union(operands, tail) => {
                push_joined(operands, " | ", out);
                out.push_str(tail);
            }
        }
    }

    /// Laid out. `indent` is that of the line it stands on, `used` the columns taken before it,
    /// `tail` the columns of what follows it on its last line.
    pub fn layout(&self, indent: usize, used: usize, tail: usize) -> String {
        let flat_text = self.flat();
        if used + width(&flat_text) + tail <= WIDTH {
            return flat_text;
        }
        match self {
            Self::Text(text) => text.clone(),
            Self::Pair(name, value) => {
                format!("{name}{}", value.layout(indent, used + width(name), tail))
            }
            Self::Brackets { items, .. } if items.is_empty() => flat_text,
            Self::Brackets {
                open,
                items,
                close,
                atom,
            } => {
                let inner = indent + STEP;
                let line = flat(items);
                if !atom && inner + width(&line) <= WIDTH {
                    return format!("{open}\n{}{line}\n{}{close}", pad(inner), pad(indent));
                }
                format!("{open}\n{}{}{close}", lines(inner, items), pad(indent))
            }
            Self::Union(operands, tail) => {
                // Each operand but the first stands behind its operator.
                let operands: Vec<String> = operands
                    .iter()
                    .enumerate()
                    .map(|(i, operand)| operand.layout(indent, indent + 2 * i.min(1), 0))
                    .collect();
                format!("{}{tail}", operands.join(&format!("\n{}| ", pad(indent))))
            }
        }
    }
}

/// A statement: what stands before the expression, the expression, what stands behind it.
pub fn statement(indent: usize, head: &str, value: &Doc, tail: &str) -> String {
    let text = value.layout(indent, indent + width(head), width(tail));
    format!("{head}{text}{tail}")
}

/// The right side of an assignment that is a union: put into parentheses when it does not fit.
pub fn union_statement(indent: usize, head: &str, operands: &[Doc]) -> String {
    let all = Doc::Union(operands.to_vec(), String::new());
    let line = all.flat();
    if indent + width(head) + width(&line) <= WIDTH {
        return format!("{head}{line}");
    }
    if let [only] = operands {
        return statement(indent, head, only, "");
    }
    let body = all.layout(indent + STEP, indent + STEP, 0);
    format!("{head}(\n{}{body}\n{})", pad(indent + STEP), pad(indent))
}

/// An annotated name with its value: `created_at: dt.datetime | None = None`. A long annotation
/// is put into parentheses, a long value too.
pub fn field(indent: usize, name: &str, annotation: &str, value: Option<&str>) -> String {
    let Some(value) = value else {
        return format!("{name}: {annotation}");
    };
    let line = format!("{name}: {annotation} = {value}");
    if indent + width(&line) <= WIDTH {
        return line;
    }
    let (inner, outer) = (pad(indent + STEP), pad(indent));
    if let Some((callee, arguments)) = value.split_once('(')
        && let Some(arguments) = arguments.strip_suffix(')')
    {
        let head = format!("{name}: {annotation} = {callee}(");
        if indent + width(&head) <= WIDTH && indent + STEP + width(arguments) <= WIDTH {
            return format!("{head}\n{inner}{arguments}\n{outer})");
        }
    }
    let head = format!("{name}: {annotation} = (");
    if indent + width(&head) <= WIDTH {
        return format!("{head}\n{inner}{value}\n{outer})");
    }
    if let Some(inside) = annotation
        .strip_prefix("Literal[")
        .and_then(|a| a.strip_suffix(']'))
        && !inside.contains(']')
    {
        return format!("{name}: Literal[\n{inner}{inside}\n{outer}] = {value}");
    }
    format!("{name}: (\n{inner}{annotation}\n{outer}) = {value}")
}

/// Brackets whose items are a line each whatever their width, behind a trailing comma.
pub fn exploded(indent: usize, open: &str, items: &[Doc], close: &str) -> String {
    if items.is_empty() {
        return format!("{open}{close}");
    }
    format!(
        "{open}\n{}{}{close}",
        lines(indent + STEP, items),
        pad(indent)
    )
}

/// `from module import a, b`, names in isort's order already.
pub fn import_from(indent: usize, module: &str, names: &[String]) -> String {
    let line = format!("from {module} import {}", names.join(", "));
    if indent + width(&line) <= WIDTH {
        return line;
    }
    let items: Vec<Doc> = names.iter().map(Doc::text).collect();
    exploded(indent, &format!("from {module} import ("), &items, ")")
}

fn flat(items: &[Doc]) -> String {
    let mut out = String::new();
    push_joined(items, ", ", &mut out);
    out
}

fn push_joined(items: &[Doc], between: &str, out: &mut String) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(between);
        }
        item.push_flat(out);
    }
}

fn lines(indent: usize, items: &[Doc]) -> String {
    let mut out = String::new();
    for item in items {
        out.push_str(&pad(indent));
        out.push_str(&item.layout(indent, indent, 1));
        out.push_str(",\n");
    }
    out
}

fn pad(indent: usize) -> String {
    " ".repeat(indent)
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(widths: &[usize]) -> Doc {
        Doc::call(
            "call",
            widths.iter().map(|w| Doc::text("a".repeat(*w))).collect(),
        )
    }

    #[test]
    fn a_call_tries_one_line_then_one_line_inside_then_one_an_argument() {
        assert_eq!(statement(8, "return ", &call(&[10, 10]), ""), {
            format!("return call({0}, {0})", "a".repeat(10))
        });
        let long = "a".repeat(40);
        assert_eq!(
            statement(8, "return ", &call(&[40, 40]), ""),
            format!("return call(\n            {long}, {long}\n        )"),
        );
        let longer = "a".repeat(60);
        assert_eq!(
            statement(8, "return ", &call(&[60, 60]), ""),
            format!("return call(\n            {longer},\n            {longer},\n        )"),
        );
    }

    #[test]
    fn a_dict_breaks_into_one_entry_a_line() {
        let dict = Doc::dict(["a", "b"].map(|k| (format!("\"{k}\""), Doc::text(k.repeat(44)))));
        let entry = |k: &str| format!("    \"{k}\": {},\n", k.repeat(44));
        assert_eq!(
            statement(0, "x = ", &dict, ""),
            format!("x = {{\n{}{}}}", entry("a"), entry("b"))
        );
    }

    #[test]
    fn unions_are_put_into_parentheses() {
        let operands = [Doc::text("A".repeat(60)), Doc::text("B".repeat(60))];
        assert_eq!(
            union_statement(0, "X: TypeAlias = ", &operands),
            format!(
                "X: TypeAlias = (\n    {}\n    | {}\n)",
                "A".repeat(60),
                "B".repeat(60)
            ),
        );
    }

    #[test]
    fn fields_break_at_their_value_or_their_annotation() {
        let long = "T".repeat(90);
        assert_eq!(
            field(4, "a", &long, Some("UNSET")),
            format!("a: (\n        {long}\n    ) = UNSET")
        );
        let (arguments, ty) = ("x".repeat(60), "T".repeat(40));
        let call = format!("f({arguments})");
        assert_eq!(
            field(4, "a", &ty, Some(&call)),
            format!("a: {ty} = f(\n        {arguments}\n    )"),
        );
        let call = format!("{}(x)", "f".repeat(60));
        assert_eq!(
            field(4, "a", &ty, Some(&call)),
            format!("a: {ty} = (\n        {call}\n    )"),
        );
    }

    #[test]
    fn imports_break_into_one_name_a_line() {
        let names = [1, 2].map(|_| "N".repeat(50));
        assert_eq!(
            import_from(0, ".a", &names),
            format!("from .a import (\n    {0},\n    {0},\n)", "N".repeat(50)),
        );
    }
}
