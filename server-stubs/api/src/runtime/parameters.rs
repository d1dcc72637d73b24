//! Texts of a URL or a header to JSON, by style and explode (OpenAPI 3.1, section 4.8.12).

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::{Detail, Kind, Location, ParameterInfo, Style};

/// Why a text is no value of a parameter, before its schema is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unreadable {
    /// `format`
    pub(super) rule: &'static str,
    /// For people.
    pub(super) message: &'static str,
}

impl Unreadable {
    pub(super) const NOT_TEXT: Self = Self {
        rule: "format",
        message: "it is not UTF-8",
    };

    const TWICE: Self = Self {
        rule: "maxItems",
        message: "it is there more than once",
    };

    /// As a failing rule of a request.
    pub(super) fn detail(self, location: Location, pointer: String) -> Detail {
        Detail {
            location,
            pointer,
            rule: self.rule.to_owned(),
            message: self.message.to_owned(),
        }
    }
}

type Read<T> = Result<T, Unreadable>;

/// Pairs of a query, a form or cookies: percent-encoded, and `+` no longer a space.
type Pairs = [(String, String)];

/// The value of a path or header parameter from its text, still percent-encoded in a path.
pub(super) fn single(info: &ParameterInfo, text: &str, encoded: bool) -> Read<Value> {
    let decode = |text: &str| match encoded {
        true => decode(text),
        false => Ok(text.to_owned()),
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
    let whole = || match info.explode {
        true => body.to_owned(),
        false => strip(body),
    };
    match info.kind {
        Kind::List(kind) => {
            let body = whole();
            // An empty list is written as nothing at all.
            if body.is_empty() {
                return Ok(Value::Array(Vec::new()));
            }
            body.split(separator)
                .map(|piece| Ok(scalar(*kind, &decode(strip(piece).trim())?)))
                .collect()
        }
        Kind::Record(fields) => {
            let body = whole();
            let pieces: Vec<&str> = body.split(separator).collect();
            record(fields, paired(&pieces, info.explode), decode)
        }
        kind => Ok(scalar(kind, &decode(&strip(body))?)),
    }
}

/// The value of a query or cookie parameter or of a form's field from all pairs; `None` when it
/// is not there.
pub(super) fn from_pairs(info: &ParameterInfo, pairs: &Pairs) -> Read<Option<Value>> {
    match info.kind {
        Kind::Record(fields) if info.style == Style::DeepObject => deep(info.name, fields, pairs),
        Kind::Record(fields) if info.explode => {
            let mut own = Vec::new();
            for (key, value) in pairs {
                let key = decode(key)?;
                if fields.iter().any(|(name, _)| key == *name) {
                    own.push((key, value.as_str()));
                }
            }
            let own = own.iter().map(|(key, value)| (key.as_str(), *value));
            let own: Vec<(&str, &str)> = own.collect();
            match own.is_empty() {
                true => Ok(None),
                false => record(fields, own, decode).map(Some),
            }
        }
        kind => {
            let own = of_name(info.name, pairs)?;
            match (kind, &own[..]) {
                (_, []) => Ok(None),
                (Kind::List(kind), own) => list(info, *kind, own).map(Some),
                (_, [_, _, ..]) => Err(Unreadable::TWICE),
                (Kind::Record(fields), [one]) => {
                    let pieces: Vec<&str> = one.split(',').collect();
                    record(fields, paired(&pieces, false), decode).map(Some)
                }
                (kind, [one]) => Ok(Some(scalar(kind, &decode(one)?))),
            }
        }
    }
}

fn of_name<'p>(name: &str, pairs: &'p Pairs) -> Read<Vec<&'p str>> {
    let mut own = Vec::new();
    for (key, value) in pairs {
        if decode(key)? == name {
            own.push(value.as_str());
        }
    }
    Ok(own)
}

fn list(info: &ParameterInfo, kind: Kind, own: &[&str]) -> Read<Value> {
    let separators: &[&str] = match info.style {
        _ if info.explode || own.len() > 1 => &[],
        Style::SpaceDelimited => &["%20"],
        Style::PipeDelimited => &["%7C", "%7c", "|"],
        _ => &[","],
    };
    // An empty list is written as a name without a value.
    if own == [""] {
        return Ok(Value::Array(Vec::new()));
    }
    let mut pieces: Vec<&str> = own.to_vec();
    for separator in separators {
        pieces = pieces
            .iter()
            .flat_map(|piece| piece.split(separator))
            .collect();
    }
    pieces
        .iter()
        .map(|piece| Ok(scalar(kind, &decode(piece)?)))
        .collect()
}

/// `id[a]=3&id[b]=4`
fn deep(name: &str, fields: &[(&str, Kind)], pairs: &Pairs) -> Read<Option<Value>> {
    let mut own = Vec::new();
    for (key, value) in pairs {
        let key = decode(key)?;
        let inside = key
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix('['))
            .and_then(|rest| rest.strip_suffix(']'));
        own.extend(inside.map(|inside| (inside.to_owned(), value.as_str())));
    }
    let own: Vec<(&str, &str)> = own
        .iter()
        .map(|(key, value)| (key.as_str(), *value))
        .collect();
    match own.is_empty() {
        true => Ok(None),
        false => record(fields, own, decode).map(Some),
    }
}

/// `a=3` of each piece, or a name and a value of every two.
fn paired<'p>(pieces: &[&'p str], explode: bool) -> Vec<(&'p str, &'p str)> {
    match explode {
        true => pieces
            .iter()
            .filter_map(|piece| piece.split_once('='))
            .collect(),
        false => pieces
            .chunks(2)
            .filter_map(|pair| Some((*pair.first()?, *pair.get(1)?)))
            .collect(),
    }
}

fn record(
    fields: &[(&str, Kind)],
    pairs: Vec<(&str, &str)>,
    decode: impl Fn(&str) -> Read<String>,
) -> Read<Value> {
    let mut out = Map::new();
    for (key, text) in pairs {
        let key = decode(key)?;
        let kind = fields
            .iter()
            .find(|(name, _)| *name == key)
            .map_or(Kind::Text, |(_, kind)| *kind);
        if out.insert(key, scalar(kind, &decode(text)?)).is_some() {
            return Err(Unreadable::TWICE);
        }
    }
    Ok(Value::Object(out))
}

/// A text as JSON; one that is not of its kind stays a string, which the schema then refuses.
pub(super) fn scalar(kind: Kind, text: &str) -> Value {
    let parsed = match kind {
        Kind::Number | Kind::Json => serde_json::from_str(text).ok(),
        Kind::Boolean => text.parse().ok().map(Value::Bool),
        Kind::Text | Kind::File | Kind::List(_) | Kind::Record(_) => None,
    };
    let fits = |value: &Value| kind != Kind::Number || value.is_number();
    parsed
        .filter(fits)
        .unwrap_or_else(|| Value::String(text.to_owned()))
}

/// The pairs of a query or a form, in order, percent-encoded; `+` is a space there (the URL
/// Standard, `application/x-www-form-urlencoded`).
pub(super) fn query_pairs(query: &str) -> Vec<(String, String)> {
    let decoded = |text: &str| text.replace('+', "%20");
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(key, value)| (decoded(key), decoded(value)))
        .collect()
}

/// Percent-decoded UTF-8 (RFC 3986 section 2.1).
pub(super) fn decode(text: &str) -> Read<String> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map(String::from).map_err(|_| Unreadable::NOT_TEXT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn info(style: Style, explode: bool, kind: Kind) -> ParameterInfo {
        ParameterInfo::query("id", kind).styled(style, explode)
    }

    const NUMBERS: Kind = Kind::List(&Kind::Number);
    const POINT: Kind = Kind::Record(&[("x", Kind::Number), ("y", Kind::Text)]);

    #[test]
    fn every_style_of_a_path() {
        let path = |style, explode, kind, text| {
            single(&info(style, explode, kind), text, true).expect("UTF-8")
        };
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
            from_pairs(&info(style, explode, kind), &query_pairs(text)).expect("UTF-8, once")
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

    #[test]
    fn what_is_not_there_once_and_in_utf_8_is_refused() {
        let query =
            |kind, text: &str| from_pairs(&info(Style::Form, true, kind), &query_pairs(text));
        assert_eq!(query(Kind::Text, "id=%ff"), Err(Unreadable::NOT_TEXT));
        assert_eq!(query(Kind::Text, "%ff=1"), Err(Unreadable::NOT_TEXT));
        assert_eq!(query(Kind::Text, "id=1&id=2"), Err(Unreadable::TWICE));
        assert_eq!(query(POINT, "x=1&x=2"), Err(Unreadable::TWICE));
        assert_eq!(query(NUMBERS, "id="), Ok(Some(json!([]))));
        assert_eq!(query(Kind::Text, "id="), Ok(Some(json!(""))));
        let path = single(&info(Style::Simple, false, Kind::Text), "%ff", true);
        assert_eq!(path, Err(Unreadable::NOT_TEXT));
    }
}
