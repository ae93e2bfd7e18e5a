//! Presentations: pptx, pptm.
//!
//! Holds: which slide is which, and what belongs to it. Must not know: how text is written.

use std::collections::HashSet;

use super::parts::{Parts, lines};
use super::rest;
use super::words::Words;
use super::xml::Event;
use crate::base::Places;
use crate::unpack::{Flow, Sink};

/// Slides that have their numbers.
const SLIDES: usize = 20_000;

/// Hands over what a presentation says, slide by slide, be they hidden or not; each with its notes and comments.
pub(super) fn tell(parts: &Parts<'_>, main: &str, sink: &mut dyn Sink) -> Flow {
    let relations = parts.relations(main, sink);
    let mut order = Vec::new();
    parts.each(main, sink, |event| {
        if let Event::Open(tag) = event
            && tag.name == b"sldId"
            && order.len() < SLIDES
        {
            order.extend(tag.relation());
        }
    })?;
    let by_id: std::collections::HashMap<&str, &str> =
        relations.iter().map(|relation| (relation.id.as_str(), relation.target.as_str())).collect();
    let mut done = HashSet::new();
    for (index, id) in order.iter().enumerate() {
        let Some(slide) = by_id.get(id.as_str()).filter(|slide| parts.has(slide)) else { continue };
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        if !done.insert(slide.to_lowercase()) {
            continue;
        }
        page(parts, slide, number, sink)?;
        for relation in parts.relations(slide, sink) {
            let beside = matches!(relation.kind.as_str(), "notesSlide" | "comments" | "comment");
            if beside && parts.has(&relation.target) && done.insert(relation.target.to_lowercase()) {
                page(parts, &relation.target, number, sink)?;
            }
        }
    }
    rest::tell(parts, &done, sink)
}

/// A part that belongs to a slide.
fn page(parts: &Parts<'_>, name: &str, number: u32, sink: &mut dyn Sink) -> Flow {
    parts.tell(name, lines(name).made(Places::Pages(vec![(0, number)])), &mut Words::default(), sink)
}
