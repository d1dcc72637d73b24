//! An explanation as text for people, and as JSON for programs.

use serde_json::{Map, Value, json};

use super::Explanation;

impl Explanation {
    /// The place and what it is, a line a reason, a line a target.
    pub fn text(&self) -> String {
        let place = &self.place;
        let at = format!("{}:{}:{}", place.file, place.line, place.column);
        let mut out = format!(
            "{at} {}\n    {}\n",
            one_line(&place.pointer),
            one_line(&self.what)
        );
        for why in &self.why {
            out.push_str(&format!("    {}\n", one_line(why)));
        }
        for (target, symbol) in &self.symbols {
            let symbol = symbol.as_deref().unwrap_or("-");
            out.push_str(&format!("{target:>14}  {}\n", one_line(symbol)));
        }
        out
    }

    /// `file`, `line`, `column`, `pointer`, `what`, `why` and, for each target, `symbols`.
    pub fn json(&self) -> Value {
        let symbols = self.symbols.iter();
        let symbols: Map<String, Value> = symbols
            .map(|(target, symbol)| ((*target).to_owned(), json!(symbol)))
            .collect();
        json!({
            "file": self.place.file,
            "line": self.place.line,
            "column": self.place.column,
            "pointer": self.place.pointer,
            "what": self.what,
            "why": self.why,
            "symbols": symbols,
        })
    }
}

/// Without what a terminal would obey.
fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
