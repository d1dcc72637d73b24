//! What a method is called with: path parameters, the body or its properties, then the rest.

use super::escape;
use super::imports::Imports;
use super::names;
use super::plan::{self, Plan};
use super::record::{self, is_sent_only};
use super::types::{self, Place};
use crate::ir::{Docs, Name, Operation, Parameter, Payload, Place as In, StringFormat, Type};

/// An argument of a method.
pub(super) struct Argument<'a> {
    /// `plan_id`
    pub(super) name: String,
    /// `"plan_id"`: the key that the runtime is handed it under; for a property its attribute.
    pub(super) wire: String,
    /// Where it is sent.
    pub(super) place: Part,
    /// `str | None`
    pub(super) annotation: String,
    /// `None`; nothing for what must be given.
    pub(super) default: Option<String>,
    /// What the document says.
    pub(super) docs: &'a Docs,
}

impl Argument<'_> {
    /// What the document says, in one line; empty where it says nothing.
    pub(super) fn docs(&self) -> String {
        let text = escape::first_paragraph(self.docs);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Path,
    Query,
    Header,
    Cookie,
    /// A property of the body's record.
    Property,
    /// The body itself.
    Body,
}

/// Makes an argument, once its name is known.
type Named<'a> = Box<dyn FnOnce(String, &mut Imports) -> Argument<'a> + 'a>;

/// A name to allocate, and the argument it becomes.
type Wanted<'a> = (Name, Part, Named<'a>);

/// The arguments of an operation's method, in the order in which names are given.
pub(super) fn arguments<'a>(
    plan: &'a Plan<'_>,
    operation: &'a Operation,
    place: &'a Place,
    imports: &mut Imports,
) -> Vec<Argument<'a>> {
    let mut wanted: Vec<Wanted<'_>> = Vec::new();
    let of = |inside: In| {
        operation
            .parameters
            .iter()
            .filter(move |parameter| parameter.place == inside)
    };
    for parameter in of(In::Path) {
        wanted.push((
            parameter.name.clone(),
            Part::Path,
            from_parameter(plan, parameter, place),
        ));
    }
    let record = operation
        .body
        .first()
        .and_then(|content| plan::flattened(plan, &content.payload));
    match (record, operation.body.first()) {
        (Some((id, record)), _) => {
            let def = &plan.api.types[id];
            let place = place.sent(is_sent_only(def));
            let fields = record.fields.iter().zip(plan.attributes(id));
            for (field, attribute) in fields.filter(|(field, _)| escape::is_mappable(&field.name)) {
                let place = place.clone();
                let make = move |name: String, imports: &mut Imports| {
                    let property = record::property(plan, id, field, &place, imports);
                    Argument {
                        name,
                        wire: attribute.clone(),
                        place: Part::Property,
                        annotation: property.annotation,
                        default: property.default,
                        docs: &field.docs,
                    }
                };
                let mut name = field.name.clone();
                let taken = of(In::Path).any(|other| other.name.words() == name.words());
                if taken || names::is_option(&name) {
                    name = placed("body", &name);
                }
                wanted.push((name, Part::Property, Box::new(make)));
            }
        }
        (None, Some(content)) => {
            let name = Name::new(vec!["body".to_owned()], "body");
            let make = move |name: String, imports: &mut Imports| {
                let ty = body_annotation(plan, &content.payload, place, imports);
                let required = operation.body_required;
                Argument {
                    name,
                    wire: String::new(),
                    place: Part::Body,
                    annotation: if required { ty } else { format!("{ty} | None") },
                    default: (!required).then(|| "None".to_owned()),
                    docs: &operation.body_docs,
                }
            };
            wanted.push((name, Part::Body, Box::new(make)));
        }
        (None, None) => {}
    }
    for (inside, part, word) in [
        (In::Query, Part::Query, "query"),
        (In::Header, Part::Header, "header"),
        (In::Cookie, Part::Cookie, "cookie"),
    ] {
        for parameter in of(inside) {
            let mut name = parameter.name.clone();
            if part == Part::Header {
                // The case of a header says nothing.
                name = Name::new(name.words().to_vec(), name.words().join("_"));
            }
            let taken = wanted
                .iter()
                .any(|(other, ..)| other.words() == name.words());
            if taken || names::is_option(&name) {
                name = placed(word, &name);
            }
            wanted.push((name, part, from_parameter(plan, parameter, place)));
        }
    }
    let wanted_names: Vec<&Name> = wanted.iter().map(|(name, ..)| name).collect();
    let given = plan::allocate(&wanted_names, names::attribute, |plain| {
        names::repair_parameter(plain, &plan.type_names)
    });
    wanted
        .into_iter()
        .zip(given)
        .map(|((_, part, make), name)| {
            // `body` is what the expression calls it.
            let name = if part == Part::Body {
                "body".to_owned()
            } else {
                name
            };
            make(name, imports)
        })
        .collect()
}

/// Two places may use one name, or one uses that of an option: the later one says where it
/// stands, `body_slug`.
fn placed(place: &str, name: &Name) -> Name {
    let mut words = vec![place.to_owned()];
    words.extend(name.words().iter().cloned());
    let wire = words.join("_");
    Name::new(words, wire)
}

fn from_parameter<'a>(plan: &'a Plan<'_>, parameter: &'a Parameter, place: &'a Place) -> Named<'a> {
    Box::new(move |name, imports| {
        let ty = types::expression(plan, &parameter.ty, place, imports);
        let nullable = ty.ends_with("| None") || ty == "Any" || ty == "None";
        let annotation = if parameter.required || nullable {
            ty
        } else {
            format!("{ty} | None")
        };
        Argument {
            name,
            wire: escape::wire(&parameter.name),
            place: match parameter.place {
                In::Path => Part::Path,
                In::Query => Part::Query,
                In::Header => Part::Header,
                In::Cookie => Part::Cookie,
            },
            annotation,
            default: (!parameter.required).then(|| "None".to_owned()),
            docs: &parameter.docs,
        }
    })
}

fn body_annotation(
    plan: &Plan<'_>,
    payload: &Payload,
    place: &Place,
    imports: &mut Imports,
) -> String {
    let ty = match payload {
        Payload::Json(ty) => ty,
        Payload::Text => &Type::String(StringFormat::Plain),
        _ => {
            imports.name("..._runtime.content", "BinaryInput");
            return "BinaryInput".to_owned();
        }
    };
    types::expression(plan, ty, place, imports)
}
