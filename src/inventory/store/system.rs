//! What differs between systems.
//!
//! Holds: the permissions of new directories, and how a new name in one is made to last. Must not know: what is kept
//! there. Temporary files are made for their owner alone already, and keep that when they get their name.

use std::io;
use std::path::Path;

/// Makes a directory and all above it that is missing, for their owner alone.
#[cfg(unix)]
pub(super) fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Here a directory has the permissions of the one above it, which in a user's own place are the user's.
#[cfg(not(unix))]
pub(super) fn make_private(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}

/// Makes a new name in a directory last through a loss of power.
#[cfg(unix)]
pub(super) fn settle(folder: &Path) -> io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}

/// Here the system does so by itself.
#[cfg(not(unix))]
pub(super) fn settle(_: &Path) -> io::Result<()> {
    Ok(())
}
