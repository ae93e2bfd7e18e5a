//! Packs of git that came out of something, such as a project folder that somebody mailed.
//!
//! Holds: how they are recognised. Must not know: how they are read; that is done by the walker that reads those of
//! repositories, which whoever opens things knows.

use super::{Format, Open, Raw};

/// How it is recognised and opened.
pub(super) const FORMAT: Format = Format {
    name: "git pack",
    scope: "all objects that are no deltas of objects elsewhere (thin packs); each by the name that is computed from it, without its history",
    recognises: |probe| matches!(probe.head, [b'P', b'A', b'C', b'K', 0, 0, 0, 2 | 3, ..]),
    raw: Raw::Covered,
    open: Open::Objects,
};
