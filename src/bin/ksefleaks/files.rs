//! Files that the user names: read within bounds, written whole or not at all.
//!
//! Holds: both directions and their messages. Must not know: what the files mean.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use ksefleaks::{Budget, Limits};

use crate::system;

/// A configuration or a baseline larger than this is something else.
const LARGEST: u64 = 16 << 20;

/// The findings of a million places.
const LARGEST_FINDINGS: u64 = 1 << 30;

/// The text of a file; `what` names it in messages, which never quote it.
pub(crate) fn read(path: &Path, what: &str) -> anyhow::Result<String> {
    text(path, what, LARGEST)
}

/// The text of a report of findings; `-` is standard input.
pub(crate) fn read_findings(path: &Path) -> anyhow::Result<String> {
    text(path, "findings", LARGEST_FINDINGS)
}

fn text(path: &Path, what: &str, largest: u64) -> anyhow::Result<String> {
    let text = || String::from_utf8(bytes(path, largest)?).map_err(|_| anyhow!("is not UTF-8; save it as UTF-8"));
    text().with_context(|| format!("{what} «{}»", path.display()))
}

/// The bytes of a file; `-` is standard input.
pub(crate) fn bytes(path: &Path, largest: u64) -> anyhow::Result<Vec<u8>> {
    let mut file: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin().lock())
    } else if path.is_dir() {
        // Asked before it is opened: not every system opens one, or says why not.
        bail!("is a directory; name a file");
    } else {
        Box::new(File::open(path).map_err(|error| anyhow!("cannot be opened: {}", why(&error)))?)
    };
    let bytes = bounded(&mut *file, largest).map_err(|error| anyhow!("cannot be read: {}", why(&error)))?;
    bytes.ok_or_else(|| anyhow!("exceeds {} MiB; is it the right file?", largest >> 20))
}

/// All of a source, in one buffer that never moves; nothing where there is more than the ceiling.
pub(crate) fn bounded(source: &mut dyn Read, ceiling: u64) -> io::Result<Option<Vec<u8>>> {
    const STEP: usize = 64 << 10;
    let budget = Budget::new(&Limits::default());
    let mut bytes = Vec::with_capacity(STEP + 1);
    loop {
        let start = bytes.len();
        bytes.resize(start + STEP, 0);
        let count = budget.read(source, &mut bytes[start..])?;
        bytes.truncate(start + count);
        if bytes.len() as u64 > ceiling {
            return Ok(None);
        }
        if count == 0 {
            return Ok(Some(bytes));
        }
    }
}

/// A file to be written at the end; whether that will work is known from the beginning.
#[derive(Debug)]
pub(crate) struct Target {
    path: PathBuf,
    replace: bool,
}

impl Target {
    /// The file behind a name. A link leads to what it names; a device or a pipe is written to,
    /// never replaced.
    pub(crate) fn new(option: &str, path: &Path) -> anyhow::Result<Self> {
        let name = || format!("{option} «{}»", path.display());
        if path == Path::new("-") {
            bail!("{option} takes a file; without it, the report goes to standard output");
        }
        let existing = fs::metadata(path).ok();
        if existing.as_ref().is_some_and(fs::Metadata::is_dir) {
            bail!("{} is a directory", name());
        }
        // `/dev/stdout` may stand for a file that somebody else writes to as well.
        let stands_for_another = path.starts_with("/dev") || path.starts_with("/proc");
        let path = match &existing {
            Some(_) if stands_for_another => path.to_owned(),
            Some(_) => fs::canonicalize(path).map_err(|error| anyhow!("{}: {}", name(), why(&error)))?,
            None => path.to_owned(),
        };
        let target = Self { path, replace: !stands_for_another && existing.is_none_or(|kind| kind.is_file()) };
        if target.replace {
            target.temporary().map_err(|error| anyhow!("{} cannot be written: {}", name(), why(&error)))?;
        }
        Ok(target)
    }

    /// The name by which two targets are known to be one.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the whole file, or leaves what was there.
    pub(crate) fn write(&self, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> anyhow::Result<()> {
        let written = if self.replace { self.exchange(fill) } else { self.append(fill) };
        written
            .map_err(|error| anyhow!(why(&error)))
            .with_context(|| format!("«{}» cannot be written", self.path.display()))
    }

    fn exchange(&self, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        let mut file = io::BufWriter::new(self.temporary()?);
        fill(&mut file)?;
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        if let Ok(existing) = fs::metadata(&self.path) {
            file.as_file().set_permissions(existing.permissions())?;
        }
        file.as_file().sync_all()?;
        file.persist(&self.path)?;
        Ok(())
    }

    fn append(&self, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        let mut file = io::BufWriter::new(File::options().append(true).open(&self.path)?);
        fill(&mut file)?;
        file.flush()
    }

    fn temporary(&self) -> io::Result<tempfile::NamedTempFile> {
        beside(&self.path, system::as_ordinary_file)
    }
}

/// A file that is to become a program, whole and not yet in its place.
pub(crate) fn program(path: &Path, bytes: &[u8]) -> io::Result<tempfile::TempPath> {
    let mut file = beside(path, system::as_program)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    // Closed, since a system may refuse to run or to rename what is open.
    Ok(file.into_temp_path())
}

fn beside(path: &Path, permit: fn(&mut tempfile::Builder<'_, '_>)) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    builder.prefix(".ksefleaks-").suffix(".tmp");
    permit(&mut builder);
    builder.tempfile_in(folder.unwrap_or(Path::new(".")))
}

/// An error of the system as one clause, without its number.
pub(crate) fn why(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        fs::write(&path, "old").unwrap();
        let target = Target::new("--output", &path).unwrap();
        let broken = target.write(|out| {
            out.write_all(b"half")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert!(broken.is_err());
        assert_eq!(read(&path, "report").unwrap(), "old");
        target.write(|out| out.write_all(b"new")).unwrap();
        assert_eq!(read(&path, "report").unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left behind");
    }

    #[test]
    fn a_place_that_cannot_be_written_is_refused_at_the_beginning() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Target::new("--output", &folder.path().join("absent/report.json")).is_err());
        assert!(Target::new("--output", folder.path()).is_err());
        assert!(Target::new("--output", Path::new("-")).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn reading_is_bounded() {
        assert_eq!(bounded(&mut &b"abc"[..], 3).unwrap().unwrap(), b"abc");
        assert!(bounded(&mut &b"abcd"[..], 3).unwrap().is_none());
        assert!(bounded(&mut io::repeat(b'x'), 100_000).unwrap().is_none());
    }

    #[test]
    fn messages_name_the_file_and_never_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.toml");
        fs::write(&path, b"canary\xff").unwrap();
        let told = format!("{:#}", read(&path, "configuration").unwrap_err());
        assert!(told.contains("c.toml") && !told.contains("canary"), "{told}");
    }
}
