//! A sandbox of the API for the time of a step: what packages are called against.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::packages::root;

/// How many times faster than usual it does its simulated work.
const SPEED: &str = "20";

/// How many lines it says at its start.
const LINES: usize = 6;

/// A sandbox that runs; it is ended when this is dropped.
pub(crate) struct Sandbox {
    child: Child,
    /// `EXAI_BASE_URL`, the tokens, and the ids of what it holds to begin with.
    pub(crate) env: Vec<(String, String)>,
}

impl Sandbox {
    /// Builds and starts one on a free port, its state in memory, example data in it, with more
    /// arguments.
    ///
    /// # Errors
    /// It cannot be built, or says no address.
    pub(crate) fn start(more: &[String]) -> Result<Self, String> {
        let package = ["--quiet", "--package", "exai-sandbox"];
        let built = Command::new("cargo")
            .arg("build")
            .args(package)
            .current_dir(root())
            .status();
        if !built.is_ok_and(|status| status.success()) {
            return Err("the sandbox cannot be built".to_owned());
        }
        let mut child = Command::new("cargo")
            .arg("run")
            .args(package)
            .args(["--", "--port", "0", "--seed", "--speed", SPEED])
            .args(more)
            .current_dir(root())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let said = child.stdout.take().map(BufReader::new);
        let mut sandbox = Self {
            child,
            env: Vec::new(),
        };
        let lines = said.into_iter().flat_map(BufRead::lines).take(LINES);
        for line in lines.map_while(Result::ok) {
            if let Some((name, value)) = line.split_once('=') {
                sandbox.env.push((name.to_owned(), value.to_owned()));
            }
        }
        match sandbox.env.is_empty() {
            true => Err("the sandbox ended at once".to_owned()),
            false => Ok(sandbox),
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // It may have ended by itself; either way nothing of it is left.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
