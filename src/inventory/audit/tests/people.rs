//! Rules about people.

use super::*;

#[test]
fn someone_answers_for_each() {
    check(
        sound,
        &[
            ("no-owner", &[(Field::Owner, "")], true),
            ("no-owner", &[(Field::Owner, " - ")], true),
            ("no-owner", &[(Field::Owner, "BRAK")], true),
            ("no-owner", &[(Field::Owner, "B. Rak")], false),
            ("no-custodian", &[(Field::Custodian, "")], true),
            ("no-custodian", &[(Field::Custodian, "n/d")], true),
            ("no-custodian", &[(Field::Custodian, "IT")], false),
        ],
    );
}

#[test]
fn owner_and_custodian_are_two() {
    check(
        sound,
        &[
            ("same-person", &[(Field::Custodian, "Anna Nowak")], true),
            ("same-person", &[(Field::Custodian, "NOWAK  Anna")], true),
            ("same-person", &[(Field::Owner, "Łucja Żuk"), (Field::Custodian, "zuk, lucja (IT)")], true),
            ("same-person", &[(Field::Custodian, "Anna Nowakowska")], false),
        ],
    );
}

#[test]
fn who_left_is_told_however_the_name_is_written() {
    for (owner, custodian, wanted) in [
        ("Małgorzata Żuk", "Jan Lis", Some("Its owner «Małgorzata Żuk» has left.")),
        ("ZUK  MALGORZATA", "Jan Lis", Some("Its owner «ZUK  MALGORZATA» has left.")),
        ("Anna Nowak", "Żuk, Małgorzata", Some("Its custodian «Żuk, Małgorzata» has left.")),
        ("Anna Nowak", "Jan Lis; Małgorzata Żuk", Some("Its custodian «Jan Lis; Małgorzata Żuk» has left.")),
        ("Adam Kos", "Małgorzata Żuk", Some("Its owner «Adam Kos» has left. Its custodian «Małgorzata Żuk» has left.")),
        ("Małgorzata Żukowska", "Jan Lis", None),
        ("Żuk", "Małgorzata", None),
        ("mgr inż. Małgorzata Żuk", "Jan Lis", Some("Its owner «mgr inż. Małgorzata Żuk» has left.")),
        ("malgorzata.zuk@abc.example", "Jan Lis", Some("Its owner «malgorzata.zuk@abc.example» has left.")),
        ("M. Żuk", "Jan Lis", Some("Its owner «M. Żuk» may have left: of one who did the name begins so.")),
        ("Marta Żuk", "J. Żuk", None),
        ("Anna Lis", "biuro.ksef@x.example", None),
        ("Jan", "Ewa Lis (księgowość)", None),
        ("Ewa Mak", "Jan Lis", Some("Its owner «Ewa Mak» may have left: of one who did the name begins so.")),
    ] {
        let mut shelf = Shelf::of([with(sound(1), &[(Field::Owner, owner), (Field::Custodian, custodian)])]);
        shelf.left = vec![
            "Żuk Małgorzata".into(),
            "Kos Adam".into(),
            " ".into(),
            "E. Mak <biuro.ksef@x.example>".into(),
            "Jan Pan; Anna Lis".into(),
        ];
        let told: Vec<_> =
            shelf.audit().into_iter().map(|remark| (remark.rule, remark.severity, remark.text)).collect();
        let wanted: Vec<_> = wanted.map(|text| ("person-left", Severity::High, text.to_owned())).into_iter().collect();
        assert_eq!(told, wanted, "{owner}, {custodian}");
    }
}

#[test]
fn an_accountant_has_no_token_of_ours() {
    check(
        sound,
        &[
            ("accountants-token", &[(Field::Custodian, "Biuro Rachunkowe Żuk")], true),
            ("accountants-token", &[(Field::Home, "w biurze rachunkowym")], true),
            ("accountants-token", &[(Field::Owner, "Księgowość zewnętrzna")], true),
            ("accountants-token", &[(Field::System, "Symfonia (External Accounting)")], true),
            ("accountants-token", &[(Field::Custodian, "BR Kowalska")], true),
            ("accountants-token", &[(Field::Custodian, "the accounting office")], true),
            ("accountants-token", &[(Field::Custodian, "Br. Nowak")], false),
            ("accountants-token", &[(Field::Owner, "dział księgowości")], false),
            ("accountants-token", &[(Field::Home, "biuro od rachunków")], false),
            ("accountants-token", &[(Field::Entity, "Biuro Rachunkowe Żuk"), (Field::Custodian, "BR Żuk")], false),
        ],
    );
    check(certificate, &[("accountants-token", &[(Field::Custodian, "BR Kowalska")], false)]);
    let mut shelf = Shelf::of([with(sound(1), &[(Field::Custodian, "BR Kowalska"), (Field::Entity, "")])]);
    assert_eq!(shelf.only().rule, "accountants-token");
    shelf.entities.push(Entity {
        nip: "5265877635".into(),
        name: Some("Biuro Rachunkowe Kowalska".into()),
        environments: BTreeSet::new(),
    });
    assert_eq!(shelf.audit(), [], "it is its own");
}
