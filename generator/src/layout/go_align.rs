//! Column alignment as gofmt does it: elastic tabstops over consecutive lines.
//!
//! A line is a row of cells. In a column, the cells of consecutive rows that have a cell behind
//! them are padded to the widest of them; a row that ends before the column, a comment or a blank
//! line ends the run. The rule is that of Go's `text/tabwriter`, which gofmt prints through.

/// A line, or several that gofmt does not align with their neighbours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// Cells to align: `["PlanID", "string", "`json:\"plan_id\"`"]`. No cell holds a line break,
    /// and only the last may be empty.
    Cells(Vec<String>),
    /// Lines printed as they are: a comment, a blank line, a value of several lines.
    Lines(Vec<String>),
}

/// Lays rows out, without indentation.
pub fn align(rows: &[Row]) -> Vec<String> {
    let mut lines = Vec::with_capacity(rows.len());
    let mut run: Vec<&[String]> = Vec::new();
    for row in rows {
        match row {
            Row::Cells(cells) => run.push(cells),
            Row::Lines(verbatim) => {
                lines.append(&mut align_run(&run));
                run.clear();
                lines.extend(verbatim.iter().cloned());
            }
        }
    }
    lines.append(&mut align_run(&run));
    lines
}

/// Lays out the elements of a composite literal, whose first cells are keys: `["Name:", "1,"]`.
///
/// Where a key is much longer or shorter than those before it, gofmt starts a new section: keys of
/// more than 40 characters are held against the geometric mean of the section's, with a ratio of
/// 2.5 (`exprList` in `go/printer/nodes.go`).
pub fn align_literal(rows: &[Row]) -> Vec<String> {
    let mut sections = Vec::with_capacity(rows.len());
    let mut sizes: Vec<f64> = Vec::new();
    for row in rows {
        let size = match row {
            Row::Cells(cells) => cells
                .first()
                .map(|key| key.chars().count().saturating_sub(1)),
            Row::Lines(_) => None,
        };
        match size {
            Some(size) => {
                let size = size as f64;
                if sizes.last().is_some_and(|last| parted(*last, size, &sizes)) {
                    sections.push(Row::Lines(Vec::new()));
                    sizes.clear();
                }
                sizes.push(size);
            }
            None => sizes.clear(),
        }
        sections.push(row.clone());
    }
    align(&sections)
}

fn parted(last: f64, size: f64, sizes: &[f64]) -> bool {
    const SMALL: f64 = 40.0;
    const RATIO: f64 = 2.5;
    if last <= SMALL && size <= SMALL {
        return false;
    }
    let mean = (sizes.iter().map(|size| size.ln()).sum::<f64>() / sizes.len() as f64).exp();
    let ratio = size / mean;
    RATIO * ratio <= 1.0 || ratio >= RATIO
}

fn align_run(rows: &[&[String]]) -> Vec<String> {
    let mut lines = vec![String::new(); rows.len()];
    let columns = rows.iter().map(|row| row.len()).max().unwrap_or(0);
    for column in 0..columns {
        let mut start = 0;
        while start < rows.len() {
            let length = rows[start..]
                .iter()
                .take_while(|row| row.len() > column + 1)
                .count();
            let run = start..start + length;
            let width = run
                .clone()
                .map(|i| rows[i][column].chars().count())
                .max()
                .unwrap_or_default();
            for i in run {
                let cell = &rows[i][column];
                lines[i].push_str(cell);
                let padding = width + 1 - cell.chars().count();
                lines[i].extend(std::iter::repeat_n(' ', padding));
            }
            if let Some(last) = rows.get(start + length)
                && last.len() == column + 1
            {
                lines[start + length].push_str(&last[column]);
            }
            start += length + 1;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(line: &str) -> Row {
        Row::Cells(line.split('|').map(str::to_owned).collect())
    }

    #[test]
    fn columns_end_where_a_row_has_none() {
        let rows = [
            "Foo|map[string]any",
            "B|int|`y`",
            "Func|string|`f`",
            "CCCCCC|int|`q`",
        ];
        let lines = align(&rows.map(cells));
        assert_eq!(
            lines,
            [
                "Foo    map[string]any",
                "B      int    `y`",
                "Func   string `f`",
                "CCCCCC int    `q`",
            ]
        );
    }

    #[test]
    fn a_comment_parts_what_stands_around_it() {
        let rows = [
            cells("A1|A = 1"),
            Row::Lines(vec!["// doc".into()]),
            cells("A222|B"),
            cells("Z|C"),
        ];
        assert_eq!(align(&rows), ["A1 A = 1", "// doc", "A222 B", "Z    C"]);
    }

    #[test]
    fn width_is_counted_in_characters() {
        assert_eq!(align(&[cells("é|x"), cells("ab|y")]), ["é  x", "ab y"]);
    }

    #[test]
    fn a_key_unlike_those_before_it_starts_a_section() {
        let long = format!("{}:|1,", "k".repeat(41));
        let lines = align_literal(&[
            cells("a:|1,"),
            cells("bcd:|2,"),
            cells(&long),
            cells("e:|3,"),
        ]);
        assert_eq!(lines[0], "a:   1,");
        assert_eq!(lines[2], format!("{}: 1,", "k".repeat(41)));
        assert_eq!(lines[3], "e: 3,");
    }

    #[test]
    fn a_row_of_one_cell_is_printed_as_it_is() {
        assert_eq!(
            align(&[cells("Embedded"), cells("A|b")]),
            ["Embedded", "A b"]
        );
        assert!(align(&[]).is_empty());
    }
}
