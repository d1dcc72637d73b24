//! What every target that writes Rust shares: names, escapes, type expressions, and the types
//! themselves. Knows serde; knows neither a client nor a server.

pub mod alias;
#[cfg(test)]
pub(super) mod compiled;
pub mod docs;
pub mod enum_;
pub mod escape;
mod fit;
mod forms;
pub mod imports;
mod inline;
mod modules;
pub mod names;
pub mod record;
pub mod size;
#[cfg(test)]
mod tests;
pub mod types;
pub mod union;
mod written;

pub use alias::AliasView;
pub use enum_::EnumView;
pub use modules::modules;
pub use record::RecordView;
pub use types::{Dialect, From, Keep, RustTypes};
pub use union::UnionView;
pub(super) use written::{constants, written};

use serde::Serialize;

use crate::ir::{Shape, TypeId};

/// One declaration of a types file; exactly one of the four is set.
#[derive(Debug, Default, Serialize)]
pub struct TypeView {
    /// A struct.
    pub record: Option<RecordView>,
    /// An enum of values.
    pub values: Option<EnumView>,
    /// An enum of types.
    pub union: Option<UnionView>,
    /// Another name.
    pub alias: Option<AliasView>,
}

impl TypeView {
    /// The declaration of a named type.
    pub fn new(id: TypeId, types: &RustTypes<'_>) -> Self {
        let def = &types.api().types[id];
        let mut view = Self::default();
        match &def.shape {
            Shape::Record(record) => view.record = Some(RecordView::new(id, record, types)),
            Shape::Enum(values) => match EnumView::new(id, values, types) {
                Ok(values) => view.values = Some(values),
                Err(alias) => view.alias = Some(alias),
            },
            Shape::Union(union) => view.union = Some(UnionView::new(id, union, types)),
            Shape::Alias(target) => view.alias = Some(AliasView::new(id, target, types)),
        }
        view
    }

    /// True when the declaration names `BTreeMap`.
    pub fn names_map(&self) -> bool {
        let fields = self.record.iter().flat_map(|record| &record.fields);
        let variants = self.union.iter().flat_map(|union| &union.variants);
        let declarations = fields
            .map(|field| &field.declaration)
            .chain(variants.map(|variant| &variant.declaration))
            .chain(self.alias.iter().map(|alias| &alias.declaration));
        let setters = self.record.iter().flat_map(|record| &record.constructor);
        let setters = setters.flat_map(|made| made.setters.iter().map(|setter| &setter.signature));
        declarations
            .chain(setters)
            .any(|text| text.contains("BTreeMap<"))
    }

    /// The import of serde's traits that these declarations name, if any.
    pub fn traits(items: &[Self]) -> Option<&'static str> {
        let read = items.iter().any(Self::names_deserialize);
        let written = items.iter().any(Self::is_serialized);
        match (read, written) {
            (true, _) => Some("use serde::{Deserialize, Serialize};"),
            (false, true) => Some("use serde::Serialize;"),
            (false, false) => None,
        }
    }

    /// True when the declaration names serde's trait for reading.
    fn names_deserialize(&self) -> bool {
        let record = self.record.as_ref().map(|record| record.keep.is_none());
        let union = || Some(self.union.as_ref()?.fits.is_empty());
        record
            .or_else(union)
            .unwrap_or_else(|| self.is_serialized())
    }

    /// True when the declaration derives serde's traits.
    fn is_serialized(&self) -> bool {
        self.alias.as_ref().is_none_or(|alias| alias.is_struct)
    }
}
