//! Opening files on Unix.
//!
//! Holds: calls of the system that the standard library lacks. Must not know: walks or visitors.

use std::ffi::OsString;
use std::fs::{File, FileType, Metadata};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{DirBuilderExt, FileExt, FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Access, CWD, FileType as Kind, Mode, OFlags, access, fstat, openat};
use rustix::io::Errno;

use super::{Opened, Special};

/// How long `ready` waits, so that an interruption is noticed soon.
const PATIENCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };

/// Opens a name for reading. It never waits: a pipe that took the place of a file after the
/// directory was listed would otherwise hold the walk until somebody writes.
pub(in crate::source) fn open(path: &Path, follow: bool) -> io::Result<Opened> {
    let mut flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    if !follow {
        flags |= OFlags::NOFOLLOW;
    }
    let handle = match openat(CWD, path, flags, Mode::empty()) {
        Ok(handle) => handle,
        // FreeBSD says EMLINK, NetBSD EFTYPE; there a link is told as an error, which is no loss.
        Err(Errno::LOOP) if !follow => return Ok(Opened::Link),
        // Sockets cannot be opened at all.
        Err(Errno::NXIO) => return Ok(Opened::Device),
        Err(error) => return Err(error.into()),
    };
    let stat = fstat(&handle)?;
    Ok(match Kind::from_raw_mode(stat.st_mode) {
        Kind::RegularFile => Opened::File(handle.into(), u64::try_from(stat.st_size).unwrap_or(0)),
        Kind::Fifo => Opened::Pipe(handle.into()),
        Kind::Directory => Opened::Directory,
        Kind::Symlink => Opened::Link,
        _ => Opened::Device,
    })
}

/// Reads some bytes at a place of a file, whoever else reads it.
pub(in crate::source) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    file.read_at(buffer, offset)
}

/// Whether a file may be read, without opening it: half the price, which counts on long lists.
pub(in crate::source) fn can_read(path: &Path) -> io::Result<()> {
    Ok(access(path, Access::READ_OK)?)
}

/// What a type of file stands for, where it is neither a file, a directory nor a link.
pub(in crate::source) fn special(kind: FileType) -> Special {
    if kind.is_fifo() { Special::Pipe } else { Special::Device }
}

/// Waits a little for a pipe to have something to say, if only that it ended.
pub(in crate::source) fn ready(pipe: &File) -> io::Result<bool> {
    let mut wanted = [PollFd::new(pipe, PollFlags::IN)];
    match poll(&mut wanted, Some(&PATIENCE)) {
        Ok(count) => Ok(count > 0),
        Err(Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Standard input without a buffer, so that `ready` tells the truth about it.
pub(in crate::source) fn standard_input() -> io::Result<File> {
    Ok(File::from(io::stdin().as_fd().try_clone_to_owned()?))
}

/// The device a file lies on.
#[expect(clippy::unnecessary_wraps, reason = "other systems cannot always tell")]
pub(in crate::source) fn device(metadata: &Metadata) -> Option<u64> {
    Some(metadata.dev())
}

/// The path that an entry of a list of files names.
#[expect(clippy::unnecessary_wraps, reason = "other systems cannot always tell")]
pub(in crate::source) fn list_entry(bytes: Vec<u8>) -> Option<PathBuf> {
    Some(PathBuf::from(OsString::from_vec(bytes)))
}

/// Makes a directory, and those around it, that only their owner can enter. One that is there stays as it is.
pub(in crate::source) fn make_private(path: &Path) -> io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Whether a directory is ours, and nobody else may write in it.
pub(in crate::source) fn is_private(path: &Path) -> io::Result<bool> {
    let metadata = std::fs::metadata(path)?;
    Ok(metadata.is_dir() && metadata.uid() == rustix::process::geteuid().as_raw() && metadata.mode() & 0o022 == 0)
}
