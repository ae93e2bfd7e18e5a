//! Files: their making, what is none of ours, other keys, other versions.

use std::fs;

use super::{Place, all, by, bytes_of, credential};
use crate::inventory::store::error::{Fault, guard};
use crate::inventory::store::migrate::{STEPS, Step};
use crate::inventory::store::open::Inventory;
use crate::inventory::store::seal::Seal;
use crate::inventory::store::tables::Ground;
use crate::inventory::store::{InventoryError, Key};

fn refusal(place: &Place, name: &str) -> String {
    Inventory::open(&place.beside(name), place.key.clone()).unwrap_err().to_string()
}

#[test]
fn what_is_no_inventory_is_refused_and_left_alone() {
    let place = Place::new();
    assert!(refusal(&place, "absent").contains("inventory init"));
    let whole = bytes_of(place.path());
    redb::Database::create(place.beside("strange")).unwrap();
    for (name, bytes) in [("empty", &b""[..]), ("text", b"nip;token"), ("magic", &whole[..9]), ("long", &[7; 9000])] {
        fs::write(place.beside(name), bytes).unwrap();
        let told = refusal(&place, name);
        assert!(told.contains("no inventory") || (name == "magic" && told.contains("damaged")), "{name}: {told}");
        assert_eq!(place_write(&place, name), told, "{name}");
        assert_eq!(bytes_of(&place.beside(name)), bytes, "{name}");
    }
    assert!(refusal(&place, "keys").contains("no inventory"), "a directory");
    assert!(refusal(&place, "strange").contains("no inventory"), "a database of something else");
}

fn place_write(place: &Place, name: &str) -> String {
    Inventory::at(&place.beside(name), place.key.clone()).write(by("x")).unwrap_err().to_string()
}

#[test]
fn a_file_that_was_cut_is_told_as_damaged_or_read_as_it_was() {
    let place = Place::new();
    place.fill(1..5);
    let before = all(&place.inventory.read().unwrap()).unwrap();
    let whole = bytes_of(place.path());
    for length in [10, 64, 319, 320, 4095, 4096, 5000, whole.len() / 2, whole.len() - 4096, whole.len() - 1] {
        fs::write(place.path(), &whole[..length]).unwrap();
        match place.inventory.read().and_then(|reading| all(&reading)) {
            Ok(now) => assert_eq!(now, before, "{length}"),
            Err(error) => assert!(error.to_string().contains("damaged"), "{length}: {error}"),
        }
    }
}

#[test]
fn there_is_one_inventory_of_a_name() {
    let place = Place::new();
    let bytes = bytes_of(place.path());
    let again = Inventory::create(place.path(), &place.key).unwrap_err();
    assert_eq!(again, InventoryError::Exists(place.path().to_owned()));
    assert_eq!(bytes_of(place.path()), bytes);
    assert_eq!(fs::read_dir(place.path().parent().unwrap()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn another_key_is_told_from_damage() {
    let place = Place::new();
    place.fill(1..5);
    let bytes = bytes_of(place.path());
    let other = Key::load_or_make(&place.beside("other")).unwrap();
    let told = Inventory::open(place.path(), other.clone()).unwrap_err();
    assert_eq!(told, InventoryError::OtherKey(place.path().to_owned()));
    assert!(told.to_string().contains("--inventory-key"));
    assert_eq!(Inventory::at(place.path(), other).write(by("x")).unwrap_err(), told);
    assert!(bytes_of(place.path()) == bytes, "a file that is not ours to change was changed");
}

#[test]
fn a_key_is_made_once_and_never_by_a_reader() {
    let place = Place::new();
    let path = place.beside("new/deep/key");
    assert_eq!(Key::load(&path).unwrap_err(), InventoryError::KeyMissing(path.clone()));
    assert!(!path.exists());
    let made = Key::load_or_make(&path).unwrap();
    assert_eq!(made.bytes(), Key::load_or_make(&path).unwrap().bytes());
    assert_eq!(made.bytes(), Key::load(&path).unwrap().bytes());
    assert_ne!(made.bytes(), place.key.bytes());
    for bytes in [&[1; 31][..], &[1; 33], b""] {
        fs::write(&path, bytes).unwrap();
        assert_eq!(Key::load_or_make(&path).unwrap_err(), InventoryError::KeyMalformed(path.clone()));
    }
    let folder = place.beside("new");
    assert_eq!(Key::load(&folder).unwrap_err(), InventoryError::KeyMalformed(folder));
}

#[cfg(unix)]
#[test]
fn what_is_made_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.fill(1..3);
    let mode = |name: &str| fs::metadata(place.beside(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!([mode("data"), mode("keys")], [0o700; 2]);
    assert_eq!([mode("data/inventory"), mode("keys/key")], [0o600; 2]);
}

/// A step of a version to come: it writes a record that only it would.
fn add_a_system(ground: &Ground, _: &Seal) -> Result<(), Fault> {
    ground.put(redb::TableDefinition::new("later"), b"a", b"b")
}

fn fail(_: &Ground, _: &Seal) -> Result<(), Fault> {
    Err(Fault::damaged("a step"))
}

const LATER: &[Step] = &[STEPS[0], add_a_system];
const FAILING: &[Step] = &[STEPS[0], add_a_system, fail];

#[test]
fn an_older_version_is_brought_up_and_a_newer_one_is_refused() {
    let place = Place::new();
    place.fill(1..5);
    let before = all(&place.inventory.read().unwrap()).unwrap();
    let bytes = bytes_of(place.path());

    let with = |steps| {
        let mut inventory = Inventory::at(place.path(), place.key.clone());
        inventory.steps = steps;
        inventory
    };
    let failing = with(FAILING);
    assert!(failing.read().unwrap_err().to_string().contains("a step"));
    assert!(failing.write(by("x")).unwrap_err().to_string().contains("a step"));
    assert_eq!(all(&place.inventory.read().unwrap()).unwrap(), before, "all steps or none");

    fs::write(place.path(), &bytes).unwrap();
    let later = with(LATER);
    assert_eq!(all(&later.read().unwrap()).unwrap(), before);
    assert_eq!(all(&later.write(by("x")).unwrap()).unwrap(), before);
    let newer = InventoryError::Newer(place.path().to_owned());
    assert_eq!(place.inventory.read().unwrap_err(), newer);
    assert_eq!(place.inventory.write(by("x")).unwrap_err(), newer);
    assert!(newer.to_string().contains("was written by a newer ksefleaks"));

    // A draft brings it up as well, in a change of its own.
    fs::write(place.path(), &bytes).unwrap();
    let mut draft = later.write(by("x")).unwrap();
    draft.put(credential(77)).unwrap();
    draft.commit().unwrap();
    assert_eq!(later.read().unwrap().counts().credentials, 5);
}

#[test]
fn a_panic_of_the_database_is_an_error() {
    let told = guard(|| -> Result<(), Fault> { panic!("canary") }).unwrap_err();
    assert_eq!(told, Fault::damaged("its structure"));
}
