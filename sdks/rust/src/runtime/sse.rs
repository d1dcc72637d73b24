//! Server-sent events, parsed by the rules of the HTML Standard, section 9.2.6.

use std::time::Duration;

/// One event, as it was dispatched.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Event {
    /// The `event` field; empty where the event has none, which means `message`.
    pub(super) name: String,
    /// The `data` lines, joined by line feeds.
    pub(super) data: String,
}

/// Takes bytes as they come, however they are cut, and gives events.
#[derive(Debug, Default)]
pub(super) struct Parser {
    buffer: Vec<u8>,
    /// Up to here the buffer has been read as lines.
    read: usize,
    /// Up to here the buffer holds no end of a line.
    scanned: usize,
    started: bool,
    /// The line before ended with CR; a LF that comes next belongs to it.
    after_cr: bool,
    name: String,
    data: String,
    id: Option<String>,
    last_event_id: Option<String>,
    retry: Option<Duration>,
}

impl Parser {
    /// A parser of a stream that goes on after this id, which holds until another comes.
    pub(super) fn after(id: Option<String>) -> Self {
        Self {
            last_event_id: id,
            ..Self::default()
        }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.read);
        self.scanned -= self.read;
        self.read = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The bytes of a line that has not ended yet.
    pub(super) fn pending(&self) -> usize {
        self.buffer.len() - self.read + self.data.len()
    }

    /// The id of the last block that ended and had one: what `Last-Event-ID` takes.
    pub(super) fn last_event_id(&self) -> Option<&str> {
        self.last_event_id.as_deref()
    }

    /// The wait before a reconnection that the server asked for.
    pub(super) fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// The next event that is whole. What has not ended with a blank line at the end of the
    /// stream is dropped, as the standard has it.
    pub(super) fn next(&mut self) -> Option<Event> {
        while let Some((start, end)) = self.line() {
            let line = String::from_utf8_lossy(&self.buffer[start..end]).into_owned();
            if line.is_empty() {
                if let Some(event) = self.dispatch() {
                    return Some(event);
                }
            } else {
                self.field(&line);
            }
        }
        None
    }

    /// The bounds of the next line, its end (CR, LF or CRLF) taken off.
    fn line(&mut self) -> Option<(usize, usize)> {
        const BOM: &[u8] = b"\xEF\xBB\xBF";
        if !self.started {
            if self.buffer.len() < BOM.len() && BOM.starts_with(&self.buffer) {
                return None;
            }
            self.started = true;
            if self.buffer.starts_with(BOM) {
                self.read = BOM.len();
                self.scanned = BOM.len();
            }
        }
        if self.after_cr && self.read < self.buffer.len() {
            self.after_cr = false;
            if self.buffer[self.read] == b'\n' {
                self.read += 1;
                self.scanned = self.read;
            }
        }
        let rest = &self.buffer[self.scanned..];
        let Some(length) = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')) else {
            self.scanned = self.buffer.len();
            return None;
        };
        let (start, end) = (self.read, self.scanned + length);
        self.after_cr = self.buffer[end] == b'\r';
        self.read = end + 1;
        self.scanned = self.read;
        Some((start, end))
    }

    fn field(&mut self, line: &str) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "event" => value.clone_into(&mut self.name),
            "data" => {
                self.data.push_str(value);
                self.data.push('\n');
            }
            "id" if !value.contains('\0') => self.id = Some(value.to_owned()),
            "retry" if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.retry = value.parse().ok().map(Duration::from_millis);
            }
            // A comment (the name is empty) or a field of a later version.
            _ => {}
        }
    }

    fn dispatch(&mut self) -> Option<Event> {
        if self.id.is_some() {
            // An empty id resets it.
            self.last_event_id = self.id.clone().filter(|id| !id.is_empty());
        }
        let name = std::mem::take(&mut self.name);
        let mut data = std::mem::take(&mut self.data);
        // One line feed was added for each line, so nothing at all is not the same as one empty line.
        data.pop()?;
        Some(Event { name, data })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Event, Parser};

    fn event(name: &str, data: &str) -> Event {
        Event {
            name: name.into(),
            data: data.into(),
        }
    }

    fn whole(text: &[u8]) -> (Vec<Event>, Parser) {
        let mut parser = Parser::default();
        parser.push(text);
        let events = std::iter::from_fn(|| parser.next()).collect();
        (events, parser)
    }

    #[test]
    fn the_examples_of_the_standard() {
        let (events, _) = whole(b"data: YHOO\ndata: +2\ndata: 10\n\n");
        assert_eq!(events, [event("", "YHOO\n+2\n10")]);

        let (events, parser) =
            whole(b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n");
        assert_eq!(
            events,
            [
                event("", "first event"),
                event("", "second event"),
                event("", " third event")
            ]
        );
        assert_eq!(parser.last_event_id(), None);

        let (events, _) = whole(b"data\n\ndata\ndata\n\ndata:");
        assert_eq!(events, [event("", ""), event("", "\n")]);
    }

    #[test]
    fn any_cut_and_any_line_end_give_the_same_events() {
        let lines = [
            "\u{feff}event: a",
            "data: é€",
            "id: 7",
            "",
            ": heartbeat",
            "",
            "data: x",
            "data: y",
            "",
        ];
        for end in ["\n", "\r", "\r\n"] {
            let text = lines.map(|line| format!("{line}{end}")).concat();
            for size in 1..text.len() {
                let mut parser = Parser::default();
                let mut events = Vec::new();
                for piece in text.as_bytes().chunks(size) {
                    parser.push(piece);
                    events.extend(std::iter::from_fn(|| parser.next()));
                }
                assert_eq!(
                    events,
                    [event("a", "é€"), event("", "x\ny")],
                    "{end:?} {size}"
                );
                assert_eq!(parser.last_event_id(), Some("7"));
            }
        }
    }

    #[test]
    fn a_block_that_did_not_end_is_dropped_with_its_id() {
        let (events, parser) = whole(b"id: 1\ndata: a\n\nid: 2\ndata: b\n");
        assert_eq!(events, [event("", "a")]);
        assert_eq!(parser.last_event_id(), Some("1"));
    }

    #[test]
    fn an_id_without_data_counts_and_one_with_nul_does_not() {
        let (events, parser) = whole(b"id: 3\n\nid: 4\0\n\n");
        assert_eq!(events, []);
        assert_eq!(parser.last_event_id(), Some("3"));
    }

    #[test]
    fn retry_is_digits_only() {
        assert_eq!(
            whole(b"retry: 250\n").1.retry(),
            Some(Duration::from_millis(250))
        );
        assert_eq!(whole(b"retry: 2s\nretry:\nretry: -1\n").1.retry(), None);
    }
}
