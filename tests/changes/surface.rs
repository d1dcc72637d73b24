//! What the rules say of each package, held against what is generated: where they say that
//! nothing breaks, every public name stays and its declaration says what it said.

use std::path::Path;

use exai_gen::changes::{Class, Rule, Verdict};
use exai_gen::diagnostic::Diagnostics;
use exai_gen::pipeline::{self, Adjustments, Request};
use exai_gen::render::Renderer;
use exai_gen::surface::{Surface, SurfaceChange, surface};
use exai_gen::target::{Owner, Target};

/// The surface of each package of a document; `None` where it cannot be generated.
fn surfaces(spec: &Path, renderer: &Renderer) -> Option<Vec<(Target, Surface)>> {
    let request = Request {
        spec,
        config: None,
        command: "the tests",
    };
    let adjustments = Adjustments {
        names: super::names(spec.parent().unwrap_or(spec)),
        ..Adjustments::default()
    };
    let run = pipeline::read_adjusted(&request, &adjustments);
    let api = run.api?;
    let one = |target| {
        let mut found = Diagnostics::new();
        let owners = [Owner::Generated];
        let command = request.command;
        let tree = pipeline::files(
            target,
            &api,
            &run.config,
            command,
            renderer,
            &owners,
            &mut found,
        );
        let files = tree
            .iter()
            .map(|file| (file.path.as_str(), file.text.as_str()));
        (!found.has_errors()).then(|| (target, surface(target, files)))
    };
    Target::ALL.into_iter().map(one).collect()
}

#[test]
fn where_no_package_is_said_to_break_no_public_name_changes() {
    let renderer = Renderer::embedded();
    let mut held = 0;
    let mut wrong = Vec::new();
    for rule in Rule::ALL {
        let folder = super::rules().join(rule.id());
        let old = surfaces(&folder.join("old.yaml"), &renderer);
        let new = surfaces(&folder.join("new.yaml"), &renderer);
        let (Some(old), Some(new)) = (old, new) else {
            continue;
        };
        let verdict = Verdict::new(&super::changes(*rule).2, &[]);
        for ((target, old), (_, new)) in old.iter().zip(&new) {
            assert!(!old.is_empty(), "{} shows nothing", target.name());
            if verdict.package(*target) == Some(Class::Breaking) {
                continue;
            }
            held += 1;
            let change = SurfaceChange::between(old, new);
            if !change.removed.is_empty() || !change.changed.is_empty() {
                let said: Vec<String> = change
                    .changed
                    .iter()
                    .map(|name| format!("{name}: {} -> {}", old[name], new[name]))
                    .collect();
                let (rule, target) = (rule.id(), target.name());
                wrong.push(format!(
                    "{rule} in {target}: {:?} {said:#?}",
                    change.removed
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(held > 100, "only {held} packages were held against it");
}
