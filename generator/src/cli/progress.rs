//! A line on a terminal that says what is being done, once it takes long.

use std::io::{IsTerminal, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long nothing is said.
const PATIENCE: Duration = Duration::from_millis(400);

/// How often the line is written again, so that it is seen that work goes on.
const EVERY: Duration = Duration::from_millis(200);

/// The line. It goes away with its owner; where nobody reads standard error as it is written,
/// there is none.
#[derive(Debug)]
pub(super) struct Progress(Option<(Sender<String>, JoinHandle<()>)>);

impl Progress {
    /// A line on standard error, where that is a terminal.
    pub(super) fn on_terminal() -> Self {
        match std::io::stderr().is_terminal() {
            true => Self::on(std::io::stderr(), PATIENCE),
            false => Self(None),
        }
    }

    fn on(out: impl Write + Send + 'static, patience: Duration) -> Self {
        let (sender, receiver) = channel();
        let thread = std::thread::Builder::new().name("progress".to_owned());
        let thread = thread.spawn(move || draw(&receiver, out, patience));
        Self(thread.ok().map(|thread| (sender, thread)))
    }

    /// Says what is being done from now on: `reading openapi.yaml`.
    pub(super) fn say(&self, what: impl Into<String>) {
        if let Some((sender, _)) = &self.0 {
            // Without a thread there is no line.
            let _ = sender.send(what.into());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.0.take() {
            drop(sender);
            // It ends with the channel; a line that could not be drawn is no failure.
            let _ = thread.join();
        }
    }
}

fn draw(stages: &Receiver<String>, mut out: impl Write, patience: Duration) {
    let begun = Instant::now();
    let mut what = String::new();
    let mut wait = patience;
    let mut drawn = false;
    loop {
        match stages.recv_timeout(wait) {
            Ok(stage) => {
                what = stage;
                wait = match drawn {
                    true => Duration::ZERO,
                    false => patience.saturating_sub(begun.elapsed()),
                };
            }
            Err(RecvTimeoutError::Timeout) => {
                let seconds = begun.elapsed().as_secs_f32();
                let shown: String = what.chars().filter(|c| !c.is_control()).take(60).collect();
                let _ = write!(out, "\r\x1b[K{shown} ({seconds:.1} s)").and_then(|()| out.flush());
                (drawn, wait) = (true, EVERY);
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    if drawn {
        let _ = write!(out, "\r\x1b[K").and_then(|()| out.flush());
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use super::Progress;

    #[derive(Clone, Default)]
    struct Screen(Arc<Mutex<Vec<u8>>>);

    impl Screen {
        fn text(&self) -> String {
            let bytes = self
                .0
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            String::from_utf8_lossy(&bytes).into_owned()
        }
    }

    impl Write for Screen {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let mut text = self
                .0
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            text.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn nothing_is_said_of_what_is_quick() {
        let screen = Screen::default();
        let progress = Progress::on(screen.clone(), Duration::from_secs(3600));
        progress.say("reading");
        drop(progress);
        assert_eq!(screen.text(), "");
    }

    #[test]
    fn what_takes_long_is_said_without_control_characters_and_taken_away() {
        let screen = Screen::default();
        let progress = Progress::on(screen.clone(), Duration::ZERO);
        progress.say("reading a\u{1b}[2Jb");
        while !screen.text().contains("reading a[2Jb (") {
            std::thread::sleep(Duration::from_millis(1));
        }
        drop(progress);
        assert!(screen.text().ends_with("\r\x1b[K"), "{:?}", screen.text());
        assert!(!screen.text().contains("\u{1b}[2J"));
    }
}
