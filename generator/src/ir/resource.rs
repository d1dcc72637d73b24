use super::{Docs, Name, OperationId};

/// A node of the tree that an SDK offers: `client.workspaces.files`.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// `files`; the root's name is the API's.
    pub name: Name,
    /// The area's words at the top level, empty below.
    pub docs: Docs,
    /// In the document's order.
    pub calls: Vec<Call>,
    /// In the document's order.
    pub children: Vec<Resource>,
}

/// A method of a resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// `list`
    pub name: Name,
    /// What it calls.
    pub operation: OperationId,
}
