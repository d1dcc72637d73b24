//! What the simulated builder writes.

use std::collections::BTreeMap;

use exai_server::types::BuildStack;
use serde_json::json;

/// What an app is made with whose prompt leaves it open: the stack that it names, or Next.js.
pub(super) fn stack_for(prompt: &str) -> BuildStack {
    let prompt = prompt.to_lowercase();
    let named = [
        ("svelte", BuildStack::Sveltekit),
        ("django", BuildStack::Django),
        ("rails", BuildStack::Rails),
        ("axum", BuildStack::Axum),
        ("static", BuildStack::Static),
    ];
    let found = named.into_iter().find(|(word, _)| prompt.contains(word));
    found.map_or(BuildStack::Nextjs, |(_, stack)| stack)
}

/// Changes an app's source, path to text, by a prompt. Gives the paths that changed.
pub(super) fn write(
    source: &mut BTreeMap<String, String>,
    name: &str,
    stack: &BuildStack,
    prompt: &str,
) -> Vec<String> {
    let readme = source
        .entry("README.md".to_owned())
        .or_insert_with(|| format!("# {name}\n"));
    readme.push('\n');
    for line in prompt.lines() {
        readme.push_str(format!("> {line}").trim_end());
        readme.push('\n');
    }
    let mut changed = vec!["README.md".to_owned()];
    for (path, content) in scaffold(stack) {
        if !source.contains_key(*path) {
            source.insert((*path).to_owned(), (*content).to_owned());
            changed.push((*path).to_owned());
        }
    }
    changed
}

/// The files of an app that does nothing yet.
fn scaffold(stack: &BuildStack) -> &'static [(&'static str, &'static str)] {
    match stack {
        BuildStack::Sveltekit => &[
            (
                "package.json",
                "{\"private\": true, \"type\": \"module\"}\n",
            ),
            ("src/routes/+page.svelte", "<h1>Welcome</h1>\n"),
        ],
        BuildStack::Django => &[
            ("app/urls.py", "urlpatterns = []\n"),
            ("requirements.txt", "django\n"),
        ],
        BuildStack::Rails => &[
            (
                "Gemfile",
                "source \"https://rubygems.org\"\ngem \"rails\"\n",
            ),
            (
                "config/routes.rb",
                "Rails.application.routes.draw do\nend\n",
            ),
        ],
        BuildStack::Axum => &[
            (
                "Cargo.toml",
                "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
            ),
            ("src/main.rs", "fn main() {}\n"),
        ],
        BuildStack::Static => &[(
            "index.html",
            "<!doctype html>\n<title>App</title>\n<h1>Welcome</h1>\n",
        )],
        _ => &[
            (
                "app/page.tsx",
                "export default function Page() {\n  return <h1>Welcome</h1>;\n}\n",
            ),
            ("package.json", "{\"private\": true}\n"),
        ],
    }
}

/// The report of the tests of a source, as JSON.
pub(super) fn report(source: &BTreeMap<String, String>) -> Vec<u8> {
    let tests: Vec<_> = source
        .keys()
        .map(|path| json!({"name": path, "outcome": "passed"}))
        .collect();
    json!({"passed": tests.len(), "failed": 0, "tests": tests})
        .to_string()
        .into_bytes()
}
