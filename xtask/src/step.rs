//! A command of a test run: what it is called, how it is run, what it says when it fails.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use exai_gen::tree::digest;

use crate::packages::root;
use crate::sandbox::Sandbox;
use crate::servers::Servers;

/// How many lines of a failed command's output are shown.
const TAIL: usize = 60;

/// One command.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// `typescript: types`
    pub(crate) name: String,
    program: String,
    args: Vec<String>,
    folder: PathBuf,
    env: Vec<(String, String)>,
    must_be_silent: bool,
    mend: Option<String>,
    once: Option<(String, String)>,
    served: Option<Vec<String>>,
    stored: bool,
}

impl Step {
    /// A command in the repository's root.
    pub(crate) fn new(name: &str, program: &str, args: &[&str]) -> Self {
        Self {
            name: name.to_owned(),
            program: program.to_owned(),
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            folder: root(),
            env: Vec::new(),
            must_be_silent: false,
            mend: None,
            once: None,
            served: None,
            stored: false,
        }
    }

    /// Runs in a folder below the root.
    pub(crate) fn at(mut self, folder: &str) -> Self {
        self.folder = root().join(folder);
        self
    }

    /// With an environment variable.
    pub(crate) fn env(mut self, key: &str, value: &str) -> Self {
        self.env.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Fails when it prints anything: `gofmt -l`.
    pub(crate) fn silent(mut self) -> Self {
        self.must_be_silent = true;
        self
    }

    /// The command that mends what this one finds.
    pub(crate) fn mended_by(mut self, command: &str) -> Self {
        self.mend = Some(command.to_owned());
        self
    }

    /// Runs once for each text that `file` has; `name` is what it is remembered by.
    pub(crate) fn once(mut self, name: &str, file: &str) -> Self {
        self.once = Some((name.to_owned(), file.to_owned()));
        self
    }

    /// Runs while a sandbox of its own serves the API: `EXAI_BASE_URL` and `EXAI_API_KEY` say where.
    pub(crate) fn served(mut self) -> Self {
        self.served = Some(Vec::new());
        self
    }

    /// As [`Self::served`], by a sandbox that has these arguments too.
    pub(crate) fn served_with(mut self, args: &[&str]) -> Self {
        self.served = Some(args.iter().map(|arg| (*arg).to_owned()).collect());
        self
    }

    /// Runs while Postgres and Redis run for it: `EXAI_POSTGRES_URL` and `EXAI_REDIS_URL` say where.
    pub(crate) fn stored(mut self) -> Self {
        self.stored = true;
        self
    }

    /// Where the text of the file that a step was last run for is remembered, and that text.
    fn stamp(&self) -> Option<(PathBuf, String)> {
        let (name, file) = self.once.as_ref()?;
        let text = fs::read_to_string(root().join(file)).ok()?;
        Some((root().join(".tools/stamps").join(name), digest(&text)))
    }

    /// Runs it, and gives the seconds it took.
    ///
    /// # Errors
    /// The command and the end of what it printed.
    pub(crate) fn run(&self) -> Result<f64, String> {
        let start = Instant::now();
        let stamp = self.stamp();
        if let Some((path, wanted)) = &stamp
            && fs::read_to_string(path).is_ok_and(|done| done == *wanted)
        {
            return Ok(0.0);
        }
        let sandbox = match self.served.as_deref().map(Sandbox::start).transpose() {
            Ok(sandbox) => sandbox,
            Err(error) => return Err(self.failure(&error)),
        };
        let servers = match self.stored.then(Servers::start).transpose() {
            Ok(servers) => servers,
            Err(error) => return Err(self.failure(&error)),
        };
        let output = Command::new(&self.program)
            .args(&self.args)
            .current_dir(&self.folder)
            .envs(
                sandbox
                    .iter()
                    .flat_map(|sandbox| sandbox.env.iter().cloned()),
            )
            .envs(servers.iter().flat_map(Servers::env))
            .envs(self.env.iter().map(|(key, value)| (key, value)))
            .stdin(Stdio::null())
            .output();
        let output = match output {
            Ok(output) => output,
            Err(error) => return Err(self.failure(&format!("cannot run it: {error}"))),
        };
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.push_str(&String::from_utf8_lossy(&output.stderr));
        let loud = self.must_be_silent && !text.trim().is_empty();
        if output.status.success() && !loud {
            if let Some((path, done)) = stamp {
                // A stamp that can't be kept costs the next run its time, and nothing else.
                let _ = fs::create_dir_all(path.parent().unwrap_or(&path));
                let _ = fs::write(&path, done);
            }
            return Ok(start.elapsed().as_secs_f64());
        }
        let lines: Vec<&str> = text.lines().collect();
        Err(self.failure(&lines[lines.len().saturating_sub(TAIL)..].join("\n")))
    }

    /// What to type at the repository's root to do the same.
    pub(crate) fn command(&self) -> String {
        let folder = self
            .folder
            .strip_prefix(root())
            .unwrap_or(&self.folder)
            .display();
        let here = if folder.to_string().is_empty() {
            String::new()
        } else {
            format!("cd {folder} && ")
        };
        format!("{here}{} {}", self.program, self.args.join(" "))
    }

    fn failure(&self, said: &str) -> String {
        let mend = match &self.mend {
            Some(mend) => format!("\nto mend it: {mend}"),
            None => String::new(),
        };
        let (name, command) = (&self.name, self.command());
        format!("{name} failed\n{said}\nthe command: {command}{mend}")
    }
}
