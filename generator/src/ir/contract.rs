use serde_json::{Map, Value};

use super::{OperationId, Place, Text};

/// The JSON Schemas of the document (dialect 2020-12), whole: what a server holds requests
/// against, whatever the types could not say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contract {
    /// Schemas by name; every `$ref` in the contract is `#/$defs/NAME` into this map.
    pub definitions: Map<String, Value>,
    /// One entry an operation, by id.
    pub operations: Vec<OperationContract>,
}

/// What one operation's requests are held against.
#[derive(Clone, Debug, PartialEq)]
pub struct OperationContract {
    /// Which operation.
    pub operation: OperationId,
    /// In the order of [`super::Operation::parameters`].
    pub parameters: Vec<ParameterContract>,
    /// A schema for each JSON, form or multipart media type of the body.
    pub body: Vec<(Text, Value)>,
}

/// What one parameter is held against, once it is decoded to JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterContract {
    /// The wire name.
    pub name: Text,
    /// Where it is sent.
    pub place: Place,
    /// Its schema.
    pub schema: Value,
}
