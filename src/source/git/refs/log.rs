//! Logs that are files: what each name led to, who changed it and why.
//!
//! Holds: reading them line by line: `old new Name <mail> time zone\tmessage`. Must not know: other
//! stores of logs.

use std::path::Path;

use gix::ObjectId;
use gix::hash::Kind;

use super::Place;
use super::gather::{Gather, log_holder};
use super::lines::{Sheet, each_piece, leading_id, show_raw};
use super::loose::mention;
use super::walk::{self, Found};
use crate::base::Reason;

pub(super) fn read(place: &Place, gather: &mut Gather<'_>) {
    walk::each(place, "logs", gather, &mut |gather, relative, path| {
        let bare = relative.strip_prefix(b"logs/").unwrap_or_default();
        // A log may outlive its ref, so that no other place has the name.
        if !bare.is_empty() {
            mention(place, bare, gather);
        }
        if let Some(path) = path {
            read_log(place, relative, bare, path, gather);
        }
    });
}

fn read_log(place: &Place, relative: &[u8], bare: &[u8], path: &Path, gather: &mut Gather<'_>) {
    let what = place.what(relative);
    let file = match walk::open(path, &what, gather) {
        Found::File(file) => file,
        Found::Link(_) => return walk::tell_link(gather, &what),
        Found::Nothing => return,
    };
    let Some(name) = place.name(bare, gather) else { return show_raw(file, &what, gather) };
    let (hash, holder) = (gather.hash, log_holder(&name));
    let mut sheet = Sheet::new(what.clone(), 1);
    let mut bad = 0_u64;
    each_piece(file, &what, gather, &mut |gather, piece, begins| {
        match leading_ids(piece, hash).filter(|_| begins) {
            Some((old, new, rest)) => {
                // Where refs are in tables, git does not know of these.
                if !place.tables {
                    gather.logged(&name, old, holder);
                    gather.logged(&name, new, holder);
                }
                sheet.write(rest, gather);
            }
            None => {
                bad += u64::from(begins && !piece.trim_ascii().is_empty());
                sheet.write(piece, gather);
            }
        }
    });
    sheet.finish(gather);
    if bad > 0 && !place.tables {
        let text = format!("{bad} lines are no entries of a log; they keep nothing, and were scanned as they are");
        gather.notice(Reason::Malformed, &what, text);
    }
}

/// Both objects of an entry, and what follows.
fn leading_ids(line: &[u8], hash: Kind) -> Option<(ObjectId, ObjectId, &[u8])> {
    let (old, rest) = leading_id(line, hash)?;
    let (new, rest) = leading_id(rest.strip_prefix(b" ")?, hash)?;
    Some((old, new, rest.strip_prefix(b" ").unwrap_or(rest)))
}
