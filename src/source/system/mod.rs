//! What differs between systems: opening a file without being caught by what is none.
//!
//! Holds: one file a system, each with the same items, and the choice between them; the only place
//! with `cfg(unix)` and `cfg(windows)`. Must not know: walks, events or visitors. A new system is a
//! file here and a line below.

use std::fs::File;

#[cfg(unix)]
mod unix;
#[cfg(test)]
#[cfg(unix)]
mod unix_tests;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(super) use unix::{
    can_read, device, is_private, list_entry, make_private, open, read_at, ready, special, standard_input,
};
#[cfg(windows)]
pub(super) use windows::{
    can_read, device, is_private, list_entry, make_private, open, read_at, ready, special, standard_input,
};

/// What stood behind a name when it was opened.
pub(super) enum Opened {
    /// A regular file and its size.
    File(File, u64),
    /// A pipe, which nobody waits for: see `ready`.
    #[cfg_attr(windows, expect(dead_code, reason = "Windows keeps no pipes in directories"))]
    Pipe(File),
    /// A directory.
    Directory,
    /// A socket or a device; it was closed again.
    Device,
    /// A symbolic link where none is followed.
    Link,
    /// A file whose content is kept elsewhere and would have to be fetched.
    #[cfg_attr(not(windows), allow(dead_code, reason = "only Windows tells such files from others"))]
    Elsewhere,
}

/// What a name stands for that is neither a file, a directory nor a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Special {
    /// A named pipe, or the end of a pipe that a shell passes as a name.
    #[cfg_attr(windows, expect(dead_code, reason = "Windows keeps no pipes in directories"))]
    Pipe,
    /// A socket or a device.
    Device,
}
