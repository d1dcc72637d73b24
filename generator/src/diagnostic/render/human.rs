//! Diagnostics for people, as rustc writes them.

use annotate_snippets::{AnnotationKind, Element, Level, Origin, Padding, Renderer, Snippet};

use super::lines::{Lines, char_boundary};
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::source::FileId;

/// Labels at most this many lines apart are shown in one excerpt.
const NEAR: usize = 6;

/// Lines longer than this, in bytes, are cut around what is pointed at.
const LONG: usize = 400;

/// How much is kept before and after it.
const AROUND: usize = 100;

/// The text of one diagnostic, without a line break at its end.
pub(super) fn render<'a>(
    diagnostic: &'a Diagnostic,
    lines: &mut Lines<'a>,
    renderer: &Renderer,
) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level
        .primary_title(printable(&diagnostic.message))
        .id(diagnostic.code.id());
    let mut elements: Vec<Element<'_>> = Vec::new();
    for labels in groups(diagnostic, lines) {
        excerpt(&labels, lines, &mut elements);
    }
    if let Some(hint) = &diagnostic.hint {
        if !elements.is_empty() {
            elements.push(Padding.into());
        }
        elements.push(Level::HELP.message(printable(hint)).into());
    }
    let text = renderer.render(&[title.elements(elements)]);
    // An excerpt after an `Origin` gets a second, empty arrow from annotate-snippets.
    let lines: Vec<_> = text.lines().filter(|line| !is_empty_arrow(line)).collect();
    lines.join("\n")
}

/// Whether a rendered line holds `:::` and nothing else but escape codes.
fn is_empty_arrow(line: &str) -> bool {
    let mut shown = line
        .split('\u{1b}')
        .enumerate()
        .map(|(index, part)| match index {
            0 => part,
            _ => part.split_once('m').map_or("", |(_, rest)| rest),
        });
    line.contains(":::") && shown.all(|part| matches!(part.trim(), "" | ":::"))
}

/// The labels that share an excerpt, the primary one's first.
fn groups<'d>(diagnostic: &'d Diagnostic, lines: &mut Lines<'_>) -> Vec<Vec<&'d Label>> {
    let mut groups: Vec<(FileId, usize, Vec<&Label>)> = Vec::new();
    for label in &diagnostic.labels {
        let line = lines.line_of(label.span.file, label.span.start);
        let near = groups
            .iter_mut()
            .find(|(file, other, _)| *file == label.span.file && other.abs_diff(line) <= NEAR);
        match near {
            Some((_, _, labels)) => labels.push(label),
            None => groups.push((label.span.file, line, vec![label])),
        }
    }
    groups.into_iter().map(|(_, _, labels)| labels).collect()
}

/// Shows the lines of some labels of one file.
fn excerpt<'a>(labels: &[&'a Label], lines: &mut Lines<'a>, elements: &mut Vec<Element<'a>>) {
    let Some(first) = labels.first() else { return };
    let file = first.span.file;
    let text = lines.text(file);
    if text.is_empty() {
        elements.push(Origin::path(printable(lines.name(file))).into());
        return;
    }
    let numbers: Vec<usize> = labels
        .iter()
        .map(|label| lines.line_of(file, label.span.start))
        .collect();
    let top = numbers.iter().copied().min().unwrap_or_default();
    let bottom = numbers.iter().copied().max().unwrap_or_default();
    let shown = lines.line_range(file, top).start..lines.line_range(file, bottom).end;
    if shown.len() > LONG * (bottom - top + 1) {
        for label in labels {
            cut(label, lines, elements);
        }
        return;
    }
    let annotations = labels.iter().zip(numbers).map(|(label, line)| {
        let end = lines.line_range(file, line).end;
        annotation(
            label,
            shown.start,
            label.span.start as usize,
            (label.span.end as usize).min(end),
        )
    });
    let annotations: Vec<_> = annotations.collect();
    let snippet = Snippet::source(&text[shown])
        .line_start(top + 1)
        .path(printable(lines.name(file)))
        .annotations(annotations);
    elements.push(snippet.into());
}

/// Shows a part of a line that is too long to be read.
fn cut<'a>(label: &'a Label, lines: &mut Lines<'a>, elements: &mut Vec<Element<'a>>) {
    let (file, start) = (label.span.file, label.span.start as usize);
    let text = lines.text(file);
    let line = lines.line_of(file, label.span.start);
    let whole = lines.line_range(file, line);
    let from = char_boundary(text, start.saturating_sub(AROUND).max(whole.start));
    let end = (label.span.end as usize).min(whole.end).min(start + AROUND);
    let to = char_boundary(text, (end + AROUND).min(whole.end));
    let end = char_boundary(text, end);
    let before = if from > whole.start { "... " } else { "" };
    let after = if to < whole.end { " ..." } else { "" };
    let position = lines.position(file, label.span.start);
    let origin = Origin::path(printable(lines.name(file)))
        .line(position.line)
        .char_column(position.column);
    elements.push(origin.into());
    // As many bytes before the excerpt as `before` adds, so that spans need one offset alone.
    let shown = format!("{before}{}{after}", &text[from..to]);
    let offset = |at: usize| at - from + before.len();
    let kind = if label.primary {
        AnnotationKind::Primary
    } else {
        AnnotationKind::Context
    };
    let annotation = kind.span(offset(start)..offset(end.max(start)));
    let annotation = if label.text.is_empty() {
        annotation
    } else {
        annotation.label(printable(&label.text))
    };
    elements.push(
        Snippet::source(shown)
            .line_start(line + 1)
            .annotation(annotation)
            .into(),
    );
}

fn annotation(
    label: &Label,
    base: usize,
    start: usize,
    end: usize,
) -> annotate_snippets::Annotation<'_> {
    let kind = if label.primary {
        AnnotationKind::Primary
    } else {
        AnnotationKind::Context
    };
    let annotation = kind.span(start - base..end.max(start) - base);
    if label.text.is_empty() {
        annotation
    } else {
        annotation.label(printable(&label.text))
    }
}

/// Text of a document for a terminal: control characters are shown, not obeyed, and what is
/// very long is cut.
fn printable(text: &str) -> String {
    const MOST: usize = 300;
    let mut out = String::with_capacity(text.len().min(MOST));
    for (count, c) in text.chars().enumerate() {
        if count == MOST {
            out.push_str("...");
            break;
        }
        let is_bidi = matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
        if c.is_control() || is_bidi {
            out.extend(c.escape_unicode())
        } else {
            out.push(c)
        }
    }
    out
}
