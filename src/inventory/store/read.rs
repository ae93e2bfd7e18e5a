//! Looking things up.
//!
//! Holds: `Records`, the look-ups that a reading and a draft share; each verifies what it tells, also that a thing is
//! not there. Must not know: who asks, or what for.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::{Bound, Deref};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use redb::{Database, ReadOnlyDatabase, TableHandle};

use super::compare::{Kept, record_of};
use super::error::{Fault, InventoryError, guard};
use super::gate::Gate;
use super::seal::{SHORT, Seal, Short, Whole};
use super::tables::{CREDENTIALS, Ground, NIPS, Pair, State, Table, number_of, numbered, of_nip};
use super::tally::{self, Tally};
use super::walk::{Changes, Walk};
use crate::base::Fingerprint;
use crate::inventory::{Credential, Entity, Field, System};

/// Certificates that one key may have: it is renewed every two years.
const HOLDERS: usize = 64;

/// That by which a credential is told from all others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Handle {
    /// A fingerprint.
    Print(Fingerprint),
    /// What KSeF calls a token.
    Reference(String),
    /// What KSeF calls a certificate.
    Serial(String),
}

impl Handle {
    /// All handles of a credential.
    pub(super) fn all(credential: &Credential) -> Vec<Self> {
        let mut all: Vec<Self> = credential.prints.iter().copied().map(Self::Print).collect();
        all.extend(credential.get(Field::Reference).map(|text| Self::Reference(text.to_owned())));
        all.extend(credential.get(Field::Serial).map(|text| Self::Serial(text.to_owned())));
        all
    }

    /// Whether it is one of a credential.
    pub(super) fn is_of(&self, credential: &Credential) -> bool {
        match self {
            Self::Print(print) => credential.prints.contains(print),
            Self::Reference(text) => credential.get(Field::Reference) == Some(text),
            Self::Serial(text) => credential.get(Field::Serial) == Some(text),
        }
    }

    /// How many credentials may have it: a key may have several certificates.
    pub(super) fn most(&self) -> usize {
        if matches!(self, Self::Print(_)) { HOLDERS } else { 1 }
    }

    /// Under which name each of those who have it is tallied, in their turn.
    pub(super) fn name(&self, turn: usize, seal: &Seal) -> Short {
        match (self, turn) {
            (Self::Print(print), 0) => seal.name("print", print.to_string().as_bytes()),
            (Self::Print(print), _) => seal.name("print", format!("{print} {turn}").as_bytes()),
            (Self::Reference(text), _) => seal.name("reference", text.as_bytes()),
            (Self::Serial(text), _) => seal.name("serial", text.as_bytes()),
        }
    }
}

/// A number as a leaf of the tally.
pub(super) fn leaf(number: u64) -> Short {
    let mut leaf = [0; SHORT];
    for (to, from) in leaf.iter_mut().zip(number.to_le_bytes()) {
        *to = from;
    }
    leaf
}

/// A leaf behind which another one of the same handle is tallied.
pub(super) fn followed(mut leaf: Short) -> Short {
    if let Some(last) = leaf.last_mut() {
        *last = 1;
    }
    leaf
}

/// Whether another one follows.
fn says_more(leaf: &Short) -> bool {
    leaf.last() == Some(&1)
}

/// The number in a leaf.
pub(super) fn number_in(leaf: &Short) -> u64 {
    leaf.first_chunk::<8>().copied().map_or(0, u64::from_le_bytes)
}

/// How much there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Credentials.
    pub credentials: u64,
    /// Companies.
    pub entities: u64,
    /// Programs.
    pub systems: u64,
    /// Changes in the history.
    pub changes: u64,
}

/// The database, as long as it is open.
pub(super) enum Base {
    #[expect(dead_code, reason = "it is held, and with it the lock, until it is dropped")]
    Read(ReadOnlyDatabase),
    Write(Database, Gate),
}

/// A database and a transaction in it; the transaction goes first.
pub(super) struct Held {
    pub(super) ground: Ground,
    pub(super) base: Base,
}

/// What is in an inventory, at one moment.
pub struct Records {
    held: Option<Held>,
    tally: Mutex<Tally>,
    state: State,
    seal: Seal,
    path: PathBuf,
}

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records").field("path", &self.path).field("counts", &self.counts()).finish_non_exhaustive()
    }
}

impl Drop for Records {
    fn drop(&mut self) {
        let held = self.held.take();
        if let Some(Held { base: Base::Write(_, gate), .. }) = &held {
            gate.shut();
        }
        // What was committed is kept; all else is given up on purpose.
        let _ = guard(|| {
            drop(held);
            Ok(())
        });
    }
}

impl Records {
    pub(super) fn new(held: Held, state: State, seal: Seal, path: &Path) -> Self {
        let tally = Mutex::new(Tally::new(&state.groups));
        Self { held: Some(held), tally, state, seal, path: path.to_owned() }
    }

    /// How much there is.
    pub fn counts(&self) -> Counts {
        let State { credentials, entities, systems, changes, .. } = self.state;
        Counts { credentials, entities, systems, changes }
    }

    /// The credential of a number.
    pub fn credential(&self, number: u64) -> Result<Option<Credential>, InventoryError> {
        self.using(|| self.get(&numbered(number)))
    }

    /// The credentials that have one of some handles, by number, each once.
    pub fn with(&self, handles: &[Handle]) -> Result<Vec<Credential>, InventoryError> {
        self.using(|| {
            let mut found = BTreeMap::new();
            for handle in handles {
                for number in self.holders(handle)? {
                    if !found.contains_key(&number) {
                        found.extend(self.get::<Credential>(&numbered(number))?.map(|credential| (number, credential)));
                    }
                    if !found.get(&number).is_some_and(|credential| handle.is_of(credential)) {
                        return Err(Fault::Damaged(record_of(CREDENTIALS, &numbered(number))));
                    }
                }
            }
            Ok(found.into_values().collect())
        })
    }

    /// The numbers of those who have a handle.
    pub(super) fn holders(&self, handle: &Handle) -> Result<Vec<u64>, Fault> {
        let mut numbers = Vec::new();
        while let Some(leaf) = self.tallied(&handle.name(numbers.len(), &self.seal))? {
            numbers.push(number_in(&leaf));
            if numbers.len() == handle.most() || !says_more(&leaf) {
                break;
            }
        }
        Ok(numbers)
    }

    /// The credentials of a company, by number; nothing where it has more than `most`.
    pub fn of_nip(&self, nip: &str, most: u64) -> Result<Option<Vec<Credential>>, InventoryError> {
        self.using(|| {
            let count = self.tallied(&self.name_of_nip(nip))?.map_or(0, |leaf| number_in(&leaf));
            if count > most {
                return Ok(None);
            }
            let prefix = of_nip(nip);
            let (first, last) = ([&prefix[..], &numbered(0)].concat(), [&prefix[..], &numbered(u64::MAX)].concat());
            let one_more = usize::try_from(count).unwrap_or(usize::MAX).saturating_add(1);
            let found = self.first(NIPS, (Bound::Included(&first), Bound::Included(&last)), one_more)?;
            let mut all: Vec<Credential> = Vec::new();
            for (key, _) in found {
                let number = key.strip_prefix(&prefix[..]).and_then(number_of);
                let credential = number.map(|number| self.get::<Credential>(&numbered(number))).transpose()?.flatten();
                let is_next = |one: &Credential| all.last().is_none_or(|last| last.number < one.number);
                match credential {
                    Some(one) if one.get(Field::Nip) == Some(nip) && is_next(&one) => all.push(one),
                    _ => return Err(Fault::damaged("its index of companies")),
                }
            }
            let whole = all.len() as u64 == count;
            if whole { Ok(Some(all)) } else { Err(Fault::damaged("its index of companies")) }
        })
    }

    /// All credentials, by number.
    pub fn credentials(&self) -> Walk<'_, Credential> {
        Walk::new(self)
    }

    /// The company of a NIP.
    pub fn entity(&self, nip: &str) -> Result<Option<Entity>, InventoryError> {
        self.using(|| self.get(nip.as_bytes()))
    }

    /// All companies, by NIP.
    pub fn entities(&self) -> Walk<'_, Entity> {
        Walk::new(self)
    }

    /// The program of a name.
    pub fn system(&self, name: &str) -> Result<Option<System>, InventoryError> {
        self.using(|| self.get(name.as_bytes()))
    }

    /// All programs, by name.
    pub fn systems(&self) -> Walk<'_, System> {
        Walk::new(self)
    }

    /// The history, the oldest change first; of one thing (`credential 7`), or all of it.
    pub fn history(&self, of: Option<&str>) -> Changes<'_> {
        Changes::new(self, of)
    }

    /// Uses the database.
    pub(super) fn using<T>(&self, using: impl FnOnce() -> Result<T, Fault>) -> Result<T, InventoryError> {
        guard(using).map_err(|fault| fault.at(&self.path))
    }

    /// A thing, verified.
    pub(super) fn get<T: Kept>(&self, key: &[u8]) -> Result<Option<T>, Fault> {
        self.verify(key, self.ground()?.get(T::TABLE, key)?.as_deref())
    }

    /// The thing that bytes under a key say; it must be tallied exactly so, or nowhere where there are no bytes.
    pub(super) fn verify<T: Kept>(&self, key: &[u8], bytes: Option<&[u8]>) -> Result<Option<T>, Fault> {
        let table = T::TABLE.name();
        let tallied = self.tallied(&self.seal.name(table, key))?;
        let bytes = match (bytes, tallied) {
            (None, None) => return Ok(None),
            (Some(bytes), Some(tallied)) if self.seal.record(table, key, bytes) == tallied => bytes,
            _ => return Err(Fault::Damaged(record_of(T::TABLE, key))),
        };
        // It is as we wrote it: if it cannot be read, it is of another time.
        serde_json::from_slice::<T>(bytes).ok().filter(|thing| thing.key() == key).map(Some).ok_or(Fault::Newer)
    }

    pub(super) fn first(
        &self,
        table: Table,
        range: (Bound<&[u8]>, Bound<&[u8]>),
        most: usize,
    ) -> Result<Vec<Pair>, Fault> {
        self.ground()?.first(table, range, most)
    }

    pub(super) fn tallied(&self, name: &Short) -> Result<Option<Short>, Fault> {
        let ground = self.ground()?;
        if matches!(ground, Ground::Write(_)) {
            return self.tally().get(name, ground, &self.seal);
        }
        // Many look up at once: they wait for each other only until it is known which seal there must be.
        let expected = self.tally().expected(name, ground, &self.seal)?;
        tally::look(name, expected, ground, &self.seal)
    }

    pub(super) fn set_tallied(&self, name: &Short, leaf: Option<Short>) -> Result<(), Fault> {
        self.tally().set(name, leaf, self.ground()?, &self.seal)
    }

    pub(super) fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn name_of_nip(&self, nip: &str) -> Short {
        self.seal.name("nip", nip.as_bytes())
    }

    pub(super) fn seal_of_change(&self, key: &[u8], before: &Whole, says: &[u8]) -> Whole {
        self.seal.whole(&[b"change", key, before, says])
    }

    pub(super) fn ground(&self) -> Result<&Ground, Fault> {
        let closed = Fault::Io("used", std::io::ErrorKind::NotConnected);
        self.held.as_ref().map(|held| &held.ground).ok_or(closed)
    }

    pub(super) fn take(&mut self) -> Option<Held> {
        self.held.take()
    }

    pub(super) fn state(&self) -> &State {
        &self.state
    }

    pub(super) fn state_mut(&mut self) -> &mut State {
        &mut self.state
    }

    pub(super) fn seal(&self) -> &Seal {
        &self.seal
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// An inventory as it is at one moment. Others may read it meanwhile, and none may change it.
#[derive(Debug)]
pub struct Reading(pub(super) Records);

impl Deref for Reading {
    type Target = Records;

    fn deref(&self) -> &Records {
        &self.0
    }
}
