//! Bodies of several parts, read by RFC 7578 and RFC 2046 alone.

use serde_json::{Value, json};

use super::reading::{same, text};
use super::sample::BYTES;
use super::server::Request;
use crate::roundtrip::difference;

/// A part of a body.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) name: String,
    file_name: Option<String>,
    content_type: Option<String>,
    content: Vec<u8>,
}

impl Part {
    /// What must be the same in every language.
    pub(super) fn essence(&self) -> Value {
        json!({
            "name": self.name,
            "file_name": self.file_name,
            "content": String::from_utf8_lossy(&self.content),
        })
    }

    /// Whether it says a value: as JSON, or as a text.
    fn says(&self, value: &Value) -> bool {
        let content = String::from_utf8_lossy(&self.content);
        let json = serde_json::from_str(&content);
        json.is_ok_and(|json: Value| difference(value, &json).is_none())
            || !value.is_object() && same(&content, &text(value))
    }

    fn is_file(&self) -> bool {
        self.content == BYTES
            && self.file_name.as_deref() == Some("a b.bin")
            && self.content_type.as_deref() == Some("application/x-exai")
    }
}

/// The parts of a body; `None` where it is not `multipart/form-data`, or cannot be taken apart.
pub(super) fn parts(request: &Request) -> Option<Vec<Part>> {
    let content_type = request.header("content-type")?;
    let boundary = content_type
        .strip_prefix("multipart/form-data;")?
        .trim()
        .strip_prefix("boundary=")?
        .trim_matches('"');
    // The first boundary has no line before it (RFC 2046, section 5.1.1).
    let body = [b"\r\n", request.body.as_slice()].concat();
    let delimiter = format!("\r\n--{boundary}");
    let mut pieces = split(&body, delimiter.as_bytes()).into_iter();
    let before = pieces.next()?;
    let mut pieces: Vec<&[u8]> = pieces.collect();
    let end = pieces.pop()?;
    if !before.is_empty() || !end.starts_with(b"--") {
        return None;
    }
    pieces.into_iter().map(part).collect()
}

fn part(piece: &[u8]) -> Option<Part> {
    let piece = piece.strip_prefix(b"\r\n")?;
    let end = piece.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&piece[..end]).ok()?;
    let header = |wanted: &str| {
        head.split("\r\n")
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.trim().to_owned())
    };
    let disposition = header("content-disposition")?;
    let parameters = parameters(disposition.strip_prefix("form-data")?)?;
    let parameter = |wanted: &str| {
        let found = parameters.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.clone())
    };
    Some(Part {
        name: parameter("name")?,
        file_name: parameter("filename"),
        content_type: header("content-type"),
        content: piece[end + 4..].to_vec(),
    })
}

/// The parameters of a disposition, each in quotes. A quote within them, and the end of a line, are
/// percent-encoded and nothing else is (WHATWG, "multipart/form-data encoding algorithm").
fn parameters(mut rest: &str) -> Option<Vec<(String, String)>> {
    let mut out = Vec::new();
    while !rest.is_empty() {
        let (name, behind) = rest.strip_prefix(';')?.trim_start().split_once("=\"")?;
        let (value, behind) = behind.split_once('"')?;
        let value = value.replace("%22", "\"");
        let value = value.replace("%0D", "\r").replace("%0A", "\n");
        out.push((name.to_owned(), value));
        rest = behind;
    }
    Some(out)
}

fn split<'b>(body: &'b [u8], delimiter: &[u8]) -> Vec<&'b [u8]> {
    let mut out = Vec::new();
    let mut rest = body;
    while let Some(at) = rest
        .windows(delimiter.len())
        .position(|window| window == delimiter)
    {
        out.push(&rest[..at]);
        rest = &rest[at + delimiter.len()..];
    }
    out.push(rest);
    out
}

/// What is wrong with the parts for the members that were given.
pub(super) fn fault(wanted: &Value, request: &Request) -> Option<String> {
    let Some(parts) = parts(request) else {
        return Some("the body is no multipart/form-data".to_owned());
    };
    let members = wanted.as_object().into_iter().flatten();
    for (name, value) in members {
        let own: Vec<&Part> = parts.iter().filter(|part| part.name == *name).collect();
        let each = value.as_array();
        let is = |part: &&Part, value: &Value| match value["base64"].is_string() {
            true => part.is_file(),
            false => part.says(value),
        };
        // A list is one part an item, or one part of JSON.
        let apart = each.is_some_and(|items| {
            own.len() == items.len() && own.iter().zip(items).all(|(part, item)| is(part, item))
        });
        let whole = matches!(own.as_slice(), [part] if is(part, value));
        if !apart && !whole {
            return Some(format!("the part {name} is not as it was given: {own:?}"));
        }
    }
    let unknown = parts.iter().find(|part| wanted.get(&part.name).is_none());
    unknown.map(|part| format!("there is a part {}", part.name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{fault, parts};
    use crate::wire::server::Request;

    fn request(body: &[u8]) -> Request {
        let content_type = "multipart/form-data; boundary=b".to_owned();
        Request {
            headers: vec![("content-type".to_owned(), content_type)],
            body: body.to_vec(),
            ..Request::default()
        }
    }

    #[test]
    fn a_part_that_is_missing_or_another_is_seen() {
        let given = request(
            b"--b\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n5\r\n\
            --b\r\ncontent-disposition: form-data; name=\"f\"; filename=\"a b.bin\"\r\n\
            content-type: application/x-exai\r\n\r\n\0\xFF\r\n--exAI\r\n\r\n--b--\r\n",
        );
        let file = json!({ "base64": "" });
        assert_eq!(parts(&given).map(|parts| parts.len()), Some(2));
        assert_eq!(fault(&json!({ "n": 5, "f": file }), &given), None);
        for wrong in [
            json!({ "n": 6, "f": file }),
            json!({ "n": 5 }),
            json!({ "n": 5, "f": file, "g": 1 }),
            json!({ "n": file, "f": file }),
        ] {
            assert!(fault(&wrong, &given).is_some(), "{wrong}");
        }
        assert!(parts(&request(b"--b\r\n\r\n")).is_none());
    }
}
