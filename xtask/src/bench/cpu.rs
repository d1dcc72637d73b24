//! Seconds of CPU that a command takes, by bash's own clock of its children.

use std::process::Command;

/// What a command took, in seconds.
pub(super) struct Cpu {
    /// In the program's own code.
    pub(super) user: f64,
    /// In the kernel, for it.
    pub(super) kernel: f64,
}

impl Cpu {
    pub(super) fn total(&self) -> f64 {
        self.user + self.kernel
    }
}

/// A script that bash runs and times; the last line of standard error is for [`read`]. What the
/// script says itself is thrown away.
pub(super) fn timed(script: &str) -> Command {
    let mut command = Command::new("bash");
    let script = format!("TIMEFORMAT='%U %S'; time {{ ( {script} ) >/dev/null 2>&1; }}");
    command.args(["-c", &script]);
    command
}

/// # Errors
/// When standard error is not that of a timed script.
pub(super) fn read(stderr: &[u8]) -> Result<Cpu, String> {
    let text = String::from_utf8_lossy(stderr);
    let last = text.lines().last().unwrap_or_default();
    let mut numbers = last.split(' ').map(|n| n.parse::<f64>());
    match (numbers.next(), numbers.next()) {
        (Some(Ok(user)), Some(Ok(kernel))) => Ok(Cpu { user, kernel }),
        _ => Err(format!("bash did not say what it took: {last}")),
    }
}
