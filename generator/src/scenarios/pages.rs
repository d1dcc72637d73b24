//! Pages: two of them, the second by the first one's cursor.

use serde_json::{Value, json};

use crate::ir::Name;

use super::{Case, call, escape};

/// The cursor of the second page.
const CURSOR: &str = "the second page";

/// A list of two pages.
pub(super) fn two(case: &Case<'_>) -> Result<Value, String> {
    let page = case.operation.page.as_ref().ok_or("there are no pages")?;
    let request = call::request(case)?;
    let (exchange, _) = call::head(case)?;
    let (_, example) = case.answer().ok_or("the page has no example")?;
    let items = pointer(&page.items);
    let found = example.pointer(&items).and_then(Value::as_array);
    let found = found.ok_or_else(|| format!("the example has no list at `{items}`"))?;
    let one: Vec<Value> = found
        .iter()
        .map(|item| json!({ "$exactly": escape::expected(item) }))
        .collect();
    let both = [one.clone(), one].concat();
    let answer = |next: Value| -> Result<Value, String> {
        let mut exchange = exchange.clone();
        let mut body = example.clone();
        set(&mut body, &page.next, next);
        exchange.insert("json".to_owned(), body);
        Ok(Value::Object(exchange))
    };
    let cursor = case.operation.parameters.get(page.cursor);
    let cursor = cursor
        .map(|cursor| escape::wire(&cursor.name))
        .unwrap_or_default();
    let mut query = request.query.clone();
    query.insert(cursor, json!([CURSOR]));
    Ok(json!({
        "title": call::title(case, "by its examples, in two pages"),
        "calls": [{
            "op": "operation",
            "args": request.args,
            "expect": { "items": both },
        }],
        "server": [answer(CURSOR.into())?, answer(Value::Null)?],
        "wire": { "requests": [request.seen, request.seen_with(query)] },
    }))
}

/// A JSON Pointer (RFC 6901).
pub(super) fn pointer(path: &[Name]) -> String {
    let tokens = path
        .iter()
        .map(|name| crate::source::escape_token(&escape::wire(name)));
    tokens.map(|token| format!("/{token}")).collect()
}

/// Sets a member of an object, however deep.
pub(super) fn set(body: &mut Value, path: &[Name], value: Value) {
    let mut place = body;
    for name in path {
        place = &mut place[escape::wire(name)];
    }
    *place = value;
}
