//! A document whose every text is the same.

use serde_json::{Map, Value, json};

/// One text, as each kind of place takes it: what a place's grammar forbids is left out.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    /// Where any text may stand.
    pub(crate) text: String,
    /// A name of a property.
    pub(crate) property: String,
    /// A token of RFC 9110 section 5.6.2: names of headers and of cookies.
    pub(crate) token: String,
    /// A name of RFC 6838 section 4.2: subtypes of media types.
    pub(crate) subtype: String,
    /// A literal segment of a path template.
    pub(crate) segment: String,
    /// A key of `components`: OpenAPI 3.1, section 4.8.7.
    pub(crate) key: String,
    /// What a URI reference may hold: RFC 3986, section 2.
    pub(crate) uri: String,
}

impl Words {
    /// The kinds of a text.
    pub(crate) fn new(text: &str) -> Self {
        let of = |more: &str| -> String {
            let allowed = |c: &char| c.is_ascii_alphanumeric() || more.contains(*c);
            text.chars().filter(allowed).collect()
        };
        let in_path = |c: &char| !matches!(c, '{' | '}' | '/' | '?' | '#');
        Self {
            text: text.to_owned(),
            property: text.to_owned(),
            token: of("!#$%&'*+-.^_`|~"),
            subtype: of("!#$&-^_.+"),
            segment: text.chars().filter(in_path).collect(),
            key: of("._-"),
            uri: of("-._~:/?#[]@!$&'()*+,;="),
        }
    }

    /// Without what a property of a Python class cannot be called on the wire (msgspec): those are
    /// read from, and written to, what stands beside the attributes.
    pub(crate) fn of_attributes(mut self) -> Self {
        let bare = |c: &char| !matches!(c, '"' | '\\') && !c.is_control();
        self.property = self.property.chars().filter(bare).collect();
        self
    }

    /// Words of the same letters and digits in the same order, with nothing between them that can
    /// mean anything to a language: names that are made of them are the same.
    pub(crate) fn harmless(&self) -> Self {
        let of = |text: &str, with: &str| {
            let words = text.split(|c: char| !c.is_alphanumeric());
            let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
            // One word alone could be an identifier, which the text is not.
            match words.as_slice() {
                [word] if with == " " && *word != text => format!("{word} ."),
                words => words.join(with),
            }
        };
        // Go's tags take names of letters and this punctuation as they are.
        let plain = |c: char| c.is_alphanumeric() || "_-.$/:@#+".contains(c);
        let between = [" ", "."][usize::from(self.property.chars().all(plain))];
        Self {
            text: of(&self.text, " "),
            property: of(&self.property, between),
            token: of(&self.token, "-"),
            subtype: of(&self.subtype, "-"),
            segment: of(&self.segment, " "),
            key: of(&self.key, "-"),
            uri: of(&self.uri, "-"),
        }
    }
}

/// A document that says `words` wherever the standard allows any text, and what is left of them
/// where it allows less: titles, descriptions, versions, licences, servers, tags, operationIds,
/// paths, media types, headers, cookies, names of properties, values, patterns, examples, keys.
pub(crate) fn hostile(words: &Words) -> Value {
    let text = words.text.as_str();
    json!({
        "openapi": "3.1.0",
        "$comment": text, (format!("x-{text}")): { text: [text] },
        "info": {
            "title": format!("Things {text}"), "summary": text, "description": text, "x-a": text,
            "version": text, "termsOfService": format!("https://things.example/{}", words.uri),
            "contact": { "name": text, "email": format!("{}@things.example", words.token),
                "url": format!("https://things.example/{}", words.uri) },
            "license": { "name": text },
        },
        "servers": [
            { "url": format!("https://things.example/{{part}}/{}", words.uri), "description": text,
              "x-exai-environment": "production",
              "variables": { "part": { "default": text, "description": text, "enum": [text, "v1"] } } },
            { "url": "https://test.things.example", "description": format!("test {text}") },
        ],
        "tags": [{ "name": text, "description": text, "externalDocs": external(words) }],
        "externalDocs": external(words),
        "security": [{ "token": [] }, { (format!("k-{}", words.key)): [], "oauth": [text] }],
        "paths": { "/things/{id}": { "summary": text, "description": text,
            "get": operation(words, "getThing", "things.get"),
            "put": with_body(words, operation(words, "putThing", "things.put")),
        }, (format!("/things/a {}/{{id}}.json", words.segment)): {
            "get": unnamed(words), "post": with_forms(words),
        }},
        "webhooks": { "changed": { "post": {
            "operationId": "changed", "summary": text, "description": text,
            "requestBody": { "description": text, "content": json_content("Event") },
            "responses": { "204": { "description": text } },
        }}},
        "components": { "schemas": schemas(words), "securitySchemes": security(words),
            "examples": { (format!("e-{}", words.key)): { "summary": text, "value": text } } },
    })
}

fn external(words: &Words) -> Value {
    json!({ "url": format!("https://things.example/{}", words.uri), "description": words.text })
}

fn security(words: &Words) -> Value {
    let text = words.text.as_str();
    json!({
        "token": { "type": "http", "scheme": "bearer", "bearerFormat": text, "description": text },
        (format!("k-{}", words.key)): { "type": "apiKey", "in": "header",
            "name": format!("X-Key-{}", words.token), "description": text },
        "oauth": { "type": "oauth2", "description": text, "flows": { "clientCredentials": {
            "tokenUrl": format!("https://things.example/{}", words.uri), "scopes": { text: text } } } },
    })
}

fn operation(words: &Words, id: &str, method: &str) -> Value {
    let text = words.text.as_str();
    json!({
        "operationId": id, "summary": text, "description": text, "tags": [text],
        "x-exai-method": method, "deprecated": true, "externalDocs": external(words),
        "parameters": [
            { "name": "id", "in": "path", "required": true, "description": text,
              "schema": { "type": "string", "description": text, "pattern": text, "example": text } },
            { "name": format!("q {text}"), "in": "query", "description": text,
              "schema": { "type": "string", "default": text } },
            { "name": "kind", "in": "query", "description": text,
              "examples": { text: { "summary": text, "value": "plain" } },
              "schema": { "type": "string", "enum": [text, "plain"] } },
            { "name": format!("X-{}", words.token), "in": "header", "description": text,
              "schema": { "type": "string", "default": text } },
            { "name": format!("c-{}", words.token), "in": "cookie", "description": text,
              "schema": { "type": "string" } },
        ],
        "responses": {
            "200": { "description": text, "content": json_content("Thing"),
                "headers": { (format!("X-Thing-{}", words.token)):
                    { "description": text, "schema": { "type": "string" } } },
                "links": { (format!("l-{}", words.key)): { "operationId": "getThing",
                    "description": text, "parameters": { "id": text } } } },
            "404": { "description": text, "x-exai-error": "not_found", "content": json_content("Fault") },
        },
    })
}

/// An operation that is called what the document says.
fn unnamed(words: &Words) -> Value {
    let mut operation = operation(words, &words.text, "");
    if let Some(fields) = operation.as_object_mut() {
        fields.remove("x-exai-method");
        fields.insert("tags".to_owned(), json!([format!("more {}", words.text)]));
    }
    operation
}

fn with_body(words: &Words, mut operation: Value) -> Value {
    operation["requestBody"] =
        json!({ "required": true, "description": words.text, "content": json_content("Thing") });
    operation
}

/// An operation whose body is of parts, and whose answer is of a type of its own.
fn with_forms(words: &Words) -> Value {
    let (text, property) = (words.text.as_str(), words.property.as_str());
    let mut operation = operation(words, "sendParts", "things.send_parts");
    operation["requestBody"] = json!({ "required": true, "content": { "multipart/form-data": {
        "schema": { "type": "object", "required": ["file"], "properties": {
            "file": { "type": "string", "contentMediaType": "application/octet-stream", "description": text },
            (format!("p {property}")): { "type": "string", "description": text } } },
        "encoding": { "file": { "contentType": format!("image/x-{}", words.subtype) } } } } });
    operation["responses"]["200"]["content"] = json!({
        (format!("application/x-{}", words.subtype)): { "schema": { "type": "string", "format": "binary" } },
    });
    operation["callbacks"] = json!({ (format!("b-{}", words.key)): { "{$request.query.kind}": {
        "post": { "summary": text, "description": text,
            "requestBody": { "content": json_content("Event") },
            "responses": { "204": { "description": text } } } } } });
    operation
}

fn json_content(schema: &str) -> Value {
    json!({ "application/json": { "schema": { "$ref": format!("#/components/schemas/{schema}") } } })
}

fn schemas(words: &Words) -> Value {
    let (text, property) = (words.text.as_str(), words.property.as_str());
    let mut named = json!({
        "Thing": {
            "type": "object", "title": text, "description": text, "deprecated": true,
            "required": ["id", property], "$comment": text,
            "properties": {
                "id": { "type": "string", "description": text, "examples": [text] },
                property: { "type": "string", "description": text, "default": text },
                (format!("x {property}")): { "type": "integer", "title": text, "description": text },
                "shade": { "$ref": "#/components/schemas/Shade" },
                "only": { "const": text },
                "first": { "type": "string", "enum": [text, "second"], "default": text },
                "event": { "$ref": "#/components/schemas/Event" },
                "inner": { "type": "object", "description": text,
                    "properties": { (format!("y {property}")): { "type": "boolean", "description": text } } },
                "odd": { "type": "string", "format": text, "contentMediaType": text, "pattern": text },
                "list": { "type": "array", "items": { "type": "string" }, "default": [text] },
                "map": { "type": "object", "propertyNames": { "pattern": text },
                    "patternProperties": { text: { "type": "string" } }, "default": { text: text },
                    "additionalProperties": false },
                "named": { "$ref": format!("#/components/schemas/N-{}", words.key) },
            },
        },
        "Shade": { "type": "string", "title": text, "description": text, "x-exai-open": true,
            "enum": [text, format!("dark {text}"), "light"] },
        "Event": { "title": text, "description": text, "x-exai-open": true,
            "oneOf": [{ "$ref": "#/components/schemas/Made" }, { "$ref": "#/components/schemas/Sold" }],
            "discriminator": { "propertyName": "type", "mapping": {
                text: "#/components/schemas/Made", "sold": "#/components/schemas/Sold" } } },
        "Made": { "type": "object", "description": text, "required": ["type"],
            "properties": { "type": { "type": "string", "description": text } } },
        "Sold": { "type": "object", "description": text, "required": ["type"],
            "properties": { "type": { "type": "string", "description": text } } },
        "Fault": { "type": "object", "description": text, "required": ["message"],
            "properties": { "message": { "type": "string", "description": text } } },
    });
    let own = json!({ "type": "object", "description": text,
        "properties": { "a": { "type": "string", "const": text } } });
    named
        .as_object_mut()
        .map(|named: &mut Map<String, Value>| named.insert(format!("N-{}", words.key), own));
    named
}
