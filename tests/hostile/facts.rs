//! What each language's own parser finds in a file: nodes, names, values, comments, by number.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use exai_gen::target::TargetFile;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use serde_json::{Value, json};

use crate::scan::{self, Language};

/// What a file holds, and how often. A fact that begins with `text ` is a value that the program
/// has when it runs; one that begins with `error ` says why the file cannot be read.
pub(crate) type Facts = BTreeMap<String, usize>;

/// The facts of each file, in the same order; `None` for prose.
pub(crate) fn of(files: &[&TargetFile]) -> Vec<Option<Facts>> {
    let mut out = vec![None; files.len()];
    for language in [Language::TypeScript, Language::Python, Language::Go] {
        let of = |file: &TargetFile| Language::of(&file.path) == Some(language);
        let places: Vec<usize> = (0..files.len()).filter(|at| of(files[*at])).collect();
        let asked: Vec<Value> = places
            .iter()
            .map(|at| json!({ "name": files[*at].path, "text": files[*at].text }))
            .collect();
        for (at, facts) in places.into_iter().zip(parse(language, &json!(asked))) {
            out[at] = Some(facts);
        }
    }
    for (file, facts) in files.iter().zip(&mut out) {
        match file.path.rsplit('.').next() {
            Some("rs") => *facts = Some(rust(&file.text)),
            Some("json") => *facts = Some(value(serde_json::from_str(&file.text))),
            Some("toml") => *facts = Some(value(toml::from_str(&file.text))),
            _ => {}
        }
    }
    out
}

/// Asks a language's own parser, in one process.
fn parse(language: Language, files: &Value) -> Vec<Facts> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let parsers = tests.join("hostile/parsers");
    let typescript = tests.join("../sdks/typescript/node_modules/typescript-5.9");
    let mut command = match language {
        Language::TypeScript => {
            assert!(
                typescript.exists(),
                "cargo xtask test --only typescript installs the parser"
            );
            let mut command = Command::new("node");
            command.arg(parsers.join("facts.mjs")).arg(&typescript);
            command
        }
        Language::Python => {
            let mut command = Command::new("python3");
            command.arg(parsers.join("facts.py"));
            command
        }
        _ => {
            let mut command = Command::new("go");
            command.arg("run").arg(parsers.join("facts.go"));
            command
        }
    };
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let mut input = child.stdin.take().expect("a pipe");
    let text = files.to_string();
    // A parser that ends early says so below.
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("a parser that runs");
    let written = writer.join().expect("a thread that writes");
    assert!(
        output.status.success() && written.is_ok(),
        "the parser of {language:?}"
    );
    serde_json::from_slice(&output.stdout).expect("facts")
}

/// Everything that rustc's parser would see: each token, with the values of literals. Doc comments
/// are attributes to it, and other comments nothing.
fn rust(text: &str) -> Facts {
    let mut found = Facts::new();
    match (syn::parse_file(text), text.parse::<TokenStream>()) {
        (Ok(_), Ok(tokens)) => count_tokens(tokens, &mut found),
        (Err(error), _) => count(&mut found, format!("error {error}")),
        (_, Err(error)) => count(&mut found, format!("error {error}")),
    }
    for comment in scan::comments(Language::Rust, text) {
        count(&mut found, format!("comment {comment}"));
    }
    found
}

/// Counts tokens.
///
/// Commas and braces are left out: rustfmt puts them by the width of what stands between them, and
/// they hold nothing that is not counted by itself.
fn count_tokens(tokens: TokenStream, found: &mut Facts) {
    let mut before = ' ';
    for token in tokens {
        let inner = std::mem::replace(&mut before, mark(&token)) == '#' && before == '!';
        match token {
            TokenTree::Group(group) => {
                let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                let brackets = group.delimiter() == Delimiter::Bracket;
                // The text of a doc comment means nothing; that it is none of ours is seen by its
                // comment's number.
                match inside.as_slice() {
                    [
                        TokenTree::Ident(name),
                        TokenTree::Punct(_),
                        TokenTree::Literal(_),
                    ] if brackets && name == "doc" => {}
                    _ => {
                        if group.delimiter() != Delimiter::Brace {
                            count(found, format!("node {:?}", group.delimiter()));
                        }
                        count_tokens(group.stream(), found);
                    }
                }
            }
            TokenTree::Ident(name) => count(found, format!("name {name}")),
            // Those before doc comments cannot be told from those before attributes.
            TokenTree::Punct(mark) if inner || matches!(mark.as_char(), '#' | ',') => {}
            TokenTree::Punct(mark) => count(found, format!("node {mark}")),
            TokenTree::Literal(literal) => {
                let said = match syn::Lit::new(literal) {
                    syn::Lit::Str(text) => format!("text {}", text.value()),
                    syn::Lit::ByteStr(bytes) => format!("text {:?}", bytes.value()),
                    syn::Lit::Char(one) => format!("text {}", one.value()),
                    other => format!("value {}", shown(&other)),
                };
                count(found, said);
            }
        }
    }
}

fn mark(token: &TokenTree) -> char {
    match token {
        TokenTree::Punct(mark) => mark.as_char(),
        _ => ' ',
    }
}

fn shown(literal: &syn::Lit) -> String {
    match literal {
        syn::Lit::Int(number) => number.to_string(),
        syn::Lit::Float(number) => number.to_string(),
        syn::Lit::Bool(value) => value.value.to_string(),
        _ => "of another kind".to_owned(),
    }
}

/// The keys and the values of a file that holds data.
fn value<E: std::fmt::Display>(read: Result<Value, E>) -> Facts {
    let mut found = Facts::new();
    match read {
        Ok(value) => count_value(&value, &mut found),
        Err(error) => count(&mut found, format!("error {error}")),
    }
    found
}

fn count_value(value: &Value, found: &mut Facts) {
    match value {
        Value::Object(fields) => {
            count(found, "node object".to_owned());
            for (key, value) in fields {
                count(found, format!("text {key}"));
                count_value(value, found);
            }
        }
        Value::Array(items) => {
            count(found, "node list".to_owned());
            items.iter().for_each(|item| count_value(item, found));
        }
        Value::String(text) => count(found, format!("text {text}")),
        other => count(found, format!("value {other}")),
    }
}

fn count(found: &mut Facts, fact: String) {
    *found.entry(fact).or_default() += 1;
}
