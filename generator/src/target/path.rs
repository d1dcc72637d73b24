//! Paths of operations, as every package writes them.

/// A literal piece of a path template as requests hold it: all but slashes, percent signs and the
/// other `pchar`s of RFC 3986 section 3.3 as `%XX` of its UTF-8 bytes, so that nothing of it opens
/// a parameter, a query or a fragment.
pub(super) fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b if b.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@%".contains(&b) => {
                out.push(char::from(b));
            }
            b => out.push_str(&format!("%{b:02X}")),
        }
    }
    out
}

#[test]
fn a_piece_of_a_path_opens_nothing() {
    assert_eq!(
        literal("/a{b}\"/c?#\u{e9}\n"),
        "/a%7Bb%7D%22/c%3F%23%C3%A9%0A"
    );
    assert_eq!(literal("/v1/files:read/%2F"), "/v1/files:read/%2F");
}
