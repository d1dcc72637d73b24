//! How packages write the types of a document: what the fidelity report judges, and what code
//! outside of a package calls them.

use crate::ir::{Type, TypeId};

/// A type as the views of a target write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Inside of the package: `list[Run] | None`.
    pub inside: String,
    /// For code outside of it, which calls the package (Go: `sdk`) or its module of types
    /// (TypeScript: `T`; Python and Rust: `types`): `types.Run | None`. `None` where the package
    /// has no such type, or the type has no name of its own.
    pub outside: Option<String>,
    /// The package reads and writes it by JSON that loses no long integer (TypeScript).
    pub lossless: bool,
}

/// The named type that a type is, or is beside `null`.
pub(super) fn named(ty: &Type) -> Option<TypeId> {
    match ty.split_null().0 {
        Type::Named(id) => Some(*id),
        _ => None,
    }
}
