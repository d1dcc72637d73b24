//! How large a type is in memory, about: enough to know what clippy will say of an enum.

use std::collections::BTreeMap;

use super::types::RustTypes;
use crate::ir::{IntegerFormat, NumberFormat, Shape, StringFormat, Type, TypeId};

/// The difference between an enum's two largest variants, in bytes, at which
/// `clippy::large_enum_variant` speaks; it is 200, less what the estimate may be off.
const SPREAD: usize = 160;

/// A map of `serde_json` under its feature `preserve_order`, which any crate of a build may turn on;
/// without it a third of that.
const JSON_MAP: usize = 72;

/// Whether an enum of these types has one variant much larger than all others.
pub fn is_uneven(variants: &[&Type], types: &RustTypes<'_>) -> bool {
    let mut sizes: Vec<usize> = variants
        .iter()
        .map(|ty| size(ty, types, &mut BTreeMap::new()))
        .collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    match sizes[..] {
        [largest, second, ..] => largest - second >= SPREAD,
        _ => false,
    }
}

/// On a 64-bit machine, in multiples of eight bytes. `known` are the sizes of types that were asked
/// for before; of one that is being measured, that of a pointer.
fn size(ty: &Type, types: &RustTypes<'_>, known: &mut BTreeMap<TypeId, usize>) -> usize {
    match ty {
        Type::Null | Type::Boolean => 8,
        Type::Integer(IntegerFormat::Int32 | IntegerFormat::Uint32)
        | Type::Number(NumberFormat::Float)
        | Type::String(StringFormat::Date) => 8,
        Type::Integer(_) | Type::Number(_) => 8,
        Type::String(StringFormat::DateTime) => 16,
        Type::Any | Type::Never => JSON_MAP + 8,
        Type::String(_) | Type::Literal(_) | Type::List(_) | Type::Map(_) => 24,
        Type::Nullable(inner) => absent(size(inner, types, known)),
        Type::Tuple {
            items,
            least,
            rest: None,
        } if *least == items.len() => sum(items.iter().map(|item| size(item, types, known))),
        Type::Tuple { .. } => 24,
        Type::Named(id) => {
            if let Some(size) = known.get(id) {
                return *size;
            }
            known.insert(*id, 8);
            let size = match &types.api().types[*id].shape {
                Shape::Record(record) => {
                    let fields = record.fields.iter().map(|field| match field.required {
                        _ if field.indirect => 8,
                        true => size(&field.ty, types, known),
                        false => absent(size(&field.ty, types, known)),
                    });
                    sum(fields).saturating_add(JSON_MAP)
                }
                Shape::Enum(_) => 24,
                Shape::Union(union) => {
                    let variants = union.variants.iter().map(|variant| match variant.indirect {
                        true => 8,
                        false => size(&variant.ty, types, known),
                    });
                    variants.max().unwrap_or(0).max(32).saturating_add(8)
                }
                Shape::Alias(target) => size(target, types, known),
            };
            known.insert(*id, size);
            size
        }
    }
}

/// Numbers have no spare value for absence; strings, lists and what holds them have one.
fn absent(size: usize) -> usize {
    if size < 24 { size + 8 } else { size }
}

/// Records in records double at each level.
fn sum(sizes: impl Iterator<Item = usize>) -> usize {
    sizes.fold(0, usize::saturating_add)
}
