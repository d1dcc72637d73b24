//! Paths held against a template of the document.

/// The texts of a template's parameters in its order, still percent-encoded, and how many
/// characters the template writes out; `None` where the path is not of the template. The path may
/// have a prefix that the router was nested under.
pub(super) fn texts<'p>(template: &str, path: &'p str) -> Option<(Vec<&'p str>, usize)> {
    let template: Vec<&str> = template.split('/').skip(1).collect();
    let path: Vec<&str> = path.split('/').collect();
    let skipped = path.len().checked_sub(template.len())?;
    let mut texts = Vec::new();
    let mut literal = 0;
    for (pattern, segment) in template.iter().zip(&path[skipped..]) {
        if pattern.contains('{') {
            literal += in_segment(pattern, segment, &mut texts)?;
        }
    }
    Some((texts, literal))
}

/// Takes a segment such as `{base}...{head}` or `{sid}.json` apart. A parameter is as short as
/// what is written out behind it allows, the last as long as there is text, and none is empty.
fn in_segment<'p>(pattern: &str, segment: &'p str, texts: &mut Vec<&'p str>) -> Option<usize> {
    let (first, mut rest) = pattern.split_once('{')?;
    let mut segment = segment.strip_prefix(first)?;
    let mut literal = first.len();
    while let Some((_, behind)) = rest.split_once('}') {
        let (written, next) = behind.split_once('{').unwrap_or((behind, ""));
        let last = !behind.contains('{');
        let end = match (written, last) {
            ("", _) => segment.len(),
            (_, true) => segment.strip_suffix(written)?.len(),
            (_, false) => segment.get(1..)?.find(written)? + 1,
        };
        let text = segment.get(..end).filter(|text| !text.is_empty())?;
        texts.push(text);
        segment = segment.get(end + written.len()..)?;
        literal += written.len();
        rest = next;
    }
    segment.is_empty().then_some(literal)
}

#[cfg(test)]
mod tests {
    use super::texts;

    #[test]
    fn a_path_is_taken_apart_by_its_template() {
        for (template, path, expected) in [
            ("/runs/{id}", "/v1/runs/a%2Fb", Some(vec!["a%2Fb"])),
            ("/runs/{id}/events", "/runs/a/events", Some(vec!["a"])),
            ("/a/{x}.json", "/a/b.c.json", Some(vec!["b.c"])),
            ("/a/{x}.json", "/a/b.xml", None),
            ("/a/{x}.json", "/a/.json", None),
            ("/c/{base}...{head}", "/c/x...y", Some(vec!["x", "y"])),
            ("/m/{name}:cancel", "/m/n:cancel", Some(vec!["n"])),
            ("/p/{a}", "/p/", None),
        ] {
            let found = texts(template, path).map(|(texts, _)| texts);
            assert_eq!(found, expected, "{template} {path}");
        }
    }
}
