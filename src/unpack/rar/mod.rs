//! RAR archives, of all versions.
//!
//! Holds: recognising them. Must not know: whether it was a file or stood inside of another. They are opened by a
//! library, which is left out without the feature `rar`.

#[cfg(feature = "rar")]
mod library;

use super::{Format, Open, Raw};

/// How it is recognised and opened.
pub(super) const FORMAT: Format = Format {
    name: "RAR",
    scope: "versions 1.5 to 7, solid ones too, locked ones with given passwords, up to --max-blob; not: archives in \
            several files, programs that unpack themselves; without the feature `rar` it is only recognised",
    recognises: |probe| probe.head.starts_with(b"Rar!\x1A\x07\x00") || probe.head.starts_with(b"Rar!\x1A\x07\x01\x00"),
    raw: Raw::Last,
    #[cfg(feature = "rar")]
    open: Open::Whole(library::open),
    #[cfg(not(feature = "rar"))]
    open: Open::Whole(|_, _| {
        Err(crate::base::Trouble::unsupported("is not opened by this build; build it with the feature `rar`"))
    }),
};
