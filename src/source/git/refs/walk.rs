//! The files below a directory of names.
//!
//! Holds: listing and opening them without leaving the git directory. Must not know: what they hold.

use std::fs::{self, File, FileType};
use std::path::{Path, PathBuf};

use super::Place;
use super::gather::Gather;
use crate::base::Reason;
use crate::source::system::{self, Opened};
use crate::source::why;

/// Names in one directory that are looked at.
const MOST: usize = 2_000_000;

/// One name in a directory.
pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    pub(super) path: PathBuf,
    pub(super) kind: FileType,
}

/// What stands behind a name.
pub(super) enum Found {
    File(File),
    /// A symbolic link, and what it says.
    Link(Vec<u8>),
    /// Nothing that is read, which was told.
    Nothing,
}

/// What is in a directory, sorted; a directory that is not there has nothing.
pub(super) fn list(dir: &Path, what: &str, gather: &mut Gather<'_>) -> Vec<Entry> {
    let mut told = |error: &std::io::Error| {
        if error.kind() != std::io::ErrorKind::NotFound {
            gather.notice(Reason::Unreadable, what, format!("{}; not scanned", why(error)));
        }
    };
    let mut found = Vec::new();
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) => {
            told(&error);
            return found;
        }
    };
    for entry in entries.take(MOST) {
        match entry.and_then(|entry| Ok((entry.file_name(), entry.path(), entry.file_type()?))) {
            Ok((name, path, kind)) => found.push(Entry { name: name.as_encoded_bytes().to_vec(), path, kind }),
            Err(error) => told(&error),
        }
    }
    if found.len() == MOST {
        gather.notice(Reason::TooMany, what, format!("directory has {MOST} names or more; the rest were not scanned"));
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// Every file and link below a directory of a place, with its path from there, `/` between its parts;
/// and every directory with nothing in it.
pub(super) fn each(place: &Place, folder: &str, gather: &mut Gather<'_>, visit: &mut Visit<'_>) {
    let Some(top) = store(place, folder, gather) else { return };
    let mut waiting = vec![(top, folder.as_bytes().to_vec())];
    while let Some((dir, relative)) = waiting.pop() {
        let entries = list(&dir, &place.what(&relative), gather);
        if entries.is_empty() {
            visit(gather, &relative, None);
        }
        for entry in entries {
            if gather.is_over() {
                return;
            }
            let relative = [&relative, b"/".as_slice(), &entry.name].concat();
            if entry.kind.is_dir() {
                waiting.push((entry.path, relative));
            } else {
                visit(gather, &relative, Some(&entry.path));
            }
        }
    }
}

/// What takes a file, or the path of an empty directory.
pub(super) type Visit<'v> = dyn FnMut(&mut Gather<'_>, &[u8], Option<&Path>) + 'v;

/// Where a folder or file of a place is. Some programs keep one copy for many work trees, and link to it;
/// such a link is followed where it leads to the same name in another git directory, and nowhere else.
pub(super) fn store(place: &Place, name: &str, gather: &mut Gather<'_>) -> Option<PathBuf> {
    let path = place.dir.join(name);
    if !path.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink()) {
        return Some(path);
    }
    let real = path.canonicalize().ok().filter(|real| real.file_name().is_some_and(|found| found == name));
    let home = real.as_deref().and_then(Path::parent);
    if home.is_some_and(|home| home.join("HEAD").exists() && home.join("objects").exists()) {
        return real;
    }
    tell_link(gather, &place.what(name.as_bytes()));
    None
}

/// Opens a file, and nothing else; one that is not there is not told.
pub(super) fn open(path: &Path, what: &str, gather: &mut Gather<'_>) -> Found {
    let text = match system::open(path, false) {
        Ok(Opened::File(file, _)) => return Found::File(file),
        Ok(Opened::Link) => {
            return match fs::read_link(path) {
                Ok(target) => Found::Link(target.into_os_string().into_encoded_bytes()),
                Err(error) => {
                    gather.notice(Reason::Unreadable, what, format!("{}; not scanned", why(&error)));
                    Found::Nothing
                }
            };
        }
        Ok(Opened::Pipe(_) | Opened::Device) => "neither a file nor a directory; not scanned".to_owned(),
        Ok(Opened::Directory) => "directory, where a file should be; not read as one".to_owned(),
        Ok(Opened::Elsewhere) => {
            "content is kept in a cloud or an archive and not on this computer; not scanned".into()
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Found::Nothing,
        Err(error) => format!("{}; not scanned", why(&error)),
    };
    gather.notice(Reason::Unreadable, what, text);
    Found::Nothing
}

/// Opens a file of a place that is a link in some set-ups.
pub(super) fn open_store(place: &Place, name: &str, gather: &mut Gather<'_>) -> Option<File> {
    let path = store(place, name, gather)?;
    match open(&path, &place.what(name.as_bytes()), gather) {
        Found::File(file) => Some(file),
        // It became a link just now.
        Found::Link(_) => {
            tell_link(gather, &place.what(name.as_bytes()));
            None
        }
        Found::Nothing => None,
    }
}

/// Tells of a link that is not followed.
pub(super) fn tell_link(gather: &mut Gather<'_>, what: &str) {
    let text = "symbolic link that leads out of the names; not followed; name the place that it leads to";
    gather.notice(Reason::Unsupported, what, text);
}

impl Place {
    /// What a file is called in notices and texts: its path below the git directory of the repository.
    pub(super) fn what(&self, relative: &[u8]) -> String {
        format!("{}{}", String::from_utf8_lossy(&self.prefix), String::from_utf8_lossy(relative))
    }

    /// The full name of a ref, where it can be kept.
    pub(super) fn name(&self, bare: &[u8], gather: &mut Gather<'_>) -> Option<std::sync::Arc<[u8]>> {
        if self.prefix.is_empty() { gather.name(bare) } else { gather.name(&[&self.prefix, bare].concat()) }
    }
}
