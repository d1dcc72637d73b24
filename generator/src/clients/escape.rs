//! The only way from a document's words into names and sentences of clients: through words of
//! letters and digits, and as text of a document again.

use crate::ir::{Docs, Name, Text};
use crate::lower::{essence, name};

/// The type and subtype in lower case, and what stands behind them: `text/html`, `level=1`. The
/// charset is left out, for it says how a text is written and not what it is.
pub(super) fn parts(media_type: &Text) -> (String, String) {
    let behind = media_type.raw().split(';').skip(1).map(str::trim);
    let kept = behind.filter(|parameter| {
        let (name, _) = parameter.split_once('=').unwrap_or((parameter, ""));
        !parameter.is_empty() && !name.trim().eq_ignore_ascii_case("charset")
    });
    let behind: Vec<&str> = kept.collect();
    (essence(media_type.raw()), behind.join(";"))
}

/// The words of a text that was taken apart.
pub(super) fn words(text: &str) -> Vec<String> {
    if text.chars().any(crate::letters::is_letter_or_digit) {
        name::words(text)
    } else {
        Vec::new()
    }
}

/// A name with words behind it, in its spelling too: `createThing_as_xml`, `POST /things as xml`.
pub(super) fn named(name: &Name, more: &[String]) -> Name {
    let wire = name.wire().raw();
    let between = if wire.contains(' ') { " " } else { "_" };
    let spelled = [&[wire.to_owned()], more].concat().join(between);
    Name::new([name.words(), more].concat(), spelled)
}

/// How a name is spelled, to be sorted by.
pub(super) fn spelled(name: &Name) -> &str {
    name.wire().raw()
}

/// What a document says of an operation, behind a sentence on a media type.
pub(super) fn docs(docs: &Docs, sentence: &str, media_type: &Text) -> Docs {
    let media_type = media_type.raw().trim().replace('`', "");
    let sentence = format!("{sentence} `{media_type}`.");
    let description = match docs.description.is_empty() {
        true => sentence,
        false => format!("{sentence}\n\n{}", docs.description.raw()),
    };
    Docs {
        summary: docs.summary.clone(),
        description: Text::new(description),
    }
}

/// A name of a type that no document has: on the wire it is its words.
pub(super) fn of_words(name: &Name) -> Name {
    Name::new(name.words().to_vec(), name.words().join("_"))
}

/// `What `startRun` is answered with.`
pub(super) fn answers(operation: &Name) -> Text {
    let id = operation.wire().raw().replace('`', "");
    Text::new(format!("What `{id}` is answered with, by status."))
}
