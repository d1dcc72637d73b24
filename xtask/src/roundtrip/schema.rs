//! A document's schemas as JSON Schema 2020-12, read from its text alone: what the generator makes
//! of a schema has no say in what an instance of it is.

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Map, Value, json};

/// Who writes an instance: properties that the other side alone may write are not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// A client: `readOnly` properties are taken out.
    Sent,
    /// A server: `writeOnly` properties are taken out.
    Received,
}

/// Where the document stands for its own references.
const DOCUMENT: &str = "https://document.example/";

/// A document, bundled into one file, seen from one side.
#[derive(Debug)]
pub(crate) struct Schemas {
    document: Value,
    registry: Registry<'static>,
}

impl Schemas {
    /// Reads a document.
    ///
    /// # Errors
    /// A reference in it that leads nowhere.
    pub(crate) fn new(document: &Value, side: Side) -> Result<Self, String> {
        let mut document = document.clone();
        let old = document["openapi"]
            .as_str()
            .is_some_and(|version| version.starts_with("3.0"));
        let hidden = match side {
            Side::Sent => "readOnly",
            Side::Received => "writeOnly",
        };
        let read = Reading {
            old,
            hidden,
            whole: document.clone(),
        };
        read.walk(&mut document, &mut String::new(), None);
        let registry = Registry::new()
            .add(DOCUMENT, document.clone())
            .and_then(|registry| registry.prepare())
            .map_err(|error| error.to_string())?;
        Ok(Self { document, registry })
    }

    /// The document.
    pub(crate) fn document(&self) -> &Value {
        &self.document
    }

    /// What holds values against the schema at a pointer.
    ///
    /// # Errors
    /// It is no schema.
    pub(crate) fn validator(&self, pointer: &str) -> Result<Validator, String> {
        let fragment = pointer.replace('%', "%25").replace(' ', "%20");
        let fragment = fragment.replace('{', "%7B").replace('}', "%7D");
        let schema = json!({ "$ref": format!("{DOCUMENT}#{fragment}") });
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(&self.registry)
            .should_validate_formats(true)
            .build(&schema)
            .map_err(|error| error.to_string())
    }
}

/// What is read otherwise than it stands there.
struct Reading {
    old: bool,
    hidden: &'static str,
    whole: Value,
}

impl Reading {
    /// `anchor` is the schema around that `$recursiveRef`, a keyword of 2019-09, leads to.
    fn walk(&self, node: &mut Value, at: &mut String, anchor: Option<&str>) {
        let length = at.len();
        match node {
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    at.push_str(&format!("/{index}"));
                    self.walk(item, at, anchor);
                    at.truncate(length);
                }
            }
            Value::Object(object) => {
                let own = at.clone();
                let is_anchor = object.get("$recursiveAnchor") == Some(&Value::Bool(true));
                let anchor = if is_anchor {
                    Some(own.as_str())
                } else {
                    anchor
                };
                if let (Some(_), Some(anchor)) = (object.remove("$recursiveRef"), anchor) {
                    object.insert("$ref".to_owned(), format!("#{anchor}").into());
                }
                if self.old {
                    upgrade(object);
                }
                self.hide(object);
                for (key, value) in object.iter_mut() {
                    // What is written there is a value, not a schema.
                    if !matches!(
                        key.as_str(),
                        "example" | "examples" | "default" | "const" | "enum"
                    ) || value.is_object() && value.get("type").is_some()
                    {
                        at.push('/');
                        at.push_str(&key.replace('~', "~0").replace('/', "~1"));
                        self.walk(value, at, anchor);
                        at.truncate(length);
                    }
                }
            }
            _ => {}
        }
    }

    /// Takes out the properties that this side never writes.
    fn hide(&self, object: &mut Map<String, Value>) {
        let Some(Value::Object(properties)) = object.get_mut("properties") else {
            return;
        };
        let hidden: Vec<String> = properties
            .iter()
            .filter(|(_, schema)| self.is_hidden(schema))
            .map(|(name, _)| name.clone())
            .collect();
        if hidden.is_empty() {
            return;
        }
        properties.retain(|name, _| !hidden.contains(name));
        if let Some(Value::Array(required)) = object.get_mut("required") {
            required.retain(|name| !hidden.iter().any(|hidden| name == hidden));
        }
    }

    fn is_hidden(&self, schema: &Value) -> bool {
        let mut schema = schema;
        for _ in 0..8 {
            if schema[self.hidden] == true {
                return true;
            }
            let target = schema["$ref"].as_str().and_then(|r| r.strip_prefix('#'));
            match target.and_then(|pointer| self.whole.pointer(pointer)) {
                Some(next) => schema = next,
                None => return false,
            }
        }
        false
    }
}

/// What OpenAPI 3.0 writes otherwise (section 4.7.24.1 there, and JSON Schema's draft 5).
fn upgrade(object: &mut Map<String, Value>) {
    if object.get("$ref").is_some_and(Value::is_string) {
        object.retain(|key, _| key == "$ref");
        return;
    }
    if object.remove("nullable") == Some(Value::Bool(true))
        && let Some(ty) = object.get_mut("type").filter(|ty| ty.is_string())
    {
        *ty = json!([ty.clone(), "null"]);
    }
    for (bound, exclusive) in [
        ("minimum", "exclusiveMinimum"),
        ("maximum", "exclusiveMaximum"),
    ] {
        match object.get(exclusive) {
            Some(Value::Bool(true)) => {
                if let Some(value) = object.remove(bound) {
                    object.insert(exclusive.to_owned(), value);
                }
            }
            Some(Value::Bool(false)) => {
                object.remove(exclusive);
            }
            _ => {}
        }
    }
}
