//! Type expressions: how a type of the API is written in Python, and what that imports.

use std::collections::BTreeSet;

use super::enum_::AliasView;
use super::escape;
use super::imports::Imports;
use super::plan::Plan;
use super::record::is_sent_only;
use super::union::UnionView;
use crate::ir::{Literal, Shape, StringFormat, Type, TypeId};
use crate::target::Context;
use crate::target::written::{Declared, Written, named as name_of};

/// Where an expression stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    /// From the module to the package of types: `.` inside of it, `..types.` beside it.
    pub(super) types: &'static str,
    /// From the module to the runtime: `..._runtime.`
    pub(super) runtime: &'static str,
    /// The module of types that this is, whose names need no import.
    pub(super) own: Option<String>,
    /// What stands here is only ever sent: any sequence will do, and a file can be a path.
    pub(super) sent: bool,
    /// Builtins that members of the class around hide.
    pub(super) hidden: BTreeSet<String>,
    /// Types are named through their module: `shared.Error`.
    pub(super) qualified: bool,
}

impl Place {
    /// Inside of a module of types.
    pub(super) fn in_types(module: &str, sent: bool, hidden: BTreeSet<String>) -> Self {
        Self {
            types: ".",
            runtime: "..._runtime.",
            own: Some(module.to_owned()),
            sent,
            hidden,
            qualified: false,
        }
    }

    /// In a module beside the types: operations, resources.
    pub(super) fn beside_types(sent: bool, hidden: BTreeSet<String>) -> Self {
        Self {
            types: "..types.",
            runtime: "..._runtime.",
            own: None,
            sent,
            hidden,
            qualified: false,
        }
    }

    /// The same place, for what is sent, or not.
    pub(super) fn sent(&self, sent: bool) -> Self {
        Self {
            sent,
            ..self.clone()
        }
    }

    fn builtin(&self, name: &str, imports: &mut Imports) -> String {
        if self.hidden.contains(name) {
            imports.module("builtins");
            return format!("builtins.{name}");
        }
        name.to_owned()
    }
}

/// A type as an annotation: `list[Run] | None`.
pub(super) fn expression(
    plan: &Plan<'_>,
    ty: &Type,
    place: &Place,
    imports: &mut Imports,
) -> String {
    match ty {
        Type::Any | Type::Never => {
            imports.name("typing", "Any");
            "Any".to_owned()
        }
        Type::Null => "None".to_owned(),
        Type::Boolean => place.builtin("bool", imports),
        Type::Integer(_) => place.builtin("int", imports),
        Type::Number(_) => place.builtin("float", imports),
        Type::String(format) => string(format, place, imports),
        Type::Literal(value) => literal(value, place, imports),
        Type::Nullable(inner) => {
            let written = expression(plan, inner, place, imports);
            // `None | None` is no type when it is evaluated.
            match plan.api.types.resolve(inner) {
                Type::Null => written,
                _ => format!("{written} | None"),
            }
        }
        Type::List(inner) => {
            let inner = expression(plan, inner, place, imports);
            if place.sent {
                imports.name("collections.abc", "Sequence");
                return format!("Sequence[{inner}]");
            }
            format!("{}[{inner}]", place.builtin("list", imports))
        }
        Type::Map(inner) => {
            let inner = expression(plan, inner, place, imports);
            let key = place.builtin("str", imports);
            if place.sent {
                imports.name("collections.abc", "Mapping");
                return format!("Mapping[{key}, {inner}]");
            }
            format!("{}[{key}, {inner}]", place.builtin("dict", imports))
        }
        Type::Tuple {
            items,
            least,
            rest: None,
        } if *least == items.len() => {
            let items: Vec<String> = items
                .iter()
                .map(|item| expression(plan, item, place, imports))
                .collect();
            let inside = if items.is_empty() {
                "()".to_owned()
            } else {
                items.join(", ")
            };
            format!("{}[{inside}]", place.builtin("tuple", imports))
        }
        Type::Tuple { .. } => {
            // Python has no type for a tuple of several lengths.
            imports.name("typing", "Any");
            format!("{}[Any]", place.builtin("list", imports))
        }
        Type::Named(id) => named(plan, *id, place, imports),
    }
}

/// A named type, imported where it is not of this module.
pub(super) fn named(plan: &Plan<'_>, id: TypeId, place: &Place, imports: &mut Imports) -> String {
    let name = plan.type_name(id);
    let module = plan.module(id);
    if place.qualified {
        imports.checked(place.types, module);
        return format!("{module}.{name}");
    }
    if place.own.as_deref() != Some(module) {
        imports.name(&format!("{}{module}", place.types), name);
    }
    name.to_owned()
}

fn string(format: &StringFormat, place: &Place, imports: &mut Imports) -> String {
    let time = match format {
        StringFormat::DateTime => "datetime",
        StringFormat::Date => "date",
        StringFormat::Time => "time",
        StringFormat::Duration => "timedelta",
        StringFormat::Decimal => {
            imports.name("decimal", "Decimal");
            return "Decimal".to_owned();
        }
        StringFormat::Base64 => return place.builtin("bytes", imports),
        StringFormat::Binary if place.sent => {
            imports.name(&format!("{}content", place.runtime), "FileInput");
            return "FileInput".to_owned();
        }
        StringFormat::Binary
        | StringFormat::Plain
        | StringFormat::Uuid
        | StringFormat::Uri
        | StringFormat::Email
        | StringFormat::Secret
        | StringFormat::Other(_) => return place.builtin("str", imports),
    };
    imports.module("datetime as dt");
    format!("dt.{time}")
}

/// A constant as a type: `Literal["a"]`, or the nearest type that can hold it.
fn literal(value: &Literal, place: &Place, imports: &mut Imports) -> String {
    if matches!(value, Literal::Null) {
        return "None".to_owned();
    }
    match escape::listed(value) {
        Some(text) => {
            imports.name("typing", "Literal");
            format!("Literal[{text}]")
        }
        None if matches!(value, Literal::Integer(_)) => place.builtin("int", imports),
        None => {
            imports.name("typing", "Any");
            "Any".to_owned()
        }
    }
}

/// How the package writes each of some types.
pub(in crate::target) fn written(cx: &Context<'_>, all: &[Type]) -> Vec<Written> {
    let plan = Plan::new(cx.api, &cx.product.client);
    let imports = &mut Imports::default();
    let write = |ty: &Type| {
        let id = name_of(ty);
        let sent = id.is_some_and(|id| is_sent_only(&cx.api.types[id]));
        let place = Place::beside_types(sent, BTreeSet::new());
        let inside = expression(&plan, ty, &place, imports);
        Written {
            outside: id.map(|_| format!("types.{inside}")),
            inside,
            declared: id.map_or(Declared::Plain, |id| declared(&plan, id, imports)),
            lossless: false,
        }
    };
    all.iter().map(write).collect()
}

fn declared(plan: &Plan<'_>, id: TypeId, imports: &mut Imports) -> Declared {
    let def = &plan.api.types[id];
    match &def.shape {
        Shape::Enum(value) => {
            let text = AliasView::of_enum(plan, id, def, value, imports).statement;
            let listed = text.contains("Literal[");
            match text.ends_with("Any") {
                true => Declared::Any,
                false if !listed => Declared::Base,
                false => Declared::listed(!text.ends_with([']', ')'])),
            }
        }
        Shape::Union(union) => {
            let text = UnionView::new(plan, id, def, union, false, imports).checked;
            let mut words = text.split(|letter: char| !letter.is_alphanumeric());
            Declared::listed(words.any(|word| word == "Unknown"))
        }
        Shape::Record(_) | Shape::Alias(_) => Declared::Plain,
    }
}
