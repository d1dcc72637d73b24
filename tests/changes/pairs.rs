//! Pairs of documents that are easily judged wrongly: `pairs.json` says for each what it is on the
//! wire and to callers, with what is generated of both.

use exai_gen::changes::{Change, Class, compare};
use exai_gen::shipped::Shipped;
use serde_json::{Value, json};

use super::others::{placed, with};

#[test]
fn what_is_easily_judged_wrongly_is_judged_rightly() {
    let table: Vec<Value> = serde_json::from_str(include_str!("pairs.json")).expect("JSON");
    let folder = tempfile::tempdir().expect("a folder");
    let mut wrong = Vec::new();
    for row in &table {
        let text = |key: &str| row[key].as_str().unwrap_or_default();
        let document = |key: &str| {
            let Some(at) = row["at"].as_str() else {
                return placed(text("in"), &row[key]);
            };
            let mut out = with(at, &row[key]);
            if let Some(name) = row["use"].as_str() {
                let schema = json!({ "$ref": format!("#/components/schemas/{name}") });
                let answer = &mut out["paths"]["/pets"]["post"]["responses"]["200"];
                answer["content"] = json!({ "application/json": { "schema": schema } });
            }
            out
        };
        let path = |name: &str| folder.path().join(name);
        for key in ["old", "new"] {
            let file = path(&format!("{key}.json"));
            std::fs::write(file, document(key).to_string()).expect("a file");
        }
        let [old, new] = ["old.json", "new.json"].map(|name| super::read(&path(name)).1);
        let found = super::with_names(&old, &new, &Shipped::default(), compare(&old, &new));
        let found = found.expect("both can be generated");
        let name = |class: Option<Class>| class.map_or("none", Class::name);
        let wire = name(found.iter().map(|change| change.rule.wire()).max());
        let callers = name(found.iter().map(Change::to_callers).max());
        let what = text("what");
        if (wire, callers) != (text("wire"), text("callers")) {
            wrong.push(format!(
                "{what}: wire {wire}, callers {callers}: {found:#?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
