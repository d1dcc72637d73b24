//! Calls as a user writes them: the first of the README, and those of the package's own tests.

use serde::Serialize;

use super::body::whole_body;
use super::escape;
use super::operation::path_parameters;
use super::plan::Plan;
use crate::ir::{Api, Name, Place, SecurityKind, Shape};
use crate::layout::biome::{self, Value};
use crate::sample::{self, Offers, Sample};

/// What a README and tests show of an API.
#[derive(Debug, Serialize)]
pub(super) struct SampleView {
    /// `const client = new Exai();`
    make: String,
    /// The same with credentials of a test, behind `return`: what follows the base URL.
    credentials: Vec<String>,
    /// `const result = await client.runs.list();`
    call: String,
    /// `await client.runs.list({}, { timeout: 10_000 });`, in a block.
    guarded: String,
    /// Whether the first call gives something.
    gives: bool,
    /// One a call that is tried.
    cases: Vec<CaseView>,
}

/// A call that is tried.
#[derive(Debug, Serialize)]
struct CaseView {
    /// `"startRun"`
    id: String,
    /// `return await client.runs.start({ plan_id: "plan-id" });`
    call: String,
}

impl SampleView {
    pub(super) fn new(plan: &Plan<'_>) -> Self {
        let class = &plan.root.class;
        let first = sample::first(plan.api);
        let gives = first.as_ref().is_none_or(|sample| sample.answer.is_some());
        let (head, arguments) = first.as_ref().map_or_else(unknown, |one| call(plan, one));
        let basic = basic(plan.api);
        let options = match Offers::new(plan.api).token {
            false if !basic.is_empty() => vec![member("credentials", logins(&basic))],
            _ => Vec::new(),
        };
        let made = Value::Object(options.clone());
        let made: Vec<Value> = [made].into_iter().filter(|_| !options.is_empty()).collect();
        let binding = if gives { "const result = " } else { "" };
        Self {
            make: biome::hugging(0, &format!("const client = new {class}"), &made, ";"),
            credentials: credentials(plan.api),
            call: biome::hugging(0, &format!("{binding}await {head}"), &arguments, ";"),
            guarded: biome::hugging(2, &format!("await {head}"), &arguments, ";"),
            gives,
            cases: sample::tested(plan.api)
                .iter()
                .map(|sample| {
                    let (head, arguments) = call(plan, sample);
                    let head = format!("return await {head}");
                    CaseView {
                        id: escape::wire(&sample.operation.name),
                        call: biome::hugging(6, &head, &arguments, ";"),
                    }
                })
                .collect(),
        }
    }
}

/// What can be called of every API.
fn unknown() -> (String, Vec<Value>) {
    let members = vec![
        member("method", Value::code("\"GET\"")),
        member("path", Value::code("\"/\"")),
    ];
    ("client.request".to_owned(), vec![Value::Object(members)])
}

fn member(name: &str, value: Value) -> (String, Value) {
    (name.to_owned(), value)
}

/// What is called, and with what.
fn call(plan: &Plan<'_>, sample: &Sample<'_>) -> (String, Vec<Value>) {
    let call = &plan.calls[&sample.id];
    let operation = sample.operation;
    let named = |name: &Name, place: Place| {
        let mut all = operation.parameters.iter().zip(&sample.parameters);
        let found = all.find(|(known, _)| known.place == place && known.name == *name);
        found.and_then(|(_, value)| value.as_ref())
    };
    let mut arguments: Vec<Value> = path_parameters(operation)
        .filter_map(|parameter| named(&parameter.name, Place::Path))
        .map(|value| written(plan.api, value))
        .collect();
    let mut members = match &sample.body {
        Some(body) => match written(plan.api, body) {
            Value::Object(members) => members,
            _ => Vec::new(),
        },
        None => Vec::new(),
    };
    for property in &call.params.properties {
        if let Some(value) = &sample.parameters[property.index] {
            let key = property.key(&operation.parameters[property.index]);
            members.push((key, written(plan.api, value)));
        }
    }
    if call.params.is_taken() && call.params.is_required(operation) {
        if whole_body(operation, &plan.types).is_some() {
            arguments.push(Value::code("undefined"));
        }
        arguments.push(Value::Object(members));
    }
    (format!("client.{}", call.shown), arguments)
}

/// A value as an expression.
fn written(api: &Api, value: &sample::Value<'_>) -> Value {
    Value::code(match value {
        sample::Value::Boolean(value) => value.to_string(),
        sample::Value::Integer(number) => number.to_string(),
        sample::Value::Number(digits) => (*digits).to_owned(),
        sample::Value::Text(text) => escape::quote(text),
        sample::Value::Date => "\"2026-01-31\"".to_owned(),
        sample::Value::DateTime => "\"2026-01-31T12:00:00Z\"".to_owned(),
        sample::Value::Constant(literal) => escape::literal(literal),
        sample::Value::Choice(id, index) => match &api.types[*id].shape {
            Shape::Enum(values) => escape::literal(&values.values[*index].value),
            _ => String::new(),
        },
        sample::Value::List(items) => {
            return Value::Array(items.iter().map(|item| written(api, item)).collect());
        }
        sample::Value::Record(id, values) => {
            let Shape::Record(record) = &api.types[*id].shape else {
                return Value::Object(Vec::new());
            };
            let fields = record.fields.iter().zip(values);
            let given = fields.filter_map(|(field, value)| Some((field, value.as_ref()?)));
            let members =
                given.map(|(field, value)| (escape::object_key(&field.name), written(api, value)));
            return Value::Object(members.collect());
        }
    })
}

/// The schemes that want a user's name and password.
fn basic(api: &Api) -> Vec<&Name> {
    let schemes = api.security_schemes.iter();
    let basic = schemes.filter(|scheme| scheme.kind == SecurityKind::Basic);
    basic.map(|scheme| &scheme.name).collect()
}

/// `{ login: { username: "user", password: "password" } }`
fn logins(schemes: &[&Name]) -> Value {
    let login = Value::Object(vec![
        member("username", Value::code("\"user\"")),
        member("password", Value::code("\"password\"")),
    ]);
    let schemes = schemes.iter();
    let logins = schemes.map(|name| (escape::object_key(name), login.clone()));
    Value::Object(logins.collect())
}

/// The credentials of a client in tests, a member of its options each.
fn credentials(api: &Api) -> Vec<String> {
    let mut out = Vec::new();
    if Offers::new(api).token {
        out.push("apiKey: \"test-token\",".to_owned());
    }
    let basic = basic(api);
    if !basic.is_empty() {
        out.push(format!("credentials: {},", logins(&basic).behind(6, 13, 1)));
    }
    out
}
