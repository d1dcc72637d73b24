//! Scenario files to scenarios.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use exai_gen::diagnostic::{Diagnostics, Format, render};
use exai_gen::source::{Node, Sources, Value as Yaml};
use serde_json::{Map, Number, Value};

use crate::judge::Suite;
use crate::scenario::Scenario;
use crate::secrets::Secrets;

const SCHEMA: &str = include_str!("../scenario.schema.json");

/// The suite in a folder: what is written by hand, and what the generator has made.
///
/// # Errors
/// Every file that is not YAML, or not by the schema, with the reason.
pub fn suite(folder: &Path) -> Result<Suite, String> {
    let mut all = scenarios(&folder.join("scenarios"))?;
    all.extend(scenarios(&folder.join("generated"))?);
    let Value::Object(fixtures) = read(&folder.join("fixtures.yaml"))? else {
        return Err("fixtures.yaml is no mapping".to_owned());
    };
    Ok(Suite {
        secrets: Secrets::of(&all)?,
        scenarios: all,
        fixtures: Arc::new(fixtures),
    })
}

/// All scenarios below a folder, by name.
fn scenarios(folder: &Path) -> Result<Vec<Scenario>, String> {
    let schema: Value = serde_json::from_str(SCHEMA).map_err(|error| error.to_string())?;
    let validator = jsonschema::validator_for(&schema).map_err(|error| error.to_string())?;
    let mut files = Vec::new();
    collect(folder, &mut files).map_err(|error| format!("{}: {error}", folder.display()))?;
    files.sort();
    let mut scenarios = Vec::new();
    let mut wrong = Vec::new();
    for file in files {
        let name = file.strip_prefix(folder).unwrap_or(&file);
        let name = name.with_extension("").to_string_lossy().into_owned();
        match read(&file).and_then(|value| scenario(&name, value, &validator)) {
            Ok(scenario) => scenarios.push(scenario),
            Err(error) => wrong.push(format!("{name}: {error}")),
        }
    }
    if wrong.is_empty() {
        Ok(scenarios)
    } else {
        Err(wrong.join("\n"))
    }
}

fn scenario(
    name: &str,
    value: Value,
    validator: &jsonschema::Validator,
) -> Result<Scenario, String> {
    let errors: Vec<String> = validator
        .iter_errors(&value)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    if !errors.is_empty() {
        return Err(errors.join("; "));
    }
    let scenario: Scenario = serde_json::from_value(value).map_err(|error| error.to_string())?;
    Ok(Scenario {
        name: name.to_owned(),
        ..scenario.written_out()
    })
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|kind| kind == "yaml" || kind == "json")
        {
            files.push(path);
        }
    }
    Ok(())
}

/// A YAML file as JSON.
pub(crate) fn read(path: &Path) -> Result<Value, String> {
    let mut diagnostics = Diagnostics::default();
    let sources = Sources::open(path, &mut diagnostics);
    let root = sources
        .root()
        .and_then(|root| sources.file(root).node.as_ref());
    match root {
        Some(root) if diagnostics.iter().next().is_none() => json(root),
        _ => Err(render(
            &diagnostics,
            &sources,
            Format::Human { color: false },
        )),
    }
}

fn json(node: &Node) -> Result<Value, String> {
    Ok(match &node.value {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => Value::Bool(*value),
        Yaml::Number(text) => Value::Number(
            text.parse::<Number>()
                .map_err(|_| format!("{text} is no number of JSON"))?,
        ),
        Yaml::String(text) => Value::String(text.clone()),
        Yaml::Sequence(items) => Value::Array(items.iter().map(json).collect::<Result<_, _>>()?),
        Yaml::Mapping(entries) => Value::Object(
            entries
                .iter()
                .map(|(name, node)| Ok((name.value.clone(), json(node)?)))
                .collect::<Result<Map<_, _>, String>>()?,
        ),
    })
}
