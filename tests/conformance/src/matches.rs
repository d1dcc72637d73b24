//! What is expected against what is there.

use jiff::{Span, SpanRelativeTo, Timestamp};
use serde_json::Value;

/// The first difference, with its place; `None` where there is none.
///
/// Objects may hold more than is expected, lists may not; in `{$exactly: VALUE}` no object may, and
/// times and durations may be spelled otherwise. Texts with a special meaning: `$any`
/// (there, and not null), `$absent`, `$null`, `$uuid`, `$contains TEXT`, `$lacks TEXT`,
/// `$between A B` (a number), `$moment TIME` (RFC 3339, at any offset), `$is TEXT` (the text itself).
pub(crate) fn difference(place: &str, wanted: &Value, found: Option<&Value>) -> Option<String> {
    compare(place, wanted, found, false)
}

fn compare(place: &str, wanted: &Value, found: Option<&Value>, exactly: bool) -> Option<String> {
    if let Some(inner) = wanted.get("$exactly") {
        return compare(place, inner, found, true);
    }
    let shown = |found: Option<&Value>| match found {
        Some(found) => {
            let text = found.to_string();
            match text.char_indices().nth(300) {
                Some((end, _)) => format!("{}...", &text[..end]),
                None => text,
            }
        }
        None => "nothing".to_owned(),
    };
    let wrong = || {
        Some(format!(
            "{place}: expected {wanted}, found {}",
            shown(found)
        ))
    };
    match (wanted, found) {
        (Value::String(special), _) if special.starts_with('$') => {
            let holds = special_holds(special, found);
            (!holds).then(wrong).flatten()
        }
        (Value::Object(wanted), Some(Value::Object(found))) => {
            let mut names = found.keys();
            if exactly && let Some(name) = names.find(|name| !wanted.contains_key(*name)) {
                return Some(format!("{place}/{name}: found {}", shown(found.get(name))));
            }
            wanted.iter().find_map(|(name, value)| {
                compare(&format!("{place}/{name}"), value, found.get(name), exactly)
            })
        }
        (Value::Array(wanted), Some(Value::Array(items))) => {
            if wanted.len() != items.len() {
                let (w, f) = (wanted.len(), items.len());
                return Some(format!(
                    "{place}: expected {w} items, found {f}: {}",
                    shown(found)
                ));
            }
            let mut pairs = wanted.iter().zip(items).enumerate();
            pairs.find_map(|(index, (wanted, found))| {
                compare(&format!("{place}/{index}"), wanted, Some(found), exactly)
            })
        }
        (wanted, Some(found)) if wanted == found => None,
        (Value::String(wanted), Some(Value::String(found)))
            if exactly && is_same_time(wanted, found) =>
        {
            None
        }
        // 1 and 1.0 are one number of JSON.
        (Value::Number(wanted), Some(Value::Number(found)))
            if (wanted.is_f64() || found.is_f64()) && wanted.as_f64() == found.as_f64() =>
        {
            None
        }
        _ => wrong(),
    }
}

fn special_holds(special: &str, found: Option<&Value>) -> bool {
    let text = found.and_then(Value::as_str);
    let (name, rest) = special.split_once(' ').unwrap_or((special, ""));
    match name {
        "$any" => found.is_some_and(|found| !found.is_null()),
        "$absent" => found.is_none_or(Value::is_null),
        "$null" => found.is_some_and(Value::is_null),
        "$uuid" => text.is_some_and(is_uuid),
        "$contains" => text.is_some_and(|text| text.contains(rest)),
        "$is" => text == Some(rest),
        "$lacks" => text.is_some_and(|text| !text.contains(rest)),
        "$moment" => {
            let moment = |text: &str| text.parse::<Timestamp>().ok();
            text.is_some_and(|text| moment(text).is_some() && moment(text) == moment(rest))
        }
        "$between" => {
            let bounds: Vec<f64> = rest.split(' ').filter_map(|n| n.parse().ok()).collect();
            match (bounds.as_slice(), found.and_then(Value::as_f64)) {
                ([low, high], Some(number)) => (*low..=*high).contains(&number),
                _ => false,
            }
        }
        _ => false,
    }
}

/// Whether two texts are one moment (RFC 3339) or durations of one length (ISO 8601).
fn is_same_time(one: &str, other: &str) -> bool {
    let moment = |text: &str| text.parse::<Timestamp>().ok();
    let length = |text: &str| {
        let span = text.starts_with('P').then(|| text.parse::<Span>().ok())??;
        span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()
    };
    let is_moment = moment(one).is_some() && moment(one) == moment(other);
    is_moment || (length(one).is_some() && length(one) == length(other))
}

/// RFC 9562, version 4.
fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && groups.concat().bytes().all(|byte| byte.is_ascii_hexdigit())
        && groups[2].starts_with('4')
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::difference;

    fn same(wanted: Value, found: Value) -> bool {
        difference("", &wanted, Some(&found)).is_none()
    }

    #[test]
    fn objects_may_hold_more_and_lists_may_not() {
        assert!(same(json!({"a": 1}), json!({"a": 1, "b": 2})));
        assert!(!same(json!({"a": 1}), json!({"b": 2})));
        assert!(!same(json!([1]), json!([1, 2])));
    }

    #[test]
    fn exactly_allows_no_more_at_any_depth() {
        let wanted = json!({"a": {"$exactly": {"b": [{"c": "$any"}]}}});
        assert!(same(
            wanted.clone(),
            json!({"a": {"b": [{"c": 1}]}, "d": 2})
        ));
        assert!(!same(wanted, json!({"a": {"b": [{"c": 1, "d": 2}]}})));
    }

    #[test]
    fn times_are_compared_by_what_they_mean() {
        let exactly = |text: &str| json!({ "$exactly": text });
        assert!(same(exactly("PT10M"), json!("PT600S")));
        assert!(same(exactly("PT24H"), json!("P1D")));
        assert!(!same(exactly("PT10M"), json!("PT601S")));
        assert!(same(
            exactly("2026-01-02T10:00:00.1Z"),
            json!("2026-01-02T10:00:00.100+00:00")
        ));
        assert!(!same(json!("PT10M"), json!("PT600S")));
    }

    #[test]
    fn special_texts() {
        assert!(same(json!({"a": "$absent"}), json!({"b": 1})));
        assert!(!same(json!({"a": "$any"}), json!({"b": 1})));
        assert!(same(json!("$between 1 2"), json!(1.5)));
        assert!(!same(json!("$lacks x"), json!("axb")));
        assert!(!same(json!("$null"), json!(1)));
        assert!(same(json!("$is $any"), json!("$any")));
        assert!(!same(json!("$unknown"), json!("$unknown")));
    }

    #[test]
    fn integers_are_compared_to_the_last_digit() {
        assert!(!same(
            json!(9_007_199_254_740_993_i64),
            json!(9_007_199_254_740_992_i64)
        ));
        assert!(same(json!(1.0), json!(1)));
    }
}
