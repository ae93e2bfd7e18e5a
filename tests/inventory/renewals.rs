//! Certificates that may be for a key that was found, and what the audit says of it.

use ksefleaks::{CertificateForm, Environment, HolderType, KeyPair, Sampler, armour};
use serde_json::{Value, json};

use crate::desk::{Desk, NOW};
use crate::imports::zipped;
use crate::silence::{NIP, PRODUCTION, certificate, certificates, certificates_of, secret, standing, tokens};
use crate::standings::listing;

const OLD: [&str; 2] = ["2024-01-01", "2026-01-01"];
const NEW: [&str; 2] = ["2026-01-01", "2028-01-01"];

/// The standing of a key beside its certificate.
fn beside(desk: &Desk, pair: &KeyPair, certificate: &str) -> Value {
    desk.write("leak/a.key", pair.pem()).write("leak/a.crt", certificate);
    desk.scan("leak", &["--fail-on", "live"])[0]["standing"].clone()
}

/// How bad the audit says it is that something leaked.
fn leaked(desk: &Desk, text: &str) -> String {
    desk.write("leak.txt", text);
    desk.run(&["scan", "leak.txt", "--now", NOW, "--format", "jsonl", "--output", "l.jsonl", "-q"]);
    let said = desk.inventory(&["audit", "--findings", "l.jsonl", "--format", "json"]);
    let remarks = said.json()["remarks"].as_array().unwrap().clone();
    let leaked = remarks.iter().find(|remark| remark["rule"] == "leaked").unwrap_or_else(|| panic!("{said:?}"));
    leaked["severity"].as_str().unwrap().to_owned()
}

#[test]
fn another_certificate_of_the_key_that_may_be_live_outdoes_the_one_beside_it() {
    let pair = Sampler::new(960).key_pair();
    let (old, _) = certificate(&pair, OLD[0], OLD[1]);
    let (new, number) = certificate(&pair, NEW[0], NEW[1]);
    let typed = format!("NIP;Nazwa;Numer seryjny;Status\n{NIP};ERP;{number};unieważniony\n");
    let blocked = certificates(&[(&number, NEW, "Blocked")]);
    for (name, text, words) in
        [("t.csv", &typed, &["--yes"][..]), ("c.json", &blocked, &PRODUCTION), ("o.crt", &old, &[])]
    {
        let desk = Desk::new();
        desk.import("new.crt", &new, &[]).ends(0);
        desk.import(name, text, words).ends(0);
        let told = beside(&desk, &pair, &old);
        assert!(["unknown", "live"].iter().any(|state| told["state"] == *state), "{name}: {told:#}");
    }
}

#[test]
fn a_row_that_names_no_company_may_be_of_any() {
    let pair = Sampler::new(962).key_pair();
    let (old, _) = certificate(&pair, OLD[0], OLD[1]);
    let (_, number) = certificate(&pair, NEW[0], NEW[1]);
    let desk = Desk::new();
    desk.import("old.crt", &old, &[]).ends(0);
    assert_eq!(beside(&desk, &pair, &old)["state"], "expired");
    desk.import("t.csv", format!("Klient;System;Numer seryjny\nAlfa;Comarch;{number}\n"), &["--yes"]).ends(0);
    assert_eq!(beside(&desk, &pair, &old)["state"], "unknown");
}

#[test]
fn a_key_of_a_person_beside_its_certificate_is_asked_about_too() {
    let pair = Sampler::new(964).key_pair();
    let form = CertificateForm {
        holder: HolderType::Person,
        not_before: Some(OLD[0].parse().unwrap()),
        not_after: Some(OLD[1].parse().unwrap()),
        ..CertificateForm::default()
    };
    let old = armour("CERTIFICATE", &pair.certificate(&form));
    let holder = json!({ "type": "Pesel", "value": "44051401458" });
    for (status, state) in [("Active", "unknown"), ("Revoked", "expired")] {
        let desk = Desk::new();
        let list = certificates_of(&holder, &[("0AAAAAAAAAAAAAA2", NEW, status)]);
        desk.import("c.json", list, &PRODUCTION).ends(0);
        assert_eq!(beside(&desk, &pair, &old)["state"], state);
    }
}

#[test]
fn what_is_told_of_earlier_findings_is_what_a_search_tells() {
    let pair = Sampler::new(966).key_pair();
    let (old, _) = certificate(&pair, OLD[0], OLD[1]);
    let list = |status| certificates(&[("0AAAAAAAAAAAAAA2", NEW, status)]);
    let desk = Desk::new();
    desk.import("c.json", list("Active"), &PRODUCTION).ends(0);
    assert_eq!(beside(&desk, &pair, &old)["state"], "unknown");
    desk.run(&["scan", "leak", "--now", NOW, "--format", "jsonl", "--output", "l.jsonl", "-q"]);
    desk.import("c.json", list("Revoked"), &PRODUCTION).ends(0);
    let searched = beside(&desk, &pair, &old);
    let said = desk.run(&["status", "l.jsonl", "--now", NOW, "--format", "json"]).json();
    assert_eq!(searched["state"], "expired");
    assert_eq!(said["findings"][0]["standing"], searched);
}

#[test]
fn a_token_is_not_over_with_a_certificate_that_took_its_entry() {
    let [token, _] = tokens(968);
    let desk = Desk::new();
    desk.import("t.csv", format!("NIP;Nazwa;Token\n{NIP};ALFA;{token}\n"), &["--yes"]).ends(0);
    let number = "0AAAAAAAAAAAAAA2";
    desk.inventory(&["add", "credential", "number=1", "reference=", &format!("serial={number}"), "--replace"]).ends(0);
    desk.import("c.json", certificates(&[(number, NEW, "Revoked")]), &PRODUCTION);
    assert_eq!(standing(&desk, &token)["state"], "unknown");
}

#[test]
fn the_audit_calls_nothing_over_that_a_search_does_not() {
    let [token, other] = tokens(970);
    let list = |status| listing(NIP, &[(&token, status)]);
    // A secret that somebody put beside the number of another.
    let row = format!("NIP;Nazwa;Numer referencyjny;Token\n{NIP};ALFA;{};{}\n", &token[..36], secret(&other));
    let bare = format!("KSEF_TOKEN={}", secret(&other));
    let desk = Desk::new();
    desk.import("t.csv", &row, &["--yes"]).ends(0);
    desk.import("l.json", list("Revoked"), &PRODUCTION).ends(0);
    assert_eq!(leaked(&desk, &bare), "critical");
    // The number with another secret.
    let desk = Desk::new();
    desk.import("t.csv", format!("NIP;Nazwa;Token\n{NIP};ALFA;{token}\n"), &["--yes"]).ends(0);
    desk.import("l.json", list("Revoked"), &PRODUCTION).ends(0);
    assert_eq!(leaked(&desk, &token), "low");
    assert_eq!(leaked(&desk, &format!("{}{}", &token[..token.len() - 64], secret(&other))), "critical");
    // What was never issued may have been all the same.
    let desk = Desk::new();
    desk.import("l.json", list("Failed"), &PRODUCTION).ends(0);
    assert_eq!(leaked(&desk, &token), "critical");
    // A certificate of which a search says that it has ended, made by somebody else for the number of a live one.
    let pair = Sampler::new(972).key_pair();
    let (old, _) = certificate(&pair, OLD[0], OLD[1]);
    let desk = Desk::new();
    desk.import("old.crt", &old, &[]).ends(0);
    assert_eq!(leaked(&desk, &pair.pem()), "low");
    desk.import("c.json", certificates(&[("0AAAAAAAAAAAAAA2", NEW, "Active")]), &PRODUCTION).ends(0);
    assert_eq!(leaked(&desk, &pair.pem()), "critical");
}

#[test]
fn a_locked_key_is_live_as_long_as_one_of_its_certificates_is() {
    let pair = Sampler::new(974).key_pair();
    let password = "Zupelnie-Inne9";
    let locked = armour("ENCRYPTED PRIVATE KEY", &pair.sealed(password, 2048));
    let ((old, old_number), (new, new_number)) =
        (certificate(&pair, OLD[0], OLD[1]), certificate(&pair, NEW[0], NEW[1]));
    let desk = Desk::new();
    let words = format!("password={password}\n");
    desk.import("b.zip", zipped(&[("a.key", &locked), ("a.crt", &old), ("p.env", &words)]), &["--yes"]);
    desk.import("new.crt", &new, &[]).ends(0);
    let lists = certificates(&[(&old_number, OLD, "Expired"), (&new_number, NEW, "Active")]);
    desk.import("c.json", lists, &PRODUCTION).ends(0);
    assert_eq!(standing(&desk, &locked)["state"], "live");
    assert_eq!(leaked(&desk, &locked), "critical");
}

#[test]
fn what_is_known_of_the_test_environment_closes_no_key() {
    let pair = Sampler::new(976).key_pair();
    let (old, _) = certificate(&pair, OLD[0], OLD[1]);
    let form = CertificateForm {
        nip: Some(NIP.to_owned()),
        environment: Environment::Test,
        not_before: Some(OLD[0].parse().unwrap()),
        not_after: Some(OLD[1].parse().unwrap()),
        ..CertificateForm::default()
    };
    let desk = Desk::new();
    desk.import("test.crt", armour("CERTIFICATE", &pair.certificate(&form)), &[]).ends(0);
    desk.import("c.json", certificates(&[("0AAAAAAAAAAAAAA2", NEW, "Active")]), &PRODUCTION).ends(0);
    assert_eq!(beside(&desk, &pair, &old)["state"], "unknown");
    assert_eq!(standing(&desk, &pair.pem())["state"], "unknown");
}
