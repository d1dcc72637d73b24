//! `cargo xtask report`: what the document has, what each SDK covers, what each release changed.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use exai_gen::changes::{Change, Rule, cell};
use exai_gen::ir::{Api, Operation, OperationId, Resource};
use exai_gen::pipeline;
use exai_gen::render::Renderer;
use exai_gen::surface::Surface;
use exai_gen::target::Target;
use serde_json::Value;

use crate::diff::Compared;
use crate::packages::{read, root};
use crate::release::write;
use crate::revision::git;

const FOLDER: &str = ".tools/report";
/// How many days the last two numbers are counted over.
const DAYS: usize = 90;

/// Coverage at a glance, in Markdown and in HTML.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Days, oldest first: a JSON list of {"day", "uptime" from 0 to 1, "median_ms"}
    #[arg(long, value_name = "FILE")]
    status: Option<PathBuf>,
}

/// A table: its title, what its columns are called, its rows.
struct Table {
    title: &'static str,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// Runs the command.
///
/// # Errors
/// An SDK lacks an operation, or a file cannot be read or written.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    let (run, api) = read(&root().join("spec/openapi.yaml"))?;
    let renderer = Renderer::embedded();
    let mut surfaces = Vec::new();
    for target in Target::ALL {
        let shown = pipeline::shown(target, &api, &run.config, &renderer)
            .map_err(|_| format!("{} cannot be generated", target.name()))?;
        surfaces.push((target, shown));
    }
    let (covered, missing) = coverage(&api, &surfaces);
    let tables = [numbers(&api, args.status.as_ref())?, covered, releases()?];
    let folder = root().join(FOLDER);
    write(&folder.join("report.md"), &markdown(&tables))?;
    write(&folder.join("report.html"), &html(&tables))?;
    println!("the report is {FOLDER}/report.md and {FOLDER}/report.html");
    match missing.is_empty() {
        true => Ok(()),
        false => Err(format!("not covered:\n{}", missing.join("\n"))),
    }
}

/// The four numbers of the public page.
fn numbers(api: &Api, status: Option<&PathBuf>) -> Result<Table, String> {
    let mut rows = vec![
        vec!["operations".to_owned(), api.operations.len().to_string()],
        vec!["SDKs".to_owned(), (Target::ALL.len() - 1).to_string()],
    ];
    if let Some(path) = status {
        let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        let (uptime, median) = measured(&text).map_err(|e| format!("{}: {e}", path.display()))?;
        rows.push(vec![
            format!("uptime, {DAYS} days"),
            format!("{:.3} %", uptime * 100.0),
        ]);
        rows.push(vec![
            format!("median of daily medians, {DAYS} days"),
            format!("{median:.0} ms"),
        ]);
    }
    let head = vec![String::new(), "now".to_owned()];
    Ok(Table {
        title: "Numbers",
        head,
        rows,
    })
}

/// The share of time that the API was up, and the median latency in milliseconds.
fn measured(text: &str) -> Result<(f64, f64), String> {
    let days: Vec<Value> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let days = &days[days.len().saturating_sub(DAYS)..];
    let all =
        |key: &str| -> Option<Vec<f64>> { days.iter().map(|day| day[key].as_f64()).collect() };
    let (Some(up), Some(mut latency)) = (all("uptime"), all("median_ms")) else {
        return Err("a day lacks `uptime` or `median_ms`".to_owned());
    };
    if up.is_empty() || up.iter().any(|share| !(0.0..=1.0).contains(share)) {
        return Err("`uptime` is a share from 0 to 1, of at least one day".to_owned());
    }
    latency.sort_by(f64::total_cmp);
    Ok((
        up.iter().sum::<f64>() / up.len() as f64,
        latency[latency.len() / 2],
    ))
}

/// Operations by resource, and how many of them each package shows by name.
fn coverage(api: &Api, surfaces: &[(Target, Surface)]) -> (Table, Vec<String>) {
    let mut head = vec!["resource".to_owned(), "operations".to_owned()];
    head.extend(surfaces.iter().map(|(target, _)| target.name().to_owned()));
    let (mut rows, mut missing) = (Vec::new(), Vec::new());
    for area in &api.root.children {
        let methods = methods(area);
        let mut row = vec![area.name.words().join(" "), methods.len().to_string()];
        for (target, surface) in surfaces {
            let shown = |id: &&OperationId| shows(*target, surface, &api.operations[**id]);
            for id in methods.iter().filter(|id| !shown(id)) {
                let name = api.operations[*id].name.words().join(" ");
                missing.push(format!("{}: {name}", target.name()));
            }
            row.push(methods.iter().filter(shown).count().to_string());
        }
        rows.push(row);
    }
    let sum = |column: usize| -> usize {
        rows.iter()
            .filter_map(|row| row[column].parse::<usize>().ok())
            .sum()
    };
    let mut all = vec!["all".to_owned()];
    all.extend((1..head.len()).map(|column| sum(column).to_string()));
    rows.push(all);
    (
        Table {
            title: "Coverage",
            head,
            rows,
        },
        missing,
    )
}

/// The operations of a resource and of those below it.
fn methods(of: &Resource) -> Vec<OperationId> {
    let own = of.calls.iter().map(|call| call.operation);
    own.chain(of.children.iter().flat_map(methods)).collect()
}

/// Whether some public name is the operation's method.
fn shows(target: Target, surface: &Surface, operation: &Operation) -> bool {
    let words = match target {
        Target::Axum => operation.name.words(),
        _ => operation
            .sdk_path
            .last()
            .map_or(&[][..], |name| name.words()),
    };
    let method = words.concat();
    let owner = match target {
        Target::Axum => None,
        _ => operation
            .sdk_path
            .iter()
            .rev()
            .nth(1)
            .map(|name| name.words().concat()),
    };
    let plain = |text: &str| text.replace('_', "").to_lowercase();
    surface.keys().any(|name| {
        name.rsplit_once([':', '.']).is_some_and(|(of, last)| {
            plain(last) == method && owner.as_ref().is_none_or(|owner| plain(of).contains(owner))
        })
    })
}

/// What each release changed, the newest first.
fn releases() -> Result<Table, String> {
    let tags = git(&["tag", "--list", "v[0-9]*", "--sort=version:refname"])?;
    let tags: Vec<&str> = tags.lines().collect();
    let mut rows = Vec::new();
    for pair in tags.windows(2).rev() {
        let mut row = vec![pair[1].to_owned()];
        match Compared::of(Some(pair[0]), Some(pair[1])) {
            Ok(compared) => {
                row.push(compared.verdict().sentence());
                row.push(whole(&compared.judged.kept));
            }
            Err(error) => row.extend([error, String::new()]),
        }
        rows.push(row);
    }
    if let Some(first) = tags.first() {
        rows.push(vec![
            (*first).to_owned(),
            "the first release".to_owned(),
            String::new(),
        ]);
    }
    let head = ["release", "verdict", "operations and events"].map(str::to_owned);
    Ok(Table {
        title: "Releases",
        head: head.to_vec(),
        rows,
    })
}

/// Operations and webhooks that are new, gone or deprecated: `+ GET /plans/{plan_id}/costs`.
fn whole(changes: &[Change]) -> String {
    let sign = |rule| match rule {
        Rule::OperationAdded | Rule::WebhookAdded => Some("+"),
        Rule::OperationRemoved | Rule::WebhookRemoved => Some("-"),
        Rule::OperationDeprecated => Some("deprecated"),
        _ => None,
    };
    let said = changes
        .iter()
        .filter_map(|change| Some(format!("{} {}", sign(change.rule)?, change.at)));
    said.collect::<Vec<_>>().join(", ")
}

fn markdown(tables: &[Table]) -> String {
    let mut out = "# Coverage at a glance\n".to_owned();
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    for table in tables.iter().filter(|table| !table.rows.is_empty()) {
        let _ = write!(out, "\n## {}\n\n{}|", table.title, line(&table.head));
        out.push_str(&"---|".repeat(table.head.len()));
        out.push('\n');
        out.extend(table.rows.iter().map(|row| line(row)));
    }
    out
}

const STYLE: &str = "\
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin-top: 2.5rem }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { padding: .35rem .8rem; text-align: left; vertical-align: top; border-bottom: 1px solid #8884 }
th { font-weight: 600; border-bottom-width: 2px }
.n { text-align: right; white-space: nowrap }
tbody tr:last-child td { border-bottom: 0 }
";

fn html(tables: &[Table]) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
        <meta name=\"viewport\" content=\"width=device-width\">\n\
        <title>Coverage at a glance</title>\n<style>\n{STYLE}</style>\n\
        <h1>Coverage at a glance</h1>\n"
    );
    for table in tables.iter().filter(|table| !table.rows.is_empty()) {
        let _ = writeln!(out, "<h2>{}</h2>\n<table>\n<thead>", text(table.title));
        // A column whose every cell begins with a digit is one of numbers.
        let numbers: Vec<bool> = (0..table.head.len())
            .map(|column| {
                let mut cells = table.rows.iter().map(|row| &row[column]);
                cells.all(|cell| cell.starts_with(|c: char| c.is_ascii_digit()))
            })
            .collect();
        let class = |column: usize| if numbers[column] { " class=\"n\"" } else { "" };
        out.push_str("<tr>");
        for (column, cell) in table.head.iter().enumerate() {
            let _ = write!(out, "<th scope=\"col\"{}>{}", class(column), text(cell));
        }
        out.push_str("\n<tbody>\n");
        for row in &table.rows {
            out.push_str("<tr>");
            for (column, cell) in row.iter().enumerate() {
                let _ = write!(out, "<td{}>{}", class(column), text(cell));
            }
            out.push('\n');
        }
        out.push_str("</table>\n");
    }
    out + "</html>\n"
}

/// Text for HTML, all of it as it stands.
fn text(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::{Table, html, markdown, measured};

    #[test]
    fn ninety_days_count_and_older_ones_do_not() {
        let day = |uptime: f64, median: u32| {
            format!("{{\"day\":\"d\",\"uptime\":{uptime},\"median_ms\":{median}}}")
        };
        let mut days = vec![day(0.0, 9_000); 5];
        days.extend(vec![day(1.0, 80); 60]);
        days.extend(vec![day(0.5, 90); 30]);
        let (uptime, median) = measured(&format!("[{}]", days.join(","))).unwrap_or((0.0, 0.0));
        assert!((uptime - 75.0 / 90.0).abs() < 1e-9, "{uptime}");
        assert!((median - 80.0).abs() < 1e-9);
        assert!(measured("[]").is_err());
        assert!(measured("[{\"uptime\": 99.9, \"median_ms\": 1}]").is_err());
    }

    #[test]
    fn no_markup_of_a_document_comes_through() {
        let bad = "<img src=x> | `a` [b](c) @all\nnext & \"more\"";
        let table = Table {
            title: "Numbers",
            head: vec!["what".to_owned(), "n".to_owned()],
            rows: vec![vec![bad.to_owned(), "7".to_owned()]],
        };
        let tables = [table];
        let page = html(&tables);
        assert!(!page.contains("<img"), "{page}");
        assert!(page.contains("&lt;img src=x&gt;"), "{page}");
        assert!(page.contains("<td class=\"n\">7"), "{page}");
        let page = markdown(&tables);
        assert_eq!(page.lines().count(), 7, "{page}");
        let row = page.lines().last().unwrap_or_default();
        assert!(!row.contains("<img") && !row.contains('@'), "{row}");
        assert!(row.contains(r"\| \`a\` \[b\]"), "{row}");
    }
}
