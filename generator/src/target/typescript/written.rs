//! How the package writes the types of a document.

use super::imports::Imports;
use super::plan::Plan;
use crate::ir::{Type, Usage};
use crate::target::Context;
use crate::target::written::{Written, named};

pub(in crate::target) fn written(cx: &Context<'_>, types: &[Type]) -> Vec<Written> {
    let plan = Plan::new(cx.api, cx.product);
    let imports = &mut Imports::of("");
    let write = |ty: &Type| {
        let id = named(ty);
        let usage = id.map_or_else(Usage::default, |id| cx.api.types[id].usage);
        let inside = plan.types.expression(ty, usage, imports);
        Written {
            outside: id.map(|_| format!("T.{inside}")),
            inside,
            lossless: plan.types.is_wide(ty),
        }
    };
    types.iter().map(write).collect()
}
