//! Bodies of answers: the document's own examples, and ones of their size in the shape that
//! OpenAI's SDKs read.

use bytes::Bytes;
use serde_json::{Value, json};

/// The document, with the examples that the answers are made of.
const DOCUMENT: &str = include_str!("../../../spec/bundled/openapi.json");

/// How many items a page holds.
const PAGE: usize = 100;

/// What is answered, ready to be sent. Events have `{n}` where their number goes.
pub(crate) struct Bodies {
    pub(crate) run: Bytes,
    pub(crate) agents: Bytes,
    pub(crate) event: String,
    pub(crate) last_event: String,
    pub(crate) file: Bytes,
    pub(crate) files: Bytes,
    pub(crate) chunk: String,
}

impl Bodies {
    /// Makes all of them.
    ///
    /// # Errors
    /// The document has no such example.
    pub(crate) fn read() -> Result<Self, Box<dyn std::error::Error>> {
        let document: Value = serde_json::from_str(DOCUMENT)?;
        let example = |path: &str, media_type: &str| {
            let content = &document["paths"][path]["get"]["responses"]["200"]["content"];
            let example = &content[media_type]["example"];
            (!example.is_null())
                .then(|| example.clone())
                .ok_or_else(|| format!("{path} has no example"))
        };
        let run = example("/runs/{run_id}", "application/json")?;
        let page = example("/agents", "application/json")?;
        let stream = example("/runs/{run_id}/events", "text/event-stream")?;
        let events: Vec<&str> = stream.as_str().unwrap_or_default().split("\n\n").collect();
        let event = |kind: &str| {
            let event = events.iter().find(|event| event.contains(kind));
            event
                .ok_or(format!("no event is {kind}"))
                .and_then(|event| numbered(event))
        };
        let agents = numbered_items(&page["data"][0], "id");
        let file = json!({
            "id": "file-01JB8Z6Q4M2N7T5V9X1C3E5G7H", "object": "file", "bytes": 120_000,
            "created_at": 1_767_348_001, "filename": "table.jsonl", "purpose": "fine-tune",
            "status": "processed", "status_details": "x".repeat(200), "expires_at": null,
        });
        let files = json!({
            "object": "list", "data": numbered_items(&file, "id"), "has_more": false,
            "first_id": "file-1", "last_id": "file-100",
        });
        Ok(Self {
            run: run.to_string().into(),
            agents: json!({ "data": agents, "next_cursor": null })
                .to_string()
                .into(),
            event: event("node.completed")?,
            last_event: event("run.completed")?,
            file: file.to_string().into(),
            files: files.to_string().into(),
            chunk: chunk(),
        })
    }
}

/// A page of copies of one item, each with an id of its own.
fn numbered_items(item: &Value, id: &str) -> Vec<Value> {
    let numbered = |n: usize| {
        let mut item = item.clone();
        let text = item[id].as_str().unwrap_or_default();
        let kept = text.len().saturating_sub(3);
        item[id] = Value::from(format!("{}{n:03}", &text[..kept]));
        item
    };
    (0..PAGE).map(numbered).collect()
}

/// An event of the example with `{n}` for its id and its sequence.
fn numbered(event: &str) -> Result<String, String> {
    let mut out = String::new();
    for line in event.lines() {
        match line.split_once(": ") {
            Some(("id", _)) => out.push_str("id: {n}\n"),
            Some(("data", data)) => {
                let data: Value = serde_json::from_str(data).map_err(|error| error.to_string())?;
                let was = format!("\"sequence\":{}", data["sequence"]);
                out.push_str("data: ");
                out.push_str(&data.to_string().replace(&was, "\"sequence\":{n}"));
                out.push('\n');
            }
            _ => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    out.push('\n');
    Ok(out)
}

/// A chunk of a chat completion, as long as an event of a run.
fn chunk() -> String {
    let chunk = json!({
        "id": "chatcmpl-01JB8Z6Q4M2N7T5V9X1C3E5G7H", "object": "chat.completion.chunk",
        "created": 1_767_348_001, "model": "gpt-example", "system_fingerprint": "fp_01JB8Z6Q",
        "choices": [{
            "index": 0, "delta": { "content": "one more piece of a text" },
            "logprobs": null, "finish_reason": null,
        }],
        "usage": null,
    });
    format!("data: {chunk}\n\n")
}
