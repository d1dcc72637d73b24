//! Waiting for the result of an operation that answers before it is done.

use super::escape;
use super::operation::{FactsView, Named, pointer};
use super::record::indented;
use super::types::{GoTypes, Imports};
use crate::ir::{Api, LinkArgument, LongRunning, Name, Operation, PathSegment, Payload};
use crate::layout::go_align::{Row, align_literal};

impl Named<'_> {
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
pub(super) fn polled(
    operation: &Operation,
    api: &Api,
    types: &GoTypes<'_>,
    imports: &mut Imports,
) -> String {
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
