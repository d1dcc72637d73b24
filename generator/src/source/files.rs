//! The files of one description, and the disk they come from.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use super::limits::MAX_BYTES;
use super::node::{Node, Value, unescape_token};
use super::span::{FileId, Span};
use super::{json, yaml};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// A file that was read.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// How messages call it: the path as the user would write it.
    pub name: String,
    /// Its text; empty when it could not be read.
    pub text: String,
    /// The tree in it; `None` when it could not be read.
    pub node: Option<Node>,
    /// It was left out: references to it lead to nothing, and say so.
    pub left_out: bool,
    /// Where it is on the disk, symbolic links resolved; `None` for text that was handed over.
    path: Option<PathBuf>,
}

/// Every file read so far.
///
/// Files ending in `.json` go through a reader of their own, all others through YAML's.
/// Measured in release on two busy cores: box.json (1.7 MB) is a tree after 9 ms as JSON and
/// after 50 ms as YAML, all but a tenth of it in the parser.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    root: Option<FileId>,
    files: Vec<SourceFile>,
    by_path: HashMap<PathBuf, FileId>,
    /// By the path as references spell it from the root's folder, symbolic links and all: files
    /// refer to each other many times, and resolving links asks the disk for each part of a path.
    by_spelling: HashMap<PathBuf, FileId>,
}

/// Why a reference to a file was not followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotLoaded {
    /// It lies outside the root document's folder.
    Outside,
    /// It is not there, or cannot be read; the text says why.
    Unreadable(String),
}

impl Sources {
    /// Reads the root document at `path`. What is wrong with it goes to `diagnostics`,
    /// and then its `node` is `None`.
    pub fn open(path: &Path, diagnostics: &mut Diagnostics) -> Self {
        let mut sources = Self::default();
        sources.root = sources.open_another(path, diagnostics);
        sources
    }

    /// Reads a further file that the user named, such as a configuration, which no document
    /// refers to. What is wrong with it goes to `diagnostics`; `None` when it is not there.
    pub fn open_another(&mut self, path: &Path, diagnostics: &mut Diagnostics) -> Option<FileId> {
        match path.canonicalize() {
            Ok(canonical) => Some(self.load(display_name(path), canonical, None, diagnostics)),
            Err(error) => {
                let message = format!("cannot open `{}`: {}", path.display(), reason(&error));
                diagnostics.push(Diagnostic::without_place(Code::FileUnreadable, message));
                None
            }
        }
    }

    /// Takes `text` for the root document, as if it were in a file called `name`. It can refer
    /// to no other file.
    pub fn from_text(name: &str, text: &str, diagnostics: &mut Diagnostics) -> Self {
        let mut sources = Self::default();
        sources.root = Some(sources.add(name.to_owned(), text.to_owned(), None, diagnostics));
        sources
    }

    /// The root document's file, if it could be opened.
    pub fn root(&self) -> Option<FileId> {
        self.root
    }

    /// A file by its number.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// Forgets the trees of all files; names and texts stay, for messages.
    pub fn drop_trees(&mut self) {
        for file in &mut self.files {
            file.node = None;
        }
    }

    /// All files in the order they were read.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files
            .iter()
            .enumerate()
            .map(|(index, file)| (FileId(index as u32), file))
    }

    /// Puts another value at a place of a file's tree, or takes what stands there away with its
    /// key; the text stays as it was. False when nothing stands there, or that value already.
    pub fn replace(&mut self, file: FileId, pointer: &str, with: Option<Value>) -> bool {
        let file = &mut self.files[file.0 as usize];
        if pointer.is_empty() && with.is_none() {
            file.node = None;
            return !std::mem::replace(&mut file.left_out, true);
        }
        let tokens: Vec<String> = pointer.split('/').skip(1).map(unescape_token).collect();
        file.node
            .as_mut()
            .is_some_and(|node| node.replace(&tokens, with))
    }

    /// Reads the file that `relative`, a decoded path, names from the file `from`, once.
    /// `at` is the place that asks, for messages.
    ///
    /// # Errors
    /// When the file is outside the root document's folder (symbolic links resolved), or
    /// cannot be opened. What is wrong inside it goes to `diagnostics` instead.
    pub fn load_relative(
        &mut self,
        from: FileId,
        relative: &str,
        at: Span,
        diagnostics: &mut Diagnostics,
    ) -> Result<FileId, NotLoaded> {
        let (Some(base), Some((root, root_name))) = (self.folder(from), self.root_folder()) else {
            return Err(NotLoaded::Unreadable(
                "the document was not read from a file".to_owned(),
            ));
        };
        // First by the text alone, so that nothing outside is even looked at.
        let wanted = normalize(&base.join(relative));
        if !wanted.starts_with(root) {
            return Err(NotLoaded::Outside);
        }
        if let Some(&id) = self.by_spelling.get(&wanted) {
            return Ok(id);
        }
        let canonical = wanted
            .canonicalize()
            .map_err(|error| NotLoaded::Unreadable(reason(&error)))?;
        if !canonical.starts_with(root) {
            return Err(NotLoaded::Outside);
        }
        if let Some(&id) = self.by_path.get(&canonical) {
            self.by_spelling.insert(wanted, id);
            return Ok(id);
        }
        let inside = wanted.strip_prefix(root).unwrap_or(&wanted);
        let name = root_name
            .parent()
            .unwrap_or(Path::new(""))
            .join(inside)
            .display()
            .to_string();
        let id = self.load(name, canonical, Some(at), diagnostics);
        self.by_spelling.insert(wanted, id);
        Ok(id)
    }

    /// The root document's folder, and the name that messages give the document.
    fn root_folder(&self) -> Option<(&Path, &Path)> {
        let root = self.root?;
        Some((self.folder(root)?, Path::new(&self.file(root).name)))
    }

    fn folder(&self, id: FileId) -> Option<&Path> {
        self.files.get(id.0 as usize)?.path.as_deref()?.parent()
    }

    fn load(
        &mut self,
        name: String,
        path: PathBuf,
        at: Option<Span>,
        diagnostics: &mut Diagnostics,
    ) -> FileId {
        match read_text(&path) {
            Ok(text) => self.add(name, text, Some(path), diagnostics),
            Err((code, message)) => {
                let message = format!("cannot read `{name}`: {message}");
                diagnostics.push(match at {
                    Some(at) => Diagnostic::error(code, at, message),
                    None => Diagnostic::without_place(code, message),
                });
                self.keep(SourceFile {
                    name,
                    text: String::new(),
                    node: None,
                    left_out: false,
                    path: Some(path),
                })
            }
        }
    }

    fn add(
        &mut self,
        name: String,
        text: String,
        path: Option<PathBuf>,
        diagnostics: &mut Diagnostics,
    ) -> FileId {
        let is_json = Path::new(&name)
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        let id = self.keep(SourceFile {
            name,
            text,
            node: None,
            left_out: false,
            path,
        });
        let text = &self.files[id.0 as usize].text;
        let node = if is_json {
            json::read(id, text, diagnostics)
        } else {
            yaml::read(id, text, diagnostics)
        };
        self.files[id.0 as usize].node = node;
        id
    }

    fn keep(&mut self, file: SourceFile) -> FileId {
        let id = FileId(self.files.len() as u32);
        if let Some(path) = &file.path {
            self.by_path.insert(path.clone(), id);
        }
        self.files.push(file);
        id
    }
}

/// The text of a file below the limits, or a code and what is wrong.
fn read_text(path: &Path) -> Result<String, (Code, String)> {
    let unreadable = |error: std::io::Error| (Code::FileUnreadable, reason(&error));
    let metadata = path.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        return Err((Code::FileUnreadable, "it is not a regular file".to_owned()));
    }
    let too_large = |size: String| {
        let limit = MAX_BYTES / 1024 / 1024;
        (
            Code::FileTooLarge,
            format!("it has {size}, and the limit is {limit} MiB"),
        )
    };
    if metadata.len() > MAX_BYTES {
        return Err(too_large(format!("{} MiB", metadata.len() / 1024 / 1024)));
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize + 1);
    File::open(path)
        .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(too_large("grown while it was read".to_owned()));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        (
            Code::NotUtf8,
            not_utf8(error.as_bytes(), error.utf8_error().valid_up_to()),
        )
    })?;
    match text.find('\0') {
        Some(at) => Err((Code::NotUtf8, format!("it holds a NUL at byte {at}"))),
        None => Ok(text),
    }
}

fn not_utf8(bytes: &[u8], at: usize) -> String {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return "it is UTF-16; save it as UTF-8".to_owned();
    }
    format!("it is not UTF-8 from byte {at} on")
}

/// The system's words without `(os error 2)`.
fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_lowercase().chain(chars).collect())
        .unwrap_or_default()
}

/// `path` below the current folder as a relative one, others as they are.
fn display_name(path: &Path) -> String {
    let below = std::env::current_dir()
        .ok()
        .and_then(|here| path.strip_prefix(here).ok());
    normalize(below.unwrap_or(path)).display().to_string()
}

/// Resolves `.` and `..` by the text alone.
fn normalize(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(out.components().next_back(), Some(Component::Normal(_))) =>
            {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}
