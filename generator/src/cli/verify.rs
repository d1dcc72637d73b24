//! `exai-gen verify`

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::args::VerifyArgs;
use super::{Channel, Outcome, report};
use crate::pipeline::{self, Request};
use crate::provenance::{PROVENANCE, Provenance};
use crate::render::Renderer;
use crate::source::read_text;
use crate::target::{Owner, Target};
use crate::tree::read_manifest;

pub(super) fn run(args: &VerifyArgs) -> Outcome {
    let (home, said) = match found(&args.package) {
        Ok(found) => found,
        Err(message) => {
            eprintln!("{message}");
            return Outcome::Misused;
        }
    };
    let text = |key: &str| {
        said.get(key)
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default()
    };
    let Some(target) = Target::from_name(text("target")) else {
        eprintln!("`{}` is no target", text("target"));
        return Outcome::Refused;
    };
    let request = Request {
        spec: &args.spec,
        config: args.config.as_deref(),
        command: text("command"),
    };
    let mut run = pipeline::read(&request);
    let renderer = Renderer::embedded();
    let owners = [Owner::Generated];
    let made = run.api.as_ref().map(|api| {
        let found = &mut run.diagnostics;
        pipeline::files(
            target,
            api,
            &run.config,
            request.command,
            &renderer,
            &owners,
            found,
        )
    });
    run.diagnostics.sort();
    let outcome = report(
        &run.diagnostics,
        &run.sources,
        args.message_format,
        Channel::Error,
    );
    let (Some(api), Some(document), Some(tree), Outcome::Fine) =
        (&run.api, &run.document, made, outcome)
    else {
        return Outcome::Refused;
    };
    let package = run.config.package(target, api.info.title.raw());
    let from = (document, &run.sources);
    let ours = Provenance::new(target, package, request.command, from, api, &tree);
    let mut wrong = ours.differences(&said);
    let made: BTreeMap<&str, &str> = tree
        .iter()
        .map(|file| (file.path.as_str(), file.text.as_str()))
        .collect();
    // A package may hold what was compiled of the files, and none of them.
    let compiled = made
        .keys()
        .all(|path| read_text(&home.join(path)).is_none());
    for (path, text) in made.iter().filter(|_| !compiled) {
        match read_text(&home.join(path)) {
            Some(there) if there == *text => {}
            Some(_) => wrong.push(format!("{path}: is not what the document gives")),
            None => wrong.push(format!("{path}: is missing")),
        }
    }
    let manifest = read_text(&home.join(crate::tree::MANIFEST)).unwrap_or_default();
    for path in read_manifest(&manifest).into_keys() {
        if !made.contains_key(path.as_str()) {
            wrong.push(format!("{path}: is generated, and not of this document"));
        }
    }
    let mut out = String::new();
    for line in &wrong {
        out.push_str(line);
        out.push('\n');
    }
    if wrong.is_empty() {
        let holds = match compiled {
            false => "are what the document gives",
            true => {
                "are compiled and not in it; it says of what, and that is what the document gives"
            }
        };
        out = format!(
            "{}: {} generated files {holds}\n",
            target.name(),
            made.len()
        );
    }
    match std::io::stdout().write_all(out.as_bytes()) {
        Err(_) => Outcome::Misused,
        Ok(()) if wrong.is_empty() => Outcome::Fine,
        Ok(()) => Outcome::Refused,
    }
}

/// The folder of a package that says where it comes from, and what it says.
fn found(package: &Path) -> Result<(PathBuf, serde_json::Value), String> {
    let path = package.join(PROVENANCE);
    let text = read_text(&path).ok_or_else(|| {
        format!(
            "`{}` is not there: a package is given as a folder, unpacked",
            path.display()
        )
    })?;
    let said = serde_json::from_str(&text)
        .map_err(|error| format!("`{}` is no JSON: {error}", path.display()))?;
    Ok((package.to_owned(), said))
}
