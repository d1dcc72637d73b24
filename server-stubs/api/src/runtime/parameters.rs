//! Texts of a URL or a header to JSON, by style and explode (OpenAPI 3.1, section 4.8.12).

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::{Kind, ParameterInfo, Style};

/// The value of a path or header parameter from its text, still percent-encoded in a path.
pub(super) fn single(info: &ParameterInfo, text: &str, encoded: bool) -> Value {
    let decode = |text: &str| {
        if encoded {
            percent_decode(text)
        } else {
            text.to_owned()
        }
    };
    let (body, separator) = match info.style {
        Style::Label => (
            text.strip_prefix('.').unwrap_or(text),
            if info.explode { '.' } else { ',' },
        ),
        Style::Matrix => (
            text.strip_prefix(';').unwrap_or(text),
            if info.explode { ';' } else { ',' },
        ),
        _ => (text, ','),
    };
    let own = format!("{}=", info.name);
    let strip = |piece: &str| match info.style {
        Style::Matrix => piece.strip_prefix(&own).unwrap_or(piece).to_owned(),
        _ => piece.to_owned(),
    };
    match info.kind {
        Kind::List(kind) => {
            let body = if info.explode {
                body.to_owned()
            } else {
                strip(body)
            };
            if body.is_empty() {
                return Value::Array(Vec::new());
            }
            body.split(separator)
                .map(|piece| scalar(*kind, &decode(strip(piece).trim())))
                .collect()
        }
        Kind::Record(fields) => {
            let body = if info.explode {
                body.to_owned()
            } else {
                strip(body)
            };
            let pieces: Vec<&str> = body.split(separator).collect();
            let pairs: Vec<(String, String)> = if info.explode {
                pieces
                    .iter()
                    .filter_map(|piece| piece.split_once('='))
                    .map(|(k, v)| (decode(k), decode(v)))
                    .collect()
            } else {
                pieces
                    .chunks(2)
                    .filter_map(|pair| Some((decode(pair.first()?), decode(pair.get(1)?))))
                    .collect()
            };
            record(fields, pairs)
        }
        kind => scalar(kind, &decode(&strip(body))),
    }
}

/// The value of a query or cookie parameter from all pairs, still percent-encoded; `None` when it
/// is not there.
pub(super) fn from_pairs(info: &ParameterInfo, pairs: &[(String, String)]) -> Option<Value> {
    let own: Vec<&str> = pairs
        .iter()
        .filter(|(key, _)| percent_decode(key) == info.name)
        .map(|(_, v)| v.as_str())
        .collect();
    match info.kind {
        Kind::List(kind) => {
            let first = *own.first()?;
            let separators: &[&str] = match info.style {
                Style::SpaceDelimited => &["%20", "+", " "],
                Style::PipeDelimited => &["%7C", "%7c", "|"],
                _ => &[","],
            };
            if info.explode || own.len() > 1 {
                return Some(
                    own.iter()
                        .map(|text| scalar(*kind, &decode_query(text)))
                        .collect(),
                );
            }
            let mut text = first.to_owned();
            for separator in separators {
                text = text.replace(separator, "\u{0}");
            }
            Some(
                text.split('\u{0}')
                    .map(|piece| scalar(*kind, &decode_query(piece)))
                    .collect(),
            )
        }
        Kind::Record(fields) if info.style == Style::DeepObject => {
            let inside = |key: &str| {
                let key = percent_decode(key);
                let rest = key
                    .strip_prefix(info.name)?
                    .strip_prefix('[')?
                    .strip_suffix(']')?;
                Some(rest.to_owned())
            };
            let found: Vec<(String, String)> = pairs
                .iter()
                .filter_map(|(key, value)| Some((inside(key)?, decode_query(value))))
                .collect();
            (!found.is_empty()).then(|| record(fields, found))
        }
        Kind::Record(fields) if info.explode => {
            let found: Vec<(String, String)> = pairs
                .iter()
                .filter(|(key, _)| fields.iter().any(|(name, _)| percent_decode(key) == *name))
                .map(|(key, value)| (percent_decode(key), decode_query(value)))
                .collect();
            (!found.is_empty()).then(|| record(fields, found))
        }
        Kind::Record(fields) => {
            let pieces: Vec<&str> = own.first()?.split(',').collect();
            let found = pieces
                .chunks(2)
                .filter_map(|pair| Some((decode_query(pair.first()?), decode_query(pair.get(1)?))))
                .collect();
            Some(record(fields, found))
        }
        kind => Some(scalar(kind, &decode_query(own.first()?))),
    }
}

fn record(fields: &[(&str, Kind)], pairs: Vec<(String, String)>) -> Value {
    let mut out = Map::new();
    for (key, text) in pairs {
        let kind = fields
            .iter()
            .find(|(name, _)| *name == key)
            .map_or(Kind::Text, |(_, kind)| *kind);
        out.insert(key, scalar(kind, &text));
    }
    Value::Object(out)
}

/// A text as JSON; one that is not of its kind stays a string, which the schema then refuses.
fn scalar(kind: Kind, text: &str) -> Value {
    let parsed = match kind {
        Kind::Number | Kind::Json => serde_json::from_str(text).ok(),
        Kind::Boolean => text.parse().ok().map(Value::Bool),
        Kind::Text | Kind::List(_) | Kind::Record(_) => None,
    };
    let fits = |value: &Value| kind != Kind::Number || value.is_number();
    parsed
        .filter(fits)
        .unwrap_or_else(|| Value::String(text.to_owned()))
}

/// The pairs of a query, in order, not decoded.
pub(super) fn query_pairs(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(key, value)| (key.replace('+', "%20"), value.to_owned()))
        .collect()
}

pub(super) fn percent_decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn decode_query(text: &str) -> String {
    percent_decode(&text.replace('+', "%20"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::Place;
    use serde_json::json;

    fn info(style: Style, explode: bool, kind: Kind) -> ParameterInfo {
        ParameterInfo {
            name: "id",
            place: Place::Query,
            style,
            explode,
            required: true,
            kind,
        }
    }

    const NUMBERS: Kind = Kind::List(&Kind::Number);
    const POINT: Kind = Kind::Record(&[("x", Kind::Number), ("y", Kind::Text)]);

    #[test]
    fn every_style_of_a_path() {
        let path = |style, explode, kind, text| single(&info(style, explode, kind), text, true);
        assert_eq!(path(Style::Simple, false, NUMBERS, "3,4"), json!([3, 4]));
        assert_eq!(path(Style::Label, true, NUMBERS, ".3.4"), json!([3, 4]));
        assert_eq!(path(Style::Label, false, NUMBERS, ".3,4"), json!([3, 4]));
        assert_eq!(
            path(Style::Matrix, false, NUMBERS, ";id=3,4"),
            json!([3, 4])
        );
        assert_eq!(
            path(Style::Matrix, true, NUMBERS, ";id=3;id=4"),
            json!([3, 4])
        );
        assert_eq!(
            path(Style::Matrix, false, Kind::Text, ";id=a%2Fb"),
            json!("a/b")
        );
        assert_eq!(
            path(Style::Simple, false, POINT, "x,1,y,b"),
            json!({"x": 1, "y": "b"})
        );
        assert_eq!(
            path(Style::Simple, true, POINT, "x=1,y=b"),
            json!({"x": 1, "y": "b"})
        );
        let text = Kind::List(&Kind::Text);
        assert_eq!(
            path(Style::Simple, false, text, "a%2Cb,c"),
            json!(["a,b", "c"])
        );
    }

    #[test]
    fn every_style_of_a_query() {
        let query = |style, explode, kind, text| {
            from_pairs(&info(style, explode, kind), &query_pairs(text))
        };
        assert_eq!(
            query(Style::Form, true, NUMBERS, "id=3&id=4"),
            Some(json!([3, 4]))
        );
        assert_eq!(
            query(Style::Form, false, NUMBERS, "id=3,4"),
            Some(json!([3, 4]))
        );
        assert_eq!(
            query(Style::SpaceDelimited, false, NUMBERS, "id=3%204"),
            Some(json!([3, 4]))
        );
        assert_eq!(
            query(Style::PipeDelimited, false, NUMBERS, "id=3%7C4"),
            Some(json!([3, 4]))
        );
        let deep = query(Style::DeepObject, true, POINT, "id%5Bx%5D=1&id[y]=b+c");
        assert_eq!(deep, Some(json!({"x": 1, "y": "b c"})));
        assert_eq!(
            query(Style::Form, true, POINT, "x=1&z=2"),
            Some(json!({"x": 1}))
        );
        assert_eq!(
            query(Style::Form, true, Kind::Number, "id=x"),
            Some(json!("x"))
        );
        assert_eq!(query(Style::Form, true, Kind::Text, "other=1"), None);
    }
}
