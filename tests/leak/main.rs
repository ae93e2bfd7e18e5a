//! Secrets stay secret: canaries in every dress, in names, in configurations and on the command
//! line, and nothing of their secret part in anything that is written.

#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads what it has written itself"
)]

#[path = "../../examples/corpus/all.rs"]
#[allow(dead_code, unused_imports, reason = "the generator is shared with other tests")]
mod all;

mod keys;

use all::made;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use all::dress::{Carrier, all as dresses};
use all::encode::{base64, base64url, gzip, hex};
use ksefleaks::{CertificateForm, Fingerprint, JwtForm, KeyPair, Sampler, armour};
use tempfile::TempDir;

/// The shortest piece of a secret that gives it away.
const PIECE: usize = 8;

/// Credentials that were planted, as what must never be seen of them.
#[derive(Default)]
struct Canaries {
    /// Pieces of the secret parts and of their hexadecimal digits, by what they are pieces of.
    pieces: HashMap<Vec<u8>, usize>,
    count: usize,
    /// Fingerprints, which may be shown, and may hold anything by accident.
    prints: HashSet<String>,
    /// Words that must not be seen as they are: of people, and passwords.
    words: Vec<String>,
    /// Pieces of keys, as they are.
    bytes: HashSet<Vec<u8>>,
}

impl Canaries {
    /// Takes note of a credential; the secret part is what stands behind the last bar, or behind the
    /// header of a JWT.
    fn plant(&mut self, value: &str) -> String {
        let start = value.rfind('|').or_else(|| value.find('.')).map_or(0, |at| at + 1);
        let secret = &value[start..];
        for shown in [value, secret] {
            self.prints.insert(Fingerprint::of_public(shown.as_bytes()).to_string());
        }
        let forms =
            [secret.to_owned(), secret.to_uppercase(), hex(secret.as_bytes()), hex(secret.as_bytes()).to_uppercase()];
        for (form, length) in forms.iter().zip([PIECE, PIECE, PIECE * 2, PIECE * 2]) {
            self.note(form.as_bytes(), length);
        }
        for pad in 0..3 {
            let digits = base64(&[&b"   "[..pad], secret.as_bytes()].concat());
            self.note(&digits.trim_end_matches('=').as_bytes()[4..], PIECE * 4 / 3 + 2);
        }
        self.count += 1;
        value.to_owned()
    }

    /// Takes note of a key: of its scalar nothing may be seen, as bytes, as digits, or in base64 of all that it stands in.
    fn plant_key(&mut self, pair: &KeyPair) {
        let sec1 = pair.sec1();
        let scalar = &sec1[7..39];
        self.bytes.extend(scalar.windows(PIECE).map(<[u8]>::to_vec));
        self.note(hex(scalar).as_bytes(), PIECE * 2);
        self.note(hex(scalar).to_uppercase().as_bytes(), PIECE * 2);
        for pad in 0..3 {
            for digits in [base64, base64url] {
                let digits = digits(&[&b"   "[..pad], scalar].concat());
                self.note(&digits.trim_end_matches('=').as_bytes()[4..], PIECE * 4 / 3 + 2);
            }
        }
        self.count += 1;
        self.prints.insert(Fingerprint::of_public(&pair.spki()).to_string());
    }

    fn note(&mut self, text: &[u8], length: usize) {
        for piece in text.windows(length) {
            // What a typed sequence of digits would be, anything may hold.
            self.pieces.insert(piece.to_vec(), self.count);
        }
    }

    /// What of it is to be seen in a text.
    fn seen(&self, text: &[u8]) -> Vec<String> {
        if text.windows(PIECE).any(|piece| self.bytes.contains(piece)) {
            return vec!["bytes of a key".to_owned()];
        }
        let text = self.without_prints(&String::from_utf8_lossy(text));
        let mut seen = Vec::new();
        for length in [PIECE, PIECE * 4 / 3 + 2, PIECE * 2] {
            for (at, piece) in text.as_bytes().windows(length).enumerate() {
                if let Some(canary) = self.pieces.get(piece) {
                    seen.push(format!("canary {canary}: {:?}", around(&text, at)));
                }
            }
        }
        seen.extend(
            self.words.iter().filter(|word| text.contains(word.as_str())).map(|word| format!("the word {word}")),
        );
        seen
    }

    fn without_prints(&self, text: &str) -> String {
        let mut clean = String::with_capacity(text.len());
        for word in text.split_inclusive(|c: char| !c.is_ascii_hexdigit()) {
            let digits = word.trim_end_matches(|c: char| !c.is_ascii_hexdigit());
            let known = digits.len() == 64 && self.prints.contains(digits);
            let short = digits.len() == 16 && self.prints.iter().any(|print| print.starts_with(digits));
            clean.push_str(if known || short { &word[digits.len()..] } else { word });
        }
        clean
    }
}

fn around(text: &str, at: usize) -> String {
    String::from_utf8_lossy(&text.as_bytes()[at.saturating_sub(60)..text.len().min(at + 40)]).into_owned()
}

/// The PESEL inside of a JWT: eleven digits in quotes.
fn pesel(jwt: &str) -> String {
    let payload = jwt.split('.').nth(1).expect("a JWT has a payload");
    let mut bits = payload.bytes().flat_map(|digit| {
        let value = (0..=u8::MAX).find(|value| base64url(&[value << 2]).as_bytes()[0] == digit).expect("a digit");
        (0..6).rev().map(move |bit| value >> bit & 1)
    });
    let mut claims = Vec::new();
    while let Some(first) = bits.next() {
        claims.push(bits.by_ref().take(7).fold(first, |byte, bit| byte << 1 | bit));
    }
    let claims = String::from_utf8_lossy(&claims).into_owned();
    let is_one = |word: &&str| word.len() == 11 && word.bytes().all(|byte| byte.is_ascii_digit());
    claims.split(|c: char| !c.is_ascii_alphanumeric()).find(is_one).expect("it names a person").to_owned()
}

/// A tree with every dress of every rule, each with a canary of its own.
fn tree(canaries: &mut Canaries) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut sampler = Sampler::new(11);
    let mut files = HashSet::new();
    for (index, dress) in dresses().iter().enumerate().filter(|(_, dress)| files.insert(dress.file.clone())) {
        let token = canaries.plant(&sampler.token());
        let jwt = canaries.plant(&sampler.jwt(&JwtForm::default()));
        canaries.words.push(pesel(&jwt));
        for (name, value) in [("token", token), ("jwt", jwt)] {
            let worn = dress.wear(&Carrier { lead: "# ustawienia\nKSEF_TOKEN=", value: &value, tail: "\n" });
            fs::write(folder.path().join(format!("{index}-{name}.txt")), worn.bytes).expect("it can be written");
        }
    }
    let loose =
        [sampler.secret(), sampler.token40(), sampler.hex64().to_uppercase()].map(|value| canaries.plant(&value));
    let text: String = loose.iter().map(|value| format!("KSEF_TOKEN={value}\n\n\n")).collect();
    fs::write(folder.path().join("loose.env"), &text).expect("it can be written");
    fs::write(folder.path().join("packed.gz"), gzip(text.as_bytes())).expect("it can be written");
    canaries.words.extend(["Zmyślona", "Nieistniejąca", "Przykładowy", "Fikcyjny"].map(str::to_owned));
    folder
}

/// In names: of a file, of a folder, dressed; what is in such a file; what cannot be opened.
fn names(folder: &Path, canaries: &mut Canaries) {
    let mut sampler = Sampler::new(12);
    let mut token = || canaries.plant(&sampler.token());
    let plain = folder.join(format!("token {}.txt", token()));
    fs::write(plain, format!("KSEF_TOKEN={}\n", token())).expect("it can be written");
    let inside = folder.join(token());
    fs::create_dir(&inside).expect("it can be made");
    fs::write(inside.join("a.env"), format!("KSEF_TOKEN={}\n", token())).expect("it can be written");
    fs::write(inside.join("broken.gz"), b"\x1F\x8B\x08\0\0\0\0\0\0\xFFbroken").expect("it can be written");
    let escaped = folder.join(format!("{}.txt", token().replace('|', "%7C")));
    fs::write(escaped, "nothing").expect("it can be written");
    let secret = canaries.plant(&Sampler::new(13).secret());
    fs::write(folder.join(format!("ksef-token-{secret}.env")), "nothing").expect("it can be written");
    let old = canaries.plant(&Sampler::new(14).token40());
    fs::write(folder.join(format!("ksef_token={old}.gz")), b"\x1F\x8B\x08\0\0\0\0\0\0\xFFbroken")
        .expect("it can be written");
}

fn run(folder: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ksefleaks"));
    command.args(arguments).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let written = child.stdin.take().expect("it is piped").write_all(input);
    // A program that does not read its input closes it.
    drop(written);
    child.wait_with_output().expect("the program ends")
}

fn assert_quiet(canaries: &Canaries, what: &str, texts: &[&[u8]]) {
    for text in texts {
        let seen = canaries.seen(text);
        assert!(seen.is_empty(), "{what}: {} places, {:#?}", seen.len(), &seen[..seen.len().min(5)]);
    }
}

#[test]
fn the_check_itself_sees_secrets() {
    let mut canaries = Canaries::default();
    let token = canaries.plant(&Sampler::new(15).token());
    let secret = &token[token.len() - 64..];
    for text in [
        token.clone(),
        secret[20..28].to_owned(),
        hex(secret.as_bytes()),
        base64(token.as_bytes()),
        base64(secret.as_bytes()),
    ] {
        assert!(!canaries.seen(text.as_bytes()).is_empty(), "{text}");
    }
    assert!(canaries.seen(Fingerprint::of_public(token.as_bytes()).to_string().as_bytes()).is_empty());
    assert!(
        canaries.seen(&token.as_bytes()[..token.len() - 60]).is_empty(),
        "reference, NIP and four characters are shown"
    );
}

#[test]
fn no_format_and_no_verbosity_shows_a_secret() {
    let mut canaries = Canaries::default();
    let folder = tree(&mut canaries);
    names(folder.path(), &mut canaries);
    let out = tempfile::tempdir().expect("a folder");
    for format in ["text", "json", "jsonl", "sarif", "gitlab", "github", "junit"] {
        for level in [&[][..], &["-v"], &["-vvv"], &["-q"]] {
            let file = out.path().join(format!("{format}{}", level.len()));
            let file = file.to_str().expect("UTF-8");
            let known = out.path().join(format!("known-{format}"));
            let known = known.to_str().expect("UTF-8");
            let common = ["scan", "--format", format, "--color", "always", "--max-depth", "2", "--now", "2026-11-21"];
            let shown = run(folder.path(), &[&common, level].concat(), b"");
            assert_eq!(shown.status.code(), Some(1), "{}", String::from_utf8_lossy(&shown.stderr));
            let kept =
                run(folder.path(), &[&common, level, &["--output", file, "--write-baseline", known]].concat(), b"");
            let files = [fs::read(file).expect("it is written"), fs::read(known).expect("it is written")];
            let texts = [&shown.stdout, &shown.stderr, &kept.stdout, &kept.stderr, &files[0], &files[1]];
            assert!(shown.stdout.len() > 10_000 && files[1].len() > 1_000);
            assert_quiet(&canaries, &format!("{format} {level:?}"), &texts.map(Vec::as_slice));
        }
    }
}

/// One container of each format with a canary in it, and others with canaries in all that has a name.
fn containers(folder: &Path, canaries: &mut Canaries, password: &str) {
    use made::archive::{rar, sealed, seven, tar, zip};

    let mut sampler = Sampler::new(19);
    let mut token = || canaries.plant(&sampler.token());
    let write = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).expect("it can be written");
    for sample in &made::SAMPLES {
        write(sample.name, &(sample.make)(&token()));
        // Told, and not opened to its end.
        let bytes = (sample.make)(&token());
        write(&format!("cut {}", sample.name), &bytes[..bytes.len() * 4 / 5]);
    }
    // Names of members, of those that are broken, locked, too deep or too many, too.
    let names: Vec<String> = (0..8).map(|number| format!("{number} {}.env", token())).collect();
    let text = made::env(&token()).into_bytes();
    let broken = [&b"\x1F\x8B\x08\0\0\0\0\0\0\xFFbroken"[..], made::env(&token()).as_bytes()].concat();
    let locked = sealed(&[(&*names[0], made::env(&token()))], password);
    let members = [(&*names[1], &*text), (&*names[2], &broken), (&*names[3], &locked)];
    write("names.zip", &zip(&members));
    write("names.tar", &tar(&[("a", zip(&members))]));
    write("nest.zip", &zip(&[(&*names[4], zip(&[(&*names[5], zip(&members))]))]));
    write("names.7z", &seven(&names[6], made::env(&token()).as_bytes()));
    write("names.rar", &rar(&[(&*names[7], made::env(&token()))], Some(password)));
    write("names.xlsx", &made::office::xlsx(&token(), &[&["x", &token()]]));
    write("names.ods", &made::office::ods(&token(), &[&["x", &token()]]));
    write("names.db", &made::record::sqlite(&["a", &token()], &[&["x", &token()]]));
    let people = format!("\"{}\" <{}@biuro.example>", token(), token());
    for (name, encoded) in [("subject.eml", false), ("encoded.eml", true)] {
        let (plain, digits) = (token(), base64(token().as_bytes()));
        let word = |part: &[u8]| format!("=?utf-8?B?{}?=", String::from_utf8_lossy(part));
        let words: Vec<String> = digits.as_bytes().chunks(60).map(word).collect();
        let subject = if encoded { words.join("\n ") } else { plain };
        let mail = made::letter::attached(&subject, &[(&*token(), made::env(&token()).as_bytes())]);
        let mail = mail.replace("Anna Nowak <anna@biuro.example>", &people);
        write(name, mail.replace("piotr@", &format!("{}@", token())).replace("1@biuro", &token()).as_bytes());
    }
}

#[test]
fn nothing_that_is_opened_shows_a_secret() {
    let mut canaries = Canaries::default();
    let folder = tempfile::tempdir().expect("a folder");
    let passwords = tempfile::tempdir().expect("a folder");
    let (list, password) = (passwords.path().join("list"), "Tajne-Haslo-2026");
    let own = canaries.plant(&Sampler::new(20).token());
    fs::write(&list, format!("{own}\n{password}\n")).expect("it can be written");
    containers(folder.path(), &mut canaries, password);
    canaries.words.push(password.to_owned());
    let list = list.to_str().expect("UTF-8");
    for format in ["text", "json", "jsonl", "sarif", "gitlab", "github", "junit"] {
        for more in [&[][..], &["-vvv", "--password-file", list], &["--max-depth", "1"], &["--max-members", "2"]] {
            let common = ["scan", "--format", format, "--now", "2026-11-21"];
            let shown = run(folder.path(), &[&common, more].concat(), b"");
            assert_eq!(shown.status.code(), Some(1), "{}", String::from_utf8_lossy(&shown.stderr));
            assert!(shown.stdout.len() > 10_000);
            assert_quiet(&canaries, &format!("{format} {more:?}"), &[&shown.stdout, &shown.stderr]);
        }
    }
}

#[test]
fn standard_input_and_explain_show_no_secret() {
    let mut canaries = Canaries::default();
    let folder = tempfile::tempdir().expect("a folder");
    let mut sampler = Sampler::new(16);
    let mut inputs = Vec::new();
    for template in [
        "{{token}}",
        "{{token:wrong=crc}}",
        "{{token:wrong=crc+date}}",
        "{{token:wrong=secret}}",
        "{{token:wrong=crc+secret}}",
        "{{secret}}",
        "{{token40}}",
        "{{HEX64}}",
        "{{jwt:access:test}}",
        "{{jwt:refresh:production}}",
        "{{token:internal}}",
    ] {
        inputs.push(canaries.plant(&sampler.fill(template).expect("a known placeholder")));
    }
    for value in inputs {
        let dressed = [
            value.clone(),
            format!("KSEF_TOKEN={value}\n"),
            base64(value.as_bytes()),
            value.replace('|', "%7C"),
            hex(value.as_bytes()),
        ];
        let cut = value.get(..value.len() - 3).unwrap_or_default().to_owned();
        for input in dressed.into_iter().chain([cut]) {
            for arguments in [&["explain"][..], &["scan", "-"], &["scan", "-", "-vvv", "--format", "jsonl"]] {
                let output = run(folder.path(), arguments, input.as_bytes());
                assert_quiet(&canaries, &format!("{arguments:?}"), &[&output.stdout, &output.stderr]);
            }
        }
    }
}

#[test]
fn broken_files_of_our_own_are_not_quoted() {
    let mut canaries = Canaries::default();
    let folder = tempfile::tempdir().expect("a folder");
    let token = canaries.plant(&Sampler::new(17).token());
    let secret = &token[token.len() - 64..];
    let configurations = [
        token.clone(),
        format!("token = {token}"),
        format!("\"{token}\" = 1"),
        format!("[{secret}]\na = 1"),
        format!("[limits]\nmax-depth = \"{token}\""),
        format!("[limits]\n\"{token}\" = 3"),
        format!("[[allow]]\nsha256 = \"{token}\"\nreason = \"x\""),
        format!("[[allow]]\nsha256 = \"{token}\""),
        format!("[[allow]]\nrule = \"{token}\"\nreason = \"{token}\"\nuntil = \"{token}\""),
        format!("[[allow]]\npath = \"[{token}\"\nreason = \"x\""),
        format!("[[rule]]\nid = \"{token}\""),
        format!("[[rule]]\nid = \"own\"\nkind = \"{token}\""),
        format!(
            "[[rule]]\nid = \"own\"\nkind = \"token\"\ntitle = {{ en = \"a\", pl = \"b\" }}\nseverity = \"high\"\nanchors = [\"abcd\"]\npattern = '({token}'\nmax_len = 99\nhelp = {{ en = \"a\", pl = \"b\" }}"
        ),
        format!(
            "[[rule]]\nid = \"own\"\nkind = \"token\"\ntitle = {{ en = \"a\", pl = \"b\" }}\nseverity = \"high\"\nanchors = [\"{secret}\"]\npattern = 'abcd'\nmax_len = 99\nhits = [\"{token}\", \"{{{{{secret}}}}}\"]\nhelp = {{ en = \"a\", pl = \"b\" }}"
        ),
    ];
    for (index, text) in configurations.iter().enumerate() {
        fs::write(folder.path().join("own.toml"), text).expect("it can be written");
        fs::write(folder.path().join("list.txt"), format!("{token}\n")).expect("it can be written");
        let cases: [&[&str]; 5] = [
            &["scan", "--config", "own.toml", "-vvv", "list.txt"],
            &["rules", "check", "--config", "own.toml"],
            &["rules", "list", "--config", "own.toml"],
            &["scan", "--baseline", "own.toml", "-vvv", "list.txt"],
            &["scan", "--files-from", "list.txt"],
        ];
        for arguments in cases {
            let output = run(folder.path(), arguments, b"");
            assert_quiet(
                &canaries,
                &format!("configuration {index}, {arguments:?}"),
                &[&output.stdout, &output.stderr],
            );
        }
    }
}

#[test]
fn a_secret_on_the_command_line_is_not_said_again() {
    let mut canaries = Canaries::default();
    let folder = tempfile::tempdir().expect("a folder");
    let token = canaries.plant(&Sampler::new(18).token());
    let token = token.as_str();
    let cases: [&[&str]; 8] = [
        &["explain", token],
        &["scan", token],
        &["scan", "--format", token],
        &["scan", "--now", token],
        &["scan", "--config", token],
        &["scan", "--baseline", token],
        &["scan", "--exclude", token],
        &[token],
    ];
    for arguments in cases {
        let output = run(folder.path(), arguments, b"");
        assert_quiet(&canaries, &format!("{:?}", &arguments[..arguments.len() - 1]), &[&output.stdout, &output.stderr]);
    }
}

/// The passwords of keys, as people choose them.
const PASSWORDS: [&str; 4] = ["Zielony-Slon.1987", "Kot_w_butach7", "Faktury2026!Firma", "zażółć-gęślą-7"];
