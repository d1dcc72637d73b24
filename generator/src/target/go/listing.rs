//! `api.md`: every method with its HTTP line, by resource.

use serde::Serialize;

use super::argument::arguments;
use super::operation::{Answer, answer, shown_path};
use super::params::Body;
use super::plan::{CallPlan, Plan, ServicePlan};
use super::types::Imports;

/// The whole list.
#[derive(Debug, Serialize)]
pub(super) struct ListingView<'a> {
    /// `cargo xtask regen`
    command: &'a str,
    /// `exai`
    package: &'a str,
    sections: Vec<SectionView>,
}

/// A resource.
#[derive(Debug, Serialize)]
struct SectionView {
    /// `` `client.Runs` ``
    title: String,
    /// ``- `client.Runs.Get(ctx, runID string) (*Run, error)`: `GET /runs/{run_id}`.``
    lines: Vec<String>,
}

impl<'a> ListingView<'a> {
    pub(super) fn new(plan: &Plan<'_>, command: &'a str, package: &'a str) -> Self {
        let mut view = Self {
            command,
            package,
            sections: Vec::new(),
        };
        view.add(plan, &plan.root);
        view
    }

    fn add(&mut self, plan: &Plan<'_>, service: &ServicePlan<'_>) {
        let holder = service.holder();
        let mut lines: Vec<String> = service
            .calls
            .iter()
            .map(|call| line(plan, &holder, call))
            .collect();
        if let Some(webhook) = &service.webhook {
            lines.push(format!(
                "- `{holder}.{webhook}(body []byte, header http.Header, secrets ...string)`: \
                 verifies a webhook and decodes its event."
            ));
        }
        if !lines.is_empty() {
            self.sections.push(SectionView {
                title: format!("`{holder}`"),
                lines,
            });
        }
        for child in &service.children {
            self.add(plan, child);
        }
    }
}

fn line(plan: &Plan<'_>, holder: &str, call: &CallPlan<'_>) -> String {
    let imports = &mut Imports::new();
    let body = Body::of(call.operation, plan.api, &plan.types, imports);
    let params = call.params.as_deref();
    let mut given = vec!["ctx".to_owned()];
    let all = arguments(call.operation, &body, params, &plan.types, imports);
    given.extend(all.iter().map(|a| format!("{} {}", a.local, a.ty)));
    let result = match answer(call.operation, &plan.types, imports) {
        Answer::Empty => "error".to_owned(),
        Answer::Text => "(string, error)".to_owned(),
        Answer::Download => "(*Download, error)".to_owned(),
        Answer::Json(ty) => format!("({ty}, error)"),
        Answer::Page(ty) | Answer::Events(ty) | Answer::Lines(ty) => {
            format!("iter.Seq2[{ty}, error]")
        }
    };
    let mut line = format!(
        "- `{holder}.{}({}) {result}`: `{} {}`.",
        call.method,
        given.join(", "),
        call.operation.method.as_str(),
        shown_path(call.operation).replace('`', "%60"),
    );
    if let Some(page) = &call.page_method {
        line.push_str(&format!(" One page: `{page}`."));
    }
    if let (Some(wait), Some(from)) = (&call.wait_method, &call.wait_from_method) {
        line.push_str(&format!(
            " Until its result is final: `{wait}`, and `{from}(ctx, token)`."
        ));
    }
    line
}
