//! Bodies of `multipart/form-data` (RFC 7578) taken apart.

use serde_json::{Value, json};

/// Each part of a form as `name`, `file_name`, `content_type` and `text`; none of another body.
pub(crate) fn parts(media_type: &str, body: &[u8]) -> Vec<Value> {
    if !media_type.starts_with("multipart/form-data") {
        return Vec::new();
    }
    let Some(boundary) = parameter(media_type, "boundary") else {
        return Vec::new();
    };
    let body = String::from_utf8_lossy(body);
    let body = format!("\r\n{body}");
    let delimiter = format!("\r\n--{boundary}");
    let pieces = body.split(delimiter.as_str()).skip(1);
    let pieces = pieces.filter_map(|piece| piece.strip_prefix("\r\n")?.split_once("\r\n\r\n"));
    pieces.map(|(head, text)| part(head, text)).collect()
}

fn part(head: &str, text: &str) -> Value {
    let header = |name: &str| {
        let lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
        let mut found = lines.filter(|(known, _)| known.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.trim())
    };
    let disposition = header("content-disposition").unwrap_or_default();
    json!({
        "name": parameter(disposition, "name"),
        "file_name": parameter(disposition, "filename"),
        "content_type": header("content-type"),
        "text": text,
    })
}

/// A parameter of a header, quoted or not.
fn parameter<'h>(header: &'h str, name: &str) -> Option<&'h str> {
    let (_, rest) = header.split_once(&format!("; {name}="))?;
    match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => rest.split(';').next(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::parts;

    #[test]
    fn the_parts_of_a_form() {
        let body = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\
            Content-Type: text/plain\r\n\r\n1\r\n2\r\n--b\r\n\
            content-disposition: form-data; name=\"purpose\"\r\n\r\nx\r\n--b--\r\n";
        assert_eq!(
            parts("multipart/form-data; boundary=b", body.as_bytes()),
            [
                json!({"name": "file", "file_name": "a.txt", "content_type": "text/plain", "text": "1\r\n2"}),
                json!({"name": "purpose", "file_name": null, "content_type": null, "text": "x"}),
            ]
        );
        assert!(parts("application/json", body.as_bytes()).is_empty());
    }
}
