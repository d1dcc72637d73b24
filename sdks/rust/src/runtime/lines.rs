//! Newline-delimited JSON: one value a line.

/// Takes bytes as they come and gives lines that are not blank.
#[derive(Debug, Default)]
pub(super) struct Splitter {
    buffer: Vec<u8>,
    read: usize,
    scanned: usize,
}

impl Splitter {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.read);
        self.scanned -= self.read;
        self.read = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The bytes of a line that has not ended yet.
    pub(super) fn pending(&self) -> usize {
        self.buffer.len() - self.read
    }

    /// The next line that has ended.
    pub(super) fn next(&mut self) -> Option<String> {
        loop {
            let Some(length) = self.buffer[self.scanned..]
                .iter()
                .position(|byte| *byte == b'\n')
            else {
                self.scanned = self.buffer.len();
                return None;
            };
            let line = text(&self.buffer[self.read..self.scanned + length]);
            self.scanned += length + 1;
            self.read = self.scanned;
            if line.is_some() {
                return line;
            }
        }
    }

    /// What stands after the last line feed: the last line needs none.
    pub(super) fn last(&mut self) -> Option<String> {
        let line = text(&self.buffer[self.read..]);
        self.read = self.buffer.len();
        self.scanned = self.read;
        line
    }
}

fn text(line: &[u8]) -> Option<String> {
    let line = line.trim_ascii();
    (!line.is_empty()).then(|| String::from_utf8_lossy(line).into_owned())
}

#[cfg(test)]
mod tests {
    use super::Splitter;

    #[test]
    fn any_cut_gives_the_same_lines() {
        let text = "{\"a\":\"é\"}\r\n\n{\"b\":2}\n{\"c\":3}";
        for size in 1..=text.len() {
            let mut splitter = Splitter::default();
            let mut lines = Vec::new();
            for piece in text.as_bytes().chunks(size) {
                splitter.push(piece);
                lines.extend(std::iter::from_fn(|| splitter.next()));
            }
            lines.extend(splitter.last());
            assert_eq!(lines, ["{\"a\":\"é\"}", "{\"b\":2}", "{\"c\":3}"]);
            assert_eq!(splitter.pending(), 0);
        }
    }
}
