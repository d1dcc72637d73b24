//! What is measured at night, held against the night before: ratios alone, for machines differ,
//! and one machine from hour to hour.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::bench::regen::cpu_ms;
use crate::packages::root;
use crate::release;

/// How much worse than the night before a ratio may be.
const THRESHOLD: f64 = 1.25;

/// The figures of two nights, by what they are of.
pub(super) struct Night {
    before: BTreeMap<String, f64>,
    now: BTreeMap<String, f64>,
}

impl Night {
    /// With the figures of the night before, where there was one.
    pub(super) fn new(before: &Path) -> Self {
        let text = fs::read_to_string(before).unwrap_or_default();
        let before: BTreeMap<String, f64> = serde_json::from_str(&text).unwrap_or_default();
        Self {
            // What is not measured this time is compared the next.
            now: before.clone(),
            before,
        }
    }

    /// Writes the figures for the next night.
    pub(super) fn keep(&self, path: &Path) -> Result<(), String> {
        let text = serde_json::to_string_pretty(&self.now).map_err(|error| error.to_string())?;
        release::write(path, &(text + "\n"))
    }

    /// A regeneration in units of a piece of work of this machine's own, hashing a fixed number
    /// of bytes.
    pub(super) fn regen(&mut self) -> Result<String, String> {
        let text = bench(&[])?;
        // The best is held against the best: what else runs makes a median worse.
        let milliseconds = best(&text).ok_or_else(|| format!("no number in:\n{text}"))?;
        let now = milliseconds / yardstick()?;
        self.hold([("regen, in yardsticks".to_owned(), now)])
    }

    /// Each SDK through what its users would take instead.
    pub(super) fn sdks(&mut self) -> Result<String, String> {
        let text = bench(&["sdks"])?;
        let ratios: Vec<(String, f64)> = text.lines().filter_map(ratio).collect();
        match ratios.is_empty() {
            true => Err(format!("no ratio in:\n{text}")),
            false => self.hold(ratios),
        }
    }

    /// Figures, each beside that of the night before. One that is too much worse is not kept, so
    /// that it is too much the next night too.
    fn hold(&mut self, figures: impl IntoIterator<Item = (String, f64)>) -> Result<String, String> {
        let (mut out, mut worse) = (String::new(), 0);
        for (what, now) in figures {
            let was = self.before.get(&what).copied();
            let too_much = was.is_some_and(|was| now > was * THRESHOLD);
            let was = was.map_or("none".to_owned(), |was| format!("{was:.2}"));
            let mark = if too_much { "  WORSE" } else { "" };
            out.push_str(&format!("{what}: {now:.2}, the night before {was}{mark}\n"));
            if too_much {
                worse += 1;
            } else {
                self.now.insert(what, now);
            }
        }
        match worse {
            0 => Ok(out),
            _ => Err(format!(
                "{out}{THRESHOLD} times as much as the night before is too much"
            )),
        }
    }
}

fn bench(args: &[&str]) -> Result<String, String> {
    let output = Command::new("cargo")
        .args(["xtask", "bench"])
        .args(args)
        .current_dir(root())
        .output()
        .map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    match output.status.success() {
        true => Ok(text),
        false => Err(format!("{text}{}", String::from_utf8_lossy(&output.stderr))),
    }
}

/// Milliseconds of CPU that a fixed piece of work takes here and now, the best of several.
fn yardstick() -> Result<f64, String> {
    let bytes = vec![7; 16 << 20];
    let mut best = f64::MAX;
    for _ in 0..9 {
        let start = cpu_ms()?;
        std::hint::black_box(exai_gen::tree::digest_bytes(&bytes));
        best = best.min(cpu_ms()? - start);
    }
    Ok(best)
}

/// The number that is called the best, in milliseconds.
fn best(text: &str) -> Option<f64> {
    let (_, behind) = text.split_once("best ")?;
    let number = behind.split([';', ')', ' ']).next()?;
    number.parse().ok()
}

/// What a row of `cargo xtask bench sdks` is of, and its ratio:
/// `| go | small GET | 20.1 us | net/http: 20.0 us | 1.00 | 1.05 |`.
fn ratio(row: &str) -> Option<(String, f64)> {
    let cells: Vec<&str> = row.split('|').map(str::trim).collect();
    let [_, language, what, _, peer, ratio, _, _] = cells.as_slice() else {
        return None;
    };
    // One thing may be held against several.
    let peer = peer.split(':').next().unwrap_or_default();
    Some((format!("{language}, {what}, {peer}"), ratio.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{Night, best, ratio};

    #[test]
    fn figures_are_found() {
        let text = "nothing to change: 171 ms of CPU (median of 20, best 154; bound 150), 53 MiB";
        assert_eq!(best(text), Some(154.0));
        assert_eq!(best("nothing"), None);
        let row = "| go | small GET | 20.1 us | net/http: 20.0 us | 1.01 | 1.05 |";
        let name = "go, small GET, net/http".to_owned();
        assert_eq!(ratio(row), Some((name, 1.01)));
        assert_eq!(
            ratio("| SDK | what | ours | peer | ratio | at most |"),
            None
        );
        assert_eq!(ratio("| go | memory | 40 KiB |  |  | 64 |"), None);
    }

    #[test]
    fn what_is_much_worse_fails_and_stays_what_it_was() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("numbers.json");
        let night = |now: f64| {
            let mut night = Night::new(&path);
            let held = night.hold([("a".to_owned(), now)]);
            night.keep(&path).expect("a file");
            held
        };
        assert!(night(1.0).is_ok(), "there was no night before");
        assert!(night(1.2).is_ok());
        assert!(night(1.6).is_err());
        assert!(night(1.6).is_err(), "a night is no excuse for the next");
        assert!(night(1.4).is_ok());
    }
}
