//! A small program a language, beside the package, that reads instances as the package's models
//! and writes them again: a line in, a line out.

mod build;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use exai_gen::target::{Target, Written};
use serde_json::Value;

pub(super) use self::build::{build, check};

/// What a package calls one of the types, and the instances that it is to keep.
#[derive(Debug)]
pub(super) struct Case {
    /// Which component of the document.
    pub(super) component: usize,
    /// The type, as the package writes it.
    pub(super) written: Written,
    /// What goes in.
    pub(super) value: Value,
    /// Nothing in it is unknown to the type.
    pub(super) known: bool,
}

/// A package and the program beside it.
#[derive(Debug)]
pub(super) struct Driver {
    pub(super) target: Target,
    /// The package's folder.
    pub(super) package: PathBuf,
    /// The program's.
    pub(super) folder: PathBuf,
    /// The types, by number.
    pub(super) models: Vec<Written>,
}

/// What became of an instance: what was written, or why nothing was.
pub(super) type Answer = Result<Value, String>;

impl Driver {
    /// Writes the program for some models of a package.
    ///
    /// # Errors
    /// When it cannot be written, or the package lacks what it is called by.
    pub(super) fn write(
        target: Target,
        package: &Path,
        models: Vec<Written>,
    ) -> Result<Self, String> {
        let name = package.file_name().unwrap_or_default().to_string_lossy();
        let folder = package.with_file_name(format!("{name}.driver"));
        let driver = Self {
            target,
            package: package.to_owned(),
            folder,
            models,
        };
        for (path, text) in driver.files()? {
            let path = driver.folder.join(path);
            let parent = path.parent().unwrap_or(&path);
            let same = fs::read_to_string(&path).is_ok_and(|before| before == text);
            if !same {
                fs::create_dir_all(parent)
                    .and_then(|()| fs::write(&path, text))
                    .map_err(|error| format!("{}: {error}", path.display()))?;
            }
        }
        Ok(driver)
    }

    fn files(&self) -> Result<Vec<(&'static str, String)>, String> {
        let outside = |model: &Written| model.outside.clone().unwrap_or_default();
        let lines = |line: &dyn Fn(usize, &Written) -> String| -> String {
            let numbered = self.models.iter().enumerate();
            numbered.map(|(index, model)| line(index, model)).collect()
        };
        Ok(match self.target {
            Target::Python => {
                let module = self.python_module()?;
                let models = lines(&|_, model| format!("    lambda: {},\n", outside(model)));
                let text = include_str!("driver/driver.py");
                let text = text.replace("PACKAGE", &module);
                vec![("driver.py", text.replace("    # MODELS\n", &models))]
            }
            Target::Go => {
                let manifest = self.read("go.mod")?;
                let module = manifest
                    .lines()
                    .find_map(|line| line.strip_prefix("module "));
                let module = module.ok_or("go.mod names no module")?;
                let name = self
                    .package
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy();
                let go_mod = format!(
                    "module driver\n\ngo 1.25\n\nrequire {module} v0.0.0\n\nreplace {module} => ../{name}\n"
                );
                let models = lines(&|_, model| format!("\ttrip[{}],\n", outside(model)));
                let text = include_str!("driver/driver.go.txt").replace("PACKAGE", module);
                let text = text.replace("\t// MODELS\n", &models);
                // Bodies are written by a function that packages keep to themselves.
                let package = self.go_package()?;
                let export = format!(
                    "package {package}\n\nfunc MarshalForDriver(value any) ([]byte, error) {{ return marshal(value) }}\n"
                );
                let path = self.package.join("export_for_driver.go");
                fs::write(&path, export).map_err(|error| format!("{}: {error}", path.display()))?;
                let times = if text.contains("time.") {
                    "\t\"time\"\n"
                } else {
                    ""
                };
                vec![
                    ("go.mod", go_mod),
                    ("main.go", text.replace("\t// TIMES\n", times)),
                ]
            }
            Target::Rust => {
                let manifest = self.read("Cargo.toml")?;
                let name = manifest
                    .lines()
                    .find_map(|line| line.strip_prefix("name = "));
                let name = name.unwrap_or_default().trim_matches('"');
                let cargo = format!(
                    "[package]\nname = \"{name}-driver\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
                    [dependencies]\nserde = \"1\"\nserde_json = \"1\"\n\
                    package = {{ package = \"{name}\", path = \"../{}\", default-features = false }}\n",
                    self.package
                        .file_name()
                        .unwrap_or_default()
                        .to_string_lossy()
                );
                let models = lines(&|index, model| {
                    format!("        {index} => trip::<{}>(text),\n", outside(model))
                });
                let text = include_str!("driver/driver.rs.txt");
                vec![
                    ("Cargo.toml", cargo),
                    ("src/main.rs", text.replace("        // MODELS\n", &models)),
                ]
            }
            Target::Typescript => {
                let models = lines(&|_, model| format!("  {},\n", model.lossless));
                let text = include_str!("driver/driver.mjs");
                vec![("driver.mjs", text.replace("  // MODELS\n", &models))]
            }
            Target::Axum => return Err("a server has no models of its own to try".to_owned()),
        })
    }

    fn read(&self, file: &str) -> Result<String, String> {
        let path = self.package.join(file);
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    }

    fn go_package(&self) -> Result<String, String> {
        let runtime = self.read("value.go")?;
        let clause = runtime
            .lines()
            .find_map(|line| line.strip_prefix("package "));
        clause
            .map(str::to_owned)
            .ok_or_else(|| "value.go is of no package".to_owned())
    }

    /// The name of the one package below `src`.
    fn python_module(&self) -> Result<String, String> {
        let source = self.package.join("src");
        let entries = fs::read_dir(&source).map_err(|e| format!("{}: {e}", source.display()))?;
        entries
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .find(|name| !name.starts_with(['.', '_']))
            .ok_or_else(|| format!("{} holds no package", source.display()))
    }

    /// Runs the program over instances: which model, and the text.
    ///
    /// # Errors
    /// When it cannot be run, or ends before the last instance.
    pub(super) fn run(
        &self,
        command: &mut Command,
        instances: &[(usize, String)],
    ) -> Result<Vec<Answer>, String> {
        let shown = format!("{command:?}");
        let said = |error: std::io::Error| format!("cannot run {shown}: {error}");
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(said)?;
        let input: String = instances
            .iter()
            .map(|(model, text)| format!("{model}\t{text}\n"))
            .collect();
        let mut stdin = child.stdin.take().ok_or("no input")?;
        // A program that ends early closes its end; what it said tells more.
        let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
        let output = child.wait_with_output().map_err(said)?;
        let _ = writer.join();
        let text = String::from_utf8_lossy(&output.stdout);
        let answers: Vec<Answer> = text.lines().map(answer).collect();
        if answers.len() == instances.len() {
            return Ok(answers);
        }
        let errors = String::from_utf8_lossy(&output.stderr);
        Err(format!(
            "{shown}: {} answers to {} instances: {}",
            answers.len(),
            instances.len(),
            errors.lines().rev().take(6).collect::<Vec<_>>().join(" | ")
        ))
    }
}

fn answer(line: &str) -> Answer {
    match line.split_once('\t') {
        Some(("ok", text)) => serde_json::from_str(text).map_err(|_| format!("no JSON: {text}")),
        Some((_, text)) => Err(text.to_owned()),
        None => Err(line.to_owned()),
    }
}
