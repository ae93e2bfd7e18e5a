//! Files in one folder, and what the program says of the keys in them.
//!
//! Holds: keys by their numbers, the forms in which they are written, the way of a folder through the program, and what
//! is read out of its answer. Must not know: what is expected of it.

use std::fs;

use ksefleaks::{CertificateForm, Fingerprint, KeyPair, Sampler, armour};
use serde_json::Value;

use crate::repository::{Room, Told};

/// Rounds of what need not be slow.
pub const ROUNDS: u32 = 2048;

/// The key of that number; each in a test has its own.
pub fn key(number: u64) -> KeyPair {
    Sampler::new(number).key_pair()
}

/// A key under a password, as openssl does it, in PEM.
pub fn sealed(pair: &KeyPair, password: &str) -> String {
    armour("ENCRYPTED PRIVATE KEY", &pair.sealed(password, ROUNDS))
}

/// A key under a password, as the taxpayer application does it, in PEM.
pub fn application(pair: &KeyPair, password: &str) -> String {
    armour("ENCRYPTED PRIVATE KEY", &pair.application(password))
}

/// A certificate of a key in PEM.
pub fn certificate(pair: &KeyPair, form: &CertificateForm) -> String {
    armour("CERTIFICATE", &pair.certificate(form))
}

/// The scalar of a key: the whole secret.
pub fn scalar(pair: &KeyPair) -> Vec<u8> {
    pair.sec1()[7..39].to_vec()
}

/// The key as a JSON Web Key.
pub fn jwk(pair: &KeyPair) -> String {
    let (spki, digits) =
        (pair.spki(), |bytes: &[u8]| base64(bytes).replace('+', "-").replace('/', "_").replace('=', ""));
    let (x, y, d) = (digits(&spki[27..59]), digits(&spki[59..91]), digits(&scalar(pair)));
    format!("{{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"{x}\",\"y\":\"{y}\",\"d\":\"{d}\"}}")
}

/// Base64 on one line.
pub fn base64(bytes: &[u8]) -> String {
    crate::made::letter::base64(bytes).replace('\n', "")
}

/// Two lower-case digits a byte.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes that mean nothing.
pub fn noise(seed: u64, count: usize) -> Vec<u8> {
    let mut sampler = Sampler::new(seed);
    (0..count).map(|_| sampler.draw() as u8).collect()
}

/// A value of DER.
pub fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let inside = parts.concat();
    let length = match inside.len() {
        short @ 0..=127 => vec![short as u8],
        middle @ 128..=255 => vec![0x81, middle as u8],
        long => vec![0x82, (long >> 8) as u8, long as u8],
    };
    [&[tag][..], &length, &inside].concat()
}

/// A folder of a room with these files in it.
pub fn shelve(files: &[(&str, &[u8])]) -> Room {
    let room = Room::new();
    for (name, bytes) in files {
        let path = room.path("in").join(name);
        fs::create_dir_all(path.parent().expect("it has one")).expect("it can be made");
        fs::write(path, bytes).expect("it can be written");
    }
    room
}

/// What the program says of a folder with these files.
pub fn scan(files: &[(&str, &[u8])], words: &[&str]) -> Told {
    shelve(files).tell(&[&["scan", "in"], words].concat())
}

/// The same of files that are at hand as a whole.
pub fn scan_all(files: &[(&str, Vec<u8>)], words: &[&str]) -> Told {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (*name, &**bytes)).collect();
    scan(&files, words)
}

/// The fingerprint of a key.
pub fn print(pair: &KeyPair) -> String {
    Fingerprint::of_public(&pair.spki()).to_string()
}

/// What was found of a key.
#[track_caller]
pub fn found<'t>(told: &'t Told, pair: &KeyPair) -> &'t Value {
    let print = print(pair);
    let finding = told.findings.iter().find(|finding| finding["secret"]["sha256"] == print.as_str());
    let finding = finding.unwrap_or_else(|| panic!("not found: {:#?} {:#?}", told.findings, told.notices));
    assert_eq!(finding["id"], print[..16], "{finding}");
    finding
}

/// Where a finding stands: file, members and line, one a text.
pub fn spots(finding: &Value) -> Vec<String> {
    let locations = finding["locations"].as_array().expect("a list");
    assert_eq!(finding["count"].as_u64(), Some(locations.len() as u64), "what is listed is counted: {finding}");
    locations.iter().map(spot).collect()
}

/// A place: file, members and line.
pub fn spot(location: &Value) -> String {
    let members = location["inner"].as_array().into_iter().flatten().map(|name| format!(" > {}", text(name)));
    let path = text(&location["path"]);
    format!("{}{}:{}", path.strip_prefix("in/").unwrap_or(&path), members.collect::<String>(), location["line"])
}

/// Rule, confidence and severity.
pub fn grade(finding: &Value) -> String {
    ["rule", "confidence", "severity"].map(|name| text(&finding[name])).join(" ")
}

/// The findings of a rule.
pub fn of_rule<'t>(told: &'t Told, rule: &str) -> Vec<&'t Value> {
    told.findings.iter().filter(|finding| finding["rule"] == rule).collect()
}

/// What opened a key, and where that stands; empty where nothing did.
pub fn opened(finding: &Value) -> String {
    let opened = &finding["about"]["key"]["opened"];
    match &opened["at"] {
        Value::Null => text(&opened["by"]),
        at => format!("{} {}", text(&opened["by"]), spot(at)),
    }
}

/// What came of the passwords that were tried.
pub fn tried(finding: &Value) -> String {
    text(&finding["about"]["key"]["lock"]["tried"])
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
