//! Names that are lines of one file, `packed-refs`.
//!
//! Holds: reading it line by line, which needs no order and no more memory than a line; the library maps
//! the whole file and stops at the first bad line. Must not know: other stores of names.

use super::Place;
use super::gather::{Gather, LONGEST_NAME, Source, Value};
use super::lines::{Sheet, each_piece, leading_id};
use super::walk;
use crate::base::Reason;

/// The file; and what is left of one that was being written.
pub(super) const FILES: [&str; 3] = ["packed-refs", "packed-refs.new", "packed-refs.lock"];

pub(super) fn read(place: &Place, gather: &mut Gather<'_>) {
    for name in FILES {
        read_one(place, name, gather);
    }
}

fn read_one(place: &Place, file_name: &str, gather: &mut Gather<'_>) {
    let Some(file) = walk::open_store(place, file_name, gather) else { return };
    let counts = !place.tables && file_name == FILES[0];
    let what = place.what(file_name.as_bytes());
    let (hash, mut bad) = (gather.hash, 0_u64);
    let mut sheet = Sheet::new(what.clone(), 1);
    each_piece(file, &what, gather, &mut |gather, piece, begins| {
        if !begins || piece.starts_with(b"#") {
            return sheet.write(piece, gather);
        }
        // The object behind a tag, for those who are in a hurry.
        let peeled = piece.strip_prefix(b"^");
        let Some((id, rest)) = leading_id(peeled.unwrap_or(piece), hash) else {
            bad += u64::from(!piece.trim_ascii().is_empty());
            return sheet.write(piece, gather);
        };
        let name = rest.strip_suffix(b"\n").unwrap_or(rest);
        let name = name.strip_suffix(b"\r").unwrap_or(name);
        match name.strip_prefix(b" ") {
            _ if peeled.is_some() => {}
            Some(name) if !name.is_empty() && name.len() <= LONGEST_NAME && !id.is_null() => {
                if let Some(name) = place.name(name, gather).filter(|_| counts) {
                    gather.lead(&name, Source::Packed, Value::Id(id));
                }
            }
            _ => bad += 1,
        }
        sheet.write(rest, gather);
    });
    sheet.finish(gather);
    if bad > 0 && counts {
        let text = format!("{bad} lines are no refs; they lead nowhere, and were scanned as they are");
        gather.notice(Reason::Malformed, &what, text);
    }
}
