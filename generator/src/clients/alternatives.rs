//! Further media types: one more method each, next to the operation's own.
//!
//! An operation sends the first media type of its body and asks for the first of its answer. An
//! alternative differs in one of them, never in both: methods for each pair would be many, and few
//! would be called. What a method is called is made of its operation and the media type alone;
//! where the document's own operations have that name, the HTTP method and the path stand behind
//! it.

use std::collections::HashSet;

use super::escape;
use super::media::{self, Way};
use crate::ir::{
    Api, Call, Content, Method, Name, Operation, OperationId, Payload, Resource, Type, Types,
};
use crate::lower::{methods, resource};

/// A further media type of an operation, and what tells it from the others of it.
struct Further {
    way: Way,
    content: Content,
    words: Vec<String>,
}

/// Whether any operation has more than one media type.
pub(super) fn has_any(api: &Api) -> bool {
    let mut operations = api.operations.iter();
    operations.any(|(_, operation)| !further(operation, &api.types).is_empty())
}

/// Adds the alternatives of each operation, of former ones too.
pub(super) fn add(api: &mut Api) {
    let mut ids: Vec<OperationId> = api.operations.iter().map(|(id, _)| id).collect();
    ids.sort_by_cached_key(|id| {
        let operation = &api.operations[*id];
        (
            operation.former,
            escape::spelled(&operation.name).to_owned(),
            *id,
        )
    });
    let mut taken = Taken::default();
    for (_, operation) in api.operations.iter() {
        taken.insert(operation);
    }
    let mut added: Vec<(OperationId, Vec<Option<OperationId>>)> = Vec::new();
    for id in ids {
        let of = &api.operations[id];
        let now = of
            .former
            .and_then(|former| added.iter().find(|(now, _)| *now == former));
        let now = now.map(|(_, now)| now.clone()).unwrap_or_default();
        let mut own = Vec::new();
        let mut before = id;
        for (index, further) in further(of, &api.types).into_iter().enumerate() {
            let of = &api.operations[id];
            let former = now.get(index).copied().flatten();
            let mut made = alternative(id, of, &further);
            made.former = former;
            // A former operation at the place of the present one is no other method.
            let same = former.is_some_and(|now| {
                let now = &api.operations[now];
                words(&now.sdk_path) == words(&made.sdk_path)
            });
            if !same {
                let longer = methods::behind(of).into_iter();
                let longer = longer.map(|behind| with(&made, of, &further, &behind));
                let mut wanted = std::iter::once(made.clone()).chain(longer);
                let Some(free) = wanted.find(|wanted| taken.is_free(wanted)) else {
                    own.push(None);
                    continue;
                };
                made = free;
            }
            taken.insert(&made);
            let path = made.sdk_path.clone();
            let id = api.operations.push(made);
            own.push(Some(id));
            if !same && !beside(&mut api.root, before, &path, id) {
                resource::hang(&mut api.root, &path, id);
            }
            before = id;
        }
        added.push((id, own));
    }
}

/// Hangs a call behind another; `false` where that one hangs nowhere.
fn beside(at: &mut Resource, other: OperationId, path: &[Name], operation: OperationId) -> bool {
    let found = at.calls.iter().position(|call| call.operation == other);
    let (Some(index), Some(name)) = (found, path.last()) else {
        let mut below = at.children.iter_mut();
        return below.any(|child| beside(child, other, path, operation));
    };
    let name = name.clone();
    at.calls.insert(index + 1, Call { name, operation });
    true
}

/// The media types of an operation beyond the first ones.
fn further(operation: &Operation, types: &Types) -> Vec<Further> {
    let received = Way::Received {
        beside_body: !operation.body.is_empty(),
    };
    let success = operation
        .success()
        .filter(|_| operation.method != Method::Head);
    let answers = success.map_or(&[][..], |success| &success.contents);
    let contents = [(Way::Sent, operation.body.as_slice()), (received, answers)];
    let mut out: Vec<(Way, &Content, [Vec<String>; 3])> = Vec::new();
    for (way, contents) in contents {
        let beyond = media::apart(contents, way, types).into_iter().skip(1);
        out.extend(beyond.map(|content| (way, content, media::called(content, way))));
    }
    let told = |index: usize| {
        let (.., names) = &out[index];
        let alone = |length: &usize| {
            let mut others = out.iter().enumerate().filter(|(other, _)| *other != index);
            others.all(|(_, (.., other))| other[*length] != names[*length])
        };
        match (0..names.len()).find(alone) {
            Some(length) => names[length].clone(),
            // They differ in punctuation: told apart by their order, which is that of spelling.
            None => [names[2].as_slice(), &[(index + 1).to_string()]].concat(),
        }
    };
    let made = out.iter().enumerate().map(|(index, (way, content, _))| {
        let words = told(index);
        Further {
            way: *way,
            content: (*content).clone(),
            words,
        }
    });
    made.collect()
}

/// The operation with another media type in the place of the first.
fn alternative(id: OperationId, of: &Operation, further: &Further) -> Operation {
    let mut out = of.clone();
    out.alternative = Some(id);
    let media_type = &further.content.media_type;
    let content = vec![further.content.clone()];
    if further.way == Way::Sent {
        out.body = content;
        out.docs = escape::docs(&of.docs, "Sends the body as", media_type);
    } else {
        if let Some(success) = out.responses.first_mut() {
            // Where an answer without a body is null, it is so for the others too.
            let nullable = success.contents.first().is_some_and(is_nullable);
            success.contents = content;
            if let Some(Payload::Json(ty)) = success.contents.first_mut().map(|c| &mut c.payload)
                && nullable
                && !ty.split_null().1
            {
                *ty = Type::Nullable(Box::new(ty.clone()));
            }
        }
        // Pages and promises are read out of the first.
        out.page = None;
        out.long_running = None;
        out.docs = escape::docs(&of.docs, "Asks for", media_type);
    }
    with(&out, of, further, &[])
}

fn is_nullable(content: &Content) -> bool {
    matches!(&content.payload, Payload::Json(ty) if ty.split_null().1)
}

/// An alternative, called as the media type and then some more.
fn with(made: &Operation, of: &Operation, further: &Further, more: &[String]) -> Operation {
    let words = [further.words.as_slice(), more].concat();
    let named = |name: &Name| escape::named(name, &words);
    let mut out = made.clone();
    out.name = named(&of.name);
    out.sdk_path.clone_from(&of.sdk_path);
    if let Some(last) = out.sdk_path.last_mut() {
        *last = named(last);
    }
    out
}

/// The names that operations have.
#[derive(Default)]
struct Taken {
    names: HashSet<Vec<String>>,
    paths: HashSet<Vec<Vec<String>>>,
}

impl Taken {
    fn insert(&mut self, operation: &Operation) {
        self.names.insert(operation.name.words().to_vec());
        self.paths.insert(words(&operation.sdk_path));
    }

    fn is_free(&self, operation: &Operation) -> bool {
        !self.names.contains(operation.name.words())
            && !self.paths.contains(&words(&operation.sdk_path))
    }
}

fn words(path: &[Name]) -> Vec<Vec<String>> {
    path.iter().map(|name| name.words().to_vec()).collect()
}
