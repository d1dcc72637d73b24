//! The document's schemas as JSON, for servers to hold requests against.

use serde_json::{Map as Json, Value, json};

use crate::document::{self, Map, Reference, Schema, SchemaObject};
use crate::ir::Text;
use crate::source::{Node, Spanned};

use super::Lowering;

impl<'d> Lowering<'d, '_> {
    /// A schema for each media type of an operation's body whose values can be checked.
    pub(super) fn body_contract(
        &mut self,
        operation: &'d document::Operation,
    ) -> Vec<(Text, Value)> {
        let document = self.document;
        let Some(body) = operation
            .request_body
            .as_ref()
            .and_then(|body| document.request_body(body))
        else {
            return Vec::new();
        };
        let mut out = Vec::new();
        for (media_type, content) in &body.content {
            let schema = document
                .media_type(content)
                .and_then(|content| content.schema.as_ref());
            if let Some(schema) = schema {
                out.push((Text::new(&media_type.value), self.schema_json(schema)));
            }
        }
        out
    }

    /// A schema as JSON Schema 2020-12; what it refers to goes to the contract's definitions.
    pub(super) fn schema_json(&mut self, schema: &'d Schema) -> Value {
        match schema {
            Schema::Bool(value) => Value::Bool(value.value),
            Schema::Object(object) => Value::Object(self.object_json(object)),
        }
    }

    fn reference_json(&mut self, reference: &'d Reference) -> Value {
        let key = self.names.of(&reference.target).words().join("_");
        if !self.definitions.contains_key(&key) {
            self.definitions.insert(key.clone(), Value::Bool(true));
            let document = self.document;
            if let Some(target) = document.resolve_schema(&reference.target) {
                let definition = self.schema_json(target);
                self.definitions.insert(key.clone(), definition);
            }
        }
        Value::String(format!("#/$defs/{key}"))
    }

    fn object_json(&mut self, object: &'d SchemaObject) -> Json<String, Value> {
        let mut out = Json::new();
        let mut put = |key: &str, value: Value| {
            out.insert(key.to_owned(), value);
        };
        let dynamic = object.dynamic_reference.as_deref();
        if let Some(reference) = object.reference.as_ref().or(dynamic) {
            put("$ref", self.reference_json(reference));
        }
        match object.types.as_slice() {
            [] => {}
            [only] => put("type", only.value.name().into()),
            many => put("type", many.iter().map(|t| t.value.name()).collect()),
        }
        if let Some(values) = &object.enum_values {
            put("enum", values.iter().map(Node::to_json).collect());
        }
        if let Some(value) = &object.const_value {
            put("const", value.to_json());
        }
        let numbers = [
            ("multipleOf", &object.multiple_of),
            ("maximum", &object.maximum),
            ("exclusiveMaximum", &object.exclusive_maximum),
            ("minimum", &object.minimum),
            ("exclusiveMinimum", &object.exclusive_minimum),
        ];
        for (key, number) in numbers {
            if let Some(value) = number
                .as_ref()
                .and_then(|n| serde_json::from_str(&n.value).ok())
            {
                put(key, value);
            }
        }
        let counts = [
            ("maxLength", &object.max_length),
            ("minLength", &object.min_length),
            ("maxItems", &object.max_items),
            ("minItems", &object.min_items),
            ("maxContains", &object.max_contains),
            ("minContains", &object.min_contains),
            ("maxProperties", &object.max_properties),
            ("minProperties", &object.min_properties),
        ];
        for (key, count) in counts {
            if let Some(count) = count {
                put(key, count.value.into());
            }
        }
        let texts = [
            ("format", &object.format),
            ("contentEncoding", &object.content_encoding),
            ("contentMediaType", &object.content_media_type),
            ("pattern", &object.pattern),
        ];
        for (key, text) in texts {
            if let Some(text) = text {
                put(key, text.value.as_str().into());
            }
        }
        if object.unique_items {
            put("uniqueItems", true.into());
        }
        if !object.required.is_empty() {
            put("required", strings(&object.required));
        }
        if !object.dependent_required.is_empty() {
            let map = super::sorted(&object.dependent_required);
            let map: Json<String, Value> = map
                .into_iter()
                .map(|(key, names)| (key.value.clone(), strings(names)))
                .collect();
            put("dependentRequired", Value::Object(map));
        }
        self.applicators(object, &mut out);
        out
    }

    fn applicators(&mut self, object: &'d SchemaObject, out: &mut Json<String, Value>) {
        let single = [
            ("items", &object.items),
            ("contains", &object.contains),
            ("unevaluatedItems", &object.unevaluated_items),
            ("additionalProperties", &object.additional_properties),
            ("propertyNames", &object.property_names),
            ("unevaluatedProperties", &object.unevaluated_properties),
            ("not", &object.not),
            ("if", &object.if_schema),
            ("then", &object.then_schema),
            ("else", &object.else_schema),
        ];
        for (key, schema) in single {
            if let Some(schema) = schema {
                out.insert(key.to_owned(), self.schema_json(schema));
            }
        }
        let lists = [
            ("prefixItems", &object.prefix_items),
            ("allOf", &object.all_of),
            ("anyOf", &object.any_of),
            ("oneOf", &object.one_of),
        ];
        for (key, schemas) in lists {
            if !schemas.is_empty() {
                let list = schemas
                    .iter()
                    .map(|schema| self.schema_json(schema))
                    .collect();
                out.insert(key.to_owned(), Value::Array(list));
            }
        }
        let maps = [
            ("properties", &object.properties),
            ("patternProperties", &object.pattern_properties),
            ("dependentSchemas", &object.dependent_schemas),
        ];
        for (key, schemas) in maps {
            if !schemas.is_empty() {
                out.insert(key.to_owned(), self.map_json(schemas));
            }
        }
    }

    fn map_json(&mut self, schemas: &'d Map<Schema>) -> Value {
        let mut out = json!({});
        for (key, schema) in super::sorted(schemas) {
            out[key.value.as_str()] = self.schema_json(schema);
        }
        out
    }
}

fn strings(names: &[Spanned<String>]) -> Value {
    names.iter().map(|name| name.value.as_str()).collect()
}
