//! Files stand where every system can put them, and what a place's grammar forbids is refused or
//! means nothing: whatever the document calls its things.

use std::collections::BTreeSet;

use exai_gen::target::Target;
use serde_json::{Value, json};

use crate::document::{Words, hostile};
use crate::{TEXTS, assert_none, packages, scan};

/// Names that mean something to a file system: to leave a folder, a device, a stream of a file.
const NAMES: &[&str] = &[
    "CON",
    "nul",
    "Aux",
    "com1",
    "LPT9",
    "PRN",
    "aux.txt",
    "con.py",
    "..",
    ".",
    "...",
    "../x",
    "../../x",
    "/etc/x",
    "C:\\x",
    "\\\\host\\x",
    "x:y",
    "x\0y",
    " ",
    "x ",
    "x.",
    "~",
    "-rf",
    "*",
    "__init__",
    "mod",
    "index",
    "lib",
    "main",
    "node_modules",
    ".git",
    "constructor",
    "__proto__",
];

/// A document that calls everything which may name a file so.
fn named(names: &[&str]) -> Value {
    let mut tags = Vec::new();
    let mut paths = json!({});
    let mut schemas = json!({});
    for (index, name) in names.iter().enumerate() {
        tags.push(json!({ "name": name, "description": name }));
        let key = Words::new(name).key;
        let answer = match key.is_empty() {
            true => json!({ "type": "object", "properties": { *name: { "type": "string" } } }),
            false => {
                schemas[&key] =
                    json!({ "type": "object", "properties": { *name: { "type": "string" } } });
                json!({ "$ref": format!("#/components/schemas/{key}") })
            }
        };
        paths[format!("/things/{index}")] = json!({ "get": {
            "operationId": name, "tags": [name], "summary": "Read it",
            "responses": { "200": { "description": "It.",
                "content": { "application/json": { "schema": answer } } } },
        } });
    }
    json!({ "openapi": "3.1.0", "info": { "title": names[0], "version": "1" },
        "tags": tags, "paths": paths, "components": { "schemas": schemas } })
}

/// What no system should be asked to write: a path that leaves the folder, a device of Windows
/// (learn.microsoft.com, "Naming Files"), a character that some file systems have no name with.
fn complaint(path: &str) -> Option<String> {
    const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
    let wrong = |part: &str| {
        let stem = part.split('.').next().unwrap_or(part).to_ascii_lowercase();
        let numbered = |start: &str| {
            let number = stem.strip_prefix(start);
            number.is_some_and(|n| n.len() == 1 && n.chars().all(|c| c.is_ascii_digit()))
        };
        part.is_empty()
            || matches!(part, "." | "..")
            || part.ends_with(['.', ' '])
            || part.len() > 200
            || part.contains(['\\', ':', '*', '?', '"', '<', '>', '|'])
            || part.chars().any(char::is_control)
            || DEVICES.contains(&stem.as_str())
            || numbered("com")
            || numbered("lpt")
    };
    path.split('/').any(wrong).then(|| path.to_owned())
}

fn complaints(document: &Value) -> Vec<String> {
    let mut out = Vec::new();
    let made = packages(document, &Target::ALL).unwrap_or_else(|said| panic!("{said}"));
    for (target, files) in made {
        let mut seen = BTreeSet::new();
        for file in files {
            let path = complaint(&file.path);
            out.extend(path.map(|path| format!("{}: {path:?}", target.name())));
            if !seen.insert(file.path.to_lowercase()) {
                out.push(format!("{}: {} twice", target.name(), file.path));
            }
        }
    }
    out
}

#[test]
fn files_have_names_that_every_system_can_write() {
    let mut found = complaints(&named(NAMES));
    for name in NAMES.iter().take(14) {
        let said = complaints(&named(&[name])).into_iter();
        found.extend(said.map(|said| format!("{name:?} in {said}")));
    }
    found.sort();
    found.dedup();
    assert_none(&found);
}

#[test]
fn names_that_differ_by_case_alone_are_files_apart() {
    let names = ["pets", "Pets", "PETS", "pETS", "pets_", "_pets", "pets2"];
    assert_none(&complaints(&named(&names)));
}

/// Where the standard's grammar, or that of an RFC, takes less than any text.
const STRICT: &[fn(&mut Value, &str)] = &[
    |document, text| document["servers"][0]["url"] = json!(text),
    |document, text| document["servers"][0]["variables"][text] = json!({ "default": "v1" }),
    |document, text| document["info"]["license"] = json!({ "name": "a", "identifier": text }),
    |document, text| document["info"]["license"] = json!({ "name": "a", "url": text }),
    |document, text| document["info"]["contact"] = json!({ "email": text, "url": text }),
    |document, text| document["externalDocs"]["url"] = json!(text),
    |document, text| document["jsonSchemaDialect"] = json!(text),
    |document, text| renamed(&mut document["paths"], "/things/{id}", text),
    |document, text| {
        renamed(
            &mut document["paths"],
            "/things/{id}",
            &format!("/{text}/{{id}}"),
        )
    },
    |document, text| get(document)["parameters"][3]["name"] = json!(text),
    |document, text| get(document)["parameters"][4]["name"] = json!(text),
    |document, text| get(document)["x-exai-method"] = json!(text),
    |document, text| get(document)["x-exai-method"] = json!(format!("things.{text}")),
    |document, text| get(document)["responses"]["404"]["x-exai-error"] = json!(text),
    |document, text| renamed(&mut get(document)["responses"], "404", text),
    |document, text| {
        renamed(
            &mut get(document)["responses"]["200"]["headers"],
            "X-Thing-a",
            text,
        )
    },
    |document, text| renamed(content(document), "application/json", text),
    |document, text| {
        renamed(
            content(document),
            "application/json",
            &format!("a/{text}+json"),
        )
    },
    |document, text| schema(document, "Thing")["properties"]["shade"]["$ref"] = json!(text),
    |document, text| schema(document, "Thing")["$id"] = json!(text),
    |document, text| schema(document, "Thing")["$anchor"] = json!(text),
    |document, text| schema(document, "Thing")["type"] = json!(text),
    |document, text| schema(document, "Event")["discriminator"]["propertyName"] = json!(text),
    |document, text| schema(document, "Event")["discriminator"]["mapping"]["a"] = json!(text),
    |document, text| renamed(&mut document["components"]["schemas"], "Made", text),
    |document, text| scheme(document, "token")["scheme"] = json!(text),
    |document, text| scheme(document, "token")["bearerFormat"] = json!(text),
    |document, text| scheme(document, "k-a")["name"] = json!(text),
    |document, text| scheme(document, "k-a")["in"] = json!(text),
    |document, text| {
        scheme(document, "oauth")["flows"]["clientCredentials"]["tokenUrl"] = json!(text)
    },
    |document, text| {
        renamed(
            &mut document["components"]["securitySchemes"],
            "token",
            text,
        )
    },
    |document, text| document["x-exai-webhooks"] = json!({ "type": text }),
    |document, text| document["webhooks"][text] = document["webhooks"]["changed"].clone(),
];

fn get(document: &mut Value) -> &mut Value {
    &mut document["paths"]["/things/{id}"]["get"]
}

fn content(document: &mut Value) -> &mut Value {
    &mut get(document)["responses"]["200"]["content"]
}

fn schema<'a>(document: &'a mut Value, name: &str) -> &'a mut Value {
    &mut document["components"]["schemas"][name]
}

fn scheme<'a>(document: &'a mut Value, name: &str) -> &'a mut Value {
    &mut document["components"]["securitySchemes"][name]
}

/// Gives what stands under a key another one.
fn renamed(map: &mut Value, from: &str, to: &str) {
    if let Some(map) = map.as_object_mut()
        && let Some(value) = map.remove(from)
    {
        map.insert(to.to_owned(), value);
    }
}

#[test]
fn what_a_grammar_forbids_is_refused_or_means_nothing() {
    let mut found = Vec::new();
    let mut made = 0;
    for (place, put) in STRICT.iter().enumerate() {
        // Each place meets every fifth text, and each text every fifth place.
        for text in TEXTS.iter().skip(place % 5).step_by(5) {
            let mut document = hostile(&Words::new("a"));
            put(&mut document, text);
            let packages = match packages(&document, &Target::ALL) {
                Ok(packages) => packages,
                Err(said) => {
                    let coded = said.contains("error[E") && !said.contains("E0901");
                    assert!(coded, "place {place}, {text:?}: {said}");
                    continue;
                }
            };
            made += 1;
            for (target, files) in packages {
                for file in files {
                    let Some(language) = scan::Language::of(&file.path) else {
                        continue;
                    };
                    let said = match scan::code(language, &file.text) {
                        Ok(code) => code
                            .lines()
                            .find(|line| scan::has_token(line, "4711"))
                            .map(str::to_owned),
                        Err(message) => Some(message),
                    };
                    found.extend(said.map(|said| {
                        format!(
                            "place {place}, {text:?} in {} {}: {said}",
                            target.name(),
                            file.path
                        )
                    }));
                    found.extend(complaint(&file.path));
                }
            }
        }
    }
    assert!(made > STRICT.len(), "{made} were not refused");
    assert_none(&found);
}
