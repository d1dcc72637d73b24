use super::{Docs, Header, Name, Status, Type};

/// Which kind of error; an index into [`super::Api::errors`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ErrorId(pub usize);

/// A kind of error: an answer with a status outside 2xx and 3xx.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorKind {
    /// `not_found`: from `x-exai-error`, else the status's reason phrase of RFC 9110.
    pub name: Name,
    /// The status it comes with.
    pub status: Status,
    /// The JSON body, where one is declared.
    pub body: Option<Type>,
    /// The headers it declares.
    pub headers: Vec<Header>,
    /// What the document says.
    pub docs: Docs,
}
