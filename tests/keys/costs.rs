//! What a try of a password may cost, and locks of which nothing is known.

use ksefleaks::armour;

use crate::shelf::{der, grade, key, noise, scan, shelve, text, tried};

const PBES2: &[u8] = &[6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 5, 13];
const PBKDF2: &[u8] = &[6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 5, 12];
const SCRYPT: &[u8] = &[6, 9, 0x2B, 6, 1, 4, 1, 0xDA, 0x47, 4, 11];
const HMAC_SHA256: &[u8] = &[6, 8, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 2, 9];
const AES256_CBC: &[u8] = &[6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 42];

/// A locked key of which the way from the password to its key, and the cipher, are told so.
fn locked(kdf: &[u8], cipher: &[u8]) -> String {
    let cipher = der(0x30, &[cipher, &der(4, &[&noise(41, 16)])]);
    let scheme = der(0x30, &[PBES2, &der(0x30, &[kdf, &cipher])]);
    armour("ENCRYPTED PRIVATE KEY", &der(0x30, &[&scheme, &der(4, &[&noise(40, 144)])]))
}

fn pbkdf2(rounds: &[u8]) -> Vec<u8> {
    let work = [&der(4, &[&noise(42, 16)])[..], &der(2, &[rounds]), &der(0x30, &[HMAC_SHA256, &[5, 0]])];
    der(0x30, &[PBKDF2, &der(0x30, &work)])
}

fn scrypt(cost: &[u8], block: u8, parallel: &[u8]) -> Vec<u8> {
    let work = [&der(4, &[&noise(42, 16)])[..], &der(2, &[cost]), &der(2, &[&[block]]), &der(2, &[parallel])];
    der(0x30, &[SCRYPT, &der(0x30, &work)])
}

#[test]
fn what_costs_too_much_is_refused_by_its_header() {
    let cases = [
        ("2147483647 rounds", "--max-rounds", pbkdf2(&[0x7F, 0xFF, 0xFF, 0xFF])),
        ("more rounds than any number has", "--max-rounds", pbkdf2(&[0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])),
        ("a terabyte", "--max-kdf-memory", scrypt(&[0x40, 0, 0, 0], 8, &[1])),
        ("a gigabyte", "--max-kdf-memory", scrypt(&[0x10, 0, 0], 8, &[1])),
        ("many at once", "--max-kdf-memory", scrypt(&[0x40, 0], 8, &[0x7F, 0xFF])),
    ];
    for (what, limit, kdf) in cases {
        let pem = locked(&kdf, AES256_CBC);
        let told = scan(&[("a/a.key", pem.as_bytes()), ("a/haslo.txt", b"Faktury.2026\n")], &[]);
        let [finding] = &told.findings[..] else { panic!("{what}: {:#?}", told.findings) };
        assert_eq!(tried(finding), "cut-off", "{what}: {finding}");
        let [notice] = &told.notices[..] else { panic!("{what}: {:#?}", told.notices) };
        assert_eq!(
            (&notice["reason"], &notice["limit"], &notice["path"], &notice["incomplete"]),
            (&"too-large".into(), &limit.into(), &"in/a/a.key".into(), &true.into()),
            "{what}"
        );
        assert_eq!(told.code, 3, "{what}");
    }
}

#[test]
fn the_limits_are_those_that_are_given() {
    let pair = key(7000);
    let pem = armour("ENCRYPTED PRIVATE KEY", &pair.sealed("Faktury.2026", 5_000));
    let room = shelve(&[("a.key", pem.as_bytes()), ("haslo.txt", b"Faktury.2026\n")]);
    let told = |most: &str| room.tell(&["scan", "in", "--max-rounds", most]);
    let end = |most: &str| {
        let told = told(most);
        let finding = told.findings.iter().find(|finding| finding["kind"] == "key").expect("it is found");
        let notices: Vec<String> = told
            .notices
            .iter()
            .map(|notice| format!("{} {}", text(&notice["reason"]), text(&notice["limit"])))
            .collect();
        (tried(finding), notices)
    };
    assert_eq!(end("4999").0, "cut-off", "not one can be tried");
    assert_eq!(end("4999").1.len(), 1);
    assert_eq!(end("30000"), ("cut-off".to_owned(), vec!["too-many --max-rounds".to_owned()]), "six can be tried");
    assert_eq!(end("1000000"), ("opened".to_owned(), vec![]));
    let pem = locked(&scrypt(&[0x20, 0], 8, &[1]), AES256_CBC);
    let room = shelve(&[("a.key", pem.as_bytes())]);
    let told = room.tell(&["scan", "in", "--max-kdf-memory", "4MiB"]);
    assert_eq!((tried(&told.findings[0]), told.code), ("cut-off".to_owned(), 3), "{:#?}", told.notices);
    let told = room.tell(&["scan", "in", "--max-kdf-memory", "16MiB"]);
    assert_eq!((tried(&told.findings[0]), told.notices.len()), ("closed".to_owned(), 0), "{:#?}", told.notices);
}

#[test]
fn many_hostile_keys_cost_no_more_than_one_run_may() {
    let files: Vec<(String, String)> = (0..200_u8)
        .map(|number| {
            let kdf = pbkdf2(&[0x00, 0xFF, 0xFF, number]);
            (format!("{number}.key"), locked(&kdf, AES256_CBC))
        })
        .collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, pem)| (&**name, pem.as_bytes())).collect();
    let told = scan(&files, &["--max-rounds", "100000"]);
    assert_eq!((told.findings.len(), told.notices.len()), (200, 200));
    assert!(told.findings.iter().all(|finding| tried(finding) == "cut-off"));
}

#[test]
fn locks_of_which_nothing_is_known_are_told_in_a_clear_word() {
    let camellia: &[u8] = &[6, 11, 0x2A, 0x83, 0x08, 0x8C, 0x9A, 0x4B, 0x3D, 1, 1, 1, 4];
    let own_kdf = der(0x30, &[&[6, 3, 0x2A, 3, 4], &der(0x30, &[])]);
    for (what, pem) in [("cipher", locked(&pbkdf2(&[8, 0]), camellia)), ("kdf", locked(&own_kdf, AES256_CBC))] {
        let told = scan(&[("ksef/a.key", pem.as_bytes()), ("ksef/haslo.txt", b"Faktury.2026\n")], &[]);
        let finding = told.findings.iter().find(|finding| finding["kind"] == "key").expect(what);
        assert_eq!(
            (tried(finding), grade(finding)),
            ("unknown-scheme".to_owned(), "private-key likely medium".to_owned()),
            "{what}: {finding}"
        );
        let lock = &finding["about"]["key"]["lock"];
        assert!(text(&lock["protection"]).contains("unknown"), "{what}: {finding}");
        assert_eq!(told.notices.len(), 0, "{what}: {:#?}", told.notices);
    }
}

#[test]
fn how_good_a_lock_is() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/formats/key/");
    for (name, strength, severity) in [
        ("ec.PBE-SHA1-RC2-40.pem", "broken", "medium"),
        ("ec.PBE-MD5-DES.pem", "broken", "medium"),
        ("ec.aes128.pem", "broken", "medium"),
        ("ec.pbes2.pem", "weak", "medium"),
        ("ec.scrypt.pem", "strong", "low"),
        ("ec.application.pem", "fair", "medium"),
    ] {
        let bytes = std::fs::read(format!("{folder}{name}")).expect("it is kept");
        let told = scan(&[("a.pem", &bytes)], &[]);
        let [finding] = &told.findings[..] else { panic!("{name}: {:#?}", told.findings) };
        let lock = text(&finding["about"]["key"]["lock"]["strength"]);
        assert_eq!((&*lock, &*text(&finding["severity"])), (strength, severity), "{name}: {finding}");
    }
}
