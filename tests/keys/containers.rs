//! Locked archives and documents beside a password: opened, searched, and told of no more.

use crate::made::archive::{rar, sealed as sealed_zip, stored, tar, zip};
use crate::made::env;
use crate::repository::{Room, Told, token};
use crate::shelf::{found, key, opened, scan, scan_all, sealed, spots};

const PASSWORD: &str = "Faktury-2026!";

/// The places of a token.
#[track_caller]
fn places(told: &Told, number: u64) -> Vec<String> {
    let print = ksefleaks::Fingerprint::of_public(token(number).as_bytes()).to_string();
    let finding = told.findings.iter().find(|finding| finding["secret"]["sha256"] == print.as_str());
    finding.map(spots).unwrap_or_default()
}

fn env_of(number: u64) -> Vec<u8> {
    env(&token(number)).into_bytes()
}

/// What is counted once, however often it is looked at.
fn counts(told: &Told) -> [u64; 3] {
    ["files", "bytes", "members"].map(|name| told.summary[name].as_u64().expect("a number"))
}

#[test]
fn a_password_beside_opens_an_archive_wherever_it_comes() {
    let content = [("c.env", env_of(800))];
    let (locked, packed) = (sealed_zip(&content, PASSWORD), rar(&content, Some(PASSWORD)));
    for (name, bytes) in [("m.zip", locked), ("m.rar", packed)] {
        // Before the archive, behind it, and in the folder above.
        for word in ["haslo.txt", "x/a/haslo.txt", "x/z/../a/haslo.txt"] {
            let word = if word == "haslo.txt" { "x/haslo.txt" } else { "x/a/haslo.txt" };
            let files = [(format!("x/a/{name}"), bytes.clone()), (word.to_owned(), PASSWORD.as_bytes().to_vec())];
            let files: Vec<(&str, Vec<u8>)> = files.iter().map(|(name, bytes)| (&**name, bytes.clone())).collect();
            for jobs in ["1", "4"] {
                let told = scan_all(&files, &["--jobs", jobs]);
                assert_eq!(places(&told, 800), [format!("x/a/{name} > c.env:2")], "{word}: {:#?}", told.notices);
                assert_eq!((told.notices.len(), &told.summary["complete"], told.code), (0, &true.into(), 1));
                let bytes: u64 = files.iter().map(|(_, bytes)| bytes.len() as u64).sum();
                assert_eq!(counts(&told)[..2], [2, bytes], "{name}");
            }
        }
    }
}

#[test]
fn counts_are_those_of_a_run_with_the_password_given() {
    let content = [("a.env", env_of(801)), ("b.env", env_of(802)), ("c/firma.key", key(810).pem().into_bytes())];
    let files = [
        ("a.zip", sealed_zip(&content, PASSWORD)),
        ("b.tar", tar(&[("x.env", env_of(803)), ("in.zip", sealed_zip(&content, PASSWORD)), ("y.env", env_of(804))])),
        ("haslo.txt", PASSWORD.as_bytes().to_vec()),
    ];
    let room = crate::shelf::shelve(&files.iter().map(|(name, bytes)| (*name, &**bytes)).collect::<Vec<_>>());
    std::fs::write(room.path("list"), format!("{PASSWORD}\n")).expect("it can be written");
    let (near, given) = (room.tell(&["scan", "in"]), room.tell(&["scan", "in", "--password-file", "list"]));
    assert_eq!((near.findings.len(), near.notices.len()), (5, 0), "{:#?}", near.notices);
    assert_eq!(counts(&near), counts(&given));
    assert_eq!(near.findings, given.findings);
    assert_eq!(places(&near, 803), ["b.tar > x.env:2"]);
    assert_eq!(places(&near, 801), ["a.zip > a.env:2", "b.tar > in.zip > a.env:2"]);
    assert_eq!(spots(found(&near, &key(810))), ["a.zip > c/firma.key:1", "b.tar > in.zip > c/firma.key:1"]);
}

#[test]
fn archives_and_documents_of_other_programs() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/formats/");
    for (name, password) in [
        ("seven/locked-header.7z", "needle-password"),
        ("seven/locked.7z", "needle-password"),
        ("zip/zipcrypto.zip", "sesame"),
        ("ole/agile.docx", "klucz-ż"),
        ("ole/locked.doc", "klucz-z"),
        ("office/locked.odt", "klucz-ż"),
        ("pdf/qpdf-aes-256-user.pdf", "open-me"),
        ("pdf/qpdf-rc4-40-user.pdf", "open-me"),
    ] {
        let bytes = std::fs::read(format!("{folder}{name}")).expect("it is kept");
        let file = format!("a/{}", name.rsplit('/').next().expect("a name"));
        let told = scan(&[(&file, &bytes)], &[]);
        assert_eq!(
            (told.reasons().into_iter().collect::<Vec<_>>(), told.code),
            (vec!["encrypted".to_owned()], 3),
            "{name}"
        );
        let closed = told.notices.len();
        let told = scan(&[(&file, &bytes), ("a/haslo.txt", password.as_bytes())], &[]);
        assert_eq!((told.notices.len(), told.code, told.findings.len()), (0, 0, 0), "{name}: {:#?}", told.notices);
        assert_eq!(told.summary["files"], 2, "{name}");
        let wrong = scan(&[(&file, &bytes), ("a/haslo.txt", b"Zupelnie-Inne.8\n")], &[]);
        assert_eq!((wrong.notices.len(), wrong.code), (closed, 3), "{name}: {:#?}", wrong.notices);
    }
}

#[test]
fn what_stands_elsewhere_opens_nothing() {
    let locked = sealed_zip(&[("c.env", env_of(820))], PASSWORD);
    for word in ["b/haslo.txt", "a/nizej/haslo.txt", "a/slownik.txt"] {
        let told = scan(&[("a/a.zip", &locked), (word, PASSWORD.as_bytes())], &[]);
        assert_eq!((told.findings.len(), told.code), (0, 3), "{word}: {:#?}", told.findings);
        let [notice] = &told.notices[..] else { panic!("{word}: {:#?}", told.notices) };
        assert_eq!((&notice["reason"], &notice["path"]), (&"encrypted".into(), &"in/a/a.zip".into()));
    }
    let told = scan(&[("a/a.zip", &locked), ("a/haslo.txt", PASSWORD.as_bytes())], &["--no-unlock"]);
    assert_eq!((told.findings.len(), told.notices.len(), told.code), (0, 1, 3));
}

#[test]
fn a_locked_archive_in_which_a_locked_key_and_its_password_stand() {
    let pair = key(830);
    let inside = [("firma.key", sealed(&pair, "Kot-w-butach.7")), ("haslo.txt", "Kot-w-butach.7\n".to_owned())];
    let told = scan(&[("a/a.zip", &sealed_zip(&inside, PASSWORD)), ("a/haslo.txt", PASSWORD.as_bytes())], &[]);
    let finding = found(&told, &pair);
    assert_eq!(
        (spots(finding), opened(finding)),
        (vec!["a/a.zip > firma.key:1".to_owned()], "found a/a.zip > haslo.txt:1".to_owned())
    );
    assert_eq!(told.notices.len(), 0, "{:#?}", told.notices);
}

#[test]
fn locks_within_locks() {
    let inner = stored(&[
        ("in.zip", sealed_zip(&[("c.env", env_of(840))], "Kot-w-butach.7")),
        ("haslo.txt", b"Kot-w-butach.7".to_vec()),
    ]);
    let outer = stored(&[("b.zip", sealed_zip(&[("a.zip", inner)], PASSWORD)), ("haslo.txt", PASSWORD.into())]);
    let told = scan(&[("a.zip", &outer)], &[]);
    assert_eq!(places(&told, 840), ["a.zip > b.zip > a.zip > in.zip > c.env:2"], "{:#?}", told.notices);
    assert_eq!((told.notices.len(), told.findings.len()), (0, 1), "{:#?}", told.notices);
}

#[test]
fn two_archives_of_which_one_opens() {
    let [one, other] =
        [(850, PASSWORD), (851, "Inne-Haslo.9")].map(|(number, word)| sealed_zip(&[("c.env", env_of(number))], word));
    let both = zip(&[("a.zip", one), ("b.zip", other), ("haslo.txt", PASSWORD.into())]);
    let told = scan(&[("x.zip", &both)], &[]);
    assert_eq!(places(&told, 850), ["x.zip > a.zip > c.env:2"]);
    let [notice] = &told.notices[..] else { panic!("{:#?}", told.notices) };
    assert_eq!(notice["inner"].to_string(), r#"["b.zip","c.env"]"#, "{notice}");
    assert_eq!((told.findings.len(), &told.summary["complete"]), (1, &false.into()));
}

#[test]
fn an_archive_of_a_repository() {
    let room = Room::new();
    let repository = room.init("repo", &[]);
    let first = repository.write("dane/a.zip", sealed_zip(&[("c.env", env_of(860))], PASSWORD)).commit("archiwum");
    repository.write("skrypty/.env", format!("ZIP_PASSWORD={PASSWORD}\n")).commit("skrypt");
    repository.remove("dane/a.zip").commit("bez archiwum");
    let told = repository.tell();
    let [place] = &told.places(&token(860))[..] else { panic!("{:#?} {:#?}", told.findings, told.notices) };
    assert_eq!((place.path.as_str(), place.commits[0].1.as_str()), ("dane/a.zip", first.as_str()));
    assert_eq!(told.notices.len(), 0, "{:#?}", told.notices);
    let same = repository.tell_with(&["--jobs", "4"]);
    assert_eq!((same.findings, same.notices), (told.findings, told.notices));
}

/// A password that opened an archive alone is told with nothing.
#[test]
fn the_password_of_an_archive_is_no_finding() {
    let told =
        scan(&[("a/a.zip", &sealed_zip(&[("a.txt", b"nic")], PASSWORD)), ("a/haslo.txt", PASSWORD.as_bytes())], &[]);
    assert_eq!((told.findings.len(), told.notices.len(), told.code), (0, 0, 0), "{:#?}", told.findings);
}
