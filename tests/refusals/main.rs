//! What is refused, and in which words: a small document for each danger, and the whole text
//! that a user gets to see. `cargo insta review` shows what changed.

mod corpus;
mod formats;
mod generated;

use std::path::Path;

use exai_gen::diagnostic::{Code, Diagnostics, Format, render};
use exai_gen::document;
use exai_gen::source::Sources;

/// What reading the document at `path` finds, and the files it read.
fn read(path: &Path) -> (Diagnostics, Sources) {
    let mut diagnostics = Diagnostics::new();
    let mut sources = Sources::open(path, &mut diagnostics);
    document::read(&mut sources, &mut diagnostics);
    diagnostics.sort();
    (diagnostics, sources)
}

/// The text for people of what reading the document at `path` finds.
fn text(path: &Path) -> String {
    let (diagnostics, sources) = read(path);
    render(&diagnostics, &sources, Format::Human { color: false })
}

/// Tests run in the folder of their package.
fn documents() -> &'static Path {
    Path::new("refusals/documents")
}

macro_rules! refusals {
    ($($name:ident $path:literal;)*) => {
        const DOCUMENTS: &[&str] = &[$($path),*];

        $(#[test] fn $name() {
            insta::assert_snapshot!(stringify!($name), text(&documents().join($path)));
        })*
    };
}

refusals! {
    absent_path_parameter "absent-path-parameter.yaml";
    alias_bomb "alias-bomb.yaml";
    alias_in_itself "alias-in-itself.yaml";
    conflicting_fields "conflicting-fields.yaml";
    colon_in_text "colon-in-text.yaml";
    control_characters "control-characters.yaml";
    dangling_mapping "dangling-mapping.yaml";
    dangling_reference "dangling-reference.yaml";
    duplicate_key_json "duplicate-key.json";
    duplicate_key "duplicate-key.yaml";
    duplicate_operation_id "duplicate-operation-id.yaml";
    duplicate_parameter "duplicate-parameter.yaml";
    duplicate_path "duplicate-path.yaml";
    duplicate_tag "duplicate-tag.yaml";
    empty "empty.yaml";
    errors_in_two_files "errors-in-two-files/openapi.yaml";
    ignored_sibling_3_0 "ignored-sibling-3.0.yaml";
    ignored_sibling "ignored-sibling.yaml";
    invalid_component_name "invalid-component-name.yaml";
    invalid_path "invalid-path.yaml";
    invalid_pattern "invalid-pattern.yaml";
    invalid_reference "invalid-reference.yaml";
    invalid_status "invalid-status.yaml";
    invalid_style "invalid-style.yaml";
    invalid_value "invalid-value.yaml";
    json_syntax_json "json-syntax.json";
    key_not_scalar "key-not-scalar.yaml";
    keys_of_swagger_2 "keys-of-swagger-2.yaml";
    long_line_json "long-line.json";
    merge_key "merge-key.yaml";
    misplaced_reference "misplaced-reference.yaml";
    misspelt_version_key "misspelt-version-key.yaml";
    missing_field "missing-field.yaml";
    no_token "no-token.yaml";
    not_a_number "not-a-number.yaml";
    not_openapi "not-openapi.yaml";
    older_keyword "older-keyword.yaml";
    parameters_in_a_row "parameters-in-a-row.yaml";
    path_parameter_not_required "path-parameter-not-required.yaml";
    reference_loop "reference-loop.yaml";
    reference_outside "reference-outside.yaml";
    reference_without_hash "reference-without-hash.yaml";
    remote_reference "remote-reference.yaml";
    several_documents "several-documents.yaml";
    single_quotes_json "single-quotes.json";
    swagger_2 "swagger-2.yaml";
    tab_indentation "tab-indentation.yaml";
    tag "tag.yaml";
    trailing_comma_json "trailing-comma.json";
    unclosed_quote "unclosed-quote.yaml";
    types_of_other_languages "types-of-other-languages.yaml";
    undeclared_path_parameter "undeclared-path-parameter.yaml";
    unknown_key "unknown-key.yaml";
    unknown_keyword "unknown-keyword.yaml";
    unknown_link_target "unknown-link-target.yaml";
    unknown_security_scheme "unknown-security-scheme.yaml";
    unsupported_version "unsupported-version.yaml";
    unquoted_reference "unquoted-reference.yaml";
    value_excluded "value-excluded.yaml";
    value_of_other_type "value-of-other-type.yaml";
    wrong_type "wrong-type.yaml";
    yaml_syntax "yaml-syntax.yaml";
}

#[test]
fn every_document_is_tested() {
    let found = std::fs::read_dir(documents()).expect("the folder of documents");
    for entry in found {
        let name = entry
            .expect("an entry")
            .file_name()
            .to_string_lossy()
            .into_owned();
        let is_tested = DOCUMENTS
            .iter()
            .any(|path| path.split('/').next() == Some(&name));
        assert!(is_tested, "no test reads {name}");
    }
}

/// The codes of reading and of the object model; later stages show theirs elsewhere.
#[test]
fn every_code_is_shown_by_a_document() {
    let mut shown: Vec<Code> = Vec::new();
    for path in DOCUMENTS {
        shown.extend(
            read(&documents().join(path))
                .0
                .iter()
                .map(|found| found.code),
        );
    }
    shown.extend(generated::CODES);
    for code in Code::ALL.iter().filter(|code| code.id() < "E0200") {
        assert!(
            shown.contains(code),
            "no document shows {} {}",
            code.id(),
            code.slug()
        );
    }
}

#[test]
fn codes_are_unique_and_in_order() {
    for pair in Code::ALL.windows(2) {
        assert!(
            pair[0].id() < pair[1].id(),
            "{} stands before {}",
            pair[0].id(),
            pair[1].id()
        );
        assert!(
            Code::ALL
                .iter()
                .filter(|code| code.slug() == pair[0].slug())
                .count()
                == 1
        );
    }
}
