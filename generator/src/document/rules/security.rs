//! Security requirements name declared schemes (section 4.8.30).

use super::each_operation;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::model::{Document, SecurityRequirement};

pub(super) fn check(document: &Document, diagnostics: &mut Diagnostics) {
    let mut requirements: Vec<&SecurityRequirement> = document.security.iter().flatten().collect();
    each_operation(document, &mut |_, operation| {
        requirements.extend(operation.security.iter().flatten())
    });
    requirements.sort_by_key(|requirement| requirement.span);
    let declared: Vec<_> = document
        .components
        .security_schemes
        .keys()
        .map(|name| format!("`{name}`"))
        .collect();
    for name in requirements
        .iter()
        .flat_map(|requirement| requirement.schemes.keys())
    {
        if document.components.security_schemes.contains_key(name) {
            continue;
        }
        let hint = match declared.len() {
            0 => "declare it under `components.securitySchemes`".to_owned(),
            _ => format!("declared are {}", declared.join(", ")),
        };
        let message = format!("no security scheme is called `{name}`");
        diagnostics
            .push(Diagnostic::error(Code::UnknownSecurityScheme, name.span, message).hint(hint));
    }
}
