//! Who has a credential that came by mail.

use serde_json::json;

use crate::case::{case, check, finding, scan};
use crate::made::archive::zip;
use crate::made::letter::{attached, forwarded, mail, mailbox};
use crate::made::office::docx;
use crate::made::{env, letter};
use crate::repository::token;

/// What a message made here says of itself.
fn says(subject: &str, folder: Option<&str>) -> serde_json::Value {
    json!({
        "folder": folder, "from": "Anna Nowak <anna@biuro.example>", "to": ["Jan Kowalski <jan@biuro.example>"],
        "cc": ["piotr@biuro.example"], "date": "2026-03-01T09:00:00+01:00", "message_id": "1@biuro.example",
        "subject": subject,
    })
}

#[test]
fn a_finding_names_the_outermost_message() {
    let archive = |number| zip(&[("c.env", env(&token(number)))]);
    let messages = [
        attached("umowa", &[("a.docx", &docx(&[&token(400)]))]),
        attached("=?utf-8?Q?has=C5=82o?=", &[("a.zip", &archive(401))]),
        forwarded("dalej", &mail("wewnątrz", &env(&token(402)))),
        mail("w treści", &env(&token(403))),
    ];
    let told = scan(&[("a.eml", messages[0].as_bytes()), ("b.mbox", mailbox(&messages[1..]).as_bytes())], &[]);
    for (number, subject) in [(400, "umowa"), (401, "hasło"), (402, "dalej"), (403, "w treści")] {
        let finding = finding(&told, &token(number)).expect("it is found");
        let folder = (number > 400).then_some("b");
        assert_eq!(finding["locations"][0]["mail"], says(subject, folder), "{number}");
    }
    assert_eq!((told.code, told.notices.len(), told.findings.len()), (1, 0, 4));
}

#[test]
fn a_credential_in_a_header_is_found_and_taken_out_of_what_is_told() {
    let (token, other) = (token(410), token(411));
    let spoken = mail(&format!("token {token}"), "x");
    let digits = letter::base64(format!("token {other}").as_bytes());
    let subject: Vec<String> = digits.lines().map(|line| format!("=?utf-8?B?{line}?=")).collect();
    let encoded = mail(&subject.join("\n "), "x");
    let told = scan(&[("a.eml", spoken.as_bytes()), ("b.eml", encoded.as_bytes())], &[]);
    for secret in [&token, &other] {
        let finding = finding(&told, secret).expect("it is found");
        assert_eq!(finding["count"], 1, "{finding}");
        let subject = finding["locations"][0]["mail"]["subject"].as_str().expect("a subject");
        let (reference, hidden) = secret.rsplit_once('|').expect("three parts");
        assert!(subject.starts_with(&format!("token {reference}|")), "{subject}");
        assert!(!told.findings.iter().any(|finding| finding.to_string().contains(&hidden[8..])));
    }
}

#[test]
fn folders_of_mail_are_read() {
    check(&[
        case("1772352000.M1P2.host:2,S", mail("x", &env(&token(420))), &token(420), "ksef-token certain line 9"),
        case("7", mail("x", &env(&token(421))), &token(421), "ksef-token certain line 9"),
    ]);
    let message = |number| mail("x", &env(&token(number))).into_bytes();
    let inside = zip(&[("Maildir/.Klienci.ABC/cur/1772352000.M1P2.host:2,S", message(423))]);
    let told = scan(&[(".Wys&AUI-ane/cur/1772352000.M1P2.host", &message(422)), ("a.zip", &inside)], &[]);
    for (number, folder) in [(422, "Wysłane"), (423, "Klienci/ABC")] {
        let finding = finding(&told, &token(number)).expect("it is found");
        assert_eq!(finding["locations"][0]["mail"]["folder"], folder, "{number}");
    }
}
