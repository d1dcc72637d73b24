//! The fake of the API, for tests of code that calls it: a class a resource, an answer a method.

use serde::Serialize;

use super::Head;
use super::facts::{self, Answer};
use super::imports::Imports;
use super::plan::{Plan, ResourcePlan};
use super::resource;
use super::security::{CredentialView, Security};
use crate::layout::ruff::{self, Doc};
use crate::target::Context;

/// `testing.py`
#[derive(Debug, Serialize)]
pub(super) struct TestingFile {
    pub(super) head: Head,
    pub(super) fake: FakeView,
}

/// `FakeExai`
#[derive(Debug, Serialize)]
pub(super) struct FakeView {
    /// `Exai`
    client: String,
    /// `def client(self, *, max_retries: int = 0) -> Exai:`, and the async one.
    signatures: [String; 2],
    /// Resources, those below before those that hold them.
    resources: Vec<FakeResource>,
    /// The attributes of the whole: `self.runs = FakeRuns(self._fake)`.
    members: Vec<String>,
    /// What a client is made with.
    credentials: Vec<CredentialView>,
}

/// `FakeRuns`
#[derive(Debug, Serialize)]
struct FakeResource {
    /// `FakeRuns`
    class: String,
    /// `"""Answers of `runs`."""`
    docs: String,
    /// `self.get = Answers(fake, runs.GET)`
    members: Vec<String>,
}

impl FakeView {
    pub(super) fn new(
        cx: &Context<'_>,
        plan: &Plan<'_>,
        security: &Security,
        imports: &mut Imports,
    ) -> Self {
        imports.name("typing", "Any");
        imports.name("._runtime.operation", "Operation");
        imports.name(".generated.service", "SERVICE");
        for name in [
            "Answers",
            "AsyncFakeTransport",
            "Fake",
            "FakeTransport",
            "RecordedCall",
        ] {
            imports.name("._runtime.fake", name);
        }
        let client = &cx.product.client;
        imports.name(".generated.client", client);
        imports.name(".generated.async_client", &format!("Async{client}"));
        let mut resources = Vec::new();
        for child in &plan.root.children {
            fake(child, imports, &mut resources);
        }
        let members = members(&plan.root, "self._fake", imports);
        Self {
            signatures: [
                signature("client", client),
                signature("async_client", &format!("Async{client}")),
            ],
            client: client.clone(),
            resources,
            members,
            credentials: security.credentials.clone(),
        }
    }
}

fn signature(name: &str, client: &str) -> String {
    let items = [
        "self",
        "*",
        "max_retries: int = 0",
        "timeout: float | None = 60.0",
    ];
    let call = Doc::call(
        &format!("def {name}"),
        items.into_iter().map(Doc::text).collect(),
    );
    ruff::statement(4, "", &call, &format!(" -> {client}:"))
}

fn fake(plan: &ResourcePlan<'_>, imports: &mut Imports, out: &mut Vec<FakeResource>) {
    for child in &plan.children {
        fake(child, imports, out);
    }
    out.push(FakeResource {
        class: format!("Fake{}", plan.class),
        docs: resource::docs(plan, 4),
        members: members(plan, "fake", imports),
    });
}

/// What the fake as a whole has beside its resources.
const OWN: &[&str] = &["async_client", "calls", "client", "raw"];

/// The name of a member; one that the fake has itself gets `_` behind it.
fn member(name: &str) -> String {
    let taken = if OWN.contains(&name) { "_" } else { "" };
    format!("{name}{taken}")
}

fn members(plan: &ResourcePlan<'_>, fake: &str, imports: &mut Imports) -> Vec<String> {
    let mut out = Vec::new();
    if !plan.calls.is_empty() {
        imports.name(".generated.operations", &plan.module);
    }
    for call in &plan.calls {
        let class = match facts::answer(call.operation) {
            Answer::Page(..) => "PageAnswers",
            Answer::Events(_) | Answer::Lines(_) => "StreamAnswers",
            Answer::Json(_) | Answer::Text | Answer::Nothing | Answer::Binary => "Answers",
        };
        imports.name("._runtime.fake", class);
        let (name, module, constant) = (&call.method, &plan.module, &call.constant);
        out.push(format!(
            "self.{name} = {class}({fake}, {module}.{constant})"
        ));
    }
    for child in &plan.children {
        out.push(format!(
            "self.{} = Fake{}({fake})",
            member(&child.accessor),
            child.class
        ));
    }
    out
}
