//! Formats of scalars.

use crate::ir::{IntegerFormat, NumberFormat, StringFormat, Text};

use super::all_of::Merged;

/// The type of a string: its format, or how its content is encoded.
pub(super) fn string(merged: &Merged<'_>) -> StringFormat {
    if let Some(encoding) = merged.content_encoding {
        if matches!(encoding, "base64" | "base64url") {
            return StringFormat::Base64;
        }
    } else if merged.content_media_type.is_some_and(is_binary) {
        return StringFormat::Binary;
    }
    match merged.format {
        None => StringFormat::Plain,
        Some("date-time") => StringFormat::DateTime,
        Some("date") => StringFormat::Date,
        Some("time") => StringFormat::Time,
        Some("duration") => StringFormat::Duration,
        Some("uuid") => StringFormat::Uuid,
        Some("uri" | "uri-reference" | "iri" | "iri-reference" | "url") => StringFormat::Uri,
        Some("email" | "idn-email") => StringFormat::Email,
        Some("decimal") => StringFormat::Decimal,
        Some("byte" | "base64") => StringFormat::Base64,
        Some("binary") => StringFormat::Binary,
        Some("password") => StringFormat::Secret,
        Some(other) => StringFormat::Other(Text::new(other)),
    }
}

/// The type of a whole number.
pub(super) fn integer(format: Option<&str>) -> IntegerFormat {
    match format {
        Some("int32" | "int16" | "int8") => IntegerFormat::Int32,
        Some("int64") => IntegerFormat::Int64,
        Some("uint32" | "uint16" | "uint8") => IntegerFormat::Uint32,
        Some("uint64") => IntegerFormat::Uint64,
        _ => IntegerFormat::Any,
    }
}

/// The type of a number.
pub(super) fn number(format: Option<&str>) -> NumberFormat {
    match format {
        Some("float") => NumberFormat::Float,
        Some("double") => NumberFormat::Double,
        _ => NumberFormat::Any,
    }
}

/// A media type whose content is not text: JSON and `text/*` in a string are text.
fn is_binary(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    !(essence.starts_with("text/") || essence.ends_with("json") || essence.ends_with("xml"))
}
