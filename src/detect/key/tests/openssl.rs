//! What openssl reads we read, with the same public half; what it refuses we refuse.
//!
//! Holds: the comparison, over keys in all forms that it writes of them and damaged copies. Where it is absent, that is said. It
//! reads keys whose numbers do not fit each other, and calls them invalid only when asked: those we may refuse.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

use super::*;
use crate::codec::pem;

/// Damaged copies of each key.
const COPIES: usize = 16;

/// What the program answers, if it likes its input.
fn openssl(arguments: &[&str], input: &[u8]) -> Option<Vec<u8>> {
    let mut command = Command::new("openssl");
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    // It may go away before it has read all.
    let _ = child.stdin.take().expect("its input").write_all(input);
    let answer = child.wait_with_output().ok()?;
    answer.status.success().then_some(answer.stdout)
}

fn is_absent() -> bool {
    let is_absent = openssl(&["version"], &[]).is_none();
    assert!(!is_absent || !is_required(), "openssl is absent and KSEFLEAKS_REQUIRE_TOOLS is set");
    if is_absent {
        tell("passed over: openssl is absent\n");
    }
    is_absent
}

/// Whether all programs must be here, as where everything is proved.
fn is_required() -> bool {
    std::env::var_os("KSEFLEAKS_REQUIRE_TOOLS").is_some()
}

/// Says something to who runs the tests.
fn tell(text: &str) {
    std::io::stderr().write_all(text.as_bytes()).expect("standard error takes it");
}

/// The public half that was read, if any was.
type Public = Option<Vec<u8>>;

/// How often both said what.
#[derive(Default)]
struct Row {
    same: u32,
    refused: u32,
    invalid: u32,
    rescued: u32,
    other: Vec<String>,
}

#[derive(Default)]
struct Table(BTreeMap<String, Row>);

impl Table {
    fn count(&mut self, name: &str, ours: Public, theirs: Public, is_valid: impl Fn() -> bool, own: &[u8], note: &str) {
        let row = self.0.entry(name.to_owned()).or_default();
        match (ours, theirs) {
            (None, None) => row.refused += 1,
            (Some(ours), Some(theirs)) if ours == theirs => row.same += 1,
            (None, Some(_)) if !is_valid() => row.invalid += 1,
            (Some(ours), None) if ours == own => row.rescued += 1,
            (ours, theirs) => {
                let word = |spki: &Public| if spki.is_some() { "reads" } else { "refuses" };
                row.other.push(format!("{name}: openssl {} what we {}: {note}", word(&theirs), word(&ours)));
            }
        }
    }

    fn finish(self, least: u32) {
        let mut all = 0;
        let mut text =
            format!("{:28} {:>6} {:>8} {:>8} {:>8} {:>6}\n", "", "same", "refused", "invalid", "rescued", "other");
        for (name, row) in &self.0 {
            let Row { same, refused, invalid, rescued, other } = row;
            let line = format!("{name:28} {same:>6} {refused:>8} {invalid:>8} {rescued:>8} {:>6}\n", other.len());
            text.push_str(&line);
            all += same + refused + invalid + rescued + other.len() as u32;
        }
        let others: Vec<_> = self.0.into_values().flat_map(|row| row.other).collect();
        let text = format!("{text}{all} files\n{}", others.join("\n"));
        assert!(others.is_empty() && all >= least, "{text}");
        if is_required() {
            tell(&text);
        }
    }
}

/// What we make of a file, with the password where it is sealed.
fn ours(bytes: &[u8]) -> Option<Vec<u8>> {
    let contents = match read(bytes)?.holds {
        Holds::Open(contents) => contents,
        Holds::Sealed(sealed) => match unlock(&sealed, &secret(PASSWORD), &mut plenty()) {
            Unlocked::Opened(contents) => contents,
            _ => return None,
        },
    };
    contents.keys.into_iter().next()?.spki
}

const PASS: &str = "pass:needle-password";

/// A key in all forms that the program writes of it, in DER.
fn forms(name: &str, key: &[u8]) -> Vec<(String, Vec<u8>)> {
    let eighth = openssl(&["pkcs8", "-topk8", "-nocrypt", "-outform", "DER"], key);
    let mut forms = vec![(format!("{name} PKCS#8"), eighth.unwrap_or_else(|| panic!("{name}: PKCS#8")))];
    let mut add = |form: &str, arguments: &[&str]| {
        let text = openssl(&[&["pkey"], arguments].concat(), key).unwrap_or_else(|| panic!("{name}: {form}"));
        forms.push((format!("{name} {form}"), bare(&text)));
    };
    if name.starts_with("RSA") || name.starts_with("EC") {
        add("traditional", &["-traditional"]);
    }
    if name.starts_with("EC") {
        add("compressed", &["-ec_conv_form", "compressed"]);
        add("hybrid", &["-traditional", "-ec_conv_form", "hybrid"]);
        add("spelt out", &["-ec_param_enc", "explicit"]);
    }
    forms
}

fn bare(text: &[u8]) -> Vec<u8> {
    pem::read(text).expect("armour").body.to_vec()
}

/// Damages bytes, more often where the structure is.
fn damaged(bytes: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let end = if dice.below(2) == 0 { bytes.len().min(40) } else { bytes.len() };
    let at = dice.below(end);
    match dice.below(5) {
        0 => bytes.truncate(at),
        1 => bytes[at] = dice.below(256) as u8,
        2 => drop(bytes.remove(at)),
        3 => bytes.insert(at, dice.below(256) as u8),
        _ => bytes[at] ^= 1 << dice.below(8),
    }
    bytes
}

#[test]
fn keys_are_read_as_openssl_reads_them() {
    if is_absent() {
        return;
    }
    let kinds = [
        ("RSA 512", sample!("rsa-512.pem")),
        ("RSA 1024", sample!("rsa-1024.pem")),
        ("RSA 2048", sample!("rsa.pem")),
        ("RSA e3", sample!("rsa-e3.pem")),
        ("RSA 3 primes", sample!("rsa-3.pem")),
        ("EC P-256", sample!("ec.pem")),
        ("EC P-384", sample!("p384.pem")),
        ("EC P-521", sample!("p521.pem")),
        ("EC secp256k1", sample!("k256.pem")),
        ("Ed25519", sample!("ed25519.pem")),
        ("X25519", sample!("x25519.pem")),
    ];
    let mut files: Vec<_> = kinds.iter().flat_map(|(kind, (_, key))| forms(kind, key)).collect();
    let sealed = SEALED.iter().filter(|sealed| sealed.0 == Form::SealedPkcs8);
    files.extend(sealed.map(|(_, (name, text), _, _)| ((*name).to_owned(), bare(text))));
    let (mut table, mut dice) = (Table::default(), Dice(0x0551));
    // It keeps points compressed and curves spelt out, but no certificate has them so.
    let canonical = ["-ec_conv_form", "uncompressed", "-ec_param_enc", "named_curve"];
    let legacy = ["-provider", "legacy", "-provider", "default", "-inform", "DER", "-passin", PASS];
    let read = [&["pkey"], &legacy[..]].concat();
    let check = [&read[..], &["-check", "-noout"]].concat();
    for (form, bytes) in files {
        let is_curve = form.starts_with("EC") || form.starts_with("ec");
        let canonical: &[&str] = if is_curve { &canonical } else { &[] };
        let public = [&read[..], &["-pubout", "-outform", "DER"], canonical].concat();
        for copy in 0..=COPIES {
            let bytes = if copy == 0 { bytes.clone() } else { damaged(&bytes, &mut dice) };
            let theirs = openssl(&public, &bytes);
            assert!(copy > 0 || theirs.is_some(), "{form}: openssl reads what it wrote");
            let is_valid = || openssl(&check, &bytes).is_some();
            table.count(&form, ours(&bytes), theirs, is_valid, &[], &hex(&bytes));
        }
    }
    table.finish(200);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(5000).map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn stores_are_opened_as_openssl_opens_them() {
    if is_absent() {
        return;
    }
    let (mut table, mut dice) = (Table::default(), Dice(0x0552));
    for (_, (name, bytes), spki, _) in SEALED.iter().filter(|sealed| ends(sealed.1.0, "p12")) {
        for copy in 0..=2 * COPIES {
            let bytes = if copy == 0 { bytes.to_vec() } else { damaged(bytes, &mut dice) };
            let store =
                ["pkcs12", "-provider", "legacy", "-provider", "default", "-nocerts", "-nodes", "-passin", PASS];
            let key = openssl(&store, &bytes).filter(|text| !text.is_empty());
            let theirs = key.and_then(|text| openssl(&["pkey", "-pubout", "-outform", "DER"], &text));
            assert!(copy > 0 || theirs.is_some(), "{name}: openssl opens it");
            // Without a seal, a store may have a broken certificate beside a key that is whole: we read that.
            table.count(name, ours(&bytes), theirs, || true, spki.unwrap_or_default(), &hex(&bytes));
        }
    }
    table.finish(200);
}
