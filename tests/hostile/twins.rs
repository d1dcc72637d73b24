//! A document and its harmless twin make the same program: the same files, and in each of them the
//! same nodes, names and comments, with the document's texts as values where the twin has its own.

use std::collections::{BTreeMap, BTreeSet};

use exai_gen::target::{Target, TargetFile};

use crate::document::Words;
use crate::facts::{self, Facts};
use crate::{TEXTS, assert_none, generate};

/// The words of each text beside those of its twin, as a target takes them.
fn twins(target: Target) -> impl Iterator<Item = (Words, Words)> {
    TEXTS.iter().map(move |text| {
        let words = match target {
            Target::Python => Words::new(text).of_attributes(),
            _ => Words::new(text),
        };
        let harmless = words.harmless();
        (words, harmless)
    })
}

/// The files of a target's package, by the words of the document.
type Packages = BTreeMap<String, Vec<TargetFile>>;

/// What a target makes of each text and of each twin, once.
fn made(target: Target) -> Packages {
    let mut out = Packages::new();
    for (words, harmless) in twins(target) {
        for words in [words, harmless] {
            out.entry(format!("{words:?}"))
                .or_insert_with(|| generate(&words, &[target]).remove(0).1);
        }
    }
    out
}

#[test]
fn a_hostile_document_makes_the_program_of_its_harmless_twin() {
    let complaints: Vec<String> = Target::ALL.into_iter().flat_map(compared).collect();
    assert_none(&complaints);
}

/// Where the files of a target differ from those of the twin.
fn compared(target: Target) -> Vec<String> {
    let made = made(target);
    let files: Vec<&TargetFile> = made.values().flatten().collect();
    let facts = facts::of(&files);
    let places = files.iter().map(|file| std::ptr::from_ref(*file));
    let facts: BTreeMap<_, _> = places.zip(&facts).collect();
    let mut complaints = Vec::new();
    let mut read = 0;
    for (words, harmless) in twins(target) {
        let [hostile, twin] = [&words, &harmless].map(|words| &made[&format!("{words:?}")]);
        let place = format!("{:?} in {}", words.text, target.name());
        let [ours, theirs] = [hostile, twin].map(|files| -> BTreeSet<&str> {
            files.iter().map(|file| file.path.as_str()).collect()
        });
        for path in ours.symmetric_difference(&theirs) {
            complaints.push(format!("{place}: {path} is a file of one twin alone"));
        }
        for file in hostile {
            let other = twin.iter().find(|other| other.path == file.path);
            let [Some(found), Some(expected)] =
                [Some(file), other].map(|file| facts[&std::ptr::from_ref(file?)].as_ref())
            else {
                continue;
            };
            read += 1;
            let found = without(found, &words);
            let expected = without(expected, &harmless);
            let differ = differences(&found, &expected).into_iter();
            complaints.extend(differ.map(|what| format!("{place} {}: {what}", file.path)));
        }
    }
    assert!(read > TEXTS.len() * 5, "{read} files were read");
    complaints
}

/// The facts with a mark where the document's words stand, so that those of twins are equal.
fn without(facts: &Facts, words: &Words) -> Facts {
    let forms = forms(words);
    let mut out = Facts::new();
    for (fact, number) in facts {
        let fact = match fact.strip_prefix("text ") {
            Some(text) => format!("text {}", marked(text, &forms)),
            None => fact.clone(),
        };
        *out.entry(fact).or_default() += number;
    }
    out
}

fn marked(text: &str, forms: &[String]) -> String {
    let mut out = text.to_owned();
    for form in forms {
        out = out.replace(form.as_str(), "\u{a7}");
    }
    out
}

/// How the words stand in a value: as they are, on one line, as JSON inside a string,
/// percent-encoded as a path; the longer ones first, for one may hold another.
fn forms(words: &Words) -> Vec<String> {
    let json = serde_json::Value::String(words.text.clone()).to_string();
    let mut forms = vec![
        json[1..json.len() - 1].to_owned(),
        percent_encoded(&words.segment),
        words.text.clone(),
        words.text.trim().to_owned(),
        words.text.split_whitespace().collect::<Vec<_>>().join(" "),
        words.property.clone(),
        words.token.clone(),
        words.subtype.clone(),
        words.segment.clone(),
        words.key.clone(),
        words.uri.clone(),
    ];
    forms.retain(|form| !form.is_empty());
    forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    forms.dedup();
    forms
}

/// All but the `pchar`s of RFC 3986 section 3.3 as `%XX`; a percent sign is one already.
fn percent_encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b if b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%".contains(&b) => {
            char::from(b).to_string()
        }
        b => format!("%{b:02X}"),
    };
    text.bytes().map(byte).collect()
}

fn differences(found: &Facts, expected: &Facts) -> Vec<String> {
    let facts: BTreeSet<&String> = found.keys().chain(expected.keys()).collect();
    let number = |of: &Facts, fact: &String| of.get(fact).copied().unwrap_or(0);
    let mut out = Vec::new();
    for fact in facts {
        let (ours, theirs) = (number(found, fact), number(expected, fact));
        if ours != theirs || fact.starts_with("error ") {
            out.push(format!("{fact:?} {ours} times, in the twin {theirs}"));
        }
    }
    out
}
