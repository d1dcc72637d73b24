//! The types of an API that is made to be hard to name, as text that rustfmt leaves alone.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

use super::{Dialect, Keep, RustTypes, TypeView};
use crate::ir::build::{api, field, optional, record, string_enum, tagged_union, type_def};
use crate::ir::{
    Additional, Api, Docs, Home, IntegerFormat, Literal, Record, Shape, StringFormat, Type, Usage,
};

fn client() -> Dialect {
    Dialect {
        support: "crate::runtime",
        secret: "crate::runtime::Secret",
        keep: Keep::Everything,
        non_exhaustive: true,
    }
}

fn plain() -> Type {
    Type::String(StringFormat::Plain)
}

fn literal(value: &str) -> Type {
    Type::Literal(Literal::String(value.into()))
}

/// All types, one after the other.
fn text(api: &Api, dialect: Dialect) -> String {
    let types = RustTypes::new(api, dialect);
    let mut out = String::new();
    for (id, _) in api.types.iter() {
        let view = std::collections::BTreeMap::from([("item", TypeView::new(id, &types))]);
        out.push_str(&render("_rust/type.rs.jinja", &view));
        out.push('\n');
    }
    format!("{}\n", out.trim_end())
}

fn render(template: &str, view: &impl serde::Serialize) -> String {
    let mut env = minijinja::Environment::new();
    let mut syntax = minijinja::syntax::SyntaxConfig::builder();
    let syntax = syntax.trim_blocks(true).lstrip_blocks(true).build();
    env.set_syntax(syntax.expect("the default delimiters"));
    env.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    env.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    env.set_loader(|name| {
        let path = format!("{}/../templates/{name}", env!("CARGO_MANIFEST_DIR"));
        Ok(std::fs::read_to_string(path).ok())
    });
    let template = env.get_template(template).expect("a template");
    let text = template
        .render(minijinja::value::Serde(view))
        .expect("a rendered template");
    format!("{}\n", text.trim_end())
}

fn rustfmt(source: &str) -> String {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("rustfmt is part of the toolchain");
    child
        .stdin
        .take()
        .expect("piped")
        .write_all(source.as_bytes())
        .expect("rustfmt reads");
    let output = child.wait_with_output().expect("rustfmt ends");
    assert!(output.status.success(), "{source}");
    String::from_utf8(output.stdout).expect("text")
}

fn obstacles() -> Api {
    let mut api = api("Obstacles");
    for name in [
        "Result", "Option", "Error", "Box", "Vec", "String", "Self", "self", "2fa",
    ] {
        api.types
            .push(type_def(name, record(vec![field("type", plain())])));
    }
    let started = api.types.push(type_def(
        "started",
        record(vec![
            field("type", literal("run.started")),
            field("at", Type::String(StringFormat::DateTime)),
        ]),
    ));
    let ended = api.types.push(type_def(
        "ended",
        record(vec![
            field("type", literal("run.ended")),
            optional("self", plain().nullable()),
            optional("startedAt", Type::String(StringFormat::Date)),
            field(
                "extra",
                Type::Map(Box::new(Type::Integer(IntegerFormat::Any))),
            ),
            field("crate", Type::List(Box::new(plain()))),
        ]),
    ));
    api.types.push(type_def(
        "event",
        tagged_union("type", &[("run.started", started), ("run.ended", ended)]),
    ));
    api.types.push(type_def(
        "status",
        string_enum(&["in-progress", "IN_PROGRESS", "unknown", "1", ">="]),
    ));
    api.types.push(type_def(
        "a_type_whose_name_is_so_long_that_no_line_can_hold_it_together_with_another",
        record(vec![
            field("a_field_that_is_long_as_well", plain().nullable()),
            field("another_field_that_is_long", Type::Any),
            optional(
                "and_one_more_that_is_optional_and_longer_than_the_others",
                plain().nullable(),
            ),
        ]),
    ));
    let id = crate::ir::TypeId(u32::try_from(api.types.len()).expect("few"));
    api.types.push(type_def(
        "Json",
        Shape::Alias(Type::List(Box::new(Type::Named(id)))),
    ));
    let mut node = field("next", Type::Named(crate::ir::TypeId(id.0 + 1)).nullable());
    node.indirect = true;
    api.types.push(type_def("node", record(vec![node])));
    let mut sent = type_def(
        "start-run",
        Shape::Record(Record {
            fields: vec![
                optional("label", plain().nullable()),
                optional("null", Type::Boolean),
            ],
            additional: Additional::Typed(Type::Integer(IntegerFormat::Int32)),
        }),
    );
    sent.usage = Usage {
        sent: true,
        received: false,
    };
    sent.docs = Docs {
        summary: "Start [a] run".into(),
        description: "See https://a.example.\n\n    let x = 1;\n\n* <b>\n* */ \u{202e}".into(),
    };
    sent.home = Home::Resource(0);
    api.types.push(sent);
    api.types.push(type_def("empty", record(Vec::new())));
    api
}

#[test]
fn obstacles_are_in_canonical_layout() {
    for dialect in [
        client(),
        Dialect {
            keep: Keep::Open,
            non_exhaustive: false,
            ..client()
        },
    ] {
        let text = text(&obstacles(), dialect);
        let formatted = rustfmt(&text);
        let diff = similar::TextDiff::from_lines(&text, &formatted)
            .unified_diff()
            .to_string();
        assert!(diff.is_empty(), "{diff}");
    }
}

#[test]
fn obstacles_of_a_client() {
    insta::assert_snapshot!(text(&obstacles(), client()));
}

#[test]
fn no_two_types_share_a_name_and_none_hides_the_prelude() {
    let api = obstacles();
    let types = RustTypes::new(&api, client());
    let names: BTreeSet<&str> = api.types.iter().map(|(id, _)| types.name(id)).collect();
    assert_eq!(names.len(), api.types.len());
    for hidden in ["Result", "Option", "Box", "Vec", "String", "Self"] {
        assert!(!names.contains(hidden), "{hidden}");
    }
    assert!(names.contains("Error"));
}
