//! Names that shipped: programs that were written against the first release, held against a
//! document that calls the same things otherwise.
//!
//! `old.yaml` shipped, `names.lock` was written then, `new.yaml` moves a tag and renames
//! operations and schemas; `users` holds a program in each language.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot prepare its files fails"
)]

mod programs;

use std::fs;
use std::path::{Path, PathBuf};

use exai_gen::changes::{Class, Verdict, compare, compare_keeping};
use exai_gen::diagnostic::Diagnostics;
use exai_gen::pipeline::{self, Adjustments, Request, Run};
use exai_gen::render::Renderer;
use exai_gen::shipped::Shipped;
use exai_gen::surface::{Surface, SurfaceChange, surface};
use exai_gen::target::{Owner, Target};
use exai_gen::tree::FileTree;

/// The clients: servers have one name of an operation, the document's.
const CLIENTS: [Target; 4] = [Target::Typescript, Target::Python, Target::Go, Target::Rust];

fn at(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("names")
        .join(name)
}

/// Reads a document, with the names that shipped or without.
fn read(spec: &Path, names: Option<&Path>) -> Run {
    let request = Request {
        spec,
        config: None,
        command: "exai-gen generate",
    };
    let adjustments = Adjustments {
        names: names.map(Path::to_owned),
        ..Adjustments::default()
    };
    pipeline::read_adjusted(&request, &adjustments)
}

fn old() -> Run {
    read(&at("old.yaml"), None)
}

fn new() -> Run {
    read(&at("new.yaml"), Some(&at("names.lock")))
}

/// The whole package of a target.
fn package(run: &Run, target: Target) -> FileTree {
    let api = run.api.as_ref().expect("a document without errors");
    let owners = [Owner::Generated, Owner::Runtime, Owner::Scaffold];
    let (renderer, mut found) = (Renderer::embedded(), Diagnostics::new());
    let tree = pipeline::files(
        target,
        api,
        &run.config,
        "exai-gen generate",
        &renderer,
        &owners,
        &mut found,
    );
    assert!(!found.has_errors(), "{found:#?}");
    tree
}

fn shown(run: &Run, target: Target) -> Surface {
    let tree = package(run, target);
    let generated = tree.iter().filter(|file| file.owner == Owner::Generated);
    surface(
        target,
        generated.map(|file| (file.path.as_str(), file.text.as_str())),
    )
}

/// What a run says is wrong.
fn said(run: &Run) -> Vec<String> {
    let said = run.diagnostics.iter();
    said.map(|found| format!("{}: {}", found.code.id(), found.message))
        .collect()
}

/// A document with another text in places, in a folder of its own, read with the names.
fn changed(of: &str, changes: &[(&str, &str)]) -> Run {
    let folder = tempfile::tempdir().expect("a folder");
    let mut text = fs::read_to_string(at(of)).expect("a document");
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    let path = folder.path().join(of);
    fs::write(&path, text).expect("a file");
    read(&path, Some(&at("names.lock")))
}

#[test]
fn the_file_is_what_the_first_release_gives() {
    let run = old();
    let text = Shipped::default()
        .and(run.api.as_ref().expect("an API"))
        .to_yaml("exai-gen names");
    let there = fs::read_to_string(at("names.lock")).expect("the file");
    assert!(text == there, "{text}");
}

#[test]
fn every_public_name_of_the_first_release_is_in_the_second() {
    for target in CLIENTS {
        let change = SurfaceChange::between(&shown(&old(), target), &shown(&new(), target));
        assert!(
            change.removed.is_empty(),
            "{}: {:#?}",
            target.name(),
            change.removed
        );
        let bare = read(&at("new.yaml"), None);
        let lost = SurfaceChange::between(&shown(&old(), target), &shown(&bare, target));
        assert!(
            !lost.removed.is_empty(),
            "{} renames nothing",
            target.name()
        );
    }
}

#[test]
fn the_server_has_one_name_of_each_operation() {
    let bare = read(&at("new.yaml"), None);
    assert_eq!(shown(&new(), Target::Axum), shown(&bare, Target::Axum));
}

#[test]
fn a_rename_whose_names_are_kept_is_a_minor_version_of_each_client() {
    // What a variant of a union is called is how the diff knows it: another name is another variant.
    let same = [("schemas/Fed\"", "schemas/Ate\""), ("    Fed:", "    Ate:")];
    let (old, new) = (old(), changed("new.yaml", &same));
    let (was, is) = (
        old.document.as_ref().expect("a document"),
        new.document.as_ref().expect("a document"),
    );
    let kept = Verdict::new(&compare_keeping(was, is, &new.config.shipped), &[]);
    assert_eq!(kept.sentence(), "wire docs; axum major, others minor");
    let lost = Verdict::new(&compare(was, is), &[]);
    for target in CLIENTS {
        assert_eq!(lost.package(target), Some(Class::Breaking));
    }
}

#[test]
fn what_shipped_after_a_rename_keeps_both_names_and_says_so() {
    let second = new();
    let api = second.api.as_ref().expect("an API");
    let again = second.config.shipped.and(api);
    let text = again.to_yaml("exai-gen names");
    for line in [
        "\"GET /pets/{}\": [{ id: \"readAnimal\", method: \"pets.get\" }, { id: \"getPet\", method: \"pets.get\" }]",
        "\"pet\": { now: \"animal\" }",
        "\"animal\": { record: \"POST /pets 201 application/json\" }",
    ] {
        assert!(text.contains(line), "{text}");
    }
    // Nothing is lost when the new name is replaced in its turn.
    let folder = tempfile::tempdir().expect("a folder");
    let names = folder.path().join("names.lock");
    fs::write(&names, &text).expect("a file");
    let third = fs::read_to_string(at("new.yaml")).expect("a document");
    let third = third.replace("Animal", "Creature");
    let path = folder.path().join("third.yaml");
    fs::write(&path, third).expect("a file");
    let third = read(&path, Some(&names));
    assert_eq!(said(&third), [""; 0]);
    for target in CLIENTS {
        for before in [&old(), &second] {
            let change = SurfaceChange::between(&shown(before, target), &shown(&third, target));
            assert_eq!(change.removed, [""; 0], "{}", target.name());
        }
    }
    assert_eq!(again.and(api), again, "writing it again changes it");
}

#[test]
fn what_cannot_be_recognised_is_an_error_and_no_guess() {
    // The operation is gone, and all that only it named.
    let gone = changed(
        "old.yaml",
        &[(
            "  /pets/{pet_id}/events:\n",
            "  /animals/{pet_id}/events:\n",
        )],
    );
    let wanted = "E0301: `pets.list_pet_events` shipped, and nothing is known to be it now";
    assert_eq!(said(&gone), [wanted]);
    // A type of another kind stands where the old one did.
    let other = changed(
        "old.yaml",
        &[
            ("schemas/PetKind\"", "schemas/Breed\""),
            (
                "PetKind:\n      type: string\n      enum: [cat, dog]",
                "Breed:\n      type: string",
            ),
        ],
    );
    let wanted = "E0301: `pet_kind` shipped, and nothing is known to be it now";
    assert_eq!(said(&other), [wanted]);
    // A type that shipped itself stands there: it is no new name of the other.
    let swapped = changed(
        "old.yaml",
        &[
            (
                "schema: { $ref: \"#/components/schemas/NewPet\" }",
                "schema: { $ref: \"#/components/schemas/Pet\" }",
            ),
            ("    NewPet:\n", "    Unused:\n"),
        ],
    );
    let said = said(&swapped);
    assert!(
        said.contains(&"E0301: `new_pet` shipped, and nothing is known to be it now".to_owned()),
        "{said:?}"
    );
    // The old name means another operation.
    let taken = changed(
        "old.yaml",
        &[
            ("operationId: createPet", "operationId: x"),
            ("operationId: listPets", "operationId: createPet"),
            ("operationId: x\n", "operationId: listPets\n"),
        ],
    );
    assert_eq!(self::said(&taken).len(), 2, "{:?}", self::said(&taken));
}

#[test]
fn a_person_says_what_cannot_be_recognised() {
    let folder = tempfile::tempdir().expect("a folder");
    let names = folder.path().join("names.lock");
    let text = fs::read_to_string(at("names.lock")).expect("the file");
    let text = text.replace(
        "\"pet_kind\": { enum: \"GET /pets parameter kind\" }",
        "\"pet_kind\": { now: \"breed\" }",
    );
    fs::write(&names, text).expect("a file");
    let spec = fs::read_to_string(at("old.yaml")).expect("a document");
    let path = folder.path().join("openapi.yaml");
    fs::write(&path, spec.replace("PetKind", "Breed")).expect("a file");
    let run = read(&path, Some(&names));
    assert_eq!(said(&run), [""; 0]);
    assert!(shown(&run, Target::Rust).contains_key("PetKind"));
}

#[test]
fn a_file_that_is_wrong_is_said_with_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let names = folder.path().join("names.lock");
    for (text, wanted) in [
        ("- a\n", "E0102: found a list, expected a mapping"),
        ("operation: {}\n", "E0101: unknown key `operation`"),
        (
            "operations:\n  \"GET /pets\": [{ id: a }]\n",
            "E0102: found a mapping, expected the `id` and the `method` of an operation",
        ),
        (
            "types:\n  pet: { struct: x }\n",
            "E0102: found a mapping, expected a type's words, and `record`, `enum`, `union`, `alias` or `now` of it",
        ),
        (
            "types:\n  pet: { now: dog }\n  dog: { now: pet }\n",
            "E0301: `dog` shipped, and nothing is known to be it now",
        ),
    ] {
        fs::write(&names, text).expect("a file");
        let spec = fs::read_to_string(at("old.yaml")).expect("a document");
        let path = folder.path().join("openapi.yaml");
        fs::write(
            &path,
            spec.replace("    Pet:\n", "    Cat:\n")
                .replace("schemas/Pet\"", "schemas/Cat\""),
        )
        .expect("a file");
        let said = said(&read(&path, Some(&names)));
        assert!(said.iter().any(|said| said == wanted), "{said:?}");
    }
}
