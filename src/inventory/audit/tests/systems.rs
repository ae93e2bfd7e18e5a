//! Rules about systems, places and environments.

use super::*;

#[test]
fn a_credential_is_for_one_system() {
    for (text, wanted) in [
        ("Comarch; nexo", "2 systems use it: «Comarch» and «nexo»."),
        ("nexo/Comarch", "2 systems use it: «Comarch» and «nexo»."),
        ("Comarch + nexo, enova365", "3 systems use it: «Comarch», «enova365» and «nexo»."),
    ] {
        let mut shelf = Shelf::of([with(sound(1), &[(Field::System, text)])]);
        shelf.credentials.extend([("Comarch", 2), ("nexo", 3), ("enova365", 4)].map(own));
        let only = shelf.only();
        assert_eq!((only.rule, only.severity, &*only.text), ("several-systems", Severity::Medium, wanted));
    }
    for one in ["Comarch ERP", "Comarch, comarch", "F/K", "Comarch; -", "n/d"] {
        assert_eq!(Shelf::of([with(sound(1), &[(Field::System, one)])]).audit(), [], "{one}");
    }
    let mut shelf = Shelf::of([with(sound(1), &[(Field::System, "Sage 50 + e-Faktura")])]);
    assert_eq!(shelf.told(), [("several-systems", 1), ("no-own-credential", 1)]);
    shelf.systems.push(system("sage 50 + e-faktura", None, None));
    assert_eq!(shelf.audit(), [], "the books know it as one system");
}

/// A credential of that system alone.
fn own((name, number): (&str, u64)) -> Credential {
    with(sound(number), &[(Field::System, name)])
}

#[test]
fn one_credential_under_two_entries_is_for_two_systems() {
    let mut shelf = Shelf::of([own(("Comarch", 1)), own(("nexo", 2)), own(("Comarch", 3)), own(("nexo", 4))]);
    assert_eq!(shelf.audit(), []);
    let reference = shelf.credentials[0].get(Field::Reference).unwrap().to_owned();
    put(&mut shelf.credentials[1], Field::Reference, &reference, Voice::Person);
    assert_eq!(shelf.told(), [("several-systems", 1), ("several-systems", 2)]);
    shelf.credentials[1] = own(("nexo", 2));
    let prints = shelf.credentials[0].prints.clone();
    shelf.credentials[1].prints.extend(prints);
    assert_eq!(shelf.told(), [("several-systems", 1), ("several-systems", 2)]);
    put(&mut shelf.credentials[1], Field::Status, "Revoked", Voice::Ksef);
    assert_eq!(shelf.audit(), [], "what is over is used by none");
}

#[test]
fn each_system_has_a_credential_of_its_own() {
    let both = with(sound(1), &[(Field::System, "Comarch, nexo")]);
    let text = |others: &[Credential]| {
        let shelf = Shelf::of([both.clone()].into_iter().chain(others.iter().cloned()));
        shelf.audit().into_iter().find(|remark| remark.rule == "no-own-credential").map(|remark| remark.text)
    };
    let wanted = |names: &str, has: &str| {
        Some(format!(
            "For NIP 5265877635, production, {names} {has} of {}, only this one, which several systems use.",
            { if has.contains("credentials") { "their own" } else { "its own" } }
        ))
    };
    assert_eq!(text(&[]), wanted("«Comarch» and «nexo»", "have no credentials"));
    assert_eq!(text(&[own(("COMARCH", 2))]), wanted("«nexo»", "has no credential"));
    assert_eq!(text(&[own(("Comarch", 2)), own(("nexo", 3))]), None);
    let elsewhere = [(Field::Environment, "demo"), (Field::Name, "ABC")];
    assert_eq!(
        text(&[own(("Comarch", 2)), with(own(("nexo", 3)), &elsewhere)]),
        wanted("«nexo»", "has no credential"),
        "that one is for another environment"
    );
    let unknown = with(both.clone(), &[(Field::Nip, "")]);
    assert_eq!(Shelf::of([unknown]).told(), [("several-systems", 1), ("no-nip", 1)]);
}

#[test]
fn a_credential_is_kept_in_one_place() {
    check(
        sound,
        &[
            ("several-places", &[(Field::Home, "Bitwarden, serwer ERP")], true),
            ("several-places", &[(Field::Home, "sejf i laptop Ani")], true),
            ("several-places", &[(Field::Home, "Bitwarden; bitwarden")], false),
            ("several-places", &[(Field::Home, "Bitwarden; -")], false),
            ("several-places", &[(Field::Home, "/srv/erp/ksef.env")], false),
            ("several-places", &[(Field::Home, "https://kv.example/secrets/ksef")], false),
            ("several-places", &[(Field::Home, "")], false),
        ],
    );
}

#[test]
fn production_and_test_are_kept_apart() {
    let mixed = "environment-mixed";
    let test = (Field::Environment, "test");
    check(
        sound,
        &[
            (mixed, &[(Field::System, "Comarch TEST")], true),
            (mixed, &[(Field::System, "Comarch tst1")], true),
            (mixed, &[(Field::System, "Comarch Testing")], false),
            (mixed, &[(Field::System, "Attest")], false),
            (mixed, &[(Field::Home, "serwer DEV")], true),
            (mixed, &[(Field::Name, "ABC-Poland-Comarch-UAT-2026")], true),
            (mixed, &[(Field::Name, "Test Lab-Poland-Comarch-PROD-2026")], false),
            (mixed, &[test], true),
            (mixed, &[test, (Field::Name, "ABC"), (Field::Home, "produkcja")], true),
            (mixed, &[test, (Field::Name, "ABC-TEST")], false),
            (mixed, &[(Field::Environment, "demo"), (Field::Name, "ABC-TEST")], false),
            (mixed, &[(Field::Environment, ""), (Field::System, "Comarch demo")], true),
            (mixed, &[(Field::Environment, ""), (Field::Name, "ABC"), (Field::System, "Comarch demo")], false),
        ],
    );
}

#[test]
fn what_the_books_say_of_a_system_goes_before_its_name() {
    let told = |environment: &str, stated: &str| {
        let mut shelf =
            Shelf::of([with(sound(1), &[(Field::Environment, environment), (Field::System, "Comarch UAT")])]);
        shelf.systems.push(system("comarch uat", Some(stated), None));
        shelf.audit().into_iter().map(|remark| (remark.severity, remark.text)).collect::<Vec<_>>()
    };
    assert_eq!(told("production", "production"), []);
    let text = "A credential of production is used by «Comarch UAT», a system of demo.";
    assert_eq!(told("production", "demo"), [(Severity::High, text.to_owned())]);
    let text = "A credential of test is used by «Comarch UAT», a system of production.";
    assert_eq!(told("test", "production"), [(Severity::Medium, text.to_owned())]);
    assert_eq!(told("test", "demo"), []);
}

#[test]
fn a_scope_is_no_broader_than_its_system_needs() {
    let told = |make: fn(u64) -> Credential, scope: &str, needs: Option<&[&str]>| {
        let mut shelf = Shelf::of([with(make(1), &[(Field::Scope, scope)])]);
        shelf.systems.push(system("COMARCH", None, needs));
        shelf.audit().into_iter().map(|remark| (remark.rule, remark.severity)).collect::<Vec<_>>()
    };
    let (medium, low) = ([("too-broad", Severity::Medium)], [("too-broad", Severity::Low)]);
    assert_eq!(told(sound, "InvoiceRead,InvoiceWrite", Some(&["InvoiceWrite"])), medium);
    assert_eq!(told(sound, "InvoiceWrite", Some(&["InvoiceRead", "InvoiceWrite"])), []);
    assert_eq!(told(sound, "CredentialsManage", Some(&["CredentialsManage"])), []);
    assert_eq!(told(sound, "InvoiceRead,InvoiceWrite", Some(&[])), medium);
    assert_eq!(told(sound, "", Some(&[])), []);
    for power in ["CredentialsManage,InvoiceWrite", "InvoiceRead,SubunitManage", "EnforcementOperations"] {
        assert_eq!(told(sound, power, None), low, "{power}");
    }
    assert_eq!(told(sound, "CredentialsRead,InvoiceRead,InvoiceWrite,Introspection", None), []);
    assert_eq!(told(certificate, "Authentication", Some(&["InvoiceWrite"])), [], "types are no permissions");
    assert_eq!(told(certificate, "Authentication,Offline", Some(&["Offline"])), medium);
    let rotation = [(Field::Scope, "CredentialsManage"), (Field::System, "Rotator")];
    assert_eq!(Shelf::of([with(sound(1), &rotation)]).audit(), [], "no program for invoices");
}
