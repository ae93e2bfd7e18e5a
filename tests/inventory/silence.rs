//! What might silence a live credential, and does not.

use ksefleaks::{CertificateForm, HolderType, KeyPair, Sampler, TokenForm, armour};
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::standings::listing;

pub const NIP: &str = "5265877635";
pub const PRODUCTION: [&str; 2] = ["--environment", "production"];

/// Two tokens of one company.
pub fn tokens(seed: u64) -> [String; 2] {
    [seed, seed + 1]
        .map(|seed| Sampler::new(seed).token_with(&TokenForm { nip: Some(NIP.to_owned()), ..TokenForm::default() }))
}

/// The secret of a token alone.
pub fn secret(token: &str) -> &str {
    &token[token.len() - 64..]
}

/// A certificate of a key, and its number.
pub fn certificate(pair: &KeyPair, from: &str, to: &str) -> (String, String) {
    let form = CertificateForm {
        nip: Some(NIP.to_owned()),
        not_before: Some(from.parse().unwrap()),
        not_after: Some(to.parse().unwrap()),
        ..CertificateForm::default()
    };
    let der = pair.certificate(&form);
    let version = [0xA0, 3, 2, 1, 2, 2, 8];
    let at = memchr::memmem::find(&der, &version).unwrap() + version.len();
    let serial = der[at..at + 8].iter().map(|byte| format!("{byte:02X}")).collect();
    (armour("CERTIFICATE", &der), serial)
}

/// What KSeF lists of certificates: the number of each, its validity, and its status.
pub fn certificates(all: &[(&str, [&str; 2], &str)]) -> String {
    certificates_of(&json!({ "type": "Nip", "value": NIP }), all)
}

/// The same, of one holder.
pub fn certificates_of(holder: &Value, all: &[(&str, [&str; 2], &str)]) -> String {
    let listed = all.iter().map(|(serial, [from, to], status)| {
        json!({
            "certificateSerialNumber": serial, "name": "c", "type": "Authentication", "commonName": "x", "status": status,
            "subjectIdentifier": holder, "validFrom": format!("{from}T00:00:00+00:00"),
            "validTo": format!("{to}T00:00:00+00:00"), "requestDate": format!("{from}T00:00:00+00:00"),
        })
    });
    json!({ "certificates": listed.collect::<Vec<Value>>(), "hasMore": false }).to_string()
}

/// The standing of what stands in a file, alone.
pub fn standing(desk: &Desk, text: &str) -> Value {
    desk.write("leak.txt", text);
    let findings = desk.scan("leak.txt", &[]);
    assert_eq!(findings.len(), 1, "{findings:#?}");
    findings[0]["standing"].clone()
}

#[test]
fn a_key_is_live_as_long_as_one_of_its_certificates_is() {
    let pair = Sampler::new(900).key_pair();
    let (old, old_number) = certificate(&pair, "2025-06-01", "2027-06-01");
    let (new, new_number) = certificate(&pair, "2026-05-01", "2028-05-01");
    for (of_old, of_new) in [("Revoked", "Active"), ("Active", "Revoked")] {
        let lists = certificates(&[
            (&old_number, ["2025-06-01", "2027-06-01"], of_old),
            (&new_number, ["2026-05-01", "2028-05-01"], of_new),
        ]);
        let files: [(&str, &str, &[&str]); 3] =
            [("old.crt", &old, &[]), ("new.crt", &new, &[]), ("c.json", &lists, &PRODUCTION)];
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let desk = Desk::new();
            for (name, text, words) in order.map(|at| files[at]) {
                desk.import(name, text, words).ends(0);
            }
            assert_eq!(desk.credentials().len(), 2);
            let standing = standing(&desk, &pair.pem());
            assert_eq!(standing["state"], "live", "{of_old} {order:?}");
            let serial = if of_old == "Active" { &old_number } else { &new_number };
            assert_eq!(standing["serial"], **serial);
        }
    }
}

#[test]
fn a_key_of_which_a_newer_certificate_may_be_there_is_not_over() {
    let pair = Sampler::new(902).key_pair();
    let (old, old_number) = certificate(&pair, "2025-06-01", "2027-06-01");
    let (new, new_number) = certificate(&pair, "2026-05-01", "2028-05-01");
    let desk = Desk::new();
    desk.import("old.crt", &old, &[]).ends(0);
    let lists = certificates(&[
        (&old_number, ["2025-06-01", "2027-06-01"], "Revoked"),
        (&new_number, ["2026-05-01", "2028-05-01"], "Active"),
    ]);
    desk.import("c.json", lists, &PRODUCTION).ends(0);
    let before = standing(&desk, &pair.pem());
    assert_eq!(before["state"], "unknown", "{before:#}");
    assert!(before["reason"].as_str().unwrap().contains("import it"), "{before:#}");
    // Once it is known to which key the other belongs, there is an answer.
    desk.import("other.crt", certificate(&Sampler::new(903).key_pair(), "2026-05-01", "2028-05-01").0, &[]).ends(0);
    assert_eq!(standing(&desk, &pair.pem())["state"], "unknown");
    desk.import("new.crt", &new, &[]).ends(0);
    assert_eq!(standing(&desk, &pair.pem())["state"], "live");
}

#[test]
fn a_key_is_not_over_with_the_certificate_beside_it() {
    let pair = Sampler::new(910).key_pair();
    let (old, old_number) = certificate(&pair, "2024-01-01", "2026-01-01");
    let (new, new_number) = certificate(&pair, "2026-01-01", "2028-01-01");
    let lists = certificates(&[
        (&old_number, ["2024-01-01", "2026-01-01"], "Expired"),
        (&new_number, ["2026-01-01", "2028-01-01"], "Active"),
    ]);
    let of_new = certificates(&[(&new_number, ["2026-01-01", "2028-01-01"], "Active")]);
    for (files, state) in [
        (&[("new.crt", &new), ("c.json", &lists)][..], "live"),
        (&[("new.crt", &new)], "live"),
        (&[("c.json", &lists)], "unknown"),
        (&[("c.json", &of_new)], "unknown"),
        (&[("old.crt", &old), ("c.json", &lists)], "unknown"),
        (&[("old.crt", &old)], "expired"),
        (&[("old.crt", &old), ("new.crt", &new)], "live"),
    ] {
        let desk = Desk::new();
        for (name, text) in files {
            desk.import(name, text, if name.ends_with("json") { &PRODUCTION } else { &[] }).ends(0);
        }
        desk.write("leak/a.key", pair.pem()).write("leak/a.crt", &old);
        let found = desk.scan("leak", &["--fail-on", "live"]);
        let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
        assert_eq!(found[0]["standing"]["state"], state, "{names:?}: {:#}", found[0]);
    }
}

#[test]
fn a_key_of_a_person_may_have_a_newer_certificate_too() {
    let pair = Sampler::new(912).key_pair();
    let form = |from: &str, to: &str| CertificateForm {
        holder: HolderType::Person,
        not_before: Some(from.parse().unwrap()),
        not_after: Some(to.parse().unwrap()),
        ..CertificateForm::default()
    };
    let der = pair.certificate(&form("2024-01-01", "2026-01-01"));
    let desk = Desk::new();
    desk.import("old.crt", armour("CERTIFICATE", &der), &[]).ends(0);
    assert_eq!(standing(&desk, &pair.pem())["state"], "expired");
    let holder = json!({ "type": "Pesel", "value": "44051401458" });
    let list = |number, status| certificates_of(&holder, &[(number, ["2026-01-01", "2028-01-01"], status)]);
    desk.import("c.json", list("0AAAAAAAAAAAAAA1", "Revoked"), &PRODUCTION).ends(0);
    assert_eq!(standing(&desk, &pair.pem())["state"], "expired");
    desk.import("c.json", list("0AAAAAAAAAAAAAA2", "Active"), &PRODUCTION).ends(0);
    let told = standing(&desk, &pair.pem());
    assert_eq!(told["state"], "unknown", "{told:#}");
}

#[test]
fn the_token_and_the_certificate_of_one_row_are_two() {
    let [token, _] = tokens(914);
    let pair = Sampler::new(915).key_pair();
    let (crt, number) = certificate(&pair, "2025-06-01", "2027-06-01");
    let row = format!(
        "NIP;Nazwa;System;Numer referencyjny tokena;Numer seryjny certyfikatu;Status\n{NIP};ERP;Comarch;{};{number};aktywny\n",
        &token[..36]
    );
    for (of_token, of_certificate) in [("Active", "Revoked"), ("Revoked", "Active")] {
        let tokens = listing(NIP, &[(&token, of_token)]);
        let lists = certificates(&[(&number, ["2025-06-01", "2027-06-01"], of_certificate)]);
        let desk = Desk::new();
        let said = desk.import("a.csv", &row, &["--yes"]).ends(3);
        assert!(said.error.contains("to which of them its status"), "{said:?}");
        desk.import("t.csv", format!("NIP;Token\n{NIP};{token}\n"), &["--yes"]);
        desk.import("firma.crt", &crt, &[]).ends(0);
        desk.import("t.json", tokens, &PRODUCTION).ends(0);
        desk.import("c.json", lists, &PRODUCTION).ends(0);
        let all = desk.credentials();
        assert_eq!(all.len(), 2, "{all:#?}");
        assert!(all.iter().all(|one| one["system"] == "Comarch"), "{all:#?}");
        let states = [standing(&desk, &token), standing(&desk, &pair.pem())].map(|told| told["state"].clone());
        let wanted = if of_token == "Active" { ["live", "revoked"] } else { ["revoked", "live"] };
        assert_eq!(states, wanted, "{all:#?}");
    }
    let desk = Desk::new();
    let row = format!("NIP;Token;Numer seryjny certyfikatu;Opiekun\n{NIP};{token};{number};Jan\n");
    desk.import("b.csv", row, &["--yes"]).ends(0);
    let all = desk.credentials();
    assert_eq!((&all[0]["reference"], &all[0]["serial"]), (&json!(token[..36]), &Value::Null));
    assert_eq!(
        (&all[1]["serial"], &all[1]["sort"], &all[1]["nip"]),
        (&json!(number), &json!("certificate"), &json!(NIP))
    );
    let (reference, serial) = (format!("reference={}", &token[..36]), format!("serial={number}"));
    assert!(desk.inventory(&["add", "credential", &reference, &serial]).ends(2).error.contains("two credentials"));
    let said = desk.inventory(&["add", "credential", "number=1", &serial]).ends(3);
    assert!(said.error.contains("credential 1 cannot have the serial number"), "{said:?}");
}

#[test]
fn a_row_ties_no_secret_to_the_number_of_a_revoked_token() {
    let [old, new] = tokens(910);
    let stale = format!("NIP;Nazwa tokena;Numer referencyjny;Token KSeF\n{NIP};ALFA;{};{}\n", &old[..36], secret(&new));
    let noted =
        format!("NIP;Nazwa tokena;Numer referencyjny;Uwagi\n{NIP};ALFA;{};nowy token: {}\n", &old[..36], secret(&new));
    for table in [stale, noted] {
        for table_first in [true, false] {
            let desk = Desk::new();
            let lists = listing(NIP, &[(&old, "Revoked")]);
            if table_first {
                desk.import("t.csv", &table, &["--yes"]).ends(0);
            }
            desk.import("l.json", lists, &PRODUCTION).ends(0);
            if !table_first {
                desk.import("t.csv", &table, &["--yes"]).ends(0);
            }
            let told = standing(&desk, &format!("KSEF_TOKEN={}", secret(&new)));
            assert_eq!(told["state"], "unknown", "{told:#}");
            assert_eq!(told["reference"], Value::Null, "what is doubted is not revoked by its number");
        }
    }
    // The token as a whole says itself what its number is.
    let desk = Desk::new();
    desk.import("t.csv", format!("NIP;Nazwa;Token\n{NIP};ALFA;{old}\n"), &["--yes"]).ends(0);
    desk.import("l.json", listing(NIP, &[(&old, "Revoked")]), &PRODUCTION).ends(0);
    assert_eq!(standing(&desk, &format!("KSEF_TOKEN={}", secret(&old)))["state"], "revoked");
}

#[test]
fn what_a_search_met_ties_no_secret_to_a_number() {
    let [old, new] = tokens(920);
    let desk = Desk::new();
    desk.import("l.json", listing(NIP, &[(&old, "Revoked")]), &PRODUCTION).ends(0);
    // Somebody put the number of the old one before the secret of the new one.
    let edited = format!("{}{}", &old[..old.len() - 64], secret(&new));
    desk.write("leak.txt", &edited);
    desk.run(&["scan", "leak.txt", "--format", "jsonl", "--output", "old.jsonl", "-q"]);
    desk.inventory(&["import", "old.jsonl"]).ends(0);
    assert_eq!(standing(&desk, &format!("KSEF_TOKEN={}", secret(&new)))["state"], "unknown");
}

#[test]
fn ksef_says_better_than_a_person_for_which_environment_it_is() {
    let [token, _] = tokens(930);
    let desk = Desk::new();
    desk.import("t.csv", format!("NIP;Nazwa;Token;Środowisko\n{NIP};ALFA;{token};test\n"), &["--yes"]).ends(0);
    desk.import("l.json", listing(NIP, &[(&token, "Active")]), &PRODUCTION).ends(0);
    desk.write("leak.txt", &token);
    let findings = desk.scan("leak.txt", &[]);
    assert_eq!(
        (&findings[0]["standing"]["environment"], &findings[0]["severity"]),
        (&json!("production"), &json!("critical"))
    );
    let entities = desk.inventory(&["list", "entities", "--format", "json"]).ends(0).json();
    assert_eq!(entities["entities"][0]["environments"], json!(["production"]));
    // A listing that was said to be of another environment is a conflict, and can be set right.
    desk.import("l.json", listing(NIP, &[(&token, "Active")]), &["--environment", "test"]).ends(3);
    desk.import("l.json", listing(NIP, &[(&token, "Active")]), &["--environment", "test", "--replace"]).ends(0);
    let entities = desk.inventory(&["list", "entities", "--format", "json"]).ends(0).json();
    assert_eq!(entities["entities"][0]["environments"], json!(["test"]));
}

#[test]
fn a_company_whose_credentials_are_written_down_is_ours() {
    let [token, other] = tokens(940);
    let desk = Desk::new();
    desk.import("l.json", listing(NIP, &[(&token, "Active")]), &PRODUCTION).ends(0);
    desk.inventory(&["add", "entity", "nip=1111111111", "name=Inna"]).ends(0);
    desk.inventory(&["remove", "entity", NIP]).ends(0);
    assert_eq!(standing(&desk, &other)["state"], "unlisted");
}

#[test]
fn what_to_do_names_what_the_inventory_knows() {
    let [token, _] = tokens(950);
    let desk = Desk::new();
    desk.import("t.csv", format!("NIP;Nazwa;Token\n{NIP};ALFA;{token}\n"), &["--yes"]).ends(0);
    desk.import("l.json", listing(NIP, &[(&token, "Active")]), &PRODUCTION).ends(0);
    let pair = Sampler::new(951).key_pair();
    let (text, serial) = certificate(&pair, "2026-05-01", "2028-05-01");
    desk.import("firma.crt", text, &[]).ends(0);
    desk.import("c.json", certificates(&[(&serial, ["2026-05-01", "2028-05-01"], "Active")]), &PRODUCTION).ends(0);
    desk.write("drive/a.env", format!("KSEF_TOKEN={}\n", secret(&token))).write("drive/b.key", pair.pem());
    let said = desk.run(&["scan", "drive", "--format", "json", "--now", crate::desk::NOW]).ends(1).json();
    let actions = said["actions"].as_array().unwrap();
    let calls = |step: &str| -> Vec<&str> {
        let all = actions.iter().filter(|action| action["step"] == step && action["nip"] == NIP);
        all.map(|action| action["call"].as_str().unwrap()).collect()
    };
    let mut revoked = calls("revoke");
    revoked.sort_unstable();
    let base = "https://api.ksef.mf.gov.pl/v2";
    assert_eq!(
        revoked,
        [
            format!("DELETE {base}/tokens/{}", &token[..36]),
            format!("POST {base}/certificates/{serial}/revoke {{\"revocationReason\":\"KeyCompromise\"}}")
        ]
    );
    let mut replaced = calls("replace");
    replaced.sort_unstable();
    assert_eq!(replaced, [format!("POST {base}/certificates/enrollments"), format!("POST {base}/tokens")]);
}
