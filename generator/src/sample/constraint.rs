//! Whether a sample is sure to be taken by a server that holds requests against the schemas.

use std::collections::HashSet;

use serde_json::Value as Json;

use super::Sample;
use crate::ir::Api;

/// Keywords that say no more of a value than its type does, or nothing at all.
const HARMLESS: &[&str] = &[
    "$comment",
    "additionalProperties",
    "allOf",
    "const",
    "default",
    "deprecated",
    "description",
    "enum",
    "example",
    "examples",
    "externalDocs",
    "format",
    "items",
    "properties",
    "readOnly",
    "required",
    "title",
    "type",
    "writeOnly",
    "xml",
];

/// True when nothing that the operation's schemas ask for is left to chance: no bound, pattern or
/// condition stands in any of them.
pub(crate) fn fits_every_schema(api: &Api, sample: &Sample<'_>) -> bool {
    let contracts = &api.contract.operations;
    let Some(contract) = contracts.iter().find(|one| one.operation == sample.id) else {
        return false;
    };
    let parameters = contract.parameters.iter().zip(&sample.parameters);
    let given = parameters.filter(|(_, value)| value.is_some());
    let mut schemas = given.map(|(parameter, _)| &parameter.schema);
    let mut seen = HashSet::new();
    let body = sample.body.as_ref().and(contract.body.first());
    schemas.all(|schema| plain(api, schema, &mut seen))
        && body.is_none_or(|(_, schema)| plain(api, schema, &mut seen))
}

fn plain<'a>(api: &'a Api, schema: &'a Json, seen: &mut HashSet<&'a str>) -> bool {
    let Json::Object(keywords) = schema else {
        return *schema == Json::Bool(true);
    };
    keywords
        .iter()
        .all(|(keyword, value)| match (keyword.as_str(), value) {
            ("$ref", Json::String(to)) => match to.strip_prefix("#/$defs/") {
                Some(name) if !seen.insert(name) => true,
                Some(name) => {
                    let schema = api.contract.definitions.get(name);
                    schema.is_some_and(|schema| plain(api, schema, seen))
                }
                None => false,
            },
            ("properties", Json::Object(schemas)) => {
                schemas.values().all(|schema| plain(api, schema, seen))
            }
            ("allOf", Json::Array(schemas)) => {
                schemas.iter().all(|schema| plain(api, schema, seen))
            }
            ("items", schema) => plain(api, schema, seen),
            (keyword, _) => HARMLESS.contains(&keyword) || keyword.starts_with("x-"),
        })
}
