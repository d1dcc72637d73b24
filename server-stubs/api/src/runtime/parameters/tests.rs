use serde_json::{Value, json};

use super::Style::{DeepObject, Form, Label, Matrix, PipeDelimited, Simple, SpaceDelimited};
use super::{Kind, ParameterInfo, Read, Style, Unreadable, cookie_pairs, from_pairs, query_pairs};

const NUMBERS: Kind = Kind::List(&Kind::Number);
const TEXTS: Kind = Kind::List(&Kind::Text);
const POINT: Kind = Kind::Record(&[("x", Kind::Number), ("y", Kind::Text)]);

fn info(style: Style, explode: bool, kind: Kind) -> ParameterInfo {
    ParameterInfo::query("id", kind).styled(style, explode)
}

fn path(style: Style, explode: bool, kind: Kind, text: &str) -> Read<Value> {
    super::single(&info(style, explode, kind), text, true)
}

fn header(explode: bool, kind: Kind, text: &str) -> Read<Value> {
    super::single(&info(Simple, explode, kind), text, false)
}

fn query(style: Style, explode: bool, kind: Kind, text: &str) -> Read<Option<Value>> {
    from_pairs(&info(style, explode, kind), &query_pairs(text)?)
}

#[test]
fn every_style_of_a_path() {
    for (style, explode, kind, text, value) in [
        (Simple, false, Kind::Text, "a%2Fb+c", json!("a/b+c")),
        (Simple, false, NUMBERS, "3,4", json!([3, 4])),
        (Simple, false, TEXTS, "a%2Cb,,c", json!(["a,b", "", "c"])),
        (Simple, false, POINT, "x,1,y,%3D", json!({"x": 1, "y": "="})),
        (Simple, true, POINT, "x=1,y=%2C", json!({"x": 1, "y": ","})),
        (Label, false, Kind::Number, ".3", json!(3)),
        (Label, false, NUMBERS, ".3,4", json!([3, 4])),
        (Label, true, NUMBERS, ".3.4", json!([3, 4])),
        (Label, true, NUMBERS, ".", json!([])),
        (Label, true, POINT, ".x=1.y=b", json!({"x": 1, "y": "b"})),
        (Matrix, false, Kind::Text, ";id=a%2Fb", json!("a/b")),
        (Matrix, true, Kind::Text, ";id=id=", json!("id=")),
        (Matrix, false, Kind::Text, ";id", json!("")),
        (Matrix, false, NUMBERS, ";id=3,4", json!([3, 4])),
        (Matrix, true, NUMBERS, ";id=3;id=4", json!([3, 4])),
        (Matrix, false, TEXTS, ";id=id,b", json!(["id", "b"])),
        (Matrix, false, TEXTS, ";id", json!([])),
        (
            Matrix,
            false,
            POINT,
            ";id=x,1,y,b",
            json!({"x": 1, "y": "b"}),
        ),
        (Matrix, true, POINT, ";x=1;y", json!({"x": 1, "y": ""})),
    ] {
        let found = path(style, explode, kind, text);
        assert_eq!(found, Ok(value), "{style:?} {explode} {text}");
    }
}

#[test]
fn every_style_of_a_query() {
    for (style, explode, kind, text, value) in [
        (Form, true, Kind::Number, "id=3", json!(3)),
        (Form, true, Kind::Number, "id=x", json!("x")),
        (Form, true, Kind::Boolean, "id=true", json!(true)),
        (Form, true, Kind::Text, "other=1&id=a+b%2B", json!("a b+")),
        (Form, true, Kind::Text, "id=", json!("")),
        (Form, true, Kind::Text, "%69d=a=b", json!("a=b")),
        (
            Form,
            true,
            Kind::Json,
            "id=%7B%22a%22:1%7D",
            json!({"a": 1}),
        ),
        (Form, true, NUMBERS, "id=3&id=4", json!([3, 4])),
        (Form, true, TEXTS, "id=a,b", json!(["a,b"])),
        (Form, true, TEXTS, "id=", json!([""])),
        (Form, false, NUMBERS, "id=3,4", json!([3, 4])),
        (Form, false, NUMBERS, "id=3,4&id=5", json!([3, 4, 5])),
        (Form, false, TEXTS, "id=a%2Cb,c", json!(["a,b", "c"])),
        (Form, false, TEXTS, "id=", json!([""])),
        (Form, false, POINT, "id=x,1,y,b", json!({"x": 1, "y": "b"})),
        (Form, false, POINT, "id=", json!({})),
        (Form, true, POINT, "x=1&z=2", json!({"x": 1})),
        (SpaceDelimited, false, NUMBERS, "id=3%204", json!([3, 4])),
        (SpaceDelimited, false, NUMBERS, "id=3+4", json!([3, 4])),
        (SpaceDelimited, false, POINT, "id=x%201", json!({"x": 1})),
        (
            PipeDelimited,
            false,
            NUMBERS,
            "id=3%7C4|5%7c6",
            json!([3, 4, 5, 6]),
        ),
        (PipeDelimited, false, POINT, "id=x%7C1", json!({"x": 1})),
        (
            DeepObject,
            true,
            POINT,
            "id%5Bx%5D=1&id[y]=b+c",
            json!({"x": 1, "y": "b c"}),
        ),
        (DeepObject, true, POINT, "id[%2578]=1", json!({"%78": "1"})),
    ] {
        let found = query(style, explode, kind, text);
        assert_eq!(found, Ok(Some(value)), "{style:?} {explode} {text}");
    }
}

#[test]
fn what_is_not_sent_is_not_there() {
    for (style, kind) in [
        (Form, Kind::Text),
        (Form, NUMBERS),
        (Form, POINT),
        (DeepObject, POINT),
    ] {
        let found = query(style, true, kind, "other=1&&id2=3&");
        assert_eq!(found, Ok(None), "{style:?} {kind:?}");
    }
}

#[test]
fn a_header_is_not_encoded_and_may_have_spaces_and_empty_places() {
    for (explode, kind, text, value) in [
        (false, Kind::Text, "a%20b, c", json!("a%20b, c")),
        (false, TEXTS, "a, b,, c%2C", json!(["a", "b", "c%2C"])),
        (false, TEXTS, "", json!([])),
        (false, TEXTS, " , ", json!([])),
        (false, POINT, "x, 1, y, b", json!({"x": 1, "y": "b"})),
        (true, POINT, "x=1, y=b", json!({"x": 1, "y": "b"})),
    ] {
        assert_eq!(header(explode, kind, text), Ok(value), "{text}");
    }
}

#[test]
fn a_cookie_has_no_plus_that_is_a_space() {
    let pairs: Vec<_> = cookie_pairs("theme; id=a+b%20c;x=%zz; %ff=1").collect();
    let found = from_pairs(&info(Form, true, Kind::Text), &pairs);
    assert_eq!(found, Ok(Some(json!("a+b c"))));
    assert_eq!(pairs.len(), 2);
}

#[test]
fn what_is_not_there_once_whole_and_in_utf_8_is_refused() {
    for (explode, kind, text, why) in [
        (true, Kind::Text, "id=%ff", Unreadable::NOT_TEXT),
        (true, Kind::Text, "%ff=1", Unreadable::NOT_TEXT),
        (true, TEXTS, "id=a&id=%C3", Unreadable::NOT_TEXT),
        (true, POINT, "y=%ff", Unreadable::NOT_TEXT),
        (true, Kind::Text, "id=1&id=2", Unreadable::TWICE),
        (true, POINT, "x=1&x=2", Unreadable::TWICE),
        (false, POINT, "id=x,1,x,2", Unreadable::TWICE),
        (false, POINT, "id=x,1,y", Unreadable::ODD),
    ] {
        assert_eq!(query(Form, explode, kind, text), Err(why), "{text}");
    }
    let found = path(Simple, false, Kind::Text, "%ff");
    assert_eq!(found, Err(Unreadable::NOT_TEXT));
}
