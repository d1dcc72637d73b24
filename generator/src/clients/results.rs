//! Several successes: one type for all that a call may be answered with, where there is one.
//!
//! The status that came is not asked: a value is told by what it is, as that of any union without a
//! tag, and no body at all is null.

use super::escape;
use super::media;
use crate::diagnostic::Diagnostics;
use crate::ir::{
    Api, Content, Docs, Home, Method, Operation, OperationId, Payload, Response, Shape, Status,
    Text, Type, TypeDef, Types, Usage,
};
use crate::lower::union_of;
use crate::passes;
use crate::source::Span;

const KIND: &str = "clients read a success of another kind as the first";
const RANGE: &str = "clients ask for the media types of the first success alone";
const ASKED: &str = "clients that ask for a further media type read every success as that";
const REDIRECT: &str = "clients follow redirects, and read no other answer of 3xx";
const WORK: &str = "clients read every success of long-running work as the first";
const PAGE: &str = "clients read every success of a list as a page";

/// How clients read the successes of an operation.
enum Reading {
    /// As the first: the others are the same, or cannot be read beside it.
    First,
    /// As JSON of one of these types, or of none where an answer has no body.
    Json {
        media_type: Text,
        types: Vec<Type>,
        nullable: bool,
        span: Span,
    },
}

/// A type without null, and whether null was one of its values.
fn without_null(ty: &Type, types: &Types) -> (Type, bool) {
    match ty.split_null() {
        (inner, true) => (inner.clone(), true),
        (own, false) => match types.resolve(own) {
            Type::Nullable(inner) => ((**inner).clone(), true),
            _ => (own.clone(), false),
        },
    }
}

/// Whether any operation has successes that are not all as the first.
pub(super) fn has_any(api: &Api) -> bool {
    let mut operations = api.operations.iter();
    operations.any(|(id, _)| !matches!(reading(api, id).0, Reading::First))
}

/// Makes the first success of each operation say all that its successes do.
pub(super) fn unite(mut api: Api) -> Api {
    let ids: Vec<OperationId> = api.operations.iter().map(|(id, _)| id).collect();
    let types = api.types.len();
    for id in ids {
        let (
            Reading::Json {
                media_type,
                types,
                nullable,
                span,
            },
            _,
        ) = reading(&api, id)
        else {
            continue;
        };
        let resolved = types.iter().map(|ty| api.types.resolve(ty).clone());
        let resolved: Vec<Type> = resolved.collect();
        let same = resolved.iter().all(|ty| *ty == resolved[0]);
        let ty = match types.into_iter().next().filter(|_| same) {
            Some(ty) => Err(ty),
            None => union_of(resolved, &api.types),
        };
        let ty = match ty {
            Ok(shape) => Type::Named(declare(&mut api, id, shape)),
            Err(ty) => ty,
        };
        let ty = match nullable {
            true => Type::Nullable(Box::new(ty)),
            false => ty,
        };
        if let Some(first) = api.operations[id].responses.first_mut() {
            let content = Content {
                media_type,
                payload: Payload::Json(ty),
                span,
            };
            match first.contents.first_mut() {
                Some(before) => *before = content,
                None => first.contents.push(content),
            }
        }
    }
    match api.types.len() == types {
        true => api,
        // A union leads to types of other homes.
        false => passes::home(api, &mut Diagnostics::new()),
    }
}

/// Gives a union the name of an operation's answer.
fn declare(api: &mut Api, id: OperationId, shape: Shape) -> crate::ir::TypeId {
    let operation = &api.operations[id];
    let taken = |words: &[String]| {
        let mut types = api.types.iter();
        types.any(|(_, def)| def.name.words() == words)
    };
    let mut name = operation.name.with_suffix("response");
    while taken(name.words()) {
        name = name.with_suffix("result");
    }
    let def = TypeDef {
        name: escape::of_words(&name),
        docs: Docs {
            summary: escape::answers(&operation.name),
            description: Text::default(),
        },
        deprecated: false,
        former: false,
        usage: Usage {
            sent: false,
            received: true,
        },
        home: Home::Shared,
        shape,
        span: operation.span,
    };
    api.types.push(def)
}

/// What no client reads as it is said: the places of answers and of media types of answers, each
/// with the reason.
pub fn unread(api: &Api) -> Vec<(Span, &'static str)> {
    let ids = api.operations.iter().map(|(id, _)| id);
    ids.flat_map(|id| reading(api, id).1).collect()
}

fn reading(api: &Api, id: OperationId) -> (Reading, Vec<(Span, &'static str)>) {
    let operation = &api.operations[id];
    let mut unread = Vec::new();
    let Some((first, others)) = operation.responses.split_first() else {
        return (Reading::First, unread);
    };
    if others.is_empty() || operation.method == Method::Head {
        return (Reading::First, unread);
    }
    let (others, redirects): (Vec<&Response>, Vec<&Response>) =
        others.iter().partition(|other| is_success(other.status));
    unread.extend(redirects.iter().map(|other| (other.span, REDIRECT)));
    for other in &others {
        for content in other.contents.iter().skip(1) {
            let same = |asked: &Content| media::is_one(asked, content, &api.types);
            if !first.contents.iter().any(same) {
                unread.push((content.span, RANGE));
            }
        }
    }
    unread.extend(unasked(first, operation, &others, &api.types));
    let differ: Vec<&&Response> = others
        .iter()
        .filter(|other| !as_first(first, other, &api.types))
        .collect();
    if differ.is_empty() || !is_success(first.status) {
        return (Reading::First, unread);
    }
    let why = match operation {
        Operation { page: Some(_), .. } => Some(PAGE),
        _ if is_awaited(api, id) => Some(WORK),
        _ => None,
    };
    let all = || std::iter::once(first).chain(others.iter().copied());
    let bodies: Vec<&Content> = all().filter_map(|r| r.contents.first()).collect();
    let types: Vec<Type> = bodies.iter().filter_map(|content| json(content)).collect();
    let one_kind = bodies
        .iter()
        .all(|content| media::is_one_type(content, bodies[0]));
    match why {
        None if types.len() == bodies.len() && one_kind && !bodies.is_empty() => {
            let nullable = all().any(|response| response.contents.is_empty());
            let plain = types.iter().map(|ty| without_null(ty, &api.types));
            let (types, nulls): (Vec<Type>, Vec<bool>) = plain.unzip();
            let nullable = nullable || nulls.contains(&true);
            let reading = Reading::Json {
                media_type: bodies[0].media_type.clone(),
                types,
                nullable,
                span: bodies[0].span,
            };
            (reading, unread)
        }
        why => {
            let why = why.unwrap_or(KIND);
            unread.extend(differ.iter().map(|other| (other.span, why)));
            (Reading::First, unread)
        }
    }
}

/// The further successes that never have a media type a method asks for.
fn unasked(
    first: &Response,
    operation: &Operation,
    others: &[&Response],
    types: &Types,
) -> Vec<(Span, &'static str)> {
    let way = media::Way::Received {
        beside_body: !operation.body.is_empty(),
    };
    let asked = media::apart(&first.contents, way, types).into_iter();
    let asked: Vec<&Content> = asked.skip(1).collect();
    let lacks = |other: &Response, asked: &Content| {
        let mut contents = other.contents.iter();
        !contents.any(|content| media::is_one(asked, content, types))
    };
    let lacking = others.iter().filter(|other| {
        !other.contents.is_empty() && asked.iter().any(|asked| lacks(other, asked))
    });
    lacking.map(|other| (other.span, ASKED)).collect()
}

/// Whether what reads the first success reads another too. An empty text or stream of bytes is one.
fn as_first(first: &Response, other: &Response, types: &Types) -> bool {
    match (first.contents.first(), other.contents.first()) {
        (None, None) => true,
        (Some(first), Some(other)) => media::alike(first, other, types),
        (Some(first), None) => json(first).is_none(),
        (None, Some(_)) => false,
    }
}

fn json(content: &Content) -> Option<Type> {
    match &content.payload {
        Payload::Json(ty) => Some(ty.clone()),
        _ => None,
    }
}

fn is_success(status: Status) -> bool {
    matches!(
        status,
        Status::Code(200..300) | Status::Range(2) | Status::Default
    )
}

/// Whether waiting for long-running work reads the answer.
fn is_awaited(api: &Api, id: OperationId) -> bool {
    let mut works = api.operations.iter().filter_map(|(of, operation)| {
        let work = operation.long_running.as_ref()?;
        Some((of, work))
    });
    works.any(|(of, work)| {
        let links = std::iter::once(&work.poll).chain(&work.stream);
        of == id || links.into_iter().any(|link| link.operation == id)
    })
}
