//! `exai-gen completions`

use clap::CommandFactory;
use clap_complete::Shell;

use super::args::Args;
use super::{Outcome, print};

/// Write what a shell completes this command's arguments by.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  exai-gen completions bash > ~/.local/share/bash-completion/completions/exai-gen
  exai-gen completions zsh > ~/.zfunc/_exai-gen
  exai-gen completions fish > ~/.config/fish/completions/exai-gen.fish")]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(super) shell: Shell,
}

pub(super) fn run(args: &CompletionsArgs) -> Outcome {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "exai-gen", &mut text);
    print(&String::from_utf8_lossy(&text))
}
