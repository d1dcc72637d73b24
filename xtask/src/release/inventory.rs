//! What each package stands on, with licences: a bill of materials in `CycloneDX` 1.6.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::check::PYTHON;
use crate::packages::root;

/// Writes `sbom/PACKAGE.cdx.json` for each.
///
/// # Errors
/// A dependency has no licence, or the tools that know them fail.
pub(super) fn write(folder: &Path) -> Result<String, String> {
    let mut out = String::new();
    let (none, cargo) = (Vec::new(), cargo()?);
    let python = python()?;
    let packages = [
        ("typescript", none.clone()),
        ("go", none),
        ("python", python),
        ("rust", closure(&cargo, "exai-sdk")),
        ("exai-server", closure(&cargo, "exai-server")),
        ("exai-runtime", closure(&cargo, "exai-runtime")),
    ];
    for (name, components) in packages {
        if let Some(bare) = components
            .iter()
            .find(|c| c["licenses"][0]["expression"] == "")
        {
            return Err(format!("{} has no licence", bare["purl"]));
        }
        let bill = json!({
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "version": 1,
            "metadata": { "component": { "type": "library", "name": name } },
            "components": components,
        });
        super::write(
            &folder.join(format!("sbom/{name}.cdx.json")),
            &format!("{bill:#}\n"),
        )?;
        out.push_str(&format!("{name}: {} components\n", components.len()));
    }
    Ok(out)
}

fn component(kind: &str, name: &str, version: &str, licence: &str) -> Value {
    json!({
        "type": "library",
        "name": name,
        "version": version,
        "purl": format!("pkg:{kind}/{name}@{version}"),
        "licenses": [{ "expression": licence }],
    })
}

fn answer(program: &str, args: &[&str]) -> Result<Value, String> {
    let output = Command::new(program)
        .args(args)
        .current_dir(root())
        .output();
    let output = output.map_err(|error| format!("cannot run {program}: {error}"))?;
    serde_json::from_slice(&output.stdout).map_err(|error| {
        format!(
            "{program} said no JSON: {error}\n{}",
            String::from_utf8_lossy(&output.stderr)
        )
    })
}

fn cargo() -> Result<Value, String> {
    answer("cargo", &["metadata", "--format-version", "1", "--locked"])
}

/// What a crate is built with, itself left out, dependencies of tests left out.
fn closure(metadata: &Value, of: &str) -> Vec<Value> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let packages = list(&metadata["packages"]);
    let nodes = list(&metadata["resolve"]["nodes"]);
    let start = packages.iter().find(|package| package["name"] == of);
    let mut waiting: Vec<Value> = start
        .map(|package| package["id"].clone())
        .into_iter()
        .collect();
    let mut seen: Vec<Value> = Vec::new();
    while let Some(id) = waiting.pop() {
        if seen.contains(&id) {
            continue;
        }
        let node = nodes.iter().find(|node| node["id"] == id);
        for dependency in node.map(|node| list(&node["deps"])).unwrap_or_default() {
            let kinds = list(&dependency["dep_kinds"]);
            if kinds.iter().any(|kind| kind["kind"] != "dev") {
                waiting.push(dependency["pkg"].clone());
            }
        }
        seen.push(id);
    }
    let mut out: Vec<Value> = packages
        .iter()
        .filter(|package| seen[1..].contains(&package["id"]))
        .map(|package| {
            let text = |key: &str| package[key].as_str().unwrap_or_default().to_owned();
            component("cargo", &text("name"), &text("version"), &text("license"))
        })
        .collect();
    out.sort_by_key(|component| component["purl"].to_string());
    out
}

/// What the Python SDK's two dependencies bring, as they are installed for its tests.
fn python() -> Result<Vec<Value>, String> {
    let program = "import json, re
from importlib import metadata as m
seen, waiting = {}, ['httpx2', 'msgspec']
while waiting:
    name = waiting.pop()
    try:
        found = m.distribution(name)
    except m.PackageNotFoundError:
        continue
    if found.metadata['Name'] in seen:
        continue
    info = found.metadata
    classes = [c.split(' :: ')[-1] for c in info.get_all('Classifier') or [] if c.startswith('License')]
    seen[info['Name']] = [found.version, info.get('License-Expression') or info.get('License') or ', '.join(classes)]
    for line in found.requires or []:
        if 'extra ==' not in line:
            waiting.append(re.match(r'[A-Za-z0-9._-]+', line)[0])
print(json.dumps(seen))";
    let found = answer(PYTHON, &["-c", program])?;
    let all = found.as_object().cloned().unwrap_or_default();
    let one = |(name, facts): (&String, &Value)| {
        let text = |at: usize| facts[at].as_str().unwrap_or_default().to_owned();
        component("pypi", name, &text(0), &text(1))
    };
    Ok(all.iter().map(one).collect())
}
