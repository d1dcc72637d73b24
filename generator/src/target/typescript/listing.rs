//! `api.md`: every method with its HTTP line, by resource.

use serde::Serialize;

use super::answer::Answer;
use super::escape;
use super::facts;
use super::imports::Imports;
use super::operation::shape;
use super::plan::{CallPlan, Plan, ResourcePlan};
use super::wait;

/// The whole list.
#[derive(Debug, Serialize)]
pub(super) struct ListingView<'a> {
    /// `cargo xtask regen`
    command: &'a str,
    /// `Exai`
    client: &'a str,
    sections: Vec<SectionView>,
}

/// A resource.
#[derive(Debug, Serialize)]
struct SectionView {
    /// `` `client.runs` ``
    title: String,
    /// ``- `client.runs.get(runId: RunId): Result<Run>`: `GET /runs/{run_id}`.``
    lines: Vec<String>,
}

impl<'a> ListingView<'a> {
    pub(super) fn new(plan: &'a Plan<'_>, command: &'a str) -> Self {
        let mut view = Self {
            command,
            client: &plan.root.class,
            sections: Vec::new(),
        };
        view.add(plan, &plan.root);
        view
    }

    fn add(&mut self, plan: &Plan<'_>, resource: &ResourcePlan) {
        let holder = match resource.shown.as_str() {
            "" => "client".to_owned(),
            shown => format!("client.{shown}"),
        };
        let calls = resource.calls.iter().filter_map(|id| plan.calls.get(id));
        let mut lines: Vec<String> = calls.map(|call| line(plan, &holder, call)).collect();
        if let Some(unwrap) = &resource.unwrap {
            lines.push(format!(
                "- `{holder}.{unwrap}(body, headers, secret)`: verifies a webhook and gives its event."
            ));
        }
        if !lines.is_empty() {
            self.sections.push(SectionView {
                title: format!("`{holder}`"),
                lines,
            });
        }
        for child in &resource.children {
            self.add(plan, child);
        }
    }
}

fn line(plan: &Plan<'_>, holder: &str, call: &CallPlan<'_>) -> String {
    // Nothing is imported here: these are words of a page.
    let scratch = &mut Imports::of("api");
    let parameters = shape(call, plan, scratch).parameters.join(", ");
    let result = Answer::of(call.operation, &plan.types, scratch).result(scratch);
    let code = format!("{holder}.{}({parameters}): {result}", call.method);
    let http = format!(
        "{} {}",
        call.operation.method.as_str(),
        facts::path(call.operation)
    );
    let waits = match wait::names(call, plan) {
        Some((wait, from)) => format!(" Until it is done: `{wait}`, and `{from}(token)`."),
        None => String::new(),
    };
    format!(
        "- `{}`: `{}`.{waits}",
        escape::code_span(&code),
        escape::code_span(&http)
    )
}
