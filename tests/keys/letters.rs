//! Keys that came by mail, and their passwords in the same message, in the next one, or in one of somebody else.

use crate::made::archive::{sealed as sealed_zip, zip};
use crate::made::letter::{base64, mailbox};
use crate::repository::Told;
use crate::shelf::{found, key, of_rule, opened, scan, sealed, tried};

const PASSWORD: &str = "Kot-w-butach.7";

/// A message with a text, and perhaps a file.
fn letter(people: [&str; 2], subject: &str, body: &str, file: Option<(&str, &[u8])>) -> String {
    let [from, to] = people;
    let head = format!(
        "From: {from}\nTo: {to}\nDate: Sun, 01 Mar 2026 09:00:00 +0100\nSubject: {subject}\nMIME-Version: 1.0\n"
    );
    let text = format!("--b\nContent-Type: text/plain; charset=utf-8\n\n{body}\n");
    let file = file.map_or_else(String::new, |(name, bytes)| {
        let kind =
            format!("Content-Type: application/octet-stream; name=\"{name}\"\nContent-Transfer-Encoding: base64");
        format!("--b\n{kind}\nContent-Disposition: attachment; filename=\"{name}\"\n\n{}", base64(bytes))
    });
    format!("{head}Content-Type: multipart/mixed; boundary=\"b\"\n\n{text}{file}--b--\n")
}

const ANNA: &str = "Anna Nowak <anna@abc.example>";
const JAN: &str = "Jan Kowalski <jan@biuro.example>";
const EWA: &str = "Ewa Lis <ewa@inna.example>";

fn told_of(letters: &[String]) -> Told {
    scan(&[("poczta.mbox", mailbox(letters).as_bytes())], &[])
}

fn said() -> String {
    format!("Dzień dobry,\n\nhasło do klucza: {PASSWORD}\n\nPozdrawiam\n")
}

/// Where the password of a key stands that came with a message of its own is found, or not.
#[test]
fn the_password_is_found_as_people_send_it() {
    let pair = key(5000);
    let pem = sealed(&pair, PASSWORD);
    let with = |people, subject, body: &str| letter(people, subject, body, Some(("ksef.key", pem.as_bytes())));
    let word = |people, subject| letter(people, subject, &said(), None);
    let same = told_of(&[with([ANNA, JAN], "Klucz", &said())]);
    assert_eq!(opened(found(&same, &pair)).split(' ').next(), Some("found"));
    let first = with([ANNA, JAN], "Klucz do KSeF", "w załączniku");
    for (next, what) in [
        (word([ANNA, JAN], "Re: Klucz do KSeF"), "the thread"),
        (word([EWA, ANNA], "Odp: RE: klucz do ksef"), "the thread, of others"),
        (word([ANNA, JAN], "zapomniałam"), "the same people"),
        (word([JAN, ANNA], "a to hasło"), "the same people, back"),
    ] {
        for letters in [[first.clone(), next.clone()], [next, first.clone()]] {
            let told = told_of(&letters);
            let finding = found(&told, &pair);
            assert!(opened(finding).starts_with("found poczta.mbox"), "{what}: {finding}");
            assert_eq!(of_rule(&told, "ksef-key-password").len(), 1, "{what}: {:#?}", told.findings);
        }
    }
}

#[test]
fn what_others_write_of_something_else_is_not_near() {
    let pair = key(5001);
    let pem = sealed(&pair, PASSWORD);
    let first = letter([ANNA, JAN], "Klucz", "w załączniku", Some(("ksef.key", pem.as_bytes())));
    let others = letter([EWA, JAN], "Zupełnie coś innego", &said(), None);
    let told = told_of(&[first, others]);
    let [finding] = &told.findings[..] else { panic!("{:#?}", told.findings) };
    assert_eq!((tried(finding), opened(finding)), ("closed".to_owned(), String::new()), "{finding}");
}

#[test]
fn messages_in_files_of_their_own_are_near_as_well() {
    let pair = key(5002);
    let pem = sealed(&pair, PASSWORD);
    let first = letter([ANNA, JAN], "Klucz", "w załączniku", Some(("ksef.key", pem.as_bytes())));
    let next = letter([ANNA, JAN], "Re: Klucz", &said(), None);
    let told = scan(&[("cur/1.eml", first.as_bytes()), ("new/2.eml", next.as_bytes())], &[]);
    assert!(opened(found(&told, &pair)).starts_with("found new/2.eml"), "{:#?}", told.findings);
}

#[test]
fn a_locked_archive_and_its_password_in_one_message_or_the_next() {
    let pair = key(5003);
    let (open, locked) = (zip(&[("ksef.key", pair.pem())]), sealed_zip(&[("ksef.key", pair.pem())], PASSWORD));
    let words = format!("Dzień dobry,\n\nhasło do archiwum: {PASSWORD}\n");
    for letters in [
        vec![letter([ANNA, JAN], "Klucz", &words, Some(("a.zip", &locked)))],
        vec![
            letter([ANNA, JAN], "Klucz", "proszę", Some(("a.zip", &locked))),
            letter([ANNA, JAN], "hasło", &words, None),
        ],
    ] {
        let told = told_of(&letters);
        let finding = found(&told, &pair);
        assert_eq!((finding["count"].as_u64(), told.notices.len()), (Some(1), 0), "{:#?}", told.notices);
    }
    assert_ne!(open, locked);
    let told = told_of(&[
        letter([ANNA, JAN], "Klucz", "proszę", Some(("a.zip", &locked))),
        letter([EWA, JAN], "inne sprawy", &words, None),
    ]);
    assert_eq!(
        (told.findings.len(), told.reasons().into_iter().collect::<Vec<_>>()),
        (0, vec!["encrypted".to_owned()])
    );
}
