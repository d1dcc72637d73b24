//! How the package writes the types of a document.

use super::enum_::AliasView;
use super::imports::Imports;
use super::plan::Plan;
use crate::ir::{Shape, Type, TypeId, Usage};
use crate::target::Context;
use crate::target::written::{Declared, Written, named};

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
            declared: id.map_or(Declared::Plain, |id| declared(&plan, id, imports)),
            lossless: plan.types.is_wide(ty),
        }
    };
    types.iter().map(write).collect()
}

fn declared(plan: &Plan<'_>, id: TypeId, imports: &mut Imports) -> Declared {
    let def = &plan.api.types[id];
    let name = plan.types.name(id);
    let text = match &def.shape {
        Shape::Enum(item) => AliasView::of_enum(def, name, item).text,
        Shape::Union(union) => AliasView::of_union(def, name, union, &plan.types, imports).text,
        Shape::Record(_) | Shape::Alias(_) => return Declared::Plain,
    };
    let others = ["(string & {})", "(number & {})", "UnknownVariant<"];
    match text.contains("unknown") {
        true => Declared::Any,
        false => Declared::listed(others.iter().any(|other| text.contains(other))),
    }
}
