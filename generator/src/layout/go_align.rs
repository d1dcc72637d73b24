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
    fn a_row_of_one_cell_is_printed_as_it_is() {
        assert_eq!(
            align(&[cells("Embedded"), cells("A|b")]),
            ["Embedded", "A b"]
        );
        assert!(align(&[]).is_empty());
    }
}
