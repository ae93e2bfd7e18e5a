//! Opening files on Windows.
//!
//! Holds: attributes that the standard library does not name. Must not know: walks or visitors.

use std::fs::{self, File, FileType, Metadata};
use std::io;
use std::os::windows::fs::{FileExt, MetadataExt};
use std::os::windows::io::AsHandle;
use std::path::{Path, PathBuf};

use windows_sys::Win32::Storage::FileSystem::{
    FILE_ATTRIBUTE_OFFLINE, FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS, FILE_ATTRIBUTE_RECALL_ON_OPEN,
};

use super::{Opened, Special};

/// Attributes of files that a cloud or a tape would have to send first.
const ELSEWHERE: u32 = FILE_ATTRIBUTE_OFFLINE | FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS | FILE_ATTRIBUTE_RECALL_ON_OPEN;

/// Opens a name for reading. Links are told by the listing: opening the link itself would show the
/// insides of compressed and deduplicated files, which are links too in the eyes of the system.
pub(in crate::source) fn open(path: &Path, follow: bool) -> io::Result<Opened> {
    let listed = if follow { fs::metadata(path)? } else { fs::symlink_metadata(path)? };
    if listed.file_attributes() & ELSEWHERE != 0 {
        return Ok(Opened::Elsewhere);
    }
    if listed.is_symlink() {
        return Ok(Opened::Link);
    }
    if listed.is_dir() {
        return Ok(Opened::Directory);
    }
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    Ok(if metadata.is_file() { Opened::File(file, metadata.len()) } else { Opened::Device })
}

/// Reads some bytes at a place of a file, whoever else reads it.
pub(in crate::source) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    file.seek_read(buffer, offset)
}

/// Whether a file may be read. What is kept elsewhere is told when it is its turn.
pub(in crate::source) fn can_read(path: &Path) -> io::Result<()> {
    open(path, true).map(drop)
}

/// What a type of file stands for, where it is neither a file, a directory nor a link.
pub(in crate::source) fn special(_kind: FileType) -> Special {
    Special::Device
}

/// There is no waiting for pipes here; reading waits.
#[expect(clippy::unnecessary_wraps, reason = "the other systems can fail")]
pub(in crate::source) fn ready(_pipe: &File) -> io::Result<bool> {
    Ok(true)
}

/// Standard input without a buffer.
pub(in crate::source) fn standard_input() -> io::Result<File> {
    Ok(File::from(io::stdin().as_handle().try_clone_to_owned()?))
}

/// The number of a volume is not told by the standard library.
pub(in crate::source) fn device(_metadata: &Metadata) -> Option<u64> {
    None
}

/// The path that an entry of a list of files names, which must be UTF-8.
pub(in crate::source) fn list_entry(bytes: Vec<u8>) -> Option<PathBuf> {
    String::from_utf8(bytes).ok().map(PathBuf::from)
}

/// Makes a directory; it has the permissions of the one around it, which in a profile are the user's own.
pub(in crate::source) fn make_private(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// Who may write in a directory is not told by the standard library.
pub(in crate::source) fn is_private(path: &Path) -> io::Result<bool> {
    Ok(fs::metadata(path)?.is_dir())
}
