//! Files that were damaged or forged: an error, or exactly what was there; never a panic, never something else.

use std::fs;
use std::panic::catch_unwind;

use redb::{ReadableDatabase, ReadableTable, TableDefinition};

use super::{All, Place, all, by, bytes_of, credential, find, nip, numbers_of, reference};
use crate::inventory::store::open::Inventory;
use crate::inventory::store::{Handle, InventoryError, Records};

/// All there is, by every way to it.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    all: All,
    found: Vec<Option<u64>>,
    of: Vec<Vec<u64>>,
}

/// The handles of the first credentials, and of some that are not there.
fn handles() -> impl Iterator<Item = Handle> {
    (1..25).flat_map(|number| {
        let serial = Handle::Serial(format!("01{number:014X}"));
        let [whole, bare] = ["whole", "bare"].map(|form| Handle::Print(super::print(&format!("{form} {number}"))));
        [Handle::Reference(reference(number)), serial, whole, bare]
    })
}

fn see(records: &Records) -> Result<Seen, InventoryError> {
    Ok(Seen {
        found: handles().map(|handle| find(records, &handle)).collect::<Result<_, _>>()?,
        of: (0..7).map(|number| numbers_of(records, &nip(number))).collect::<Result<_, _>>()?,
        all: all(records)?,
    })
}

/// Every look-up by itself, so that the error of one hides nothing of another.
fn is_as_before(records: &Records, before: &Seen) {
    let mut found = before.found.iter();
    for handle in handles() {
        let expected = found.next().unwrap();
        if let Ok(now) = find(records, &handle) {
            assert_eq!(now, *expected, "{handle:?}");
        }
    }
    for (number, expected) in (0..7).zip(&before.of) {
        if let Ok(now) = numbers_of(records, &nip(number)) {
            assert_eq!(now, *expected);
        }
    }
    for (index, one) in records.credentials().enumerate() {
        if let Ok(one) = one {
            assert_eq!(one, before.all.credentials[index]);
        }
    }
    if let Ok(now) = all(records) {
        assert_eq!(now, before.all);
    }
}

/// A file with a past: pages that nothing refers to any more hold what was there before.
fn with_a_past() -> (Place, Vec<u8>, Seen) {
    let place = Place::new();
    place.fill(1..9);
    for round in 0..3 {
        let mut draft = place.draft();
        for number in 1..=8 {
            if let Some(mut one) = draft.credential(number).unwrap() {
                one.fields.insert(crate::inventory::Field::Owner, super::says(&format!("owner {round}")));
                draft.put(one).unwrap();
            }
        }
        draft.remove(round + 1).unwrap();
        draft.put(credential(20 + u32::try_from(round).unwrap())).unwrap();
        draft.commit().unwrap();
    }
    let seen = see(&place.inventory.read().unwrap()).unwrap();
    let bytes = bytes_of(place.path());
    (place, bytes, seen)
}

#[test]
fn flipped_bytes_are_told_or_mean_nothing() {
    let (place, bytes, before) = with_a_past();
    let used: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] != 0 || *at < 400).collect();
    // The head byte for byte, the rest here and there.
    let chosen = used.iter().filter(|at| **at < 400).chain(used.iter().filter(|at| **at >= 400).step_by(61));
    let mut told = 0;
    for (round, at) in chosen.enumerate() {
        let mut damaged = bytes.clone();
        damaged[*at] ^= [0xff, 0x01, 0x10, 0x80][round % 4];
        fs::write(place.path(), &damaged).unwrap();
        let seen = catch_unwind(|| {
            let inventory = Inventory::at(place.path(), place.key.clone());
            match inventory.read() {
                Ok(reading) => {
                    is_as_before(&reading, &before);
                    see(&reading)
                }
                Err(error) => Err(error),
            }
        });
        match seen.unwrap_or_else(|_| panic!("a panic or another content, byte {at}")) {
            Ok(seen) => assert_eq!(seen, before, "byte {at}"),
            Err(error) => {
                assert!(error.to_string().contains(&*place.path().to_string_lossy()), "byte {at}: {error}");
                told += 1;
            }
        }
    }
    assert!(told > 100, "{told} flips were told");
}

#[test]
fn a_draft_of_a_damaged_file_is_refused_or_right() {
    let (place, bytes, before) = with_a_past();
    let used: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] != 0 || *at < 400).collect();
    for at in used.iter().filter(|at| **at < 400).step_by(3).chain(used.iter().filter(|at| **at >= 400).step_by(331)) {
        let mut damaged = bytes.clone();
        damaged[*at] ^= 0x41;
        fs::write(place.path(), &damaged).unwrap();
        let written = catch_unwind(|| {
            let mut draft = Inventory::at(place.path(), place.key.clone()).write(by("x"))?;
            let number = draft.put(credential(99))?;
            draft.commit().map(|()| number)
        });
        let written = written.unwrap_or_else(|_| panic!("a panic, byte {at}"));
        let seen = catch_unwind(|| place.inventory.read().and_then(|reading| all(&reading)));
        match (written, seen.unwrap_or_else(|_| panic!("a panic, byte {at}"))) {
            (Ok(number), Ok(mut seen)) => {
                assert_eq!(seen.credentials.pop().map(|one| one.number), Some(number), "byte {at}");
                assert_eq!(seen.credentials, before.all.credentials, "byte {at}");
            }
            (Err(_), Ok(seen)) => assert_eq!(seen, before.all, "byte {at}"),
            (_, Err(error)) => assert!(!error.to_string().is_empty()),
        }
    }
}

type Bytes = TableDefinition<'static, &'static [u8], &'static [u8]>;

/// Changes a table behind the back of the store.
fn forge(place: &Place, table: &'static str, change: impl Fn(&mut redb::Table<'_, &'static [u8], &'static [u8]>)) {
    let database = redb::Database::open(place.path()).unwrap();
    let transaction = database.begin_write().unwrap();
    change(&mut transaction.open_table(Bytes::new(table)).unwrap());
    transaction.commit().unwrap();
}

fn first(place: &Place, table: &'static str) -> Vec<(Vec<u8>, Vec<u8>)> {
    let database = redb::Database::open(place.path()).unwrap();
    let table = database.begin_read().unwrap().open_table(Bytes::new(table)).unwrap();
    let pairs = table.iter().unwrap().map(Result::unwrap);
    pairs.map(|(key, value)| (key.value().to_vec(), value.value().to_vec())).collect()
}

const NAMES: [&str; 7] = ["credentials", "entities", "systems", "nips", "history", "tally", "meta"];

#[test]
fn a_record_that_was_forged_taken_out_or_swapped_is_told() {
    for table in NAMES {
        for forgery in 0..5 {
            let place = Place::new();
            place.fill(1..16);
            let pairs = first(&place, table);
            let ((key, value), (last, other)) = (pairs[0].clone(), pairs[pairs.len() - 1].clone());
            forge(&place, table, |table| {
                match forgery {
                    0 => table.remove(&*key).map(drop),
                    1 => table.remove(&*last).map(drop),
                    2 => table.insert(&*key, &b"{}"[..]).map(drop),
                    3 => table.insert(&[&key[..], &[1]].concat()[..], &*value).map(drop),
                    _ => {
                        table.insert(&*last, &*value).unwrap();
                        table.insert(&*key, &*other).map(drop)
                    }
                }
                .unwrap();
            });
            let now = place.inventory.read().and_then(|reading| see(&reading));
            // To swap one record with itself or two empty ones, or to add one that nobody asks for, forges nothing.
            let harmless =
                matches!((table, forgery), ("entities" | "systems", 4) | ("nips", 2 | 4) | ("tally" | "meta", 3));
            match now {
                Err(error) => {
                    let told = error.to_string();
                    assert!(told.contains("damaged") || told.contains("no inventory"), "{table} {forgery}: {told}");
                    assert!(!harmless, "{table} {forgery}: {told}");
                }
                Ok(_) => assert!(harmless, "{table} {forgery} was not told"),
            }
        }
    }
}

#[test]
fn an_older_record_in_the_place_of_a_newer_one_is_told() {
    let place = Place::new();
    place.fill(1..5);
    for table in ["credentials", "tally", "meta"] {
        let older = first(&place, table);
        let mut draft = place.draft();
        let mut one = draft.credential(1).unwrap().unwrap();
        let status = format!("Revoked {table}");
        one.fields.insert(crate::inventory::Field::Status, super::says(&status));
        draft.put(one).unwrap();
        draft.commit().unwrap();
        let whole = bytes_of(place.path());
        forge(&place, table, |table| {
            for (key, value) in &older {
                table.insert(&**key, &**value).unwrap();
            }
        });
        let told = place.inventory.read().and_then(|reading| reading.credential(1)).unwrap_err();
        assert!(told.to_string().contains("damaged"), "{table}: {told}");
        fs::write(place.path(), whole).unwrap();
    }
}

#[test]
fn an_error_quotes_nothing_that_is_kept() {
    let place = Place::new();
    place.fill(1..5);
    forge(&place, "entities", |table| drop(table.insert(&b"5265877635"[..], &b"canary"[..]).unwrap()));
    forge(&place, "credentials", |table| drop(table.insert(&2_u64.to_be_bytes()[..], &b"canary"[..]).unwrap()));
    let reading = place.inventory.read().unwrap();
    let entity = reading.entity("5265877635").unwrap_err();
    let credential = find(&reading, &Handle::Reference(reference(2))).unwrap_err();
    assert!(credential.to_string().contains("credential 2 was damaged"), "{credential}");
    for told in [format!("{entity} {entity:?}"), format!("{credential} {credential:?}")] {
        assert!(!told.contains("canary") && !told.contains("5265877635") && !told.contains(&reference(2)), "{told}");
    }
}
