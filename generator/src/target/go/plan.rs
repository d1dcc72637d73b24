//! Every name of the package, allocated in one pass: runtime, errors, types, services, calls.

use std::collections::BTreeMap;

use super::allocation::{Path, PathNames};
use super::error::{self, ErrorView};
use super::former::{former, present};
use super::names::{self, Scope};
use super::params::flat_record;
use super::record;
use super::roots::roots;
use super::types::{GoTypes, declared};
use crate::ir::{
    Api, Call, Name, Operation, OperationId, Payload, Place, Resource, Shape, Text, Type, TypeId,
};
use crate::target::names::{allocate, exactly};

/// The package, named.
pub(super) struct Plan<'a> {
    pub(super) api: &'a Api,
    pub(super) types: GoTypes<'a>,
    /// The declared types, by wire name.
    pub(super) declared: Vec<TypeId>,
    /// The tags of records that are variants.
    pub(super) tags: BTreeMap<TypeId, Vec<(&'a Text, &'a Text)>>,
    /// Former names of declared types.
    pub(super) former: Vec<TypeId>,
    pub(super) errors: Vec<ErrorView>,
    /// Error types by the IR's index.
    pub(super) error_names: BTreeMap<usize, String>,
    /// The client: the root of the tree.
    pub(super) root: ServicePlan<'a>,
    /// The constants of each declared enum, in the order of its values.
    pub(super) constants: BTreeMap<TypeId, Vec<String>>,
    /// The types for those variants of each declared union that have no name, by variant;
    /// empty for the others.
    pub(super) wrappers: BTreeMap<TypeId, Vec<String>>,
    /// `opRunsStart`, by operation.
    pub(super) facts: BTreeMap<OperationId, String>,
    /// `RunsService.Start`, by operation.
    pub(super) methods: BTreeMap<OperationId, String>,
    /// Security alternatives of most operations, as string literals.
    pub(super) security: Vec<Vec<String>>,
    /// What the package has declared so far.
    pub(super) scope: Scope,
}

/// A resource, named.
pub(super) struct ServicePlan<'a> {
    pub(super) resource: &'a Resource,
    /// `RunsCheckpointsService`; `Client` for the root.
    pub(super) name: String,
    /// The field of the parent: `Checkpoints`.
    pub(super) field: String,
    /// `Runs.Checkpoints`
    pub(super) shown: String,
    /// The method that verifies and reads a webhook, if this is its place: `Unwrap`.
    pub(super) webhook: Option<String>,
    pub(super) calls: Vec<CallPlan<'a>>,
    pub(super) children: Vec<ServicePlan<'a>>,
}

/// A call, named.
pub(super) struct CallPlan<'a> {
    pub(super) id: OperationId,
    pub(super) operation: &'a Operation,
    pub(super) method: String,
    pub(super) page_method: Option<String>,
    pub(super) wait_method: Option<String>,
    /// `StartAndWaitFrom`
    pub(super) wait_from_method: Option<String>,
    pub(super) facts: String,
    pub(super) params: Option<String>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(api: &'a Api) -> Self {
        let mut scope = Scope::with(names::RUNTIME);
        scope.reserve(names::CLIENT.iter().map(|&name| name.to_owned()));
        let (errors, error_names) = error::views(api, &mut scope);
        let mut declared: Vec<TypeId> = declared(api, roots(api)).into_iter().collect();
        declared.sort_by_key(|id| {
            let name = &api.types[*id].name;
            (!name.is_pinned(), name.wire().clone(), *id)
        });
        let former = former(api, &declared);
        let all = [declared.as_slice(), &former].concat();
        let type_names = type_names(api, &all, &mut scope);
        let unknown = all
            .iter()
            .filter(|id| matches!(present(api, **id).shape, Shape::Union(_)))
            .map(|id| {
                (
                    *id,
                    scope.take(format!("Unknown{}", type_names[id]), "Variant"),
                )
            })
            .collect();
        let wrappers = wrappers(api, &all, &type_names, &mut scope);
        let path_names = PathNames::new(&api.root, &mut scope);
        let constants = constants(api, &all, &type_names, &mut scope);
        let root = service(
            api,
            &api.root,
            Path::new(),
            String::new(),
            "Client".to_owned(),
            &path_names,
        );
        let (mut facts, mut methods) = (BTreeMap::new(), BTreeMap::new());
        collect(&root, &mut facts, &mut methods);
        Self {
            api,
            tags: record::tags(api),
            types: GoTypes::new(api, type_names, unknown),
            declared,
            former,
            errors,
            error_names,
            root,
            constants,
            wrappers,
            facts,
            methods,
            security: common_security(api),
            scope,
        }
    }
}

/// The names of the declared types, which come before all but the runtime's and the errors'.
fn type_names(api: &Api, declared: &[TypeId], scope: &mut Scope) -> BTreeMap<TypeId, String> {
    let wanted: Vec<&Name> = declared.iter().map(|id| &api.types[*id].name).collect();
    let given = allocate(
        &wanted,
        &scope.taken().cloned().collect(),
        |name| names::exported(name.words()),
        names::repaired,
        exactly,
    );
    scope.reserve(given.iter().cloned());
    declared.iter().copied().zip(given).collect()
}

/// `StopText`, for each variant without a name of each declared union.
fn wrappers(
    api: &Api,
    declared: &[TypeId],
    type_names: &BTreeMap<TypeId, String>,
    scope: &mut Scope,
) -> BTreeMap<TypeId, Vec<String>> {
    let mut wrappers = BTreeMap::new();
    for id in declared {
        let Shape::Union(union) = &present(api, *id).shape else {
            continue;
        };
        let names = union
            .variants
            .iter()
            .map(|variant| match api.types.resolve(&variant.ty) {
                Type::Named(_) => String::new(),
                _ => {
                    let words = names::suffix(variant.name.words());
                    scope.take(format!("{}{words}", type_names[id]), "Variant")
                }
            })
            .collect();
        wrappers.insert(*id, names);
    }
    wrappers
}

/// `RunStatusQueued`, for each value of each declared enum.
fn constants(
    api: &Api,
    declared: &[TypeId],
    type_names: &BTreeMap<TypeId, String>,
    scope: &mut Scope,
) -> BTreeMap<TypeId, Vec<String>> {
    let mut constants = BTreeMap::new();
    for id in declared {
        let Shape::Enum(value) = &present(api, *id).shape else {
            continue;
        };
        let name = &type_names[id];
        let mut values: Vec<usize> = (0..value.values.len()).collect();
        values.sort_by_key(|&index| value.values[index].name.wire());
        let mut names = vec![String::new(); values.len()];
        for index in values {
            let words = value.values[index].name.words();
            names[index] = scope.take(format!("{name}{}", names::suffix(words)), "Value");
        }
        constants.insert(*id, names);
    }
    constants
}

impl ServicePlan<'_> {
    /// How it is reached: `client.Runs.Checkpoints`, and `client` for the client's own calls.
    pub(super) fn holder(&self) -> String {
        match self.field.is_empty() {
            true => "client".to_owned(),
            false => format!("client.{}", self.shown),
        }
    }
}

fn service<'a>(
    api: &'a Api,
    resource: &'a Resource,
    path: Path,
    field: String,
    shown: String,
    path_names: &PathNames,
) -> ServicePlan<'a> {
    let own: &[&str] = if path.is_empty() {
        names::CLIENT_MEMBERS
    } else {
        &["transport"]
    };
    let mut members = Scope::with(own);
    let calls = resource
        .calls
        .iter()
        .map(|item| call(api, item, &path, path_names, &mut members))
        .collect();
    let children = resource
        .children
        .iter()
        .map(|child| {
            let field = members.take(names::exported(child.name.words()), "Resource");
            let shown = if path.is_empty() {
                field.clone()
            } else {
                format!("{shown}.{field}")
            };
            let path = [path.as_slice(), &[child.name.words().to_vec()]].concat();
            service(api, child, path, field, shown, path_names)
        })
        .collect();
    let webhook = webhook_method(api, &path, &mut members);
    ServicePlan {
        resource,
        name: path_names.service(&path),
        field,
        shown,
        webhook,
        calls,
        children,
    }
}

/// Takes the name of the method that reads webhooks, if they are read at this place.
fn webhook_method(api: &Api, path: &[Vec<String>], members: &mut Scope) -> Option<String> {
    let (method, place) = api.webhook_events.as_ref()?.sdk_path.split_last()?;
    let here = place.len() == path.len()
        && place
            .iter()
            .zip(path)
            .all(|(name, words)| name.words() == words.as_slice());
    here.then(|| members.take(names::exported(method.words()), "Webhook"))
}

fn collect(
    service: &ServicePlan<'_>,
    facts: &mut BTreeMap<OperationId, String>,
    methods: &mut BTreeMap<OperationId, String>,
) {
    for call in &service.calls {
        facts.insert(call.id, call.facts.clone());
        methods.insert(call.id, format!("{}.{}", service.name, call.method));
    }
    for child in &service.children {
        collect(child, facts, methods);
    }
}

fn call<'a>(
    api: &'a Api,
    item: &Call,
    path: &Path,
    path_names: &PathNames,
    members: &mut Scope,
) -> CallPlan<'a> {
    let operation = &api.operations[item.operation];
    let method = members.take(names::exported(item.name.words()), "Call");
    let page_method = operation
        .page
        .is_some()
        .then(|| members.take(format!("{method}Page"), "Call"));
    let wait_method = operation
        .long_running
        .is_some()
        .then(|| members.take(format!("{method}AndWait"), "Call"));
    let wait_from_method = wait_method
        .as_ref()
        .map(|wait| members.take(format!("{wait}From"), "Call"));
    let path = [path.as_slice(), &[item.name.words().to_vec()]].concat();
    let takes_params = operation.parameters.iter().any(|p| p.place != Place::Path)
        || operation
            .body
            .first()
            .is_some_and(|content| match &content.payload {
                Payload::Json(ty) => flat_record(api, ty).is_some(),
                Payload::Form { .. } | Payload::Multipart { .. } => true,
                Payload::Text | Payload::Binary | Payload::Events(_) | Payload::Lines(_) => false,
            });
    CallPlan {
        id: item.operation,
        operation,
        method,
        page_method,
        wait_method,
        wait_from_method,
        facts: path_names.facts(&path),
        params: takes_params.then(|| path_names.params(&path)),
    }
}

/// The security that most operations have; the first of equals by name.
fn common_security(api: &Api) -> Vec<Vec<String>> {
    let mut counts: BTreeMap<Vec<Vec<String>>, usize> = BTreeMap::new();
    for (_, operation) in api.operations.iter() {
        let security = super::operation::security(operation, api);
        if !security.is_empty() {
            *counts.entry(security).or_default() += 1;
        }
    }
    let most = counts.values().max().copied().unwrap_or_default();
    counts
        .into_iter()
        .find(|(_, count)| *count == most)
        .map(|(set, _)| set)
        .unwrap_or_default()
}
