//! `exai-gen man`

use std::path::PathBuf;

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use super::args::Args;
use super::{Outcome, misused, print};

/// Write this command's manual pages: the one of all commands to standard output, or one each
/// into a folder.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  exai-gen man | man -l -
  exai-gen man --out ~/.local/share/man/man1")]
pub(super) struct ManArgs {
    /// A folder that is there
    #[arg(short, long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
}

pub(super) fn run(args: &ManArgs) -> Outcome {
    let mut command = Args::command();
    command.build();
    let Some(folder) = &args.out else {
        return print(&page("exai-gen", command));
    };
    let pages = command.get_subcommands().filter(|c| c.get_name() != "help");
    let pages = pages.map(|subcommand| {
        let name = format!("exai-gen-{}", subcommand.get_name());
        (name, subcommand.clone())
    });
    let mut pages: Vec<(String, Command)> = pages.collect();
    pages.push(("exai-gen".to_owned(), command));
    for (name, command) in pages {
        let path = folder.join(format!("{name}.1"));
        if let Err(error) = crate::write::write_file(&path, &page(&name, command)) {
            return misused(&format!("cannot write `{}`: {error}", path.display()));
        }
    }
    Outcome::Fine
}

/// A manual page, as roff.
fn page(name: &str, command: Command) -> String {
    let mut text = Vec::new();
    // A vector takes all that is written to it.
    let _ = Man::new(command).title(name).render(&mut text);
    String::from_utf8_lossy(&text).into_owned()
}
