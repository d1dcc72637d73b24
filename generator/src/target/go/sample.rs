//! Calls as a user writes them: the first of the README, and those of the package's own tests.

use serde::Serialize;

use super::argument::{Argument, Role, arguments};
use super::escape;
use super::operation::{Answer, answer};
use super::params::Body;
use super::plan::{CallPlan, Plan, ServicePlan};
use super::record::{StructBody, fixed, rest};
use super::types::{Imports, qualified};
use crate::ir::{Name, OperationId, Place, Record, SecurityKind, Shape, Type};
use crate::sample::{self, Offers, Sample, Value};

/// What a README and tests show of an API.
#[derive(Debug, Serialize)]
pub(super) struct SampleView {
    /// `client := exai.NewClient()`
    make: String,
    /// `client.Runs.List(ctx, exai.RunListParams{})`
    call: String,
    /// Whether the first call gives something.
    gives: bool,
    /// Whether the first call says a time.
    times: bool,
    /// The options of a client in tests: `exai.WithAPIKey("test-token"),`
    credentials: Vec<String>,
    /// One a call that is tried.
    cases: Vec<CaseView>,
    /// Whether one of them says a time.
    case_times: bool,
}

/// A call that is tried.
#[derive(Debug, Serialize)]
struct CaseView {
    /// `"startRun"`
    id: String,
    /// `client.Runs.Start(ctx, exai.RunStartParams{PlanID: "plan-id"})`
    call: String,
    /// Whether it gives something.
    gives: bool,
}

/// Writes calls under the names of a package.
struct Writer<'p, 'a> {
    plan: &'p Plan<'a>,
    package: &'p str,
}

impl SampleView {
    pub(super) fn new(plan: &Plan<'_>, package: &str) -> Self {
        let writer = Writer { plan, package };
        let first = sample::first(plan.api);
        let gives = first.as_ref().is_some_and(|one| one.answer.is_some());
        let call = first.as_ref().and_then(|one| writer.call(one));
        let call =
            call.unwrap_or_else(|| "client.Request(ctx, \"GET\", \"/\", nil, nil)".to_owned());
        let mut cases = Vec::new();
        for sample in sample::tested(plan.api) {
            cases.extend(writer.call(&sample).map(|call| CaseView {
                id: escape::wire(&sample.operation.name),
                call,
                gives: sample.answer.is_some(),
            }));
        }
        let logins = writer.logins();
        let mut credentials: Vec<String> = Vec::new();
        if Offers::new(plan.api).token {
            credentials.push(format!("{package}.WithAPIKey(\"test-token\"),"));
        }
        credentials.extend(logins.iter().map(|login| format!("{login},")));
        Self {
            make: format!("client := {package}.NewClient()"),
            gives,
            times: call.contains("time."),
            call,
            credentials,
            case_times: cases.iter().any(|case| case.call.contains("time.")),
            cases,
        }
    }
}

impl Writer<'_, '_> {
    /// The options that give a user's name and password.
    fn logins(&self) -> Vec<String> {
        let schemes = self.plan.api.security_schemes.iter();
        let basic = schemes.filter(|scheme| scheme.kind == SecurityKind::Basic);
        basic
            .map(|scheme| {
                let name = escape::wire(&scheme.name);
                let package = self.package;
                let source = "func(context.Context) (string, error) {\n\t\t\t\
                              return \"user:password\", nil\n\t\t}";
                format!("{package}.WithCredential({name}, {source})")
            })
            .collect()
    }

    /// A call with what it must be given.
    fn call(&self, sample: &Sample<'_>) -> Option<String> {
        let plan = self.plan;
        let (service, call) = find(&plan.root, sample.id)?;
        let operation = sample.operation;
        let imports = &mut Imports::new();
        let body = Body::of(operation, plan.api, &plan.types, imports);
        let mut given = vec!["ctx".to_owned()];
        let params = call.params.as_deref();
        for Argument { ty, role, .. } in arguments(operation, &body, params, &plan.types, imports) {
            given.push(match role {
                Role::Path(name) => self.path(sample, name)?,
                Role::Body => "nil".to_owned(),
                Role::Params => format!(
                    "{}{{{}}}",
                    qualified(&ty, self.package),
                    self.params(sample, &body)?.join(", ")
                ),
            });
        }
        let holder = service.holder();
        // An answer that is no value of its own is nothing to look at.
        let plain = matches!(
            answer(operation, &plan.types, &mut Imports::new()),
            Answer::Json(_) | Answer::Empty
        );
        let text = format!("{holder}.{}({})", call.method, given.join(", "));
        plain.then_some(text)
    }

    /// The value of a path's parameter.
    fn path(&self, sample: &Sample<'_>, name: &Name) -> Option<String> {
        let mut all = sample.operation.parameters.iter().zip(&sample.parameters);
        let (parameter, value) =
            all.find(|(one, _)| one.place == Place::Path && one.name == *name)?;
        self.written(&parameter.ty, value.as_ref()?)
    }

    /// The fields of a call's parameters, under the names that the struct gives them.
    fn params(&self, sample: &Sample<'_>, body: &Body<'_>) -> Option<Vec<String>> {
        let mut names = StructBody::new();
        let mut fields = Vec::new();
        if let Body::Flat(_, record, _) = body {
            let values = match &sample.body {
                Some(Value::Record(_, values)) => values.as_slice(),
                _ => &[],
            };
            fields.extend(self.fields(record, values, &mut names, true)?);
            rest(
                &mut names,
                record,
                false,
                &self.plan.types,
                &mut Imports::new(),
            );
        }
        let all = sample.operation.parameters.iter().zip(&sample.parameters);
        for (parameter, value) in all.filter(|(p, _)| p.place != Place::Path) {
            let name = names.name(parameter.name.words());
            if let Some(value) = value {
                fields.push(format!("{name}: {}", self.written(&parameter.ty, value)?));
            }
        }
        Some(fields)
    }

    /// `PlanID: "plan-id"`; what is fixed is written by itself, and has a name among parameters
    /// alone.
    fn fields(
        &self,
        record: &Record,
        values: &[Option<Value<'_>>],
        names: &mut StructBody,
        all_named: bool,
    ) -> Option<Vec<String>> {
        let mut fields = Vec::new();
        for (index, field) in record.fields.iter().enumerate() {
            let fixed = fixed(field).is_some();
            if fixed && !all_named {
                continue;
            }
            let name = names.name(field.name.words());
            let value = values.get(index).and_then(Option::as_ref);
            if let Some(value) = value.filter(|_| !fixed) {
                fields.push(format!("{name}: {}", self.written(&field.ty, value)?));
            }
        }
        Some(fields)
    }

    /// A value as an expression.
    fn written(&self, ty: &Type, value: &Value<'_>) -> Option<String> {
        let (plan, package) = (self.plan, self.package);
        Some(match value {
            Value::Boolean(value) => value.to_string(),
            Value::Integer(number) => number.to_string(),
            Value::Number(digits) => (*digits).to_owned(),
            Value::Text(text) => escape::quote(text),
            Value::Date => "\"2026-01-31\"".to_owned(),
            Value::DateTime => {
                "time.Date(2026, time.January, 31, 12, 0, 0, 0, time.UTC)".to_owned()
            }
            Value::Constant(literal) => match literal {
                crate::ir::Literal::String(text) => escape::string(text),
                crate::ir::Literal::Boolean(value) => value.to_string(),
                _ => return None,
            },
            Value::Choice(id, index) => {
                let constant = plan.constants.get(id)?.get(*index)?;
                format!("{package}.{constant}")
            }
            Value::List(items) => {
                let Type::List(item) = plan.api.types.resolve(ty) else {
                    return None;
                };
                let head = qualified(&plan.types.expression(ty, &mut Imports::new()), package);
                let items = items.iter().map(|value| self.written(item, value));
                let items: Vec<String> = items.collect::<Option<_>>()?;
                format!("{head}{{{}}}", items.join(", "))
            }
            Value::Record(id, values) => {
                let Shape::Record(record) = &plan.api.types[*id].shape else {
                    return None;
                };
                let fields = self.fields(record, values, &mut StructBody::new(), false)?;
                format!(
                    "{package}.{}{{{}}}",
                    plan.types.name(*id),
                    fields.join(", ")
                )
            }
        })
    }
}

/// A call of the tree, and what holds it.
fn find<'s, 'a>(
    service: &'s ServicePlan<'a>,
    id: OperationId,
) -> Option<(&'s ServicePlan<'a>, &'s CallPlan<'a>)> {
    let call = service.calls.iter().find(|call| call.id == id);
    let own = call.map(|call| (service, call));
    own.or_else(|| service.children.iter().find_map(|child| find(child, id)))
}
