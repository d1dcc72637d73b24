//! One danger a document: what the generator understands of it, and what each language gets.
//!
//! Snapshots hold what varies: the types and methods of the one resource `things`. Clients,
//! errors and runtimes are alike in all and are compiled by each SDK's own tests.

#![cfg(test)]

mod dump;

use std::path::Path;

use exai_gen::diagnostic::Diagnostics;
use exai_gen::ir::Api;
use exai_gen::pipeline::{self, Request, Run};
use exai_gen::render::Renderer;
use exai_gen::target::{Owner, Target};

/// Where a danger shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shows {
    /// In the types.
    Types,
    /// In the methods too.
    Calls,
}

fn read(danger: &str) -> (Run, Api) {
    let spec = Path::new("features").join(danger).join("openapi.yaml");
    let mut run = pipeline::read(&Request {
        spec: &spec,
        config: None,
        command: "the tests",
    });
    let api = run
        .api
        .take()
        .unwrap_or_else(|| panic!("{danger}: {:#?}", run.diagnostics));
    (run, api)
}

/// The generated files of the resource, or those of its types alone, one after the other.
fn generated(target: Target, run: &Run, api: &Api, shows: Shows) -> String {
    let mut found = Diagnostics::new();
    let renderer = Renderer::embedded();
    let tree = pipeline::files(
        target,
        api,
        &run.config,
        "the tests",
        &renderer,
        &[Owner::Generated],
        &mut found,
    );
    assert!(!found.has_errors(), "{found:#?}");
    tree.iter()
        .filter(|file| {
            let path = file.path.to_lowercase();
            let types = path.contains("types");
            // A forwarding method an operation, alike in all.
            let forwards = path.contains("unimplemented");
            let home = (path.contains("things") || path.contains("shared")) && !forwards;
            home && (types || shows == Shows::Calls)
        })
        .map(|file| format!("==> {} <==\n{}", file.path, file.text))
        .collect::<Vec<_>>()
        .join("\n")
}

macro_rules! features {
    ($($danger:ident $shows:ident)*) => {
        $(#[test] fn $danger() {
            let danger = stringify!($danger);
            let (run, api) = read(danger);
            insta::with_settings!({ snapshot_path => format!("{danger}/golden"), prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!("ir", dump::compact(&(&api.types, &api.operations)));
                for target in Target::ALL {
                    let text = generated(target, &run, &api, Shows::$shows);
                    if !text.is_empty() {
                        insta::assert_snapshot!(target.name(), text);
                    }
                }
            });
        })*

        #[test]
        fn every_document_is_tested() {
            let mut named = vec![$(stringify!($danger)),*];
            named.sort_unstable();
            let mut there: Vec<String> = std::fs::read_dir("features")
                .expect("tests run in their package's folder")
                .filter_map(|entry| entry.ok())
                .filter(|entry| entry.path().is_dir())
                .map(|entry| entry.file_name().to_string_lossy().into_owned())
                .collect();
            there.sort();
            assert_eq!(named, there);
        }
    };
}

features! {
    all_of Types
    callbacks Types
    deprecated Calls
    maps Types
    multipart Calls
    naming Types
    nullable_optional Types
    odd_enums Types
    pages Calls
    parameters Calls
    read_write Types
    recursion Types
    scalars Types
    streams Calls
    unions Types
    version_3_2 Calls
}
