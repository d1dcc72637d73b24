//! A part of a long command: its name, what came of it. One that fails hides no other.

use std::panic::{AssertUnwindSafe, catch_unwind};
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
    /// The names of those that were left out.
    pub(crate) left_out: Vec<String>,
    skipped: Vec<String>,
}

impl Parts {
    /// Leaves out the parts whose names begin with one of these.
    pub(crate) fn skipping(names: &[String]) -> Self {
        Self {
            skipped: names.to_vec(),
            ..Self::default()
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
            self.left_out.push(name.to_owned());
            return true;
        }
        let start = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(work))
            .unwrap_or_else(|_| Err("it panicked; what it said was printed as it did".to_owned()));
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

    /// Those that failed, and then the others, as they were done.
    pub(crate) fn worst_first(&self) -> Vec<&Part> {
        let mut parts: Vec<&Part> = self.done.iter().collect();
        parts.sort_by_key(|part| part.outcome.is_ok());
        parts
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

#[cfg(test)]
mod tests {
    use super::Parts;

    #[test]
    fn a_part_that_fails_or_panics_hides_no_other() {
        let mut parts = Parts::skipping(&["slow".to_owned()]);
        assert!(parts.part("one", || Ok("fine".to_owned())));
        assert!(!parts.part("two", || Err("broken".to_owned())));
        assert!(!parts.part("three", || panic!("this one is meant to")));
        assert!(parts.part("slow: four", || Err("never run".to_owned())));
        assert!(parts.part("five", || Ok("fine, too".to_owned())));
        let names: Vec<&str> = parts
            .worst_first()
            .iter()
            .map(|p| p.name.as_str())
            .collect();
        assert_eq!(names, ["two", "three", "one", "five"]);
        assert_eq!(parts.left_out, ["slow: four"]);
        assert_eq!(parts.verdict(), Err("2 of 4 parts failed".to_owned()));
        let said = parts.json();
        assert_eq!(said[2]["passed"], false);
        assert_eq!(said[3]["says"], "fine, too");
    }
}
