//! Several at once.

use std::thread;
use std::time::Duration;

use super::{Place, by, credential};
use crate::inventory::store::{Inventory, InventoryError};

#[test]
fn drafts_of_several_threads_follow_each_other() {
    let place = Place::new();
    thread::scope(|scope| {
        for worker in 0..4 {
            let place = &place;
            scope.spawn(move || {
                let inventory = Inventory::open(place.path(), place.key.clone()).unwrap();
                for step in 0..5 {
                    let mut draft = inventory.write(by("thread")).unwrap();
                    draft.put(credential(worker * 100 + step)).unwrap();
                    draft.commit().unwrap();
                    assert!(inventory.read().unwrap().counts().credentials > 0);
                }
            });
        }
    });
    let reading = place.inventory.read().unwrap();
    let numbers: Vec<u64> = reading.credentials().map(|one| one.unwrap().number).collect();
    assert_eq!(numbers, (1..=20).collect::<Vec<u64>>());
}

#[test]
fn readers_share_and_a_writer_is_alone() {
    let mut place = Place::new();
    place.fill(1..3);
    place.inventory.patience = Duration::ZERO;
    let busy = InventoryError::Busy(place.path().to_owned());
    let (one, two) = (place.inventory.read().unwrap(), place.inventory.read().unwrap());
    assert_eq!(one.counts(), two.counts());
    assert_eq!(place.inventory.write(by("x")).unwrap_err(), busy);
    drop((one, two));
    let draft = place.draft();
    assert_eq!(place.inventory.read().unwrap_err(), busy);
    assert_eq!(place.inventory.write(by("x")).unwrap_err(), busy);
    drop(draft);
    assert_eq!(place.inventory.read().unwrap().counts().credentials, 2);
}

#[test]
fn two_that_make_one_inventory_or_key_make_one() {
    let place = Place::new();
    let (path, key) = (place.beside("race/inventory"), place.beside("race/key"));
    let keys = thread::scope(|scope| {
        let makers: Vec<_> =
            (0..4).map(|_| scope.spawn(|| crate::inventory::store::Key::load_or_make(&key).unwrap())).collect();
        makers.into_iter().map(|maker| maker.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(keys.iter().all(|one| one.bytes() == keys[0].bytes()));
    let made = thread::scope(|scope| {
        let makers: Vec<_> = (0..4).map(|_| scope.spawn(|| Inventory::create(&path, &keys[0]).is_ok())).collect();
        makers.into_iter().map(|maker| maker.join().unwrap()).filter(|made| *made).count()
    });
    assert_eq!(made, 1);
    assert!(Inventory::open(&path, keys[0].clone()).is_ok());
}
