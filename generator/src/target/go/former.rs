//! Former names of types: aliases, and those of what was declared with them.

use serde::Serialize;

use super::escape;
use super::plan::Plan;
use super::record::indented;
use crate::ir::{Api, Shape, Type, TypeDef, TypeId};
use crate::layout::go_align::{Row, align};
use crate::target::Deprecation;

/// `type Plan = Blueprint`
#[derive(Debug, Serialize)]
pub(super) struct FormerView {
    /// `// Plan is what Blueprint was called.` and that it is deprecated.
    docs: String,
    /// `type Plan = Blueprint`
    declaration: String,
    /// The const block's body: `PlanKindBig = BlueprintKindBig`; empty for what has no constants.
    constants: String,
    /// `UnknownPlan`, of a union: the aliases of its other types, each with its comment.
    beside: Vec<FormerView>,
}

impl FormerView {
    pub(super) fn new(former: TypeId, plan: &Plan<'_>) -> Option<Self> {
        let Shape::Alias(Type::Named(now)) = &plan.api.types[former].shape else {
            return None;
        };
        let (name, present) = (plan.types.name(former), plan.types.name(*now));
        let mut view = Self::alias(name, present);
        let (was, is) = (&plan.constants, &plan.constants);
        if let (Some(was), Some(is)) = (was.get(&former), is.get(now)) {
            let row =
                |(was, is): (&String, &String)| Row::Cells(vec![was.clone(), format!("= {is}")]);
            let rows: Vec<Row> = was.iter().zip(is).map(row).collect();
            view.constants = indented(&align(&rows));
        }
        if let (Some(was), Some(is)) = (plan.wrappers.get(&former), plan.wrappers.get(now)) {
            let unknown = [plan.types.unknown(former), plan.types.unknown(*now)];
            let named = was.iter().zip(is).filter(|(was, _)| !was.is_empty());
            view.beside.push(Self::alias(unknown[0], unknown[1]));
            view.beside
                .extend(named.map(|(was, is)| Self::alias(was, is)));
        }
        Some(view)
    }

    fn alias(name: &str, present: &str) -> Self {
        let mut docs = escape::own_comment(&format!("{name} is what [{present}] was called."));
        docs.push("//".to_owned());
        let deprecated = escape::deprecation(Deprecation::Use(present));
        docs.extend(escape::slashes(deprecated.into_iter().collect()));
        Self {
            docs: docs.join("\n"),
            declaration: format!("type {name} = {present}"),
            constants: String::new(),
            beside: Vec::new(),
        }
    }
}

/// Former names of declared types, by their spelling.
pub(super) fn former(api: &Api, declared: &[TypeId]) -> Vec<TypeId> {
    let is_former = |(id, def): (TypeId, &TypeDef)| match &def.shape {
        Shape::Alias(Type::Named(now)) if def.former && declared.contains(now) => Some(id),
        _ => None,
    };
    api.types.iter().filter_map(is_former).collect()
}

/// A type, or what a former name stands for.
pub(super) fn present(api: &Api, id: TypeId) -> &TypeDef {
    match &api.types[id] {
        TypeDef {
            former: true,
            shape: Shape::Alias(Type::Named(now)),
            ..
        } => &api.types[*now],
        def => def,
    }
}
