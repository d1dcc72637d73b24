//! An operation: its facts, the method that calls it, and the setters of what is optional.

use serde::Serialize;

use super::called::Called;
use super::facts::Facts;
use super::former::{called_as, deprecated};
use super::long_running::{Modules, WaitView};
use super::names;
use super::parameter::{argument, encode};
use crate::ir::{
    Content, Operation, OperationId, Parameter, Payload, Place, Shape, Stream, Tagging, Type,
};
use crate::layout::rustfmt::{self, Link};
use crate::target::rust_lang::escape as rust;
use crate::target::rust_lang::imports::Imports;
use crate::target::rust_lang::names::{Scope, pascal, snake};
use crate::target::rust_lang::{From, RustTypes};

/// One operation of a resource.
#[derive(Debug, Serialize)]
pub(super) struct OperationView {
    /// `["    /// Start a DAG."]`
    pub(super) docs: Vec<String>,
    /// `"by the API"`, or what is called instead of a former name; empty for what may be called.
    pub(super) deprecated: String,
    /// True where clippy would count too many arguments, each of which is required.
    pub(super) many: bool,
    /// `pub fn start(&self, body: types::StartRun) -> Call<Json<types::Run>> {`
    pub(super) signature: String,
    /// `Call::new(self.core, &START_RUN).json_body("application/json", &body)`
    pub(super) expression: String,
    /// `START_RUN`
    pub(super) fact: String,
    /// `["name: \"startRun\",", "verb: Verb::Post,", "path: \"/runs\",", "keyed: true,"]`
    pub(super) facts: Vec<String>,
    /// What is optional; `None` where nothing is.
    pub(super) options: Option<OptionsView>,
    /// False for a former place of a method: what is optional is said at the present one.
    pub(super) says_options: bool,
}

/// The setters of an operation's optional parameters.
#[derive(Debug, Serialize)]
pub(super) struct OptionsView {
    /// `ListRuns`
    pub(super) marker: String,
    /// `Runs::list`
    pub(super) method: String,
    /// `Call<Paged<types::Run>, ListRuns>`
    pub(super) call: String,
    /// One a parameter.
    pub(super) setters: Vec<SetterView>,
    /// The method that waits for a result, where the answer is only its promise.
    pub(super) wait: Option<WaitView>,
}

/// The setter of an optional parameter or body.
#[derive(Debug, Serialize)]
pub(super) struct SetterView {
    /// `["    /// At most so many items a page."]`
    pub(super) docs: Vec<String>,
    /// `limit`
    pub(super) method: String,
    /// `pub fn limit(self, value: i64) -> Self {`
    pub(super) signature: String,
    /// `self.query_param("limit", value)`
    pub(super) expression: String,
}

/// What the making of operations reads and adds to.
pub(super) struct Calls<'a, 't> {
    pub(super) types: &'t RustTypes<'a>,
    pub(super) facts: &'t Facts,
    /// Names of the module `resources`.
    pub(super) module: &'t mut Scope,
    pub(super) imports: &'t mut Imports,
    /// Where the facts of each operation stand, and where those being made do.
    pub(super) modules: &'t Modules,
    pub(super) here: String,
    /// How a method reaches the core of its client: `self.core`.
    pub(super) core: &'static str,
    /// What has been made until now.
    pub(super) called: Vec<Called<'a>>,
}

impl OperationView {
    /// `resource` is the type that holds the method, `method` its allocated name.
    pub(super) fn new<'a>(
        id: OperationId,
        resource: &str,
        method: &str,
        cx: &mut Calls<'a, '_>,
    ) -> Self {
        let operation = &cx.types.api().operations[id];
        let answer = answer(operation, cx);
        let (required, optional): (Vec<&'a Parameter>, Vec<&'a Parameter>) = operation
            .parameters
            .iter()
            .partition(|parameter| parameter.required);

        let mut scope = Scope::with(&["self", "body"]);
        let mut arguments: Vec<(String, &'a Parameter)> = Vec::new();
        let mut parameters = vec!["&self".to_owned()];
        let mut links: Vec<Link> = Vec::new();
        for parameter in required {
            let name = scope.take(snake(parameter.name.words()), "_param");
            let (ty, value) = argument(&parameter.ty, &name, cx.types);
            cx.imports.expression(&ty);
            parameters.push(format!("{name}: {ty}"));
            links.push(encode(parameter, value, cx.imports));
            arguments.push((name, parameter));
        }
        let body = operation.body.first();
        if let Some(content) = body.filter(|_| operation.body_required) {
            let (ty, link) = body_of(content, "body", cx);
            parameters.push(format!("body: {ty}"));
            links.push(link);
        }

        let optional_body = body.filter(|_| !operation.body_required);
        let wait = WaitView::new(id, cx);
        let has_options = !optional.is_empty() || optional_body.is_some() || wait.is_some();
        let options = has_options.then(|| {
            let marker = match called_as(operation, cx.types.api()) {
                Some(now) => {
                    let marker = pascal(now.name.words());
                    cx.imports.take("crate::generated::resources", &marker);
                    marker
                }
                None => cx.module.take(pascal(operation.name.words()), "Options"),
            };
            OptionsView {
                call: format!("Call<{answer}, {marker}>"),
                method: format!("{resource}::{}", method.trim_start_matches("r#")),
                setters: setters(operation, &optional, optional_body, cx),
                marker,
                wait,
            }
        });
        let result = match &options {
            Some(options) => options.call.clone(),
            None => format!("Call<{answer}>"),
        };
        cx.imports.runtime("Call");
        cx.imports.runtime("Operation");
        cx.imports.runtime("Verb");
        let fact = cx.types.fact(id).to_owned();
        let root = format!("Call::new({}, &{fact})", cx.core);
        let fallback = format!("{} {}", operation.method.as_str(), rust::path(operation));
        let fallback = format!("`{}`", fallback.replace(['"', '`'], ""));
        let setters = options.iter().flat_map(|options| &options.setters);
        let names = setters.skip(usize::from(optional_body.is_some()));
        let setters = names.map(|setter| setter.method.clone()).zip(optional);
        cx.called.push(Called {
            operation,
            holder: resource.to_owned(),
            method: method.to_owned(),
            arguments: arguments.clone(),
            setters: setters.collect(),
            answer,
            result: options
                .as_ref()
                .and_then(|options| Some(options.wait.as_ref()?.result.clone())),
            resumed: None,
            fact: fact.clone(),
            module: cx.here.clone(),
        });
        Self {
            docs: rust::method_docs(operation, false, &arguments, &fallback),
            deprecated: deprecated(operation, cx.types.api()),
            many: parameters.len() > 7,
            signature: rustfmt::signature(
                4,
                &format!("pub fn {method}"),
                &parameters,
                &format!(" -> {result} {{"),
            ),
            expression: rustfmt::chain(8, &root, &links),
            facts: facts(operation, cx),
            fact,
            says_options: options.is_some() && called_as(operation, cx.types.api()).is_none(),
            options,
        }
    }
}

/// Names the methods that go on with waits, once all other methods of the type have theirs.
pub(super) fn resumptions(
    operations: &mut [OperationView],
    methods: &mut Scope,
    cx: &mut Calls<'_, '_>,
) {
    let first = cx.called.len() - operations.len();
    for (operation, called) in operations.iter_mut().zip(&mut cx.called[first..]) {
        let wait = operation.options.as_mut().and_then(|o| o.wait.as_mut());
        let Some(wait) = wait else { continue };
        let wanted = format!("{}_wait_from", called.method.trim_start_matches("r#"));
        let name = methods.take(wanted, "_call");
        wait.resume(&called.method, &name, cx.core);
        called.resumed = Some(name);
    }
}

/// The type of the JSON that a call gives, where it gives one value of JSON.
pub(super) fn json_answer(operation: &Operation) -> Option<&Type> {
    let content = operation.success()?.contents.first()?;
    match &content.payload {
        Payload::Json(ty) if operation.page.is_none() => Some(ty),
        _ => None,
    }
}

/// The marker of what a call gives: `Json<types::Run>`.
fn answer(operation: &Operation, cx: &mut Calls<'_, '_>) -> String {
    let expression = |ty: &Type| cx.types.expression(ty, From::Outside);
    let (name, item) = if let Some(page) = &operation.page {
        ("Paged", Some(expression(&page.item)))
    } else {
        let content = operation
            .success()
            .and_then(|response| response.contents.first());
        match content.map(|content| &content.payload) {
            None => ("Empty", None),
            Some(Payload::Json(ty)) => ("Json", Some(expression(ty))),
            Some(Payload::Events(stream)) => ("Events", Some(expression(&stream.item))),
            Some(Payload::Lines(stream)) => ("Lines", Some(expression(&stream.item))),
            Some(Payload::Text | Payload::Form { .. }) => ("Text", None),
            Some(Payload::Binary | Payload::Multipart { .. }) => ("Binary", None),
        }
    };
    cx.imports.runtime(name);
    match item {
        Some(item) => {
            cx.imports.expression(&item);
            format!("{name}<{item}>")
        }
        None => name.to_owned(),
    }
}

/// The argument type of a body, and the link that sends it.
fn body_of(content: &Content, name: &str, cx: &mut Calls<'_, '_>) -> (String, Link) {
    let media_type = rust::string(&content.sent_media_type());
    match &content.payload {
        Payload::Json(ty) => {
            let ty = cx.types.expression(ty, From::Outside);
            cx.imports.expression(&ty);
            (
                ty,
                ("json_body".to_owned(), vec![media_type, format!("&{name}")]),
            )
        }
        Payload::Form { record, fields } => {
            let ty = cx.types.expression(&Type::Named(*record), From::Outside);
            cx.imports.expression(&ty);
            let styles: Vec<String> = fields
                .iter()
                .filter_map(|field| super::parameter::form_style(field, cx.imports))
                .collect();
            let styles = format!("&[{}]", styles.join(", "));
            (
                ty,
                ("form_body".to_owned(), vec![format!("&{name}"), styles]),
            )
        }
        Payload::Multipart { record, .. } => {
            let ty = format!("types::{}", cx.types.form(*record));
            cx.imports.expression(&ty);
            (ty, ("multipart_body".to_owned(), vec![name.to_owned()]))
        }
        Payload::Text | Payload::Binary | Payload::Events(_) | Payload::Lines(_) => {
            cx.imports.runtime("Body");
            let ty = "impl Into<Body>".to_owned();
            (
                ty,
                ("raw_body".to_owned(), vec![media_type, name.to_owned()]),
            )
        }
    }
}

fn setters(
    operation: &Operation,
    optional: &[&Parameter],
    body: Option<&Content>,
    cx: &mut Calls<'_, '_>,
) -> Vec<SetterView> {
    let mut scope = Scope::with(names::CALL);
    let mut views: Vec<SetterView> = Vec::new();
    if let Some(content) = body {
        let (ty, (method, arguments)) = body_of(content, "body", cx);
        let parameters = ["self".to_owned(), format!("body: {ty}")];
        views.push(SetterView {
            method: "body".to_owned(),
            docs: rust::doc_comment(
                4,
                &operation.body_docs,
                false,
                "The body, which may be left out.",
            ),
            signature: rustfmt::signature(4, "pub fn body", &parameters, " -> Self {"),
            expression: rustfmt::chain(8, "self", &[(method, arguments)]),
        });
    }
    for parameter in optional {
        let name = scope.take(snake(parameter.name.words()), "_param");
        let (ty, value) = argument(&parameter.ty, "value", cx.types);
        let parameters = ["self".to_owned(), format!("value: {ty}")];
        let link = encode(parameter, value, cx.imports);
        cx.imports.expression(&ty);
        let fallback = rust::code_span(parameter.name.wire());
        views.push(SetterView {
            docs: rust::doc_comment(4, &parameter.docs, parameter.deprecated, &fallback),
            signature: rustfmt::signature(4, &format!("pub fn {name}"), &parameters, " -> Self {"),
            expression: rustfmt::chain(8, "self", &[link]),
            method: name,
        });
    }
    views
}

/// What the operation differs from the default by.
fn facts(operation: &Operation, cx: &mut Calls<'_, '_>) -> Vec<String> {
    let mut facts = vec![
        rustfmt::assign(4, "name:", &rust::wire(&operation.name), ","),
        format!("verb: Verb::{},", super::facts::verb(&operation.method)),
        rustfmt::assign(4, "path:", &rust::path(operation), ","),
    ];
    if let Some(server) = operation.servers.first() {
        let server = format!("Some({})", rust::string(&server.by_default()));
        facts.push(rustfmt::assign(4, "server:", &server, ","));
    }
    if operation.idempotency.is_some() {
        facts.push("keyed: true,".to_owned());
    }
    let content = operation
        .success()
        .and_then(|response| response.contents.first());
    if let Some(content) = content
        && rust::string(&content.media_type) != "\"application/json\""
    {
        let accept = rust::string(&content.media_type);
        facts.push(rustfmt::assign(4, "accept:", &accept, ","));
    }
    if let Some(security) = cx.facts.own_security(operation) {
        cx.imports.runtime("Security");
        facts.push(format!("security: {security},"));
    }
    if let Some(pagination) = cx.facts.pagination(operation) {
        cx.imports.take("crate::generated::api", pagination);
        facts.push(format!("pagination: Some(&{pagination}),"));
    }
    let payload = content.map(|content| &content.payload);
    if let Some(Payload::Events(stream) | Payload::Lines(stream)) = payload {
        facts.extend(terminal(stream, cx));
    }
    facts
}

/// The end of a stream, where its items have a tag and some tags are the last.
fn terminal(stream: &Stream, cx: &mut Calls<'_, '_>) -> Option<String> {
    let Type::Named(id) = cx.types.api().types.resolve(&stream.item) else {
        return None;
    };
    let Shape::Union(union) = &cx.types.api().types[*id].shape else {
        return None;
    };
    let Tagging::Property(property) = &union.tagging else {
        return None;
    };
    if stream.terminal.is_empty() {
        return None;
    }
    cx.imports.runtime("Terminal");
    let values: Vec<String> = stream.terminal.iter().map(rust::string).collect();
    let fields = [
        format!("property: {}", rust::wire(property)),
        rustfmt::array(8, "values: &", &values, ""),
    ];
    let literal = rustfmt::struct_literal(4, "Terminal", &fields, "");
    Some(format!("terminal: Some({literal}),"))
}

/// Where a parameter goes, as the runtime's methods are called.
pub(super) fn place(place: Place) -> &'static str {
    match place {
        Place::Path => "path_param",
        Place::Query => "query_param",
        Place::Header => "header_param",
        Place::Cookie => "cookie_param",
    }
}
