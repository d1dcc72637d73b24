//! The way from the document's text into places that only a client crate has.

use crate::ir::Text;
use crate::target::rust_lang::escape::quote;

/// A name of ours from a URL scheme: the words of `Authorization: NAME ...`.
pub(super) fn http_scheme(text: &Text) -> String {
    let plain: String = text
        .raw()
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect();
    quote(&plain)
}
