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

impl Server {
    /// The URL with the default of each variable and no slash at its end: what an operation's own
    /// server is, among which nobody chooses.
    pub fn by_default(&self) -> Text {
        let mut url = self.url.raw().trim().to_owned();
        for variable in &self.variables {
            let slot = format!("{{{}}}", variable.name.wire().raw());
            url = url.replace(&slot, variable.default.raw());
        }
        Text::new(url.trim_end_matches('/'))
    }
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
