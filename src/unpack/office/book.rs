//! Workbooks: xlsx, xlsm, xltx, xlsb.
//!
//! Holds: which sheets there are, what belongs to them, in which order they are read. Must not know: how sheets are
//! written.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow::Continue;
use std::sync::Arc;

use super::grid::ROOM;
use super::parts::{PART, Parts, Relation, ending, lines};
use super::strings::Strings;
use super::words::Words;
use super::xml::Event;
use super::{binary, rest, sheet};
use crate::base::{Reason, Trouble};
use crate::unpack::titles::Titles;
use crate::unpack::{Flow, Sink};

/// Sheets of one workbook that have their names; those of more are named by their parts.
pub(super) const SHEETS: usize = 10_000;

/// A sheet as the workbook has it.
pub(super) struct Listed {
    pub(super) title: String,
    /// The relation that leads to its part.
    pub(super) id: String,
}

/// Hands over what a workbook says.
pub(super) fn tell(parts: &Parts<'_>, main: &str, sink: &mut dyn Sink) -> Flow {
    let relations = parts.relations(main, sink);
    let listed = if is_binary(main) { binary::sheets(parts, main, sink)? } else { sheets(parts, main, sink)? };
    let by_id: HashMap<&str, &str> =
        relations.iter().map(|relation| (relation.id.as_str(), relation.target.as_str())).collect();
    let found = listed.iter().filter_map(|listed| {
        let part = by_id.get(listed.id.as_str())?;
        Some(((*part).to_owned(), listed.title.as_str()))
    });
    let mut order: Vec<(String, &str)> = found.collect();
    // Sheets that the workbook does not list: it may be damaged.
    let known: HashSet<String> = order.iter().map(|(part, _)| part.to_lowercase()).collect();
    let others = parts.all().filter(|(folded, _)| is_sheet(folded) && !known.contains(folded));
    order.extend(others.map(|(_, name)| (name.to_owned(), stem(name))));
    let mut strings = Strings::default();
    let shared = target(&relations, "sharedStrings")
        .unwrap_or_else(|| main.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned() + "/sharedStrings.xml");
    let mut done: HashSet<String> = HashSet::new();
    // Headings and cells belong together: all of them are read, or none.
    let quiet = order.iter().all(|(part, _)| parts.is_quiet(part)) && (!parts.has(&shared) || parts.is_quiet(&shared));
    if parts.has(&shared) && !quiet {
        // They are not to take the room that sheets need.
        let reserved = sink.hold(ROOM).is_ok();
        let flow = read_strings(parts, &shared, &mut strings, sink);
        if reserved {
            sink.release(ROOM);
        }
        flow?;
        done.insert(shared.to_lowercase());
    }
    let mut titles = Titles::default();
    for (part, title) in &order {
        if done.insert(part.to_lowercase()) {
            let title = titles.next(title);
            if !quiet {
                read_sheet(parts, part, &title, &mut strings, sink)?;
            }
            read_comments(parts, part, &title, &mut done, sink)?;
        }
    }
    if strings.full {
        let limit = sink.limits().max_blob;
        let cells = if strings.missed { "; cells that show them were read without them" } else { "" };
        let text = format!("has more strings than --max-blob {limit} lets hold{cells}");
        let trouble = Trouble::limit(Reason::TooLarge, "--max-blob", text);
        // They are told as they stand there, out of their cells.
        sink.tell(Some(&shared), PART, trouble);
        if !is_binary(&shared) {
            parts.tell(&shared, lines(&shared).echo(), &mut Words::default(), sink)?;
        }
    }
    strings.end(sink)?;
    rest::tell(parts, &done, sink)
}

fn read_strings(parts: &Parts<'_>, name: &str, strings: &mut Strings, sink: &mut dyn Sink) -> Flow {
    if is_binary(name) {
        binary::strings(parts, name, strings, sink)
    } else {
        sheet::strings(parts, name, strings, sink)
    }
}

fn read_sheet(parts: &Parts<'_>, name: &str, title: &Arc<str>, strings: &mut Strings, sink: &mut dyn Sink) -> Flow {
    if is_binary(name) {
        binary::sheet(parts, name, Arc::clone(title), strings, sink)
    } else {
        sheet::sheet(parts, name, Arc::clone(title), strings, sink)
    }
}

/// Reads what is said of the cells of a sheet.
fn read_comments(
    parts: &Parts<'_>,
    name: &str,
    title: &Arc<str>,
    done: &mut HashSet<String>,
    sink: &mut dyn Sink,
) -> Flow {
    // Comments are written once for old programs and once for new ones.
    let relations = parts.relations(name, sink);
    for (kind, echo) in [("comments", false), ("threadedComment", true)] {
        for relation in relations.iter().filter(|relation| relation.kind == kind) {
            let part = &relation.target;
            if !parts.has(part) || !done.insert(part.to_lowercase()) {
                continue;
            }
            if is_binary(part) {
                binary::comments(parts, part, Arc::clone(title), sink)?;
            } else {
                sheet::comments(parts, part, Arc::clone(title), echo, sink)?;
            }
        }
    }
    Continue(())
}

/// The sheets that a workbook lists, be they hidden or not.
fn sheets(parts: &Parts<'_>, main: &str, sink: &mut dyn Sink) -> std::ops::ControlFlow<(), Vec<Listed>> {
    let mut listed = Vec::new();
    parts.each(main, sink, |event| {
        if let Event::Open(tag) = event
            && tag.name == b"sheet"
            && listed.len() < SHEETS
            && let (Some(title), Some(id)) = (tag.text("name"), tag.relation())
        {
            listed.push(Listed { title, id });
        }
    })?;
    Continue(listed)
}

fn target(relations: &[Relation], kind: &str) -> Option<String> {
    relations.iter().find(|relation| relation.kind == kind).map(|relation| relation.target.clone())
}

fn is_binary(name: &str) -> bool {
    ending(name).eq_ignore_ascii_case("bin")
}

fn is_sheet(folded: &str) -> bool {
    let in_folder = ["/worksheets/", "/macrosheets/", "/dialogsheets/", "/chartsheets/"]
        .iter()
        .any(|folder| folded.split_once(folder).is_some_and(|(_, file)| !file.contains('/')));
    // What indexes the rows of a binary sheet holds nothing else.
    in_folder && !stem(folded).starts_with("binaryindex") && matches!(ending(folded), "xml" | "bin")
}

fn stem(name: &str) -> &str {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}
