//! Two APIs by hand, as crates: in canonical layout, and without a warning of any tool.

use crate::config::{Package, Product};
use crate::ir::Api;
use crate::render::Renderer;
use crate::target::fixtures;
use crate::target::rust_lang::compiled::assert_clean;
use crate::target::{Context, TargetFile};

fn files(api: &Api) -> Vec<TargetFile> {
    let context = Context {
        api,
        product: &Product {
            client: "Example".into(),
            environment: "EXAMPLE".into(),
        },
        package: &Package {
            name: "example-server".into(),
            module: None,
            version: "1.0.0".into(),
            license: None,
        },
        command: "exai-gen generate",
        renderer: &Renderer::embedded(),
    };
    super::files(&context).expect("templates fit their views")
}

#[test]
fn an_api_with_one_of_everything_is_a_clean_crate() {
    assert_clean(
        "everything-server",
        &files(&fixtures::everything()),
        "--all-features",
    );
}

#[test]
fn an_api_made_to_be_hard_is_a_clean_crate() {
    assert_clean(
        "obstacles-server",
        &files(&fixtures::obstacles()),
        "--all-features",
    );
}
