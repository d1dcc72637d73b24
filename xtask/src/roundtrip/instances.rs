//! The component schemas of a document and instances of each.

use std::collections::BTreeSet;

use exai_gen::bundle::{bundle, to_json};
use exai_gen::ir::{Api, Shape, StringFormat, Type, TypeId};
use exai_gen::pipeline::Run;
use serde_json::Value;

use super::chance::Chance;
use super::instance::{Amount, Maker};
use super::schema::{Schemas, Side};

/// How much each instance of a component holds; chance fills in the rest.
const AMOUNTS: [Amount; 8] = [
    Amount::Least,
    Amount::Most,
    Amount::Most,
    Amount::Some,
    Amount::Some,
    Amount::Some,
    Amount::Some,
    Amount::More,
];

/// How often chance is asked for an instance that the validator takes.
const TRIES: u32 = 12;

/// A component schema.
#[derive(Debug)]
pub(super) struct Component {
    pub(super) name: String,
    /// What the generator understood it as.
    pub(super) ty: Type,
    /// None where no instance was found.
    pub(super) values: Vec<Instance>,
}

/// An instance of a component.
#[derive(Debug)]
pub(super) struct Instance {
    pub(super) value: Value,
    /// It holds no property that the schema does not speak of.
    pub(super) known: bool,
}

/// All components of a document.
#[derive(Debug)]
pub(super) struct Instances {
    pub(super) components: Vec<Component>,
}

impl Instances {
    /// Makes instances of every component that the document still has after what is wrong was
    /// left out of it.
    ///
    /// # Errors
    /// The document cannot be read as JSON Schema.
    pub(super) fn new(run: &Run, api: &Api) -> Result<Self, String> {
        let Some(document) = &run.document else {
            return Err("there is no document".to_owned());
        };
        let text = to_json(&bundle(document, &run.sources));
        let whole: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let sides = [Side::Sent, Side::Received];
        let sides = sides.map(|side| Schemas::new(&whole, side));
        let [sent, received] = sides;
        let (sent, received) = (sent?, received?);
        let mut components = Vec::new();
        for (name, schema) in &document.components.schemas {
            let span = schema.span();
            let meaning = api.meanings.iter().find(|meaning| meaning.span == span);
            let Some(meaning) = meaning else {
                continue;
            };
            let sent_only = match meaning.ty.split_null().0 {
                Type::Named(id) => api.types[*id].usage.sent_only(),
                _ => false,
            };
            // Forms with files are no JSON: a part can be raw bytes.
            let is_bytes = |ty: &Type| matches!(ty, Type::String(StringFormat::Binary));
            if sent_only && holds(api, &meaning.ty, &mut BTreeSet::new(), &is_bytes) {
                continue;
            }
            let schemas = if sent_only { &sent } else { &received };
            let unknown = !holds(api, &meaning.ty, &mut BTreeSet::new(), &|ty| match ty {
                Type::Named(id) => api.types[*id].usage.sent_only(),
                _ => false,
            });
            let values = instances(&name.value, schemas, unknown);
            components.push(Component {
                name: name.value.clone(),
                ty: meaning.ty.clone(),
                values,
            });
        }
        Ok(Self { components })
    }

    /// How many instances there are.
    pub(super) fn count(&self) -> usize {
        self.components
            .iter()
            .map(|component| component.values.len())
            .sum()
    }

    /// The components of which no instance was found.
    pub(super) fn without(&self) -> Vec<String> {
        let without = self.components.iter().filter(|c| c.values.is_empty());
        without.map(|component| component.name.clone()).collect()
    }
}

/// Whether a type leads to one of some, or is one.
fn holds(api: &Api, ty: &Type, seen: &mut BTreeSet<TypeId>, is: &dyn Fn(&Type) -> bool) -> bool {
    if is(ty) {
        return true;
    }
    let mut inner: Vec<Type> = Vec::new();
    match ty {
        Type::Nullable(one) | Type::List(one) | Type::Map(one) => inner.push((**one).clone()),
        Type::Named(id) if seen.insert(*id) => match &api.types[*id].shape {
            Shape::Record(record) => inner.extend(record.fields.iter().map(|f| f.ty.clone())),
            Shape::Union(union) => inner.extend(union.variants.iter().map(|v| v.ty.clone())),
            Shape::Alias(target) => inner.push(target.clone()),
            Shape::Enum(_) => {}
        },
        _ => {}
    }
    inner.iter().any(|ty| holds(api, ty, seen, is))
}

/// Valid instances of a component, each another one. What is only sent is made by the caller's
/// own program, and so holds nothing that is not known.
fn instances(name: &str, schemas: &Schemas, unknown: bool) -> Vec<Instance> {
    let token = name.replace('~', "~0").replace('/', "~1");
    let pointer = format!("/components/schemas/{token}");
    let Some(schema) = schemas.document().pointer(&pointer) else {
        return Vec::new();
    };
    let Ok(validator) = schemas.validator(&pointer) else {
        return Vec::new();
    };
    let mut out: Vec<Instance> = Vec::new();
    let mut gave_up = false;
    for (number, amount) in AMOUNTS.into_iter().enumerate() {
        if amount == Amount::More && !unknown {
            continue;
        }
        let found = (0..TRIES).find_map(|attempt| {
            if gave_up {
                return None;
            }
            let seed = number as u32 * TRIES + attempt;
            let mut maker = Maker::new(schemas.document(), Chance::new(name, seed), amount);
            let made = maker.make(schema);
            // What has no end once has none the next time, unless there was one before.
            gave_up = made.is_none() && maker.gave_up() && out.is_empty();
            made.filter(|value| validator.is_valid(value))
        });
        if let Some(value) = found
            && out.iter().all(|before| before.value != value)
        {
            let known = amount != Amount::More;
            out.push(Instance { value, known });
        }
    }
    out
}
