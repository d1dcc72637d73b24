//! Waiting for the result of an operation that answers before it is done.

use super::escape;
use super::operation::{FactsView, MethodView, Named, pointer};
use super::record::indented;
use super::types::{GoTypes, Imports};
use crate::ir::{Api, LinkArgument, LongRunning, Name, Operation, PathSegment, Payload};
use crate::layout::go_align::{Row, align_literal};

impl Named<'_> {
    /// The methods that wait for the result: of a new call, and of one that a token tells of.
    pub(super) fn waits(
        &self,
        arguments: &str,
        request: &str,
        api: &Api,
        types: &GoTypes<'_>,
        imports: &mut Imports,
    ) -> Vec<MethodView> {
        let (Some(wait), Some(from), Some(shape)) = (
            self.wait_method,
            self.wait_from_method,
            self.wait_shape(api),
        ) else {
            return Vec::new();
        };
        let ty = polled(self.operation, api, types, imports);
        let method = |name: &str, note: String, arguments: &str, body: String| MethodView {
            docs: [escape::own_comment(&note), self.deprecation()]
                .concat()
                .join("\n"),
            signature: format!("{name}({arguments}) ({ty}, error)"),
            body: format!("\treturn {body}"),
        };
        vec![
            method(
                wait,
                format!(
                    "{wait} calls [{}.{}] and waits until the result is final, whatever it is. \
                     The context bounds the wait; options hold for each request.",
                    self.service, self.method
                ),
                arguments,
                format!(
                    "callAndWait[{ty}](ctx, s.transport, {request}, &{}, opts)",
                    shape.name
                ),
            ),
            method(
                from,
                format!(
                    "{from} goes on with a wait of [{}.{wait}], from the token that \
                     [WithWaitToken] gave or that its error holds.",
                    self.service
                ),
                "ctx context.Context, token string, opts ...RequestOption",
                format!(
                    "callAndWaitFrom[{ty}](ctx, s.transport, &{}, &{}, token, opts)",
                    self.facts, shape.name
                ),
            ),
        ]
    }

    /// How to wait for the result, where every argument of what follows is known.
    pub(super) fn wait_shape(&self, api: &Api) -> Option<FactsView> {
        let LongRunning {
            poll,
            stream,
            state,
            terminal,
        } = self.operation.long_running.as_ref()?;
        let mut rows = Vec::new();
        let mut row = |key: &str, value: String| {
            rows.push(Row::Cells(vec![format!("{key}:"), format!("{value},")]));
        };
        row("poll", format!("&{}", self.all_facts.get(&poll.operation)?));
        row(
            "pollPath",
            self.arguments(&api.operations[poll.operation], &poll.arguments)?,
        );
        if let Some(stream) = stream
            && let Some(facts) = self.all_facts.get(&stream.operation)
            && let Some(path) = self.arguments(&api.operations[stream.operation], &stream.arguments)
        {
            row("stream", format!("&{facts}"));
            row("streamPath", path);
        }
        row("state", pointer(state));
        let terminal: Vec<String> = terminal.iter().map(escape::string).collect();
        row("terminal", format!("[]string{{{}}}", terminal.join(", ")));
        let name = format!("await{}", self.facts.trim_start_matches("op"));
        Some(FactsView {
            name,
            ty: "waitShape",
            body: indented(&align_literal(&rows)),
        })
    }

    /// Where the path parameters of an operation that follows come from: the first answer's body,
    /// or the path of this call.
    fn arguments(&self, next: &Operation, links: &[LinkArgument]) -> Option<String> {
        let own: Vec<&Name> = path_parameters(self.operation).collect();
        let places: Option<Vec<String>> = path_parameters(next)
            .map(|parameter| {
                let linked = links
                    .iter()
                    .find(|link| link.parameter.wire() == parameter.wire());
                match linked {
                    Some(link) => Some(pointer(&link.body_path)),
                    None => own
                        .iter()
                        .position(|name| name.wire() == parameter.wire())
                        .map(|index| escape::quote(&index.to_string())),
                }
            })
            .collect();
        Some(format!("[]string{{{}}}", places?.join(", ")))
    }
}

fn path_parameters(operation: &Operation) -> impl Iterator<Item = &Name> {
    operation.path.iter().filter_map(|segment| match segment {
        PathSegment::Parameter(index) => Some(&operation.parameters[*index].name),
        PathSegment::Literal(_) => None,
    })
}

/// The type of what is polled.
fn polled(operation: &Operation, api: &Api, types: &GoTypes<'_>, imports: &mut Imports) -> String {
    let poll = operation
        .long_running
        .as_ref()
        .map(|wait| &api.operations[wait.poll.operation]);
    let content = poll
        .and_then(Operation::success)
        .and_then(|answer| answer.contents.first());
    match content.map(|content| &content.payload) {
        Some(Payload::Json(ty)) => types.result(ty, imports),
        _ => "any".to_owned(),
    }
}
