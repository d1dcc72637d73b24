//! What a router has to know of an operation, as fields of a constant.

use super::escape;
use super::operation::Making;
use super::parameter::default;
use crate::ir::{
    Api, FormField, Operation, Parameter, Part, PartKind, Payload, Place, Shape, Style, Type,
};
use crate::layout::rustfmt;
use crate::target::rust_lang::escape as rust;

/// The fields that differ from those of most operations: `id: "startRun",`.
pub(super) fn facts(operation: &Operation, cx: &mut Making<'_, '_>) -> Vec<String> {
    let api = cx.types.api();
    let mut facts = vec![
        rustfmt::assign(4, "id:", &rust::wire(&operation.name), ","),
        format!("method: \"{}\",", operation.method.as_str()),
        rustfmt::assign(4, "path:", &rust::path(operation), ","),
        rustfmt::assign(4, "route:", &escape::route(operation), ","),
    ];
    if let Some(area) = operation.area.and_then(|index| api.areas.get(index)) {
        facts.push(rustfmt::assign(4, "area:", &rust::wire(&area.name), ","));
    }
    if let Some(key) = &operation.idempotency {
        let header = rust::string(&key.header);
        facts.push(format!("idempotency: Some(({header}, {})),", key.required));
    }
    if let Some(header) = &operation.resume {
        facts.push(format!("resume: Some({}),", rust::string(header)));
    }
    let streams = operation.responses.iter().flat_map(|r| &r.contents);
    let flags = [
        ("paged", operation.page.is_some()),
        (
            "streams",
            streams
                .into_iter()
                .any(|content| matches!(content.payload, Payload::Events(_) | Payload::Lines(_))),
        ),
        ("long_running", operation.long_running.is_some()),
    ];
    facts.extend(
        flags
            .into_iter()
            .filter(|(_, set)| *set)
            .map(|(name, _)| format!("{name}: true,")),
    );
    let security = security(operation, api);
    if !security.is_empty() {
        facts.push(rustfmt::array(4, "security: &", &security, ","));
    }
    let parameters: Vec<String> = operation
        .parameters
        .iter()
        .map(|parameter| parameter_info(parameter, cx))
        .collect();
    if !parameters.is_empty() {
        facts.push(list(4, "parameters: &", &parameters));
    }
    let media_types: Vec<String> = operation
        .body
        .iter()
        .map(|content| rust::string(&content.media_type))
        .collect();
    if !media_types.is_empty() {
        facts.push(rustfmt::array(4, "body: &", &media_types, ","));
    }
    if operation.body_required {
        facts.push("body_required: true,".to_owned());
    }
    let form = form(operation, cx);
    if !form.is_empty() {
        facts.push(rustfmt::array(4, "form: &", &form, ","));
    }
    facts
}

/// One item a line, as rustfmt has it where one of them is a call.
fn list(indent: usize, head: &str, items: &[String]) -> String {
    let one = format!("{head}[{}],", items.join(", "));
    if items.len() == 1 && indent + one.chars().count() <= rustfmt::WIDTH && !one.contains('\n') {
        return one;
    }
    let pad = " ".repeat(indent);
    let lines: String = items
        .iter()
        .map(|item| format!("{pad}    {item},\n"))
        .collect();
    format!("{head}[\n{lines}{pad}],")
}

fn security(operation: &Operation, api: &Api) -> Vec<String> {
    let sets: Vec<String> = operation
        .security
        .iter()
        .map(|set| {
            let names: Vec<String> = set
                .iter()
                .filter_map(|used| api.security_schemes.get(used.scheme.0))
                .map(|scheme| rust::wire(&scheme.name))
                .collect();
            format!("&[{}]", names.join(", "))
        })
        .collect();
    match sets.iter().all(|set| set == "&[]") {
        true => Vec::new(),
        false => sets,
    }
}

/// `ParameterInfo::query("limit", Kind::Number).or("50")`
fn parameter_info(parameter: &Parameter, cx: &mut Making<'_, '_>) -> String {
    cx.facts.runtime("ParameterInfo");
    let place = match parameter.place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
        Place::Cookie => "cookie",
    };
    let kind = match parameter.json {
        true => "Kind::Json".to_owned(),
        false => kind(&parameter.ty, cx.api()),
    };
    cx.facts.runtime("Kind");
    let mut links = Vec::new();
    let usual = match parameter.place {
        Place::Path | Place::Header => (Style::Simple, false),
        Place::Query | Place::Cookie => (Style::Form, true),
    };
    if (parameter.style, parameter.explode) != usual {
        cx.facts.runtime("Style");
        let style = format!("Style::{:?}", parameter.style);
        links.push((
            "styled".to_owned(),
            vec![style, parameter.explode.to_string()],
        ));
    }
    if parameter.required && parameter.place != Place::Path {
        links.push(("required".to_owned(), Vec::new()));
    }
    if let Some(json) = default(parameter, cx.types).and_then(escape::json) {
        links.push(("or".to_owned(), vec![json]));
    }
    let head = format!("ParameterInfo::{place}");
    let root = rustfmt::call(8, &head, &[rust::wire(&parameter.name), kind], "");
    if !root.contains('\n') {
        return rustfmt::chain(8, &root, &links);
    }
    // Behind a root of several lines each link has its own, under the root.
    links.iter().fold(root, |text, (name, arguments)| {
        format!("{text}\n        .{name}({})", arguments.join(", "))
    })
}

/// What the text of a value means: `Kind::List(&Kind::Number)`.
fn kind(ty: &Type, api: &Api) -> String {
    kind_within(ty, api, true)
}

fn kind_within(ty: &Type, api: &Api, outermost: bool) -> String {
    let ty = api.types.resolve(ty.split_null().0);
    let shape = match ty {
        Type::Named(id) => Some(&api.types[*id].shape),
        _ => None,
    };
    match (ty, shape) {
        (Type::Integer(_) | Type::Number(_), _) => "Kind::Number".to_owned(),
        (Type::Literal(crate::ir::Literal::Integer(_) | crate::ir::Literal::Number(_)), _) => {
            "Kind::Number".to_owned()
        }
        (Type::Boolean | Type::Literal(crate::ir::Literal::Boolean(_)), _) => {
            "Kind::Boolean".to_owned()
        }
        (Type::List(item), _) if outermost => {
            format!("Kind::List(&{})", kind_within(item, api, false))
        }
        (Type::Map(_), _) if outermost => "Kind::Record(&[])".to_owned(),
        (_, Some(Shape::Record(record))) if outermost => {
            let fields: Vec<String> = record
                .fields
                .iter()
                .map(|field| {
                    let kind = kind_within(&field.ty, api, false);
                    format!("({}, {kind})", rust::wire(&field.name))
                })
                .collect();
            rustfmt::array(12, "Kind::Record(&", &fields, ")")
        }
        (_, Some(Shape::Enum(values))) => match values.base {
            crate::ir::EnumBase::String => "Kind::Text".to_owned(),
            crate::ir::EnumBase::Integer => "Kind::Number".to_owned(),
            crate::ir::EnumBase::Mixed => "Kind::Json".to_owned(),
        },
        (Type::String(_) | Type::Literal(crate::ir::Literal::String(_)), _) => {
            "Kind::Text".to_owned()
        }
        // What may be one of several is what it reads as: `3` a number, `x` a text.
        _ => "Kind::Json".to_owned(),
    }
}

/// How the fields of a form are read: `("file", Kind::File)`.
fn form(operation: &Operation, cx: &mut Making<'_, '_>) -> Vec<String> {
    let api = cx.types.api();
    let found = operation
        .body
        .iter()
        .find_map(|content| match &content.payload {
            Payload::Multipart { record, parts } => Some(
                parts
                    .iter()
                    .map(|part| part_info(part, *record, api))
                    .collect(),
            ),
            Payload::Form { record, fields } => Some(
                fields
                    .iter()
                    .map(|field| field_info(field, *record, api))
                    .collect(),
            ),
            _ => None,
        });
    let fields: Vec<String> = found.unwrap_or_default();
    if !fields.is_empty() {
        cx.facts.runtime("Kind");
    }
    fields
}

fn part_info(part: &Part, record: crate::ir::TypeId, api: &Api) -> String {
    let one = match part.kind {
        PartKind::File => "Kind::File".to_owned(),
        PartKind::Json => "Kind::Json".to_owned(),
        PartKind::Text => {
            let kind = property(&part.name, record, api);
            match kind
                .strip_prefix("Kind::List(&")
                .and_then(|k| k.strip_suffix(')'))
            {
                Some(item) => item.to_owned(),
                None => kind,
            }
        }
    };
    let kind = match part.repeated {
        true => format!("Kind::List(&{one})"),
        false => one,
    };
    format!("({}, {kind})", rust::wire(&part.name))
}

fn field_info(field: &FormField, record: crate::ir::TypeId, api: &Api) -> String {
    let kind = match field.json {
        true => "Kind::Json".to_owned(),
        false => property(&field.name, record, api),
    };
    format!("({}, {kind})", rust::wire(&field.name))
}

fn property(name: &crate::ir::Name, record: crate::ir::TypeId, api: &Api) -> String {
    let Shape::Record(record) = &api.types[record].shape else {
        return "Kind::Text".to_owned();
    };
    let field = record.fields.iter().find(|f| f.name.wire() == name.wire());
    field.map_or_else(|| "Kind::Text".to_owned(), |field| kind(&field.ty, api))
}
