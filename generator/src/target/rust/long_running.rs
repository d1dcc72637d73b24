//! The promise of a later result: the facts by which the runtime waits for it.

use serde::Serialize;

use super::operation::{Calls, json_answer};
use crate::ir::{Link, OperationId};
use crate::layout::rustfmt;
use crate::target::rust_lang::escape as rust;

/// The method that waits for a result.
#[derive(Debug, Serialize)]
pub(super) struct WaitView {
    /// `START_RUN_RESULT`
    pub(super) fact: String,
    /// `types::Run`
    pub(super) result: String,
    /// The method that goes on with a wait; `None` until its name is given.
    pub(super) resumed: Option<ResumedView>,
    /// `["state: \"/status\",", "terminal: &[\"succeeded\"],"]`
    pub(super) fields: Vec<String>,
}

/// The method of a resource that goes on with a wait.
#[derive(Debug, Serialize)]
pub(super) struct ResumedView {
    /// ``[`start`](Self::start)``
    pub(super) from: String,
    /// `pub fn start_wait_from(&self, token: impl Into<String>) -> Wait<types::Run> {`
    pub(super) signature: String,
    /// `Wait::from_token(self.core, token, &START_RUN_RESULT)`
    pub(super) expression: String,
}

impl WaitView {
    /// Names the method that goes on with the wait for what `method` begins.
    pub(super) fn resume(&mut self, method: &str, name: &str, core: &str) {
        let parameters = ["&self", "token: impl Into<String>"].map(str::to_owned);
        let result = format!(" -> Wait<{}> {{", self.result);
        let arguments = [core, "token", &format!("&{}", self.fact)].map(str::to_owned);
        self.resumed = Some(ResumedView {
            from: rust::own_field(method),
            signature: rustfmt::signature(4, &format!("pub fn {name}"), &parameters, &result),
            expression: rustfmt::call(8, "Wait::from_token", &arguments, ""),
        });
    }

    /// Nothing where the state cannot be asked for: the operation that does is out of reach, or
    /// gives no JSON.
    pub(super) fn new(id: OperationId, cx: &mut Calls<'_, '_>) -> Option<Self> {
        let operation = &cx.types.api().operations[id];
        let promise = operation.long_running.as_ref()?;
        json_answer(operation)?;
        let api = cx.types.api();
        let result = json_answer(&api.operations[promise.poll.operation])?;
        let result = cx
            .types
            .expression(result, crate::target::rust_lang::From::Outside);
        let poll = link(&promise.poll, 4, cx)?;
        let stream = promise
            .stream
            .as_ref()
            .and_then(|stream| link(stream, 4, cx));
        let begun = format!("&{}", cx.types.fact(id));
        let terminal: Vec<String> = promise.terminal.iter().map(rust::string).collect();
        for name in ["Link", "LongRunning", "Wait"] {
            cx.imports.runtime(name);
        }
        cx.imports.expression(&result);
        Some(Self {
            fact: format!("{}_RESULT", cx.types.fact(id)),
            result,
            resumed: None,
            fields: vec![
                rustfmt::assign(4, "operation:", &begun, ","),
                format!("poll: {poll},"),
                match stream {
                    Some(stream) => format!("stream: Some({stream}),"),
                    None => "stream: None,".to_owned(),
                },
                rustfmt::assign(4, "state:", &rust::pointer(&promise.state), ","),
                rustfmt::array(4, "terminal: &", &terminal, ","),
            ],
        })
    }
}

/// `Link { ... }`, and the import of the facts that it names.
fn link(link: &Link, indent: usize, cx: &mut Calls<'_, '_>) -> Option<String> {
    let fact = cx.types.fact(link.operation).to_owned();
    let module = cx.modules.get(&link.operation)?;
    if *module != cx.here {
        // The client's file cannot see into the resources'.
        if cx.here == CLIENT {
            return None;
        }
        cx.imports.take(module, &fact);
    }
    let arguments: Vec<String> = link
        .arguments
        .iter()
        .map(|argument| {
            let pointer = rust::pointer(&argument.body_path);
            format!("({}, {pointer})", rust::wire(&argument.parameter))
        })
        .collect();
    let fields = [
        format!("operation: &{fact}"),
        rustfmt::array(indent + 4, "arguments: &", &arguments, ""),
    ];
    Some(rustfmt::struct_literal(indent, "Link", &fields, ""))
}

/// The module of operations that belong to no resource.
pub(super) const CLIENT: &str = "crate::generated::client";

/// The module of each operation's facts, as a resource's file names it.
pub(super) type Modules = std::collections::BTreeMap<OperationId, String>;
