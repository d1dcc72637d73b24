//! A report as text for people, and as JSON for programs.

use serde_json::{Map, Value, json};

use super::{Finding, Level, Report};

impl Report {
    /// Totals a target, reasons by how often they are given, then every place that is not exact
    /// in all targets, a line each.
    pub fn text(&self) -> String {
        let mut out = format!("{:<12}", "");
        for level in Level::ALL {
            out.push_str(&format!("{:>13}", level.name()));
        }
        out.push('\n');
        for target in &self.targets {
            out.push_str(&format!("{:<12}", target.name()));
            for number in self.totals(*target) {
                out.push_str(&format!("{number:>13}"));
            }
            out.push('\n');
        }
        for target in &self.targets {
            let reasons = self.reasons(*target);
            if reasons.is_empty() {
                continue;
            }
            out.push_str(&format!("\n{}\n", target.name()));
            let mut reasons: Vec<(&str, usize)> = reasons.into_iter().collect();
            reasons.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
            for (reason, number) in reasons {
                out.push_str(&format!("{number:>8}  {reason}\n"));
            }
        }
        for finding in self.findings.iter().filter(|finding| !is_exact(finding)) {
            let place = &finding.place;
            let at = format!("{}:{}:{}", place.file, place.line, place.column);
            out.push_str(&format!("\n{at} {}\n", shown(&place.pointer)));
            for (target, verdict) in self.targets.iter().zip(&finding.verdicts) {
                if verdict.level != Level::Exact {
                    let reasons = verdict.reasons.join("; ");
                    let level = verdict.level.name();
                    out.push_str(&format!("    {}: {level}: {reasons}\n", target.name()));
                }
            }
        }
        out
    }

    /// `targets`, each with its `totals` and `reasons`, and `places`, each with `file`, `line`,
    /// `column`, `pointer`, and for each target `level` and `reasons`.
    pub fn json(&self) -> String {
        let mut targets = Map::new();
        for target in &self.targets {
            let levels = Level::ALL.iter().map(|level| level.name().to_owned());
            let numbers = self.totals(*target).map(Value::from);
            let totals: Map<String, Value> = levels.zip(numbers).collect();
            let said = json!({ "totals": totals, "reasons": self.reasons(*target) });
            targets.insert(target.name().to_owned(), said);
        }
        let places = self.findings.iter().map(|finding| {
            let place = &finding.place;
            let mut object = json!({
                "file": place.file,
                "line": place.line,
                "column": place.column,
                "pointer": place.pointer,
            });
            for (target, verdict) in self.targets.iter().zip(&finding.verdicts) {
                object[target.name()] = match verdict.level {
                    Level::Exact => json!({ "level": verdict.level.name() }),
                    level => json!({ "level": level.name(), "reasons": verdict.reasons }),
                };
            }
            object
        });
        let places: Vec<Value> = places.collect();
        format!("{:#}\n", json!({ "targets": targets, "places": places }))
    }
}

fn is_exact(finding: &Finding) -> bool {
    let mut verdicts = finding.verdicts.iter();
    verdicts.all(|verdict| verdict.level == Level::Exact)
}

/// A pointer on one line, whatever its keys hold.
fn shown(pointer: &str) -> String {
    let plain = !pointer.chars().any(char::is_control);
    if plain {
        pointer.to_owned()
    } else {
        Value::from(pointer).to_string()
    }
}
