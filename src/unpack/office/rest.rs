//! Parts that are read the same way whatever document they are of: properties, links, drawings, data of one's own.
//!
//! Holds: which of them have text, and how it is read. Must not know: what comes first in a document.

use std::collections::HashSet;
use std::ops::ControlFlow::Continue;

use super::parts::{Parts, ending, lines};
use super::told::{Links, Plain};
use super::words::Words;
use crate::unpack::{Flow, Sink};

/// Parts that say how a document looks, and how it is to be reckoned: only programs read them. Their bytes are
/// searched as they are.
const SILENT: [&str; 12] = [
    "[content_types].xml",
    "styles.xml",
    "styleswitheffects.xml",
    "fonttable.xml",
    "websettings.xml",
    "numbering.xml",
    "calcchain.xml",
    "presprops.xml",
    "viewprops.xml",
    "tablestyles.xml",
    "metadata.xml",
    "manifest.xml",
];

/// Folders whose parts hold running text.
const RUNNING: [&str; 9] = [
    "/drawings/",
    "/charts/",
    "/diagrams/",
    "/slides/",
    "/slidemasters/",
    "/slidelayouts/",
    "/notesslides/",
    "/notesmasters/",
    "/comments/",
];

/// Hands over all parts but those that were read before.
pub(super) fn tell(parts: &Parts<'_>, done: &HashSet<String>, sink: &mut dyn Sink) -> Flow {
    for (folded, name) in parts.all() {
        let file = folded.rsplit('/').next().unwrap_or_default();
        if done.contains(&folded) || SILENT.contains(&file) || folded.contains("/theme/") {
            continue;
        }
        if ending(&folded) == "rels" {
            parts.tell(name, lines(name), &mut Links, sink)?;
        } else if ending(&folded) == "xml" {
            if RUNNING.iter().any(|folder| folded.contains(folder)) || file.starts_with("comment") {
                parts.tell(name, lines(name), &mut Words::default(), sink)?;
            } else {
                parts.tell(name, lines(name), &mut Plain::default(), sink)?;
            }
        }
    }
    Continue(())
}
