//! Calls as a user writes them: the first of the README, and those of the package's own tests.

use std::collections::BTreeSet;

use serde::Serialize;

use super::arguments::{Argument, Part, arguments};
use super::escape;
use super::imports::Imports;
use super::plan::{Plan, ResourcePlan};
use super::security::Security;
use super::types::Place;
use crate::ir::{Api, OperationId, Place as In, Shape};
use crate::layout::ruff::{self, Doc};
use crate::sample::{self, Sample, Value};

/// What a README and tests show of an API.
#[derive(Debug, Serialize)]
pub(super) struct SampleView {
    /// `with Exai() as client:`
    make: String,
    /// `result = client.runs.list()`
    call: String,
    /// `client.runs.list()`, in a block.
    guarded: String,
    /// Whether the first call gives something.
    gives: bool,
    /// `import datetime as dt`: whether the first call says a time.
    times: bool,
    /// `Exai, types`: what the first call takes from the package.
    names: String,
    /// `Exai, StatusError, types`: the same, where errors are caught.
    error_names: String,
    /// The same of all calls that are tried.
    case_times: bool,
    /// `Exai, StatusError`: what tests take from the package.
    case_names: String,
    /// The credentials of a client in tests: `api_key="test-token",`
    credentials: Vec<String>,
    /// One a call that is tried.
    cases: Vec<CaseView>,
}

/// A call that is tried.
#[derive(Debug, Serialize)]
struct CaseView {
    /// `"startRun"`
    id: String,
    /// `return client.runs.start(plan_id="plan-id")`
    call: String,
    /// Whether it gives something.
    gives: bool,
}

impl SampleView {
    pub(super) fn new(plan: &Plan<'_>, security: &Security, client: &str) -> Self {
        let first = sample::first(plan.api);
        let gives = first.as_ref().is_none_or(|sample| sample.answer.is_some());
        let made = first.as_ref().map_or_else(unknown, |one| call(plan, one));
        let token = security.credentials.iter().any(|one| !one.basic);
        let basic = security.credentials.iter().find(|one| one.basic);
        let user = basic.filter(|_| !token).map(|one| login(&one.name));
        let cases: Vec<(Sample<'_>, Doc)> = sample::tested(plan.api)
            .into_iter()
            .map(|sample| (sample.clone(), call(plan, &sample)))
            .collect();
        let all: String = cases.iter().map(|(_, call)| call.flat()).collect();
        let flat = made.flat();
        Self {
            make: Doc::call(&format!("with {client}"), user.into_iter().collect()).flat()
                + " as client:",
            call: ruff::statement(4, if gives { "result = " } else { "" }, &made, ""),
            guarded: ruff::statement(8, "", &made, ""),
            gives,
            times: flat.contains("dt."),
            names: names(client, &[], &flat),
            error_names: names(client, &["StatusError"], &flat),
            case_times: all.contains("dt."),
            case_names: names(client, &["Model", "StatusError"], &all),
            credentials: security
                .credentials
                .iter()
                .map(|one| match one.basic {
                    true => login(&one.name).flat() + ",",
                    false => format!("{}=\"test-token\",", one.name),
                })
                .collect(),
            cases: cases
                .iter()
                .map(|(sample, call)| {
                    let gives = sample.answer.is_some();
                    CaseView {
                        id: escape::wire(&sample.operation.name),
                        call: ruff::statement(12, if gives { "return " } else { "" }, call, ""),
                        gives,
                    }
                })
                .collect(),
        }
    }
}

/// `basic_auth=("user", "password")`
fn login(name: &str) -> Doc {
    Doc::text(format!("{name}=(\"user\", \"password\")"))
}

/// What is imported from the package, in isort's order.
fn names(client: &str, more: &[&str], code: &str) -> String {
    let mut names = vec![client.to_owned()];
    names.extend(more.iter().map(|&name| name.to_owned()));
    if code.contains("types.") {
        names.push("types".to_owned());
    }
    super::imports::sorted(names.into_iter()).join(", ")
}

/// What can be called of every API.
fn unknown() -> Doc {
    Doc::call(
        "client.request",
        vec![Doc::text("\"GET\""), Doc::text("\"/\"")],
    )
}

/// A call with what it must be given.
fn call(plan: &Plan<'_>, sample: &Sample<'_>) -> Doc {
    let operation = sample.operation;
    let place = Place::beside_types(true, BTreeSet::new());
    let all = arguments(plan, operation, &place, &mut Imports::default());
    let given = |argument: &Argument| -> Option<Doc> {
        if argument.default.is_some() {
            return None;
        }
        let value = match (argument.place, &sample.body) {
            (Part::Property, Some(Value::Record(id, values))) => {
                let attributes = plan.attributes(*id).iter().zip(values);
                let mut found = attributes.filter(|(name, _)| **name == argument.wire);
                found.next()?.1.as_ref()?
            }
            (part, _) => {
                let wanted = match part {
                    Part::Path => In::Path,
                    Part::Query => In::Query,
                    Part::Header => In::Header,
                    Part::Cookie => In::Cookie,
                    Part::Property | Part::Body => return None,
                };
                let all = operation.parameters.iter().zip(&sample.parameters);
                let mut found = all.filter(|(parameter, _)| {
                    parameter.place == wanted && escape::wire(&parameter.name) == argument.wire
                });
                found.next()?.1.as_ref()?
            }
        };
        let value = written(plan, value);
        Some(match argument.place {
            Part::Path => value,
            _ => Doc::keyword(&argument.name, value),
        })
    };
    let items = all.iter().filter_map(given).collect();
    let method = way(&plan.root, sample.id, "client").unwrap_or_default();
    Doc::call(&method, items)
}

/// `client.runs.start`
fn way(resource: &ResourcePlan<'_>, id: OperationId, holder: &str) -> Option<String> {
    let mut calls = resource.resource.calls.iter().zip(&resource.calls);
    if let Some((_, call)) = calls.find(|(call, _)| call.operation == id) {
        return Some(format!("{holder}.{}", call.method));
    }
    let mut children = resource.children.iter();
    children.find_map(|child| way(child, id, &format!("{holder}.{}", child.accessor)))
}

/// A value as an expression.
fn written(plan: &Plan<'_>, value: &Value<'_>) -> Doc {
    let api: &Api = plan.api;
    Doc::text(match value {
        Value::Boolean(true) => "True".to_owned(),
        Value::Boolean(false) => "False".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Number(digits) => (*digits).to_owned(),
        Value::Text(text) => escape::quote(text),
        Value::Date => "dt.date(2026, 1, 31)".to_owned(),
        Value::DateTime => "dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC)".to_owned(),
        Value::Constant(literal) => escape::literal(literal).unwrap_or_default(),
        Value::Choice(id, index) => match &api.types[*id].shape {
            Shape::Enum(values) => escape::literal(&values.values[*index].value),
            _ => None,
        }
        .unwrap_or_default(),
        Value::List(items) => {
            return Doc::Brackets {
                open: "[".to_owned(),
                items: items.iter().map(|item| written(plan, item)).collect(),
                close: "]".to_owned(),
                atom: true,
            };
        }
        Value::Record(id, values) => {
            let Shape::Record(record) = &api.types[*id].shape else {
                return Doc::text("");
            };
            let fields = record.fields.iter().zip(plan.attributes(*id)).zip(values);
            let items = fields.filter_map(|((field, attribute), value)| {
                let value = value.as_ref()?;
                // Constants, and the tags of variants, are there by themselves.
                let constant = matches!(value, Value::Constant(_));
                let fixed = constant || plan.tags().of_field(*id, field).is_some();
                (!fixed).then(|| Doc::keyword(attribute, written(plan, value)))
            });
            return Doc::call(&format!("types.{}", plan.type_name(*id)), items.collect());
        }
    })
}
