//! What lies in the file.
//!
//! Holds: the tables, their keys, the one record of the state, and the reading and writing of a table in a transaction
//! of either sort. Must not know: seals, or what a record says.

use std::collections::HashMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, PoisonError};

use redb::{ReadOnlyTable, ReadTransaction, ReadableTable, TableDefinition, TableError, TableHandle, WriteTransaction};

use super::error::Fault;
use super::seal::{SHORT, Short, WHOLE, Whole};

type Bytes = &'static [u8];

/// Every table has bytes for keys and values: the seal is over bytes.
pub(super) type Table = TableDefinition<'static, Bytes, Bytes>;

/// `check`, `version` and `state`.
pub(super) const META: Table = TableDefinition::new("meta");
/// Number → credential.
pub(super) const CREDENTIALS: Table = TableDefinition::new("credentials");
/// NIP → entity.
pub(super) const ENTITIES: Table = TableDefinition::new("entities");
/// Name → system.
pub(super) const SYSTEMS: Table = TableDefinition::new("systems");
/// NIP and number → nothing.
pub(super) const NIPS: Table = TableDefinition::new("nips");
/// Number → change.
pub(super) const HISTORY: Table = TableDefinition::new("history");
/// What there is; see `tally`.
pub(super) const TALLY: Table = TableDefinition::new("tally");

pub(super) const TABLES: [Table; 7] = [META, CREDENTIALS, ENTITIES, SYSTEMS, NIPS, HISTORY, TALLY];

/// A record of a table.
pub(super) type Pair = (Vec<u8>, Vec<u8>);

/// The key of a number: in the order of numbers.
pub(super) fn numbered(number: u64) -> [u8; 8] {
    number.to_be_bytes()
}

/// The number of a key.
pub(super) fn number_of(key: &[u8]) -> Option<u64> {
    key.try_into().ok().map(u64::from_be_bytes)
}

/// What all keys of a NIP begin with: its length too, so that none begins another.
pub(super) fn of_nip(nip: &str) -> Vec<u8> {
    [&(nip.len() as u64).to_be_bytes(), nip.as_bytes()].concat()
}

/// A transaction that only reads, and the tables that it has opened: they stay as they are.
pub(super) struct Reads {
    transaction: ReadTransaction,
    open: Mutex<HashMap<String, Arc<ReadOnlyTable<Bytes, Bytes>>>>,
}

impl Reads {
    pub(super) fn new(transaction: ReadTransaction) -> Self {
        Self { transaction, open: Mutex::default() }
    }

    fn table(&self, table: Table) -> Result<Arc<ReadOnlyTable<Bytes, Bytes>>, TableError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = open.get(table.name()) {
            return Ok(Arc::clone(known));
        }
        let opened = Arc::new(self.transaction.open_table(table)?);
        open.insert(table.name().to_owned(), Arc::clone(&opened));
        Ok(opened)
    }
}

/// A transaction, of either sort.
pub(super) enum Ground {
    Read(Box<Reads>),
    Write(Box<WriteTransaction>),
}

impl Ground {
    /// Whether a table is there; to write, a table that is not would be made.
    pub(super) fn has(&self, table: Table) -> Result<bool, Fault> {
        let opened = match self {
            Self::Read(reads) => reads.table(table).map(drop),
            Self::Write(transaction) => {
                let mut there = transaction.list_tables().map_err(Fault::of)?;
                return Ok(there.any(|other| other.name() == table.name()));
            }
        };
        match opened {
            Ok(()) => Ok(true),
            Err(TableError::TableDoesNotExist(_)) => Ok(false),
            Err(error) => Err(Fault::of(error)),
        }
    }

    pub(super) fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        self.look(table, key, |bytes| bytes.map(<[u8]>::to_vec))
    }

    /// Looks at a record where it lies.
    pub(super) fn look<T>(&self, table: Table, key: &[u8], at: impl FnOnce(Option<&[u8]>) -> T) -> Result<T, Fault> {
        match self {
            Self::Read(reads) => one(&*reads.table(table).map_err(Fault::of)?, key, at),
            Self::Write(transaction) => one(&transaction.open_table(table).map_err(Fault::of)?, key, at),
        }
    }

    /// The first records of a range.
    pub(super) fn first(&self, table: Table, range: (Bound<&[u8]>, Bound<&[u8]>), most: usize) -> Found {
        match self {
            Self::Read(reads) => some(&*reads.table(table).map_err(Fault::of)?, range, most),
            Self::Write(transaction) => some(&transaction.open_table(table).map_err(Fault::of)?, range, most),
        }
    }

    pub(super) fn put(&self, table: Table, key: &[u8], value: &[u8]) -> Result<(), Fault> {
        let mut table = self.writing()?.open_table(table).map_err(Fault::of)?;
        table.insert(key, value).map(drop).map_err(Fault::of)
    }

    pub(super) fn remove(&self, table: Table, key: &[u8]) -> Result<(), Fault> {
        let mut table = self.writing()?.open_table(table).map_err(Fault::of)?;
        table.remove(key).map(drop).map_err(Fault::of)
    }

    fn writing(&self) -> Result<&WriteTransaction, Fault> {
        match self {
            Self::Write(transaction) => Ok(transaction),
            Self::Read(_) => Err(Fault::Io("written", std::io::ErrorKind::Unsupported)),
        }
    }
}

type Found = Result<Vec<Pair>, Fault>;

fn one<T>(
    table: &impl ReadableTable<Bytes, Bytes>,
    key: &[u8],
    at: impl FnOnce(Option<&[u8]>) -> T,
) -> Result<T, Fault> {
    let value = table.get(key).map_err(Fault::of)?;
    Ok(at(value.as_ref().map(redb::AccessGuard::value)))
}

fn some(table: &impl ReadableTable<Bytes, Bytes>, range: (Bound<&[u8]>, Bound<&[u8]>), most: usize) -> Found {
    let range = table.range::<&[u8]>(range).map_err(Fault::of)?;
    range
        .take(most)
        .map(|pair| pair.map(|(k, v)| (k.value().to_vec(), v.value().to_vec())).map_err(Fault::of))
        .collect()
}

/// What all of the inventory hangs on: one record, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State {
    /// The number of the next new credential.
    pub(super) next: u64,
    pub(super) credentials: u64,
    pub(super) entities: u64,
    pub(super) systems: u64,
    pub(super) changes: u64,
    /// The seal of the last change.
    pub(super) head: Whole,
    /// The seals of the groups of the tally.
    pub(super) groups: Vec<Short>,
}

impl State {
    /// The state of an inventory in which there is nothing.
    pub(super) fn empty(groups: usize) -> Self {
        let groups = vec![[0; SHORT]; groups];
        Self { next: 1, credentials: 0, entities: 0, systems: 0, changes: 0, head: [0; WHOLE], groups }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let numbers = [self.next, self.credentials, self.entities, self.systems, self.changes];
        let mut bytes = numbers.map(u64::to_le_bytes).concat();
        bytes.extend_from_slice(&self.head);
        bytes.extend_from_slice(self.groups.as_flattened());
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (next, bytes) = number(bytes)?;
        let (credentials, bytes) = number(bytes)?;
        let (entities, bytes) = number(bytes)?;
        let (systems, bytes) = number(bytes)?;
        let (changes, bytes) = number(bytes)?;
        let (head, bytes) = bytes.split_first_chunk::<WHOLE>()?;
        let (groups, rest) = bytes.as_chunks::<SHORT>();
        rest.is_empty().then(|| Self {
            next,
            credentials,
            entities,
            systems,
            changes,
            head: *head,
            groups: groups.to_vec(),
        })
    }
}

fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    bytes.split_first_chunk::<8>().map(|(number, rest)| (u64::from_le_bytes(*number), rest))
}
