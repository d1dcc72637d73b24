//! Parts of what is downloaded.

use std::ops::Range;

use exai_server::ApiError;

use crate::world::refused;

/// One range of bytes (RFC 9110 section 14.1.2), where one is asked for.
pub(crate) fn range(header: Option<&str>, length: usize) -> Result<Option<Range<usize>>, ApiError> {
    let Some((first, last)) = header
        .and_then(|header| header.strip_prefix("bytes="))
        .and_then(|range| range.split_once('-'))
    else {
        return Ok(None);
    };
    let range = match (first.parse::<usize>(), last.parse::<usize>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(length),
        (Ok(first), Err(_)) if last.is_empty() => first..length,
        (Err(_), Ok(count)) if first.is_empty() => length.saturating_sub(count)..length,
        _ => return Ok(None),
    };
    match range.start < range.end {
        true => Ok(Some(range)),
        false => Err(refused("", "Range", "the range is outside of the content")),
    }
}
