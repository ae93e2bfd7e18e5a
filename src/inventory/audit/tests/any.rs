//! Books of any kind: no panic, one order, no remark twice.

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::base::{Standing, State};
use crate::inventory::FIELDS;

/// Values that some rule looks for.
const WORDS: &[&str] = &[
    "production",
    "test",
    "token",
    "certificate",
    "Active",
    "Revoked",
    "2026-06-01",
    "2026-06-01T12:00:00Z",
    "-009999-01-02T01:59:59Z",
    "9999-12-30T22:00:00Z",
    "9999-12-30",
    "Comarch TEST; nexo/prod",
    "InvoiceRead,CredentialsManage",
    "5265877635",
    "BR Żuk (",
    "ABC-Poland-Comarch-PROD-2026",
    "",
];

/// The ends of the calendar, and now.
const INSTANTS: &[&str] = &["-009999-01-02T01:59:59Z", "9999-12-30T22:00:00Z", NOW];

/// What stands in a field: something that a rule looks for, or anything.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![select(WORDS).prop_map(str::to_owned), ".{0,12}", "[a-z ,;/+(-]{0,9}"]
}

fn voice() -> impl Strategy<Value = Voice> {
    select(&[Voice::Person, Voice::Itself, Voice::Ksef][..])
}

fn instant() -> impl Strategy<Value = Instant> {
    let known = select(INSTANTS).prop_map(|text| text.parse().unwrap());
    prop_oneof![known, any::<i32>().prop_map(|seconds| Instant::from_seconds(i64::from(seconds)).unwrap())]
}

fn print() -> impl Strategy<Value = Fingerprint> {
    (0..6_u8).prop_map(|byte| Fingerprint::of_public(&[byte]))
}

prop_compose! {
    fn credential()(
        number in 0..9_u64,
        prints in btree_set(print(), 0..3),
        fields in btree_map((0..FIELDS.len()).prop_map(|at| FIELDS[at].0), (text(), voice(), instant()), 0..18),
    ) -> Credential {
        let value = |(text, voice, since)| Value { text, voice, since };
        let fields = fields.into_iter().map(|(field, told)| (field, value(told))).collect();
        Credential { number, prints, fields, ..Credential::default() }
    }
}

prop_compose! {
    fn any_leak()(
        prints in btree_set(print(), 0..3),
        reference in option::of(text()),
        serial in option::of(text()),
        places in vec(text(), 0..3),
        first_seen in option::of(instant()),
        finding in text(),
        state in prop::sample::select(vec![State::Live, State::Revoked, State::Unknown]),
    ) -> Leak {
        let standing = Standing::new(state, "inventory", "because");
        Leak { prints, reference, serial, places, first_seen, finding, standing }
    }
}

prop_compose! {
    fn any_system()(name in text(), environment in option::of(text()), needs in option::of(btree_set(text(), 0..3)))
    -> System {
        System { name, environment, needs }
    }
}

prop_compose! {
    fn entity()(nip in text(), name in option::of(text()), environments in btree_set(text(), 0..3)) -> Entity {
        Entity { nip, name, environments }
    }
}

proptest! {
    #[test]
    fn any_books_are_audited(
        credentials in vec(credential(), 0..12),
        entities in vec(entity(), 0..3),
        systems in vec(any_system(), 0..3),
        leaks in vec(any_leak(), 0..4),
        left in vec(text(), 0..3),
        convention in option::of(prop_oneof![text(), Just("{entity}-{any}".to_owned()), "[{}a-z-]{0,20}"]),
        now in instant(),
        expiring_days in any::<u32>(),
    ) {
        let mut credentials = credentials;
        let books = |credentials: &[Credential]| audit(&Books {
            credentials,
            entities: &entities,
            systems: &systems,
            leaks: &leaks,
            left: &left,
            now,
            expiring_days,
            convention: convention.as_deref(),
        });
        let remarks = books(&credentials);
        prop_assert!(remarks.is_sorted_by_key(|remark| std::cmp::Reverse(remark.severity)));
        prop_assert!(remarks.iter().all(|remark| rules().iter().any(|rule| rule.id == remark.rule)));
        prop_assert!(remarks.len() <= credentials.len() * rules().len() + 1);
        prop_assert_eq!(&books(&credentials), &remarks);
        credentials.clear();
        prop_assert!(books(&credentials).len() <= 1);
    }
}
