//! Schema Objects (section 4.8.24).

use super::Reader;
use super::fields::Fields;
use super::upgrade;
use super::wording::nearest;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::model::{
    Discriminator, Kind, Location, Map, Reference, Schema, SchemaObject, SchemaType, Xml,
};
use crate::source::{Node, Spanned, Value, escape_token};

const TYPES: [SchemaType; 7] = [
    SchemaType::Null,
    SchemaType::Boolean,
    SchemaType::Integer,
    SchemaType::Number,
    SchemaType::String,
    SchemaType::Array,
    SchemaType::Object,
];

/// What JSON Schema calls a type that other languages have under this name.
fn elsewhere(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "int" | "int32" | "int64" | "long" | "short" => "write `integer`",
        "float" | "double" | "decimal" => "write `number`",
        "bool" => "write `boolean`",
        "str" | "text" => "write `string`",
        "list" => "write `array`",
        "dict" | "map" | "hash" => "write `object`",
        "date" => "write `type: string` with `format: date`",
        "datetime" | "date-time" | "timestamp" => "write `type: string` with `format: date-time`",
        "uuid" => "write `type: string` with `format: uuid`",
        "file" | "binary" => "write `type: string` with `format: binary`",
        "any" | "mixed" => "leave `type` out where any value will do",
        _ => return None,
    })
}

impl Reader<'_> {
    /// A schema, of 3.1 after rewriting where the document is older.
    pub(super) fn schema(&mut self, node: &Node) -> Option<Schema> {
        if let Some(value) = node.as_bool() {
            return Some(Schema::Bool(Spanned::new(value, node.span)));
        }
        let upgraded = upgrade::schema(node, self.version, &mut self.noted, self.diagnostics);
        let mut fields = self.open(upgraded.as_ref().unwrap_or(node), "schema")?;
        let mut object = self.schema_object(&mut fields);
        self.check_values(&object);
        self.check_patterns(&object);
        object.extensions = self.finish_schema(fields);
        Some(Schema::Object(Box::new(object)))
    }

    fn schema_object(&mut self, f: &mut Fields<'_>) -> SchemaObject {
        let reference = f
            .take("$ref")
            .and_then(|node| self.follow(node, Kind::Schema));
        let dynamic = f
            .take("$dynamicRef")
            .and_then(|node| self.follow(node, Kind::Schema))
            .or_else(|| self.recursive_reference(f.take("$recursiveRef")?));
        // A type that refers to itself has a name by its reference, whichever keyword says it.
        let (reference, dynamic_reference) = match (reference, dynamic) {
            (Some(reference), dynamic) => (Some(reference), dynamic.map(Box::new)),
            (None, dynamic) => (dynamic, None),
        };
        f.take("$recursiveAnchor");
        f.take("$vocabulary");
        let mut defs = self.schema_map(f, "$defs");
        defs.extend(self.schema_map(f, "definitions"));
        SchemaObject {
            span: f.span,
            reference,
            dynamic_reference,
            id: self.string(f, "$id"),
            anchor: self.string(f, "$anchor"),
            dynamic_anchor: self.string(f, "$dynamicAnchor"),
            dialect: self.string(f, "$schema"),
            comment: self.string(f, "$comment"),
            defs,
            types: self.types(f),
            enum_values: self.optional_list(f, "enum", |_, node| Some(node.clone())),
            const_value: f.take("const").cloned(),
            title: self.string(f, "title"),
            description: self.string(f, "description"),
            default: f.take("default").cloned(),
            examples: self.schema_examples(f),
            deprecated: self.flag(f, "deprecated"),
            read_only: self.flag(f, "readOnly"),
            write_only: self.flag(f, "writeOnly"),
            format: self.string(f, "format"),
            content_encoding: self.string(f, "contentEncoding"),
            content_media_type: self.string(f, "contentMediaType"),
            content_schema: self.subschema(f, "contentSchema"),
            multiple_of: self.number(f, "multipleOf"),
            maximum: self.number(f, "maximum"),
            exclusive_maximum: self.number(f, "exclusiveMaximum"),
            minimum: self.number(f, "minimum"),
            exclusive_minimum: self.number(f, "exclusiveMinimum"),
            max_length: self.count(f, "maxLength"),
            min_length: self.count(f, "minLength"),
            pattern: self.string(f, "pattern"),
            items: self.subschema(f, "items"),
            prefix_items: self.list(f, "prefixItems", Self::schema),
            contains: self.subschema(f, "contains"),
            unevaluated_items: self.subschema(f, "unevaluatedItems"),
            max_items: self.count(f, "maxItems"),
            min_items: self.count(f, "minItems"),
            unique_items: self.flag(f, "uniqueItems"),
            max_contains: self.count(f, "maxContains"),
            min_contains: self.count(f, "minContains"),
            properties: self.schema_map(f, "properties"),
            pattern_properties: self.schema_map(f, "patternProperties"),
            additional_properties: self.subschema(f, "additionalProperties"),
            property_names: self.subschema(f, "propertyNames"),
            unevaluated_properties: self.subschema(f, "unevaluatedProperties"),
            required: self.strings(f, "required"),
            dependent_required: self.map(f, "dependentRequired", |reader, node| {
                let Some(names) = node.as_sequence() else {
                    reader.wrong_type(node, "the value of `dependentRequired` must be a list");
                    return None;
                };
                Some(
                    names
                        .iter()
                        .filter_map(|name| reader.as_string(name, "dependentRequired"))
                        .collect(),
                )
            }),
            dependent_schemas: self.schema_map(f, "dependentSchemas"),
            max_properties: self.count(f, "maxProperties"),
            min_properties: self.count(f, "minProperties"),
            all_of: self.branches(f, "allOf"),
            any_of: self.branches(f, "anyOf"),
            one_of: self.branches(f, "oneOf"),
            not: self.subschema(f, "not"),
            if_schema: self.subschema(f, "if"),
            then_schema: self.subschema(f, "then"),
            else_schema: self.subschema(f, "else"),
            discriminator: f
                .take("discriminator")
                .and_then(|node| self.discriminator(node))
                .map(Box::new),
            xml: f.take("xml").and_then(|node| self.xml(node)).map(Box::new),
            external_docs: f
                .take("externalDocs")
                .and_then(|node| self.external_docs(node))
                .map(Box::new),
            extensions: Vec::new(),
        }
    }

    fn subschema(&mut self, fields: &mut Fields<'_>, name: &'static str) -> Option<Schema> {
        let node = fields.take(name)?;
        self.schema(node)
    }

    fn schema_map(&mut self, fields: &mut Fields<'_>, name: &'static str) -> Map<Schema> {
        self.map(fields, name, Self::schema)
    }

    /// `allOf`, `anyOf`, `oneOf`: a list with at least one schema.
    fn branches(&mut self, fields: &mut Fields<'_>, name: &'static str) -> Vec<Schema> {
        let Some((key, node)) = fields.entry(name) else {
            return Vec::new();
        };
        let Some(items) = node.as_sequence() else {
            self.wrong_type(node, &format!("`{name}` must be a list"));
            return Vec::new();
        };
        if items.is_empty() {
            let found = Diagnostic::error(
                Code::InvalidValue,
                key.span,
                format!("`{name}` must list at least one schema"),
            );
            self.push(found.hint("remove it"));
        }
        items.iter().filter_map(|node| self.schema(node)).collect()
    }

    fn types(&mut self, fields: &mut Fields<'_>) -> Vec<Spanned<SchemaType>> {
        let Some(node) = fields.take("type") else {
            return Vec::new();
        };
        match &node.value {
            Value::Sequence(items) => items
                .iter()
                .filter_map(|item| self.schema_type(item))
                .collect(),
            _ => self.schema_type(node).into_iter().collect(),
        }
    }

    fn schema_type(&mut self, node: &Node) -> Option<Spanned<SchemaType>> {
        // `type: null` in YAML, where the quotes were forgotten.
        if node.is_null() {
            let found = Diagnostic::warning(
                Code::WrongType,
                node.span,
                "a type must be a string, not null",
            );
            self.push(
                found
                    .label("read as the type `null`")
                    .hint("write `\"null\"`, with quotes"),
            );
            return Some(Spanned::new(SchemaType::Null, node.span));
        }
        let text = self.as_string(node, "type")?;
        let found = TYPES.into_iter().find(|kind| kind.name() == text.value);
        if found.is_none() {
            match elsewhere(&text) {
                Some(hint) => {
                    let message = format!("`{}` is not a value of `type`", text.value);
                    let found = Diagnostic::error(Code::InvalidValue, text.span, message);
                    self.push(found.hint(hint));
                }
                None => self.invalid(&text, "type", TYPES.iter().map(|kind| kind.name())),
            }
        }
        found.map(|kind| Spanned::new(kind, node.span))
    }

    /// `examples`, with `example` before them. A mapping of Example Objects, which stands in a
    /// schema by mistake, gives their values.
    fn schema_examples(&mut self, fields: &mut Fields<'_>) -> Vec<Node> {
        let mut examples: Vec<Node> = fields.take("example").cloned().into_iter().collect();
        match fields.take("examples") {
            Some(Node {
                value: Value::Sequence(items),
                ..
            }) => examples.extend(items.iter().cloned()),
            Some(Node {
                value: Value::Mapping(entries),
                span,
            }) => {
                let found = Diagnostic::warning(
                    Code::WrongType,
                    *span,
                    "`examples` of a schema must be a list, not a mapping",
                );
                self.push(
                    found
                        .label("read as the list of its values")
                        .hint("list the values alone"),
                );
                examples.extend(
                    entries
                        .iter()
                        .map(|(_, example)| example.get("value").unwrap_or(example).clone()),
                );
            }
            Some(node) => self.wrong_type(node, "`examples` of a schema must be a list"),
            None => {}
        }
        examples
    }

    fn discriminator(&mut self, node: &Node) -> Option<Discriminator> {
        let mut f = self.open(node, "Discriminator")?;
        let discriminator = Discriminator {
            span: node.span,
            property_name: self.required_string(&mut f, "propertyName"),
            // A tag may be spelt `$ref`: what stands here is a text each way.
            mapping: f.take("mapping").map_or_else(Map::new, |node| {
                self.entries(node, "mapping", &mut |reader, node| {
                    let text = reader.as_string(node, "mapping")?;
                    reader.mapped(&text)
                })
            }),
            default_mapping: self
                .string(&mut f, "defaultMapping")
                .and_then(|text| self.mapped(&text)),
            extensions: Vec::new(),
        };
        Some(Discriminator {
            extensions: self.finish(f),
            ..discriminator
        })
    }

    /// What a value of a mapping leads to: the name of a schema of the root document's
    /// components, else a URI reference (section 4.8.25.3).
    fn mapped(&mut self, text: &Spanned<String>) -> Option<Reference> {
        let names = self
            .sources
            .file(self.root)
            .node
            .as_ref()
            .and_then(|root| root.pointer("/components/schemas"));
        let is_name = names.is_some_and(|names| names.get(text).is_some());
        let looks_like_name = text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
        if !is_name && looks_like_name {
            let names = names.and_then(Node::as_mapping).unwrap_or_default();
            let near =
                nearest(text, names.iter().map(|(key, _)| key.value.as_str())).map(str::to_owned);
            let mut found = Diagnostic::error(
                Code::DanglingMapping,
                text.span,
                format!("`{text}` leads to nothing"),
            )
            .label(format!("no schema in `components` is called `{text}`"));
            if let Some(near) = near {
                found = found.hint(format!("did you mean `{near}`?"));
            }
            self.push(found);
            return None;
        }
        let target = if is_name {
            Location::new(
                self.root,
                format!("/components/schemas/{}", escape_token(text)),
            )
        } else {
            let target = self.locate(text, Code::DanglingMapping)?;
            self.note(text.span, Kind::Schema, &target, false);
            target
        };
        self.want(Kind::Schema, &target);
        Some(Reference {
            span: text.span,
            text: text.value.clone(),
            target,
            summary: None,
            description: None,
        })
    }

    fn xml(&mut self, node: &Node) -> Option<Xml> {
        let mut f = self.open(node, "XML Object")?;
        let xml = Xml {
            span: node.span,
            name: self.string(&mut f, "name"),
            namespace: self.string(&mut f, "namespace"),
            prefix: self.string(&mut f, "prefix"),
            attribute: self.flag(&mut f, "attribute"),
            wrapped: self.flag(&mut f, "wrapped"),
            node_type: self.string(&mut f, "nodeType"),
            extensions: Vec::new(),
        };
        Some(Xml {
            extensions: self.finish(f),
            ..xml
        })
    }
}
