//! Two APIs by hand, as crates: in canonical layout, and without a warning of any tool.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::config::{Package, Product};
use crate::ir::Api;
use crate::render::Renderer;
use crate::target::fixtures;
use crate::target::{Context, Owner, TargetFile};

fn files(api: &Api) -> Vec<TargetFile> {
    let context = Context {
        api,
        product: &Product {
            client: "Example".into(),
            environment: "EXAMPLE".into(),
        },
        package: &Package {
            name: "example".into(),
            module: None,
            version: "1.0.0".into(),
        },
        command: "exai-gen generate",
        renderer: &Renderer::embedded(),
    };
    super::files(&context).expect("templates fit their views")
}

/// Writes a crate to a folder that a second run finds compiled but for what changed.
fn write(name: &str, files: &[TargetFile]) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../target/generated-crates")
        .join(name);
    let _ = fs::remove_dir_all(root.join("src"));
    for file in files {
        let path = root.join(&file.path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
        let text = match file.path.as_str() {
            // A crate of its own, not of this workspace.
            "Cargo.toml" => format!("{}\n[workspace]\n", file.text),
            _ => file.text.clone(),
        };
        fs::write(path, text).expect("a new file");
    }
    root
}

fn rustfmt(root: &Path, files: &[TargetFile]) {
    let sources = files
        .iter()
        .filter(|file| file.path.ends_with(".rs") && file.owner != Owner::Runtime);
    let output = Command::new("rustfmt")
        .args([
            "--edition",
            "2024",
            "--check",
            "--config",
            "skip_children=true",
        ])
        .args(sources.map(|file| root.join(&file.path)))
        .output()
        .expect("rustfmt is part of the toolchain");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Clippy and rustdoc with their warnings denied.
fn lint(root: &Path) {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::copy(workspace.join("Cargo.lock"), root.join("Cargo.lock")).expect("a lock file");
    for command in ["clippy", "doc"] {
        let arguments: &[&str] = if command == "doc" {
            &["--no-deps"]
        } else {
            &[]
        };
        let output = Command::new(env!("CARGO"))
            .args([command, "--no-default-features", "--offline", "--quiet"])
            .args(arguments)
            .current_dir(root)
            .env(
                "CARGO_TARGET_DIR",
                workspace.join("target/generated-crates/target"),
            )
            .env("RUSTFLAGS", "-Wmissing_docs -Wunreachable_pub -Dwarnings")
            .env("RUSTDOCFLAGS", "-Dwarnings")
            .output()
            .expect("cargo runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn an_api_with_one_of_everything_is_a_clean_crate() {
    let files = files(&fixtures::everything());
    let root = write("everything", &files);
    rustfmt(&root, &files);
    lint(&root);
}

#[test]
fn an_api_made_to_be_hard_is_a_clean_crate() {
    let files = files(&fixtures::obstacles());
    let root = write("obstacles", &files);
    rustfmt(&root, &files);
    lint(&root);
}
