//! How a crate writes the types of a document.

use super::types::{From, RustTypes};
use crate::ir::Type;
use crate::target::written::{Written, named};

/// Each type, as the crate's own code writes it and as others do.
pub(in crate::target) fn written(types: &RustTypes<'_>, all: &[Type]) -> Vec<Written> {
    let write = |ty: &Type| {
        let inside = types.expression(ty, From::Outside);
        Written {
            outside: named(ty).map(|_| inside.clone()),
            inside,
            lossless: false,
        }
    };
    all.iter().map(write).collect()
}
