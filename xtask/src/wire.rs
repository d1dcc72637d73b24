//! `cargo xtask wire`: operations of some documents called by each language's package, against a
//! server that keeps the request; the request is read by the document, and held against what the
//! other languages send.

mod answer;
mod driver;
mod form;
mod multipart;
mod reading;
mod sample;
mod server;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use exai_gen::bundle::{bundle, to_json};
use exai_gen::pipeline::{self, Run};
use exai_gen::target::{Owner, Target};
use serde_json::Value;

use self::answer::Given;
use self::driver::{Driver, Names};
use self::sample::Sample;
use self::server::Server;
use self::table::Outcome;
use crate::documents::figures::Found;
use crate::documents::selection::Selection;
use crate::documents::{find, package};
use crate::packages::root;
use crate::roundtrip::{Schemas, Side, difference};

/// Call operations by each language's package, and read what is sent by the document.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo xtask wire ../corpus                                     # compared with tests/documents/WIRE.md
  cargo xtask wire ../corpus --only museum --language go,python
  cargo xtask wire ../corpus --write                             # the figures are kept")]
pub(crate) struct Args {
    #[command(flatten)]
    selection: Selection,
}

/// Calls, says what is sent otherwise than the document or another language has it, and compares
/// or keeps the table.
///
/// # Errors
/// When the table says something else, or something cannot be run.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    let languages = args.selection.languages();
    let mut found = Found::default();
    let run: BTreeSet<&'static str> = languages.iter().map(|target| target.name()).collect();
    let mut wrong = 0;
    for section in args.selection.sections()? {
        let place = root().join("target/wire").join(&section.name);
        let _claim = package::claim(&place, &languages)?;
        for document in &section.documents {
            let Some(outcome) = try_document(document, &languages, &place)? else {
                println!("{}: refused", document.name);
                continue;
            };
            let calls = outcome.figures[2];
            let languages = outcome.languages.values();
            wrong += languages.map(|(right, _)| calls - right).sum::<usize>();
            found.add(&section.name, &document.name, outcome.row(), &run);
        }
    }
    let wrong = (wrong > 0).then(|| format!("{wrong} requests are not as they should be"));
    args.selection.settle(found, &table::page(), wrong)
}

/// Calls a document's operations; `None` where it is refused.
fn try_document(
    document: &find::Document,
    languages: &[Target],
    place: &Path,
) -> Result<Option<Outcome>, String> {
    let made = package::make(document, languages, place)?;
    let run = package::read(document);
    let (Some(api), Some(schemas)) = (&run.api, schemas(&run)?) else {
        return Ok(None);
    };
    apart(&place.join("rust"))?;
    let offered = pipeline::offered(Target::Typescript, api, &run.config);
    let samples = sample::samples(api, &offered, &schemas);
    let called: BTreeSet<&str> = samples.iter().map(|sample| sample.id.as_str()).collect();
    let product = run.config.product(api.info.title.raw());
    let names = Names {
        client: product.client.clone(),
        environment: product.environment.clone(),
        basic: basic(&schemas),
    };
    let mut outcome = Outcome {
        figures: [api.operations.len(), called.len(), samples.len()],
        ..Outcome::default()
    };
    let mut sent: BTreeMap<usize, (Target, Value)> = BTreeMap::new();
    for package in &made.packages {
        let (target, server) = (package.target, Server::start()?);
        let generated = package::generated(target, &run, api, &[Owner::Driver]);
        let started = Driver::start(target, &package.folder, &names, &generated, &server.url);
        let (right, wrong) = match started {
            Ok(mut driver) => call_all(&mut driver, &server, &samples, &schemas, &mut sent),
            Err(why) => (0, vec![format!("the program did not run: {why}")]),
        };
        for why in &wrong {
            println!("WRONG {}, {}: {why}", document.name, target.name());
        }
        println!(
            "{}: {}: {right} of {}",
            document.name,
            target.name(),
            samples.len()
        );
        outcome.languages.insert(target, (right, wrong));
    }
    Ok(Some(outcome))
}

/// Makes all calls in a language: how many are right, and what is wrong with the others.
fn call_all(
    driver: &mut Driver,
    server: &Server,
    samples: &[Sample],
    schemas: &Schemas,
    sent: &mut BTreeMap<usize, (Target, Value)>,
) -> (usize, Vec<String>) {
    let mut wrong = Vec::new();
    for (index, sample) in samples.iter().enumerate() {
        if let Some(why) = one(driver, server, sample, schemas, index, sent) {
            let Sample { method, path, .. } = sample;
            let why: String = why.replace('`', " ").chars().take(300).collect();
            wrong.push(format!("{method} {path}: {why}"));
        }
    }
    (samples.len() - wrong.len(), wrong)
}

/// Makes one call; what is wrong with the request that came of it.
fn one(
    driver: &mut Driver,
    server: &Server,
    sample: &Sample,
    schemas: &Schemas,
    index: usize,
    sent: &mut BTreeMap<usize, (Target, Value)>,
) -> Option<String> {
    server.take();
    let said = match driver.call(sample) {
        Ok(said) => said,
        Err(why) => return Some(why),
    };
    let requests = server.take();
    let [request] = requests.as_slice() else {
        return Some(format!("{} requests: {said}", requests.len()));
    };
    if let Some(why) = reading::fault(sample, request, schemas) {
        return Some(why);
    }
    let essence = reading::essence(request);
    match sent.get(&index) {
        None => {
            sent.insert(index, (driver.target, essence));
        }
        Some((other, before)) => {
            if let Some(why) = difference(before, &essence) {
                let other = other.name();
                return Some(format!("{other} sends another request, at {why}"));
            }
        }
    }
    let mut answers = sample.answers.iter();
    answers.find_map(|given| answered(driver, server, sample, given))
}

/// Makes a call that is answered; what is wrong with what it gives.
fn answered(
    driver: &mut Driver,
    server: &Server,
    sample: &Sample,
    given: &Given,
) -> Option<String> {
    server.answer(Some(given.clone()));
    let said = driver.call(sample);
    server.answer(None);
    server.take();
    let place = match &given.content_type {
        Some(content_type) => format!("{} {content_type}", given.status),
        None => format!("{} without a body", given.status),
    };
    let said = match said {
        Ok(said) => said,
        Err(why) => return Some(why),
    };
    let Some(text) = said.strip_prefix("done ") else {
        return Some(format!("{place}: {said}"));
    };
    match serde_json::from_str(text) {
        Ok(value) => difference(&given.value, &value)
            .map(|why| format!("{place}: what is given differs at {why}")),
        Err(error) => Some(format!("{place}: {error}: {text}")),
    }
}

fn schemas(run: &Run) -> Result<Option<Schemas>, String> {
    let Some(document) = &run.document else {
        return Ok(None);
    };
    let text = to_json(&bundle(document, &run.sources));
    let whole: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    Schemas::new(&whole, Side::Sent).map(Some)
}

/// The names of the schemes of HTTP basic authentication.
fn basic(schemas: &Schemas) -> Vec<String> {
    let schemes = schemas.document()["components"]["securitySchemes"].as_object();
    let all = schemes.into_iter().flatten();
    let basic = all.filter(|(_, scheme)| {
        let kind = scheme["scheme"].as_str().unwrap_or_default();
        kind.eq_ignore_ascii_case("basic")
    });
    basic.map(|(name, _)| name.clone()).collect()
}

/// Keeps crates below a folder out of the workspace around them.
fn apart(folder: &Path) -> Result<(), String> {
    let manifest = folder.join("Cargo.toml");
    if !folder.is_dir() {
        return Ok(());
    }
    fs::write(
        &manifest,
        "[workspace]\nmembers = [\"*\"]\nexclude = [\"*.wire\"]\nresolver = \"3\"\n",
    )
    .map_err(|error| format!("{}: {error}", manifest.display()))
}
