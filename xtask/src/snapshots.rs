//! `cargo xtask snapshots`: snapshots that tests wrote anew and nobody has accepted.

use std::fs;
use std::path::{Path, PathBuf};

use similar::TextDiff;

use crate::packages::root;

const HOW: &str = "\
A test met something else than its snapshot says. Read the difference. Where it is meant:
  cargo xtask snapshots --accept        accept all that are listed
Where it is not, mend the code; the next run of the test takes the pending file away, or
  cargo xtask snapshots --reject        does.";

/// List pending snapshots; fail when there are any.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Show what each would change, and how to accept it
    #[arg(long)]
    review: bool,
    /// Accept them all
    #[arg(long, conflicts_with_all = ["review", "reject"])]
    accept: bool,
    /// Take them all away
    #[arg(long, conflicts_with = "review")]
    reject: bool,
}

/// Runs the command.
///
/// # Errors
/// Snapshots are pending, or cannot be written.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    let said = |error: std::io::Error| error.to_string();
    let pending = pending(&root());
    for new in &pending {
        let old = new.with_extension("");
        let is = fs::read_to_string(new).map_err(said)?;
        if args.accept {
            // Where in the test it was written is no part of a snapshot.
            let kept: Vec<&str> = is
                .lines()
                .filter(|line| !line.starts_with("assertion_line:"))
                .collect();
            fs::write(&old, kept.join("\n") + "\n").map_err(said)?;
        }
        if args.accept || args.reject {
            fs::remove_file(new).map_err(said)?;
        }
        let path = old.strip_prefix(root()).unwrap_or(&old).display();
        println!("{path}");
        if args.review {
            let was = fs::read_to_string(&old).unwrap_or_default();
            let diff = TextDiff::from_lines(&was, &is);
            println!(
                "{}",
                diff.unified_diff()
                    .context_radius(3)
                    .header("accepted", "pending")
            );
        }
    }
    if pending.is_empty() {
        println!("no snapshot is pending");
        return Ok(());
    }
    if args.accept || args.reject {
        return Ok(());
    }
    Err(format!("{} pending\n{HOW}", pending.len()))
}

/// The files that insta left beside snapshots.
pub(crate) fn pending(root: &Path) -> Vec<PathBuf> {
    fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if path.is_dir() {
                if !name.starts_with('.') && name != "target" && name != "node_modules" {
                    walk(&path, out);
                }
            } else if name.ends_with(".snap.new") {
                out.push(path);
            }
        }
    }
    let mut out = Vec::new();
    walk(root, &mut out);
    out.sort();
    out
}

#[cfg(test)]
mod tests {
    use super::pending;

    #[test]
    fn a_snapshot_that_nobody_accepted_is_found() {
        let folder = std::env::temp_dir().join(format!("pending-{}", std::process::id()));
        let inner = folder.join("tests/snapshots");
        std::fs::create_dir_all(&inner).unwrap_or_else(|error| panic!("{error}"));
        for name in ["a.snap", "b.snap.new"] {
            std::fs::write(inner.join(name), "").unwrap_or_else(|error| panic!("{error}"));
        }
        let found = pending(&folder);
        std::fs::remove_dir_all(&folder).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(found, [inner.join("b.snap.new")]);
    }
}
