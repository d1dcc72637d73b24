//! Base URLs.

use crate::document::Server as Written;
use crate::ir::{Name, Server, ServerVariable, Text};

use super::{Lowering, docs, name, sorted};

impl<'d> Lowering<'d, '_> {
    /// The servers in the document's order. A server is called by `x-exai-environment`, by 3.2's
    /// `name`, or by the first word of its description.
    pub(super) fn servers(&mut self, servers: &'d [Written]) -> Vec<Server> {
        let mut out: Vec<Server> = Vec::new();
        for server in servers {
            let said = self.text_extension(&server.extensions, "x-exai-environment");
            let name = said
                .map(name::split)
                .or_else(|| server.name.as_ref().map(|n| name::split(&n.value)))
                .or_else(|| server.description.as_ref().map(|d| first_word(&d.value)))
                .unwrap_or_else(|| name::split("default"));
            out.push(Server {
                name,
                url: Text::new(&server.url.value),
                variables: sorted(&server.variables)
                    .into_iter()
                    .map(|(key, variable)| ServerVariable {
                        name: name::split(&key.value),
                        default: Text::new(&variable.default.value),
                        values: variable
                            .enum_values
                            .iter()
                            .map(|value| Text::new(&value.value))
                            .collect(),
                        docs: docs::docs(None, variable.description.as_ref()),
                    })
                    .collect(),
                docs: docs::docs(None, server.description.as_ref()),
            });
        }
        out
    }
}

fn first_word(text: &str) -> Name {
    let word: String = text
        .trim()
        .chars()
        .take_while(|c| c.is_alphanumeric())
        .collect();
    name::split(if word.is_empty() { "default" } else { &word })
}
