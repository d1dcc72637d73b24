use super::{Docs, Name, Text};

/// A base URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// `production`: from the description's first word, `name` of 3.2, or `x-exai-environment`.
    pub name: Name,
    /// `https://api.{tenant}.exai.cloud/v1`, braces for variables.
    pub url: Text,
    /// The variables, in the document's order.
    pub variables: Vec<ServerVariable>,
    /// What the document says.
    pub docs: Docs,
}

/// A hole in a base URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerVariable {
    /// `tenant`
    pub name: Name,
    /// Used when none is given.
    pub default: Text,
    /// The only values; empty: any.
    pub values: Vec<Text>,
    /// What the document says.
    pub docs: Docs,
}
