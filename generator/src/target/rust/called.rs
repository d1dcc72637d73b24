//! How each operation is called in the crate: what the files about all operations are made of.

use std::collections::BTreeMap;

use super::client::ClientView;
use super::resource::ResourceView;
use crate::ir::{Operation, Parameter};

/// An operation with the names that its method, its setters and its facts were given.
#[derive(Debug)]
pub(super) struct Called<'a> {
    pub(super) operation: &'a Operation,
    /// The type that holds the method: `WorkspacesFiles`, or `Client`.
    pub(super) holder: String,
    /// `start`
    pub(super) method: String,
    /// What is required, in the method's order, without the body: `("run_id", ...)`.
    pub(super) arguments: Vec<(String, &'a Parameter)>,
    /// What may be left out, in the document's order, without the body: `("limit", ...)`.
    pub(super) setters: Vec<(String, &'a Parameter)>,
    /// What the call gives: `Json<types::Run>`.
    pub(super) answer: String,
    /// The result of its `wait`, where it has one: `types::Run`.
    pub(super) result: Option<String>,
    /// The method that goes on with that wait: `start_wait_from`.
    pub(super) resumed: Option<String>,
    /// `START_RUN`
    pub(super) fact: String,
    /// Where the facts stand: `crate::generated::resources::runs`.
    pub(super) module: String,
}

/// The accessors that lead from a client to each type that holds methods:
/// `WorkspacesFiles` by `["workspaces", "files"]`, `Client` by none.
#[derive(Debug, Default)]
pub(super) struct Ways(BTreeMap<String, Vec<String>>);

impl Ways {
    /// The client's own accessors.
    pub(super) fn new(client: &ClientView) -> Self {
        let mut ways = Self::default();
        for accessor in &client.accessors {
            ways.0
                .insert(accessor.name.clone(), vec![accessor.method.clone()]);
        }
        ways
    }

    /// The accessors of a resource, to which a way is known.
    pub(super) fn extend(&mut self, resource: &ResourceView) {
        let before = self.to(&resource.name).to_vec();
        for accessor in &resource.accessors {
            let mut way = before.clone();
            way.push(accessor.method.clone());
            self.0.insert(accessor.name.clone(), way);
        }
    }

    /// The way to a type.
    pub(super) fn to(&self, holder: &str) -> &[String] {
        self.0.get(holder).map_or(&[], Vec::as_slice)
    }
}
