//! Waits for what goes on in the background: by the stream, and by asking where there is none.

use serde_json::{Map, Value, json};

use crate::ir::{Link, LongRunning};

use super::{Case, call, escape, pages, streams};

/// Both ways in which an operation's end can be waited for; none where it is over at once.
pub(super) fn all(case: &Case<'_>) -> Result<Vec<(&'static str, Value)>, String> {
    let Some(work) = &case.operation.long_running else {
        return Ok(Vec::new());
    };
    let mut all = vec![("wait-by-poll", by_poll(case, work)?)];
    if let Some(stream) = &work.stream {
        all.push(("wait-by-stream", by_stream(case, work, stream)?));
    }
    Ok(all)
}

/// The parts of a wait that both ways have.
struct Wait {
    args: Map<String, Value>,
    /// The exchange that accepts the work, and the request for it.
    accepted: (Value, Value),
    /// The exchange that says how it ended, and the request for it.
    ended: (Value, Value),
    value: Value,
}

fn wait(case: &Case<'_>, work: &LongRunning) -> Result<Wait, String> {
    let request = call::request(case)?;
    let (mut accepted, _) = call::head(case)?;
    let (_, promise) = case.answer().ok_or("the promise has no example")?;
    accepted.insert("json".to_owned(), promise.clone());
    let poll = linked(case, &work.poll)?;
    let (mut ended, _) = call::head(&poll)?;
    let (_, state) = poll.answer().ok_or("what is polled has no example")?;
    let mut state = state.clone();
    let terminal = work.terminal.first().ok_or("the work has no end")?;
    pages::set(&mut state, &work.state, escape::text(terminal).into());
    ended.insert("json".to_owned(), state.clone());
    Ok(Wait {
        args: request.args,
        accepted: (Value::Object(accepted), Value::Object(request.seen)),
        ended: (Value::Object(ended), seen(&poll, &work.poll, promise)?),
        value: json!({ "$exactly": escape::expected(&state) }),
    })
}

fn by_stream(case: &Case<'_>, work: &LongRunning, stream: &Link) -> Result<Value, String> {
    let wait = wait(case, work)?;
    let (_, promise) = case.answer().ok_or("the promise has no example")?;
    let events = linked(case, stream)?;
    let events = (streams::followed(&events)?, seen(&events, stream, promise)?);
    let title = call::title(case, "is waited for by its stream");
    Ok(scenario(
        title,
        &wait,
        [wait.accepted.clone(), events, wait.ended.clone()],
    ))
}

fn by_poll(case: &Case<'_>, work: &LongRunning) -> Result<Value, String> {
    let wait = wait(case, work)?;
    let title = call::title(case, "is waited for by asking");
    let Some(stream) = &work.stream else {
        return Ok(scenario(
            title,
            &wait,
            [wait.accepted.clone(), wait.ended.clone()],
        ));
    };
    let (_, promise) = case.answer().ok_or("the promise has no example")?;
    let none = json!({ "status": 404, "text": "" });
    let refused = (none, seen(&linked(case, stream)?, stream, promise)?);
    Ok(scenario(
        title,
        &wait,
        [wait.accepted.clone(), refused, wait.ended.clone()],
    ))
}

fn scenario<const N: usize>(title: String, wait: &Wait, played: [(Value, Value); N]) -> Value {
    let (server, requests): (Vec<Value>, Vec<Value>) = played.into_iter().unzip();
    json!({
        "title": title,
        "calls": [{
            "op": "operation_wait",
            "args": wait.args,
            "options": { "timeout_ms": 20_000 },
            "expect": { "value": wait.value },
        }],
        "server": server,
        "wire": { "requests": requests },
    })
}

fn linked<'a>(case: &Case<'a>, link: &Link) -> Result<Case<'a>, String> {
    Case::of(
        case.api,
        case.examples,
        &case.api.operations[link.operation],
    )
}

/// The request for a linked operation, its arguments taken from the promise.
fn seen(case: &Case<'_>, link: &Link, promise: &Value) -> Result<Value, String> {
    let mut path = super::BASE.to_owned();
    for segment in &case.operation.path {
        let index = match segment {
            crate::ir::PathSegment::Literal(text) => {
                path.push_str(&escape::text(text));
                continue;
            }
            crate::ir::PathSegment::Parameter(index) => *index,
        };
        let name = &case.operation.parameters[index].name;
        let wire = escape::wire(name);
        let argument = link
            .arguments
            .iter()
            .find(|it| escape::wire(&it.parameter) == wire);
        let argument = argument.and_then(|it| promise.pointer(&pages::pointer(&it.body_path)));
        let argument = argument.and_then(Value::as_str);
        path.push_str(argument.ok_or_else(|| format!("the promise has no `{wire}`"))?);
    }
    Ok(json!({
        "method": case.operation.method.as_str(),
        "path": path,
        "headers": { "authorization": "Bearer test-token" },
    }))
}
