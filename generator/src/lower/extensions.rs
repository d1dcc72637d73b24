//! The `x-exai-*` vocabulary: reading its values, and saying what is wrong with them.

use crate::diagnostic::{Code, Diagnostic};
use crate::document::{Extensions, extension};
use crate::source::Node;

use super::Lowering;

impl<'d> Lowering<'d, '_> {
    /// A string under an extension's key; another kind of value is an error.
    pub(super) fn text_extension(
        &mut self,
        extensions: &'d Extensions,
        key: &str,
    ) -> Option<&'d str> {
        let node = extension(extensions, key)?;
        if node.as_str().is_none() {
            self.bad_extension(node, key, "a string");
        }
        node.as_str()
    }

    /// `true` under an extension's key.
    pub(super) fn flag_extension(&mut self, extensions: &'d Extensions, key: &str) -> bool {
        let Some(node) = extension(extensions, key) else {
            return false;
        };
        node.as_bool().unwrap_or_else(|| {
            self.bad_extension(node, key, "a boolean");
            false
        })
    }

    /// Says that an extension holds something else than it should.
    pub(super) fn bad_extension(&mut self, node: &Node, key: &str, expected: &str) {
        let message = format!("`{key}` is {}, expected {expected}", node.kind());
        self.diagnostics.push(
            Diagnostic::error(Code::InvalidExtension, node.span, message)
                .hint("the vocabulary of extensions is documented in the spec's README"),
        );
    }
}
