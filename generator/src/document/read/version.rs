//! Which OpenAPI a document is written for.

use super::wording::nearest;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{Node, Spanned};

/// The versions that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Version {
    V30,
    V31,
    V32,
}

/// The text of `openapi` and the version it stands for; says why there is none.
pub(super) fn detect(
    root: &Node,
    diagnostics: &mut Diagnostics,
) -> Option<(Spanned<String>, Version)> {
    match recognize(root) {
        Ok(found) => Some(found),
        Err(diagnostic) => {
            diagnostics.push(*diagnostic);
            None
        }
    }
}

fn recognize(root: &Node) -> Result<(Spanned<String>, Version), Box<Diagnostic>> {
    let Some(entries) = root.as_mapping() else {
        let message = format!("an OpenAPI document must be a mapping, not {}", root.kind());
        return Err(Box::new(Diagnostic::error(
            Code::WrongType,
            root.span,
            message,
        )));
    };
    if let Some((key, version)) = entries.iter().find(|(key, _)| key.value == "swagger") {
        let version = version.as_str().or(version.as_number()).unwrap_or("2.0");
        return Err(Box::new(
            Diagnostic::error(Code::Swagger2, key.span, format!("the document is Swagger {version}, which is not read"))
                .hint("convert it to OpenAPI 3 first, for example with `npx swagger2openapi FILE -o openapi.yaml`"),
        ));
    }
    let Some((_, node)) = entries.iter().find(|(key, _)| key.value == "openapi") else {
        return Err(Box::new(
            Diagnostic::error(
                Code::MissingField,
                root.span,
                "an OpenAPI document must have `openapi`",
            )
            .label("lacks `openapi`")
            .hint(
                match nearest("openapi", entries.iter().map(|(key, _)| key.value.as_str())) {
                    Some(near) => format!("rename `{near}` to `openapi`"),
                    None => "add `openapi: 3.1.1`".to_owned(),
                },
            ),
        ));
    };
    let Some(text) = node.as_str() else {
        let message = format!("`openapi` must be a string, not {}", node.kind());
        let found = Diagnostic::error(Code::WrongType, node.span, message);
        return Err(Box::new(found.hint("write all three numbers: `3.1.1`")));
    };
    let version = match text.split('.').collect::<Vec<_>>()[..] {
        ["3", "0", ..] => Version::V30,
        ["3", "1", ..] => Version::V31,
        ["3", "2", ..] => Version::V32,
        _ => {
            let message = format!("OpenAPI `{text}` is not read");
            return Err(Box::new(
                Diagnostic::error(Code::UnsupportedVersion, node.span, message)
                    .hint("exai-gen reads 3.0, 3.1 and 3.2"),
            ));
        }
    };
    Ok((Spanned::new(text.to_owned(), node.span), version))
}
