//! What the model says of small documents.

use crate::diagnostic::{Code, Diagnostics};
use crate::document::{
    Document, Method, ParameterLocation, ParameterStyle, RefOr, Schema, SchemaObject, SchemaType,
    read,
};
use crate::source::{Node, Sources, Value};

/// The document with `version` and `rest` in it, and the codes of what was found.
fn document(version: &str, rest: &str) -> (Document, Vec<Code>) {
    let text = format!("openapi: {version}\ninfo: {{title: a, version: '1'}}\n{rest}");
    let mut diagnostics = Diagnostics::new();
    let mut sources = Sources::from_text("a.yaml", &text, &mut diagnostics);
    let document = read(&mut sources, &mut diagnostics).expect("a document");
    (
        document,
        diagnostics.iter().map(|found| found.code).collect(),
    )
}

fn schema<'d>(document: &'d Document, name: &str) -> &'d SchemaObject {
    document.components.schemas[name]
        .as_object()
        .expect("keywords")
}

fn types(schema: &SchemaObject) -> Vec<SchemaType> {
    schema.types.iter().map(|kind| kind.value).collect()
}

/// The schema `A` of a document of 3.0.
fn upgraded(text: &str) -> SchemaObject {
    let (document, codes) = document(
        "3.0.3",
        &format!("components:\n  schemas:\n    B: {{type: object}}\n    A: {text}\n"),
    );
    assert!(codes.is_empty(), "{codes:?}");
    schema(&document, "A").clone()
}

#[test]
fn nullable_is_one_more_type() {
    let schema = upgraded("{type: string, nullable: true}");
    assert_eq!(types(&schema), [SchemaType::String, SchemaType::Null]);
    assert_eq!(
        types(&upgraded("{type: string, nullable: false}")),
        [SchemaType::String]
    );
}

#[test]
fn nullable_lets_null_into_an_enum() {
    let schema = upgraded("{type: string, nullable: true, enum: [a]}");
    let values: Vec<_> = schema
        .enum_values
        .iter()
        .flatten()
        .map(Node::kind)
        .collect();
    assert_eq!(values, ["a string", "null"]);
}

#[test]
fn nullable_beside_a_union_is_one_more_branch() {
    let schema = upgraded("{nullable: true, oneOf: [{type: string}, {type: integer}]}");
    assert_eq!(schema.one_of.len(), 3);
    assert_eq!(
        types(schema.one_of[2].as_object().expect("keywords")),
        [SchemaType::Null]
    );
}

#[test]
fn nullable_beside_all_of_wraps_it_and_leaves_notes_outside() {
    let schema =
        upgraded("{nullable: true, description: d, allOf: [{$ref: '#/components/schemas/B'}]}");
    assert_eq!(
        schema.description.as_ref().map(|text| text.value.as_str()),
        Some("d")
    );
    assert!(schema.all_of.is_empty());
    assert_eq!(schema.any_of.len(), 2);
    assert_eq!(
        schema.any_of[0].as_object().map(|inner| inner.all_of.len()),
        Some(1)
    );
}

#[test]
fn boolean_bounds_become_numbers() {
    let schema = upgraded(
        "{type: integer, minimum: 1, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false}",
    );
    assert_eq!(
        schema
            .exclusive_minimum
            .as_ref()
            .map(|text| text.value.as_str()),
        Some("1")
    );
    assert_eq!(schema.minimum, None);
    assert_eq!(
        schema.maximum.as_ref().map(|text| text.value.as_str()),
        Some("9")
    );
    assert_eq!(schema.exclusive_maximum, None);
}

#[test]
fn siblings_of_a_reference_stand_beside_it_in_3_1() {
    let rest = "components:\n  schemas:\n    B: {type: string}\n    A: {$ref: '#/components/schemas/B', minLength: 2}\n";
    let (document, codes) = document("3.1.1", rest);
    assert!(codes.is_empty(), "{codes:?}");
    let schema = schema(&document, "A");
    let target = &schema.reference.as_ref().expect("a reference").target;
    assert_eq!(schema.min_length.map(|length| length.value), Some(2));
    assert_eq!(document.name_of(target), "B");
    assert!(document.resolve_schema(target).is_some());
}

#[test]
fn a_reference_into_a_schema_and_one_to_an_anchor_are_resolved() {
    let rest = "components:\n  schemas:\n    A:\n      properties:\n        b/c: {$anchor: here, type: integer}\n    \
                B: {$ref: '#/components/schemas/A/properties/b~1c'}\n    C: {$ref: '#here'}\n";
    let (document, codes) = document("3.1.1", rest);
    assert!(codes.is_empty(), "{codes:?}");
    for name in ["B", "C"] {
        let target = &schema(&document, name)
            .reference
            .as_ref()
            .expect("a reference")
            .target;
        assert_eq!(document.name_of(target), "b/c");
        let found = document
            .resolve_schema(target)
            .and_then(Schema::as_object)
            .expect("a schema");
        assert_eq!(types(found), [SchemaType::Integer], "{name}");
    }
}

#[test]
fn a_chain_of_references_leads_to_the_parameter() {
    let rest = "paths:\n  /a:\n    get:\n      parameters: [{$ref: '#/components/parameters/A'}]\ncomponents:\n  parameters:\n    \
                A: {$ref: '#/components/parameters/B'}\n    B: {$ref: '#/x-more/c'}\nx-more:\n  c: {name: c, in: query, schema: true}\n";
    let (document, codes) = document("3.1.1", rest);
    assert!(codes.is_empty(), "{codes:?}");
    let item = document
        .path_item(&document.paths["/a"])
        .expect("a path item");
    let parameter = document
        .parameter(&item.operations[0].1.parameters[0])
        .expect("a parameter");
    assert_eq!(parameter.name.value, "c");
}

#[test]
fn style_and_explode_default_by_place() {
    let rest = "components:\n  parameters:\n    Q: {name: q, in: query, schema: true}\n    H: {name: h, in: header, schema: true}\n    \
                S: {name: s, in: query, style: pipeDelimited, schema: true}\n";
    let (document, codes) = document("3.1.1", rest);
    assert!(codes.is_empty(), "{codes:?}");
    let found = |name: &str| {
        let parameter = document.components.parameters[name]
            .item()
            .expect("a parameter");
        (parameter.location.value, parameter.style, parameter.explode)
    };
    assert_eq!(
        found("Q"),
        (ParameterLocation::Query, ParameterStyle::Form, true)
    );
    assert_eq!(
        found("H"),
        (ParameterLocation::Header, ParameterStyle::Simple, false)
    );
    assert_eq!(
        found("S"),
        (
            ParameterLocation::Query,
            ParameterStyle::PipeDelimited,
            false
        )
    );
}

#[test]
fn a_stream_is_read_alike_from_3_2_and_from_its_extension() {
    let body = |stream: &str| {
        format!(
            "paths:\n  /a:\n    get:\n      responses:\n        '200':\n          description: d\n          content:\n            text/event-stream: {stream}\n"
        )
    };
    let item = |version: &str, stream: &str| {
        let (document, codes) = document(version, &body(stream));
        assert!(codes.is_empty(), "{codes:?}");
        let item = document
            .path_item(&document.paths["/a"])
            .expect("a path item");
        let response = document
            .response(&item.operations[0].1.responses.responses[0].1)
            .expect("a response");
        document
            .media_type(&response.content["text/event-stream"])
            .expect("a media type")
            .clone()
    };
    let extension = item(
        "3.1.1",
        "{x-exai-stream: {item: {type: object}, terminal: [done]}}",
    );
    assert!(extension.item_schema.is_some() && extension.extensions.is_empty());
    assert_eq!(
        extension
            .stream_terminal
            .iter()
            .map(|value| value.value.as_str())
            .collect::<Vec<_>>(),
        ["done"]
    );
    assert!(
        item("3.2.0", "{itemSchema: {type: object}}")
            .item_schema
            .is_some()
    );
}

#[test]
fn methods_of_3_2_stand_in_the_order_of_the_document() {
    let rest =
        "paths:\n  /a:\n    query: {}\n    additionalOperations:\n      LINK: {}\n    get: {}\n";
    let (document, codes) = document("3.2.0", rest);
    assert!(codes.is_empty(), "{codes:?}");
    let item = document
        .path_item(&document.paths["/a"])
        .expect("a path item");
    let methods: Vec<_> = item
        .operations
        .iter()
        .map(|(method, _)| method.value.clone())
        .collect();
    assert_eq!(
        methods,
        [Method::Query, Method::Other("LINK".to_owned()), Method::Get]
    );
}

#[test]
fn merge_keys_and_aliases_are_what_they_stand_for() {
    let rest = "x-base: &base {type: object, description: base}\ncomponents:\n  schemas:\n    A: {<<: *base, description: own}\n    B: *base\n";
    let (document, codes) = document("3.1.1", rest);
    assert!(codes.is_empty(), "{codes:?}");
    let text = |name: &str| {
        schema(&document, name)
            .description
            .as_ref()
            .map(|text| text.value.clone())
    };
    assert_eq!(
        (text("A").as_deref(), text("B").as_deref()),
        (Some("own"), Some("base"))
    );
    assert_eq!(types(schema(&document, "A")), [SchemaType::Object]);
}

#[test]
fn words_of_yaml_1_1_are_strings_and_numbers_keep_their_text() {
    let (document, _) = document(
        "3.1.1",
        "paths: {}\nx-words: [no, on, y, 2020-01-01, 12:30]\nx-numbers: [1.10, 9007199254740993, 1e400]\n",
    );
    let values = |index: usize| {
        document.extensions[index]
            .1
            .as_sequence()
            .expect("a list")
            .to_vec()
    };
    assert!(values(0).iter().all(|value| value.as_str().is_some()));
    let numbers: Vec<_> = values(1)
        .iter()
        .map(|value| value.as_number().map(str::to_owned))
        .collect();
    assert_eq!(
        numbers,
        [
            Some("1.10".to_owned()),
            Some("9007199254740993".to_owned()),
            Some("1e400".to_owned())
        ]
    );
}

#[test]
fn a_mapping_of_a_discriminator_is_a_name_or_a_uri() {
    let rest = "components:\n  schemas:\n    P:\n      oneOf: [{$ref: '#/components/schemas/C.1'}, {$ref: '#/components/schemas/D'}]\n      \
                discriminator: {propertyName: k, mapping: {c: C.1, d: '#/components/schemas/D'}}\n    C.1: {type: object}\n    D: {type: object}\n";
    let (document, codes) = document("3.1.1", rest);
    assert!(codes.is_empty(), "{codes:?}");
    let discriminator = schema(&document, "P")
        .discriminator
        .as_ref()
        .expect("a discriminator");
    let names: Vec<_> = discriminator
        .mapping
        .values()
        .map(|reference| reference.target.name())
        .collect();
    assert_eq!(names, ["C.1", "D"]);
}

#[test]
fn every_node_says_where_it_stands() {
    let text = "openapi: 3.1.1\ninfo: {title: a, version: '1'}\npaths:\n  /a:\n    get:\n      summary: é b\n      description: >-\n        c\n        d\n";
    let mut diagnostics = Diagnostics::new();
    let mut sources = Sources::from_text("a.yaml", text, &mut diagnostics);
    let document = read(&mut sources, &mut diagnostics).expect("a document");
    let RefOr::Item(item) = &document.paths["/a"] else {
        panic!("a path item")
    };
    let (method, operation) = &item.operations[0];
    let slice = |span: crate::source::Span| &text[span.start as usize..span.end as usize];
    assert_eq!(slice(method.span), "get");
    assert_eq!(
        slice(operation.summary.as_ref().expect("a summary").span),
        "é b"
    );
    let description = operation.description.as_ref().expect("a description");
    assert_eq!(description.value, "c d");
    assert!(slice(description.span).contains("c\n"));
    assert!(matches!(
        sources
            .file(document.file)
            .node
            .as_ref()
            .map(|node| &node.value),
        Some(Value::Mapping(_))
    ));
}
