//! What is told of a private key, in words.
//!
//! Holds: how it is locked, what opened it, whose it is. Must not know: where the words are written.

use super::words::{instant, place};
use crate::base::{CertificateFacts, KeyFacts, LockFacts, Opened};

/// Its lines: what each is about, and what is said.
pub(super) fn lines(key: &KeyFacts) -> Vec<(&'static str, String)> {
    let lock = key.lock.as_ref().map(|lock| ("lock", locked(lock)));
    let opened = key.opened.as_ref().map(|opened| ("opened", by(opened)));
    let certificate = key.certificate.as_ref().map(|facts| ("certificate", certificate(facts)));
    [lock, opened, certificate].into_iter().flatten().collect()
}

/// The same in one clause.
pub(super) fn clause(key: &KeyFacts) -> Option<String> {
    match (&key.opened, &key.lock) {
        (Some(opened), _) => Some(format!("opened {}", by(opened))),
        (None, Some(lock)) => Some(format!("locked with {}", locked(lock))),
        (None, None) => None,
    }
}

/// How it is locked, and how good that is.
fn locked(lock: &LockFacts) -> String {
    let strength = match lock.strength.as_str() {
        "broken" => "broken: the cipher can be broken, or passwords are tried by the billion",
        "weak" => "weak: passwords are tried by the million in a second, so only a long random one holds",
        "fair" => "fair: a good password holds",
        "strong" => "strong: passwords are slow to try",
        _ => "not known",
    };
    let tried = match lock.tried.as_str() {
        "opened" => "",
        "closed" => "; no password that is common or was found near it opens it",
        "cut-off" => "; not all passwords were tried, see the notices",
        "unknown-scheme" => "; it is locked in a way that cannot be tried here",
        _ => "; no password was tried",
    };
    format!("{}; {strength}{tried}", lock.protection)
}

/// What opened it; never the password.
fn by(opened: &Opened) -> String {
    match (opened.by.as_str(), &opened.at) {
        ("found", Some(at)) => format!("by the password at {}", place(at)),
        ("empty", _) => "by the empty password".to_owned(),
        ("common", _) => "by a password that everybody tries first".to_owned(),
        ("given", _) => "by a password of --password-file".to_owned(),
        _ => "by a password that was found near it".to_owned(),
    }
}

fn certificate(facts: &CertificateFacts) -> String {
    let holder = match (&facts.nip, &facts.pesel) {
        (Some(nip), _) => format!(", for NIP {nip}"),
        (None, Some(pesel)) => format!(", for a person with the PESEL {pesel}"),
        (None, None) => String::new(),
    };
    let usage = match facts.usage.as_deref() {
        Some("authentication") => ", Authentication: it opens the API",
        Some("offline") => ", Offline: it signs the codes of invoices issued offline",
        _ => "",
    };
    let day = |instant_of| instant(instant_of).chars().take(10).collect::<String>();
    format!(
        "{} by {}{usage}{holder}, valid {} to {}",
        facts.serial,
        facts.issuer.as_deref().map_or("another authority".into(), super::escape::terminal),
        day(facts.not_before),
        day(facts.not_after)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Instant;

    #[test]
    fn a_key_is_told_by_its_lock_its_opening_and_its_certificate() {
        let lock = LockFacts {
            protection: "PBKDF2 with 2048 rounds of HMAC-SHA-256, AES-256-CBC".to_owned(),
            strength: "weak".to_owned(),
            tried: "closed".to_owned(),
        };
        let mut key = KeyFacts { lock: Some(lock), ..KeyFacts::default() };
        let clause_of = |key: &KeyFacts| clause(key).unwrap();
        assert!(clause_of(&key).starts_with("locked with PBKDF2") && clause_of(&key).contains("weak"));
        key.opened = Some(Opened { by: "empty".to_owned(), at: None });
        assert_eq!(clause_of(&key), "opened by the empty password");
        key.certificate = Some(CertificateFacts {
            not_after: Instant::from_day(2028, 6, 1).unwrap(),
            not_before: Instant::from_day(2026, 6, 1).unwrap(),
            issuer: Some("CCK KSeF\u{1b}[2J".to_owned()),
            serial: "0212".to_owned(),
            environment: Some("production".to_owned()),
            usage: Some("offline".to_owned()),
            nip: None,
            pesel: Some("*********42".to_owned()),
        });
        let lines = lines(&key);
        let labels: Vec<_> = lines.iter().map(|(label, _)| *label).collect();
        assert_eq!(labels, ["lock", "opened", "certificate"]);
        assert!(lines[2].1.contains("Offline") && lines[2].1.ends_with("valid 2026-06-01 to 2028-06-01"));
        assert!(!lines[2].1.contains('\u{1b}'));
        assert_eq!(clause(&KeyFacts::default()), None);
    }
}
