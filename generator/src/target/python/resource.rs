//! Resources: a class each, its methods and the resources below it.

use serde::Serialize;

use super::escape;
use super::facts;
use super::imports::Imports;
use super::operation::{self, Flavor, MethodView};
use super::plan::{Plan, ResourcePlan};
use super::types::{self, Place};

/// A resource as a class.
#[derive(Debug, Serialize)]
pub(super) struct ResourceView {
    /// `RunsNodes`, `AsyncRunsNodes`
    pub(super) class: String,
    /// `"""Runs of plans."""`
    pub(super) docs: String,
    /// `Engine`, `AsyncEngine`
    pub(super) engine: String,
    /// The resources below it.
    pub(super) accessors: Vec<AccessorView>,
    /// Its methods.
    pub(super) methods: Vec<MethodView>,
    /// `RunsNodesWithResponse`
    pub(super) answering: String,
    /// Methods whose answers can be had with their heads, or resources below with such methods.
    pub(super) has_answering: bool,
    /// `WebhookEvent`: the type of the event that `unwrap` gives, where it is this one's method.
    pub(super) event: String,
    /// `unwrap`
    pub(super) unwrap: String,
}

/// A resource below another, or below the client.
#[derive(Clone, Debug, Serialize)]
pub(super) struct AccessorView {
    /// `nodes`
    pub(super) name: String,
    /// `RunsNodes`
    pub(super) class: String,
    /// `RunsNodesWithResponse`
    pub(super) answering: String,
    /// It has methods whose answers can be had with their heads.
    pub(super) has_answering: bool,
    /// `"""Nodes of a run."""`
    pub(super) docs: String,
    /// `runs`: the module of a top-level resource.
    pub(super) module: String,
}

impl ResourceView {
    /// Whether a method that should no longer be called has another form, which names it.
    pub(super) fn deprecates(&self) -> bool {
        let mut methods = self.methods.iter();
        methods.any(|method| method.whole && !method.deprecated.is_empty())
    }
}

/// The classes of a module: the resource, then those below it.
pub(super) fn classes(
    plan: &Plan<'_>,
    resource: &ResourcePlan<'_>,
    flavor: Flavor,
    imports: &mut Imports,
) -> Vec<ResourceView> {
    let mut out = Vec::new();
    let deep = resource.module != "root";
    class(plan, resource, deep, flavor, imports, &mut out);
    out
}

fn class(
    plan: &Plan<'_>,
    resource: &ResourcePlan<'_>,
    deep: bool,
    flavor: Flavor,
    imports: &mut Imports,
    out: &mut Vec<ResourceView>,
) {
    let engine = format!("{}Engine", flavor.prefix());
    imports.name(&format!("..._runtime.{}_engine", flavor.runtime()), &engine);
    let methods: Vec<MethodView> = resource
        .calls
        .iter()
        .flat_map(|call| {
            operation::methods(
                plan,
                call,
                &resource.module,
                &resource.taken,
                flavor,
                imports,
            )
        })
        .collect();
    if !methods.is_empty() {
        imports.name("..operations", &format!("{} as ops", resource.module));
    }
    let children = if deep {
        resource.children.as_slice()
    } else {
        &[]
    };
    let accessors: Vec<AccessorView> = children
        .iter()
        .map(|child| accessor(child, flavor))
        .collect();
    if !accessors.is_empty() {
        imports.name("functools", "cached_property");
    }
    for method in methods.iter().filter(|method| method.whole) {
        imports.name("..._runtime.response", &method.wrapper);
    }
    let mut event = String::new();
    let mut unwrap = String::new();
    if facts::unwraps(plan, resource).is_some_and(|class| class == resource.class)
        && let Some(events) = &plan.api.webhook_events
        && let Some(method) = events.sdk_path.last()
    {
        let place = Place::beside_types(false, std::collections::BTreeSet::new());
        event = types::expression(plan, &events.event, &place, imports);
        unwrap = super::names::repair_method(super::names::method(method));
        imports.name("collections.abc", "Iterable");
        imports.name("collections.abc", "Mapping");
        imports.name("..._runtime", "webhooks");
        imports.name("..operations", &format!("{} as ops", resource.module));
    }
    let prefix = flavor.prefix();
    out.push(ResourceView {
        class: format!("{prefix}{}", resource.class),
        docs: docs(resource, 4),
        engine,
        accessors,
        has_answering: answers(resource, deep),
        methods,
        answering: format!("{prefix}{}WithResponse", resource.class),
        event,
        unwrap,
    });
    for child in children {
        class(plan, child, deep, flavor, imports, out);
    }
}

/// How a resource is reached from the one above it.
pub(super) fn accessor(resource: &ResourcePlan<'_>, flavor: Flavor) -> AccessorView {
    let prefix = flavor.prefix();
    AccessorView {
        name: resource.accessor.clone(),
        class: format!("{prefix}{}", resource.class),
        answering: format!("{prefix}{}WithResponse", resource.class),
        has_answering: answers(resource, true),
        docs: docs(resource, 8),
        module: resource.module.clone(),
    }
}

/// True when the resource, or one below it, gives answers whole.
pub(super) fn answers(resource: &ResourcePlan<'_>, deep: bool) -> bool {
    resource.calls.iter().any(|call| {
        matches!(
            facts::answer(call.operation),
            facts::Answer::Json(_) | facts::Answer::Text | facts::Answer::Nothing
        )
    }) || (deep && resource.children.iter().any(|child| answers(child, true)))
}

pub(super) fn docs(resource: &ResourcePlan<'_>, indent: usize) -> String {
    let text = escape::short(&resource.resource.docs);
    if text.is_empty() {
        let words = resource.resource.name.words().join(" ");
        let mut letters = words.chars();
        let capital: String = letters
            .next()
            .map(|c| c.to_uppercase().chain(letters).collect())
            .unwrap_or_default();
        return escape::docstring(indent, &format!("{capital}."));
    }
    escape::docstring(indent, &text)
}
