//! Documents that are archives of parts: those of Office and of `OpenDocument`.
//!
//! Holds: how a family of documents is told from the names and the marks in its archive; one file a family. Must not
//! know: how archives are packed. Pictures, macros, documents within and all else that is a member is handed over by
//! the archive itself.

mod binary;
mod book;
mod cells;
mod flat;
mod grid;
mod layout;
mod lock;
mod locked;
mod odf;
mod parts;
mod prose;
mod quiet;
mod rest;
mod sheet;
mod slides;
mod strings;
mod told;
mod wide;
mod word;
mod words;
mod xml;

#[cfg(test)]
mod tests;

use std::collections::HashSet;

pub(super) use flat::FORMAT as FLAT;
use parts::{Parts, ending};
pub(super) use quiet::{Splits, bulk};
use xml::Event;

use super::package::Package;
use super::{Flow, Sink};

/// The list of types that documents of Office have.
const TYPES: &str = "[content_types].xml";

/// Families of Office.
#[derive(Clone, Copy)]
enum Family {
    Word,
    Book,
    Slides,
}

/// Hands over what the document says that an archive is; false if it is none. What is wrong with a part is told, and
/// costs no other. `quiet` are parts of those named by `bulk`, if all of these are known to be still, and not split.
pub(super) fn tell(package: &dyn Package, quiet: &HashSet<String>, sink: &mut dyn Sink) -> bool {
    let parts = Parts::of(package, quiet);
    if parts.has(TYPES)
        && let Some((family, main)) = family(&parts, sink)
    {
        // Whether more is wanted is asked again with the members.
        let _: Flow = match family {
            Family::Word => word::tell(&parts, &main, sink),
            Family::Book => book::tell(&parts, &main, sink),
            Family::Slides => slides::tell(&parts, &main, sink),
        };
        return true;
    }
    // One that is locked as a whole has a single member in the place of all others.
    let has_body = parts.has(odf::BODY) || parts.has(locked::WHOLE);
    if has_body && (parts.has("mimetype") || parts.has("META-INF/manifest.xml")) {
        return odf::tell(&parts, sink);
    }
    false
}

/// The family of a document of Office, and its main part.
fn family(parts: &Parts<'_>, sink: &mut dyn Sink) -> Option<(Family, String)> {
    let mut found = None;
    // If it cannot be read, names will do.
    let _ = parts.each(TYPES, sink, |event| {
        let Event::Open(tag) = event else { return };
        if tag.name != b"Override" || found.is_some() {
            return;
        }
        let (Some(kind), Some(part)) = (tag.text("ContentType"), tag.text("PartName")) else { return };
        let main = matches!(ending(&kind), "main+xml" | "main");
        let family = match kind {
            kind if kind.contains("wordprocessingml") || kind.contains("ms-word") => Family::Word,
            kind if kind.contains("spreadsheetml") || kind.contains("ms-excel") => Family::Book,
            kind if kind.contains("presentationml") || kind.contains("ms-powerpoint") => Family::Slides,
            _ => return,
        };
        let part = part.trim_start_matches('/').to_owned();
        if main && !part.contains("/glossary/") && parts.has(&part) {
            found = Some((family, part));
        }
    });
    let usual = [
        ("word/document.xml", Family::Word),
        ("xl/workbook.xml", Family::Book),
        ("xl/workbook.bin", Family::Book),
        ("ppt/presentation.xml", Family::Slides),
    ];
    found.or_else(|| {
        let (name, family) = usual.into_iter().find(|(name, _)| parts.has(name))?;
        Some((family, name.to_owned()))
    })
}
