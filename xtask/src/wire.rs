//! `cargo xtask wire`: operations of some documents called by each language's package, against a
//! server that keeps the request; the request is read by the document, and held against what the
//! other languages send.

mod driver;
mod reading;
mod sample;
mod server;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use exai_gen::bundle::{bundle, to_json};
use exai_gen::pipeline::Run;
use exai_gen::target::{Owner, Target};
use serde_json::Value;

use self::driver::{Driver, Names};
use self::sample::Sample;
use self::server::Server;
use crate::documents::{find, package};
use crate::packages::root;
use crate::roundtrip::{Schemas, Side, difference};

const LANGUAGES: [Target; 4] = [Target::Typescript, Target::Python, Target::Go, Target::Rust];

/// Call operations by each language's package, and read what is sent by the document.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo xtask wire ../corpus --only museum
  cargo xtask wire ../corpus --language go,python")]
pub(crate) struct Args {
    /// Folders of documents; one that is not there is said, and left out
    #[arg(required = true, value_name = "DIR")]
    folders: Vec<PathBuf>,

    /// Documents whose names hold this
    #[arg(long, value_name = "NAME")]
    only: Option<String>,

    /// Some languages alone, with commas
    #[arg(long, value_delimiter = ',', value_name = "LANGUAGE", value_parser = language)]
    language: Vec<Target>,
}

fn language(name: &str) -> Result<Target, String> {
    let target = Target::from_name(name).filter(|target| LANGUAGES.contains(target));
    target.ok_or_else(|| format!("one of {}", LANGUAGES.map(Target::name).join(", ")))
}

/// Calls, and says what is sent otherwise than the document or another language has it.
///
/// # Errors
/// When there is such a request, or something cannot be run.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    let languages = match args.language.as_slice() {
        [] => LANGUAGES.to_vec(),
        some => some.to_vec(),
    };
    let mut wrong = 0;
    for folder in &args.folders {
        if !folder.is_dir() {
            println!("skipped: there is no folder {}", folder.display());
            continue;
        }
        let section = folder.canonicalize().ok();
        let section = section.and_then(|path| Some(path.file_name()?.to_owned()));
        let place = root().join("target/wire").join(section.unwrap_or_default());
        for document in find::documents(folder)? {
            let only = args.only.as_deref();
            if only.is_none_or(|part| document.name.contains(part)) {
                wrong += try_document(&document, &languages, &place)?;
            }
        }
    }
    match wrong {
        0 => Ok(()),
        wrong => Err(format!("{wrong} requests are not as they should be")),
    }
}

fn try_document(
    document: &find::Document,
    languages: &[Target],
    place: &Path,
) -> Result<usize, String> {
    let made = package::make(document, languages, place)?;
    let run = package::read(document);
    let (Some(api), Some(schemas)) = (&run.api, schemas(&run)?) else {
        println!("{}: refused", document.name);
        return Ok(0);
    };
    apart(&place.join("rust"))?;
    let samples = sample::samples(api, &schemas);
    let product = run.config.product(api.info.title.raw());
    let names = Names {
        client: product.client.clone(),
        environment: product.environment.clone(),
        basic: basic(&schemas),
    };
    let mut wrong = 0;
    let mut sent: BTreeMap<usize, (Target, Value)> = BTreeMap::new();
    for package in &made.packages {
        let server = Server::start()?;
        let generated = package::generated(package.target, &run, api, &[Owner::Driver]);
        let started = Driver::start(
            package.target,
            &package.folder,
            &names,
            &generated,
            &server.url,
        );
        let mut driver = match started {
            Ok(driver) => driver,
            Err(why) => {
                println!("FAIL {}, {}: {why}", document.name, package.target.name());
                wrong += samples.len();
                continue;
            }
        };
        let mut fine = 0;
        for (index, sample) in samples.iter().enumerate() {
            let why = one(
                &mut driver,
                &server,
                sample,
                &schemas,
                index,
                package.target,
                &mut sent,
            )?;
            match why {
                None => fine += 1,
                Some(why) => {
                    let name = package.target.name();
                    let Sample { method, path, .. } = sample;
                    println!("WRONG {}, {name}: {method} {path}: {why}", document.name);
                    wrong += 1;
                }
            }
        }
        println!(
            "{}: {}: {fine} of {} requests",
            document.name,
            package.target.name(),
            samples.len()
        );
    }
    Ok(wrong)
}

/// Makes one call; what is wrong with the request that came of it.
fn one(
    driver: &mut Driver,
    server: &Server,
    sample: &Sample,
    schemas: &Schemas,
    index: usize,
    target: Target,
    sent: &mut BTreeMap<usize, (Target, Value)>,
) -> Result<Option<String>, String> {
    server.take();
    let said = match driver.call(sample) {
        Ok(said) => said,
        Err(why) => return Ok(Some(why)),
    };
    let requests = server.take();
    let [request] = requests.as_slice() else {
        return Ok(Some(format!("{} requests: {said}", requests.len())));
    };
    if let Some(why) = reading::fault(sample, request, schemas) {
        return Ok(Some(why));
    }
    let essence = reading::essence(request);
    match sent.get(&index) {
        None => {
            sent.insert(index, (target, essence));
            Ok(None)
        }
        Some((other, before)) => Ok(difference(before, &essence)
            .map(|why| format!("{} sends another request, at {why}", other.name()))),
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
