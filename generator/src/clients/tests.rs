use super::{offered, unread};
use crate::config::Config;
use crate::diagnostic::Diagnostics;
use crate::document;
use crate::ir::{Api, Payload, Shape, Type};
use crate::lower::lower;
use crate::passes;
use crate::shipped::Shipped;
use crate::source::Sources;

const SCHEMAS: &str = r#"
components:
  schemas:
    A: { type: object, required: [a], properties: { a: { type: string } } }
    B: { type: object, required: [b], properties: { b: { type: string } } }
"#;
const A: &str = "{ schema: { $ref: '#/components/schemas/A' } }";
const B: &str = "{ schema: { $ref: '#/components/schemas/B' } }";

/// The API of operations; each a path, an id, and what stands behind it.
fn described(operations: &[(&str, &str, &str)]) -> Api {
    let mut text = "openapi: 3.1.0\ninfo: { title: T, version: '1' }\npaths:\n".to_owned();
    for (path, id, rest) in operations {
        text.push_str(&format!(
            "  {path}: {{ post: {{ operationId: {id}, tags: [t], {rest} }} }}\n"
        ));
    }
    text.push_str(SCHEMAS);
    let mut diagnostics = Diagnostics::new();
    let mut sources = Sources::from_text("a.yaml", &text, &mut diagnostics);
    let document = document::read(&mut sources, &mut diagnostics).expect("a document");
    let api = lower(&document, &Config::default(), &mut diagnostics);
    let api = passes::run(api, &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
    api
}

fn content(types: &[(&str, &str)]) -> String {
    let types = types.iter().map(|(name, what)| format!("'{name}': {what}"));
    types.collect::<Vec<_>>().join(", ")
}

fn body(types: &[(&str, &str)]) -> String {
    let content = content(types);
    format!(
        "requestBody: {{ content: {{ {content} }} }}, responses: {{ '204': {{ description: d }} }}"
    )
}

/// A status, and the schemas of its media types.
type Success<'a> = (u16, &'a [(&'a str, &'a str)]);

/// Successes, each with its media types; none where it has no body.
fn answers(statuses: &[Success<'_>]) -> String {
    let one = |(status, types): &(u16, &[(&str, &str)])| match types {
        [] => format!("'{status}': {{ description: d }}"),
        types => format!(
            "'{status}': {{ description: d, content: {{ {} }} }}",
            content(types)
        ),
    };
    let all: Vec<String> = statuses.iter().map(one).collect();
    format!("responses: {{ {} }}", all.join(", "))
}

/// `create_xml: sends application/xml` and so on, of what clients have beside the document.
fn methods(api: &Api) -> Vec<String> {
    let Some(offered) = offered(api, &Shipped::default()) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    for (_, operation) in offered.operations.iter() {
        let Some(of) = operation.alternative else {
            continue;
        };
        let name = operation.sdk_path.last().expect("a method");
        let of = &api.operations[of];
        assert_eq!(operation.path, of.path);
        let (way, content) = match operation.body == of.body {
            true => ("asks for", &operation.responses[0].contents),
            false => ("sends", &operation.body),
        };
        let [content] = content.as_slice() else {
            panic!("one media type: {content:?}");
        };
        let media_type = content.media_type.raw();
        assert!(operation.docs.description.raw().contains(media_type));
        out.push(format!("{}: {way} {media_type}", name.words().join("_")));
    }
    out
}

fn methods_of(rest: &str) -> Vec<String> {
    methods(&described(&[("/a", "create", rest)]))
}

#[test]
fn a_body_of_several_media_types_can_be_sent_as_each() {
    let found = methods_of(&body(&[
        ("application/json", A),
        ("application/merge-patch+json", A),
        ("multipart/form-data", A),
        ("application/x-www-form-urlencoded", A),
        ("application/xml", "{}"),
        ("text/plain", "{}"),
        ("application/octet-stream", "{}"),
        ("image/*", "{}"),
        ("application/x-ndjson", "{}"),
    ]));
    let wanted = [
        "create_merge_patch: sends application/merge-patch+json",
        "create_form: sends application/x-www-form-urlencoded",
        "create_multipart: sends multipart/form-data",
        "create_ndjson: sends application/x-ndjson",
        "create_xml: sends application/xml",
        "create_text: sends text/plain",
        "create_bytes: sends application/octet-stream",
        "create_image: sends image/*",
    ];
    assert_eq!(found, wanted);
}

#[test]
fn an_answer_of_several_media_types_can_be_asked_for_as_each() {
    let types = [
        ("application/json", A),
        ("application/hal+json", B),
        ("text/event-stream", "{}"),
        ("application/zip", "{}"),
    ];
    let wanted = [
        "create_hal: asks for application/hal+json",
        "create_stream: asks for text/event-stream",
        "create_zip: asks for application/zip",
    ];
    let answer = answers(&[(200, &types)]);
    assert_eq!(methods_of(&answer), wanted);
    // A body has names of its own, now or once it has more media types.
    let sent = format!("requestBody: {{ content: {{ application/zip: {{}} }} }}, {answer}");
    let wanted = [
        "create_as_hal: asks for application/hal+json",
        "create_stream: asks for text/event-stream",
        "create_as_zip: asks for application/zip",
    ];
    assert_eq!(methods_of(&sent), wanted);
}

#[test]
fn media_types_that_are_one_are_one_method() {
    let one = [
        [("application/json", A), ("text/json", A)],
        [
            ("application/json", A),
            ("application/json; charset=utf-8", A),
        ],
        [("application/json", A), ("application/*+json", A)],
        [("application/xml", "{}"), ("text/xml", "{}")],
        [("text/plain", "{}"), ("text/plain;charset=UTF-8", "{}")],
        [("application/jsonl", A), ("application/x-ndjson", A)],
    ];
    for types in one {
        assert_eq!(methods_of(&body(&types)), [""; 0], "{types:?}");
        assert_eq!(methods_of(&answers(&[(200, &types)])), [""; 0], "{types:?}");
    }
    let range = [("image/*", "{}"), ("image/png", "{}")];
    assert_eq!(methods_of(&answers(&[(200, &range)])), [""; 0]);
    assert_eq!(
        methods_of(&body(&range)),
        ["create_png: sends image/png"],
        "a range is sent as bytes of no type"
    );
    let two = [("application/json", A), ("text/json", B)];
    assert_eq!(methods_of(&body(&two)), ["create_json: sends text/json"]);
}

#[test]
fn what_would_be_called_alike_is_told_apart_by_more_of_the_media_type() {
    let found = methods_of(&body(&[
        ("application/json", A),
        ("application/vnd.a.b+json", A),
        ("application/x-a-b", "{}"),
        ("application/json; v=2", A),
        ("application/json; v=3", A),
    ]));
    let wanted = [
        "create_application_json_v_2: sends application/json; v=2",
        "create_application_json_v_3: sends application/json; v=3",
        "create_application_vnd_a_b_json: sends application/vnd.a.b+json",
        "create_application_x_a_b: sends application/x-a-b",
    ];
    assert_eq!(found, wanted);
}

#[test]
fn names_of_the_document_stay_and_no_order_decides() {
    let both = body(&[("application/json", A), ("application/xml", "{}")]);
    let none = answers(&[(204, &[])]);
    let mut operations = [
        ("/a", "create", both.as_str()),
        ("/b", "createXml", none.as_str()),
        ("/c", "createXmlPost", none.as_str()),
    ];
    let first = methods(&described(&operations));
    assert_eq!(first, ["create_xml_post_a: sends application/xml"]);
    operations.reverse();
    assert_eq!(methods(&described(&operations)), first);
}

/// What clients read the first operation's answer as: `A | B | null`.
fn read_as(api: &Api) -> String {
    let offered = offered(api, &Shipped::default());
    let api = offered.as_ref().unwrap_or(api);
    let (_, operation) = api.operations.iter().next().expect("an operation");
    let content = operation.success().and_then(|s| s.contents.first());
    let Some(Payload::Json(ty)) = content.map(|content| &content.payload) else {
        return "no JSON".to_owned();
    };
    let name = |ty: &Type| match ty {
        Type::Named(id) => api.types[*id].name.words().concat(),
        other => format!("{other:?}"),
    };
    let (plain, nullable) = ty.split_null();
    let mut parts = match plain {
        Type::Named(id) => match &api.types[*id].shape {
            Shape::Union(union) => union.variants.iter().map(|v| name(&v.ty)).collect(),
            _ => vec![name(plain)],
        },
        _ => vec![name(plain)],
    };
    if nullable {
        parts.push("null".to_owned());
    }
    parts.join(" | ")
}

#[test]
fn successes_of_json_are_read_as_one_type() {
    let a: &[(&str, &str)] = &[("application/json", A)];
    let b: &[(&str, &str)] = &[("application/json; charset=utf-8", B)];
    let zip: &[(&str, &str)] = &[("application/zip", "{}")];
    let cases: &[(&[Success<'_>], &str, &[&str])] = &[
        (&[(200, a), (201, a)], "a", &[]),
        (&[(200, a), (202, b)], "a | b", &[]),
        (&[(200, a), (204, &[])], "a | null", &[]),
        (&[(200, &[]), (201, a)], "a | null", &[]),
        (&[(200, a), (202, b), (204, &[])], "a | b | null", &[]),
        (&[(200, zip), (204, &[])], "no JSON", &[]),
        (&[(202, &[]), (204, &[])], "no JSON", &[]),
        (
            &[(200, a), (202, zip)],
            "a",
            &["clients read a success of another kind as the first"],
        ),
        (
            &[(200, a), (304, &[])],
            "a",
            &["clients follow redirects, and read no other answer of 3xx"],
        ),
    ];
    for (statuses, wanted, reasons) in cases {
        let api = described(&[("/a", "create", &answers(statuses))]);
        assert_eq!(read_as(&api), *wanted, "{statuses:?}");
        let found: Vec<&str> = unread(&api).into_iter().map(|(_, why)| why).collect();
        assert_eq!(found, *reasons, "{statuses:?}");
    }
}

#[test]
fn a_further_media_type_of_a_further_success_is_said_where_nothing_asks_for_it() {
    let both: &[(&str, &str)] = &[("application/json", A), ("application/xml", "{}")];
    let one: &[(&str, &str)] = &[("application/json", A)];
    let range = "clients ask for the media types of the first success alone";
    let asked = "clients that ask for a further media type read every success as that";
    let cases: &[([Success<'_>; 2], &[&str])] = &[
        ([(200, both), (201, both)], &[]),
        ([(200, both), (204, &[])], &[]),
        ([(200, one), (201, both)], &[range]),
        ([(200, both), (202, one)], &[asked]),
    ];
    for (statuses, reasons) in cases {
        let api = described(&[("/a", "create", &answers(statuses))]);
        let found: Vec<&str> = unread(&api).into_iter().map(|(_, why)| why).collect();
        assert_eq!(found, *reasons, "{statuses:?}");
    }
}

#[test]
fn an_api_without_any_is_taken_as_it_is() {
    let one = body(&[("application/json", A)]);
    let api = described(&[("/a", "create", &one)]);
    assert!(offered(&api, &Shipped::default()).is_none());
}

#[test]
fn a_former_operation_keeps_its_alternatives() {
    let both = body(&[("application/json", A), ("application/xml", "{}")]);
    let before = described(&[("/a", "make", &both)]);
    let shipped = Shipped::default().and(&before);
    let api = described(&[("/a", "create", &both)]);
    let offered = offered(&api, &shipped).expect("clients have more");
    let calls = offered.root.children[0].calls.iter();
    let names: Vec<String> = calls.map(|call| call.name.words().join("_")).collect();
    assert_eq!(names, ["create", "create_xml", "make", "make_xml"]);
    let old = offered.operations.iter().map(|(_, o)| o).last();
    let now = old.and_then(|old| old.former).expect("a former one");
    assert_eq!(
        offered.operations[now].sdk_path[1].words(),
        ["create", "xml"]
    );
}
