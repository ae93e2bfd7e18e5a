//! What is kept is found again, and every change of it.

use super::{Place, all, by, bytes_of, credential, entity, find, nip, numbers_of, print, reference, says};
use crate::inventory::store::read::Counts;
use crate::inventory::store::{Handle, InventoryError, Key, Records};
use crate::inventory::{Change, Credential, Field, System, Voice};

fn told(change: &Change) -> (&str, Option<&str>, Option<&str>, Option<&str>) {
    (&change.what, change.field.as_deref(), change.before.as_deref(), change.after.as_deref())
}

fn history(records: &Records, of: Option<&str>) -> Vec<Change> {
    records.history(of).map(Result::unwrap).collect()
}

#[test]
fn what_is_put_is_there_by_every_look_up() {
    let place = Place::new();
    place.fill(1..40);
    let reading = place.inventory.read().unwrap();
    assert_eq!(reading.counts(), Counts { credentials: 39, entities: 1, systems: 1, changes: 41 });
    for number in 1..40 {
        let expected = Credential { number: number.into(), ..credential(number) };
        assert_eq!(reading.credential(number.into()).unwrap().as_ref(), Some(&expected));
        let mut handles = vec![Handle::Reference(reference(number))];
        handles.extend(expected.prints.iter().copied().map(Handle::Print));
        handles.extend(expected.get(Field::Serial).map(|serial| Handle::Serial(serial.to_owned())));
        for handle in handles {
            assert_eq!(find(&reading, &handle).unwrap(), Some(number.into()), "{handle:?}");
        }
    }
    for rest in 0..7 {
        let expected: Vec<u64> = (1..40).filter(|number| number % 7 == rest).collect();
        assert_eq!(numbers_of(&reading, &nip(rest.try_into().unwrap())).unwrap(), expected);
    }
    let numbers: Vec<u64> = reading.credentials().map(|one| one.unwrap().number).collect();
    assert_eq!(numbers, (1..40).collect::<Vec<u64>>());
    assert_eq!(reading.entity("5265877635").unwrap(), Some(entity("5265877635", "ABC")));
    assert_eq!(reading.system("Comarch").unwrap().map(|system| system.name).as_deref(), Some("Comarch"));
}

#[test]
fn what_is_not_there_is_told_as_that() {
    let place = Place::new();
    place.fill(1..4);
    let reading = place.inventory.read().unwrap();
    for handle in [Handle::Print(print("x")), Handle::Reference("x".into()), Handle::Serial(reference(1))] {
        assert_eq!(find(&reading, &handle).unwrap(), None);
    }
    assert_eq!(reading.credential(4).unwrap(), None);
    assert_eq!(reading.credential(u64::MAX).unwrap(), None);
    assert_eq!(numbers_of(&reading, "").unwrap(), Vec::<u64>::new());
    assert_eq!(reading.entity("x").unwrap(), None);
    assert_eq!(reading.system("").unwrap(), None);
    assert_eq!(history(&reading, Some("credential 4")), []);
}

#[test]
fn a_draft_sees_what_it_changed_and_others_do_not_until_it_is_kept() {
    let place = Place::new();
    place.fill(1..3);
    let before = all(&place.inventory.read().unwrap()).unwrap();
    let mut draft = place.draft();
    assert_eq!(draft.put(credential(9)).unwrap(), 3);
    assert_eq!(find(&draft, &Handle::Reference(reference(9))).unwrap(), Some(3));
    assert_eq!(numbers_of(&draft, &nip(9)).unwrap(), [2, 3]);
    assert!(draft.remove(1).unwrap());
    assert_eq!(draft.credentials().count(), 2);
    drop(draft);
    assert_eq!(all(&place.inventory.read().unwrap()).unwrap(), before);
}

#[test]
fn a_change_is_told_field_by_field() {
    let place = Place::new();
    place.fill(1..3);
    let mut draft = place.inventory.write(by("import klienci.xlsx")).unwrap();
    let mut one = draft.credential(1).unwrap().unwrap();
    one.fields.insert(Field::Nip, says("1234567890"));
    one.fields.insert(Field::Owner, says("Ewa"));
    one.fields.remove(&Field::Name);
    one.prints.remove(&print("bare 1"));
    one.prints.insert(print("other 1"));
    one.fields.get_mut(&Field::Reference).unwrap().voice = Voice::Ksef;
    draft.put(one.clone()).unwrap();
    draft.commit().unwrap();

    let reading = place.inventory.read().unwrap();
    assert_eq!(reading.credential(1).unwrap(), Some(one));
    assert_eq!(find(&reading, &Handle::Print(print("bare 1"))).unwrap(), None);
    assert_eq!(find(&reading, &Handle::Print(print("other 1"))).unwrap(), Some(1));
    assert_eq!(
        (numbers_of(&reading, &nip(1)).unwrap(), numbers_of(&reading, "1234567890").unwrap()),
        (vec![], vec![1])
    );
    let changes = history(&reading, Some("credential 1"));
    let mut expected = [
        (None, None, Some(reference(1))),
        (Some("nip"), Some(nip(1)), Some("1234567890".into())),
        (Some("owner"), None, Some("Ewa".into())),
        (Some("name"), Some("token 1".into()), None),
        (Some("fingerprint"), Some(print("bare 1").to_string()), None),
        (Some("fingerprint"), None, Some(print("other 1").to_string())),
        (Some("reference"), Some(reference(1)), Some(reference(1))),
    ];
    let mut told: Vec<_> =
        changes.iter().map(|one| (one.field.as_deref(), one.before.clone(), one.after.clone())).collect();
    told.sort();
    expected.sort();
    assert_eq!(told, expected);
    assert_eq!((&*changes[1].who, &*changes[1].source), ("anna", "import klienci.xlsx"));
    let first: Vec<u64> = vec![history(&reading, None).len() as u64];
    assert_eq!(first, [reading.counts().changes]);
}

#[test]
fn what_is_removed_is_gone_but_from_the_history() {
    let place = Place::new();
    place.fill(1..4);
    let mut draft = place.draft();
    assert_eq!((draft.remove(2).unwrap(), draft.remove(2).unwrap()), (true, false));
    assert!(draft.remove_entity("5265877635").unwrap() && !draft.remove_entity("5265877635").unwrap());
    assert!(draft.remove_system("Comarch").unwrap() && !draft.remove_system("Comarch").unwrap());
    draft.commit().unwrap();
    let reading = place.inventory.read().unwrap();
    assert_eq!((reading.credential(2).unwrap(), reading.counts().credentials), (None, 2));
    assert_eq!(find(&reading, &Handle::Reference(reference(2))).unwrap(), None);
    assert_eq!(numbers_of(&reading, &nip(2)).unwrap(), Vec::<u64>::new());
    assert_eq!((reading.entities().count(), reading.systems().count()), (0, 0));
    let changes = history(&reading, Some("credential 2"));
    assert_eq!(told(&changes[1]), ("credential 2", None, Some(&*reference(2)), None));
    assert!(changes.iter().any(|one| told(one).1 == Some("name") && told(one).2 == Some("token 2")));
    assert_eq!(changes.len(), 1 + 1 + 3 + 2, "it came, it went with three fields and two fingerprints");
    drop(reading);
    // Its number is not given to another, and what it was known by is free.
    let mut draft = place.draft();
    assert_eq!(draft.put(credential(2)).unwrap(), 4);
}

#[test]
fn a_handle_of_another_is_refused_and_nothing_is_spoilt_by_it() {
    let place = Place::new();
    place.fill(1..4);
    let mut draft = place.draft();
    let mut mixed = credential(8);
    mixed.prints.insert(print("whole 3"));
    mixed.fields.insert(Field::Reference, says(&reference(1)));
    let refused = draft.put(mixed).unwrap_err();
    assert_eq!(refused, InventoryError::Taken(vec![1, 3]));
    assert!(refused.to_string().contains("credentials 1, 3"), "{refused}");
    assert_eq!(draft.put(Credential { number: 9, ..credential(9) }), Err(InventoryError::Unknown(9)));
    assert_eq!(draft.put(credential(5)).unwrap(), 4);
    draft.commit().unwrap();
    assert_eq!(place.inventory.read().unwrap().credentials().count(), 4);
}

#[test]
fn what_is_known_already_changes_nothing_not_even_the_file() {
    let place = Place::new();
    place.fill(1..20);
    let bytes = bytes_of(place.path());
    let mut draft = place.draft();
    for number in 1..20 {
        let mut same = Credential { number: number.into(), ..credential(number) };
        same.fields.values_mut().for_each(|value| value.since = super::at("2026-11-20"));
        assert_eq!(draft.put(same).unwrap(), u64::from(number));
    }
    draft.put_entity(&entity("5265877635", "ABC")).unwrap();
    draft.commit().unwrap();
    assert!(bytes_of(place.path()) == bytes, "the file is another");
    let mut draft = place.draft();
    draft.put(credential(30)).unwrap();
    drop(draft);
    assert!(bytes_of(place.path()) == bytes, "the file of a draft that was given up is another");
}

#[test]
fn entities_and_systems_have_a_history_too() {
    let place = Place::new();
    place.fill(1..2);
    let mut draft = place.draft();
    draft.put_entity(&entity("5265877635", "ABC Sp. z o.o.")).unwrap();
    let needs = Some(["InvoiceRead".to_owned(), "InvoiceWrite".to_owned()].into());
    let system = System { name: "Comarch".into(), environment: Some("production".into()), needs };
    draft.put_system(&system).unwrap();
    draft.commit().unwrap();
    let reading = place.inventory.read().unwrap();
    assert_eq!(reading.system("Comarch").unwrap(), Some(system));
    let changes = history(&reading, Some("entity 5265877635"));
    assert_eq!(told(&changes[1]), ("entity 5265877635", Some("name"), Some("ABC"), Some("ABC Sp. z o.o.")));
    let changes = history(&reading, Some("system Comarch"));
    assert_eq!(told(&changes[1]), ("system Comarch", Some("environment"), None, Some("production")));
    assert_eq!(told(&changes[2]).3, Some("InvoiceRead,InvoiceWrite"));
}

#[test]
fn a_company_with_many_credentials_and_a_long_history_are_read_whole() {
    let place = Place::new();
    let mut draft = place.draft();
    for number in 1..=500 {
        draft.put(credential(number * 7)).unwrap();
    }
    draft.commit().unwrap();
    let reading = place.inventory.read().unwrap();
    assert_eq!(numbers_of(&reading, &nip(0)).unwrap(), (1..=500).collect::<Vec<u64>>());
    assert_eq!(reading.of_nip(&nip(0), 499).unwrap(), None, "more than were asked for");
    assert_eq!(history(&reading, None).len(), 500);
    assert_eq!(history(&reading, Some("credential 400")).len(), 1);
}

#[test]
fn the_key_is_not_shown() {
    let place = Place::new();
    let shown = format!("{:?} {:?}", place.inventory, place.draft());
    let key: Key = place.key.clone();
    let hex: String = key.bytes().iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let list: Vec<String> = key.bytes().iter().take(4).map(ToString::to_string).collect();
    assert!(!shown.contains(&hex) && !shown.contains(&list.join(", ")), "{shown}");
}

#[test]
fn a_key_is_that_of_each_of_its_certificates() {
    let place = Place::new();
    let key = print("key");
    let certificate = |number: u64| {
        let mut one = Credential::default();
        one.prints.insert(key);
        one.fields.insert(Field::Serial, says(&format!("{number:016}")));
        one
    };
    let mut draft = place.draft();
    for number in 1..=4 {
        assert_eq!(draft.put(certificate(number)).unwrap(), number);
    }
    let bare = Credential { prints: [key].into(), ..Credential::default() };
    assert!(matches!(draft.put(bare), Err(InventoryError::Taken(others)) if others == [1, 2, 3, 4]));
    draft.commit().unwrap();
    let holders = |records: &Records| {
        let all = records.with(&[Handle::Print(key), Handle::Serial(format!("{:016}", 2))]).unwrap();
        all.into_iter().map(|one| one.number).collect::<Vec<_>>()
    };
    assert_eq!(holders(&place.inventory.read().unwrap()), [1, 2, 3, 4]);
    let mut left = vec![1, 2, 3, 4];
    for gone in [3, 1, 4, 2] {
        let mut draft = place.draft();
        if gone == 4 {
            let mut one = draft.credential(gone).unwrap().unwrap();
            one.prints.clear();
            draft.put(one).unwrap();
        } else {
            assert!(draft.remove(gone).unwrap());
        }
        draft.commit().unwrap();
        left.retain(|number| *number != gone);
        assert_eq!(holders(&place.inventory.read().unwrap()), left);
    }
}
