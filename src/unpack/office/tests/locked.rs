//! Documents of `OpenDocument` that are encrypted, as programs write them: see `corpus/formats/office/lock.py`.

use super::*;
use crate::base::Reason;
use crate::unpack::recorded::{record_with, torture};
use crate::unpack::zip::FORMAT;

const LOCKED: &[u8] = include_bytes!("../../../../corpus/formats/office/locked.odt");
const BLOWFISH: &[u8] = include_bytes!("../../../../corpus/formats/office/blowfish.odt");
const SHEETS: &[u8] = include_bytes!("../../../../corpus/formats/office/locked.ods");
const WHOLE: &[u8] = include_bytes!("../../../../corpus/formats/office/whole.odt");
const PASSWORD: &str = "klucz-ż";

fn opened(bytes: &[u8], passwords: &[&str]) -> Recorded {
    record_with(&FORMAT, bytes, &Limits::default(), passwords)
}

fn reasons(recorded: &Recorded) -> Vec<Reason> {
    recorded.troubles.iter().map(|(_, trouble)| trouble.reason).collect()
}

/// A sample with its members changed and stored.
fn rewritten(bytes: &[u8], change: impl Fn(&str, &mut Vec<u8>)) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, mut content) in super::real::unzip(bytes) {
        change(&name, &mut content);
        writer.start_file(name, options).unwrap();
        std::io::Write::write_all(&mut writer, &content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A sample with its list of members changed.
fn with(bytes: &[u8], change: impl Fn(&str) -> String) -> Vec<u8> {
    rewritten(bytes, |name, content| {
        if name.ends_with("manifest.xml") {
            *content = change(std::str::from_utf8(content).unwrap()).into();
        }
    })
}

#[test]
fn given_passwords_open_members() {
    for sample in [LOCKED, BLOWFISH] {
        let recorded = opened(sample, &["wrong", PASSWORD]);
        assert_eq!(recorded.troubles, []);
        assert_eq!(text(&recorded).matches("needle-body żółć\n").count(), 1);
        // What was locked is there as it is, too.
        let raw = |member: &&Taken| member.echo && !member.made && member.text().contains("needle-body");
        assert_eq!(recorded.members.iter().filter(raw).count(), 1);
    }
    let recorded = opened(SHEETS, &[PASSWORD]);
    assert_eq!(recorded.troubles, []);
    assert!(recorded.members.iter().any(|member| matches!(member.places, Places::Cells(_))));
}

#[test]
fn a_document_that_is_locked_as_a_whole_is_handed_over() {
    let recorded = opened(WHOLE, &["wrong", PASSWORD]);
    assert_eq!(recorded.troubles, []);
    let document = &recorded.members[0];
    assert!(document.name.is_none() && !document.made && !document.echo);
    assert_eq!(text(&opened(&document.bytes, &[])), "needle-body żółć\n");
}

#[test]
fn what_no_password_opens_is_named() {
    for (passwords, told) in [
        (&[][..], "is encrypted; not opened"),
        (&["wrong", "x"], "is encrypted, and no password given opens it; not opened"),
    ] {
        for (sample, name) in [(LOCKED, "content.xml"), (WHOLE, "encrypted-package")] {
            let recorded = opened(sample, passwords);
            let (member, trouble) = &recorded.troubles[0];
            assert_eq!((member.as_deref(), trouble.text.as_str()), (Some(name), told));
            assert_eq!(trouble.option, Some("--password-file"));
            assert!(reasons(&recorded).iter().all(|reason| *reason == Reason::Encrypted));
            assert!(!text(&recorded).contains("needle"));
        }
    }
}

#[test]
fn damage_is_told() {
    // The proof of a password is in the beginning of a member; what follows is damaged.
    let damaged = rewritten(LOCKED, |name, content| {
        if name == "content.xml" {
            content[1200..1232].fill(0);
        }
    });
    let recorded = opened(&damaged, &[PASSWORD]);
    assert!(reasons(&recorded).contains(&Reason::Malformed) && recorded.named("meta.xml").made);
    // What is sealed is not opened at all, and nobody knows whether that is for its password.
    let damaged = rewritten(WHOLE, |name, content| {
        if name == "encrypted-package" {
            content[40] ^= 1;
        }
    });
    assert_eq!(reasons(&opened(&damaged, &[PASSWORD])), [Reason::Encrypted]);
    for (from, to) in [
        ("aes256-cbc", "aes256-xyz"),
        ("PBKDF2", "PGP"),
        ("sha256-1k", "sha999-1k"),
        ("xmldsig#sha256", "xmldsig#sha999"),
        ("key-size=\"32\" manifest:iter", "key-size=\"31\" manifest:iter"),
        ("checksum=", "nothing="),
    ] {
        let recorded = opened(&with(LOCKED, |list| list.replace(from, to)), &[PASSWORD]);
        assert!(recorded.troubles.iter().all(|(_, trouble)| trouble.option.is_none()), "{from}");
        assert_eq!(reasons(&recorded), [Reason::Encrypted; 5], "{from}");
    }
}

#[test]
fn hostile_work_is_refused() {
    let rounds = |count: &str| with(LOCKED, |list| list.replace("count=\"100000\"", &format!("count=\"{count}\"")));
    assert_eq!(reasons(&opened(&rounds("4294967295"), &[PASSWORD])), [Reason::TooLarge; 5]);
    for (from, to) in [("memory=\"65536\"", "memory=\"4294967295\""), ("iterations=\"3\"", "iterations=\"4294967295\"")]
    {
        assert_eq!(reasons(&opened(&with(WHOLE, |list| list.replace(from, to)), &[PASSWORD])), [Reason::TooLarge]);
    }
    let lanes = with(WHOLE, |list| list.replace("lanes=\"4\"", "lanes=\"4294967295\""));
    assert_eq!(reasons(&opened(&lanes, &[PASSWORD])), [Reason::Encrypted]);
    // One that none opens does not make all passwords be tried on all others.
    let limits = Limits { max_expanded: 10 << 20, ..Limits::default() };
    let recorded = record_with(&FORMAT, &rounds("1000"), &limits, &["wrong"; 60]);
    assert_eq!(reasons(&recorded), [Reason::Encrypted; 5]);
}

#[test]
fn nothing_breaks_it() {
    let light = |list: &str| {
        let list = list.replace("count=\"100000\"", "count=\"3\"");
        list.replace("memory=\"65536\"", "memory=\"32\"")
    };
    for sample in [with(LOCKED, light), with(BLOWFISH, light), with(WHOLE, light)] {
        torture(&FORMAT, &sample);
        for at in (0..sample.len()).step_by(61) {
            let mut damaged = sample.clone();
            damaged[at] ^= 0x41;
            opened(&damaged, &["wrong", PASSWORD]);
        }
    }
}
