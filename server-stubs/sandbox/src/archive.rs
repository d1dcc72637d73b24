//! Trees of files as gzipped tar, and back.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Component, Path};

use exai_server::ApiError;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use tar::{Archive, Builder, EntryType, Header};

use crate::store::failed;
use crate::world::refused;

/// Bytes that the files of an archive hold at most, unpacked.
const LARGEST: u64 = 512 << 20;

/// Links that are followed one after the other at most.
const HOPS: usize = 8;

/// A file of a tree.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) path: String,
    pub(crate) executable: bool,
    pub(crate) content: Vec<u8>,
}

/// The same tree gives the same bytes: nothing of the host, no time.
pub(crate) fn pack(tree: &[Entry]) -> Result<Vec<u8>, ApiError> {
    let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    for entry in tree {
        let mut header = Header::new_gnu();
        header.set_size(u64::try_from(entry.content.len()).unwrap_or(u64::MAX));
        header.set_mode(if entry.executable { 0o755 } else { 0o644 });
        header.set_mtime(0);
        builder
            .append_data(&mut header, &entry.path, entry.content.as_slice())
            .map_err(failed)?;
    }
    let mut gzip = builder.into_inner().map_err(failed)?;
    gzip.flush().map_err(failed)?;
    gzip.finish().map_err(failed)
}

/// The files of an archive; 422 where it is none, or leads out of itself. A link, symbolic or hard,
/// becomes a copy of the file of the archive that it leads to; one that leads elsewhere is refused.
pub(crate) fn unpack(bytes: &[u8]) -> Result<Vec<Entry>, ApiError> {
    let broken = |_| refused("", "contentMediaType", "the body is no gzipped tar");
    // One byte more than is allowed is read, so that what is too large is seen.
    let mut archive = Archive::new(GzDecoder::new(bytes).take(LARGEST + 1));
    let (mut tree, mut size) = (Vec::<Entry>::new(), 0_u64);
    let mut links = BTreeMap::new();
    for entry in archive.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        let path = entry.path().map_err(broken)?.into_owned();
        let kind = entry.header().entry_type();
        if leads_out(&path) {
            let message = format!("{} leads out of the archive", path.display());
            return Err(refused("", "path", message));
        }
        if kind == EntryType::Directory || kind == EntryType::XGlobalHeader {
            continue;
        }
        if kind == EntryType::Symlink || kind == EntryType::Link {
            let target = entry.link_name().map_err(broken)?.unwrap_or_default();
            // A hard link says where it leads from the root, a symbolic one from where it stands.
            let from = path.parent().filter(|_| kind == EntryType::Symlink);
            let inside = within(from.unwrap_or(Path::new("")), &target);
            let inside = inside.ok_or_else(|| leads_nowhere(&path, &target))?;
            links.insert(text(&path)?, inside);
            continue;
        }
        if kind != EntryType::Regular {
            let message = format!("{} is no file, directory or link", path.display());
            return Err(refused("", "entry", message));
        }
        size = size.saturating_add(entry.header().size().map_err(broken)?);
        if size > LARGEST {
            return Err(refused("", "maxLength", "an archive holds at most 512 MiB"));
        }
        let path = text(&path)?;
        let executable = entry.header().mode().map_err(broken)? & 0o100 != 0;
        let mut content = Vec::new();
        entry.read_to_end(&mut content).map_err(broken)?;
        tree.push(Entry {
            path,
            executable,
            content,
        });
    }
    let places = tree.iter().enumerate();
    let places: BTreeMap<_, _> = places.map(|(at, one)| (one.path.clone(), at)).collect();
    for (path, target) in &links {
        let mut end = target;
        for _ in 0..HOPS {
            end = links.get(end).unwrap_or(end);
        }
        let found = places.get(end).and_then(|at| tree.get(*at));
        let found = found.ok_or_else(|| leads_nowhere(Path::new(path), Path::new(target)))?;
        size = size.saturating_add(u64::try_from(found.content.len()).unwrap_or(u64::MAX));
        if size > LARGEST {
            return Err(refused("", "maxLength", "an archive holds at most 512 MiB"));
        }
        let copy = Entry {
            path: path.clone(),
            ..found.clone()
        };
        tree.push(copy);
    }
    Ok(tree)
}

/// A path as it is kept (`FilePath` of the document).
fn text(path: &Path) -> Result<String, ApiError> {
    let parts = path.components().filter_map(|part| match part {
        Component::Normal(part) => part.to_str(),
        _ => None,
    });
    let path = parts.collect::<Vec<_>>().join("/");
    match path.is_empty() || path.chars().count() > 4096 {
        true => Err(refused(
            "",
            "path",
            "an entry has no path, or too long a one",
        )),
        false => Ok(path),
    }
}

/// Where a link leads that stands in a folder; none where that is outside of the root.
fn within(folder: &Path, target: &Path) -> Option<String> {
    let mut parts = Vec::new();
    for part in folder.components().chain(target.components()) {
        match part {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::CurDir => {}
            Component::ParentDir => drop(parts.pop()?),
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}

fn leads_nowhere(path: &Path, target: &Path) -> ApiError {
    let (path, target) = (path.display(), target.display());
    let message = format!("{path} is a link to {target}, which is no file of the archive");
    refused("", "entry", message)
}

/// Whether a path begins elsewhere, goes up, or is not text.
fn leads_out(path: &Path) -> bool {
    let inside = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    path.to_str().is_none_or(|text| text.contains('\\')) || !path.components().all(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str) -> Entry {
        Entry {
            path: path.to_owned(),
            executable: path.ends_with(".sh"),
            content: path.as_bytes().to_vec(),
        }
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        let tree = [entry("a/b.txt"), entry("run.sh")];
        let packed = pack(&tree).expect("a tree");
        assert_eq!(packed, pack(&tree).expect("a tree"));
        assert_eq!(unpack(&packed).expect("an archive"), tree);
    }

    #[test]
    fn what_leads_out_or_is_no_archive_is_refused() {
        assert!(unpack(b"no gzip").is_err());
        for (name, said) in [
            ("../evil", "leads out"),
            ("/evil", "leads out"),
            (".", "no path"),
        ] {
            let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
            let mut header = Header::new_gnu();
            let field = &mut header.as_gnu_mut().expect("GNU").name;
            field[..name.len()].copy_from_slice(name.as_bytes());
            header.set_size(1);
            header.set_cksum();
            builder.append(&header, &b"x"[..]).expect("an entry");
            let archive = builder.into_inner().and_then(GzEncoder::finish);
            let error = unpack(&archive.expect("bytes")).expect_err("it is refused");
            assert!(
                error.message().contains(said),
                "{name}: {}",
                error.message()
            );
        }
    }

    /// An archive of one file, `a/b.txt`, and of links.
    fn linked(links: &[(EntryType, &str, &str)]) -> Result<Vec<Entry>, ApiError> {
        let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (kind, path, target) in links {
            let mut header = Header::new_gnu();
            header.set_entry_type(*kind);
            header.set_size(0);
            let linked = builder.append_link(&mut header, path, target);
            linked.expect("an entry");
        }
        let mut header = Header::new_gnu();
        header.set_size(1);
        header.set_mode(0o755);
        let appended = builder.append_data(&mut header, "a/b.txt", &b"x"[..]);
        appended.expect("an entry");
        let archive = builder.into_inner().and_then(GzEncoder::finish);
        unpack(&archive.expect("bytes"))
    }

    #[test]
    fn a_link_is_a_copy_of_a_file_of_the_archive_and_of_nothing_else() {
        use EntryType::{Link, Symlink};
        for link in [
            (Symlink, "a/link", "b.txt"),
            (Symlink, "c/link", "../a/./b.txt"),
            (Link, "c/link", "a/b.txt"),
        ] {
            let tree = linked(&[link]).expect("a tree");
            assert_eq!(tree[1].path, link.1);
            assert_eq!(tree[1].content, b"x");
            assert!(tree[1].executable);
        }
        let chain = linked(&[(Symlink, "one", "two"), (Symlink, "two", "a/b.txt")]);
        assert_eq!(chain.expect("a tree").len(), 3);
        for link in [
            (Symlink, "a/link", "../../etc/passwd"),
            (Symlink, "a/link", "/etc/passwd"),
            (Symlink, "link", "a"),
            (Symlink, "link", "link"),
            (Link, "c/link", "b.txt"),
            (Link, "c/link", "../a/b.txt"),
        ] {
            let error = linked(&[link]).expect_err("it is refused");
            let said = "which is no file of the archive";
            assert!(error.message().contains(said), "{}", error.message());
        }
    }
}
