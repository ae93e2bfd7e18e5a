//! The strings that the cells of a workbook share.
//!
//! Holds: `Strings`, as many as may be held. Must not know: how they are written.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::grid::Notes;
use crate::unpack::{Flow, Sink};

/// How much memory is asked for at once.
const STEP: u64 = 1 << 20;

/// What one string costs besides its text.
const EACH: usize = 9;

/// Strings by their number.
#[derive(Default)]
pub(super) struct Strings {
    text: Zeroizing<Vec<u8>>,
    ends: Vec<u64>,
    used: Vec<bool>,
    held: u64,
    /// Whether there were more than may be held.
    pub(super) full: bool,
    /// Whether a cell asked for one of those.
    pub(super) missed: bool,
}

impl Strings {
    /// Adds one.
    pub(super) fn add(&mut self, text: &[u8], sink: &mut dyn Sink) {
        let need = self.text.len() + text.len() + (self.ends.len() + 1) * EACH;
        while !self.full && self.held < need as u64 {
            match sink.hold(STEP) {
                Ok(()) => self.held += STEP,
                Err(_) => self.full = true,
            }
        }
        if self.full {
            return;
        }
        self.text.extend_from_slice(text);
        self.ends.push(self.text.len() as u64);
        self.used.push(false);
    }

    /// The one of that number, which a cell shows.
    pub(super) fn get(&mut self, number: usize) -> &[u8] {
        match self.used.get_mut(number) {
            Some(used) => *used = true,
            None => self.missed = true,
        }
        self.at(number)
    }

    fn at(&self, number: usize) -> &[u8] {
        let end = self.ends.get(number).map_or(0, |end| *end as usize);
        let start = number.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| *end as usize);
        self.text.get(start..end).unwrap_or_default()
    }

    /// Hands over those that no cell shows: they were in cells once. Lets go of all.
    pub(super) fn end(self, sink: &mut dyn Sink) -> Flow {
        let mut notes = Notes::new(Arc::from(""));
        let unused = self.used.iter().enumerate().filter(|(_, used)| !**used);
        let flow = unused.map(|(number, _)| number).try_for_each(|number| {
            notes.put(None, self.at(number));
            if notes.is_full() { notes.flush(false, sink) } else { Flow::Continue(()) }
        });
        let flow = if flow.is_continue() { notes.flush(false, sink) } else { flow };
        sink.release(self.held);
        flow
    }
}
