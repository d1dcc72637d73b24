//! How the package writes the types of a document.

use std::collections::{BTreeMap, BTreeSet};

use super::params::flat_record;
use super::plan::{Plan, ServicePlan};
use super::record::fixed;
use super::types::{Imports, qualified};
use crate::ir::{Api, Payload, Shape, Type, TypeId};
use crate::source::Span;
use crate::target::Context;
use crate::target::written::{Declared, Written, named};

pub(in crate::target) fn written(cx: &Context<'_>, types: &[Type]) -> Vec<Written> {
    let plan = Plan::new(cx.api);
    let imports = &mut Imports::new();
    let mut bodies = BTreeMap::new();
    arguments(cx.api, &plan.root, &mut bodies);
    bodies.retain(|id, _| !plan.types.is_declared(*id));
    let write = |ty: &Type| {
        let inside = plan.types.expression(ty, imports);
        // An alias is written out; any other type that no call names is not declared.
        let is_there = named(ty).is_some_and(|id| {
            let shape = &cx.api.types[id].shape;
            plan.types.is_declared(id) || matches!(shape, Shape::Alias(_) | Shape::Enum(_))
        });
        // A body whose members are arguments is what holds the arguments.
        let arguments = named(ty).and_then(|id| bodies.get(&id));
        let arguments = arguments.map(|name| format!("sdk.{name}"));
        Written {
            outside: arguments.or(is_there.then(|| qualified(&inside, "sdk"))),
            declared: named(ty).map_or(Declared::Plain, |id| match &cx.api.types[id].shape {
                Shape::Enum(_) if inside == "any" => Declared::Any,
                Shape::Enum(_) => Declared::Base,
                // Every interface has a variant for what is not known.
                Shape::Union(_) => Declared::Open,
                Shape::Record(_) | Shape::Alias(_) => Declared::Plain,
            }),
            inside,
            lossless: false,
        }
    };
    types.iter().map(write).collect()
}

/// The structs of arguments that hold the members of a JSON body, by the body's record.
fn arguments(api: &Api, service: &ServicePlan<'_>, out: &mut BTreeMap<TypeId, String>) {
    for call in &service.calls {
        let body = call.operation.body.first().map(|content| &content.payload);
        if let (Some(Payload::Json(ty)), Some(params)) = (body, &call.params)
            && let Some(record) = flat_record(api, ty)
        {
            out.entry(record).or_insert_with(|| params.clone());
        }
    }
    for child in &service.children {
        arguments(api, child, out);
    }
}

/// The properties that are written by themselves.
pub(in crate::target) fn constants(api: &Api) -> BTreeSet<Span> {
    let records = api.types.iter().filter_map(|(_, def)| match &def.shape {
        Shape::Record(record) => Some(record),
        _ => None,
    });
    let fields = records.flat_map(|record| &record.fields);
    let fixed = fields.filter(|field| fixed(field).is_some());
    fixed.map(|field| field.span).collect()
}
