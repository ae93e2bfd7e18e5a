//! Documents of Word: docx, docm, dotx.
//!
//! Holds: which parts have running text. Must not know: how it is written.

use std::collections::HashSet;

use super::parts::{Parts, ending, lines};
use super::rest;
use super::words::Words;
use crate::unpack::{Flow, Sink};

/// Parts with running text, by the beginning of their file's name.
const RUNNING: [&str; 6] = ["document", "header", "footer", "footnotes", "endnotes", "comments"];

/// Hands over what a document says: its body first, then what stands around it.
pub(super) fn tell(parts: &Parts<'_>, main: &str, sink: &mut dyn Sink) -> Flow {
    let mut done = HashSet::from([main.to_lowercase()]);
    parts.tell(main, lines(main), &mut Words::default(), sink)?;
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder).to_lowercase();
    for (folded, name) in parts.all() {
        let Some(file) = folded.strip_prefix(&folder) else { continue };
        let file = file.rsplit('/').next().unwrap_or_default();
        let running = ending(file) == "xml" && RUNNING.iter().any(|beginning| file.starts_with(beginning));
        if running && done.insert(folded) {
            parts.tell(name, lines(name), &mut Words::default(), sink)?;
        }
    }
    rest::tell(parts, &done, sink)
}
