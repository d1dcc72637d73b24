//! A resource: a class whose methods call the standalone functions.

use serde::Serialize;

use super::escape;
use super::imports::Imports;
use super::operation::MethodView;
use super::plan::{Plan, ResourcePlan};
use super::wait;
use crate::ir::{Type, Usage};
use crate::layout::biome;

/// A class of a resource.
#[derive(Debug, Serialize)]
pub(super) struct ClassView {
    /// `/** Runs of plans. */` and a line break.
    pub(super) docs: String,
    /// `Runs`
    pub(super) name: String,
    /// Resources below it, in the document's order.
    pub(super) children: Vec<ChildView>,
    /// True when a method uses the core.
    pub(super) keeps_core: bool,
    /// True when the constructor uses the core.
    pub(super) uses_core: bool,
    pub(super) methods: Vec<MethodView>,
    pub(super) unwrap: Option<UnwrapView>,
}

/// A property that holds a resource.
#[derive(Debug, Serialize)]
pub(super) struct ChildView {
    /// `  /** Runs of plans. */` and a line break, or nothing.
    pub(super) docs: String,
    /// `checkpoints`
    pub(super) accessor: String,
    /// `RunsCheckpoints`
    pub(super) class: String,
    /// `    this.checkpoints = new RunsCheckpoints(core);`
    pub(super) assignment: String,
}

/// The method that verifies a webhook and reads its event.
#[derive(Debug, Serialize)]
pub(super) struct UnwrapView {
    /// `unwrap`
    pub(super) method: String,
    /// `WebhookEvent`
    pub(super) event: String,
    /// `options`, or options that read long integers.
    pub(super) options: &'static str,
}

impl ChildView {
    pub(super) fn new(child: &ResourcePlan, indent: usize) -> Self {
        Self {
            docs: escape::comment(&child.docs, &[], false, indent),
            assignment: format!(
                "    {}",
                biome::assign_call(
                    4,
                    &format!("this.{}", child.accessor),
                    &format!("new {}", child.class),
                    "core"
                )
            ),
            accessor: child.accessor.clone(),
            class: child.class.clone(),
        }
    }
}

impl ClassView {
    /// The classes of a resource and of those below it, the innermost first: a class is declared
    /// before another's constructor names it.
    pub(super) fn all(
        resource: &ResourcePlan,
        plan: &Plan<'_>,
        imports: &mut Imports,
    ) -> Vec<Self> {
        let mut views = Vec::new();
        for child in &resource.children {
            views.extend(Self::all(child, plan, imports));
        }
        imports.ty("runtime/core", "Core");
        views.push(Self {
            docs: docs(resource),
            name: resource.class.clone(),
            children: resource
                .children
                .iter()
                .map(|child| ChildView::new(child, 2))
                .collect(),
            keeps_core: !resource.calls.is_empty(),
            uses_core: !resource.calls.is_empty() || !resource.children.is_empty(),
            methods: methods(resource, plan, imports),
            unwrap: UnwrapView::new(resource, plan, imports),
        });
        views
    }
}

/// The methods of a resource, in the document's order.
pub(super) fn methods(
    resource: &ResourcePlan,
    plan: &Plan<'_>,
    imports: &mut Imports,
) -> Vec<MethodView> {
    let mut methods = Vec::new();
    for call in resource.calls.iter().filter_map(|id| plan.calls.get(id)) {
        methods.push(MethodView::new(call, plan, imports));
        methods.extend(wait::methods(call, plan, imports));
    }
    methods
}

fn docs(resource: &ResourcePlan) -> String {
    let docs = escape::comment(&resource.docs, &[], false, 0);
    if docs.is_empty() {
        return escape::own_comment(&format!("The calls of `{}`.", resource.shown), 0);
    }
    docs
}

impl UnwrapView {
    pub(super) fn new(
        resource: &ResourcePlan,
        plan: &Plan<'_>,
        imports: &mut Imports,
    ) -> Option<Self> {
        let method = resource.unwrap.clone()?;
        let event: &Type = &plan.api.webhook_events.as_ref()?.event;
        imports.value("runtime/webhooks", "unwrapWebhook");
        imports.ty("runtime/webhooks", "WebhookHeaders");
        imports.ty("runtime/webhooks", "WebhookOptions");
        let wide = plan.types.is_wide(event);
        if wide {
            imports.value("runtime/lossless-json", "parseLossless");
        }
        let received = Usage {
            sent: false,
            received: true,
        };
        Some(Self {
            method,
            event: plan.types.expression(event, received, imports),
            options: if wide {
                "{ parse: parseLossless, ...options }"
            } else {
                "options"
            },
        })
    }
}
