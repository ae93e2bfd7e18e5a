//! Changing an inventory.
//!
//! Holds: `Draft`, changes that are kept together or not at all, each with its line in the history. Must not know: why
//! something is changed, or whether it should be.

use std::fmt;
use std::ops::Deref;

use redb::TableHandle;

use super::compare::{Kept, differences};
use super::error::{Fault, InventoryError, guard};
use super::migrate::write_state;
use super::read::{Base, Handle, Held, Records, followed, leaf, number_in};
use super::tables::{Ground, HISTORY, NIPS, numbered, of_nip};
use crate::base::Instant;
use crate::inventory::{Change, Credential, Entity, Field, System};

/// Who changes something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// The person.
    pub who: String,
    /// From what: `import klienci.xlsx`, `add`.
    pub source: String,
    /// When.
    pub at: Instant,
}

/// Changes of an inventory, of which nothing is kept until `commit`. It looks things up as they will then be. Nobody
/// else may read or change the inventory meanwhile.
pub struct Draft {
    records: Records,
    by: By,
    changed: bool,
    /// A change began and did not end.
    spoilt: bool,
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft").field("records", &self.records).field("by", &self.by).finish_non_exhaustive()
    }
}

impl Deref for Draft {
    type Target = Records;

    fn deref(&self) -> &Records {
        &self.records
    }
}

impl Draft {
    pub(super) fn new(records: Records, by: By) -> Self {
        Self { records, by, changed: false, spoilt: false }
    }

    /// Keeps a credential, a new one where its number is 0, and tells its number. A handle that belongs to another
    /// credential is refused. What is the same but for the instant since when it is known is left as it was.
    pub fn put(&mut self, mut credential: Credential) -> Result<u64, InventoryError> {
        let before = match credential.number {
            0 => None,
            number => Some(self.credential(number)?.ok_or(InventoryError::Unknown(number))?),
        };
        if let Some(before) = &before {
            for (field, value) in &mut credential.fields {
                match before.fields.get(field) {
                    Some(old) if (&old.text, old.voice) == (&value.text, value.voice) => value.since = old.since,
                    _ => {}
                }
            }
            if *before == credential {
                return Ok(credential.number);
            }
        }
        self.refuse_taken(&credential)?;
        self.change(|draft| {
            if before.is_none() {
                let state = draft.records.state_mut();
                credential.number = state.next;
                state.next = state.next.checked_add(1).ok_or_else(|| Fault::damaged("its count"))?;
            }
            draft.index(before.as_ref(), Some(&credential))?;
            draft.keep(before.as_ref(), Some(&credential))?;
            Ok(credential.number)
        })
    }

    /// Takes a credential out, and tells whether it was there.
    pub fn remove(&mut self, number: u64) -> Result<bool, InventoryError> {
        let Some(before) = self.credential(number)? else { return Ok(false) };
        self.change(|draft| {
            draft.index(Some(&before), None)?;
            draft.keep(Some(&before), None)
        })?;
        Ok(true)
    }

    /// Keeps a company.
    pub fn put_entity(&mut self, entity: &Entity) -> Result<(), InventoryError> {
        let before = self.entity(&entity.nip)?;
        self.put_plain(before.as_ref(), entity)
    }

    /// Takes a company out, and tells whether it was there. Its credentials stay.
    pub fn remove_entity(&mut self, nip: &str) -> Result<bool, InventoryError> {
        let before = self.entity(nip)?;
        self.remove_plain(before.as_ref())
    }

    /// Keeps a program.
    pub fn put_system(&mut self, system: &System) -> Result<(), InventoryError> {
        let before = self.system(&system.name)?;
        self.put_plain(before.as_ref(), system)
    }

    /// Takes a program out, and tells whether it was there. Its credentials stay.
    pub fn remove_system(&mut self, name: &str) -> Result<bool, InventoryError> {
        let before = self.system(name)?;
        self.remove_plain(before.as_ref())
    }

    /// Keeps all changes, for good when it returns. Where there are none, the file is not touched.
    pub fn commit(mut self) -> Result<(), InventoryError> {
        if self.spoilt {
            return Err(InventoryError::Spoilt(self.path().to_owned()));
        }
        if !self.changed {
            return Ok(());
        }
        let path = self.path().to_owned();
        guard(|| self.finish()).map_err(|fault| fault.at(&path))
    }

    fn finish(&mut self) -> Result<(), Fault> {
        let root = self.tally().write(self.ground()?, self.seal())?;
        self.records.state_mut().groups = root;
        write_state(self.ground()?, self.seal(), self.state())?;
        let Some(Held { ground: Ground::Write(transaction), base: Base::Write(database, _) }) = self.records.take()
        else {
            return Err(Fault::Io("written", std::io::ErrorKind::NotConnected));
        };
        let committed = transaction.commit().map_err(|error| match Fault::of(error) {
            Fault::Io(_, kind) => Fault::Unsettled(kind),
            other => other,
        });
        // All is kept by now: if closing fails, the next to open it repairs it.
        let _ = guard(|| database.close().map_err(Fault::of));
        committed
    }

    /// Makes a change, after which, if it fails, there is no way back but to give the draft up.
    fn change<T>(&mut self, change: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, InventoryError> {
        if self.spoilt {
            return Err(InventoryError::Spoilt(self.path().to_owned()));
        }
        (self.spoilt, self.changed) = (true, true);
        let made = guard(|| change(self)).map_err(|fault| fault.at(self.path()))?;
        self.spoilt = false;
        Ok(made)
    }

    fn put_plain<T: Kept>(&mut self, before: Option<&T>, after: &T) -> Result<(), InventoryError> {
        if before == Some(after) {
            return Ok(());
        }
        self.change(|draft| draft.keep(before, Some(after)))
    }

    fn remove_plain<T: Kept>(&mut self, before: Option<&T>) -> Result<bool, InventoryError> {
        if before.is_none() {
            return Ok(false);
        }
        self.change(|draft| draft.keep(before, None))?;
        Ok(true)
    }

    fn refuse_taken(&self, credential: &Credential) -> Result<(), InventoryError> {
        let handles = Handle::all(credential);
        let mut others = self.with(&handles)?;
        others.retain(|other| other.number != credential.number);
        let is_full = |handle: &Handle| others.iter().filter(|other| handle.is_of(other)).count() >= handle.most();
        if !handles.iter().any(is_full) {
            // Certificates of one key are different credentials.
            let is_certificate = |one: &Credential| one.get(Field::Serial).is_some();
            others.retain(|other| !(is_certificate(other) && is_certificate(credential)));
        }
        if others.is_empty() {
            Ok(())
        } else {
            Err(InventoryError::Taken(others.iter().map(|other| other.number).collect()))
        }
    }

    /// Brings the handles and the index of companies up to date.
    fn index(&mut self, before: Option<&Credential>, after: Option<&Credential>) -> Result<(), Fault> {
        let handles = |one: Option<&Credential>| one.map(Handle::all).unwrap_or_default();
        let (old, new) = (handles(before), handles(after));
        if let Some(before) = before {
            for handle in old.iter().filter(|handle| !new.contains(handle)) {
                let mut holders = self.holders(handle)?;
                holders.retain(|holder| *holder != before.number);
                self.set_tallied(&handle.name(holders.len(), self.seal()), None)?;
                self.hold(handle, &holders)?;
            }
        }
        if let Some(after) = after {
            for handle in new.iter().filter(|handle| !old.contains(handle)) {
                let mut holders = self.holders(handle)?;
                holders.push(after.number);
                self.hold(handle, &holders)?;
            }
        }
        let nip =
            |one: Option<&Credential>| one.and_then(|one| one.get(Field::Nip).map(|nip| (nip.to_owned(), one.number)));
        let (old, new) = (nip(before), nip(after));
        if old == new {
            return Ok(());
        }
        if let Some((nip, number)) = old {
            self.ground()?.remove(NIPS, &[of_nip(&nip), numbered(number).to_vec()].concat())?;
            self.count_nip(&nip, |count| count.checked_sub(1))?;
        }
        if let Some((nip, number)) = new {
            self.ground()?.put(NIPS, &[of_nip(&nip), numbered(number).to_vec()].concat(), &[])?;
            self.count_nip(&nip, |count| count.checked_add(1))?;
        }
        Ok(())
    }

    /// Tallies those who have a handle.
    fn hold(&self, handle: &Handle, holders: &[u64]) -> Result<(), Fault> {
        for (turn, holder) in holders.iter().enumerate() {
            let leaf = if turn + 1 < holders.len() { followed(leaf(*holder)) } else { leaf(*holder) };
            self.set_tallied(&handle.name(turn, self.seal()), Some(leaf))?;
        }
        Ok(())
    }

    fn count_nip(&self, nip: &str, step: impl FnOnce(u64) -> Option<u64>) -> Result<(), Fault> {
        let name = self.name_of_nip(nip);
        let count = self.tallied(&name)?.map_or(0, |leaf| number_in(&leaf));
        let count = step(count).ok_or_else(|| Fault::damaged("its index of companies"))?;
        self.set_tallied(&name, (count > 0).then(|| leaf(count)))
    }

    /// Writes a thing or takes it out, and says so in the history.
    fn keep<T: Kept>(&mut self, before: Option<&T>, after: Option<&T>) -> Result<(), Fault> {
        let Some(one) = after.or(before) else { return Ok(()) };
        let (key, what) = (one.key(), one.what());
        let name = self.seal().name(T::TABLE.name(), &key);
        match after {
            Some(after) => {
                let says = serde_json::to_vec(after).map_err(|_| unwritable())?;
                self.ground()?.put(T::TABLE, &key, &says)?;
                self.set_tallied(&name, Some(self.seal().record(T::TABLE.name(), &key, &says)))?;
            }
            None => {
                self.ground()?.remove(T::TABLE, &key)?;
                self.set_tallied(&name, None)?;
            }
        }
        let count = T::count(self.records.state_mut());
        match (before, after) {
            (None, Some(after)) => {
                *count = count.saturating_add(1);
                self.tell(&what, None, None, Some(after.title()))
            }
            (Some(before), Some(after)) => {
                differences(before, after).into_iter().try_for_each(|(f, old, new)| self.tell(&what, Some(f), old, new))
            }
            (Some(before), None) => {
                *count = count.saturating_sub(1);
                self.tell(&what, None, Some(before.title()), None)?;
                // Nowhere else can it be read any more.
                before.says().into_iter().try_for_each(|(f, old)| self.tell(&what, Some(f), Some(old), None))
            }
            (None, None) => Ok(()),
        }
    }

    /// Adds a change to the history, sealed together with the one before.
    fn tell(
        &mut self,
        what: &str,
        field: Option<String>,
        before: Option<String>,
        after: Option<String>,
    ) -> Result<(), Fault> {
        let By { who, source, at } = self.by.clone();
        let change = Change { at, who, source, what: what.to_owned(), field, before, after };
        let says = serde_json::to_vec(&change).map_err(|_| unwritable())?;
        let state = self.state();
        let number = state.changes.checked_add(1).ok_or_else(|| Fault::damaged("its count"))?;
        let key = numbered(number);
        let seal = self.seal_of_change(&key, &state.head, &says);
        self.ground()?.put(HISTORY, &key, &[&seal[..], &says].concat())?;
        let state = self.records.state_mut();
        (state.changes, state.head) = (number, seal);
        Ok(())
    }
}

fn unwritable() -> Fault {
    Fault::Io("written", std::io::ErrorKind::InvalidInput)
}
