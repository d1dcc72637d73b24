//! Small APIs by hand, for tests of targets and passes: no document, no disk.

use std::collections::BTreeMap;

use super::{
    Access, Additional, Api, Content, Contract, Docs, Enum, EnumBase, EnumValue, Field, Home, Info,
    Literal, Method, Name, Operation, OperationId, Parameter, PathSegment, Payload, Place, Record,
    Resource, Response, Shape, Status, Style, Tagging, Text, Type, TypeDef, TypeId, Union, Usage,
    Variant,
};
use crate::source::{FileId, Span};

/// A name from its wire spelling, split where a person would: `run_id`, `runId`, `run-id`.
pub fn name(wire: &str) -> Name {
    crate::lower::name::split(wire)
}

/// An API with nothing in it.
pub fn api(title: &str) -> Api {
    Api {
        info: Info {
            title: Text::new(title),
            version: Text::new("1.0.0"),
            docs: Docs::default(),
            license: None,
        },
        servers: Vec::new(),
        security_schemes: Vec::new(),
        areas: Vec::new(),
        types: super::Types::default(),
        operations: super::Operations::default(),
        root: resource(title),
        errors: Vec::new(),
        webhooks: Vec::new(),
        webhook_events: None,
        contract: Contract::default(),
        meanings: Vec::new(),
        apart: BTreeMap::new(),
    }
}

/// A resource with nothing in it.
pub fn resource(wire: &str) -> Resource {
    Resource {
        name: name(wire),
        docs: Docs::default(),
        calls: Vec::new(),
        children: Vec::new(),
    }
}

/// A type definition, used both ways.
pub fn type_def(wire: &str, shape: Shape) -> TypeDef {
    TypeDef {
        name: name(wire),
        docs: Docs::default(),
        deprecated: false,
        former: false,
        usage: Usage {
            sent: true,
            received: true,
        },
        home: Home::Shared,
        shape,
        span: Span::new(FileId(0), 0, 0),
    }
}

/// A record of fields.
pub fn record(fields: Vec<Field>) -> Shape {
    Shape::Record(Record {
        fields,
        additional: Additional::Unknown,
    })
}

/// A required field.
pub fn field(wire: &str, ty: Type) -> Field {
    Field {
        name: name(wire),
        ty,
        required: true,
        access: Access::Both,
        default: None,
        example: None,
        docs: Docs::default(),
        deprecated: false,
        indirect: false,
        span: Span::new(FileId(0), 0, 0),
    }
}

/// A field that may be absent.
pub fn optional(wire: &str, ty: Type) -> Field {
    Field {
        required: false,
        ..field(wire, ty)
    }
}

/// A closed enum of strings.
pub fn string_enum(values: &[&str]) -> Shape {
    let values = values
        .iter()
        .map(|value| EnumValue {
            name: name(value),
            value: Literal::String(Text::new(*value)),
            docs: Docs::default(),
        })
        .collect();
    Shape::Enum(Enum {
        base: EnumBase::String,
        values,
        open: false,
    })
}

/// A closed union told apart by a property; each variant is a tag and a named record.
pub fn tagged_union(property: &str, variants: &[(&str, TypeId)]) -> Shape {
    let variants = variants
        .iter()
        .map(|(tag, id)| Variant {
            name: name(tag),
            ty: Type::Named(*id),
            tags: vec![Text::new(*tag)],
            docs: Docs::default(),
            indirect: false,
        })
        .collect();
    Shape::Union(Union {
        variants,
        tagging: Tagging::Property(name(property)),
        open: false,
    })
}

/// A required parameter in its place's default style.
pub fn parameter(wire: &str, place: Place, ty: Type) -> Parameter {
    let style = match place {
        Place::Path | Place::Header => Style::Simple,
        Place::Query | Place::Cookie => Style::Form,
    };
    Parameter {
        name: name(wire),
        place,
        ty,
        required: true,
        style,
        explode: style == Style::Form,
        allow_reserved: false,
        json: false,
        default: None,
        example: None,
        docs: Docs::default(),
        deprecated: false,
    }
}

/// A 200 answer with JSON of a type.
pub fn json_response(status: u16, ty: Type) -> Response {
    Response {
        status: Status::Code(status),
        docs: Docs::default(),
        headers: Vec::new(),
        contents: vec![Content {
            media_type: Text::new("application/json"),
            payload: Payload::Json(ty),
            span: Span::new(FileId(0), 0, 0),
        }],
        span: Span::new(FileId(0), 0, 0),
    }
}

/// An operation without body and answers; `sdk_path` is dotted, braces in `path` name parameters.
pub fn operation(id: &str, sdk_path: &str, method: Method, path: &str) -> Operation {
    let mut parameters = Vec::new();
    let mut segments = Vec::new();
    for (i, piece) in path.split(['{', '}']).enumerate() {
        if i % 2 == 1 {
            segments.push(PathSegment::Parameter(parameters.len()));
            parameters.push(parameter(
                piece,
                Place::Path,
                Type::String(super::StringFormat::Plain),
            ));
        } else if !piece.is_empty() {
            segments.push(PathSegment::Literal(Text::new(piece)));
        }
    }
    Operation {
        name: name(id),
        sdk_path: sdk_path.split('.').map(name).collect(),
        area: None,
        method,
        path: segments,
        docs: Docs::default(),
        deprecated: false,
        former: None,
        alternative: None,
        parameters,
        body: Vec::new(),
        body_required: false,
        body_docs: Docs::default(),
        responses: Vec::new(),
        errors: Vec::new(),
        security: Vec::new(),
        idempotency: None,
        resume: None,
        page: None,
        long_running: None,
        servers: Vec::new(),
        span: Span::new(FileId(0), 0, 0),
    }
}

/// Adds an operation and hangs it into the tree.
pub fn add_operation(api: &mut Api, operation: Operation) -> OperationId {
    let path = operation.sdk_path.clone();
    let id = api.operations.push(operation);
    crate::lower::resource::hang(&mut api.root, &path, id);
    id
}
