//! What the variants of a union without a tag are written as, for the runtime to take the one that
//! fits best.

use std::collections::HashSet;

use indexmap::IndexSet;

use super::escape;
use super::types::RustTypes;
use crate::ir::{Additional, EnumBase, Literal, Shape, Tagging, Type, TypeId, Union};

/// The columns of a line.
const WIDTH: usize = 100;

/// A form, as the runtime's macro takes it: a kind and its texts, as string literals.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Form {
    /// `Record`
    kind: &'static str,
    /// `["\"must\""]`
    texts: Vec<String>,
}

impl Form {
    fn of(kind: &'static str) -> Self {
        let texts = Vec::new();
        Self { kind, texts }
    }

    fn is_object(&self) -> bool {
        matches!(self.kind, "Tagged" | "Record" | "Object" | "Any")
    }
}

/// A line or several for each variant, `Filter => Record "must",`; none where trying one variant
/// after the other takes the right one, as serde does.
pub(super) fn lines(union: &Union, names: &[String], types: &RustTypes<'_>) -> Vec<String> {
    if union.tagging != Tagging::Untagged {
        return Vec::new();
    }
    let forms: Vec<IndexSet<Form>> = union
        .variants
        .iter()
        .map(|variant| {
            let mut forms = IndexSet::new();
            collect(&variant.ty, types, &mut HashSet::new(), &mut forms);
            forms
        })
        .collect();
    let number = |is: &dyn Fn(&Form) -> bool| forms.iter().filter(|own| own.iter().any(is)).count();
    let (objects, lists) = (
        number(&Form::is_object),
        number(&|form| form.kind == "List"),
    );
    if objects < 2 && (objects == 0 || lists == 0) {
        return Vec::new();
    }
    let named = names.iter().zip(&forms);
    named
        .filter(|(_, forms)| !forms.is_empty())
        .flat_map(|(name, forms)| written(name, forms))
        .collect()
}

/// The forms of a type; those of a union in the union are its variants'. `seen` are the types that
/// were looked at: unions of unions are many ways to few types.
fn collect(
    ty: &Type,
    types: &RustTypes<'_>,
    seen: &mut HashSet<TypeId>,
    forms: &mut IndexSet<Form>,
) {
    let kind = match ty {
        Type::Any => "Any",
        Type::Never => return,
        Type::Null => "Null",
        Type::Boolean => "Boolean",
        Type::Integer(_) | Type::Number(_) => "Number",
        Type::String(_) => "String",
        Type::Literal(literal) => of_literal(literal),
        Type::Nullable(inner) => {
            collect(inner, types, seen, forms);
            "Null"
        }
        Type::List(_) | Type::Tuple { .. } => "List",
        Type::Map(_) => "Object",
        Type::Named(id) => {
            if seen.insert(*id) {
                named(*id, types, seen, forms);
            }
            return;
        }
    };
    forms.insert(Form::of(kind));
}

fn named(
    id: TypeId,
    types: &RustTypes<'_>,
    seen: &mut HashSet<TypeId>,
    forms: &mut IndexSet<Form>,
) {
    match &types.api().types[id].shape {
        Shape::Record(record) if matches!(record.additional, Additional::Typed(_)) => {
            forms.insert(Form::of("Object"));
        }
        Shape::Record(record) => {
            let fields = record.fields.iter();
            let texts = fields.map(|field| escape::wire(&field.name)).collect();
            let kind = "Record";
            forms.insert(Form { kind, texts });
        }
        Shape::Enum(values) => {
            let kind = match values.base {
                EnumBase::String => "String",
                EnumBase::Integer => "Number",
                EnumBase::Mixed => "Any",
            };
            forms.insert(Form::of(kind));
        }
        Shape::Union(union) => match &union.tagging {
            Tagging::Property(property) => {
                let tags = union.variants.iter().flat_map(|variant| &variant.tags);
                let mut texts = vec![escape::wire(property)];
                texts.extend(tags.map(escape::string));
                let kind = "Tagged";
                forms.insert(Form { kind, texts });
            }
            Tagging::Untagged => {
                for variant in &union.variants {
                    collect(&variant.ty, types, seen, forms);
                }
            }
        },
        Shape::Alias(target) => collect(target, types, seen, forms),
    }
}

fn of_literal(literal: &Literal) -> &'static str {
    match literal {
        Literal::Null => "Null",
        Literal::Boolean(_) => "Boolean",
        Literal::Integer(_) | Literal::Number(_) => "Number",
        Literal::String(_) => "String",
        Literal::List(_) => "List",
        Literal::Object(_) => "Object",
    }
}

/// `    Condition => Record "must" | Record "has",`, as many words on a line as it holds.
fn written(name: &str, forms: &IndexSet<Form>) -> Vec<String> {
    let mut words = vec![format!("{name} =>")];
    for (index, form) in forms.iter().enumerate() {
        if index > 0 {
            words.push("|".to_owned());
        }
        words.push(form.kind.to_owned());
        words.extend(form.texts.iter().cloned());
    }
    if let Some(last) = words.last_mut() {
        last.push(',');
    }
    let mut lines = Vec::new();
    let mut line = String::from("   ");
    for word in words {
        if !line.trim_start().is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH
        {
            lines.push(std::mem::replace(&mut line, " ".repeat(7)));
        }
        line.push(' ');
        line.push_str(&word);
    }
    lines.push(line);
    lines
}
