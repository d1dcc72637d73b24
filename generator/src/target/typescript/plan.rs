//! Every name of the package, allocated in one pass: errors, types, functions, classes, methods.

use std::collections::{BTreeMap, HashSet};

use super::error::{self, ErrorView};
use super::names;
use super::params::Params;
use super::security::common_security;
use super::types::Types;
use crate::config::Product;
use crate::ir::{Api, Docs, Name, Operation, OperationId, Resource, TypeId};

/// The package, named.
pub(super) struct Plan<'a> {
    pub(super) api: &'a Api,
    pub(super) types: Types<'a>,
    pub(super) errors: Vec<ErrorView>,
    /// The credentials that most operations ask for; the others say theirs.
    pub(super) security: Vec<Vec<String>>,
    /// Error classes by the IR's index.
    pub(super) error_names: Vec<String>,
    /// Every call, by operation.
    pub(super) calls: BTreeMap<OperationId, CallPlan<'a>>,
    /// The client: the root of the tree.
    pub(super) root: ResourcePlan,
    /// `FakeExai`
    pub(super) fake: String,
    /// `FakeExaiAnswers`
    pub(super) fake_answers: String,
}

/// A resource, named.
pub(super) struct ResourcePlan {
    /// `RunsCheckpoints`; the client's name for the root.
    pub(super) class: String,
    /// How the client reaches it: `runs.checkpoints`; empty for the root.
    pub(super) shown: String,
    /// The property of the parent: `checkpoints`.
    pub(super) accessor: String,
    /// The file of its functions and classes: `runs`, `client` for calls of the root itself.
    pub(super) stem: String,
    pub(super) docs: Docs,
    pub(super) calls: Vec<OperationId>,
    pub(super) children: Vec<ResourcePlan>,
    /// The method that verifies a webhook and reads its event: `unwrap`.
    pub(super) unwrap: Option<String>,
}

/// A call, named.
#[derive(Clone)]
pub(super) struct CallPlan<'a> {
    pub(super) operation: &'a Operation,
    /// `start`
    pub(super) method: String,
    /// `runs.start`
    pub(super) shown: String,
    /// `startAndWait`, for an operation that answers before it is done.
    pub(super) wait_method: Option<String>,
    /// `startAndWaitFrom`
    pub(super) wait_from_method: Option<String>,
    /// `startRun`
    pub(super) function: String,
    /// `startRunAndWait`
    pub(super) wait_function: Option<String>,
    /// `startRunAndWaitFrom`
    pub(super) wait_from_function: Option<String>,
    /// `startRunOperation`
    pub(super) facts: String,
    /// The file of the function: `runs`.
    pub(super) stem: String,
    /// A former place of the method, whose function is called as it was.
    pub(super) shares: bool,
    /// Names of the path parameters, in the order of the path: `["runId"]`.
    pub(super) arguments: Vec<String>,
    /// What it takes beside the path.
    pub(super) params: Params,
}

impl<'a> Plan<'a> {
    pub(super) fn new(api: &'a Api, product: &Product) -> Self {
        let client = product.client.clone();
        let fake = format!("Fake{client}");
        let fake_answers = format!("{fake}Answers");
        let mut taken = HashSet::from([
            client.clone(),
            format!("{client}Options"),
            fake.clone(),
            fake_answers.clone(),
        ]);
        let (errors, error_names) = error::views(api, &mut taken);
        let wanted: Vec<&Name> = api.types.iter().map(|(_, def)| &def.name).collect();
        let given = names::types(&wanted, &mut taken, names::pascal);
        let type_names: BTreeMap<TypeId, String> =
            api.types.iter().map(|(id, _)| id).zip(given).collect();
        let wanted: Vec<&Name> = api.root.children.iter().map(|child| &child.name).collect();
        let stems = names::stems(&wanted);
        let modules = stems
            .iter()
            .map(|stem| format!("generated/types/{stem}"))
            .collect();
        let types = Types::new(api, type_names, modules);

        let own: Vec<(OperationId, &Operation)> = api
            .operations
            .iter()
            .filter(|(_, operation)| !shares(api, operation))
            .collect();
        let wanted: Vec<&Name> = own.iter().map(|(_, op)| &op.name).collect();
        let waits: Vec<Name> = wanted.iter().map(|name| and_wait(name)).collect();
        let waited: Vec<&Name> = own
            .iter()
            .zip(&waits)
            .filter(|((_, operation), _)| operation.long_running.is_some())
            .map(|(_, name)| name)
            .collect();
        let from: Vec<Name> = waited.iter().map(|name| name.with_suffix("from")).collect();
        let from: Vec<&Name> = from.iter().collect();
        let functions =
            names::functions(&[wanted.as_slice(), waited.as_slice(), from.as_slice()].concat());
        let (waits, from) = functions[wanted.len()..].split_at(waited.len());
        let mut wait_functions = waits.iter().zip(from);
        let params = names::types(&wanted, &mut taken, |words| names::pascal(words) + "Params");
        let mut paths = Vec::new();
        resource_paths(&api.root, &mut Vec::new(), &mut paths);
        let wanted: Vec<&Name> = paths.iter().collect();
        let classes = names::types(&wanted, &mut taken, names::pascal);

        let all: HashSet<&String> = functions.iter().collect();
        let mut calls = BTreeMap::new();
        for (index, (id, operation)) in own.into_iter().enumerate() {
            let mut facts = format!("{}Operation", functions[index]);
            while all.contains(&facts) {
                facts.push('_');
            }
            let wait = operation
                .long_running
                .as_ref()
                .and_then(|_| wait_functions.next());
            let call = CallPlan {
                operation,
                method: String::new(),
                shown: String::new(),
                function: functions[index].clone(),
                wait_function: wait.map(|(function, _)| function.clone()),
                wait_from_function: wait.map(|(_, from)| from.clone()),
                wait_method: None,
                wait_from_method: None,
                facts,
                stem: String::new(),
                shares: false,
                arguments: arguments(operation, &functions[index]),
                params: Params::new(operation, &types, params[index].clone()),
            };
            calls.insert(id, call);
        }
        for (id, operation) in api.operations.iter() {
            let now = operation.former.and_then(|now| calls.get(&now));
            if let Some(now) = now.filter(|_| !calls.contains_key(&id)) {
                let shares = true;
                calls.insert(
                    id,
                    CallPlan {
                        operation,
                        shares,
                        ..now.clone()
                    },
                );
            }
        }
        let mut namer = Namer {
            classes: classes.into_iter(),
            stems: &stems,
            calls,
        };
        let mut root = namer.resource(&api.root, client, "client", "");
        let mut calls = namer.calls;
        place_former(api, &mut calls);
        if let Some(events) = &api.webhook_events {
            add_unwrap(&mut root, &events.sdk_path, &mut taken);
        }
        Self {
            api,
            types,
            errors,
            security: common_security(api),
            error_names,
            calls,
            root,
            fake,
            fake_answers,
        }
    }
}

/// Whether a former operation has the name of the present one, and so its function.
fn shares(api: &Api, operation: &Operation) -> bool {
    let now = operation.former.map(|now| &api.operations[now]);
    now.is_some_and(|now| now.name.wire() == operation.name.wire())
}

/// Former names that are no methods of their own, or no functions, stand with the present ones.
fn place_former(api: &Api, calls: &mut BTreeMap<OperationId, CallPlan<'_>>) {
    for (id, operation) in api.operations.iter() {
        let Some(now) = operation.former.and_then(|now| calls.get(&now)).cloned() else {
            continue;
        };
        if let Some(call) = calls.get_mut(&id) {
            if call.shown.is_empty() {
                call.method = now.method;
                call.shown = now.shown;
                call.stem = now.stem;
            } else if call.shares {
                call.stem = now.stem;
            }
        }
    }
}

impl<'a> Plan<'a> {
    /// What a call of a former name is now.
    pub(super) fn now(&self, call: &CallPlan<'_>) -> Option<&CallPlan<'a>> {
        self.calls.get(&call.operation.former?)
    }
}

/// `start` is `start and wait`.
fn and_wait(name: &Name) -> Name {
    name.with_suffix("and").with_suffix("wait")
}

/// The path of every resource below the root, depth first, as a name.
fn resource_paths(resource: &Resource, path: &mut Vec<String>, out: &mut Vec<Name>) {
    for child in &resource.children {
        let length = path.len();
        path.extend(child.name.words().iter().cloned());
        out.push(Name::new(path.clone(), path.join(".")));
        resource_paths(child, path, out);
        path.truncate(length);
    }
}

/// The names of path parameters as arguments. None hides the function that the method calls.
fn arguments(operation: &Operation, function: &str) -> Vec<String> {
    let wanted: Vec<&Name> = super::operation::path_parameters(operation)
        .map(|parameter| &parameter.name)
        .collect();
    names::arguments(&wanted, function)
}

/// What is used up while the tree is named, in the order of [`resource_paths`].
struct Namer<'a, 'p> {
    classes: std::vec::IntoIter<String>,
    stems: &'p [String],
    calls: BTreeMap<OperationId, CallPlan<'a>>,
}

impl Namer<'_, '_> {
    fn resource(
        &mut self,
        resource: &Resource,
        class: String,
        stem: &str,
        shown: &str,
    ) -> ResourcePlan {
        let waits: Vec<Name> = resource
            .calls
            .iter()
            .filter(|call| {
                let plan = self.calls.get(&call.operation);
                plan.is_some_and(|plan| plan.wait_function.is_some())
            })
            .map(|call| and_wait(&call.name))
            .collect();
        let from: Vec<Name> = waits.iter().map(|name| name.with_suffix("from")).collect();
        let calls = resource.calls.iter().map(|call| &call.name);
        let wanted: Vec<&Name> = calls
            .chain(resource.children.iter().map(|child| &child.name))
            .chain(&waits)
            .chain(&from)
            .collect();
        let members = names::members(&wanted, shown.is_empty());
        let (methods, rest) = members.split_at(resource.calls.len());
        let (accessors, rest) = rest.split_at(resource.children.len());
        let (waits, from) = rest.split_at(waits.len());
        let mut waits = waits.iter().zip(from);
        let at = |member: &String| {
            if shown.is_empty() {
                member.clone()
            } else {
                format!("{shown}.{member}")
            }
        };
        for (item, method) in resource.calls.iter().zip(methods) {
            if let Some(call) = self.calls.get_mut(&item.operation) {
                call.method.clone_from(method);
                call.shown = at(method);
                if call.wait_function.is_some()
                    && let Some((wait, from)) = waits.next()
                {
                    call.wait_method = Some(wait.clone());
                    call.wait_from_method = Some(from.clone());
                }
                stem.clone_into(&mut call.stem);
            }
        }
        let mut children = Vec::new();
        for (index, (child, accessor)) in resource.children.iter().zip(accessors).enumerate() {
            let class = self.classes.next().unwrap_or_default();
            let stem = match self.stems.get(index) {
                Some(own) if shown.is_empty() => own,
                _ => stem,
            };
            let plan = self.resource(child, class, stem, &at(accessor));
            children.push(ResourcePlan {
                accessor: accessor.clone(),
                ..plan
            });
        }
        ResourcePlan {
            class,
            shown: shown.to_owned(),
            accessor: String::new(),
            stem: stem.to_owned(),
            docs: resource.docs.clone(),
            calls: resource.calls.iter().map(|call| call.operation).collect(),
            children,
            unwrap: None,
        }
    }
}

/// Hangs the method that reads webhooks into the tree, making the resource where there is none.
fn add_unwrap(root: &mut ResourcePlan, sdk_path: &[Name], taken: &mut HashSet<String>) {
    let Some((method, accessors)) = sdk_path.split_last() else {
        return;
    };
    let mut at = root;
    for (depth, name) in accessors.iter().enumerate() {
        let accessor = names::members(&[name], depth == 0).concat();
        let index = at
            .children
            .iter()
            .position(|child| child.accessor == accessor);
        let index = index.unwrap_or_else(|| {
            at.children.push(ResourcePlan {
                class: names::types(&[name], taken, names::pascal).concat(),
                shown: accessor.clone(),
                accessor,
                stem: names::stems(&[name]).concat(),
                docs: Docs::default(),
                calls: Vec::new(),
                children: Vec::new(),
                unwrap: None,
            });
            at.children.len() - 1
        });
        at = &mut at.children[index];
    }
    at.unwrap = Some(names::members(&[method], accessors.is_empty()).concat());
}
