//! What no tree of a database leads to: pages that were freed, and rows that were deleted.
//!
//! Holds: `rest`. Must not know: files, logs. What lies in one piece is met by the search of the bytes as they are;
//! here is put together again what runs over pages.

use std::ops::ControlFlow::{Break, Continue};

use super::page::{Kind, Visited, four};
use super::record::Payload;
use super::text::{Rows, Table};
use super::walk::{Task, Walk};
use crate::unpack::{Content, Flow, Member, Sink};

/// Hands over the rows of pages that were not reached, then what goes on from freed page to freed page.
pub(super) fn rest(walk: &mut Walk<'_, '_>, table: &Table, sink: &mut dyn Sink) -> Flow {
    let slots = u32::try_from(walk.image.slots()).unwrap_or(u32::MAX);
    let task = Task { table, alias: None, known: false };
    let mut rows = Rows::new(task.table);
    let mut ordinal = 0;
    // The newest first: a page that several rows lead to belongs to the last of them.
    for slot in (0..slots).rev() {
        if walk.visited.has(slot) {
            continue;
        }
        let first = walk.image.number(slot) == 1;
        let Some(page) = walk.image.page(slot, first) else { continue };
        if matches!(page.kind, Kind::TableLeaf | Kind::IndexLeaf) && walk.visited.claim(slot) {
            let until = walk.image.until(slot);
            if walk.rows_of(&page, until, &task, &mut rows, &mut ordinal, sink).is_break() {
                return Break(());
            }
        }
    }
    rows.hand_over(sink)?;
    if walk.image.is_file() { chains(walk, slots, sink) } else { Continue(()) }
}

/// Freed pages still name the one that followed them.
fn chains(walk: &mut Walk<'_, '_>, slots: u32, sink: &mut dyn Sink) -> Flow {
    if sink.hold(Visited::size(u64::from(slots))).is_err() {
        return Continue(());
    }
    let mut followers = Visited::new(u64::from(slots));
    for slot in (0..slots).filter(|slot| !walk.visited.has(*slot)) {
        if let Some(next) = following(walk, slot) {
            followers.claim(next);
        }
    }
    let mut flow = Continue(());
    for slot in 0..slots {
        if flow.is_break() {
            break;
        }
        if !walk.visited.has(slot) && !followers.has(slot) {
            flow = chain(walk, slot, sink);
        }
    }
    sink.release(Visited::size(u64::from(slots)));
    flow
}

/// The slot that the beginning of a freed page names.
fn following(walk: &Walk<'_, '_>, slot: u32) -> Option<u32> {
    let next = walk.image.slot(four(&walk.image.read(slot), 0)?, u32::MAX)?;
    (next != slot && !walk.visited.has(next)).then_some(next)
}

/// Hands over the pages that begin in a slot, behind the piece of the row that led to it.
fn chain(walk: &mut Walk<'_, '_>, slot: u32, sink: &mut dyn Sink) -> Flow {
    let number = walk.image.number(slot);
    let before = walk.ends.get(&number).map(|(page, end)| (walk.image.read(*page), *end));
    if before.is_none() && following(walk, slot).is_none() {
        return Continue(());
    }
    let local = before.as_ref().and_then(|(page, end)| page.get(..*end)).unwrap_or_default();
    let mut payload = Payload::new(walk.image, &mut walk.visited, u32::MAX, local, Some(number), u64::MAX);
    sink.take(Member::only("freed database pages").echo(), Content::Read(&mut payload, None))
}
