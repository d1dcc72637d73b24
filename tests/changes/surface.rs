//! What the rules say of each package, held against what is generated: where they say that
//! nothing breaks, every public name stays and its declaration says what it said.

use exai_gen::changes::{Rule, compare_keeping};

use super::{rules, shipped};

#[test]
fn where_no_package_is_said_to_break_no_public_name_changes() {
    let mut held = 0;
    let mut wrong = Vec::new();
    for rule in Rule::ALL.iter().filter(|rule| **rule != Rule::NamesChanged) {
        let folder = rules().join(rule.id());
        let [old, new] = ["old.yaml", "new.yaml"].map(|name| super::read(&folder.join(name)).1);
        let found = compare_keeping(&old, &new, &shipped(&folder));
        let Some(found) = super::with_names(&old, &new, &shipped(&folder), found) else {
            continue;
        };
        held += 1;
        for change in found.iter().filter(|c| c.rule == Rule::NamesChanged) {
            wrong.push(format!("{}: {}: {}", rule.id(), change.at, change.message));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(held > 80, "only {held} rules were held against it");
}
