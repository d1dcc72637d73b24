//! What a method takes, between its context and its options.

use super::names::{self, Scope};
use super::params::{Body, has_params};
use super::types::{GoTypes, Imports};
use crate::ir::{Name, Operation, PathSegment};

/// One argument of a method.
pub(super) struct Argument<'a> {
    /// `runID`
    pub(super) local: String,
    /// `string`
    pub(super) ty: String,
    pub(super) role: Role<'a>,
}

/// What an argument is for.
pub(super) enum Role<'a> {
    /// A parameter of the path.
    Path(&'a Name),
    /// The whole body.
    Body,
    /// The other parameters, and the members of the body where it is a record.
    Params,
}

/// The arguments of an operation's methods; `params` names the struct of its parameters.
pub(super) fn arguments<'a>(
    operation: &'a Operation,
    body: &Body<'_>,
    params: Option<&str>,
    types: &GoTypes<'_>,
    imports: &mut Imports,
) -> Vec<Argument<'a>> {
    let mut scope = Scope::default();
    let mut arguments = Vec::new();
    for segment in &operation.path {
        let PathSegment::Parameter(index) = segment else {
            continue;
        };
        let parameter = &operation.parameters[*index];
        arguments.push(Argument {
            local: scope.take(names::local(parameter.name.words()), "Value"),
            ty: types.field(&parameter.ty, true, false, imports).text,
            role: Role::Path(&parameter.name),
        });
    }
    if let Body::Whole(_, ty, _) = body {
        arguments.push(Argument {
            local: "body".to_owned(),
            ty: ty.clone(),
            role: Role::Body,
        });
    }
    if let Some(params) = params.filter(|_| has_params(operation, body)) {
        arguments.push(Argument {
            local: "params".to_owned(),
            ty: params.to_owned(),
            role: Role::Params,
        });
    }
    arguments
}
