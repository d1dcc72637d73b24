//! Schemas: JSON Schema 2020-12 with OpenAPI's vocabulary (section 4.8.24).

use super::{Extensions, ExternalDocs, Map, Reference};
use crate::source::{Node, Span, Spanned};

/// A schema.
#[derive(Clone, Debug)]
pub enum Schema {
    /// `true`, which anything fits, or `false`, which nothing fits.
    Bool(Spanned<bool>),
    /// A schema with keywords.
    Object(Box<SchemaObject>),
}

impl Schema {
    /// Where the schema stands.
    pub fn span(&self) -> Span {
        match self {
            Schema::Bool(value) => value.span,
            Schema::Object(object) => object.span,
        }
    }

    /// The keywords, if it is no boolean.
    pub fn as_object(&self) -> Option<&SchemaObject> {
        match self {
            Schema::Bool(_) => None,
            Schema::Object(object) => Some(object),
        }
    }

    /// The reference, if it has one; keywords may stand beside it.
    pub fn reference(&self) -> Option<&Reference> {
        self.as_object()?.reference.as_ref()
    }
}

/// A JSON type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SchemaType {
    /// `null`
    Null,
    /// `boolean`
    Boolean,
    /// `integer`
    Integer,
    /// `number`
    Number,
    /// `string`
    String,
    /// `array`
    Array,
    /// `object`
    Object,
}

impl SchemaType {
    /// The type as it is written.
    pub fn name(self) -> &'static str {
        match self {
            SchemaType::Null => "null",
            SchemaType::Boolean => "boolean",
            SchemaType::Integer => "integer",
            SchemaType::Number => "number",
            SchemaType::String => "string",
            SchemaType::Array => "array",
            SchemaType::Object => "object",
        }
    }
}

/// Every keyword of a schema, each as it was written; absent ones are `None`, `false` or empty.
/// There are many schemas, so large keywords that few have stand in boxes.
#[derive(Clone, Debug)]
pub struct SchemaObject {
    /// The whole schema.
    pub span: Span,

    /// `$ref`; its siblings apply too.
    pub reference: Option<Reference>,
    /// `$dynamicRef` beside a `$ref`, resolved as that is; alone it is `reference`.
    pub dynamic_reference: Option<Box<Reference>>,
    /// `$id`
    pub id: Option<Spanned<String>>,
    /// `$anchor`
    pub anchor: Option<Spanned<String>>,
    /// `$dynamicAnchor`
    pub dynamic_anchor: Option<Spanned<String>>,
    /// `$schema`
    pub dialect: Option<Spanned<String>>,
    /// `$comment`
    pub comment: Option<Spanned<String>>,
    /// `$defs`, and `definitions` of older drafts.
    pub defs: Map<Schema>,

    /// `type`, one or a list; empty when absent.
    pub types: Vec<Spanned<SchemaType>>,
    /// `enum`
    pub enum_values: Option<Vec<Node>>,
    /// `const`
    pub const_value: Option<Node>,

    /// `title`
    pub title: Option<Spanned<String>>,
    /// `description`
    pub description: Option<Spanned<String>>,
    /// `default`
    pub default: Option<Node>,
    /// `examples`, and the older `example` as the first of them.
    pub examples: Vec<Node>,
    /// `deprecated`
    pub deprecated: bool,
    /// `readOnly`
    pub read_only: bool,
    /// `writeOnly`
    pub write_only: bool,

    /// `format`
    pub format: Option<Spanned<String>>,
    /// `contentEncoding`
    pub content_encoding: Option<Spanned<String>>,
    /// `contentMediaType`
    pub content_media_type: Option<Spanned<String>>,
    /// `contentSchema`
    pub content_schema: Option<Schema>,

    /// `multipleOf`, the number's text.
    pub multiple_of: Option<Spanned<String>>,
    /// `maximum`, the number's text.
    pub maximum: Option<Spanned<String>>,
    /// `exclusiveMaximum`, the number's text.
    pub exclusive_maximum: Option<Spanned<String>>,
    /// `minimum`, the number's text.
    pub minimum: Option<Spanned<String>>,
    /// `exclusiveMinimum`, the number's text.
    pub exclusive_minimum: Option<Spanned<String>>,

    /// `maxLength`, in code points.
    pub max_length: Option<Spanned<u64>>,
    /// `minLength`, in code points.
    pub min_length: Option<Spanned<u64>>,
    /// `pattern`, an ECMA-262 regular expression.
    pub pattern: Option<Spanned<String>>,

    /// `items`
    pub items: Option<Schema>,
    /// `prefixItems`
    pub prefix_items: Vec<Schema>,
    /// `contains`
    pub contains: Option<Schema>,
    /// `unevaluatedItems`
    pub unevaluated_items: Option<Schema>,
    /// `maxItems`
    pub max_items: Option<Spanned<u64>>,
    /// `minItems`
    pub min_items: Option<Spanned<u64>>,
    /// `uniqueItems`
    pub unique_items: bool,
    /// `maxContains`
    pub max_contains: Option<Spanned<u64>>,
    /// `minContains`
    pub min_contains: Option<Spanned<u64>>,

    /// `properties`
    pub properties: Map<Schema>,
    /// `patternProperties`, keyed by regular expression.
    pub pattern_properties: Map<Schema>,
    /// `additionalProperties`
    pub additional_properties: Option<Schema>,
    /// `propertyNames`
    pub property_names: Option<Schema>,
    /// `unevaluatedProperties`
    pub unevaluated_properties: Option<Schema>,
    /// `required`
    pub required: Vec<Spanned<String>>,
    /// `dependentRequired`
    pub dependent_required: Map<Vec<Spanned<String>>>,
    /// `dependentSchemas`
    pub dependent_schemas: Map<Schema>,
    /// `maxProperties`
    pub max_properties: Option<Spanned<u64>>,
    /// `minProperties`
    pub min_properties: Option<Spanned<u64>>,

    /// `allOf`
    pub all_of: Vec<Schema>,
    /// `anyOf`
    pub any_of: Vec<Schema>,
    /// `oneOf`
    pub one_of: Vec<Schema>,
    /// `not`
    pub not: Option<Schema>,
    /// `if`
    pub if_schema: Option<Schema>,
    /// `then`
    pub then_schema: Option<Schema>,
    /// `else`
    pub else_schema: Option<Schema>,

    /// `discriminator`
    pub discriminator: Option<Box<Discriminator>>,
    /// `xml`
    pub xml: Option<Box<Xml>>,
    /// `externalDocs`
    pub external_docs: Option<Box<ExternalDocs>>,
    /// `x-` keys
    pub extensions: Extensions,
}

/// The property that tells the branches of a union apart (section 4.8.25).
#[derive(Clone, Debug)]
pub struct Discriminator {
    /// The whole object.
    pub span: Span,
    /// `propertyName`
    pub property_name: Spanned<String>,
    /// `mapping`, its names and URIs resolved.
    pub mapping: Map<Reference>,
    /// `defaultMapping` (3.2)
    pub default_mapping: Option<Reference>,
    /// `x-` keys
    pub extensions: Extensions,
}

/// How a value is written as XML (section 4.8.26).
#[derive(Clone, Debug)]
pub struct Xml {
    /// The whole object.
    pub span: Span,
    /// `name`
    pub name: Option<Spanned<String>>,
    /// `namespace`
    pub namespace: Option<Spanned<String>>,
    /// `prefix`
    pub prefix: Option<Spanned<String>>,
    /// `attribute`
    pub attribute: bool,
    /// `wrapped`
    pub wrapped: bool,
    /// `nodeType` (3.2)
    pub node_type: Option<Spanned<String>>,
    /// `x-` keys
    pub extensions: Extensions,
}
