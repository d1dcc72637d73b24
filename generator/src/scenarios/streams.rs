//! Streams: events and lines as the example has them; a break behind the first event, and the
//! resumption.

use serde_json::{Value, json};

use crate::ir::{Payload, Stream};

use super::{Case, call, escape};

/// The example of a stream, taken apart.
pub(super) struct Streamed<'a> {
    stream: &'a Stream,
    /// Each event or line as it stands in the example.
    pieces: Vec<String>,
    /// What each holds.
    items: Vec<Value>,
    is_events: bool,
}

/// The stream that an operation answers with; `None` where it answers something else.
pub(super) fn of<'a>(case: &Case<'a>) -> Result<Option<Streamed<'a>>, String> {
    let content = case
        .operation
        .success()
        .and_then(|response| response.contents.first());
    let (stream, is_events) = match content.map(|content| &content.payload) {
        Some(Payload::Events(stream)) => (stream, true),
        Some(Payload::Lines(stream)) => (stream, false),
        _ => return Ok(None),
    };
    let example = case.answer().and_then(|(_, example)| example.as_str());
    let example = example.ok_or("the stream has no example")?;
    let separator = if is_events { "\n\n" } else { "\n" };
    let pieces = example.trim_end_matches('\n').split(separator);
    let pieces: Vec<String> = pieces.map(str::to_owned).collect();
    let items = pieces.iter().map(|piece| item(piece, is_events));
    Ok(Some(Streamed {
        stream,
        items: items.collect::<Result<_, _>>()?,
        pieces,
        is_events,
    }))
}

fn item(piece: &str, is_event: bool) -> Result<Value, String> {
    let data = match is_event {
        true => {
            let data = piece.lines().filter_map(|line| line.strip_prefix("data:"));
            data.map(|data| data.strip_prefix(' ').unwrap_or(data))
                .collect::<Vec<_>>()
                .join("\n")
        }
        false => piece.to_owned(),
    };
    serde_json::from_str(&data).map_err(|error| format!("the stream's example: {error}"))
}

/// The text of an event's `id` field.
fn id(piece: &str) -> Option<&str> {
    let id = piece.lines().find_map(|line| line.strip_prefix("id:"))?;
    Some(id.trim_start())
}

impl Streamed<'_> {
    /// An exchange of some of the pieces. A stream without an end of its own stays open.
    fn exchange(&self, case: &Case<'_>, pieces: &[String], is_last: bool) -> Result<Value, String> {
        let (mut exchange, _) = call::head(case)?;
        let content = case
            .operation
            .success()
            .and_then(|response| response.contents.first());
        if !self.is_events {
            exchange.insert("text".to_owned(), pieces.join("\n").into());
            call::typed(&mut exchange, content);
            return Ok(Value::Object(exchange));
        }
        let begin = if is_last { "" } else { "retry: 10\n" };
        let events = format!("{begin}{}\n\n", pieces.join("\n\n"));
        if !is_last || self.stream.terminal.is_empty() {
            exchange.insert("length".to_owned(), (events.len() + 1).into());
            exchange.insert(
                "end".to_owned(),
                if is_last { "stall" } else { "reset" }.into(),
            );
        }
        exchange.insert("events".to_owned(), events.into());
        Ok(Value::Object(exchange))
    }

    /// What must be given of some of the items.
    fn call(&self, args: &Value, items: &[Value]) -> Value {
        let mut call = json!({
            "op": "operation",
            "args": args,
            "expect": {
                "items": items
                    .iter()
                    .map(|item| json!({ "$exactly": escape::expected(item) }))
                    .collect::<Value>(),
            },
        });
        if self.is_events && self.stream.terminal.is_empty() {
            call["options"] = json!({ "take": items.len() });
        }
        call
    }
}

/// The whole example in one answer.
pub(super) fn whole(case: &Case<'_>, streamed: &Streamed<'_>) -> Result<Value, String> {
    let request = call::request(case)?;
    Ok(json!({
        "title": call::title(case, "by its examples, piece by piece"),
        "calls": [streamed.call(&Value::Object(request.args), &streamed.items)],
        "server": [streamed.exchange(case, &streamed.pieces, true)?],
        "wire": { "requests": [request.seen] },
    }))
}

/// A break behind the first event; `None` where the operation cannot be resumed.
pub(super) fn resumed(case: &Case<'_>, streamed: &Streamed<'_>) -> Result<Option<Value>, String> {
    let (Some(header), Some(first)) = (&case.operation.resume, streamed.pieces.first()) else {
        return Ok(None);
    };
    let Some(last) = id(first) else {
        return Ok(None);
    };
    let header = escape::text(header).to_lowercase();
    let (mut pieces, mut items) = (streamed.pieces.clone(), streamed.items.clone());
    if let [only] = &streamed.pieces[..] {
        pieces.push(only.replace(&format!("id: {last}"), &format!("id: {last}0")));
        items.extend(streamed.items.clone());
    }
    let (begin, rest) = pieces.split_at(1);
    let request = call::request(case)?;
    let (mut before, mut after) = (request.seen.clone(), request.seen);
    for (seen, value) in [(&mut before, json!("$absent")), (&mut after, last.into())] {
        if let Some(headers) = seen.get_mut("headers") {
            headers[&header] = value;
        }
    }
    let mut wire = json!({ "requests": [before, after] });
    if let Some(key) = &case.operation.idempotency {
        wire["same"] = json!([escape::text(&key.header).to_lowercase()]);
    }
    Ok(Some(json!({
        "title": call::title(case, "is resumed behind the event that came last"),
        "calls": [streamed.call(&Value::Object(request.args), &items)],
        "server": [streamed.exchange(case, begin, false)?, streamed.exchange(case, rest, true)?],
        "wire": wire,
    })))
}

/// The whole example as an exchange, for whoever follows it.
pub(super) fn followed(case: &Case<'_>) -> Result<Value, String> {
    let streamed = of(case)?.ok_or("what is followed is no stream")?;
    streamed.exchange(case, &streamed.pieces, true)
}
