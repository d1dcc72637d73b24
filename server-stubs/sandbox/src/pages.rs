//! Pages of lists: stable while things are added, for a cursor is the id of the last item.

use exai_server::runtime::{Detail, Location};
use exai_server::{ApiError, types};
use jiff::Timestamp;

use crate::digest::hex;

/// What a list is narrowed by that most lists have.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Window<'a> {
    pub(crate) labels: Option<&'a [String]>,
    pub(crate) created_after: Option<Timestamp>,
    pub(crate) created_before: Option<Timestamp>,
}

impl Window<'_> {
    /// Whether something made at a time and labelled so is asked for: at or after the one, before
    /// the other, with all labels as `key=value`.
    pub(crate) fn holds(&self, created_at: Timestamp, labels: &types::Labels) -> bool {
        self.created_after.is_none_or(|from| created_at >= from)
            && self.created_before.is_none_or(|until| created_at < until)
            && self.labels.into_iter().flatten().all(|wanted| {
                let (key, value) = wanted.split_once('=').unwrap_or((wanted, ""));
                labels.get(key).is_some_and(|found| found == value)
            })
    }
}

/// The page behind a cursor, and the cursor of the next. `items` are oldest first, `id` is what
/// they sort by.
pub(crate) fn page<T>(
    mut items: Vec<T>,
    id: impl Fn(&T) -> &str,
    order: Option<types::Order>,
    cursor: Option<&str>,
    limit: i32,
) -> Result<(Vec<T>, Option<String>), ApiError> {
    let ascending = matches!(order, Some(types::Order::Asc));
    if !ascending {
        items.reverse();
    }
    if let Some(cursor) = cursor {
        let last = decode(cursor).ok_or_else(unknown_cursor)?;
        items.retain(|item| match ascending {
            true => id(item) > last.as_str(),
            false => id(item) < last.as_str(),
        });
    }
    let limit = usize::try_from(limit).unwrap_or(1).max(1);
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|item| encode(id(item)));
    Ok((items, next))
}

fn unknown_cursor() -> ApiError {
    let detail = Detail {
        location: Location::Query,
        pointer: "/cursor".to_owned(),
        rule: "format".to_owned(),
        message: "no page has such a cursor".to_owned(),
    };
    ApiError::invalid_request("the page cannot be found", vec![detail])
}

/// Hexadecimal digits: a cursor is nothing to be read or made by a client.
fn encode(id: &str) -> String {
    hex(id)
}

fn decode(cursor: &str) -> Option<String> {
    let bytes: Option<Vec<u8>> = (0..cursor.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(cursor.get(at..at + 2)?, 16).ok())
        .collect();
    String::from_utf8(bytes?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_hold_every_item_once_though_some_are_added() {
        let mut items: Vec<String> = (1..=5).map(|n| format!("x_{n}")).collect();
        let mut seen = Vec::new();
        let mut cursor = None;
        for added in 6.. {
            let (found, next) =
                page(items.clone(), |x| x, None, cursor.as_deref(), 2).expect("ours");
            seen.extend(found);
            items.push(format!("x_{added}"));
            cursor = next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, ["x_5", "x_4", "x_3", "x_2", "x_1"]);
        assert!(page(items, |x| x, None, Some("zz"), 2).is_err());
    }
}
