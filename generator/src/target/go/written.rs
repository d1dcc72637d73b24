//! How the package writes the types of a document.

use super::plan::Plan;
use super::types::{Imports, qualified};
use crate::ir::{Shape, Type};
use crate::target::Context;
use crate::target::written::{Written, named};

pub(in crate::target) fn written(cx: &Context<'_>, types: &[Type]) -> Vec<Written> {
    let plan = Plan::new(cx.api);
    let imports = &mut Imports::new();
    let write = |ty: &Type| {
        let inside = plan.types.expression(ty, imports);
        // An alias is written out; any other type that no call names is not declared.
        let is_there = named(ty).is_some_and(|id| {
            let shape = &cx.api.types[id].shape;
            plan.types.is_declared(id) || matches!(shape, Shape::Alias(_) | Shape::Enum(_))
        });
        Written {
            outside: is_there.then(|| qualified(&inside, "sdk")),
            inside,
            lossless: false,
        }
    };
    types.iter().map(write).collect()
}
