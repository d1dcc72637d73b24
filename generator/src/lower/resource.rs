//! The tree of accessors and methods, from each operation's sdk method.

use crate::ir::{Call, Docs, Name, OperationId, Resource};

/// Hangs an operation at the end of a path of accessors, making the resources on the way.
/// The last word is the method. A path with one word is a method of the root.
pub fn hang(root: &mut Resource, path: &[Name], operation: OperationId) {
    let Some((method, accessors)) = path.split_last() else {
        return;
    };
    let mut at = root;
    for accessor in accessors {
        let found = at
            .children
            .iter()
            .position(|child| child.name.words() == accessor.words());
        let index = found.unwrap_or_else(|| {
            at.children.push(Resource {
                name: accessor.clone(),
                docs: Docs::default(),
                calls: Vec::new(),
                children: Vec::new(),
            });
            at.children.len() - 1
        });
        at = &mut at.children[index];
    }
    at.calls.push(Call {
        name: method.clone(),
        operation,
    });
}
