//! What the audit remarks of books that were made for it.
//!
//! Holds: a credential without a fault, and how a fault is put into it; the cases stand in the files beside.

mod any;
mod dates;
mod listing;
mod office;
mod page;
mod people;
mod systems;

use std::collections::BTreeSet;

use crate::base::{Fingerprint, Instant, Severity};
use crate::inventory::{Credential, Entity, Field, System, Value, Voice};

use super::{Books, Leak, Remark, audit, rules};

const NOW: &str = "2026-06-01T12:00:00Z";

/// Books that own what they hold.
struct Shelf {
    credentials: Vec<Credential>,
    entities: Vec<Entity>,
    systems: Vec<System>,
    leaks: Vec<Leak>,
    left: Vec<String>,
    convention: Option<&'static str>,
    now: Instant,
}

impl Shelf {
    fn of(credentials: impl IntoIterator<Item = Credential>) -> Self {
        Self {
            credentials: credentials.into_iter().collect(),
            entities: Vec::new(),
            systems: Vec::new(),
            leaks: Vec::new(),
            left: Vec::new(),
            convention: None,
            now: NOW.parse().unwrap(),
        }
    }

    fn audit(&self) -> Vec<Remark> {
        audit(&Books {
            credentials: &self.credentials,
            entities: &self.entities,
            systems: &self.systems,
            leaks: &self.leaks,
            left: &self.left,
            now: self.now,
            expiring_days: 30,
            convention: self.convention,
        })
    }

    /// The rules that remark on something, with the number of the credential.
    fn told(&self) -> Vec<(&'static str, u64)> {
        self.audit().iter().map(|remark| (remark.rule, remark.credential.unwrap_or(0))).collect()
    }

    /// The only remark.
    fn only(&self) -> Remark {
        let remarks = self.audit();
        assert_eq!(remarks.len(), 1, "{remarks:?}");
        remarks.into_iter().next().unwrap()
    }
}

/// A credential on which nothing is to be remarked.
fn sound(number: u64) -> Credential {
    let mut credential = Credential { number, ..Credential::default() };
    credential.prints.insert(Fingerprint::of_public(&number.to_be_bytes()));
    let name = format!("Firma {number}-Poland-Comarch-PROD-2026");
    for (field, text) in [
        (Field::Entity, "ABC Sp. z o.o."),
        (Field::Nip, "5265877635"),
        (Field::Environment, "production"),
        (Field::Sort, "token"),
        (Field::Reference, &format!("20260501-EC-{number:010X}-0000000000-00")),
        (Field::Name, &name),
        (Field::System, "Comarch"),
        (Field::Scope, "InvoiceRead,InvoiceWrite"),
        (Field::Issued, "2026-05-01T08:00:00Z"),
        (Field::LastUsed, "2026-05-31T08:00:00Z"),
        (Field::Owner, "Anna Nowak"),
        (Field::Custodian, "Jan Lis"),
        (Field::Home, "sejf haseł/KSeF"),
        (Field::Reviewed, "2026-05-20T00:00:00Z"),
    ] {
        put(&mut credential, field, text, Voice::Person);
    }
    put(&mut credential, Field::Status, "Active", Voice::Ksef);
    credential
}

/// The same as a certificate.
fn certificate(number: u64) -> Credential {
    let mut credential = sound(number);
    credential.fields.remove(&Field::Reference);
    for (field, text) in [
        (Field::Sort, "certificate"),
        (Field::Serial, &*format!("02{number:014X}")),
        (Field::Scope, "Authentication"),
        (Field::ValidTo, "2028-05-01T08:00:00Z"),
    ] {
        put(&mut credential, field, text, Voice::Itself);
    }
    credential
}

fn put(credential: &mut Credential, field: Field, text: &str, voice: Voice) {
    let since = "2026-05-01".parse().unwrap();
    credential.fields.insert(field, Value { text: text.to_owned(), voice, since });
}

/// The credential with other values; an empty one takes the field away.
fn with(mut credential: Credential, values: &[(Field, &str)]) -> Credential {
    for (field, text) in values {
        if text.is_empty() {
            credential.fields.remove(field);
        } else {
            put(&mut credential, *field, text, Voice::Person);
        }
    }
    credential
}

/// The credential with a status that KSeF lists.
fn listed(mut credential: Credential, status: &str) -> Credential {
    put(&mut credential, Field::Status, status, Voice::Ksef);
    credential
}

fn system(name: &str, environment: Option<&str>, needs: Option<&[&str]>) -> System {
    System {
        name: name.to_owned(),
        environment: environment.map(str::to_owned),
        needs: needs.map(|needs| needs.iter().map(|need| (*need).to_owned()).collect()),
    }
}

/// A row of a table: the rule, the values that are changed, and whether the rule then remarks.
type Case<'a> = (&'static str, &'a [(Field, &'a str)], bool);

/// Checks that each change of a sound credential is remarked by that rule and by no other.
fn check(make: fn(u64) -> Credential, cases: &[Case<'_>]) {
    for (rule, values, wanted) in cases {
        let told = Shelf::of([with(make(7), values)]).told();
        let wanted = if *wanted { vec![(*rule, 7)] } else { vec![] };
        assert_eq!(told, wanted, "{rule}: {values:?}");
    }
}

#[test]
fn nothing_is_remarked_where_nothing_is_wrong() {
    assert_eq!(Shelf::of([]).audit(), []);
    let mut shelf = Shelf::of([sound(1), certificate(2)]);
    assert_eq!(shelf.audit(), []);
    shelf.credentials.clear();
    shelf.systems.push(system("Comarch", None, None));
    shelf.left.push("Anna Nowak".into());
    shelf.leaks.push(Leak { reference: Some("20260501-EC-0000000001-0000000000-00".into()), ..Leak::default() });
    assert_eq!(shelf.audit(), [], "a finding that is not in the books is no matter of the audit");
}

#[test]
fn every_rule_has_an_id_of_its_own_and_all_its_texts() {
    let ids: BTreeSet<&str> = rules().iter().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), rules().len());
    for rule in rules() {
        assert!(rule.id.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-'), "{}", rule.id);
        assert!(!rule.title.is_empty() && rule.reason.ends_with('.') && rule.remedy.ends_with('.'), "{}", rule.id);
    }
    assert!(rules().is_sorted_by_key(|rule| (std::cmp::Reverse(rule.severity), rule.id)));
}

#[test]
fn the_worst_comes_first_then_the_rule_then_the_credential() {
    let bad = [(Field::Owner, ""), (Field::Nip, ""), (Field::Custodian, "")];
    let mut shelf = Shelf::of([with(sound(9), &bad), with(sound(2), &bad), sound(5)]);
    shelf.leaks.push(leak(&shelf.credentials[2], &["a.txt"]));
    let wanted = [
        ("leaked", 5),
        ("no-owner", 2),
        ("no-owner", 9),
        ("no-custodian", 2),
        ("no-custodian", 9),
        ("no-nip", 2),
        ("no-nip", 9),
    ];
    assert_eq!(shelf.told(), wanted);
    let first = shelf.audit();
    shelf.credentials.reverse();
    assert_eq!(shelf.audit(), first, "whatever the order of the books");
}

#[test]
fn outside_of_production_everything_weighs_a_step_less() {
    let severity = |environment| {
        let values = [(Field::Environment, environment), (Field::Owner, ""), (Field::Name, "ABC")];
        Shelf::of([with(sound(1), &values)]).only().severity
    };
    assert_eq!(severity("production"), Severity::Medium);
    assert_eq!(severity(""), Severity::Medium, "what nobody said may be production");
    assert_eq!([severity("test"), severity("demo")], [Severity::Low; 2]);
}

#[test]
fn a_remark_says_what_it_is_about() {
    let remark = Shelf::of([with(sound(7), &[(Field::Owner, "")])]).only();
    assert_eq!(remark.about, "«Firma 7-Poland-Comarch-PROD-2026» (credential 7)");
    assert_eq!((remark.nip.as_deref(), remark.text.as_str()), (Some("5265877635"), "No owner is named."));
    let remark = Shelf::of([with(sound(7), &[(Field::Owner, ""), (Field::Name, "-")])]).only();
    assert_eq!(remark.about, "«20260501-EC-0000000007-0000000000-00» (credential 7)");
    let bare = [(Field::Owner, ""), (Field::Name, ""), (Field::Serial, "")];
    assert_eq!(Shelf::of([with(certificate(7), &bare)]).only().about, "credential 7");
}

/// A finding that is this credential.
fn leak(credential: &Credential, places: &[&str]) -> Leak {
    Leak {
        prints: credential.prints.clone(),
        places: places.iter().map(|place| (*place).to_owned()).collect(),
        ..Leak::default()
    }
}
