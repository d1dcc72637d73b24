//! IR to files of a language. Every target has one shape: `mod.rs` (the file plan), `names.rs`,
//! `types.rs`, `escape.rs`, then a view struct a node. Knowing one means knowing five.

mod axum;
#[cfg(test)]
mod fixtures;
pub mod go;
pub mod names;
mod path;
pub mod python;
pub(crate) mod registry;
pub mod reserved;
pub mod rust;
pub mod rust_lang;
mod typescript;
mod written;

use std::collections::BTreeSet;

use crate::config::{Package, Product};
use crate::diagnostic::Diagnostics;
use crate::embedded;
use crate::ir::{Api, Type};
use crate::render::{RenderError, Renderer};
use crate::source::Span;

pub use self::written::{Declared, Written};

/// A language, or a server of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// The TypeScript SDK.
    Typescript,
    /// The Python SDK.
    Python,
    /// The Go SDK.
    Go,
    /// The Rust SDK.
    Rust,
    /// The axum server.
    Axum,
}

/// What a target is given.
pub struct Context<'a> {
    /// What to write.
    pub api: &'a Api,
    /// What the client is called.
    pub product: &'a Product,
    /// Name and version of the package.
    pub package: &'a Package,
    /// The command that the first line of each generated file names: `cargo xtask regen`.
    pub command: &'a str,
    /// Prints views.
    pub renderer: &'a Renderer,
}

/// Whether something should no longer be used, and what took its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deprecation<'a> {
    /// It may be used.
    None,
    /// The document says so.
    ByApi,
    /// It is a former name; this is the present one, as the language writes it.
    Use(&'a str),
}

impl From<bool> for Deprecation<'_> {
    fn from(deprecated: bool) -> Self {
        match deprecated {
            true => Self::ByApi,
            false => Self::None,
        }
    }
}

impl<'a> Deprecation<'a> {
    /// Of what has another name now, or of what the document alone speaks of.
    pub fn new(now: Option<&'a str>, deprecated: bool) -> Self {
        now.map_or_else(|| deprecated.into(), Self::Use)
    }
}

/// Who owns a file that a target writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Owner {
    /// Made of the document: the manifest lists it.
    Generated,
    /// The hand-written runtime, copied; its home is the SDK in this repository.
    Runtime,
    /// A package manifest, a README: written for a package of its own, and not for the SDKs of
    /// this repository, which have theirs by hand.
    Scaffold,
    /// Made of the document, for the conformance suite: calls each operation by its id. Stands
    /// beside the hand-written driver of the language, with a manifest of its own.
    Driver,
}

/// A file that a target writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetFile {
    /// Below the package's folder, with `/`: `src/generated/runs.ts`.
    pub path: String,
    /// All of it.
    pub text: String,
    /// Who owns it.
    pub owner: Owner,
}

impl Target {
    /// All of them, in the order they are written.
    pub const ALL: [Self; 5] = [
        Self::Typescript,
        Self::Python,
        Self::Go,
        Self::Rust,
        Self::Axum,
    ];

    /// `typescript`
    pub fn name(self) -> &'static str {
        match self {
            Self::Typescript => "typescript",
            Self::Python => "python",
            Self::Go => "go",
            Self::Rust => "rust",
            Self::Axum => "axum",
        }
    }

    /// The target of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| target.name() == name)
    }

    /// The hand-written runtime as it stands in this repository: paths below its folder, and texts.
    /// Each target copies it into the packages it makes, at its own place.
    pub fn runtime(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Typescript => embedded::RUNTIME_TYPESCRIPT,
            Self::Python => embedded::RUNTIME_PYTHON,
            Self::Go => embedded::RUNTIME_GO,
            Self::Rust => embedded::RUNTIME_RUST,
            Self::Axum => embedded::RUNTIME_AXUM,
        }
    }

    /// Where the schemas of those properties stand that are written by themselves, so that no
    /// value of the record's type can hold another constant.
    pub fn constants(self, cx: &Context<'_>) -> BTreeSet<Span> {
        match self {
            // Their types of constants say which constant, wherever they stand.
            Self::Typescript | Self::Python => BTreeSet::new(),
            Self::Go => go::written::constants(cx.api),
            Self::Rust => rust_lang::constants(&rust::types_of(cx.api)),
            Self::Axum => rust_lang::constants(&axum::types_of(cx.api)),
        }
    }

    /// Where the schemas of those properties stand that the package has no name for: they are read
    /// and written beside the others.
    pub fn nameless(self, cx: &Context<'_>) -> BTreeSet<Span> {
        match self {
            Self::Python => python::record::nameless(cx.api),
            Self::Typescript | Self::Go | Self::Rust | Self::Axum => BTreeSet::new(),
        }
    }

    /// How the package writes each of some types, by the views that its files are made of.
    pub fn written(self, cx: &Context<'_>, types: &[Type]) -> Vec<Written> {
        match self {
            Self::Python => python::types::written(cx, types),
            Self::Typescript => typescript::written::written(cx, types),
            Self::Go => go::written::written(cx, types),
            Self::Rust => rust_lang::written(&rust::types_of(cx.api), types),
            Self::Axum => rust_lang::written(&axum::types_of(cx.api), types),
        }
    }

    /// Every file of a package: generated, runtime and scaffold.
    ///
    /// # Errors
    /// When a template does not fit its view, which is a defect of the generator.
    pub fn files(
        self,
        cx: &Context<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Result<Vec<TargetFile>, RenderError> {
        let _ = diagnostics;
        match self {
            Self::Python => python::files(cx),
            Self::Typescript => typescript::files(cx),
            Self::Go => go::files(cx),
            Self::Rust => rust::files(cx),
            Self::Axum => axum::files(cx),
        }
    }
}
