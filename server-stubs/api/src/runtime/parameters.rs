//! Texts of a URL or a header to JSON, by style and explode (OpenAPI 3.1, section 4.8.12).

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::{Detail, Kind, Location, ParameterInfo, Style, json};

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

    const ODD: Self = Self {
        rule: "format",
        message: "it has a name without a value",
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

/// A name and a value of a query, a form or a cookie. The name is decoded; the value is not, since
/// what separates its items is told from what stands in them by not being encoded. `+` is no
/// longer a space.
pub(super) type Pair = (String, String);

/// The value of a path or header parameter from its text, still percent-encoded in a path.
pub(super) fn single(info: &ParameterInfo, text: &str, encoded: bool) -> Read<Value> {
    let decode = |text: &str| match encoded {
        true => decode(text),
        false => Ok(text.to_owned()),
    };
    let (body, separator) = match (info.style, info.explode) {
        (Style::Label, true) => (without(text, "."), '.'),
        (Style::Label, false) => (without(text, "."), ','),
        (Style::Matrix, true) => (without(text, ";"), ';'),
        (Style::Matrix, false) => (without(text, ";"), ','),
        _ => (text, ','),
    };
    let own = |text| match info.style {
        Style::Matrix if text == info.name => "",
        Style::Matrix => without(without(text, info.name), "="),
        _ => text,
    };
    let apart = info.explode && matches!(info.kind, Kind::List(_) | Kind::Record(_));
    let body = if apart { body } else { own(body) };
    // Nothing at all is a list or a record without items, which a path cannot leave out. A header
    // may also have empty places between its commas (RFC 9110 section 5.6.1.2).
    let held = |piece: &&str| !piece.is_empty() || (encoded && !body.is_empty());
    let pieces = body.split(separator).map(str::trim).filter(held);
    match info.kind {
        Kind::List(kind) => pieces
            .map(|piece| {
                Ok(scalar(
                    *kind,
                    &decode(if apart { own(piece) } else { piece })?,
                ))
            })
            .collect(),
        Kind::Record(fields) => {
            let members = members(&pieces.collect::<Vec<_>>(), info.explode)?;
            let decoded = |(name, text)| Ok((decode(name)?, decode(text)?));
            record(fields, members.into_iter().map(decoded))
        }
        kind => Ok(scalar(kind, &decode(body)?)),
    }
}

fn without<'t>(text: &'t str, prefix: &str) -> &'t str {
    text.strip_prefix(prefix).unwrap_or(text)
}

/// The value of a query or cookie parameter or of a form's field from all pairs; `None` when it
/// is not there.
pub(super) fn from_pairs(info: &ParameterInfo, pairs: &[Pair]) -> Read<Option<Value>> {
    if let Some(fields) = spread(info) {
        let own = pairs.iter().filter_map(|(name, text)| {
            let name = member(info, fields, name)?.to_owned();
            Some(decode(text).map(|text| (name, text)))
        });
        let mut own = own.peekable();
        let there = own.peek().is_some();
        return there.then(|| record(fields, own)).transpose();
    }
    let own = pairs.iter().filter(|(name, _)| name == info.name);
    let own: Vec<&str> = own.map(|(_, text)| text.as_str()).collect();
    match (info.kind, &own[..]) {
        (_, []) => Ok(None),
        // A list without items is not written at all (RFC 6570 section 2.3), so a name without a
        // value is a list of one empty text. Its schema may refuse that, where a filter that was
        // meant to be something would else select everything.
        (Kind::List(kind), own) => own
            .iter()
            .flat_map(|text| split(info, text))
            .map(|piece| Ok(scalar(*kind, &decode(&piece)?)))
            .collect::<Read<Value>>()
            .map(Some),
        (_, [_, _, ..]) => Err(Unreadable::TWICE),
        (Kind::Record(_), [""]) => Ok(Some(Value::Object(Map::new()))),
        (Kind::Record(fields), [one]) => {
            let pieces = split(info, one);
            let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
            let decoded = |(name, text)| Ok((decode(name)?, decode(text)?));
            record(fields, members(&pieces, false)?.into_iter().map(decoded)).map(Some)
        }
        (kind, [one]) => Ok(Some(scalar(kind, &decode(one)?))),
    }
}

/// The items of a value that stand in one text.
fn split(info: &ParameterInfo, text: &str) -> Vec<String> {
    let separator = match info.style {
        _ if info.explode => return vec![text.to_owned()],
        Style::SpaceDelimited => "%20",
        Style::PipeDelimited => "|",
        _ => ",",
    };
    // RFC 3986 allows no bar in a query, so that one is encoded where it separates, too.
    let text = match info.style {
        Style::PipeDelimited => text.replace("%7C", "|").replace("%7c", "|"),
        _ => text.to_owned(),
    };
    text.split(separator).map(str::to_owned).collect()
}

/// Whether a pair of this name belongs to a parameter.
pub(super) fn is_of(info: &ParameterInfo, name: &str) -> bool {
    match spread(info) {
        Some(fields) => member(info, fields, name).is_some(),
        None => name == info.name,
    }
}

/// The members of a record that are pairs each.
fn spread(info: &ParameterInfo) -> Option<&'static [(&'static str, Kind)]> {
    match info.kind {
        Kind::Record(fields) if info.explode || info.style == Style::DeepObject => Some(fields),
        _ => None,
    }
}

/// Which member of a record a pair is: of `id[a]=3`, or of `a=3` where the record has an `a`.
fn member<'n>(info: &ParameterInfo, fields: &[(&str, Kind)], name: &'n str) -> Option<&'n str> {
    match info.style {
        Style::DeepObject => {
            let inside = name.strip_prefix(info.name)?;
            inside.strip_prefix('[')?.strip_suffix(']')
        }
        _ => fields.iter().any(|(own, _)| *own == name).then_some(name),
    }
}

/// `a=3` of each piece, or a name and a value of every two.
fn members<'p>(pieces: &[&'p str], explode: bool) -> Read<Vec<(&'p str, &'p str)>> {
    match explode {
        true => Ok(pieces
            .iter()
            .map(|piece| piece.split_once('=').unwrap_or((piece, "")))
            .collect()),
        false => pieces
            .chunks(2)
            .map(|pair| match pair {
                [name, text] => Ok((*name, *text)),
                _ => Err(Unreadable::ODD),
            })
            .collect(),
    }
}

fn record(
    fields: &[(&str, Kind)],
    members: impl Iterator<Item = Read<(String, String)>>,
) -> Read<Value> {
    let mut out = Map::new();
    for member in members {
        let (name, text) = member?;
        let own = fields.iter().find(|(own, _)| *own == name);
        let kind = own.map_or(Kind::Text, |(_, kind)| *kind);
        if out.insert(name, scalar(kind, &text)).is_some() {
            return Err(Unreadable::TWICE);
        }
    }
    Ok(Value::Object(out))
}

/// A text as JSON; one that is not of its kind stays a string, which the schema then refuses.
pub(super) fn scalar(kind: Kind, text: &str) -> Value {
    let parsed = match kind {
        Kind::Number | Kind::Json => json::parse(text.as_bytes()).ok(),
        Kind::Boolean => text.parse().ok().map(Value::Bool),
        Kind::Text | Kind::File | Kind::List(_) | Kind::Record(_) => None,
    };
    let fits = |value: &Value| kind != Kind::Number || value.is_number();
    parsed
        .filter(fits)
        .unwrap_or_else(|| Value::String(text.to_owned()))
}

/// The pairs of a query or a form, in order; `+` is a space there (the URL Standard,
/// `application/x-www-form-urlencoded`).
pub(super) fn query_pairs(query: &str) -> Read<Vec<Pair>> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let pair = pair.replace('+', "%20");
            let (name, text) = pair.split_once('=').unwrap_or((&pair, ""));
            Ok((decode(name)?, text.to_owned()))
        })
        .collect()
}

/// The pairs of a `Cookie` header (RFC 6265 section 4.2.1). What is no pair is another's.
pub(super) fn cookie_pairs(header: &str) -> impl Iterator<Item = Pair> {
    header.split(';').filter_map(|pair| {
        let (name, text) = pair.trim().split_once('=')?;
        Some((decode(name).ok()?, text.to_owned()))
    })
}

/// Percent-decoded UTF-8 (RFC 3986 section 2.1).
pub(super) fn decode(text: &str) -> Read<String> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map(String::from).map_err(|_| Unreadable::NOT_TEXT)
}

#[cfg(test)]
mod tests;
