//! Which documents are run, and in which languages.

use std::path::PathBuf;

use exai_gen::target::Target;

use super::figures::{Found, Page};
use super::find::{self, Document};

/// The targets whose packages are called.
pub(crate) const LANGUAGES: [Target; 4] =
    [Target::Typescript, Target::Python, Target::Go, Target::Rust];

/// Documents and languages, as they are asked for.
#[derive(Debug, clap::Args)]
pub(crate) struct Selection {
    /// Folders of documents; one that is not there is said, and left out
    #[arg(required = true, value_name = "DIR")]
    folders: Vec<PathBuf>,

    /// Documents whose names hold this
    #[arg(long, value_name = "NAME")]
    only: Option<String>,

    /// Some languages alone, with commas
    #[arg(long, value_delimiter = ',', value_name = "LANGUAGE", value_parser = language)]
    language: Vec<Target>,

    /// Keep the figures, rather than compare them
    #[arg(long)]
    write: bool,

    /// Fail where anything is not as it should be, whatever the figures are
    #[arg(long, conflicts_with = "write")]
    strict: bool,
}

fn language(name: &str) -> Result<Target, String> {
    let target = Target::from_name(name).filter(|target| LANGUAGES.contains(target));
    target.ok_or_else(|| format!("one of {}", LANGUAGES.map(Target::name).join(", ")))
}

impl Selection {
    /// The languages that are asked for.
    pub(crate) fn languages(&self) -> Vec<Target> {
        match self.language.as_slice() {
            [] => LANGUAGES.to_vec(),
            some => some.to_vec(),
        }
    }

    /// The documents that are asked for.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub(crate) fn sections(&self) -> Result<Vec<Section>, String> {
        sections(&self.folders, self.only.as_deref(), None)
    }

    /// Keeps or compares what was found; where strictness is asked for, `wrong` fails, and the
    /// figures do not count.
    ///
    /// # Errors
    /// When something is wrong, or the kept figures say something else.
    pub(crate) fn settle(
        &self,
        found: Found,
        page: &Page,
        wrong: Option<String>,
    ) -> Result<(), String> {
        match wrong {
            _ if !self.strict => found.settle(page, self.write),
            Some(wrong) => Err(wrong),
            None => Ok(()),
        }
    }
}

/// The documents of a folder.
#[derive(Debug)]
pub(crate) struct Section {
    /// The folder's own name.
    pub(crate) name: String,
    /// By name.
    pub(crate) documents: Vec<Document>,
}

/// The documents of some folders whose names hold `only`, of each folder one `part` of several:
/// which, and of how many. A folder that is not there is said, and left out.
///
/// # Errors
/// When a folder cannot be read.
pub(super) fn sections(
    folders: &[PathBuf],
    only: Option<&str>,
    part: Option<(usize, usize)>,
) -> Result<Vec<Section>, String> {
    let mut out = Vec::new();
    for folder in folders {
        if !folder.is_dir() {
            println!("skipped: there is no folder {}", folder.display());
            continue;
        }
        let name = folder
            .canonicalize()
            .ok()
            .and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
            .ok_or_else(|| format!("{} has no name", folder.display()))?;
        let documents = find::documents(folder)?
            .into_iter()
            .enumerate()
            .filter(|(index, _)| part.is_none_or(|(part, of)| index % of == part - 1))
            .map(|(_, document)| document)
            .filter(|document| only.is_none_or(|only| document.name.contains(only)))
            .collect();
        out.push(Section { name, documents });
    }
    Ok(out)
}
