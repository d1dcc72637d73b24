//! The bytes of an answer.

use serde_json::{Map, Value};

use crate::request::Request;
use crate::scenario::{End, Exchange};
use crate::text::Names;

/// An answer: a head, then a body as it goes over the wire, cut where the scenario cuts it.
pub(crate) struct Bytes {
    pub(crate) head: Vec<u8>,
    pub(crate) body: Vec<u8>,
    /// How many bytes of the body as it is sent stand before the pause of the exchange.
    pub(crate) pause_at: usize,
}

/// Writes the answer of an exchange.
///
/// # Errors
/// A fixture that is not there, or hexadecimal digits that are none.
pub(crate) fn bytes(
    exchange: &Exchange,
    request: &Request,
    fixtures: &Map<String, Value>,
    names: &Names,
) -> Result<Bytes, String> {
    if let Some(raw) = &exchange.raw {
        return Ok(Bytes {
            head: Vec::new(),
            body: names.fill(raw).into_bytes(),
            pause_at: 0,
        });
    }
    let (mut content, media_type) = content(exchange, fixtures, names)?;
    let mut headers: Vec<(String, String)> = Vec::new();
    if let Some(media_type) = media_type {
        headers.push(("content-type".to_owned(), media_type.to_owned()));
    }
    let allowed = request.header("accept-encoding").unwrap_or_default();
    if exchange.gzip && allowed.contains("gzip") {
        content = gzip(&content);
        headers.push(("content-encoding".to_owned(), "gzip".to_owned()));
    }
    let status = exchange.status.unwrap_or(200);
    let mut pause_at = exchange.pause.map_or(0, |pause| pause.after);
    let claimed = exchange.length.unwrap_or(content.len());
    let body = if let Some(sizes) = &exchange.chunked {
        headers.push(("transfer-encoding".to_owned(), "chunked".to_owned()));
        let (wire, at) = chunked(&content, sizes, exchange.cut, pause_at);
        pause_at = at;
        wire
    } else {
        if !exchange.until_close && status != 204 && status != 304 {
            headers.push(("content-length".to_owned(), claimed.to_string()));
        }
        content.truncate(exchange.cut.unwrap_or(content.len()));
        content
    };
    if exchange.end == End::Close {
        headers.push(("connection".to_owned(), "close".to_owned()));
    }
    for (name, value) in &exchange.headers {
        headers.retain(|(known, _)| known != name);
        if let Some(value) = value {
            headers.push((name.clone(), names.fill(value)));
        }
    }
    let mut head = format!("HTTP/1.1 {status} {}\r\n", reason(status));
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    Ok(Bytes {
        head: head.into_bytes(),
        body,
        pause_at,
    })
}

fn content(
    exchange: &Exchange,
    fixtures: &Map<String, Value>,
    names: &Names,
) -> Result<(Vec<u8>, Option<&'static str>), String> {
    let written = |value: &Value| names.fill(&value.to_string()).into_bytes();
    if let Some(json) = &exchange.json {
        return Ok((written(json), Some("application/json")));
    }
    if let Some(name) = &exchange.fixture {
        let fixture = fixtures.get(name).ok_or(format!("no fixture {name}"))?;
        let mut value = fixture.clone();
        merge(&mut value, &exchange.patch);
        return Ok((written(&value), Some("application/json")));
    }
    if let Some(digits) = &exchange.hex {
        return Ok((bytes_of_hex(digits)?, None));
    }
    let mut content = vec![b'x'; exchange.filler];
    let media_type = match (&exchange.events, &exchange.text) {
        (Some(events), _) => {
            content.extend(names.fill(events).into_bytes());
            Some("text/event-stream")
        }
        (None, Some(text)) => {
            content.extend(names.fill(text).into_bytes());
            None
        }
        (None, None) => None,
    };
    Ok((content, media_type))
}

/// Objects are merged, `$absent` takes a property away, everything else is replaced.
fn merge(value: &mut Value, patch: &Map<String, Value>) {
    let Value::Object(fields) = value else { return };
    for (name, new) in patch {
        if new == "$absent" {
            fields.shift_remove(name);
            continue;
        }
        match (fields.get_mut(name), new) {
            (Some(old @ Value::Object(_)), Value::Object(inner)) => merge(old, inner),
            _ => {
                fields.insert(name.clone(), new.clone());
            }
        }
    }
}

fn bytes_of_hex(digits: &str) -> Result<Vec<u8>, String> {
    let digits: Vec<u32> = digits
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_digit(16).ok_or(format!("{c:?} is no digit")))
        .collect::<Result<_, _>>()?;
    let bytes = digits.chunks(2).map(|pair| match pair {
        [high, low] => u8::try_from(high * 16 + low).map_err(|error| error.to_string()),
        _ => Err("an odd number of digits".to_owned()),
    });
    bytes.collect()
}

/// Chunks (RFC 9112, section 7.1), and where the byte `pause_at` of the content stands among them.
/// What is cut has no last chunk.
fn chunked(
    content: &[u8],
    sizes: &[usize],
    cut: Option<usize>,
    pause_at: usize,
) -> (Vec<u8>, usize) {
    let mut rest = &content[..cut.unwrap_or(content.len()).min(content.len())];
    let mut sizes = sizes.iter().copied();
    let mut wire = Vec::new();
    let (mut sent, mut place) = (0, 0);
    while !rest.is_empty() {
        let size = sizes.next().unwrap_or(rest.len()).clamp(1, rest.len());
        wire.extend(format!("{size:x}\r\n").into_bytes());
        if (sent..sent + size).contains(&pause_at) {
            place = wire.len() + pause_at - sent;
        }
        wire.extend(&rest[..size]);
        wire.extend(b"\r\n");
        rest = &rest[size..];
        sent += size;
        if sent == pause_at {
            place = wire.len();
        }
    }
    if cut.is_none() {
        wire.extend(b"0\r\n\r\n");
    }
    (wire, place)
}

/// A gzip member (RFC 1952) of stored blocks (RFC 1951, section 3.2.4).
fn gzip(content: &[u8]) -> Vec<u8> {
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    let blocks = content.len().div_ceil(0xffff).max(1);
    for index in 0..blocks {
        let start = index * 0xffff;
        let block = &content[start..content.len().min(start + 0xffff)];
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        out.push(u8::from(index + 1 == blocks));
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(block);
    }
    out.extend(crc32(content).to_le_bytes());
    out.extend(
        u32::try_from(content.len())
            .unwrap_or_default()
            .to_le_bytes(),
    );
    out
}

/// RFC 1952, section 8.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            let low = crc & 1;
            crc >>= 1;
            if low == 1 {
                crc ^= 0xedb8_8320;
            }
        }
    }
    !crc
}

fn reason(status: u16) -> &'static str {
    match status {
        200..300 => "OK",
        300..400 => "Elsewhere",
        400..500 => "Refused",
        _ => "Failed",
    }
}

#[cfg(test)]
mod tests {
    use super::{chunked, crc32};

    #[test]
    fn chunks_are_cut_where_asked() {
        let (wire, place) = chunked(b"abcdef", &[2], None, 3);
        assert_eq!(wire, b"2\r\nab\r\n4\r\ncdef\r\n0\r\n\r\n");
        assert_eq!(&wire[..place], b"2\r\nab\r\n4\r\nc");
        assert_eq!(chunked(b"abc", &[], Some(1), 0).0, b"1\r\na\r\n");
    }

    #[test]
    fn the_check_value_of_crc32() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }
}
