//! Calls as a user writes them: the first of the README, and those of the crate's own tests.

use serde::Serialize;

use super::called::{Called, Ways};
use crate::ir::{Shape, Type, TypeId};
use crate::layout::rustfmt::{self, Link};
use crate::sample::{self, Offers, Sample, Value};
use crate::target::rust_lang::{RustTypes, enum_, escape as rust};

/// What a README and tests show of an API.
#[derive(Debug, Serialize)]
pub(super) struct SampleView {
    /// The statements of the first call, the last one binding `result` where it gives something.
    call: Vec<String>,
    /// The same up to the call, and the call as what is matched: `client.runs().get("run-id").await`.
    before: Vec<String>,
    matched: String,
    /// Whether the first call gives something.
    gives: bool,
    /// `{Client, types}`, or `Client` alone.
    names: &'static str,
    /// The settings of a client in tests: `let builder = builder.api_key("test-token");`
    credentials: Vec<String>,
    /// One a call that is tried.
    cases: Vec<CaseView>,
    /// `{Client, types}`, or `Client` alone.
    case_names: &'static str,
}

/// A call that is tried.
#[derive(Debug, Serialize)]
struct CaseView {
    /// `"startRun"`
    id: String,
    /// `["let result = client.runs().get(\"run-id\").await?;"]`
    call: Vec<String>,
    /// Whether it gives something.
    gives: bool,
}

/// What is called, and what must be said before.
struct Made {
    /// `["let body = types::StartRun::new(\"plan-id\");"]`
    before: Vec<String>,
    /// From `client`.
    links: Vec<Link>,
}

impl SampleView {
    pub(super) fn new(called: &[Called<'_>], ways: &Ways, types: &RustTypes<'_>) -> Self {
        let api = types.api();
        let first = sample::first(api);
        let gives = first.as_ref().is_some_and(|one| one.answer.is_some());
        let first_call = first.as_ref();
        let first_call = first_call.and_then(|one| made(one, called, ways, types, 4));
        let gives = gives && first_call.is_some();
        let first_call = first_call.unwrap_or_else(unknown);
        let call = first_call.statements(4, gives);
        let mut cases = Vec::new();
        for one in sample::tested(api) {
            let gives = one.answer.is_some();
            cases.extend(made(&one, called, ways, types, 12).map(|made| CaseView {
                id: rust::wire(&one.operation.name),
                call: made.statements(12, gives),
                gives,
            }));
        }
        let tried: String = cases.iter().flat_map(|case| case.call.clone()).collect();
        Self {
            names: names(&call.concat()),
            call,
            matched: first_call.awaited(4, "match ", ".await {"),
            before: first_call.before,
            gives,
            credentials: credentials(types),
            case_names: names(&tried),
            cases,
        }
    }
}

/// What is imported from the crate.
fn names(code: &str) -> &'static str {
    match (code.contains("types::"), code.contains("Method::")) {
        (true, _) => "{Client, types}",
        (false, true) => "{Client, Method}",
        (false, false) => "Client",
    }
}

/// What can be called of every API.
fn unknown() -> Made {
    let arguments = ["Method::GET", "\"/\""].map(str::to_owned).to_vec();
    Made {
        before: Vec::new(),
        links: vec![("request".to_owned(), arguments)],
    }
}

impl Made {
    /// The call with what stands before and behind it: a chain of methods.
    fn awaited(&self, indent: usize, head: &str, tail: &str) -> String {
        let (mut line, mut lines) = ("client".to_owned(), format!("{head}client"));
        for (method, arguments) in &self.links {
            line.push_str(&format!(".{method}({})", arguments.join(", ")));
            let inner = indent + 4;
            let link = rustfmt::call(inner, &format!(".{method}"), arguments, "");
            lines.push_str(&format!("\n{}{link}", " ".repeat(inner)));
        }
        let short = self.links.iter().all(|(_, arguments)| {
            let arguments = arguments.join(", ");
            arguments.chars().count() <= 60
        });
        // rustfmt's `chain_width`, without what ends the statement.
        let width = line.chars().count() + tail.trim_end_matches([';', '{', ' ']).chars().count();
        if short && width <= 60 {
            return format!("{head}{line}{tail}");
        }
        match tail.strip_suffix(" {") {
            // The brace of a match on several lines stands alone.
            Some(tail) => {
                let pad = " ".repeat(indent);
                format!("{lines}\n{pad}    {tail}\n{pad}{{")
            }
            None => format!("{lines}\n{}{tail}", " ".repeat(indent + 4)),
        }
    }

    fn statements(&self, indent: usize, gives: bool) -> Vec<String> {
        let head = if gives { "let result = " } else { "" };
        let mut statements = self.before.clone();
        statements.push(self.awaited(indent, head, ".await?;"));
        statements
    }
}

/// A call with what it must be given; `None` where that is no plain expression.
fn made(
    sample: &Sample<'_>,
    called: &[Called<'_>],
    ways: &Ways,
    types: &RustTypes<'_>,
    indent: usize,
) -> Option<Made> {
    let operation = sample.operation;
    let called = called
        .iter()
        .find(|called| std::ptr::eq(called.operation, operation))?;
    let mut arguments = Vec::new();
    for (_, parameter) in &called.arguments {
        let mut all = operation.parameters.iter().zip(&sample.parameters);
        let (_, value) = all.find(|(one, _)| std::ptr::eq(*one, *parameter))?;
        arguments.push(written(types, value.as_ref()?, false)?);
    }
    let mut before = Vec::new();
    if let Some(Value::Record(id, values)) = &sample.body {
        let head = format!("let body = types::{}::new", types.name(*id));
        let given = fields(types, *id, values)?;
        before.push(rustfmt::call(indent, &head, &given, ";"));
        arguments.push("body".to_owned());
    }
    let way = ways.to(&called.holder).iter();
    let mut links: Vec<Link> = way.map(|name| (name.clone(), Vec::new())).collect();
    links.push((called.method.clone(), arguments));
    Some(Made { before, links })
}

/// The arguments of a record's `new`: what it does not write by itself.
fn fields(types: &RustTypes<'_>, id: TypeId, values: &[Option<Value<'_>>]) -> Option<Vec<String>> {
    let Shape::Record(record) = &types.api().types[id].shape else {
        return None;
    };
    let tag = types.tag(id).map(|(property, _)| property);
    let mut out = Vec::new();
    for (field, value) in record.fields.iter().zip(values) {
        let tagged = tag.is_some_and(|tag| tag == rust::wire(&field.name));
        let fixed = matches!(&field.ty, Type::Literal(value) if rust::literal(value).is_some());
        if let Some(value) = value.as_ref().filter(|_| !tagged && !fixed) {
            out.push(written(types, value, false)?);
        }
    }
    Some(out)
}

/// A value as an expression; `owned` where nothing converts it.
fn written(types: &RustTypes<'_>, value: &Value<'_>, owned: bool) -> Option<String> {
    let text = |literal: String| match owned {
        true => format!("{literal}.to_owned()"),
        false => literal,
    };
    Some(match value {
        Value::Boolean(value) => value.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Number(digits) => (*digits).to_owned(),
        Value::Text(value) => text(rust::quote(value)),
        Value::Date => "jiff::civil::date(2026, 1, 31)".to_owned(),
        Value::DateTime => "\"2026-01-31T12:00:00Z\".parse()?".to_owned(),
        Value::Constant(crate::ir::Literal::String(value)) => text(rust::string(value)),
        Value::Constant(literal) => rust::literal(literal)?,
        Value::Choice(id, index) => {
            let Shape::Enum(values) = &types.api().types[*id].shape else {
                return None;
            };
            let variants = enum_::variants(values);
            format!("types::{}::{}", types.name(*id), variants.get(*index)?)
        }
        Value::List(items) => {
            let items = items.iter().map(|item| written(types, item, true));
            format!("vec![{}]", items.collect::<Option<Vec<_>>>()?.join(", "))
        }
        Value::Record(id, values) => {
            let given = fields(types, *id, values)?.join(", ");
            // Longer ones are broken in ways that help nobody to see what a call is.
            let short = given.chars().count() <= 40;
            short.then(|| format!("types::{}::new({given})", types.name(*id)))?
        }
    })
}

/// The settings that give a client of tests its credentials.
fn credentials(types: &RustTypes<'_>) -> Vec<String> {
    let api = types.api();
    let token = Offers::new(api)
        .token
        .then(|| "let builder = builder.api_key(\"test-token\");".to_owned());
    let basic = api.security_schemes.iter();
    let basic = basic.filter(|scheme| scheme.kind == crate::ir::SecurityKind::Basic);
    let basic = basic.map(|scheme| {
        let arguments = [rust::wire(&scheme.name), "\"user:password\"".to_owned()];
        rustfmt::call(4, "let builder = builder.credential", &arguments, ";")
    });
    token.into_iter().chain(basic).collect()
}
