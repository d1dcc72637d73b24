//! Former names, put into an API: each language then writes them as it writes the others.

use super::{Shipped, name, words};
use crate::ir::{Api, Docs, Name, Shape, Type, TypeDef};
use crate::lower::{name::split, resource};

impl Shipped {
    /// The API with what went by another name under that name too: an operation at its old place
    /// among the methods, a type as an alias of what it is called now. `None` where nothing did.
    ///
    /// A variant of a union that is called as its type keeps its old name, for no language has
    /// other names of variants.
    pub fn with_former(&self, api: &Api) -> Option<Api> {
        let renamed = self.renamed(api);
        if renamed.operations.is_empty() && renamed.types.is_empty() {
            return None;
        }
        let mut out = api.clone();
        for (called, id) in renamed.operations {
            let mut operation = api.operations[id].clone();
            let path = called.path();
            let moved = words_of(&path) != words_of(&operation.sdk_path);
            operation.name = split(&called.id);
            if operation.name.wire() == api.operations[id].name.wire() {
                // What is named after operations has both: the former one by its place.
                let words = path.iter().flat_map(|name| name.words().to_vec());
                operation.name = Name::new(words.collect(), called.id.clone());
            }
            operation.sdk_path.clone_from(&path);
            operation.deprecated = true;
            operation.former = Some(id);
            let former = out.operations.push(operation);
            if moved {
                resource::hang(&mut out.root, &path, former);
            }
        }
        for (former, id) in renamed.types {
            let now = &api.types[id];
            let former = name(former);
            for (_, def) in out.types.iter_mut() {
                if let Shape::Union(union) = &mut def.shape {
                    let called_as_type = union.variants.iter_mut().filter(|variant| {
                        variant.ty == Type::Named(id) && variant.name.words() == now.name.words()
                    });
                    for variant in called_as_type {
                        variant.name = former.clone();
                    }
                }
            }
            out.types.push(TypeDef {
                name: former,
                docs: Docs::default(),
                deprecated: true,
                former: true,
                usage: now.usage,
                home: now.home,
                shape: Shape::Alias(Type::Named(id)),
                span: now.span,
            });
        }
        Some(out)
    }
}

fn words_of(path: &[Name]) -> Vec<String> {
    path.iter().map(words).collect()
}
