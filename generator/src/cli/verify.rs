//! `exai-gen verify`

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::args::VerifyArgs;
use super::{Channel, Outcome, report};
use crate::pipeline::{self, Adjustments, Request};
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
    let adjustments = Adjustments {
        names: args.names.clone(),
        ..Adjustments::default()
    };
    let mut run = pipeline::read_adjusted(&request, &adjustments);
    let renderer = Renderer::embedded();
    // A package's own files are its owner's, but listed beside the generated ones.
    let owners = [Owner::Generated, Owner::Scaffold];
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
    let (Some(api), Some(document), Some(whole), Outcome::Fine) =
        (&run.api, &run.document, made, outcome)
    else {
        return Outcome::Refused;
    };
    let listed: BTreeSet<String> = whole.iter().map(|file| file.path.clone()).collect();
    let tree = whole.only(Owner::Generated);
    let package = pipeline::package(target, api, &run.config);
    let from = (document, &run.sources);
    let ours = Provenance::new(target, package, request.command, from, api, &tree);
    let mut wrong = ours.differences(&said);
    let made: BTreeMap<&str, &str> = tree
        .iter()
        .map(|file| (file.path.as_str(), file.text.as_str()))
        .collect();
    // A package may hold what was compiled of a folder, and nothing of the folder itself.
    let compiled = |path: &str| {
        let folder = path.split_once('/').map(|(folder, _)| home.join(folder));
        folder.is_some_and(|folder| !folder.exists())
    };
    let left_out = made.keys().filter(|path| compiled(path)).count();
    for (path, text) in made.iter().filter(|(path, _)| !compiled(path)) {
        match read_text(&home.join(path)) {
            Some(there) if there == *text => {}
            Some(_) => wrong.push(format!("{path}: is not what the document gives")),
            None => wrong.push(format!("{path}: is missing")),
        }
    }
    let manifest = read_text(&home.join(crate::tree::MANIFEST)).unwrap_or_default();
    for path in read_manifest(&manifest).into_keys() {
        if !listed.contains(&path) {
            wrong.push(format!("{path}: is generated, and not of this document"));
        }
    }
    let mut out = String::new();
    for line in &wrong {
        out.push_str(line);
        out.push('\n');
    }
    if wrong.is_empty() {
        out = format!(
            "{}: {} generated files are what the document gives",
            target.name(),
            made.len() - left_out
        );
        if left_out > 0 {
            out.push_str(&format!("; {left_out} are not in it, but compiled"));
        }
        out.push('\n');
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
