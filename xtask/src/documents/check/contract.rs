//! The schemas that a server holds requests against: each must compile, or every request of its
//! operation is answered 500.

use std::fs;

use jsonschema::{Draft, Registry};
use serde_json::{Value, json};

use crate::documents::package::Package;

const ID: &str = "urn:contract";

/// What is wrong with schemas of the contract that a server's package has.
///
/// # Errors
/// When there is none, or it is no JSON.
pub(super) fn faults(package: &Package) -> Result<Vec<String>, String> {
    let path = package.folder.join("src/generated/contract.json");
    let said = |why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
    let text = fs::read_to_string(&path).map_err(|error| said(&error))?;
    let contract: Value = serde_json::from_str(&text).map_err(|error| said(&error))?;
    let registry = Registry::new().add(ID, contract.clone());
    let registry = match registry.and_then(|registry| registry.prepare()) {
        Ok(registry) => registry,
        Err(error) => return Ok(vec![format!("contract.json: {error}")]),
    };
    let mut faults = Vec::new();
    for (id, held) in members(&contract["operations"]) {
        let bodies = members(&held["body"]).map(|(name, _)| vec![id, "body", name]);
        let parameters = members(&held["parameters"]).flat_map(|(place, named)| {
            members(named).map(move |(name, _)| vec![id, "parameters", place, name])
        });
        for keys in bodies.chain(parameters) {
            let built = jsonschema::options()
                .with_draft(Draft::Draft202012)
                .with_registry(&registry)
                .should_validate_formats(true)
                .build(&json!({ "$ref": reference(&keys) }));
            faults.extend(
                built
                    .err()
                    .map(|error| format!("{}: {error}", keys.join(" "))),
            );
        }
    }
    Ok(faults)
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let members = value.as_object().into_iter().flatten();
    members.map(|(name, value)| (name.as_str(), value))
}

/// A JSON Pointer below `operations` as a URI: every byte escaped that is no letter and no digit.
fn reference(keys: &[&str]) -> String {
    let mut uri = format!("{ID}#/operations");
    for key in keys {
        uri.push('/');
        for byte in key.replace('~', "~0").replace('/', "~1").bytes() {
            match byte.is_ascii_alphanumeric() || byte == b'~' {
                true => uri.push(char::from(byte)),
                false => uri.push_str(&format!("%{byte:02X}")),
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use exai_gen::target::Target;

    use super::*;

    #[test]
    fn a_schema_that_does_not_compile_is_a_fault() {
        let folder = tempfile::tempdir().expect("a folder");
        let generated = folder.path().join("src/generated");
        fs::create_dir_all(&generated).expect("a folder");
        let contract = json!({ "$defs": {}, "operations": {
            "good": { "parameters": { "query": { "a/b~": { "type": "string", "pattern": "^a" } } } },
            "bad": { "body": { "application/json": { "pattern": "[" } } },
        } });
        fs::write(generated.join("contract.json"), contract.to_string()).expect("a file");
        let package = Package {
            document: "museum".to_owned(),
            target: Target::Axum,
            folder: folder.path().to_owned(),
            faults: Vec::new(),
        };
        let found = faults(&package).expect("a contract");
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].starts_with("bad body application/json: "),
            "{found:?}"
        );
    }
}
