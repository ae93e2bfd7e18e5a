//! What is said of findings.

use ksefleaks::Sampler;
use serde_json::Value;

use crate::desk::Desk;

/// A listing of KSeF with tokens of these references and states.
pub fn listing(nip: &str, tokens: &[(&str, &str)]) -> String {
    let tokens: Vec<Value> = tokens
        .iter()
        .map(|(token, status)| {
            serde_json::json!({
                "referenceNumber": &token[..36],
                "authorIdentifier": { "type": "Pesel", "value": "44051401458" },
                "contextIdentifier": { "type": "Nip", "value": nip },
                "description": format!("opis {}", &token[9..20]),
                "requestedPermissions": ["InvoiceRead", "InvoiceWrite"],
                "dateCreated": format!("{}-{}-{}T23:20:52.9919681+00:00", &token[..4], &token[4..6], &token[6..8]),
                "status": status,
            })
        })
        .collect();
    serde_json::json!({ "continuationToken": null, "tokens": tokens }).to_string()
}

fn nip_of(token: &str) -> &str {
    &token[41..51]
}

fn state(findings: &[Value], token: &str) -> (String, String, String) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let found = findings.iter().find(|finding| finding["about"]["reference"] == token[..36]);
    let found = found.unwrap_or_else(|| panic!("{findings:#?}"));
    (text(&found["standing"]["state"]), text(&found["severity"]), text(&found["standing"]["reason"]))
}

#[test]
fn what_ksef_lists_is_told_of_what_is_found() {
    let desk = Desk::new();
    let mut sampler = Sampler::new(5);
    let tokens: Vec<String> = (0..6).map(|_| sampler.token()).collect();
    desk.write("leak/a.txt", tokens.join("\n"));
    // An inventory that nobody has filled says nothing.
    assert_eq!(state(&desk.scan("leak", &[]), &tokens[0]).0, "unknown");
    let states = ["Active", "Revoked", "Revoking", "Failed"];
    for (token, status) in tokens.iter().zip(states) {
        let listing = listing(nip_of(token), &[(token, status)]);
        desk.import("l.json", listing, &["--environment", "production"]).ends(0);
    }
    desk.inventory(&["add", "entity", &format!("nip={}", nip_of(&tokens[4])), "name=Nasza"]).ends(0);
    let found = desk.scan("leak", &[]);
    let told: Vec<(String, String)> =
        tokens.iter().map(|token| state(&found, token)).map(|(state, severity, _)| (state, severity)).collect();
    let expected = [
        ("live", "critical"),
        ("revoked", "low"),
        ("live", "critical"),
        ("unknown", "critical"),
        ("unlisted", "critical"),
        ("foreign", "critical"),
    ];
    assert_eq!(told, expected.map(|(state, severity)| (state.to_owned(), severity.to_owned())));
    assert!(state(&found, &tokens[0]).2.contains("KSeF lists it as Active"));
    assert_eq!(desk.run(&["scan", "leak", "--fail-on", "live", "-q"]).code, 1);
    // The same without the inventory is never silent.
    desk.write("one.txt", &tokens[1]);
    assert_eq!(desk.run(&["scan", "one.txt", "--fail-on", "live", "-q"]).code, 0);
}

#[test]
fn only_the_credential_itself_sets_a_standing() {
    let desk = Desk::new();
    let token = Sampler::new(9).token();
    let issued = &token[..8];
    let day = format!("{}-{}-{}", &issued[..4], &issued[4..6], &issued[6..]);
    let nip = format!("nip={}", nip_of(&token));
    let words =
        ["add", "credential", &nip, "name=ABC-Comarch", &format!("issued={day}"), "status=Revoked", "owner=Ewa"];
    desk.inventory(&words).ends(0);
    desk.write("a.txt", &token);
    let (state, _, reason) = state(&desk.scan("a.txt", &[]), &token);
    assert_eq!(state, "unlisted");
    assert!(reason.contains("perhaps it is «ABC-Comarch»") && !reason.contains("Ewa"), "{reason}");
}

#[test]
fn a_day_that_a_person_wrote_closes_no_token() {
    let desk = Desk::new();
    let token = Sampler::new(10).token();
    let reference = format!("reference={}", &token[..36]);
    desk.inventory(&["add", "credential", &reference, "valid-to=2026-01-31", "environment=test"]).ends(0);
    desk.write("a.txt", &token);
    let (state, severity, reason) = state(&desk.scan("a.txt", &[]), &token);
    assert_eq!((state.as_str(), severity.as_str()), ("live", "medium"));
    assert!(reason.contains("closes nothing") && reason.contains("1815"), "{reason}");
}

#[test]
fn a_report_begins_with_what_to_do_first() {
    let desk = Desk::new();
    let tokens: Vec<String> = (20..23).map(|seed| Sampler::new(seed).token()).collect();
    for token in &tokens[..2] {
        let listing = listing(nip_of(token), &[(token, "Active")]);
        desk.import("l.json", listing, &["--environment", "production"]).ends(0);
    }
    let reference = format!("reference={}", &tokens[0][..36]);
    desk.inventory(&["add", "credential", &reference, "owner=Anna Nowak", "system=Comarch", "name=ABC-PROD"]).ends(0);
    desk.write("leak.txt", tokens.join("\n"));
    let said = desk.run(&["scan", "leak.txt", "--now", crate::desk::NOW]).ends(1);
    let first = said.out.split("critical, certain").next().unwrap();
    assert!(first.starts_with("What to do first\n1. revoke 2 credentials"), "{first}");
    for part in [
        &format!("DELETE https://api.ksef.mf.gov.pl/v2/tokens/{}", &tokens[0][..36]),
        "owner Anna Nowak",
        "system Comarch",
        "«ABC-PROD»",
        "Lista tokenów",
        "2. end the sessions",
        "3. tell the company whose credential leaked",
        "4. replace 2 credentials",
        "5. read the invoices",
        &format!("from {}-{}-{}", &tokens[0][..4], &tokens[0][4..6], &tokens[0][6..8]),
    ] {
        assert!(first.contains(part), "{part} is missing from\n{first}");
    }
    for format in ["sarif", "gitlab", "github", "junit"] {
        let said = desk.run(&["scan", "leak.txt", "--format", format, "--now", crate::desk::NOW]).ends(1).out;
        assert!(said.contains("1. revoke 2 credentials") && said.contains("system Comarch"), "{format}: {said}");
        assert!(!said.contains("Anna Nowak"), "{format} names a person");
        let people =
            desk.run(&["scan", "leak.txt", "--format", format, "--people", "--now", crate::desk::NOW]).ends(1).out;
        assert_eq!(people.contains("Anna Nowak"), format != "github", "{format}");
    }
    let plain = desk.run(&["scan", "leak.txt", "--format", "json", "--now", crate::desk::NOW]).json();
    assert_eq!(plain["actions"][0]["step"], "revoke");
    assert_eq!(plain["actions"].as_array().unwrap().len(), 2 * 4 + 1);
}

#[test]
fn earlier_findings_are_told_as_the_inventory_stands_now() {
    let desk = Desk::new();
    let token = Sampler::new(30).token();
    desk.write("leak.txt", &token);
    desk.run(&["scan", "leak.txt", "--format", "jsonl", "--output", "old.jsonl", "--now", crate::desk::NOW]).ends(1);
    desk.import("l.json", listing(nip_of(&token), &[(&token, "Revoked")]), &["--environment", "test"]).ends(0);
    let said = desk.run(&["status", "old.jsonl", "--format", "json", "--now", crate::desk::NOW]).ends(0).json();
    assert_eq!(said["findings"][0]["standing"]["state"], "revoked");
    assert!(said.get("actions").is_none());
    let cut = std::fs::read_to_string(desk.path("old.jsonl")).unwrap();
    desk.write("cut.jsonl", cut.lines().next().unwrap());
    assert!(desk.run(&["status", "cut.jsonl"]).ends(2).error.contains("no summary"));
    assert!(desk.run(&["status", "absent.jsonl"]).ends(2).error.contains("absent.jsonl"));
}

#[test]
fn an_inventory_that_is_named_must_be_there() {
    let desk = Desk::bare();
    desk.write("a.txt", "nothing");
    assert_eq!(desk.run(&["scan", "a.txt"]).code, 2);
}

#[test]
fn a_hook_asks_the_inventory_that_was_named() {
    let desk = Desk::new();
    let token = Sampler::new(40).token();
    let room = crate::repository::Room::new();
    let repository = room.init("r", &[]);
    repository.write("a.env", format!("KSEF_TOKEN={token}\n"));
    repository.git(&["add", "a.env"]);
    let hook = || {
        let (inventory, key) = (desk.path("office.inventory"), desk.path("office.key"));
        let words = ["hook", "run", "pre-commit", "--inventory", inventory.to_str().unwrap(), "--inventory-key"];
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ksefleaks"));
        command.current_dir(&repository.path).args(words).arg(key).output().unwrap().status.code().unwrap()
    };
    assert_eq!(hook(), 1);
    desk.import("l.json", listing(nip_of(&token), &[(&token, "Revoked")]), &["--environment", "test"]).ends(0);
    assert_eq!(hook(), 0);
}

/// Two tokens of one company, called alike: the old one was revoked, the new one is live.
fn rotated(seed: u64) -> [String; 2] {
    let form = |nip| ksefleaks::TokenForm { nip: Some(nip), ..ksefleaks::TokenForm::default() };
    let nip = Sampler::new(seed).nip();
    [seed, seed + 1].map(|seed| Sampler::new(seed).token_with(&form(nip.clone())))
}

#[test]
fn a_name_never_hands_on_what_was_said_of_another_credential() {
    let [old, new] = rotated(200);
    let nip = nip_of(&new);
    let secret = &new[new.len() - 64..];
    // Somebody wrote down the secret of the new one alone; KSeF lists both under one description.
    let table = format!("NIP;Nazwa tokena;Token KSeF\n{nip};Comarch PROD;{secret}\n");
    let lists = listing(nip, &[(&old, "Revoked"), (&new, "Active")]);
    let text = lists
        .replace(&format!("opis {}", &old[9..20]), "Comarch PROD")
        .replace(&format!("opis {}", &new[9..20]), "Comarch PROD");
    for first in [true, false] {
        let desk = Desk::new();
        let import = |is_table: bool| {
            if is_table {
                desk.import("t.csv", &table, &["--yes", "--keep-good"]);
            } else {
                desk.import("l.json", &text, &["--environment", "production"]);
            }
        };
        import(first);
        import(!first);
        desk.write("leak.txt", &new);
        assert_eq!(state(&desk.scan("leak.txt", &[]), &new).0, "live", "{:#?}", desk.credentials());
        assert_eq!(desk.run(&["scan", "leak.txt", "--fail-on", "live", "-q"]).code, 1);
    }
}

#[test]
fn what_contradicts_the_inventory_is_not_silenced_by_it() {
    let [old, new] = rotated(210);
    let desk = Desk::new();
    desk.import("l.json", listing(nip_of(&old), &[(&old, "Revoked")]), &["--environment", "production"]).ends(0);
    // A typing slip: the number of the old one beside the secret of the new one.
    let sha256 = format!("sha256={}", ksefleaks::Fingerprint::of_public(new.as_bytes()));
    desk.inventory(&["add", "credential", &format!("reference={}", &old[..36]), &sha256]).ends(0);
    desk.write("leak.txt", &new);
    let (state, _, reason) = state(&desk.scan("leak.txt", &[]), &new);
    assert_eq!(state, "unknown");
    assert!(reason.contains("another reference number"), "{reason}");
}

#[test]
fn only_ksef_proves_that_a_token_is_over() {
    let token = Sampler::new(220).token();
    for status in ["Revoked", "Expired"] {
        let desk = Desk::new();
        let (reference, status) = (format!("reference={}", &token[..36]), format!("status={status}"));
        desk.inventory(&["add", "credential", &reference, &status]).ends(0);
        desk.write("leak.txt", &token);
        let (state, _, reason) = state(&desk.scan("leak.txt", &[]), &token);
        assert_eq!(state, "unknown");
        assert!(reason.contains("KSeF has not confirmed it"), "{reason}");
    }
}

#[test]
fn a_standing_is_let_go_of_when_the_inventory_says_otherwise() {
    let token = Sampler::new(230).token();
    let desk = Desk::new();
    desk.import("l.json", listing(nip_of(&token), &[(&token, "Revoked")]), &["--environment", "test"]).ends(0);
    desk.write("leak.txt", &token);
    desk.run(&["scan", "leak.txt", "--format", "jsonl", "--output", "old.jsonl", "--now", crate::desk::NOW]).ends(0);
    let number = desk.credentials()[0]["number"].to_string();
    desk.inventory(&["remove", "credential", &number]).ends(0);
    let said = desk.run(&["status", "old.jsonl", "--format", "json", "--now", crate::desk::NOW]).ends(1).json();
    let finding = &said["findings"][0];
    assert_eq!((&finding["standing"]["state"], &finding["severity"]), (&"unlisted".into(), &"critical".into()));
}

#[test]
fn a_certificate_made_by_somebody_else_closes_no_key() {
    let desk = Desk::new();
    let pair = Sampler::new(240).key_pair();
    let certificate = |year: &str| {
        let not_after = Some(format!("{year}-01-01").parse().unwrap());
        let form = ksefleaks::CertificateForm { not_after, nip: Some("5265877635".to_owned()), ..Default::default() };
        pair.certificate(&form)
    };
    let serial = |der: &[u8]| {
        let version = [0xA0, 3, 2, 1, 2, 2, 8];
        let at = memchr::memmem::find(der, &version).unwrap() + version.len();
        der[at..at + 8].iter().map(|byte| format!("{byte:02X}")).collect::<String>()
    };
    let der = certificate("2028");
    let listed = serde_json::json!({ "certificates": [{
        "certificateSerialNumber": serial(&der), "name": "c", "type": "Authentication", "commonName": "x", "status": "Revoked",
        "subjectIdentifier": { "type": "Nip", "value": "5265877635" }, "validFrom": "2026-06-01T00:00:00+00:00",
        "validTo": "2028-01-01T00:00:00+00:00", "requestDate": "2026-06-01T00:00:00+00:00" }], "hasMore": false });
    desk.import("c.json", listed.to_string(), &["--environment", "production"]).ends(0);
    let text = pair.pem() + &ksefleaks::armour("CERTIFICATE", &der);
    desk.write("leak/k.pem", text);
    let standing = || desk.scan("leak", &[])[0]["standing"].clone();
    // Its number alone proves nothing, for no signature is checked.
    assert_eq!(standing()["state"], "unknown", "{:#}", standing());
    desk.import("firma.crt", ksefleaks::armour("CERTIFICATE", &der), &[]).ends(0);
    assert_eq!(standing()["state"], "revoked", "{:#}", standing());
}

#[test]
fn a_renewed_certificate_of_the_same_key_is_another_credential() {
    let desk = Desk::new();
    let pair = Sampler::new(250).key_pair();
    let certificate = |from: &str, to: &str| {
        let form = ksefleaks::CertificateForm {
            not_before: Some(from.parse().unwrap()),
            not_after: Some(to.parse().unwrap()),
            ..Default::default()
        };
        ksefleaks::armour("CERTIFICATE", &pair.certificate(&form))
    };
    desk.import("old.crt", certificate("2024-06-01", "2026-06-01"), &[]).ends(0);
    desk.import("new.crt", certificate("2026-05-01", "2028-05-01"), &[]).ends(0);
    assert_eq!(desk.credentials().len(), 2);
    desk.write("leak.key", pair.pem());
    assert_eq!(desk.scan("leak.key", &[])[0]["standing"]["state"], "live");
    let before = (desk.credentials(), desk.changes());
    desk.import("old.crt", certificate("2024-06-01", "2026-06-01"), &[]).ends(0);
    assert_eq!((desk.credentials(), desk.changes()), before);
}

#[test]
fn what_only_a_search_has_met_is_a_shadow_still() {
    let desk = Desk::new();
    let token = Sampler::new(260).token();
    desk.inventory(&["add", "entity", &format!("nip={}", nip_of(&token)), "name=Nasza"]).ends(0);
    desk.write("leak.txt", &token);
    desk.run(&["scan", "leak.txt", "--format", "jsonl", "--output", "old.jsonl"]).ends(1);
    desk.inventory(&["import", "old.jsonl"]).ends(0);
    assert_eq!(state(&desk.scan("leak.txt", &[]), &token).0, "unlisted");
}
