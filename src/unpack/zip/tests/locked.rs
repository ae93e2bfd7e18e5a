//! Archives with passwords.
//!
//! Holds: what opens them, and what is told where nothing does. Must not know: how.

use zip::AesMode;

use super::*;
use crate::unpack::recorded::{record_with, torture};

fn sealed(mode: AesMode) -> Vec<u8> {
    written(|writer| {
        add(writer, "open", b"needle-open", stored());
        add(writer, "a", &text(200), deflated().with_aes_encryption(mode, "sesame"));
        add(writer, "b", b"needle-b", stored().with_aes_encryption(mode, "another"));
    })
}

fn open_with(bytes: &[u8], passwords: &[&str]) -> Recorded {
    record_with(&FORMAT, bytes, &Limits::default(), passwords)
}

#[test]
fn aes_is_opened_with_its_password() {
    for mode in [AesMode::Aes128, AesMode::Aes192, AesMode::Aes256] {
        let recorded = open_with(&sealed(mode), &["wrong", "sesame", "another"]);
        assert_eq!(recorded.troubles, []);
        assert_eq!(recorded.named("a").bytes, text(200));
        assert_eq!(recorded.named("b").text(), "needle-b");
    }
}

#[test]
fn the_old_way_is_opened_with_its_password() {
    let sample = include_bytes!("../../../../corpus/formats/zip/zipcrypto.zip");
    let wrong: Vec<String> = (0..1000).map(|number| format!("wrong-{number}")).collect();
    let mut passwords: Vec<&str> = wrong.iter().map(String::as_str).collect();
    let recorded = open_with(sample, &passwords);
    assert_eq!((recorded.members.len(), reasons(&recorded)), (0, vec![Reason::Encrypted]));
    passwords.push("sesame");
    let recorded = open_with(sample, &passwords);
    assert_eq!(recorded.troubles, []);
    assert!(recorded.named("text.txt").text().contains("needle-1"));
}

#[test]
fn what_is_not_opened_is_named() {
    for (passwords, text) in [
        (&[][..], "is encrypted; its content was not opened"),
        (&["wrong"], "is encrypted, and no password given opens it; its content was not opened"),
    ] {
        let recorded = open_with(&sealed(AesMode::Aes256), passwords);
        assert_eq!(recorded.names(), ["open"]);
        let told: Vec<_> = recorded.troubles.iter().map(|(name, trouble)| (name.as_deref(), &*trouble.text)).collect();
        assert_eq!(told, [(Some("a"), text), (Some("b"), text)]);
        assert_eq!(reasons(&recorded), [Reason::Encrypted; 2]);
    }
}

#[test]
fn a_broken_seal_is_told() {
    let mut sample = written(|writer| {
        add(writer, "a", b"first", stored().with_aes_encryption(AesMode::Aes256, "sesame"));
        add(writer, "b", &text(100), stored().with_aes_encryption(AesMode::Aes256, "sesame"));
    });
    let at = sample.len() / 2;
    sample[at] ^= 1;
    let recorded = open_with(&sample, &["sesame"]);
    assert_eq!((recorded.names(), texts(&recorded)), (vec!["a", "b"], vec!["does not match its checksum"]));
}

#[test]
fn trying_passwords_is_paid_for() {
    let sample = written(|writer| {
        (0..100).for_each(|number| {
            add(writer, &number.to_string(), b"x", stored().with_aes_encryption(AesMode::Aes128, "sesame"));
        });
    });
    let limits = Limits { max_expanded: 8 << 20, ..Limits::default() };
    let recorded = record_with(&FORMAT, &sample, &limits, &["one", "two", "three"]);
    assert!(reasons(&recorded).contains(&Reason::TooLarge) && recorded.troubles.len() < 20);
}

#[test]
fn nothing_breaks_it() {
    torture(&FORMAT, &sealed(AesMode::Aes256));
    // With the password, too: any byte may be wrong.
    for sample in [&sealed(AesMode::Aes128)[..], include_bytes!("../../../../corpus/formats/zip/zipcrypto.zip")] {
        for at in (0..sample.len()).step_by(3) {
            let mut sample = sample.to_vec();
            sample[at] ^= 0x41;
            let recorded = open_with(&sample, &["wrong", "sesame"]);
            assert!(recorded.members.len() <= 6, "byte {at}: {:?}", recorded.names());
        }
    }
}
