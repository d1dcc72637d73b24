//! `api.md`: every method with its HTTP line, by resource.

use std::collections::{BTreeSet, HashSet};

use serde::Serialize;

use super::arguments::{Argument, Part, arguments};
use super::escape;
use super::facts;
use super::imports::Imports;
use super::operation::{self, Flavor};
use super::plan::{CallPlan, Plan, ResourcePlan};
use super::types::Place;
use crate::target::Context;

/// `api.md`
#[derive(Debug, Serialize)]
pub(super) struct ReferenceFile {
    /// `cargo xtask regen`
    command: String,
    /// `exai-sdk`
    package: String,
    /// Resources in the order of the client.
    sections: Vec<SectionView>,
}

/// A resource.
#[derive(Debug, Serialize)]
struct SectionView {
    /// `runs.nodes`; empty for the client itself.
    title: String,
    /// Its methods.
    methods: Vec<LineView>,
}

/// A method.
#[derive(Debug, Serialize)]
struct LineView {
    /// `exai.runs.start(*, plan_id, name=None) -> Run`
    call: String,
    /// `POST /runs`
    http: String,
    /// `Start a DAG`
    docs: String,
}

impl ReferenceFile {
    pub(super) fn new(cx: &Context<'_>, plan: &Plan<'_>) -> Self {
        let mut sections = Vec::new();
        section(
            plan,
            &plan.root,
            &cx.product.client.to_lowercase(),
            "",
            &mut sections,
        );
        Self {
            command: cx.command.to_owned(),
            package: cx.package.name.clone(),
            sections,
        }
    }
}

fn section(
    plan: &Plan<'_>,
    resource: &ResourcePlan<'_>,
    client: &str,
    title: &str,
    out: &mut Vec<SectionView>,
) {
    let prefix = if title.is_empty() {
        client.to_owned()
    } else {
        format!("{client}.{title}")
    };
    let methods: Vec<LineView> = resource
        .calls
        .iter()
        .flat_map(|call| lines(plan, call, &resource.module, &resource.taken))
        .map(|(call, http, docs)| LineView {
            call: format!("{prefix}.{call}"),
            http,
            docs,
        })
        .collect();
    if !methods.is_empty() {
        out.push(SectionView {
            title: title.to_owned(),
            methods,
        });
    }
    for child in &resource.children {
        let title = if title.is_empty() {
            child.accessor.clone()
        } else {
            format!("{title}.{}", child.accessor)
        };
        section(plan, child, client, &title, out);
    }
}

/// What `api.md` says of a call's methods: the call, its HTTP line, its summary.
fn lines(
    plan: &Plan<'_>,
    call: &CallPlan<'_>,
    module: &str,
    taken: &HashSet<String>,
) -> Vec<(String, String, String)> {
    let called = call.operation;
    let place = Place::beside_types(true, BTreeSet::new());
    let arguments = arguments(plan, called, &place, &mut Imports::default());
    let line = format!(
        "`{} {}`",
        called.method.as_str(),
        facts::template(called).replace('`', "%60")
    );
    let summary = escape::phrase(&called.docs);
    operation::methods(
        plan,
        call,
        module,
        taken,
        Flavor::Sync,
        &mut Imports::default(),
    )
    .into_iter()
    .map(|method| {
        let resumed = method.name == format!("{}_and_wait_from", call.method);
        let given = if resumed {
            "token".to_owned()
        } else {
            names_of(&arguments)
        };
        let returns = method
            .signature
            .rsplit_once(" -> ")
            .map_or("None", |(_, returns)| returns.trim_end_matches(':'));
        (
            format!("{}({given}) -> {returns}", method.name),
            line.clone(),
            if resumed {
                "Goes on with a wait for what this has begun.".to_owned()
            } else {
                summary.clone()
            },
        )
    })
    .collect()
}

/// `run_id, *, plan_id, name=None`
fn names_of(arguments: &[Argument<'_>]) -> String {
    let (positional, keyword): (Vec<&Argument<'_>>, Vec<&Argument<'_>>) = arguments
        .iter()
        .partition(|argument| matches!(argument.place, Part::Path | Part::Body));
    let mut out: Vec<String> = positional.iter().map(|a| a.name.clone()).collect();
    if !keyword.is_empty() {
        out.push("*".to_owned());
    }
    let (required, optional): (Vec<&Argument<'_>>, Vec<&Argument<'_>>) =
        keyword.into_iter().partition(|a| a.default.is_none());
    out.extend(required.iter().map(|a| a.name.clone()));
    out.extend(optional.iter().filter_map(|a| {
        let default = a.default.as_ref()?;
        Some(format!("{}={default}", a.name))
    }));
    out.join(", ")
}
