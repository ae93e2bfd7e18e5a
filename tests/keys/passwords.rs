//! What is told of a password that opens a key: its place, and nothing else, in no format.

use std::fs;
use std::process::Command;

use ksefleaks::CertificateForm;
use serde_json::Value;

use crate::made::archive::sealed as sealed_zip;
use crate::repository::{Room, Told};
use crate::shelf::{application, certificate, found, key, of_rule, opened, scan, sealed, shelve, spots, text};

const PASSWORD: &str = "Zielony-Slon.1987";
const RULE: &str = "ksef-key-password";

/// All that the program writes.
pub fn shown(room: &Room, words: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ksefleaks"));
    let output = command.current_dir(room.path("")).args(words).args(["--no-progress", "--now", "2026-11-21"]).output();
    let output = output.expect("the program starts");
    [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat()
}

/// Places of all passwords that are told.
fn places(told: &Told) -> Vec<Vec<String>> {
    of_rule(told, RULE).into_iter().map(spots).collect()
}

#[test]
fn a_password_is_told_only_with_its_key() {
    let pair = key(9000);
    let (ksef, any) = (application(&pair, PASSWORD), sealed(&pair, PASSWORD));
    let crt = certificate(&pair, &CertificateForm::default());
    let word = format!("KEY_PASSWORD={PASSWORD}\n");
    let cases: [(&[(&str, &str)], &[&str]); 6] = [
        (&[("a/.env", &word)], &[]),
        (&[("a/.env", &word), ("a/a.key", &ksef)], &[]),
        (&[("ksef/.env", &word), ("ksef/a.key", &ksef)], &["ksef/.env:1"]),
        (&[("a/.env", &word), ("a/a.key", &any)], &[]),
        (&[("a/.env", &word), ("a/a.key", &any), ("b/a.crt", &crt)], &["a/.env:1"]),
        (&[("a/.env", &word), ("a/a.key", &any), ("b/ksef.txt", "KSeF")], &[]),
    ];
    for (files, expected) in cases {
        let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
        let told = scan(&files, &[]);
        let expected: Vec<Vec<String>> = expected.iter().map(|place| vec![(*place).to_owned()]).collect();
        assert_eq!(places(&told), expected, "{:#?}", told.findings);
        if files.len() > 1 {
            assert_eq!(opened(found(&told, &pair)), format!("found {}:1", files[0].0), "it is told with the key");
        }
    }
}

#[test]
fn one_that_is_no_finding_takes_no_room_from_findings() {
    let pair = key(9020);
    let (any, word) = (sealed(&pair, PASSWORD), format!("KEY_PASSWORD={PASSWORD}\n"));
    for folder in ["a", "b", "c", "d", "e", "f", "g", "h"] {
        let (env, locked) = (format!("{folder}/.env"), format!("{folder}/a.key"));
        let files: [(&str, &[u8]); 2] = [(&env, word.as_bytes()), (&locked, any.as_bytes())];
        let told = scan(&files, &["--max-findings", "1"]);
        assert_eq!(opened(found(&told, &pair)), format!("found {env}:1"), "its password is named by its place");
    }
}

#[test]
fn each_place_is_told_once_and_nothing_of_the_password() {
    let pair = key(9010);
    let (one, other) = (sealed(&pair, PASSWORD), application(&pair, PASSWORD));
    let crt = certificate(&pair, &CertificateForm::default());
    let word = format!("KEY_PASSWORD={PASSWORD}\nCERT_PASSWORD={PASSWORD}\n");
    let told = scan(
        &[
            ("a/1.key", one.as_bytes()),
            ("a/2.key", other.as_bytes()),
            ("a/.env", word.as_bytes()),
            ("a/haslo.txt", PASSWORD.as_bytes()),
            ("a.crt", crt.as_bytes()),
        ],
        &[],
    );
    assert_eq!(places(&told), [["a/.env:1"], ["a/haslo.txt:1"]], "{:#?}", told.findings);
    for finding in of_rule(&told, RULE) {
        assert_eq!(finding["secret"], serde_json::json!({"sha256": null, "length": null, "redacted": null}));
        assert_eq!((&finding["kind"], &finding["confidence"]), (&"password".into(), &"possible".into()));
        assert_eq!(text(&finding["id"]).len(), 16);
    }
    // The same one of another key, and another one at the same place, have other names.
    let ids = |told: &Told| of_rule(told, RULE).iter().map(|finding| text(&finding["id"])).collect::<Vec<_>>();
    let next = key(9011);
    let (locked, crt) = (sealed(&next, PASSWORD), certificate(&next, &CertificateForm::default()));
    let others = scan(&[("a/1.key", locked.as_bytes()), ("a/.env", word.as_bytes()), ("a.crt", crt.as_bytes())], &[]);
    assert!(ids(&told).iter().all(|id| !ids(&others).contains(id)), "{:?} {:?}", ids(&told), ids(&others));
}

/// A folder with a password in every place in which one is found, and what it opens.
fn everywhere() -> (Room, Vec<String>) {
    let pair = key(9020);
    let crt = certificate(&pair, &CertificateForm::default());
    let texts = [
        ("a/.env", format!("KSEF_KEY_PASSWORD={PASSWORD}\n")),
        ("a/haslo.txt", format!("{PASSWORD}\n")),
        ("a/run.sh", format!("openssl pkey -in 1.key -passin pass:{PASSWORD}\n")),
        ("a/list.txt", format!("Hasło do klucza KSeF: {PASSWORD}\n")),
        ("a/c.json", format!("{{\"certificatePassword\": \"{PASSWORD}\"}}\n")),
        ("a/1.key", sealed(&pair, PASSWORD)),
        ("a/2.key", application(&pair, PASSWORD)),
        ("b/3.key", sealed(&pair, "changeit")),
        ("a/closed.key", sealed(&key(9021), "nobody knows")),
        ("ksef.crt", crt),
    ];
    let mut files: Vec<(&str, Vec<u8>)> = texts.iter().map(|(name, text)| (*name, text.clone().into_bytes())).collect();
    files.push(("a/a.zip", sealed_zip(&[("d/firma.key", key(9022).pem())], PASSWORD)));
    files.push(("a/broken.zip", sealed_zip(&[("d/firma.key", key(9022).pem())], "nobody knows")));
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (*name, &**bytes)).collect();
    let room = shelve(&files);
    fs::write(room.path("list"), "Dane-Wprost.55\n").expect("it can be written");
    let prints = [PASSWORD, "Dane-Wprost.55", "nobody knows"];
    let hashes = prints.map(|word| ksefleaks::Fingerprint::of_public(word.as_bytes()).to_string()[..16].to_owned());
    (room, prints.map(str::to_owned).into_iter().chain(hashes).collect())
}

#[test]
fn no_format_shows_a_password() {
    let (room, words) = everywhere();
    let secret = ["Zielony", "zielony", "Slon.1987", "1987"];
    for format in ["text", "json", "jsonl", "sarif", "gitlab", "junit", "github"] {
        for more in [&["-vvv"][..], &["-q"], &["--no-unlock", "-vvv"], &["--max-rounds", "4000", "-vvv"]] {
            let common = ["scan", "in", "--format", format, "--password-file", "list", "--write-baseline", "known"];
            let output = shown(&room, &[&common, more].concat())
                + &fs::read_to_string(room.path("known")).expect("it is written");
            assert!(output.len() > 500, "{format} {more:?}: {output}");
            let seen = words.iter().map(String::as_str).chain(secret).find(|word| output.contains(word));
            assert_eq!(seen, None, "{format} {more:?}");
        }
    }
}

/// People read where the password stands that opened a key, and how one is locked that stays so.
#[test]
fn every_format_says_what_opened_a_key_and_what_locks_it() {
    let pair = key(9030);
    let (locked, closed) = (application(&pair, PASSWORD), sealed(&key(9031), "nobody knows"));
    let files: [(&str, &[u8]); 3] = [
        ("ksef/1.key", locked.as_bytes()),
        ("x/2.key", closed.as_bytes()),
        ("ksef/.env", b"\nKEY_PASSWORD=Zielony-Slon.1987\n"),
    ];
    let room = shelve(&files);
    for format in ["text", "json", "jsonl", "sarif", "gitlab", "junit", "github"] {
        let output = shown(&room, &["scan", "in", "--format", format]).replace("\\/", "/");
        assert!(output.contains("PBKDF2 with 2048 rounds"), "{format}: {output}");
    }
    // In the part that tells of the key, which is before that of the password.
    let output = shown(&room, &["scan", "in", "--format", "text"]);
    let (of_key, rest) = output.split_once("in/ksef/.env:2").unwrap_or((&output, ""));
    assert!(of_key.contains("critical") && !of_key.contains(RULE) && rest.contains(RULE), "{output}");
}

#[test]
fn a_baseline_quiets_keys_and_passwords() {
    let (room, _) = everywhere();
    let told = room.tell(&["scan", "in", "--write-baseline", "known"]);
    assert!(of_rule(&told, RULE).len() == 5, "{:#?}", told.findings);
    let known = fs::read_to_string(room.path("known")).expect("it is written");
    for finding in &told.findings {
        assert!(known.contains(&text(&finding["id"])), "{finding}");
    }
    let next = room.tell(&["scan", "in", "--baseline", "known"]);
    assert_eq!(
        (next.findings.len(), &next.summary["quieted"]["baseline"]),
        (0, &told.findings.len().into()),
        "{:#?}",
        next.findings
    );
    // Under the name of the lock, before the password lay beside it, it is known as well.
    let word = room.path("in/a/.env");
    for name in ["a/.env", "a/haslo.txt", "a/run.sh", "a/list.txt", "a/c.json"] {
        fs::rename(room.path("in").join(name), room.path("in").join(name).with_extension("gone-for-now"))
            .expect("it can be");
    }
    for entry in fs::read_dir(room.path("in/a")).expect("it is there").flatten() {
        if entry.path().extension().is_some_and(|ending| ending == "gone-for-now") {
            fs::remove_file(entry.path()).expect("it can be");
        }
    }
    let before = room.tell(&["scan", "in", "--write-baseline", "before"]);
    assert_eq!(of_rule(&before, RULE).len(), 0, "{:#?}", before.findings);
    fs::write(word, format!("KSEF_KEY_PASSWORD={PASSWORD}\n")).expect("it can be written");
    let after = room.tell(&["scan", "in", "--baseline", "before"]);
    let left: Vec<&Value> = after.findings.iter().filter(|finding| finding["kind"] != "password").collect();
    // What was in the archive is new; the keys are not.
    assert_eq!(left.len(), 1, "{left:#?}");
    assert_eq!(left[0]["secret"]["sha256"], crate::shelf::print(&key(9022)));
}

#[test]
fn a_comment_allows_a_password() {
    let pair = key(9040);
    let pem = application(&pair, PASSWORD);
    let word = format!("KSEF_KEY_PASSWORD={PASSWORD} # ksefleaks:allow\n");
    let told = scan(&[("ksef/a.key", pem.as_bytes()), ("ksef/.env", word.as_bytes())], &[]);
    assert_eq!((places(&told).len(), &told.summary["quieted"]["allow"]), (0, &1.into()), "{:#?}", told.findings);
    assert_eq!(opened(found(&told, &pair)), "found ksef/.env:1");
}
