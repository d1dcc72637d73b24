use std::ops::{Index, IndexMut};

use super::{
    Content, Docs, ErrorId, Name, Parameter, Payload, Response, SecurityUse, Server, Status, Text,
    Type,
};
use crate::source::Span;

/// Which operation; an index into [`Operations`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OperationId(pub u32);

/// One method on one path.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// `operationId`, or made of method and path: `startRun`.
    pub name: Name,
    /// Accessors and method of an SDK: `runs`, `start`.
    pub sdk_path: Vec<Name>,
    /// Index into [`super::Api::areas`], where the operation has a tag.
    pub area: Option<usize>,
    /// `POST`
    pub method: Method,
    /// `/runs/{run_id}/events`, in pieces.
    pub path: Vec<PathSegment>,
    /// Summary and description.
    pub docs: Docs,
    /// The operation says `deprecated: true`.
    pub deprecated: bool,
    /// The operation that this one is a former name of: the same request.
    pub former: Option<OperationId>,
    /// The operation that this one is, but for one media type: clients alone have such.
    pub alternative: Option<OperationId>,
    /// Path parameters in the path's order, then query, header and cookie ones in the document's.
    /// The idempotency key and the last event id are not among them.
    pub parameters: Vec<Parameter>,
    /// What it takes, one entry a media type, the preferred first; empty when it takes no body.
    pub body: Vec<Content>,
    /// A body must be sent.
    pub body_required: bool,
    /// What the document says of the body.
    pub body_docs: Docs,
    /// 2xx answers (and 3xx, where declared), by status.
    pub responses: Vec<Response>,
    /// Every error it is said to answer with, by status.
    pub errors: Vec<OperationError>,
    /// Any one of these sets is enough; an empty set is "no authentication".
    pub security: Vec<Vec<SecurityUse>>,
    /// Set when a key header makes a write safe to repeat.
    pub idempotency: Option<IdempotencyKey>,
    /// The header that resumes a stream, `Last-Event-ID`, where the operation takes it.
    pub resume: Option<Text>,
    /// Set when the answer is one page of many.
    pub page: Option<Page>,
    /// Set when the answer is the promise of a later result.
    pub long_running: Option<LongRunning>,
    /// Base URLs of its own; empty: the API's.
    pub servers: Vec<Server>,
    /// Where it stands in the document.
    pub span: Span,
}

impl Operation {
    /// The answer that a caller is given on success: the first 2xx of the document.
    pub fn success(&self) -> Option<&Response> {
        self.responses.first()
    }

    /// True when the answer arrives piece by piece.
    pub fn is_streamed(&self) -> bool {
        let content = self.success().and_then(|success| success.contents.first());
        content.is_some_and(|c| matches!(c.payload, Payload::Events(_) | Payload::Lines(_)))
    }
}

/// An HTTP method.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Method {
    /// GET
    Get,
    /// PUT
    Put,
    /// POST
    Post,
    /// DELETE
    Delete,
    /// OPTIONS
    Options,
    /// HEAD
    Head,
    /// PATCH
    Patch,
    /// TRACE
    Trace,
    /// QUERY, of `OpenAPI` 3.2.
    Query,
    /// Any other, of ASCII letters, digits and hyphens alone: `LINK`, `M-SEARCH`.
    Other(String),
}

impl Method {
    /// `POST`
    pub fn as_str(&self) -> &str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Head => "HEAD",
            Self::Patch => "PATCH",
            Self::Trace => "TRACE",
            Self::Query => "QUERY",
            Self::Other(name) => name,
        }
    }
}

/// A piece of a path template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathSegment {
    /// Written out, slashes included: `/runs/`.
    Literal(Text),
    /// An index into [`Operation::parameters`].
    Parameter(usize),
}

/// An error answer of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationError {
    /// `404`, `4XX` or `default`.
    pub status: Status,
    /// Index into [`super::Api::errors`].
    pub kind: ErrorId,
}

/// The header that makes a write safe to repeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// `Idempotency-Key`
    pub header: Text,
    /// The server refuses a request without it.
    pub required: bool,
}

/// How to walk the pages of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The query parameter that takes the cursor; an index into [`Operation::parameters`].
    pub cursor: usize,
    /// The query parameter that takes the size of a page.
    pub limit: Option<usize>,
    /// From the body's root to the list of items: `["data"]`.
    pub items: Vec<Name>,
    /// From the body's root to the next cursor, null or absent on the last page: `["next_cursor"]`.
    pub next: Vec<Name>,
    /// What a page holds.
    pub item: Type,
}

/// How to wait for a result that is not there yet.
#[derive(Clone, Debug, PartialEq)]
pub struct LongRunning {
    /// The operation that reads the state.
    pub poll: Link,
    /// The operation that streams events until the end.
    pub stream: Option<Link>,
    /// From the polled body's root to the state: `["status"]`.
    pub state: Vec<Name>,
    /// States after which nothing changes.
    pub terminal: Vec<Text>,
}

/// Another operation and where its arguments come from: a Link Object.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// What to call.
    pub operation: OperationId,
    /// With what.
    pub arguments: Vec<LinkArgument>,
}

/// An argument of a link.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkArgument {
    /// The parameter of the linked operation.
    pub parameter: Name,
    /// From the first answer's body to the value: `["id"]`.
    pub body_path: Vec<Name>,
}

/// The operations of an API, by id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Operations(Vec<Operation>);

impl Operations {
    /// Adds an operation and gives its id.
    pub fn push(&mut self, operation: Operation) -> OperationId {
        let id = OperationId(u32::try_from(self.0.len()).unwrap_or(u32::MAX));
        self.0.push(operation);
        id
    }

    /// Every operation with its id, in the document's order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (OperationId, &Operation)> {
        self.0
            .iter()
            .enumerate()
            .map(|(i, operation)| (OperationId(i as u32), operation))
    }

    /// Every operation, to be changed in place.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Operation> {
        self.0.iter_mut()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True when the API has no operation.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Index<OperationId> for Operations {
    type Output = Operation;
    fn index(&self, id: OperationId) -> &Operation {
        &self.0[id.0 as usize]
    }
}

impl IndexMut<OperationId> for Operations {
    fn index_mut(&mut self, id: OperationId) -> &mut Operation {
        &mut self.0[id.0 as usize]
    }
}
