//! Where the API is.

use super::{Rule, Trail, Walk, pair};
use crate::document::{Server, ServerVariable};

impl<'d> Walk<'d> {
    /// Servers of the document or of an operation; those of the document are looked at once.
    pub(super) fn servers(&mut self, old: &'d [Server], new: &'d [Server], at: &Trail) {
        let key = (old.as_ptr() as usize, new.as_ptr() as usize);
        if !self.servers.insert(key) {
            return;
        }
        let (before, after): (Vec<_>, Vec<_>) = (old.iter().collect(), new.iter().collect());
        let (both, gone, fresh) = pair(&before, &after, |server| server.url.value.clone());
        for server in gone {
            self.found(
                Rule::ServerRemoved,
                at,
                server.span,
                None,
                format!("`{}` is gone", *server.url),
            );
        }
        for server in fresh {
            self.found(
                Rule::ServerAdded,
                at,
                None,
                server.span,
                format!("`{}` is new", *server.url),
            );
        }
        // No server is `/` (section 4.8.1).
        let first = |list: &[Server]| {
            list.first()
                .map_or("/".to_owned(), |server| server.url.value.clone())
        };
        if first(old) != first(new) {
            let message = format!("`{}` was the first, `{}` is", first(old), first(new));
            let spans = (old.first().map(|s| s.span), new.first().map(|s| s.span));
            self.found(Rule::ServerDefaultChanged, at, spans.0, spans.1, message);
        }
        for (old, new) in both {
            let at = at.part(&format!("server {}", *old.url));
            self.words(
                "description",
                old.description.as_ref(),
                new.description.as_ref(),
                &at,
            );
            self.conventions(&old.extensions, &new.extensions, &at);
            let (before, after): (Vec<_>, Vec<_>) = (
                old.variables.iter().collect(),
                new.variables.iter().collect(),
            );
            let (before, after): (Vec<_>, Vec<_>) =
                (before.iter().collect(), after.iter().collect());
            let (both, gone, fresh) = pair(&before, &after, |(name, _)| name.value.clone());
            for (name, _) in gone {
                self.found(
                    Rule::ServerVariableChanged,
                    &at,
                    name.span,
                    new.span,
                    format!("`{}` is gone", ***name),
                );
            }
            for (name, _) in fresh {
                self.found(
                    Rule::ServerVariableChanged,
                    &at,
                    old.span,
                    name.span,
                    format!("`{}` is new", ***name),
                );
            }
            for ((name, old), (_, new)) in both {
                self.variable(old, new, &at.part(name));
            }
        }
    }

    fn variable(&mut self, old: &ServerVariable, new: &ServerVariable, at: &Trail) {
        let spans = (old.span, new.span);
        if old.default != new.default {
            let message = format!("the default was `{}`, is `{}`", *old.default, *new.default);
            self.found(Rule::ServerVariableChanged, at, spans.0, spans.1, message);
        }
        match (old.enum_values.is_empty(), new.enum_values.is_empty()) {
            (true, false) => self.found(
                Rule::ServerVariableChanged,
                at,
                spans.0,
                spans.1,
                "only listed values now",
            ),
            (false, true) => self.found(
                Rule::ServerVariableWidened,
                at,
                spans.0,
                spans.1,
                "any value now",
            ),
            _ => {
                for gone in old
                    .enum_values
                    .iter()
                    .filter(|value| !new.enum_values.contains(value))
                {
                    self.found(
                        Rule::ServerVariableChanged,
                        at,
                        gone.span,
                        spans.1,
                        format!("`{}` is gone", **gone),
                    );
                }
                for fresh in new
                    .enum_values
                    .iter()
                    .filter(|value| !old.enum_values.contains(value))
                {
                    self.found(
                        Rule::ServerVariableWidened,
                        at,
                        spans.0,
                        fresh.span,
                        format!("`{}` is new", **fresh),
                    );
                }
            }
        }
    }
}
