//! Tests of the store.
//!
//! Holds: what they share: a key, a place, credentials that were generated. Must not know: anything outside of the
//! store.

mod crash;
mod damage;
mod files;
mod keep;
mod two;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{By, Draft, Handle, Inventory, InventoryError, Key, Records};
use crate::base::{Fingerprint, Instant};
use crate::inventory::{Change, Credential, Entity, Field, System, Value, Voice};

/// The number of the credential that has a handle.
fn find(records: &Records, handle: &Handle) -> Result<Option<u64>, InventoryError> {
    Ok(records.with(std::slice::from_ref(handle))?.first().map(|credential| credential.number))
}

/// The numbers of the credentials of a company.
fn numbers_of(records: &Records, nip: &str) -> Result<Vec<u64>, InventoryError> {
    let all = records.of_nip(nip, u64::MAX)?.unwrap();
    Ok(all.into_iter().map(|credential| credential.number).collect())
}

/// A place with a key and an inventory.
struct Place {
    folder: TempDir,
    key: Key,
    inventory: Inventory,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = Key::load_or_make(&folder.path().join("keys/key")).unwrap();
        let inventory = Inventory::create(&folder.path().join("data/inventory"), &key).unwrap();
        Self { folder, key, inventory }
    }

    fn path(&self) -> &Path {
        self.inventory.path()
    }

    fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn draft(&self) -> Draft {
        self.inventory.write(by("test")).unwrap()
    }

    /// Keeps some credentials, from a first one on, and some things beside them.
    fn fill(&self, numbers: std::ops::Range<u32>) {
        let mut draft = self.draft();
        for number in numbers {
            draft.put(credential(number)).unwrap();
        }
        draft.put_entity(&entity("5265877635", "ABC")).unwrap();
        draft.put_system(&System { name: "Comarch".into(), ..System::default() }).unwrap();
        draft.commit().unwrap();
    }
}

fn bytes_of(path: &Path) -> Vec<u8> {
    let mut file = File::open(path).unwrap();
    let mut bytes = vec![0; usize::try_from(file.metadata().unwrap().len()).unwrap()];
    file.read_exact(&mut bytes).unwrap();
    bytes
}

fn by(source: &str) -> By {
    By { who: "anna".into(), source: source.into(), at: at("2026-11-21") }
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn print(name: &str) -> Fingerprint {
    Fingerprint::of_public(name.as_bytes())
}

fn says(text: &str) -> Value {
    Value { text: text.into(), voice: Voice::Person, since: at("2026-01-02") }
}

fn nip(number: u32) -> String {
    format!("{:010}", number % 7)
}

fn reference(number: u32) -> String {
    format!("20251014-EC-{number:010X}-3AC6D5877F-D4")
}

/// A new credential like no other.
fn credential(number: u32) -> Credential {
    let mut one = Credential::default();
    one.prints.insert(print(&format!("whole {number}")));
    one.prints.insert(print(&format!("bare {number}")));
    one.fields.insert(Field::Reference, says(&reference(number)));
    one.fields.insert(Field::Nip, says(&nip(number)));
    one.fields.insert(Field::Name, says(&format!("token {number}")));
    if number.is_multiple_of(3) {
        one.fields.insert(Field::Serial, says(&format!("01{number:014X}")));
    }
    one
}

fn entity(nip: &str, name: &str) -> Entity {
    Entity { nip: nip.into(), name: Some(name.into()), environments: ["test".to_owned()].into() }
}

/// All there is.
#[derive(Debug, PartialEq, Eq)]
struct All {
    credentials: Vec<Credential>,
    entities: Vec<Entity>,
    systems: Vec<System>,
    history: Vec<Change>,
}

fn all(records: &Records) -> Result<All, super::InventoryError> {
    Ok(All {
        credentials: records.credentials().collect::<Result<_, _>>()?,
        entities: records.entities().collect::<Result<_, _>>()?,
        systems: records.systems().collect::<Result<_, _>>()?,
        history: records.history(None).collect::<Result<_, _>>()?,
    })
}
