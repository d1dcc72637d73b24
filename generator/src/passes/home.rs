//! Which file each type belongs to: its resource's, or the shared one.
//!
//! A record or union that the operations of one resource name is that resource's, whoever else
//! holds it. Everything else is of the resource whose types lead to it, and shared where several
//! do. A shared type leads to shared types alone, and no two resources lead to each other, so
//! that modules of types can import each other while they run.

use std::collections::BTreeSet;

use crate::diagnostic::Diagnostics;
use crate::ir::{Api, Home, NamesTypes, OperationId, Operations, Resource, Shape, TypeId, Types};

use super::direction::reached;

/// Fills in [`Home`].
pub(crate) fn home(mut api: Api, _: &mut Diagnostics) -> Api {
    let mut named = Vec::new();
    for resource in &api.root.children {
        let mut operations = Vec::new();
        gather(resource, &mut operations);
        named.push(used(&mut api.operations, operations));
    }
    let calls = api.root.calls.iter().map(|call| call.operation).collect();
    let mut apart = used(&mut api.operations, calls);
    api.each_error_type(&mut |id| apart.push(*id));

    let mut homes = claimed(&api.types, &named);
    for id in reached(&api.types, apart) {
        homes[id.0 as usize] = Home::Shared;
    }
    untangle(&api.types, &mut homes);
    for (id, def) in api.types.iter_mut() {
        def.home = homes[id.0 as usize];
    }
    api
}

/// The home of each type by what operations name; `named` holds those types, by resource.
fn claimed(types: &Types, named: &[Vec<TypeId>]) -> Vec<Home> {
    let mut owners: Vec<Option<Home>> = vec![None; types.len()];
    let claim = |at: &mut Option<Home>, home: Home| {
        *at = match *at {
            Some(before) if before != home => Some(Home::Shared),
            _ => Some(home),
        };
    };
    for (index, ids) in named.iter().enumerate() {
        for id in ids.iter().filter(|id| can_be_owned(&types[**id].shape)) {
            claim(&mut owners[id.0 as usize], Home::Resource(index));
        }
    }
    let mut homes = owners.clone();
    for (index, ids) in named.iter().enumerate() {
        let home = Home::Resource(index);
        let mut seen = vec![false; types.len()];
        let mut pending = ids.clone();
        while let Some(id) = pending.pop() {
            let at = id.0 as usize;
            let foreign = owners[at].is_some_and(|owner| owner != home);
            if foreign || std::mem::replace(&mut seen[at], true) {
                continue;
            }
            claim(&mut homes[at], home);
            pending.extend(types[id].shape.type_ids());
        }
    }
    homes
        .into_iter()
        .map(|home| home.unwrap_or(Home::Shared))
        .collect()
}

/// Scalars and enumerations are small and held by many; they are the resource's that alone holds
/// them.
fn can_be_owned(shape: &Shape) -> bool {
    matches!(shape, Shape::Record(_) | Shape::Union(_))
}

/// Moves to the shared home what a shared type leads to, and what two resources that lead to each
/// other take from one another. Depends on who leads to whom alone, not on any order.
fn untangle(types: &Types, homes: &mut [Home]) {
    loop {
        let shared = types.iter().map(|(id, _)| id);
        let shared = shared.filter(|id| homes[id.0 as usize] == Home::Shared);
        for id in reached(types, shared.collect()) {
            homes[id.0 as usize] = Home::Shared;
        }
        let crossings = crossings(types, homes);
        let ends = crossings.iter().map(|(from, to, _)| (*from, *to));
        let leads = ends.collect::<BTreeSet<(Home, Home)>>();
        let mut tangled = crossings
            .iter()
            .filter(|(from, to, _)| leads_to(&leads, *to, *from))
            .peekable();
        if tangled.peek().is_none() {
            return;
        }
        for (.., id) in tangled {
            homes[id.0 as usize] = Home::Shared;
        }
    }
}

/// Where a type of one resource holds a type of another: both homes, and the type that is held.
fn crossings(types: &Types, homes: &[Home]) -> Vec<(Home, Home, TypeId)> {
    let mut out = Vec::new();
    for (id, def) in types.iter() {
        let from = homes[id.0 as usize];
        for held in def.shape.type_ids() {
            let to = homes[held.0 as usize];
            if to != from && to != Home::Shared {
                out.push((from, to, held));
            }
        }
    }
    out
}

fn leads_to(leads: &BTreeSet<(Home, Home)>, from: Home, to: Home) -> bool {
    let mut seen = BTreeSet::new();
    let mut pending = vec![from];
    while let Some(at) = pending.pop() {
        if at == to {
            return true;
        }
        if seen.insert(at) {
            pending.extend(leads.iter().filter(|(a, _)| *a == at).map(|(_, b)| *b));
        }
    }
    false
}

fn used(operations: &mut Operations, of: Vec<OperationId>) -> Vec<TypeId> {
    let mut ids = Vec::new();
    for operation in of {
        operations[operation].each_sent(&mut |id| ids.push(*id));
        operations[operation].each_received(&mut |id| ids.push(*id));
    }
    ids
}

fn gather(resource: &Resource, out: &mut Vec<OperationId>) {
    out.extend(resource.calls.iter().map(|call| call.operation));
    for child in &resource.children {
        gather(child, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::build::{
        add_operation, api, field, json_response, name, operation, record, string_enum, type_def,
    };
    use crate::ir::{Docs, ErrorKind, Method, Status, StringFormat, Type};

    /// An API of records that hold others, and of operations that answer with one each.
    fn homes(records: &[(&str, &[&str])], answers: &[(&str, &str)]) -> Vec<String> {
        homes_with(records, answers, |_| {})
    }

    fn homes_with(
        records: &[(&str, &[&str])],
        answers: &[(&str, &str)],
        change: impl FnOnce(&mut Api),
    ) -> Vec<String> {
        let mut api = api("homes");
        let at = |name: &str| {
            let found = records.iter().position(|(record, _)| *record == name);
            Type::Named(TypeId(found.expect("a declared name") as u32))
        };
        for (name, holds) in records {
            let shape = match *name {
                "Id" => Shape::Alias(Type::String(StringFormat::Plain)),
                "Status" => string_enum(&["on", "off"]),
                _ => record(holds.iter().map(|held| field(held, at(held))).collect()),
            };
            api.types.push(type_def(name, shape));
        }
        for (method, ty) in answers {
            let mut operation = operation(method, method, Method::Get, "/");
            operation.responses.push(json_response(200, at(ty)));
            add_operation(&mut api, operation);
        }
        change(&mut api);
        let api = home(api, &mut Diagnostics::new());
        let name = |home| match home {
            Home::Shared => "shared".to_owned(),
            Home::Resource(index) => api.root.children[index].name.words().join("_"),
        };
        api.types.iter().map(|(_, def)| name(def.home)).collect()
    }

    #[test]
    fn a_type_stays_with_the_resource_that_names_it() {
        let found = homes(
            &[
                ("Run", &["Status", "Step"]),
                ("Status", &[]),
                ("Step", &[]),
                ("Copy", &["Run"]),
                ("Event", &["Run", "Copy"]),
            ],
            &[
                ("runs.get", "Run"),
                ("copies.get", "Copy"),
                ("hooks.get", "Event"),
            ],
        );
        assert_eq!(found, ["runs", "runs", "runs", "copies", "hooks"]);
    }

    #[test]
    fn what_several_lead_to_is_shared_and_so_is_what_it_leads_to() {
        let found = homes(
            &[
                ("Run", &["Money", "Id"]),
                ("Plan", &["Money", "Id"]),
                ("Money", &["Currency"]),
                ("Currency", &[]),
                ("Id", &[]),
                ("Nowhere", &[]),
            ],
            &[
                ("runs.get", "Run"),
                ("runs.id", "Id"),
                ("plans.get", "Plan"),
                ("runs.currency", "Currency"),
            ],
        );
        assert_eq!(
            found,
            ["runs", "plans", "shared", "shared", "shared", "shared"]
        );
    }

    #[test]
    fn resources_that_lead_to_each_other_share_what_they_take_and_nothing_else() {
        let records: &[(&str, &[&str])] = &[
            ("Run", &["Plan"]),
            ("RunList", &["Run"]),
            ("Plan", &["Owner"]),
            ("Owner", &["Run"]),
            ("PlanList", &["Plan"]),
            ("Team", &["PlanList"]),
        ];
        let answers = [
            ("runs.get", "Run"),
            ("runs.list", "RunList"),
            ("plans.get", "Plan"),
            ("plans.list", "PlanList"),
            ("owners.get", "Owner"),
            ("teams.get", "Team"),
        ];
        let found = homes(records, &answers);
        let wanted = ["shared", "runs", "shared", "shared", "plans", "teams"];
        assert_eq!(found, wanted);
        let mut backwards = answers;
        backwards.reverse();
        assert_eq!(homes(records, &backwards), wanted);
    }

    #[test]
    fn errors_are_nobodys() {
        let found = homes_with(
            &[("Fault", &["Detail"]), ("Detail", &[])],
            &[("runs.fault", "Fault")],
            |api| {
                api.errors.push(ErrorKind {
                    name: name("broken"),
                    status: Status::Code(500),
                    body: Some(Type::Named(TypeId(0))),
                    headers: Vec::new(),
                    docs: Docs::default(),
                });
            },
        );
        assert_eq!(found, ["shared", "shared"]);
    }
}
