//! Private keys, their certificates and passwords, and what looks like them.
//!
//! Holds: one small file for each home, or a folder where several belong together. A key is known by its public half.
//! Must not know: how keys are read.

use ksefleaks::{CertificateForm, Environment, Fingerprint, HolderType, Instant, KeyPair, armour};

use super::document::{Document, fill, sampler};
use super::encode::{base64, base64url, hex, utf16, wrap};

const OF_KSEF: &str = "ksef-certificate-key";
const OF_APPLICATION: &str = "ksef-application-key";
const ANY: &str = "private-key";
const PASSWORD: &str = "ksef-key-password";

/// Rounds with which openssl makes a key of a password.
const ROUNDS: u32 = 2048;

/// How a key is written, and the clothes that it then wears.
type Form = (fn(&KeyPair) -> Vec<u8>, &'static [&'static str]);

/// Homes of keys: name, what stands before and behind, form.
const HOMES: [(&str, &str, &str, Form); 14] = [
    ("ksef-firma.key", "", "", (pem, &[])),
    ("ksef-sec1.pem", "", "", (sec1, &[])),
    ("appsettings.json", "{ \"KSeF\": { \"PrivateKey\": \"", "\" } }\n", (line, &[])),
    ("home.env", "KSEF_NIP=5260250274\nKSEF_PRIVATE_KEY=\"", "\"\n", (line, &[])),
    ("values.yaml", "ksef:\n  key: |\n", "  nip: 5260250274\n", (indented, &[])),
    ("mail.txt", "Klucz do KSeF:\r\n\r\n", "\r\nPozdrawiam\r\n", (crlf, &[])),
    ("web.config.xml", "<add key=\"KsefKey\" value=\"", "\" />\n", (entities, &[])),
    ("Client.java", "String KSEF_KEY =\n", "    \"\";\n", (joined, &[])),
    ("ksef.http", "@url = https://api.ksef.mf.gov.pl/v2\n@key = ", "\n", (digits, &["base64"])),
    ("wrapped.txt", "klucz KSeF:\n", "\n", (wrapped, &["base64"])),
    ("secret.yaml", "kind: Secret\ndata:\n  ksef.key: ", "\n", (armoured_digits, &["base64"])),
    ("dump.sql", "COPY ksef_keys FROM stdin;\n1\t\\\\x", "\n\\.\n", (hexed, &["hex"])),
    ("ksef.jwk", "", "\n", (jwk, &[])),
    ("ksef.der", "", "", (KeyPair::der, &[])),
];

fn pem(pair: &KeyPair) -> Vec<u8> {
    pair.pem().into()
}

fn sec1(pair: &KeyPair) -> Vec<u8> {
    armour("EC PRIVATE KEY", &pair.sec1()).into()
}

/// Each line of a text between two others.
fn between(text: &str, before: &str, behind: &str) -> String {
    text.lines().map(|line| format!("{before}{line}{behind}")).collect()
}

fn line(pair: &KeyPair) -> Vec<u8> {
    between(&pair.pem(), "", "\\n").into()
}

fn indented(pair: &KeyPair) -> Vec<u8> {
    between(&pair.pem(), "    ", "\n").into()
}

fn crlf(pair: &KeyPair) -> Vec<u8> {
    between(&pair.pem(), "", "\r\n").into()
}

fn entities(pair: &KeyPair) -> Vec<u8> {
    between(&pair.pem(), "", "&#xA;").into()
}

fn joined(pair: &KeyPair) -> Vec<u8> {
    between(&pair.pem(), "    \"", "\\n\" +\n").into()
}

fn digits(pair: &KeyPair) -> Vec<u8> {
    base64(&pair.der()).into()
}

fn wrapped(pair: &KeyPair) -> Vec<u8> {
    wrap(&base64(&pair.der()), 64, "\n").into()
}

fn armoured_digits(pair: &KeyPair) -> Vec<u8> {
    base64(pair.pem().as_bytes()).into()
}

fn hexed(pair: &KeyPair) -> Vec<u8> {
    hex(&pair.der()).into()
}

fn jwk(pair: &KeyPair) -> Vec<u8> {
    let (spki, sec1) = (pair.spki(), pair.sec1());
    let [x, y, d] = [&spki[27..59], &spki[59..91], &sec1[7..39]].map(base64url);
    format!("{{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"{x}\",\"y\":\"{y}\",\"d\":\"{d}\"}}").into()
}

/// All of them.
pub(crate) fn documents() -> Vec<Document> {
    let mut documents = Vec::new();
    for rule in [ANY, OF_KSEF] {
        homes(rule, &mut documents);
        documents.push(wide(rule));
    }
    certificates(&mut documents);
    applications(&mut documents);
    passwords(&mut documents);
    misses(&mut documents);
    documents
}

fn print(pair: &KeyPair) -> String {
    Fingerprint::of_public(&pair.spki()).to_string()
}

/// A key in a text.
fn keep(document: &mut Document, rule: &str, pair: &KeyPair, written: &[u8], clothes: &[&str]) {
    // The first line of armour is indented or quoted.
    let at = written.iter().position(|byte| !b" \"".contains(byte)).unwrap_or_default();
    document.hit_of(written, at, rule, &print(pair), clothes);
}

fn homes(rule: &str, documents: &mut Vec<Document>) {
    for (name, before, behind, (write, clothes)) in HOMES {
        let path = format!("hit/{rule}/{name}");
        let pair = sampler(&path).key_pair();
        let mut document = Document::new(&path);
        document.add(before.as_bytes());
        keep(&mut document, rule, &pair, &write(&pair), clothes);
        document.add(behind.as_bytes());
        documents.push(document);
        if rule == OF_KSEF {
            let certificate = pair.certificate(&CertificateForm::default());
            documents.push(Document::of(&format!("hit/{rule}/certificates/{name}.crt"), certificate));
        }
    }
}

fn wide(rule: &str) -> Document {
    let path = format!("hit/{rule}/utf16.txt");
    let pair = sampler(&path).key_pair();
    let mut document = Document::new(&path);
    document.add(b"\xFF\xFE");
    document.add(&utf16("Klucz do KSeF:\r\n", false));
    document.hit_of(&utf16(&pair.pem(), false), 0, rule, &print(&pair), &["utf16le"]);
    if rule == OF_KSEF {
        let certificate = armour("CERTIFICATE", &pair.certificate(&CertificateForm::default()));
        document.add(&utf16(&certificate, false));
    }
    document
}

/// Certificates of all sorts, each behind its key.
fn certificates(documents: &mut Vec<Document>) {
    let form = CertificateForm::default;
    let (test, demo, person) = (Environment::Test, Environment::Demo, HolderType::Person);
    let old = (Instant::from_day(2024, 1, 1), Instant::from_day(2025, 12, 1));
    let forms = [
        ("production", form()),
        ("test", CertificateForm { environment: test, ..form() }),
        ("demo", CertificateForm { environment: demo, ..form() }),
        ("offline", CertificateForm { offline: true, ..form() }),
        ("person", CertificateForm { holder: person, ..form() }),
        ("taxpayer", CertificateForm { holder: HolderType::Taxpayer, ..form() }),
        ("expired", CertificateForm { not_before: old.0, not_after: old.1, ..form() }),
    ];
    for (name, form) in forms {
        let path = format!("hit/{OF_KSEF}/{name}.pem");
        let pair = sampler(&path).key_pair();
        let mut document = Document::new(&path);
        keep(&mut document, OF_KSEF, &pair, pair.pem().as_bytes(), &[]);
        document.add(armour("CERTIFICATE", &pair.certificate(&form)).as_bytes());
        documents.push(document);
    }
}

/// Keys as the taxpayer application writes them, under passwords that stand nowhere.
fn applications(documents: &mut Vec<Document>) {
    for (name, before, behind) in
        [("firma.key", "", ""), ("mail.txt", "Klucz do KSeF:\n\n", "\nHasło podam przez telefon.\n")]
    {
        let path = format!("hit/{OF_APPLICATION}/{name}");
        let mut sampler = sampler(&path);
        let (pair, password) = (sampler.key_pair(), sampler.token40());
        let mut document = Document::new(&path);
        locked(&mut document, OF_APPLICATION, &pair.application(&password), &pair, before, false);
        document.add(behind.as_bytes());
        documents.push(document);
    }
}

/// A locked key; one that is not opened is known by what it is locked to.
fn locked(document: &mut Document, rule: &str, sealed: &[u8], pair: &KeyPair, before: &str, is_opened: bool) {
    let own = if is_opened { print(pair) } else { Fingerprint::of_public(sealed).to_string() };
    document.add(before.as_bytes());
    document.hit_of(armour("ENCRYPTED PRIVATE KEY", sealed).as_bytes(), 0, rule, &own, &[]);
}

/// Passwords beside the keys that they open: name and text, `@` where the password stands.
const SAID: [(&str, &str); 5] = [
    ("home.env", "KSEF_NIP=5260250274\nKSEF_KEY_PASSWORD=@\n\n"),
    ("appsettings.json", "{ \"KSeF\": { \"CertificatePassword\": \"@\" } }\n\n"),
    ("sign.sh", "#!/bin/sh\n# KSeF\nopenssl pkey -in firma.key -passin pass:@ -out k.pem <<KONIEC\n"),
    ("mail.txt", "Dzień dobry,\n\nw treści klucz do KSeF. Hasło do klucza: @\n\n"),
    ("ksef.properties", "ksef.privateKeyPassword=@\n"),
];

fn passwords(documents: &mut Vec<Document>) {
    for (name, text) in SAID {
        let path = format!("hit/{PASSWORD}/{name}");
        let mut sampler = sampler(&path);
        let (pair, password) = (sampler.key_pair(), sampler.string(b"abcdefghkmnpqrstuvwxyz23456789", 9) + "-Kx");
        let mut document = Document::new(&path);
        for (index, part) in text.split('@').enumerate() {
            if index > 0 {
                document.hit_of(password.as_bytes(), 0, PASSWORD, "", &[]);
            }
            document.add(part.as_bytes());
        }
        locked(&mut document, ANY, &pair.sealed(&password, ROUNDS), &pair, "", true);
        documents.push(document);
    }
    let path = format!("hit/{PASSWORD}/folder/ksef.key");
    let mut sampler = sampler(&path);
    let (pair, password) = (sampler.key_pair(), sampler.string(b"abcdefghkmnpqrstuvwxyz23456789", 9) + "-Kx");
    let mut key = Document::new(&path);
    locked(&mut key, OF_APPLICATION, &pair.application(&password), &pair, "", true);
    let mut word = Document::new(&format!("hit/{PASSWORD}/folder/haslo.txt"));
    word.hit_of(password.as_bytes(), 0, PASSWORD, "", &[]);
    word.add(b"\n");
    documents.extend([key, word]);
}

/// Public halves, pieces, and what only speaks of keys.
fn misses(documents: &mut Vec<Document>) {
    let mut sampler = sampler("miss keys");
    let pair = sampler.key_pair();
    let (pem, spki) = (pair.pem(), pair.spki());
    let certificate = pair.certificate(&CertificateForm { holder: HolderType::Person, ..CertificateForm::default() });
    let mut damaged = pair.der();
    if let Some(last) = damaged.last_mut() {
        *last ^= 1;
    }
    let half = pem.len() / 2;
    let [x, y] = [&spki[27..59], &spki[59..91]].map(base64url);
    let number = fill(&mut sampler, "{{base64:342}}") + "==";
    let texts = [
        ("ksef.crt", armour("CERTIFICATE", &certificate)),
        ("ksef-certificate.env", format!("KSEF_CERT={}\nKSEF_KEY_PASSWORD=Tajne-2026\n", base64(&certificate))),
        ("ksef.csr", fill(&mut sampler, "{{request}}\n")),
        ("ksef-public.pem", armour("PUBLIC KEY", &spki)),
        ("ksef-public.jwk", format!("{{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"{x}\",\"y\":\"{y}\",\"use\":\"sig\"}}\n")),
        ("ksef-public.xml", format!("<RSAKeyValue><Modulus>{number}</Modulus><Exponent>AQAB</Exponent></RSAKeyValue>\n")),
        ("ksef-cut.key", pem[..half].to_owned()),
        ("ksef-middle-gone.key", format!("{}\n...\n-----END PRIVATE KEY-----\n", &pem[..half])),
        ("ksef-damaged.key", armour("PRIVATE KEY", &damaged)),
        ("ksef-noise.key", fill(&mut sampler, "-----BEGIN ENCRYPTED PRIVATE KEY-----\n{{base64:64}}\n{{base64:64}}\n-----END ENCRYPTED PRIVATE KEY-----\n")),
        ("ksef-search.js", "if (text.includes(\"-----BEGIN PRIVATE KEY-----\")) throw new Error(\"ksef\");\n".to_owned()),
        ("ksef-placeholder.env", "KSEF_PRIVATE_KEY=\"-----BEGIN PRIVATE KEY-----\\nTWOJ_KLUCZ\\n-----END PRIVATE KEY-----\"\nKSEF_KEY_PASSWORD=${HASLO}\n".to_owned()),
    ];
    documents.extend(texts.map(|(name, text)| Document::of(&format!("miss/{name}"), text)));
    documents.push(Document::of("miss/ksef-public.der", spki));
    documents.push(Document::of("miss/ksef.cer", certificate));
}
