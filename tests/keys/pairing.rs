//! Keys and their certificates, wherever in a run the two stand.

use ksefleaks::{CertificateForm, Environment, HolderType, Instant, KeyPair};
use serde_json::Value;

use crate::made::archive::zip;
use crate::made::letter::{attached, mailbox};
use crate::repository::{Room, Told};
use crate::shelf::{base64, certificate, found, grade, jwk, key, scan, scan_all, sealed, shelve, spots, text};

/// Of a key of KSeF.
const OF_KSEF: &str = "ksef-certificate-key certain critical";

fn form() -> CertificateForm {
    CertificateForm { nip: Some("5260250274".to_owned()), ..CertificateForm::default() }
}

fn day(year: i16, month: i8, day: i8) -> Option<Instant> {
    Instant::from_day(year, month, day)
}

/// What is told of the certificate of a key.
fn facts(finding: &Value) -> [String; 5] {
    let facts = &finding["about"]["key"]["certificate"];
    ["environment", "usage", "nip", "pesel", "issuer"].map(|name| text(&facts[name]))
}

/// The key is that of a company, in production, with a certificate to log in.
#[track_caller]
fn is_paired(told: &Told, pair: &KeyPair) {
    let finding = found(told, pair);
    assert_eq!(grade(finding), OF_KSEF, "{finding}");
    assert_eq!(facts(finding), ["production", "authentication", "5260250274", "", "CCK KSeF"], "{finding}");
    let about = &finding["about"];
    assert_eq!((&about["nip"], &about["context"]), (&"5260250274".into(), &"nip".into()), "{finding}");
    assert_eq!((&about["environment"], text(&about["expires"]).get(..10)), (&"production".into(), Some("2028-06-01")));
    assert_eq!((told.code, told.findings.len(), told.notices.len()), (1, 1, 0), "{:#?}", told.notices);
}

#[test]
fn wherever_the_two_stand() {
    let pair = key(4000);
    let (pem, crt) = (pair.pem(), certificate(&pair, &form()));
    let cer = pair.certificate(&form());
    let digits = base64(&cer);
    let key = |name: &'static str| (name, pem.clone().into_bytes());
    let own = |name: &'static str| (name, crt.clone().into_bytes());
    let text = |name: &'static str, text: String| (name, text.into_bytes());
    let line = |pem: &str| pem.replace('\n', "\\n");
    let letters = [attached("1", &[("a.key", pem.as_bytes())]), attached("2", &[("a.crt", &cer)])];
    let cases: [Vec<(&str, Vec<u8>)>; 12] = [
        vec![text("firma.pem", format!("{pem}{crt}"))],
        vec![text("firma.pem", format!("{crt}{pem}"))],
        vec![key("a/b/firma.key"), own("x/y/firma.crt")],
        vec![key("z.key"), ("a.cer", cer.clone())],
        vec![("a.key", pair.sec1()), text("z.env", format!("CERT={digits}\n"))],
        vec![("a.zip", zip(&[("a.key", &pem)])), ("b.zip", zip(&[("b.crt", &crt)]))],
        vec![("a.zip", zip(&[("in.zip", zip(&[("a.key", &pem)])), own("b.crt")]))],
        vec![text("in.mbox", mailbox(&letters))],
        vec![text("a.jwk", jwk(&pair)), own("a.crt")],
        vec![
            text("a.json", format!("{{\"x\":{}}}", jwk(&pair))),
            text("a.xml", format!("<ds:X509Certificate>{digits}</ds:X509Certificate>")),
        ],
        vec![text("a.env", format!("K=\"{}\"\nC=\"{}\"\n", line(&pem), line(&crt)))],
        vec![text("a.jwk", jwk(&pair).replace('}', &format!(",\"x5c\":[\"{digits}\"]}}")))],
    ];
    for files in &cases {
        is_paired(&scan_all(files, &[]), &pair);
        is_paired(&scan_all(files, &["--jobs", "3"]), &pair);
    }
}

#[test]
fn commits_of_a_repository() {
    let (room, pair) = (Room::new(), key(4001));
    let repository = room.init("repo", &[]);
    repository.write("a/firma.key", pair.pem()).commit("klucz");
    repository.remove("a/firma.key").write("b/firma.crt", certificate(&pair, &form())).commit("certyfikat");
    repository.remove("b/firma.crt").commit("nic");
    let told = repository.tell();
    is_paired(&told, &pair);
    assert_eq!(spots(found(&told, &pair)).len(), 1);
}

#[test]
fn a_repository_and_a_certificate_behind_it() {
    let (room, pair) = (Room::new(), key(4002));
    let repository = room.init("repo", &[]);
    repository.write("firma.key", sealed(&pair, "Faktury.7")).write("deploy/.env", "KEY_PASSWORD=Faktury.7\n");
    repository.commit("klucz i hasło");
    repository.remove("deploy/.env").write("firma.crt", certificate(&pair, &form())).commit("certyfikat");
    let told = repository.tell();
    let finding = found(&told, &pair);
    assert_eq!(grade(finding), OF_KSEF, "{finding}");
    assert_eq!(finding["about"]["key"]["opened"]["by"], "found", "{finding}");
}

#[test]
fn environments_uses_and_holders() {
    let of = |environment, offline, holder| CertificateForm { environment, offline, holder, ..form() };
    let (test, demo) = (Environment::Test, Environment::Demo);
    let production = Environment::Production;
    let cases = [
        (of(test, false, HolderType::Company), "medium", ["test", "authentication", "5260250274", "", "TEST CCK KSeF"]),
        (
            of(demo, false, HolderType::Company),
            "critical",
            ["demo", "authentication", "5260250274", "", "DEMO CCK KSeF"],
        ),
        (
            of(production, true, HolderType::Company),
            "critical",
            ["production", "offline", "5260250274", "", "CCK KSeF"],
        ),
        (
            of(production, true, HolderType::Taxpayer),
            "critical",
            ["production", "offline", "5260250274", "", "CCK KSeF"],
        ),
    ];
    for (number, (form, severity, expected)) in (4010..).zip(cases) {
        let pair = key(number);
        let told = scan(&[("a.key", pair.pem().as_bytes()), ("a.crt", &pair.certificate(&form))], &[]);
        let finding = found(&told, &pair);
        assert_eq!(grade(finding), format!("ksef-certificate-key certain {severity}"), "{form:?}");
        assert_eq!(facts(finding), expected);
    }
}

/// Eleven digits behind the word that stands before a PESEL.
fn pesel(certificate: &[u8]) -> String {
    let at = certificate.windows(6).position(|window| window == b"PNOPL-").expect("it names a person") + 6;
    String::from_utf8_lossy(&certificate[at..at + 11]).into_owned()
}

#[test]
fn a_pesel_is_told_nowhere() {
    let pair = key(4020);
    let cer = pair.certificate(&CertificateForm { holder: HolderType::Person, ..CertificateForm::default() });
    let pesel = pesel(&cer);
    let sealed = sealed(&pair, "changeit");
    let room = shelve(&[("a.key", pair.pem().as_bytes()), ("a.crt", &cer), ("b/a.p8", sealed.as_bytes())]);
    let told = room.tell(&["scan", "in"]);
    let finding = found(&told, &pair);
    assert_eq!(grade(finding), OF_KSEF);
    let shown = text(&finding["about"]["key"]["certificate"]["pesel"]);
    assert!(shown.len() == 11 && shown.ends_with(&pesel[9..]) && !shown.contains(&pesel[..9]), "{shown}");
    let said = [&told.findings, &told.notices].map(|lines| format!("{lines:?}")).concat() + &told.error;
    assert!(!said.contains(&pesel));
    for format in ["text", "json", "jsonl", "sarif", "gitlab", "junit", "github"] {
        let output = crate::passwords::shown(&room, &["scan", "in", "--format", format, "-vvv"]);
        assert!(output.contains("ksef-certificate-key") && output.contains("a.p8"), "{format}: {output}");
        assert!(!output.contains(&pesel), "{format}");
    }
}

#[test]
fn what_has_expired_fails_nothing() {
    let pair = key(4030);
    let old = CertificateForm { not_before: day(2024, 1, 1), not_after: day(2025, 12, 1), ..form() };
    let (pem, old) = (pair.pem(), pair.certificate(&old));
    let files: &[(&str, &[u8])] = &[("a.key", pem.as_bytes()), ("old.crt", &old)];
    for (words, code) in [(&[][..], 0), (&["--fail-on", "live"], 0), (&["--fail-on", "possible"], 0)] {
        let told = scan(files, words);
        let finding = found(&told, &pair);
        assert_eq!((grade(finding), told.code), (OF_KSEF.to_owned(), code), "{words:?}");
        assert_eq!((&finding["standing"]["state"], &finding["standing"]["by"]), (&"expired".into(), &"expiry".into()));
        assert_eq!(text(&finding["about"]["expires"]).get(..10), Some("2025-12-01"));
    }
}

#[test]
fn of_several_certificates_the_last_counts() {
    let pair = key(4040);
    let of = |from, until| pair.certificate(&CertificateForm { not_before: from, not_after: until, ..form() });
    let old = of(day(2024, 1, 1), day(2025, 12, 1));
    let current = of(day(2025, 11, 1), day(2027, 11, 1));
    let next = of(day(2026, 10, 1), day(2028, 10, 1));
    let pem = pair.pem();
    let key: (&str, &[u8]) = ("k/a.key", pem.as_bytes());
    for (certificates, last) in
        [([&old, &current], "2027-11-01"), ([&next, &current], "2028-10-01"), ([&current, &next], "2028-10-01")]
    {
        let told = scan(&[("a.crt", certificates[0]), key, ("z.crt", certificates[1])], &[]);
        let finding = found(&told, &pair);
        assert_eq!(text(&finding["about"]["expires"]).get(..10), Some(last));
        assert_eq!((&finding["standing"]["state"], told.code, told.findings.len()), (&"unknown".into(), 1, 1));
    }
}

#[test]
fn the_certificate_of_another_key_is_none() {
    let (pair, other) = (key(4050), key(4051));
    let (pem, crt) = (pair.pem(), certificate(&other, &form()));
    // It speaks of KSeF where it stands beside.
    let told = scan(&[("a/a.key", pem.as_bytes()), ("a/b.crt", crt.as_bytes())], &[]);
    let finding = found(&told, &pair);
    assert_eq!((grade(finding), told.findings.len()), ("private-key likely high".to_owned(), 1), "{finding}");
    assert_eq!(finding["about"]["key"]["certificate"], Value::Null, "{finding}");
    assert_eq!(finding["about"]["nip"], Value::Null, "{finding}");
    let told = scan(&[("a/a.key", pem.as_bytes()), ("b/b.crt", crt.as_bytes())], &[]);
    assert_eq!(grade(found(&told, &pair)), "private-key possible high");
    assert_eq!(told.code, 0);
}

/// A certificate of somebody else's authority, with the public half of the key.
#[test]
fn a_certificate_of_another_authority_makes_no_key_of_ksef() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/formats/key/");
    let read = |name: &str| std::fs::read(format!("{folder}{name}")).expect("it is kept");
    let told = scan(&[("a/a.key", &read("rsa-1024.pem")), ("b/a.crt", &read("other.crt"))], &[]);
    let [finding] = &told.findings[..] else { panic!("{:#?}", told.findings) };
    assert_eq!(grade(finding), "private-key possible high");
    // Whoever signs for himself is named there.
    assert_eq!(finding["about"]["key"]["certificate"]["issuer"], Value::Null, "{finding}");
    assert!(finding["about"]["key"]["certificate"]["serial"].is_string(), "{finding}");
    assert_eq!(finding["about"]["key"]["certificate"]["environment"], Value::Null, "{finding}");
}

/// A locked key says of no certificate that it is its own, until it is opened.
#[test]
fn a_locked_key_is_paired_once_it_is_open() {
    let pair = key(4060);
    let (locked, crt) = (sealed(&pair, "Faktury.2026"), certificate(&pair, &form()));
    let files: [(&str, &[u8]); 2] = [("a/a.key", locked.as_bytes()), ("b/a.crt", crt.as_bytes())];
    let told = scan(&files, &[]);
    let [finding] = &told.findings[..] else { panic!("{:#?}", told.findings) };
    assert_eq!(grade(finding), "private-key possible medium", "{finding}");
    let told = scan(&[files[0], files[1], ("a/haslo.txt", b"Faktury.2026\n")], &[]);
    let finding = found(&told, &pair);
    assert_eq!(grade(finding), OF_KSEF, "{finding}");
    assert_eq!(facts(finding), ["production", "authentication", "5260250274", "", "CCK KSeF"]);
}
