//! Rules about how a credential stands in the books.

use super::*;
use crate::base::{Standing, State};

#[test]
fn a_credential_belongs_to_a_company() {
    check(sound, &[("no-nip", &[(Field::Nip, "")], true)]);
}

#[test]
fn only_ksef_confirms_a_status() {
    check(
        sound,
        &[
            ("unknown-status", &[(Field::Status, "")], true),
            ("unknown-status", &[(Field::Status, "Active")], true),
            ("unknown-status", &[(Field::Status, "Revoked")], true),
        ],
    );
    assert_eq!(Shelf::of([listed(sound(7), "Revoked")]).told(), []);
    check(certificate, &[("unknown-status", &[(Field::Status, ""), (Field::Sort, "key")], false)]);
    let remedy = |values: &[(Field, &str)]| Shelf::of([with(sound(1), values)]).only().remedy;
    assert!(remedy(&[(Field::Status, "")]).starts_with("Import the answer of GET /tokens"));
    assert!(remedy(&[(Field::Status, ""), (Field::Reference, "")]).starts_with("Write down its reference"));
}

#[test]
fn a_name_is_given_once() {
    let named = |number, values: &[(Field, &str)]| with(with(sound(number), &[(Field::Name, "Ósma PROD")]), values);
    let same = named(2, &[(Field::Name, "osma  prod")]);
    let both = [("duplicate-name", 1), ("duplicate-name", 2)];
    for (second, wanted) in [
        (same.clone(), &both[..]),
        (with(same.clone(), &[(Field::Environment, "demo"), (Field::Name, "Ósma")]), &[]),
        (with(same.clone(), &[(Field::Nip, "1111111111")]), &[]),
        (listed(same.clone(), "Revoked"), &[]),
        (with(same.clone(), &[(Field::Name, "Ósma-PROD")]), &[]),
    ] {
        assert_eq!(Shelf::of([named(1, &[]), second]).told(), wanted);
    }
    let texts: Vec<_> =
        Shelf::of([named(1, &[]), same, named(3, &[])]).audit().into_iter().map(|remark| remark.text).collect();
    let wanted = [2, 1, 1].map(|n| format!("Credential {n} and 1 more of the same NIP and environment have its name."));
    assert_eq!(texts, wanted);
    let nameless = [(Field::Name, ""), (Field::Nip, "5265877635")];
    assert_eq!(Shelf::of([with(sound(1), &nameless), with(sound(2), &nameless)]).audit(), []);
}

#[test]
fn what_leaked_is_the_worst_unless_it_is_over() {
    let standing = |state| Standing::new(state, "inventory", "because");
    let severity_at = |credential: Credential, state: State| {
        let mut shelf = Shelf::of([credential]);
        let leak = leak(&shelf.credentials[0], &["a.txt, line 3"]);
        shelf.leaks.push(Leak { standing: standing(state), ..leak });
        let only = shelf.only();
        assert_eq!(only.rule, "leaked");
        only.severity
    };
    let severity = |credential: Credential| severity_at(credential, State::Live);
    let trial = [(Field::Environment, "test"), (Field::Name, "ABC")];
    assert_eq!(severity(sound(1)), Severity::Critical);
    assert_eq!(severity(with(sound(1), &trial)), Severity::High);
    for over in ["Revoked", "Expired", "Failed"] {
        let listed = |fields| listed(with(sound(1), fields), over);
        assert_eq!(severity_at(listed(&[(Field::Owner, "")]), State::Revoked), Severity::Low);
        assert_eq!(severity_at(listed(&trial), State::Revoked), Severity::Low);
        // What was found may be another one than what KSeF lists.
        assert_eq!(severity_at(listed(&[]), State::Unknown), Severity::Critical);
        // What a person wrote closes nothing.
        let mut shelf = Shelf::of([with(sound(1), &[(Field::Status, over)])]);
        shelf.leaks.push(leak(&shelf.credentials[0], &["a.txt"]));
        assert_eq!(shelf.told(), [("leaked", 1), ("unknown-status", 1)]);
        assert_eq!(shelf.audit()[0].severity, Severity::Critical);
    }
    let mut shelf = Shelf::of([with(certificate(1), &[(Field::ValidTo, "2026-05-31")])]);
    shelf.leaks.push(leak(&shelf.credentials[0], &["a.txt"]));
    assert_eq!(shelf.told(), [("leaked", 1), ("expired", 1)], "a day that a person wrote ends nothing");
    shelf.leaks[0].standing = standing(State::Expired);
    put(&mut shelf.credentials[0], Field::ValidTo, "2026-05-31", Voice::Itself);
    assert_eq!(shelf.told(), [("expired", 1), ("leaked", 1)]);
    shelf.leaks[0].standing = standing(State::Unknown);
    let [leaked, expired] = <[Remark; 2]>::try_from(shelf.audit()).unwrap();
    assert_eq!((leaked.rule, expired.rule), ("leaked", "expired"));
    assert!(leaked.text.ends_with("and may be live: because."), "{}", leaked.text);
    assert!(leaked.remedy.contains("another one"), "{}", leaked.remedy);
}

#[test]
fn a_leak_is_told_with_its_places_and_what_to_do() {
    let mut shelf = Shelf::of([sound(1), certificate(2), sound(3)]);
    let reference = shelf.credentials[0].get(Field::Reference).map(str::to_owned);
    let serial = shelf.credentials[1].get(Field::Serial).map(str::to_owned);
    let first_seen = "2026-04-02T08:00:00Z".parse().ok();
    shelf.leaks = vec![
        Leak { reference, finding: "f1".into(), places: vec!["b.mbox".into()], first_seen, ..Leak::default() },
        Leak { serial, places: vec![], ..Leak::default() },
        Leak { first_seen: NOW.parse().ok(), ..leak(&shelf.credentials[0], &["a.txt", "b.mbox"]) },
        leak(&sound(99), &["foreign.txt"]),
    ];
    assert_eq!(shelf.told(), [("leaked", 1), ("leaked", 2), ("several-places", 1)]);
    let [first, second, third] = <[Remark; 3]>::try_from(shelf.audit()).unwrap();
    assert_eq!(
        first.text,
        "It has leaked: it was found in 2 places, first «b.mbox» (finding f1), and nothing says that it is revoked."
    );
    assert!(first.remedy.contains("DELETE /tokens/20260501-EC-0000000001-0000000000-00,"), "{}", first.remedy);
    assert!(first.remedy.ends_with("review the invoices since 2026-04-02."), "{}", first.remedy);
    assert_eq!(second.text, "It has leaked: it was found, and nothing says that it is revoked.");
    assert!(second.remedy.contains("POST /certificates/0200000000000002/revoke"), "{}", second.remedy);
    assert_eq!(third.text, "A scan found it in 2 places.");
}

#[test]
fn names_keep_a_convention_that_is_given() {
    let mut shelf =
        Shelf::of([sound(1), with(sound(2), &[(Field::Name, "KSeF")]), with(sound(3), &[(Field::Name, "")])]);
    assert_eq!(shelf.audit(), []);
    shelf.convention = Some("{entity}-{country}-{system}-{environment}-{year}");
    let only = shelf.only();
    assert_eq!((only.rule, only.credential, only.severity), ("off-convention", Some(2), Severity::Info));
    assert_eq!(only.text, "Its name is not of the form {entity}-{country}-{system}-{environment}-{year}.");
    shelf.convention = Some("{firma}");
    let only = shelf.only();
    assert_eq!((only.rule, only.credential), ("off-convention", None));
    assert!(only.text.contains("{firma} is no placeholder"), "{}", only.text);
}

#[test]
fn a_convention_is_guessed_where_most_names_have_it() {
    let told = |good: u64, bad: u64| {
        let bad = (0..bad).map(|number| with(sound(100 + number), &[(Field::Name, &*format!("stary {number}"))]));
        Shelf::of((0..good).map(sound).chain(bad)).told()
    };
    assert_eq!(told(4, 1), [], "four are too few");
    assert_eq!(told(5, 1), [("off-convention", 100)]);
    assert_eq!(told(8, 2), [("off-convention", 100), ("off-convention", 101)]);
    assert_eq!(told(7, 2), [], "less than four of five");
    let short = |number| with(sound(number), &[(Field::Name, &*format!("ABC-Comarch-PROD-20{:02}", number + 20))]);
    let mut shelf = Shelf::of((1..=6).map(short));
    assert_eq!(shelf.audit(), []);
    shelf.credentials.push(with(sound(7), &[(Field::Name, "ABC-PROD")]));
    assert!(shelf.only().text.starts_with("Its name is not of the form {entity}-{system}-{environment}-{year},"));
}
