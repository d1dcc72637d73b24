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
    /// What the type's name was declared as, where it lists values or variants.
    pub declared: Declared,
    /// The package reads and writes it by JSON that loses no long integer (TypeScript).
    pub lossless: bool,
}

/// How a list of values or variants was declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declared {
    /// It lists nothing, or is none of the package's declarations.
    Plain,
    /// As those that are listed, and no more.
    Closed,
    /// As those that are listed, and whatever else comes.
    Open,
    /// As the type of the values, whichever they are.
    Base,
    /// As any value.
    Any,
}

impl Declared {
    /// By whether values are listed, and whether others may come.
    pub(super) fn listed(is_open: bool) -> Self {
        if is_open { Self::Open } else { Self::Closed }
    }
}

/// The named type that a type is, or is beside `null`.
pub(super) fn named(ty: &Type) -> Option<TypeId> {
    match ty.split_null().0 {
        Type::Named(id) => Some(*id),
        _ => None,
    }
}
