//! Locked keys, and what opens them or does not.

use ksefleaks::Fingerprint;
use serde_json::Value;

use crate::made::archive::{tar, zip};
use crate::repository::Room;
use crate::shelf::{
    application, found, grade, key, of_rule, opened, scan, scan_all, sealed, shelve, spots, text, tried,
};

const PASSWORD: &str = "Faktury-2026!";
const OPENED: &str = "ksef-application-key likely critical";

/// Where a password stands near a key, as many keep the two, and where the key is told to stand.
#[test]
fn a_password_within_reach_opens_the_key() {
    let pair = key(6000);
    let pem = application(&pair, PASSWORD);
    let word = |text: &str| text.replace('@', PASSWORD).into_bytes();
    let own = |name: &'static str| (name, pem.clone().into_bytes());
    let cases: [(Vec<(&str, Vec<u8>)>, &str); 13] = [
        (
            vec![(
                "ksef.env",
                format!("KSEF_KEY_PASSWORD={PASSWORD}\nKSEF_KEY=\"{}\"\n", pem.replace('\n', "\\n")).into(),
            )],
            "ksef.env:1",
        ),
        (vec![("ksef.txt", format!("{pem}\nhasło: {PASSWORD}\n").into())], "ksef.txt:10"),
        (vec![own("ksef/firma.key"), ("ksef/haslo.txt", word("@\n"))], "ksef/haslo.txt:1"),
        (vec![own("ksef/firma.key"), ("ksef/.env", word("A=1\nKSEF_KEY_PASSWORD='@'\n"))], "ksef/.env:2"),
        (vec![own("ksef/certs/ksef.key"), ("ksef/.env", word("KEY_PASS=@\n"))], "ksef/.env:1"),
        (
            vec![
                own("ksef/firma.key"),
                ("ksef/run.sh", word("#!/bin/sh\nopenssl pkey -in firma.key -passin pass:@\n")),
            ],
            "ksef/run.sh:2",
        ),
        (
            vec![own("ksef/firma.key"), ("ksef/appsettings.json", word("{\"Ksef\":{\"CertificatePassword\":\"@\"}}"))],
            "ksef/appsettings.json:1",
        ),
        (
            vec![own("ksef/firma.key"), ("ksef/app.config", word("<add key=\"PrivateKeyPassword\" value=\"@\"/>"))],
            "ksef/app.config:1",
        ),
        (
            vec![own("ksef/firma.key"), ("ksef/czytaj.txt", word("Klucz do KSeF, hasło do klucza to @\r\n"))],
            "ksef/czytaj.txt:1",
        ),
        (vec![("ksef.zip", zip(&[own("firma.key"), ("haslo.txt", word("@"))]))], "ksef.zip > haslo.txt:1"),
        (
            vec![("ksef.zip", zip(&[own("a/firma.key"), ("b/c/.env", word("KSEF_KEY_PASSWORD=@"))]))],
            "ksef.zip > b/c/.env:1",
        ),
        (
            vec![("ksef.tar", tar(&[("in.zip", zip(&[own("firma.key")])), ("haslo.txt", word("@"))]))],
            "ksef.tar > haslo.txt:1",
        ),
        (
            vec![("ksef.zip", zip(&[own("firma.key"), ("in.tar", tar(&[("haslo.txt", word("@"))]))]))],
            "ksef.zip > in.tar > haslo.txt:1",
        ),
    ];
    for (files, place) in &cases {
        let told = scan_all(files, &[]);
        let finding = found(&told, &pair);
        assert_eq!((grade(finding), opened(finding)), (OPENED.to_owned(), format!("found {place}")), "{finding}");
        assert_eq!((tried(finding).as_str(), told.code), ("opened", 1));
        let words: Vec<Vec<String>> = of_rule(&told, "ksef-key-password").into_iter().map(spots).collect();
        assert_eq!(words, [[place.to_string()]], "{:#?}", told.findings);
        assert_eq!((told.findings.len(), told.notices.len()), (2, 0), "{:#?}", told.notices);
    }
}

#[test]
fn what_is_out_of_reach_or_wrong_opens_nothing() {
    let pair = key(6001);
    let pem = application(&pair, PASSWORD);
    let locked: (&str, &[u8]) = ("ksef/firma.key", pem.as_bytes());
    let right = format!("{PASSWORD}\n");
    let cases: [&[(&str, &[u8])]; 6] = [
        &[locked],
        &[locked, ("ksef/haslo.txt", b"Faktury-2025!\n")],
        &[locked, ("inne/haslo.txt", right.as_bytes())],
        &[locked, ("ksef/nizej/haslo.txt", right.as_bytes())],
        &[locked, ("ksef/.env", b"KSEF_KEY_PASSWORD=${{ secrets.KSEF_KEY_PASSWORD }}\n")],
        &[locked, ("ksef/slownik.txt", right.as_bytes())],
    ];
    for files in cases {
        let told = scan(files, &[]);
        let [finding] = &told.findings[..] else { panic!("{:#?}", told.findings) };
        assert_eq!(grade(finding), "ksef-application-key likely medium", "{finding}");
        assert_eq!((tried(finding), opened(finding)), ("closed".to_owned(), String::new()), "{finding}");
        let lock = &finding["about"]["key"]["lock"];
        assert_eq!(lock["protection"], "PBKDF2 with 100000 rounds of HMAC-SHA-256, AES-256-CBC");
        assert_eq!((told.notices.len(), &told.summary["complete"]), (0, &true.into()), "{:#?}", told.notices);
    }
}

#[test]
fn anywhere_in_a_repository() {
    let (room, pair, other) = (Room::new(), key(6002), key(6003));
    let repository = room.init("repo", &[]);
    repository.write("certs/ksef.key", application(&pair, PASSWORD)).commit("klucz");
    let brought = repository.write("deploy/prod/.env", format!("KSEF_KEY_PASSWORD={PASSWORD}\n")).commit("hasło");
    repository.remove("deploy/prod/.env").write("x/other.key", sealed(&other, "Zupelnie-Inne.8")).commit("bez hasła");
    let told = repository.tell();
    let finding = found(&told, &pair);
    assert_eq!(grade(finding), OPENED, "{finding}");
    let at = &finding["about"]["key"]["opened"]["at"];
    assert_eq!(
        (&at["path"], &at["line"], &at["commits"][0]["id"]),
        (&"deploy/prod/.env".into(), &1.into(), &brought.into())
    );
    assert_eq!(told.findings.len(), 3, "{:#?}", told.findings);
    // Those two are in a work tree, too.
    repository.write("deploy/prod/.env", format!("KSEF_KEY_PASSWORD={PASSWORD}\n"));
    let told = room.tell(&["scan", "repo"]);
    assert_eq!(opened(found(&told, &pair)), "found repo/deploy/prod/.env:1", "{:#?}", told.findings);
}

#[test]
fn passwords_that_everybody_tries() {
    for (number, (password, by)) in
        (6010..).zip([("", "empty"), ("changeit", "common"), ("123456", "common"), ("hasło", "common")])
    {
        let pair = key(number);
        let told = scan(&[("a.key", sealed(&pair, password).as_bytes())], &[]);
        let finding = found(&told, &pair);
        assert_eq!((grade(finding), opened(finding)), ("private-key possible critical".to_owned(), by.to_owned()));
        assert_eq!(told.findings.len(), 1, "{:#?}", told.findings);
    }
}

#[test]
fn passwords_that_are_given() {
    let pair = key(6020);
    let room = shelve(&[("a.key", sealed(&pair, "Źdźbło trawy 7").as_bytes())]);
    std::fs::write(room.path("list"), "inne\nŹdźbło trawy 7\n").expect("it can be written");
    let told = room.tell(&["scan", "in", "--password-file", "list"]);
    assert_eq!(opened(found(&told, &pair)), "given");
    let told = room.tell(&["scan", "in"]);
    assert_eq!(tried(&told.findings[0]), "closed");
}

#[test]
fn nothing_is_tried_where_that_is_not_wanted() {
    let pair = key(6030);
    let pem = sealed(&pair, PASSWORD);
    let open = sealed(&key(6031), "changeit");
    let files: [(&str, &[u8]); 3] =
        [("a.key", pem.as_bytes()), ("b.key", open.as_bytes()), ("haslo.txt", PASSWORD.as_bytes())];
    let told = scan(&files, &["--no-unlock"]);
    assert_eq!((told.findings.len(), told.notices.len(), told.code), (2, 0, 0), "{:#?}", told.findings);
    for finding in &told.findings {
        assert_eq!((tried(finding), opened(finding)), ("not-tried".to_owned(), String::new()), "{finding}");
        assert_eq!(grade(finding), "private-key possible medium");
    }
    let room = shelve(&files);
    std::fs::write(room.path("list"), format!("{PASSWORD}\n")).expect("it can be written");
    let told = room.tell(&["scan", "in", "--no-unlock", "--password-file", "list"]);
    assert!(told.findings.iter().all(|finding| tried(finding) == "not-tried"), "{:#?}", told.findings);
}

#[test]
fn a_password_of_ksef_is_told_though_it_was_not_tried() {
    let pem = application(&key(6040), PASSWORD);
    let files: [(&str, &[u8]); 2] =
        [("ksef/a.key", pem.as_bytes()), ("ksef/.env", b"KSEF_KEY_PASSWORD=Faktury-2026!\n")];
    let told = scan(&files, &["--no-unlock"]);
    let words: Vec<Vec<String>> = of_rule(&told, "ksef-key-password").into_iter().map(spots).collect();
    assert_eq!(words, [["ksef/.env:1"]], "{:#?}", told.findings);
}

#[test]
fn one_key_under_two_passwords_is_one_finding() {
    let pair = key(6050);
    let files = [sealed(&pair, "Faktury.2025"), application(&pair, "Faktury.2026"), pair.pem()];
    let words: &[u8] = b"KEY_PASSWORD=Faktury.2025\nKSEF_KEY_PASSWORD=Faktury.2026\n";
    let locked: [(&str, &[u8]); 3] =
        [("ksef/1.key", files[0].as_bytes()), ("ksef/2.key", files[1].as_bytes()), ("ksef/.env", words)];
    let before = scan(&locked, &["--no-unlock"]);
    let sealed: Vec<String> = before
        .findings
        .iter()
        .filter(|finding| finding["kind"] == "key")
        .map(|finding| text(&finding["secret"]["sha256"]))
        .collect();
    assert_eq!(sealed.len(), 2, "{:#?}", before.findings);
    let told = scan(&locked, &[]);
    let finding = found(&told, &pair);
    assert_eq!(spots(finding), ["ksef/1.key:1", "ksef/2.key:1"]);
    let aliases: Vec<String> = finding["aliases"].as_array().expect("a list").iter().map(text).collect();
    assert!(sealed.iter().all(|print| aliases.contains(print)), "{aliases:?} {sealed:?}");
    assert_eq!(of_rule(&told, "ksef-key-password").len(), 1, "{:#?}", told.findings);
    // It lies open as well.
    let all: [(&str, &[u8]); 4] = [locked[0], locked[1], locked[2], ("b/3.key", files[2].as_bytes())];
    let told = scan(&all, &[]);
    let finding = found(&told, &pair);
    assert_eq!(spots(finding), ["b/3.key:1", "ksef/1.key:1", "ksef/2.key:1"]);
    assert_eq!(finding["about"]["key"]["lock"], Value::Null, "{finding}");
}

#[test]
fn stores_are_opened_and_their_certificates_count() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/formats/key/");
    let read = |name: &str| std::fs::read(format!("{folder}{name}")).expect("it is kept");
    let spki = Fingerprint::of_public(&read("ec.spki")).to_string();
    for name in [
        "modern.p12",
        "legacy.p12",
        "triple.p12",
        "nomac.p12",
        "java.p12",
        "indefinite.p12",
        "store.jks",
        "store.jceks",
    ] {
        let file = format!("a/{name}");
        let told = scan(&[(&file, &read(name)), ("a/haslo.txt", b"needle-password\n")], &[]);
        let finding = told.findings.iter().find(|finding| finding["secret"]["sha256"] == spki.as_str());
        let finding = finding.unwrap_or_else(|| panic!("{name}: {:#?}", told.findings));
        assert_eq!(
            (grade(finding), opened(finding)),
            ("ksef-certificate-key certain critical".to_owned(), "found a/haslo.txt:1".to_owned()),
            "{name}"
        );
        assert_eq!((&finding["about"]["environment"], &finding["kind"]), (&"test".into(), &"key".into()));
        assert_eq!(of_rule(&told, "ksef-key-password").len(), 1, "{name}");
        let told = scan(&[(&file, &read(name))], &[]);
        let [finding] = &told.findings[..] else { panic!("{name}: {:#?}", told.findings) };
        assert_eq!((text(&finding["kind"]), tried(finding)), ("keystore".to_owned(), "closed".to_owned()), "{name}");
    }
    // Those of certificates alone are no credentials, with the password or without.
    for name in ["certificates.p12", "trust.jks"] {
        let file = format!("a/{name}");
        let told = scan(&[(&file, &read(name)), ("a/haslo.txt", b"needle-password\n")], &[]);
        assert_eq!(told.findings.len(), 0, "{name}: {:#?}", told.findings);
    }
    // So is one under the empty password.
    let told = scan(&[("a/empty.p12", &read("empty.p12"))], &[]);
    assert_eq!(opened(&told.findings[0]), "empty", "{:#?}", told.findings);
}

/// Keys and passwords, each of its own folder.
#[test]
fn everybody_has_a_password_of_their_own() {
    let keys: Vec<_> = (6060..6066).map(key).collect();
    let mut files = Vec::new();
    for (index, pair) in keys.iter().enumerate() {
        files.push((format!("{index}/a.key"), sealed(pair, &format!("Faktury.{index}")).into_bytes()));
        files.push((format!("{index}/haslo.txt"), format!("Faktury.{index}\n").into_bytes()));
    }
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (&**name, &**bytes)).collect();
    let told = scan(&files, &[]);
    for (index, pair) in keys.iter().enumerate() {
        assert_eq!(opened(found(&told, pair)), format!("found {index}/haslo.txt:1"));
    }
}
