//! Messages in all encodings, sound and damaged.

use super::*;
use crate::base::{Limits, Reason};
use crate::unpack::mail::{signed, uuencode};
use crate::unpack::recorded::{Recorded, Taken, recognises, record, torture};

const HEADER: &str = "From: =?ISO-8859-2?Q?Micha=B3?= <m@example.pl>\nTo: a@example.pl\n\
    Subject: =?UTF-8?B?bmVlZGxlLTA=?=\nMIME-Version: 1.0\n";

fn open(message: &str) -> Recorded {
    for message in [message.to_owned(), message.replace('\n', "\r\n")] {
        assert!(recognises(&FORMAT, message.as_bytes(), ""), "{message}");
        let recorded = record(&FORMAT, message.as_bytes(), &Limits::default());
        assert!(recorded.members.iter().all(|member| member.mail.is_some()), "all of it says whose it is");
        if message.contains('\r') {
            return recorded;
        }
    }
    unreachable!("the second one has carriage returns")
}

/// The sample of everything that can be opened.
fn sample() -> String {
    let zip = "Content-Type: application/zip; name=a.zip\nContent-Disposition: attachment;\n \
        filename*0*=UTF-8''%C5%BC;\n filename*1=.zip\nContent-Transfer-Encoding: base64\n\nUEsD\nbmVlZGxlLTI=\n";
    let html = "Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n<b>needle=2D3</b>=\n<br>\n";
    let mixed = "Content-Type: multipart/mixed; boundary=\"b\"";
    let alternative = "Content-Type: multipart/alternative; boundary=c";
    let forwarded = "Content-Type: message/rfc822\n\nSubject: needle-4\n\ntext\n";
    let uu = uuencode::tests::encode("u.bin", b"needle-5");
    format!(
        "{HEADER}{mixed}\n\nneedle-6\n--b\n{alternative}\n\n--c\n\nneedle-1\n{uu}\n--c\n{html}--c--\n--b\n{zip}--b\n\
         {forwarded}--b--\nneedle-7\n"
    )
}

#[test]
fn all_parts_are_handed_over() {
    let recorded = open(&sample());
    assert_eq!(recorded.troubles, []);
    assert!(recorded.named("part 1.1.txt").text().starts_with("needle-1"));
    assert_eq!(recorded.named("part 1.2.html").text(), "<b>needle-3</b><br>");
    assert_eq!(recorded.named("u.bin").bytes, b"needle-5");
    assert_eq!(recorded.named("ż.zip").bytes, b"PK\x03needle-2");
    assert!(recorded.named("part 3.eml").text().starts_with("Subject: needle-4"));
    let header = recorded.named("header");
    assert!(header.echo && header.text().contains("Subject: needle-0\n") && header.text().contains("From: Michał <m@"));
    let between: Vec<String> =
        recorded.members.iter().filter(|member| member.name.is_none()).map(Taken::text).collect();
    assert_eq!(between.concat().replace("\r\n", ""), "needle-6needle-7");
    let mail = recorded.members[0].mail.as_ref().unwrap();
    assert_eq!((mail.subject.as_deref(), mail.to.len()), (Some("needle-0"), 1));
}

#[test]
fn plain_text_keeps_its_lines() {
    let message = "Date: x\r\nSubject: y\r\n\r\nneedle-1\r\n";
    let recorded = open(message);
    let [all] = recorded.members.as_slice() else { panic!("{:?}", recorded.members) };
    assert!(all.text() == message && all.made && !all.echo && matches!(all.places, Places::Verbatim));
    let encoded = open(&format!("{HEADER}\nneedle-1\n"));
    assert_eq!(encoded.names(), ["header"]);
}

#[test]
fn texts_are_read_however_they_are_written() {
    let flowed = open(&format!("{HEADER}Content-Type: text/plain; format=flowed; delsp=yes\n\nneedle- \n1 \nand\n"));
    assert!(flowed.named("part 1.txt").text() == "needle-1and\n" && flowed.named("part 1.txt").echo);
    let utf7 = open(&format!("{HEADER}Content-Type: text/plain; charset=UTF-7\n\nneedle+AC0-1\n"));
    assert_eq!(utf7.named("part 1.txt").text().trim(), "needle-1");
    let base64 = open(&format!("{HEADER}Content-Transfer-Encoding: base64\n\nbmVlZG!xl\n\nLTE\n"));
    assert_eq!(base64.named("part 1.txt").text(), "needle-1");
    let uu = uuencode::tests::encode("u.txt", b"needle-1");
    let uu = open(&format!("{HEADER}Content-Type: x/y\nContent-Transfer-Encoding: x-uuencode\n\n{uu}"));
    assert_eq!(uu.named("part 1").text(), "needle-1");
}

#[test]
fn what_is_signed_is_opened_and_what_is_sealed_is_told() {
    let base64 = |bytes: &[u8]| {
        const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let digits = |group: &[u8]| {
            let word = (0..3).fold(0_usize, |word, at| word << 8 | usize::from(group.get(at).copied().unwrap_or(0)));
            [18, 12, 6, 0].map(|shift| char::from(DIGITS[word >> shift & 63]))
        };
        bytes.chunks(3).flat_map(digits).collect::<String>()
    };
    let smime = |kind, told: &str| {
        let content = base64(&signed::tests::message(kind, b"Content-Type: text/plain\r\n\r\nneedle-1"));
        open(&format!(
            "{HEADER}Content-Type: application/x-pkcs7-mime; name=smime.p7m{told}\n\
             Content-Transfer-Encoding: base64\n\n{content}\n"
        ))
    };
    assert!(smime(2, "; smime-type=signed-data").named("part 1.eml").text().ends_with("needle-1"));
    let openpgp = "-----BEGIN PGP MESSAGE-----\n\nx\n-----END PGP MESSAGE-----\n";
    let parted = "Content-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\n\
        Version: 1\n--b--\n";
    for sealed in [
        smime(3, ""),
        smime(2, "; smime-type=enveloped-data"),
        open(&format!("{HEADER}\n{openpgp}")),
        open(&format!("{HEADER}{parted}")),
    ] {
        let [(Some(_), trouble)] = sealed.troubles.as_slice() else { panic!("{:?}", sealed.troubles) };
        assert_eq!((trouble.reason, trouble.incomplete), (Reason::Encrypted, true));
    }
    let signed = "Content-Type: multipart/signed; boundary=b\n\n--b\n\nneedle-1\n--b\n\
        Content-Type: application/pgp-signature; name=s.asc\n\nx\n--b--\n";
    assert_eq!(open(&format!("{HEADER}{signed}")).named("part 1.txt").text().trim(), "needle-1");
}

#[test]
fn saved_pages_are_opened() {
    let page = "From: <Saved by Blink>\nSnapshot-Content-Location: https://example.pl/\nSubject: x\n\
        Content-Type: multipart/related; type=\"text/html\";\n\tboundary=\"----b----\"\n\n\n------b----\n\
        Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\nContent-Location: https://example.pl/\n\n\
        <p>needle=2D1\n------b----\nContent-Type: text/css\nContent-Location: https://example.pl/a/b.css\n\nneedle-2\n\
        ------b------\n";
    let recorded = open(page);
    assert_eq!(recorded.named("part 1.html").text(), "<p>needle-1");
    assert_eq!(recorded.named("b.css").text().trim(), "needle-2");
}

/// What Python's own modules wrote.
#[test]
fn a_mailbox_of_another_program_is_read() {
    let bytes = include_bytes!("../../../../corpus/formats/mail/box.mbox");
    let messages = record(&crate::unpack::mail::MBOX, bytes, &Limits::default());
    assert_eq!((messages.members.len(), messages.troubles.len()), (3, 0));
    let read: Vec<Recorded> =
        messages.members.iter().map(|message| record(&FORMAT, &message.bytes, &Limits::default())).collect();
    assert!(read[0].members[0].text().contains("needle-1\n"));
    let subject = read[1].members[0].mail.as_ref().and_then(|mail| mail.subject.clone());
    assert_eq!(subject, Some("zażółć gęślą jaźń ".repeat(5).trim().to_owned()));
    assert_eq!(read[1].named("part 1.1.txt").text().matches("needle-2").count(), 8);
    assert!(read[1].named("part 1.2.html").text().contains("<b>needle-3</b>"));
    assert_eq!(read[1].named("zażółć gęślą jaźń, bardzo długa nazwa.bin").text(), "needle-4");
    let inner = record(&FORMAT, &read[2].named("part 2.eml").bytes, &Limits::default());
    assert_eq!(inner.named("inner.bin").text(), "needle-5");
}

#[test]
fn names_say_of_short_messages_what_they_are() {
    let short = b"Content-Type: text/plain\n\nx";
    assert!(!recognises(&FORMAT, short, "") && !recognises(&FORMAT, b"{}", "a.eml"));
    assert!(!recognises(&FORMAT, short, "message from me") && !recognises(&FORMAT, short, "messages"));
    assert!(["a.eml", "a.mht", "message 41"].into_iter().all(|name| recognises(&FORMAT, short, name)));
}

#[test]
fn a_purse_is_enough_for_all_parts_or_says_so() {
    let text = format!("{HEADER}Content-Transfer-Encoding: base64\n\n{}", "bmVl".repeat(1 << 20));
    let limits = Limits { max_expanded: 1 << 20, max_blob: 1 << 20, ..Limits::default() };
    let recorded = record(&FORMAT, text.as_bytes(), &limits);
    assert!(recorded.troubles.iter().all(|(_, trouble)| trouble.reason == Reason::TooLarge));
    assert!(recorded.troubles.iter().any(|(_, trouble)| trouble.option == Some("--max-blob")));
}

#[test]
fn nothing_breaks_it() {
    torture(&FORMAT, sample().as_bytes());
    let signed = signed::tests::message(2, b"needle-1");
    let head = format!("{HEADER}Content-Type: application/pkcs7-mime\n\n");
    torture(&FORMAT, &[head.as_bytes(), &signed].concat());
}

/// What would take long if any of it was looked at again and again.
#[test]
fn hostile_messages_end() {
    let parts = |part: &str| format!("{HEADER}Content-Type: multipart/mixed; boundary=b\n\n{}", part.repeat(50_000));
    let nested: String = (0..30_000)
        .map(|depth| format!("--b{depth}\nContent-Type: multipart/mixed; boundary=b{}\n\n", depth + 1))
        .collect();
    for message in [
        parts("--b\n\n"),
        parts("--b\nContent-Type: multipart/mixed\n\n"),
        parts("--b\nContent-Type: multipart/mixed; boundary=b\n\n--b--\n"),
        format!("{HEADER}Content-Type: multipart/mixed; boundary=b0\n\n{nested}"),
        format!("{HEADER}Subject: {}\n\nx", "=?a?q?".repeat(300_000)),
        format!("{HEADER}Subject: {}\n\nx", "=?utf-8?b?AAAA".repeat(300_000)),
        format!("{HEADER}Content-Type: text/plain; {}\n\nx", "a*1=b; ".repeat(300_000)),
        format!("{HEADER}Content-Type: text/plain; {}\n\nx", "a*0*=b'c'd; ".repeat(300_000)),
        format!("{HEADER}{}\n\nx", "To: a, b, <c>, ((((((\n".repeat(100_000)),
        format!("{HEADER}\n{}", "begin 644 x\n".repeat(100_000)),
        format!("{HEADER}\n{}", "-----BEGIN PGP MESSAGE-----".repeat(50_000)),
        format!("{HEADER}Content-Transfer-Encoding: quoted-printable\n\n{}", "=    ".repeat(500_000)),
        format!("{HEADER}Content-Type: text/plain; format=flowed\n\n{}", "> \n".repeat(300_000)),
    ] {
        let recorded = record(&FORMAT, message.as_bytes(), &Limits { max_members: 100_000, ..Limits::default() });
        let total: usize = recorded.members.iter().map(|member| member.bytes.len()).sum();
        assert!(total <= 4 * message.len(), "{total} of {}: {}", message.len(), &message[..200]);
    }
}
