//! What a target's type says of a schema, by the text that the target's views write for it.

use std::collections::BTreeSet;

use super::{Level, Verdict, escape, plain, says_anything};
use crate::ir::{
    Additional, Api, Beyond, IntegerFormat, Literal, Meaning, NumberFormat, Shape, StringFormat,
    Type,
};
use crate::source::Span;
use crate::target::{Context, Declared, Target, Written};

/// A target, and how it writes the type of every place.
pub(super) struct Judge<'a> {
    target: Target,
    api: &'a Api,
    written: Vec<Written>,
    constants: BTreeSet<Span>,
    nameless: BTreeSet<Span>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(target: Target, api: &'a Api, cx: &Context<'_>) -> Self {
        let types = api
            .meanings
            .iter()
            .map(|m| plain(api, m).unwrap_or(&Type::Any).clone());
        let types: Vec<Type> = types.collect();
        Self {
            target,
            api,
            written: target.written(cx, &types),
            constants: target.constants(cx),
            nameless: target.nameless(cx),
        }
    }

    /// What the target says of the meaning at an index.
    pub(super) fn of(&self, index: usize, meaning: &Meaning) -> Verdict {
        let mut said = Said::default();
        for beyond in &meaning.beyond {
            let keyword = beyond.keyword();
            match beyond {
                Beyond::Bound(_) => {
                    said.widened(format!("{keyword}: types do not hold values to it"))
                }
                Beyond::Condition(_) => said.widened(format!("{keyword}: no part of a type")),
                Beyond::Shape(_) => said.widened(format!("{keyword}: the type takes more")),
                Beyond::Untyped(_) => said.untyped(format!("{keyword}: read as any value")),
            }
        }
        if self.nameless.contains(&meaning.span) {
            said.untyped("a name that no attribute can have: beside them".to_owned());
            return said.verdict;
        }
        if let (Some(written), Some(ty)) = (self.written.get(index), plain(self.api, meaning))
            && says_anything(meaning)
            && !self.constants.contains(&meaning.span)
        {
            self.ty(ty, written, &mut said);
        }
        said.verdict
    }

    fn ty(&self, ty: &Type, written: &Written, said: &mut Said) {
        let inside = written.inside.as_str();
        let is_any = inside == self.any();
        match ty {
            Type::Any | Type::Boolean | Type::Nullable(_) => {}
            Type::Never if is_any => said.untyped("no value fits, any is taken".to_owned()),
            Type::Null if is_any => said.untyped("null alone, any value is taken".to_owned()),
            Type::Never | Type::Null => {}
            Type::Integer(format) => {
                if !is_whole(*format, inside) {
                    said.widened(format!("{} is {inside}", whole(*format)));
                }
            }
            Type::Number(format) => {
                let narrow = matches!(inside, "f32" | "float32");
                if *format == NumberFormat::Float && !narrow {
                    said.widened(format!("float is {inside}"));
                }
            }
            Type::String(format) => self.string(format, inside, said),
            Type::Literal(value) => {
                let base = match value {
                    Literal::Null => "",
                    Literal::List(_) | Literal::Object(_) if is_any => "any value",
                    _ => inside,
                };
                // A type of the constant alone is spelled with it, in quotes, digits or brackets.
                let is_type = inside
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':');
                let names_value = matches!(inside, "true" | "false" | "null" | "None" | "()")
                    || inside.starts_with(|c: char| c.is_ascii_digit() || c == '-');
                if is_any {
                    said.untyped("a constant is any value".to_owned());
                } else if is_type && !names_value {
                    said.widened(format!("a constant is any {base}"));
                }
            }
            Type::List(_) | Type::Map(_) => {
                if is_any {
                    said.untyped("a collection is any value".to_owned());
                }
            }
            Type::Tuple { .. } => {
                let fixed = inside.starts_with(['[', '(']) && !inside.starts_with("[]");
                let of_any = inside.contains(self.any());
                if inside.starts_with("tuple[") || fixed {
                } else if of_any {
                    said.untyped(format!("a tuple is {inside}"));
                } else {
                    said.widened(format!("a tuple is {inside}"));
                }
            }
            Type::Named(id) => self.named(&self.api.types[*id].shape, ty, written, said),
        }
    }

    fn named(&self, shape: &Shape, ty: &Type, written: &Written, said: &mut Said) {
        let usage = match ty {
            Type::Named(id) => self.api.types[*id].usage,
            _ => return,
        };
        match shape {
            Shape::Record(record) => {
                // What a server is sent is held against the document's schema.
                let keeps = !usage.sent_only() && self.target != Target::Axum;
                if record.additional == Additional::Forbidden && keeps {
                    said.widened("additionalProperties: others are kept".to_owned());
                }
            }
            Shape::Enum(values) => match written.declared {
                Declared::Any => said.untyped("listed values are any value".to_owned()),
                Declared::Base if !values.open => {
                    said.widened("listed values are any of their type".to_owned())
                }
                Declared::Open if !values.open => {
                    said.widened("values that are not listed are kept".to_owned())
                }
                _ => {}
            },
            Shape::Union(union) => match written.declared {
                Declared::Any => said.untyped("a union is any value".to_owned()),
                Declared::Open if !union.open => {
                    said.widened("values of no branch are kept".to_owned())
                }
                _ => {}
            },
            Shape::Alias(_) => {}
        }
    }

    fn string(&self, format: &StringFormat, inside: &str, said: &mut Said) {
        let is_text = matches!(inside, "string" | "str" | "String");
        let name = match format {
            StringFormat::Plain | StringFormat::Secret => return,
            StringFormat::DateTime => "date-time",
            StringFormat::Date => "date",
            StringFormat::Time => "time",
            StringFormat::Duration => "duration",
            StringFormat::Uuid => "uuid",
            StringFormat::Uri => "uri",
            StringFormat::Email => "email",
            StringFormat::Decimal => "decimal",
            StringFormat::Base64 => "base64",
            StringFormat::Binary => "binary",
            StringFormat::Other(name) => {
                return said.widened(format!("format {}: text", escape::quoted(name)));
            }
        };
        if is_text {
            said.widened(format!("format {name}: text"));
        }
    }

    fn any(&self) -> &'static str {
        match self.target {
            Target::Typescript => "unknown",
            Target::Python => "Any",
            Target::Go => "any",
            Target::Rust | Target::Axum => "serde_json::Value",
        }
    }
}

fn whole(format: IntegerFormat) -> &'static str {
    match format {
        IntegerFormat::Any => "integer",
        IntegerFormat::Int32 => "int32",
        IntegerFormat::Int64 => "int64",
        IntegerFormat::Uint32 => "uint32",
        IntegerFormat::Uint64 => "uint64",
    }
}

/// Whether a language's type holds the whole numbers of a format and no others. One without a
/// format is 64 bits wide in every target.
fn is_whole(format: IntegerFormat, inside: &str) -> bool {
    match format {
        IntegerFormat::Any => matches!(inside, "int" | "int64" | "i64"),
        IntegerFormat::Int32 => matches!(inside, "int32" | "i32"),
        IntegerFormat::Int64 => matches!(inside, "int64" | "i64"),
        IntegerFormat::Uint32 => matches!(inside, "uint32" | "u32"),
        IntegerFormat::Uint64 => matches!(inside, "uint64" | "u64"),
    }
}

/// What has been found so far.
struct Said {
    verdict: Verdict,
}

impl Default for Said {
    fn default() -> Self {
        Self {
            verdict: Verdict::exact(),
        }
    }
}

impl Said {
    fn widened(&mut self, reason: String) {
        self.add(Level::Widened, reason);
    }

    fn untyped(&mut self, reason: String) {
        self.add(Level::Untyped, reason);
    }

    fn add(&mut self, level: Level, reason: String) {
        self.verdict.level = self.verdict.level.max(level);
        self.verdict.reasons.push(reason);
    }
}
