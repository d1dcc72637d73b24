//! Lines and columns of byte offsets.

use std::collections::HashMap;

use crate::source::{FileId, Sources, Span};

/// A place as people count: from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// The line starts of the files asked about so far.
pub(crate) struct Lines<'a> {
    sources: &'a Sources,
    starts: HashMap<FileId, Vec<usize>>,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(sources: &'a Sources) -> Self {
        Self {
            sources,
            starts: HashMap::new(),
        }
    }

    pub(crate) fn name(&self, file: FileId) -> &'a str {
        &self.sources.file(file).name
    }

    fn starts(&mut self, file: FileId) -> (&'a str, &[usize]) {
        let text = self.sources.file(file).text.as_str();
        let starts = self.starts.entry(file).or_insert_with(|| {
            std::iter::once(0)
                .chain(text.match_indices('\n').map(|(at, _)| at + 1))
                .collect()
        });
        (text, starts)
    }

    /// Index from 0 of the line that an offset is in.
    pub(crate) fn line_of(&mut self, file: FileId, offset: u32) -> usize {
        let (_, starts) = self.starts(file);
        starts
            .partition_point(|&start| start <= offset as usize)
            .saturating_sub(1)
    }

    /// The bytes of a line without its break.
    pub(crate) fn line_range(&mut self, file: FileId, line: usize) -> std::ops::Range<usize> {
        let (text, starts) = self.starts(file);
        let start = starts.get(line).copied().unwrap_or(text.len());
        let end = starts.get(line + 1).map_or(text.len(), |next| next - 1);
        let end = if text[start..end].ends_with('\r') {
            end - 1
        } else {
            end
        };
        start..end
    }

    pub(crate) fn text(&self, file: FileId) -> &'a str {
        &self.sources.file(file).text
    }

    /// Line and column of an offset.
    pub(crate) fn position(&mut self, file: FileId, offset: u32) -> Position {
        let line = self.line_of(file, offset);
        let start = self.line_range(file, line).start;
        let end = char_boundary(self.text(file), offset as usize);
        Position {
            line: line + 1,
            column: self.text(file)[start.min(end)..end].chars().count() + 1,
        }
    }

    /// Where a span begins and ends.
    pub(crate) fn positions(&mut self, span: Span) -> (Position, Position) {
        (
            self.position(span.file, span.start),
            self.position(span.file, span.end),
        )
    }
}

/// The nearest boundary of a character at or before `at`.
pub(crate) fn char_boundary(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at)
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0)
}
