//! The tree of resources with its names: modules, classes, methods, constants.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::slice;

use super::names;
use super::plan::{CallPlan, ResourcePlan, allocate};
use crate::ir::{Api, Call, Name, Resource};
use crate::target::names as casing;

/// Names the tree of resources.
pub(super) struct Tree<'a, 'p> {
    /// What the package is made of.
    pub(super) api: &'a Api,
    /// The names of types and of the client, which no class may have.
    pub(super) taken: &'p HashSet<String>,
}

impl<'a> Tree<'a, '_> {
    /// The root; its children are its modules.
    pub(super) fn root(&self) -> ResourcePlan<'a> {
        let root = &self.api.root;
        let wanted: Vec<&Name> = root.children.iter().map(|child| &child.name).collect();
        let file = |name: &Name| casing::snake(&casing::file_words(name.words()));
        let modules = allocate(&wanted, file, names::repair_module);
        let mut paths = Vec::new();
        collect(root, &[], &mut paths);
        let classes: Vec<&Name> = paths.iter().collect();
        let given = allocate(&classes, names::class, |plain| {
            let plain = names::repair_class(plain);
            // A class whose answers come whole stands beside each.
            if self.taken.contains(&plain) || plain.ends_with("WithResponse") {
                format!("{plain}Resource")
            } else {
                plain
            }
        });
        let classes = paths.iter().cloned().zip(given).collect();
        let constants = constants_of(&root.calls, &[]);
        let mut plan = self.resource(root, &[], "root", &classes, &constants);
        for (child, module) in plan.children.iter_mut().zip(&modules) {
            let constants = constants_of(&child.resource.calls, &child.resource.children);
            let path = [child.resource.name.clone()];
            let accessor = child.accessor.clone();
            *child = self.resource(child.resource, &path, module, &classes, &constants);
            child.accessor = accessor;
        }
        plan
    }

    fn resource(
        &self,
        resource: &'a Resource,
        path: &[Name],
        module: &str,
        classes: &HashMap<Name, String>,
        constants: &HashMap<Name, String>,
    ) -> ResourcePlan<'a> {
        let wanted: Vec<&Name> = resource
            .calls
            .iter()
            .map(|call| &call.name)
            .chain(resource.children.iter().map(|child| &child.name))
            .collect();
        let repair = if path.is_empty() {
            names::repair_root
        } else {
            names::repair_method
        };
        let members = allocate(&wanted, names::method, repair);
        let (methods, accessors) = members.split_at(resource.calls.len());
        let below = path.get(1..).unwrap_or_default();
        ResourcePlan {
            resource,
            accessor: String::new(),
            class: classes
                .get(&joined(path))
                .cloned()
                .unwrap_or_else(|| "Root".to_owned()),
            module: module.to_owned(),
            calls: resource
                .calls
                .iter()
                .zip(methods)
                .map(|(call, method)| {
                    let name = joined(&[below, slice::from_ref(&call.name)].concat());
                    let plain = casing::screaming(name.words());
                    CallPlan {
                        method: method.clone(),
                        constant: constants.get(&name).cloned().unwrap_or(plain),
                        operation: &self.api.operations[call.operation],
                        docs: OnceCell::new(),
                    }
                })
                .collect(),
            children: resource
                .children
                .iter()
                .zip(accessors)
                .map(|(child, accessor)| {
                    let path = [path, slice::from_ref(&child.name)].concat();
                    let plan = self.resource(child, &path, module, classes, constants);
                    ResourcePlan {
                        accessor: accessor.clone(),
                        ..plan
                    }
                })
                .collect(),
            taken: members.iter().cloned().collect(),
        }
    }
}

/// The constants of a module's operations, by the path below the module.
fn constants_of(calls: &[Call], children: &[Resource]) -> HashMap<Name, String> {
    fn walk(calls: &[Call], children: &[Resource], path: &[Name], out: &mut Vec<Name>) {
        for Call { name, .. } in calls {
            out.push(joined(&[path, slice::from_ref(name)].concat()));
        }
        for child in children {
            let path = [path, slice::from_ref(&child.name)].concat();
            walk(&child.calls, &child.children, &path, out);
        }
    }
    let mut paths = Vec::new();
    walk(calls, children, &[], &mut paths);
    let wanted: Vec<&Name> = paths.iter().collect();
    let repair = |plain: String| {
        if plain.starts_with(|c: char| c.is_alphabetic()) {
            plain
        } else {
            format!("N{plain}")
        }
    };
    let given = allocate(&wanted, |name| casing::screaming(name.words()), repair);
    paths.into_iter().zip(given).collect()
}

/// The names of all resources below one, each as one name.
fn collect(resource: &Resource, path: &[Name], out: &mut Vec<Name>) {
    for child in &resource.children {
        let path = [path, slice::from_ref(&child.name)].concat();
        out.push(joined(&path));
        collect(child, &path, out);
    }
}

/// Several names as one: `webhooks`, `eventTypes` is `webhooks.eventTypes`.
fn joined(path: &[Name]) -> Name {
    let words: Vec<String> = path.iter().flat_map(|name| name.words().to_vec()).collect();
    let wire: Vec<String> = path
        .iter()
        .map(|name| casing::snake(name.words()))
        .collect();
    if words.is_empty() {
        return Name::new(vec!["root".to_owned()], "");
    }
    Name::new(words, wire.join("."))
}
