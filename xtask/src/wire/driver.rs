//! The program beside a package that makes calls: what the conformance suite's drivers are made
//! of, under the names of another document's package.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use exai_gen::target::Target;
use exai_gen::tree::FileTree;
use serde_json::{Value, json};

use super::sample::Sample;
use crate::packages::root;
use crate::roundtrip::percent_decoded;

/// Where the crates of all runs are compiled.
const CRATES: &str = "target/generated-crates/target";

/// The one credential: as a token, and as the user `user` with the password `pass` (RFC 7617).
const TOKEN: &str = "user:pass";

/// What a package is called by.
#[derive(Debug)]
pub(super) struct Names {
    /// `RedoclyMuseumApi`
    pub(super) client: String,
    /// `REDOCLY_MUSEUM_API`
    pub(super) environment: String,
    /// The schemes that ask for a user and a password.
    pub(super) basic: Vec<String>,
}

/// A program that waits for calls; it is ended when this is dropped.
#[derive(Debug)]
pub(super) struct Driver {
    pub(super) target: Target,
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// `GET /things`, and the method: of TypeScript's listing.
    methods: Vec<(String, String)>,
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Driver {
    /// Writes, compiles and starts the program of a package.
    ///
    /// # Errors
    /// When one of these fails, with what the compiler says.
    pub(super) fn start(
        target: Target,
        package: &Path,
        names: &Names,
        generated: &FileTree,
        url: &str,
    ) -> Result<Self, String> {
        let name = package.file_name().unwrap_or_default().to_string_lossy();
        let folder = package.with_file_name(format!("{name}.wire"));
        for file in generated.iter() {
            write(&folder.join(&file.path), &file.text)?;
        }
        let mut command = match target {
            Target::Python => python(package, &folder, names)?,
            Target::Typescript => typescript(package, &folder, names)?,
            Target::Go => go(package, &folder)?,
            Target::Rust => rust(package, &folder)?,
            Target::Axum => return Err("a server calls nobody".to_owned()),
        };
        let variable = |name: &str| format!("{}_{name}", names.environment);
        let mut child = command
            .env(variable("BASE_URL"), url)
            .env(variable("API_KEY"), TOKEN)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot run {command:?}: {error}"))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("the program has no pipes".to_owned());
        };
        let listing = fs::read_to_string(package.join("api.md")).unwrap_or_default();
        Ok(Self {
            target,
            child,
            input,
            output: BufReader::new(output),
            methods: listing.lines().filter_map(listed).collect(),
        })
    }

    /// Makes a call, and gives what the program says of it.
    ///
    /// # Errors
    /// The program has ended, or cannot make the call.
    pub(super) fn call(&mut self, sample: &Sample) -> Result<String, String> {
        let line = match self.target {
            Target::Typescript => self.values(sample)?,
            _ => {
                let mut line = sample.args.clone();
                line["id"] = sample.id.as_str().into();
                line
            }
        };
        let said = |error: std::io::Error| format!("the program is gone: {error}");
        self.input
            .write_all(format!("{line}\n").as_bytes())
            .map_err(said)?;
        self.input.flush().map_err(said)?;
        let mut answer = String::new();
        match self.output.read_line(&mut answer) {
            Ok(read) if read > 0 => Ok(answer.trim_end().to_owned()),
            Ok(_) => Err("the program has ended".to_owned()),
            Err(error) => Err(said(error)),
        }
    }

    /// The method by its name in the listing, and its arguments: those of the path, then a body
    /// that is no record, then the rest by their names.
    fn values(&self, sample: &Sample) -> Result<Value, String> {
        let place = format!("{} {}", sample.method, sample.path);
        let listed = || {
            let own = |(own, _): &&(String, String)| percent_decoded(own) == place;
            self.methods.iter().filter(own)
        };
        // Operations that share a place have methods that are called after their ids.
        let letters = |name: &str| {
            name.to_lowercase()
                .replace(|c| !char::is_alphanumeric(c), "")
        };
        let named = listed().find(|(_, name)| {
            let method = name.rsplit('.').next().unwrap_or_default();
            [&sample.called, &sample.id]
                .map(|name| letters(name))
                .contains(&letters(method))
        });
        let method = named.or_else(|| listed().next());
        let (_, method) = method.ok_or_else(|| format!("api.md has no {place}"))?;
        let mut values = Vec::new();
        for part in sample.path.split('{').skip(1) {
            let name = part.split('}').next().unwrap_or_default();
            values.push(sample.args["path"][name].clone());
        }
        let body = sample.args.get("body");
        if let Some(body) = body.filter(|_| !sample.flat) {
            values.push(body.clone());
        }
        let mut named = serde_json::Map::new();
        for place in ["query", "header", "cookie"] {
            named.extend(sample.args[place].as_object().cloned().unwrap_or_default());
        }
        let members = body.filter(|_| sample.flat).and_then(Value::as_object);
        named.extend(members.cloned().unwrap_or_default());
        // A body that is an argument of its own is not to be taken for the others.
        if body.is_some() || sample.flat || sample.body.is_none() {
            values.push(named.into());
        }
        Ok(json!({ "method": method, "values": values }))
    }
}

/// ``- `client.things.get(id: string): Result<Thing>`: `GET /things/{id}`.``
fn listed(line: &str) -> Option<(String, String)> {
    let rest = line.strip_prefix("- `client.")?;
    let method = rest.split(['(', '<']).next()?;
    let place = rest.rsplit("`: `").next()?;
    let place = place.split('`').next()?;
    Some((place.to_owned(), method.to_owned()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    if fs::read_to_string(path).is_ok_and(|before| before == text) {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| format!("{}: {error}", path.display()))
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// A file of the conformance suite's drivers.
fn suite(path: &str) -> Result<String, String> {
    read(&root().join("tests/conformance/drivers").join(path))
}

/// What a manifest says behind some words.
fn said<'t>(text: &'t str, before: &str) -> &'t str {
    let line = text.lines().find_map(|line| line.strip_prefix(before));
    line.unwrap_or_default().trim_matches('"')
}

fn compiled(command: &mut Command) -> Result<(), String> {
    let output = command.output();
    let output = output.map_err(|error| format!("cannot run {command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    Err(text.lines().take(12).collect::<Vec<_>>().join("\n"))
}

fn python(package: &Path, folder: &Path, names: &Names) -> Result<Command, String> {
    let source = package.join("src");
    let entries = fs::read_dir(&source).map_err(|e| format!("{}: {e}", source.display()))?;
    let modules = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned());
    let module = modules
        .into_iter()
        .find(|name| !name.starts_with(['.', '_']));
    let module = module.ok_or("the package is empty")?;
    let operations = suite("python/operations.py")?;
    let operations = operations
        .replace("from exai", &format!("from {module}"))
        .replace("import exai\n", &format!("import {module} as exai\n"));
    write(&folder.join("operations.py"), &operations)?;
    write(
        &folder.join("results.py"),
        "from typing import Any\n\nJson = dict[str, Any]\n",
    )?;
    let text = include_str!("driver/driver.py");
    let text = text
        .replace("PACKAGE", &module)
        .replace("CLIENT", &names.client);
    write(&folder.join("driver.py"), &text)?;
    let mut command = Command::new(root().join("sdks/python/.venv/bin/python"));
    command
        .arg(folder.join("driver.py"))
        .env("PYTHONPATH", source)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    Ok(command)
}

fn typescript(package: &Path, folder: &Path, names: &Names) -> Result<Command, String> {
    let compiler = root().join("sdks/typescript/node_modules/typescript/bin/tsc");
    compiled(
        Command::new("node")
            .arg(compiler)
            .args(["-p", "tsconfig.json"])
            .current_dir(package),
    )?;
    let text = include_str!("driver/driver.mjs");
    let text = text.replace("PACKAGE", &package.to_string_lossy());
    let text = text.replace("[\"BASIC\"]", &json!(names.basic).to_string());
    write(&folder.join("driver.mjs"), &text)?;
    let mut command = Command::new("node");
    command.arg(folder.join("driver.mjs"));
    Ok(command)
}

fn go(package: &Path, folder: &Path) -> Result<Command, String> {
    let manifest = read(&package.join("go.mod"))?;
    let module = said(&manifest, "module ").to_owned();
    // Unions are decoded by a function that packages keep to themselves.
    let runtime = read(&package.join("value.go"))?;
    let clause = said(&runtime, "package ");
    let export = "func UnmarshalForDriver(data []byte, value any) error { return unmarshalInto(data, value) }";
    write(
        &package.join("export_for_driver.go"),
        &format!("package {clause}\n\n{export}\n"),
    )?;
    let asked = suite("go/asked.go")?
        .replace(
            "exai \"github.com/exai/sdk-go\"",
            &format!("exai \"{module}\""),
        )
        .replace(
            "json.Unmarshal(text, v.",
            "exai.UnmarshalForDriver(text, v.",
        );
    write(&folder.join("asked.go"), &asked)?;
    let main = include_str!("driver/main.go.txt").replace("MODULE", &module);
    write(&folder.join("main.go"), &main)?;
    let name = package.file_name().unwrap_or_default().to_string_lossy();
    let go_mod = format!(
        "module driver\n\ngo 1.25\n\nrequire {module} v0.0.0\n\nreplace {module} => ../{name}\n"
    );
    write(&folder.join("go.mod"), &go_mod)?;
    compiled(
        Command::new("go")
            .args(["build", "-o", "driver", "."])
            .current_dir(folder),
    )?;
    Ok(Command::new(folder.join("driver")))
}

fn rust(package: &Path, folder: &Path) -> Result<Command, String> {
    let manifest = read(&package.join("Cargo.toml"))?;
    let name = said(&manifest, "name = ").to_owned();
    let dispatch = read_all(&folder.join("src/generated"))?;
    let library = dispatch
        .lines()
        .find_map(|line| line.strip_prefix("use ")?.strip_suffix("::types;"))
        .map_or_else(|| "sdk".to_owned(), str::to_owned);
    let asked = suite("rust/src/asked.rs")?.replace("exai_sdk", &library);
    write(&folder.join("src/asked.rs"), &asked)?;
    let main = include_str!("driver/main.rs.txt").replace("LIBRARY", &library);
    write(&folder.join("src/main.rs"), &main)?;
    let cargo = format!(
        "[package]\nname = \"{name}-wire\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
        [profile.dev]\ndebug = false\nincremental = false\n\n[dependencies]\n\
        base64 = {{ version = \"0.23\", default-features = false, features = [\"std\"] }}\n\
        jiff = {{ version = \"1\", default-features = false, features = [\"std\"] }}\n\
        serde = \"1\"\nserde_json = \"1\"\ntokio = {{ version = \"1\", features = [\"rt\", \"time\"] }}\n\
        {library} = {{ package = \"{name}\", path = \"../{}\", default-features = false }}\n",
        package.file_name().unwrap_or_default().to_string_lossy()
    );
    write(&folder.join("Cargo.toml"), &cargo)?;
    let lock = folder.join("Cargo.lock");
    fs::copy(root().join("Cargo.lock"), &lock).map_err(|e| format!("{}: {e}", lock.display()))?;
    let target: PathBuf = root().join(CRATES);
    let command = &mut Command::new(env!("CARGO"));
    compiled(
        command
            .args(["build", "--quiet"])
            .env("CARGO_TARGET_DIR", &target)
            .current_dir(folder),
    )?;
    Ok(Command::new(
        target.join("debug").join(format!("{name}-wire")),
    ))
}

/// All files of a folder, one behind the other.
fn read_all(folder: &Path) -> Result<String, String> {
    let entries = fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    entries.flatten().map(|entry| read(&entry.path())).collect()
}
