//! A part of a long command: its name, what came of it. One that fails hides no other.

use std::time::Instant;

use serde_json::{Value, json};

/// What came of a part.
pub(crate) struct Part {
    /// `packages: typescript`
    pub(crate) name: String,
    /// What to read about it, or why it failed.
    pub(crate) outcome: Result<String, String>,
    /// How long it took.
    pub(crate) seconds: f64,
}

/// The parts of a command, as they are done.
#[derive(Default)]
pub(crate) struct Parts {
    pub(crate) done: Vec<Part>,
    skipped: Vec<String>,
}

impl Parts {
    /// Leaves out the parts whose names begin with one of these.
    pub(crate) fn skipping(names: &[String]) -> Self {
        Self {
            done: Vec::new(),
            skipped: names.to_vec(),
        }
    }

    /// Does a part and says what came of it. Gives whether it went well, or was left out.
    pub(crate) fn part(
        &mut self,
        name: &str,
        work: impl FnOnce() -> Result<String, String>,
    ) -> bool {
        if self
            .skipped
            .iter()
            .any(|skipped| name.starts_with(skipped.as_str()))
        {
            println!("skip            {name}");
            return true;
        }
        let start = Instant::now();
        let outcome = work();
        let seconds = start.elapsed().as_secs_f64();
        match &outcome {
            Ok(_) => println!("ok   {seconds:6.1} s  {name}"),
            Err(message) => println!("FAIL {seconds:6.1} s  {name}\n{message}"),
        }
        let fine = outcome.is_ok();
        self.done.push(Part {
            name: name.to_owned(),
            outcome,
            seconds,
        });
        fine
    }

    /// # Errors
    /// How many parts failed.
    pub(crate) fn verdict(&self) -> Result<(), String> {
        match self
            .done
            .iter()
            .filter(|part| part.outcome.is_err())
            .count()
        {
            0 => Ok(()),
            failed => Err(format!("{failed} of {} parts failed", self.done.len())),
        }
    }

    /// For programs.
    pub(crate) fn json(&self) -> Value {
        let one = |part: &Part| {
            json!({
                "name": part.name,
                "passed": part.outcome.is_ok(),
                "seconds": (part.seconds * 10.0).round() / 10.0,
                "says": match &part.outcome { Ok(text) | Err(text) => text },
            })
        };
        self.done.iter().map(one).collect()
    }
}
