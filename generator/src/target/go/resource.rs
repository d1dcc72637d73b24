//! A resource: a service struct with its children and its methods.

use serde::Serialize;

use super::escape;
use super::operation::{FactsView, MethodView, Named};
use super::params::{Body, ParamsView};
use super::plan::{CallPlan, Plan, ServicePlan};
use super::record::indented;
use super::types::Imports;
use crate::layout::go_align::{Row, align, align_literal};

/// A service: `client.Runs`.
#[derive(Debug, Serialize)]
pub(super) struct ServiceView {
    /// `// RunsService calls the operations of runs.`
    pub(super) docs: String,
    /// `RunsService`
    pub(super) name: String,
    /// The struct's body: `Checkpoints *RunsCheckpointsService` and so on.
    pub(super) fields: String,
    /// The constructor's literal: `Checkpoints: newRunsCheckpointsService(t),`; empty where
    /// there is only the transport.
    pub(super) literal: String,
    /// Its methods, in the document's order.
    pub(super) methods: Vec<MethodView>,
}

/// A top-level resource and those below it: one file of methods, one of parameters.
pub(super) struct ResourceFiles {
    pub(super) services: Vec<ServiceView>,
    pub(super) facts: Vec<FactsView>,
    pub(super) params: Vec<ParamsView>,
    pub(super) imports: Imports,
    pub(super) params_imports: Imports,
}

impl ResourceFiles {
    pub(super) fn new(plan: &Plan<'_>, service: &ServicePlan<'_>) -> Self {
        let mut files = Self::calls_of(plan, service);
        for child in &service.children {
            files.add(Self::new(plan, child));
        }
        files
    }

    /// The service alone, without those below it.
    pub(super) fn calls_of(plan: &Plan<'_>, service: &ServicePlan<'_>) -> Self {
        let mut imports = Imports::new();
        let mut params_imports = Imports::new();
        let mut methods = Vec::new();
        let mut facts = Vec::new();
        let mut params = Vec::new();
        for call in &service.calls {
            let named = named(plan, service, call);
            methods.extend(named.methods(plan.api, &plan.types, &mut imports));
            facts.push(named.facts(plan.api, &plan.types));
            facts.extend(named.wait_shape(plan.api));
            if let Some(name) = &call.params {
                let body = Body::of(call.operation, plan.api, &plan.types, &mut Imports::new());
                let method = format!("{}.{}", service.name, call.method);
                params.push(ParamsView::new(
                    name,
                    &method,
                    call.operation,
                    &body,
                    &plan.types,
                    &mut params_imports,
                ));
            }
        }
        methods.extend(webhook_method(plan, service, &mut imports));
        let services = vec![ServiceView::new(service, methods)];
        Self {
            services,
            facts,
            params,
            imports,
            params_imports,
        }
    }

    fn add(&mut self, other: Self) {
        self.services.extend(other.services);
        self.facts.extend(other.facts);
        self.params.extend(other.params);
        self.imports.extend(other.imports);
        self.params_imports.extend(other.params_imports);
    }
}

/// The method that verifies a webhook and decodes it.
fn webhook_method(
    plan: &Plan<'_>,
    service: &ServicePlan<'_>,
    imports: &mut Imports,
) -> Option<MethodView> {
    let name = service.webhook.as_ref()?;
    let event = &plan.api.webhook_events.as_ref()?.event;
    imports.insert("net/http");
    let ty = plan.types.result(event, imports);
    let note = format!(
        "{name} verifies a webhook as [VerifyWebhook] does, and decodes its event. The body is \
         the request's as it was received, byte for byte."
    );
    Some(MethodView {
        docs: escape::own_comment(&note).join("\n"),
        signature: format!(
            "{name}(body []byte, header http.Header, secrets ...string) ({ty}, error)"
        ),
        body: format!("\treturn unwrapWebhook[{ty}](body, header, secrets)"),
    })
}

fn named<'a>(
    plan: &'a Plan<'_>,
    service: &'a ServicePlan<'_>,
    call: &'a CallPlan<'_>,
) -> Named<'a> {
    Named {
        operation: call.operation,
        now: call.operation.former.and_then(|now| plan.methods.get(&now)),
        service: &service.name,
        shown: &service.shown,
        method: &call.method,
        page_method: call.page_method.as_deref(),
        wait_method: call.wait_method.as_deref(),
        wait_from_method: call.wait_from_method.as_deref(),
        facts: &call.facts,
        all_facts: &plan.facts,
        params: call.params.as_deref(),
        errors: &plan.error_names,
        security: &plan.security,
    }
}

impl ServiceView {
    pub(super) fn new(service: &ServicePlan<'_>, methods: Vec<MethodView>) -> Self {
        let mut docs = escape::own_comment(&format!(
            "{} calls the operations of {}.",
            service.name,
            service.resource.name.words().join(" ")
        ));
        let more = escape::comment(&service.resource.docs, false);
        if !more.is_empty() {
            docs.push("//".to_owned());
            docs.extend(more);
        }
        Self {
            docs: docs.join("\n"),
            name: service.name.clone(),
            fields: fields(service),
            literal: literal(service),
            methods,
        }
    }
}

/// The struct's body: the children, an empty line, the transport.
pub(super) fn fields(service: &ServicePlan<'_>) -> String {
    let mut rows: Vec<Row> = service
        .children
        .iter()
        .map(|child| Row::Cells(vec![child.field.clone(), format!("*{}", child.name)]))
        .collect();
    if !rows.is_empty() {
        rows.push(Row::Lines(vec![String::new()]));
    }
    rows.push(Row::Cells(vec![
        "transport".to_owned(),
        "*transport".to_owned(),
    ]));
    indented(&align(&rows))
}

/// The members of the struct's literal.
pub(super) fn literal(service: &ServicePlan<'_>) -> String {
    if service.children.is_empty() {
        return String::new();
    }
    let mut rows: Vec<Row> = service
        .children
        .iter()
        .map(|child| {
            Row::Cells(vec![
                format!("{}:", child.field),
                format!("new{}(t),", child.name),
            ])
        })
        .collect();
    rows.push(Row::Cells(vec!["transport:".to_owned(), "t,".to_owned()]));
    indented(&align_literal(&rows)).replace('\t', "\t\t")
}
