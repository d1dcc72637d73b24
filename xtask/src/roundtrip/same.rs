//! Whether two JSON values are the same value.

use serde_json::{Number, Value};

/// Where two values differ, as a JSON Pointer and what stands on either side; `None` where they
/// are the same. Numbers are compared by value, and keys have no order. Two times are the same when
/// they are one instant (RFC 3339, section 4.2), and two durations when they are as long: how
/// either is spelled says nothing else.
pub(crate) fn difference(before: &Value, after: &Value) -> Option<String> {
    let mut pointer = String::new();
    let (a, b) = walk(before, after, &mut pointer)?;
    let place = if pointer.is_empty() {
        "the value"
    } else {
        &pointer
    };
    let shown = |value: Option<&Value>| match value {
        None => "nothing".to_owned(),
        Some(value) => {
            let text = value.to_string();
            text.chars().take(60).collect()
        }
    };
    Some(format!("{place}: {} came back as {}", shown(a), shown(b)))
}

type Sides<'v> = (Option<&'v Value>, Option<&'v Value>);

fn walk<'v>(a: &'v Value, b: &'v Value, at: &mut String) -> Option<Sides<'v>> {
    let length = at.len();
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let more = b.keys().filter(|key| !a.contains_key(*key));
            for key in a.keys().chain(more) {
                at.push('/');
                at.push_str(&key.replace('~', "~0").replace('/', "~1"));
                let found = match (a.get(key), b.get(key)) {
                    (Some(a), Some(b)) => walk(a, b, at),
                    sides => Some(sides),
                };
                if found.is_some() {
                    return found;
                }
                at.truncate(length);
            }
            None
        }
        (Value::Array(a), Value::Array(b)) => {
            for index in 0..a.len().max(b.len()) {
                at.push_str(&format!("/{index}"));
                let found = match (a.get(index), b.get(index)) {
                    (Some(a), Some(b)) => walk(a, b, at),
                    sides => Some(sides),
                };
                if found.is_some() {
                    return found;
                }
                at.truncate(length);
            }
            None
        }
        (Value::Number(x), Value::Number(y)) if same_number(x, y) => None,
        (Value::String(x), Value::String(y)) if x == y || same_instant(x, y) => None,
        _ if a == b => None,
        _ => Some((Some(a), Some(b))),
    }
}

fn same_number(a: &Number, b: &Number) -> bool {
    let whole = |n: &Number| n.as_i64().map(i128::from).or(n.as_u64().map(i128::from));
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a.as_f64() == b.as_f64(),
    }
}

fn same_instant(a: &str, b: &str) -> bool {
    let instant = |text: &str| text.parse::<jiff::Timestamp>().ok();
    let of_a_day = |text: &str| instant(&format!("2000-01-01T{text}"));
    let both = |read: &dyn Fn(&str) -> Option<jiff::Timestamp>| matches!((read(a), read(b)), (Some(a), Some(b)) if a == b);
    both(&instant)
        || both(&of_a_day)
        || matches!((length(a), length(b)), (Some(a), Some(b)) if a == b)
}

/// The length of a duration that needs no calendar, in seconds.
fn length(text: &str) -> Option<f64> {
    let span: jiff::Span = text.strip_prefix('P').and_then(|_| text.parse().ok())?;
    let days = jiff::SpanRelativeTo::days_are_24_hours();
    span.total((jiff::Unit::Second, days)).ok()
}
