//! Words for people.

use crate::document::{Schema, SchemaObject};
use crate::ir::{Docs, Text};
use crate::source::Spanned;

/// What an object says of itself.
pub(super) fn docs(
    summary: Option<&Spanned<String>>,
    description: Option<&Spanned<String>>,
) -> Docs {
    let text = |spanned: Option<&Spanned<String>>| {
        spanned.map(|s| Text::new(&s.value)).unwrap_or_default()
    };
    Docs {
        summary: text(summary),
        description: text(description),
    }
}

/// What a schema says of itself: a title that only repeats a name is not worth a line, so the
/// title counts where there is no description.
pub(super) fn of_schema(object: &SchemaObject) -> Docs {
    match &object.description {
        Some(_) => docs(None, object.description.as_ref()),
        None => docs(object.title.as_ref(), None),
    }
}

/// As [`of_schema`], for any schema.
pub(super) fn of(schema: &Schema) -> Docs {
    schema.as_object().map(of_schema).unwrap_or_default()
}
