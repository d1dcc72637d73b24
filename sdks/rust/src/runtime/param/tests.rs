//! The specification's own table of styles, and what must never end a value.

use serde_json::{Value, json};

use super::{Encoding, Style, header, path, query};

fn list() -> Value {
    json!(["blue", "black", "brown"])
}

fn object() -> Value {
    json!({"B": 150, "R": 100})
}

fn in_path(style: Style, explode: bool, value: &Value) -> String {
    path("color", Encoding::new(style, explode), value).unwrap()
}

fn in_query(style: Style, explode: bool, value: &Value) -> String {
    query("color", Encoding::new(style, explode), value)
        .unwrap()
        .join("&")
}

// The table of the specification's "Style Examples".
#[test]
fn path_styles_match_the_specification() {
    for (style, explode, scalar, of_list, of_object) in [
        (
            Style::Simple,
            false,
            "blue",
            "blue,black,brown",
            "B,150,R,100",
        ),
        (
            Style::Simple,
            true,
            "blue",
            "blue,black,brown",
            "B=150,R=100",
        ),
        (
            Style::Label,
            false,
            ".blue",
            ".blue,black,brown",
            ".B,150,R,100",
        ),
        (
            Style::Label,
            true,
            ".blue",
            ".blue.black.brown",
            ".B=150.R=100",
        ),
        (
            Style::Matrix,
            false,
            ";color=blue",
            ";color=blue,black,brown",
            ";color=B,150,R,100",
        ),
        (
            Style::Matrix,
            true,
            ";color=blue",
            ";color=blue;color=black;color=brown",
            ";B=150;R=100",
        ),
    ] {
        assert_eq!(in_path(style, explode, &json!("blue")), scalar);
        assert_eq!(in_path(style, explode, &list()), of_list);
        assert_eq!(in_path(style, explode, &object()), of_object);
    }
    assert_eq!(in_path(Style::Matrix, false, &json!("")), ";color");
}

#[test]
fn query_styles_match_the_specification() {
    for (style, explode, of_list, of_object) in [
        (
            Style::Form,
            false,
            "color=blue,black,brown",
            "color=B,150,R,100",
        ),
        (
            Style::Form,
            true,
            "color=blue&color=black&color=brown",
            "B=150&R=100",
        ),
        (
            Style::SpaceDelimited,
            false,
            "color=blue%20black%20brown",
            "color=B%20150%20R%20100",
        ),
        (
            Style::PipeDelimited,
            false,
            "color=blue%7Cblack%7Cbrown",
            "color=B%7C150%7CR%7C100",
        ),
    ] {
        assert_eq!(in_query(style, explode, &list()), of_list);
        assert_eq!(in_query(style, explode, &object()), of_object);
    }
    let deep = json!({"R": 100, "at": {"x": 1}, "tags": ["a", "b"]});
    assert_eq!(
        in_query(Style::DeepObject, true, &deep),
        "color%5BR%5D=100&color%5Bat%5D%5Bx%5D=1&color%5Btags%5D=a&color%5Btags%5D=b"
    );
}

#[test]
fn a_value_ends_neither_its_segment_nor_its_parameter() {
    assert_eq!(
        in_path(Style::Simple, false, &json!("a/../b?c#d%")),
        "a%2F..%2Fb%3Fc%23d%25"
    );
    assert_eq!(
        in_query(Style::Form, true, &json!("a&b=c+d é")),
        "color=a%26b%3Dc%2Bd%20%C3%A9"
    );
    let reserved = Encoding {
        allow_reserved: true,
        ..Encoding::FORM
    };
    assert_eq!(query("q", reserved, &"a/b:c&d").unwrap(), ["q=a/b:c%26d"]);
}

#[test]
fn null_leaves_a_query_parameter_out_and_is_refused_in_a_path() {
    assert!(
        query("color", Encoding::FORM, &None::<String>)
            .unwrap()
            .is_empty()
    );
    assert_eq!(header(Encoding::SIMPLE, &None::<String>).unwrap(), None);
    assert!(path("color", Encoding::SIMPLE, &None::<String>).is_err());
    assert!(path("color", Encoding::SIMPLE, &"").is_err());
}

#[test]
fn a_large_integer_keeps_every_digit() {
    assert_eq!(
        in_query(Style::Form, true, &json!(i64::MAX)),
        "color=9223372036854775807"
    );
}
