//! Parameters: given by their wire names, and as they must stand on the wire, decoded.

use serde_json::{Map, Value, json};

use crate::ir::{Parameter, PathSegment, Place, StringFormat, Style, Type};

use super::{BASE, Case, escape};

/// The arguments of a call, and its target and headers.
pub(super) struct Parameters {
    /// `path`, `query` and `header`, each by wire name.
    pub(super) args: Map<String, Value>,
    /// The path, base included.
    pub(super) path: String,
    /// Values by name.
    pub(super) query: Map<String, Value>,
    /// Names in lower case.
    pub(super) headers: Map<String, Value>,
}

/// Every parameter that has an example, but for the cursor of pages, which the SDK gives itself.
///
/// # Errors
/// One that is required has none.
pub(super) fn of(case: &Case<'_>) -> Result<Parameters, String> {
    let mut found = Parameters {
        args: Map::new(),
        path: BASE.to_owned(),
        query: Map::new(),
        headers: Map::new(),
    };
    let cursor = case.operation.page.as_ref().map(|page| page.cursor);
    let mut given = Vec::new();
    for (index, parameter) in case.operation.parameters.iter().enumerate() {
        let name = escape::wire(&parameter.name);
        let example = case.own.parameter(parameter.place, &name);
        let example = example.filter(|_| cursor != Some(index));
        given.push(example);
        let Some(value) = example else {
            if parameter.required {
                return Err(format!("the parameter `{name}` has no example"));
            }
            continue;
        };
        let place = match parameter.place {
            Place::Path => "path",
            Place::Query => "query",
            Place::Header => "header",
            Place::Cookie => continue,
        };
        let args = found.args.entry(place).or_insert_with(|| json!({}));
        args[&name] = value.clone();
        match parameter.place {
            Place::Query => found.query.extend(query(case, parameter, &name, value)),
            Place::Header => {
                let value = escape::expected(&joined(value, ",").into());
                found.headers.insert(name.to_lowercase(), value);
            }
            Place::Path | Place::Cookie => {}
        }
    }
    for segment in &case.operation.path {
        match segment {
            PathSegment::Literal(text) => found.path.push_str(&escape::text(text)),
            PathSegment::Parameter(index) => {
                let value = given.get(*index).copied().flatten();
                found.path.push_str(&value.map(scalar).unwrap_or_default());
            }
        }
    }
    Ok(found)
}

/// A parameter of the query, by `style` and `explode` (OpenAPI 3.1, section 4.8.12.4).
fn query(case: &Case<'_>, parameter: &Parameter, name: &str, value: &Value) -> Map<String, Value> {
    let is_moment = is_moment(case, &parameter.ty);
    let one = |text: String| {
        if is_moment {
            format!("$moment {text}")
        } else {
            text
        }
    };
    let one = |text: String| escape_unless(is_moment, one(text));
    let separator = match parameter.style {
        Style::SpaceDelimited => " ",
        Style::PipeDelimited => "|",
        _ => ",",
    };
    let mut out = Map::new();
    match value {
        _ if parameter.json => {
            out.insert(name.to_owned(), json!([value.to_string()]));
        }
        Value::Array(items) if parameter.explode => {
            let items: Vec<Value> = items.iter().map(|item| one(scalar(item))).collect();
            out.insert(name.to_owned(), items.into());
        }
        Value::Object(members) if parameter.style == Style::DeepObject => {
            for (member, value) in members {
                out.insert(format!("{name}[{member}]"), json!([one(scalar(value))]));
            }
        }
        Value::Object(members) if parameter.explode => {
            for (member, value) in members {
                out.insert(member.clone(), json!([one(scalar(value))]));
            }
        }
        value => {
            out.insert(name.to_owned(), json!([one(joined(value, separator))]));
        }
    }
    out
}

fn escape_unless(is_command: bool, text: String) -> Value {
    let text = Value::String(text);
    if is_command {
        text
    } else {
        escape::expected(&text)
    }
}

/// A moment has several spellings, and an SDK may choose another than the example's.
fn is_moment(case: &Case<'_>, ty: &Type) -> bool {
    match case.api.types.resolve(ty) {
        Type::String(StringFormat::DateTime) => true,
        Type::List(inner) | Type::Nullable(inner) => is_moment(case, inner),
        _ => false,
    }
}

/// A list or a record in one text, or a scalar.
fn joined(value: &Value, separator: &str) -> String {
    match value {
        Value::Array(items) => items.iter().map(scalar).collect::<Vec<_>>().join(separator),
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| [name.clone(), scalar(value)])
            .collect::<Vec<_>>()
            .join(separator),
        value => scalar(value),
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        value => value.to_string(),
    }
}
