//! Walks through all of one sort, without holding them.
//!
//! Holds: the walk over a table, which ends in an error where not all came that must, and the walk through the history.
//! Must not know: who walks.

use std::collections::VecDeque;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Bound;

use super::compare::{Kept, record_of};
use super::error::{Fault, InventoryError};
use super::read::Records;
use super::seal::{WHOLE, Whole};
use super::tables::{HISTORY, Pair, Table, numbered};
use crate::inventory::Change;

/// Records read at once.
const BATCH: usize = 64;

/// A walk over the records of a table, in the order of their keys.
struct Steps<'a> {
    records: &'a Records,
    table: Table,
    ahead: VecDeque<Pair>,
    last: Option<Vec<u8>>,
    seen: u64,
    ended: bool,
}

impl<'a> Steps<'a> {
    fn new(records: &'a Records, table: Table) -> Self {
        Self { records, table, ahead: VecDeque::new(), last: None, seen: 0, ended: false }
    }

    /// The next record; the order shows that none comes twice.
    fn next(&mut self) -> Result<Option<Pair>, Fault> {
        if self.ahead.is_empty() {
            let after = self.last.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
            self.ahead = self.records.first(self.table, (after, Bound::Unbounded), BATCH)?.into();
        }
        let Some((key, value)) = self.ahead.pop_front() else { return Ok(None) };
        if self.last.as_ref().is_some_and(|last| *last >= key) {
            return Err(Fault::damaged("the order of its records"));
        }
        self.last = Some(key.clone());
        self.seen += 1;
        Ok(Some((key, value)))
    }
}

/// A walk over all things of one sort. It ends with the first error.
pub struct Walk<'a, T> {
    steps: Steps<'a>,
    count: u64,
    of: PhantomData<T>,
}

impl<T> fmt::Debug for Walk<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Walk").field("seen", &self.steps.seen).finish_non_exhaustive()
    }
}

#[expect(private_bounds, reason = "what is kept is for the store to say")]
impl<'a, T: Kept> Walk<'a, T> {
    pub(super) fn new(records: &'a Records) -> Self {
        let count = *T::count(&mut records.state().clone());
        Self { steps: Steps::new(records, T::TABLE), count, of: PhantomData }
    }

    fn step(&mut self) -> Result<Option<T>, Fault> {
        let Some((key, bytes)) = self.steps.next()? else {
            let whole = self.steps.seen == self.count;
            return if whole { Ok(None) } else { Err(Fault::damaged("the number of its records")) };
        };
        let thing = self.steps.records.verify::<T>(&key, Some(&bytes))?;
        thing.map(Some).ok_or_else(|| Fault::Damaged(record_of(T::TABLE, &key)))
    }
}

impl<T: Kept> Iterator for Walk<'_, T> {
    type Item = Result<T, InventoryError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.steps.ended {
            return None;
        }
        let records = self.steps.records;
        let next = records.using(|| self.step()).transpose();
        self.steps.ended = !matches!(next, Some(Ok(_)));
        next
    }
}

/// A walk through the history, the oldest change first. It ends with the first error.
pub struct Changes<'a> {
    steps: Steps<'a>,
    head: Whole,
    of: Option<String>,
}

impl fmt::Debug for Changes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes").field("seen", &self.steps.seen).finish_non_exhaustive()
    }
}

impl<'a> Changes<'a> {
    pub(super) fn new(records: &'a Records, of: Option<&str>) -> Self {
        Self { steps: Steps::new(records, HISTORY), head: [0; WHOLE], of: of.map(ToOwned::to_owned) }
    }

    /// The next change that is asked for: each seal is over the one before, and the state holds the last.
    fn step(&mut self) -> Result<Option<Change>, Fault> {
        let damaged = || Fault::damaged("its history");
        loop {
            let Some((key, bytes)) = self.steps.next()? else {
                let state = self.steps.records.state();
                let whole = self.steps.seen == state.changes && self.head == state.head;
                return if whole { Ok(None) } else { Err(damaged()) };
            };
            let (seal, says) = bytes.split_first_chunk::<WHOLE>().ok_or_else(damaged)?;
            let expected = self.steps.records.seal_of_change(&key, &self.head, says);
            if *seal != expected || key != numbered(self.steps.seen) {
                return Err(damaged());
            }
            self.head = expected;
            let change: Change = serde_json::from_slice(says).map_err(|_| Fault::Newer)?;
            if self.of.as_ref().is_none_or(|of| *of == change.what) {
                return Ok(Some(change));
            }
        }
    }
}

impl Iterator for Changes<'_> {
    type Item = Result<Change, InventoryError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.steps.ended {
            return None;
        }
        let records = self.steps.records;
        let next = records.using(|| self.step()).transpose();
        self.steps.ended = !matches!(next, Some(Ok(_)));
        next
    }
}
