//! `cargo xtask dump`: what a stage makes of `spec/`.

use exai_gen::render::Renderer;
use exai_gen::target::{Owner, Target};

use crate::packages::{read, root};
use crate::regen::generate;

/// Show what a stage makes of spec/.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// `ir`, or `view:typescript`, `view:python`, `view:go`, `view:rust`, `view:axum`
    stage: String,
    /// Only types, operations or files whose name holds this
    name: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// A message, when the document has errors or the stage is none.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    let (run, api) = read(&root().join("spec/openapi.yaml"))?;
    let wanted = |name: &str| {
        let words = args.name.as_deref().unwrap_or_default().to_lowercase();
        name.to_lowercase().contains(&words)
    };
    if args.stage == "ir" {
        for (id, def) in api
            .types
            .iter()
            .filter(|(_, def)| wanted(def.name.wire().raw()))
        {
            println!("{id:?} = {def:#?}");
        }
        for (id, operation) in api.operations.iter() {
            if wanted(operation.name.wire().raw()) {
                println!("{id:?} = {operation:#?}");
            }
        }
        return Ok(());
    }
    let target = args.stage.strip_prefix("view:").and_then(Target::from_name);
    let target =
        target.ok_or("a stage is `ir` or `view:` and a target; see `cargo xtask dump --help`")?;
    let tree = generate(target, &run, &api, &Renderer::embedded(), Owner::Generated)?;
    for file in tree
        .iter()
        .filter(|file| wanted(&file.path) || wanted(&file.text))
    {
        println!("==> {} <==\n{}", file.path, file.text);
    }
    Ok(())
}
