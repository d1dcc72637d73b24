//! The order of versions: Semantic Versioning 2.0.0, section 11.

use std::cmp::Ordering;

/// Which of two versions is the higher one.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (core_a, pre_a) = a.split_once('-').map_or((a, None), |(c, p)| (c, Some(p)));
    let (core_b, pre_b) = b.split_once('-').map_or((b, None), |(c, p)| (c, Some(p)));
    let numbers = by_part(core_a, core_b);
    numbers.then_with(|| match (pre_a, pre_b) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some(a), Some(b)) => by_part(a, b),
    })
}

/// From left to right; where all are the same, more of them are higher.
fn by_part(a: &str, b: &str) -> Ordering {
    let parts = a.split('.').zip(b.split('.'));
    let first = parts.map(|(a, b)| part(a, b)).find(|order| order.is_ne());
    first.unwrap_or_else(|| a.split('.').count().cmp(&b.split('.').count()))
}

/// Numbers by their value and below all else, which is by its ASCII.
fn part(a: &str, b: &str) -> Ordering {
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match (is_number(a), is_number(b)) {
        (true, true) => {
            // However long they are: a number with more digits is the higher one.
            let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
            a.len().cmp(&b.len()).then_with(|| a.cmp(b))
        }
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => a.cmp(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_section_11() {
        let ordered = [
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "2.0.0",
            "2.1.0",
            "2.1.1",
            "2.10.0",
        ];
        for (a, one) in ordered.iter().enumerate() {
            for (b, other) in ordered.iter().enumerate() {
                assert_eq!(compare(one, other), a.cmp(&b), "{one} and {other}");
            }
        }
    }
}
