//! The router: every trait in one, and the table of operations.

use serde::Serialize;

use super::resource::Placed;
use crate::layout::rustfmt;
use crate::target::rust_lang::RustTypes;

/// `src/generated/router.rs`, and every `mod.rs`.
#[derive(Debug, Serialize)]
pub(super) struct RouterView {
    /// `cargo xtask regen`
    pub(super) command: String,
    /// `pub trait Api: resources::Runs {}`
    pub(super) every: String,
    /// `impl<T> Api for T where T: resources::Runs {}`
    pub(super) given: String,
    /// Modules in the document's order: `["plans", "runs"]`.
    pub(super) mounted: Vec<String>,
    /// The same, sorted.
    pub(super) modules: Vec<String>,
    /// `pub static OPERATIONS: [&OperationInfo; 2] = [&facts::runs::START_RUN, ..];`
    pub(super) operations: String,
}

impl RouterView {
    pub(super) fn new(placed: &[Placed<'_>], types: &RustTypes<'_>, command: &str) -> Self {
        let mut modules: Vec<String> = placed.iter().map(|p| p.module.clone()).collect();
        let mounted = modules.clone();
        modules.sort_by(|a, b| a.trim_start_matches("r#").cmp(b.trim_start_matches("r#")));
        let facts: Vec<String> = placed
            .iter()
            .flat_map(|p| p.operations.iter().map(move |&id| (p, id)))
            .map(|(p, id)| format!("&facts::{}::{}", p.module, types.fact(id)))
            .collect();
        let traits: Vec<String> = placed
            .iter()
            .map(|p| format!("resources::{}", p.name))
            .collect();
        let head = format!(
            "pub static OPERATIONS: [&OperationInfo; {}] = ",
            facts.len()
        );
        Self {
            command: command.to_owned(),
            every: bounds("pub trait Api:", &traits, "", "    "),
            given: bounds("impl<T> Api for T where", &traits, "T:", "        "),
            mounted,
            modules,
            operations: table(&head, &facts),
        }
    }
}

/// The table of operations: behind `=`, else on a line of its own, else one a line.
fn table(head: &str, facts: &[String]) -> String {
    let here = rustfmt::array(0, head, facts, ";");
    let below = rustfmt::array(4, "", facts, ";");
    match here.contains('\n') && !below.contains('\n') {
        true => format!("{}\n    {below}", head.trim_end()),
        false => here,
    }
}

/// An item without a body behind its bounds, one a line where they are too many.
fn bounds(head: &str, traits: &[String], bounded: &str, indent: &str) -> String {
    let joined = |with: &str| traits.join(with);
    if traits.is_empty() {
        return match bounded {
            "" => format!("{head} Send + Sync + 'static {{}}"),
            bounded => format!("{head} {bounded} Send + Sync + 'static {{}}"),
        };
    }
    let space = if bounded.is_empty() { "" } else { " " };
    let line = format!("{head}{space}{bounded} {} {{}}", joined(" + "));
    if line.chars().count() <= rustfmt::WIDTH {
        return line;
    }
    let first = match bounded {
        "" => "    ".to_owned(),
        bounded => format!("    {bounded} "),
    };
    let apart = match first.chars().count() + joined(" + ").chars().count() <= rustfmt::WIDTH {
        true => joined(" + "),
        false => joined(&format!("\n{indent}+ ")),
    };
    format!("{head}\n{first}{apart}\n{{\n}}")
}
