//! No secret enters the inventory, its file, or what is said.

use std::fs;
use std::path::Path;

use ksefleaks::{CertificateForm, Sampler, armour};

use crate::desk::{Desk, Said};

/// Pieces of a secret of this length give it away.
const PIECE: usize = 8;

/// The secret part of a token.
fn secret(token: &str) -> &str {
    &token[token.len() - 64..]
}

/// No piece of any secret stands in some bytes.
#[track_caller]
fn holds_none(bytes: &[u8], secrets: &[&str], about: &str) {
    for secret in secrets {
        for at in 0..=secret.len() - PIECE {
            let piece = &secret.as_bytes()[at..at + PIECE];
            assert!(memchr::memmem::find(bytes, piece).is_none(), "{about} holds {at}… of a secret");
        }
    }
}

/// Every file of a folder.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let ours = entries.filter(|path| path.is_file());
    ours.map(|path| (path.display().to_string(), fs::read(&path).unwrap())).collect()
}

#[test]
fn of_what_is_imported_nothing_secret_is_kept_or_said() {
    let tokens: Vec<String> = (100..106).map(|seed| Sampler::new(seed).token()).collect();
    let password = "Kanarek-Haslo-7391";
    let secrets: Vec<&str> = tokens.iter().map(|token| secret(token)).chain([password]).collect();
    let [table, broken, vault, safe, listed, bare] = &tokens[..] else { panic!("six") };
    let pair = Sampler::new(107).key_pair();
    let pem = pair.pem();
    let sources: Vec<(&str, String)> = vec![
        (
            "t.csv",
            format!("Klient;NIP;Nazwa tokena;Token;Hasło\nABC;{};token {table};{table};{password}\n", &table[41..51]),
        ),
        ("bad.csv", format!("Klient;NIP;Nazwa;Token\nABC;1;x;{broken}\nDEF;5265877635;y;{password}\n")),
        (
            "b.json",
            format!(
                r#"{{"encrypted":false,"folders":[],"items":[{{"id":"1","type":1,"name":"KSeF {vault}","notes":"{password}","login":{{"username":"u","password":"{vault}"}}}}]}}"#
            ),
        ),
        (
            "k.xml",
            format!(
                "<?xml version=\"1.0\"?><KeePassFile><Root><Group><Name>G</Name><Entry><String><Key>Title</Key><Value>KSeF</Value></String>\
                 <String><Key>Password</Key><Value>{safe}</Value></String><String><Key>Notes</Key><Value>{password}</Value></String></Entry></Group></Root></KeePassFile>"
            ),
        ),
        (
            "l.json",
            crate::standings::listing(&listed[41..51], &[(listed, "Active")]).replace("opis ", &format!("{listed} ")),
        ),
        ("s.txt", bare.clone()),
        ("p.pem", pem.clone() + &armour("CERTIFICATE", &pair.certificate(&CertificateForm::default()))),
    ];
    let desk = Desk::new();
    let scalar: String = pair.sec1()[7..39].iter().map(|byte| format!("{byte:02x}")).collect();
    for (name, text) in sources {
        let mut words = vec!["--yes", "--keep-good"];
        if name == "l.json" {
            words.extend(["--environment", "test"]);
        }
        let Said { out, error, .. } = desk.import(name, text, &words);
        holds_none(out.as_bytes(), &secrets, name);
        holds_none(error.as_bytes(), &secrets, name);
        fs::remove_file(desk.path(name)).unwrap();
    }
    assert!(desk.credentials().len() >= 5, "{:#?}", desk.credentials());
    for words in [&["list"][..], &["list", "history"], &["export", "--format", "json"], &["audit"]] {
        let said = desk.inventory(words);
        holds_none((said.out + &said.error).as_bytes(), &secrets, words[0]);
    }
    for (name, bytes) in files(&desk.path("")) {
        holds_none(&bytes, &secrets, &name);
        holds_none(&bytes, &[&scalar], &name);
        let raw = &pair.sec1()[7..39];
        assert!(raw.windows(PIECE).all(|piece| memchr::memmem::find(&bytes, piece).is_none()), "{name}");
        for line in pem.lines().filter(|line| !line.starts_with('-')) {
            assert!(memchr::memmem::find(&bytes, line.as_bytes()).is_none(), "{name}");
        }
    }
}

#[test]
fn people_in_listings_and_certificates_are_not_kept() {
    let desk = Desk::new();
    let token = Sampler::new(120).token();
    desk.import("l.json", crate::standings::listing(&token[41..51], &[(&token, "Active")]), &["--environment", "test"])
        .ends(0);
    let listing = r#"{"certificates":[{"certificateSerialNumber":"018209160C631F1E","name":"Certyfikat 1","type":"Authentication",
        "commonName":"Jan Kanarkowski","status":"Active","subjectIdentifier":{"type":"Pesel","value":"44051401458"},
        "validFrom":"2025-08-24T14:15:22+00:00","validTo":"2027-08-24T14:15:22+00:00","requestDate":"2025-08-24T14:15:22+00:00"}],"hasMore":false}"#;
    desk.import("c.json", listing, &["--environment", "production"]).ends(0);
    let certificates = desk.credentials().into_iter().filter(|one| one["sort"] == "certificate").count();
    assert_eq!(certificates, 1);
    for name in ["l.json", "c.json"] {
        fs::remove_file(desk.path(name)).unwrap();
    }
    let export = desk.inventory(&["export", "--format", "json"]).ends(0).out;
    for (name, bytes) in files(&desk.path("")).into_iter().chain([("export".to_owned(), export.into_bytes())]) {
        for person in ["44051401458", "Kanarkowski"] {
            assert!(memchr::memmem::find(&bytes, person.as_bytes()).is_none(), "{person} stands in {name}");
        }
    }
}

#[test]
fn a_secret_that_was_cut_or_spaced_is_no_name() {
    let desk = Desk::new();
    let token = Sampler::new(130).token();
    let secret = secret(&token);
    let spaced: Vec<&str> = (0..8).map(|part| &secret[part * 8..part * 8 + 8]).collect();
    for (number, name) in
        [token[..115].to_owned(), format!("ERP {}", &secret[..60]), spaced.join(" ")].iter().enumerate()
    {
        let other = Sampler::new(140 + number as u64).token();
        let listing = crate::standings::listing(&other[41..51], &[(&other, "Active")]);
        desk.import("l.json", listing.replace(&format!("opis {}", &other[9..20]), name), &["--environment", "test"]);
        desk.import("t.csv", format!("NIP;Nazwa tokena\n5265877635;{name}\n"), &["--yes", "--keep-good"]);
    }
    // Windows has no such names.
    let findings = if cfg!(windows) { "forged.jsonl".to_owned() } else { format!("{token}.jsonl") };
    desk.write("leak.txt", &token);
    desk.run(&["scan", "leak.txt", "--format", "jsonl", "--output", "f.jsonl"]);
    let forged = fs::read_to_string(desk.path("f.jsonl")).unwrap();
    let forged =
        forged.replacen(&format!("\"reference\":\"{}\"", &token[..36]), &format!("\"reference\":\"{token}\""), 1);
    desk.import(&findings, forged, &[]);
    for name in ["l.json", "t.csv", "leak.txt", "f.jsonl", &findings] {
        fs::remove_file(desk.path(name)).unwrap();
    }
    let export = desk.inventory(&["export", "--format", "json"]).ends(0).out;
    for (name, bytes) in files(&desk.path("")).into_iter().chain([("export".to_owned(), export.into_bytes())]) {
        holds_none(&bytes, &[secret], &name);
    }
}

#[test]
fn a_pesel_is_no_name() {
    let desk = Desk::new();
    let table =
        "NIP;Nazwa tokena;Właściciel\n5265877635;a;Jan 44051401458\n5265877635;b 44051401458;Jan\n5265877635;c;Jan\n";
    let said = desk.import("t.csv", table, &["--yes", "--keep-good"]).ends(3);
    assert_eq!(desk.credentials().len(), 1);
    assert!(said.error.matches("no PESEL").count() == 2 && !said.error.contains("44051401458"), "{said:?}");
}
