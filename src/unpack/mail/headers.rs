//! The header block of a message or of a part.
//!
//! Holds: where it ends, its fields, their decoding, and what a message says of itself. Must not know: what is done
//! with any of it. Encoded words, addresses and dates are read by `mail-parser`.

use std::borrow::Cow;
use std::sync::Arc;

use mail_parser::HeaderValue;
use mail_parser::parsers::MessageStream;
use memchr::{memchr, memmem};

use crate::base::Mail;

/// Bytes of a field that are decoded; its bytes as they are get searched whatever their number.
const LONGEST: usize = 64 << 10;

/// Recipients that are told of a message.
const RECIPIENTS: usize = 100;

/// Fields with the folder a message lay in, as web mailers and exports name it.
const FOLDERS: [&str; 3] = ["X-Gmail-Labels", "X-Folder", "X-Mailbox"];

/// The line that bytes begin with, with its end.
pub(super) fn line(bytes: &[u8]) -> &[u8] {
    memchr(b'\n', bytes).map_or(bytes, |end| &bytes[..=end])
}

/// The length of a field's name, where a line has the shape `Name: value`.
pub(super) fn name_length(line: &[u8]) -> Option<usize> {
    let length = line.iter().take(80).position(|byte| *byte == b':')?;
    let name = line[..length].trim_ascii_end();
    // A dash at the start is a boundary.
    let fits = !name.is_empty() && name[0] != b'-' && name.iter().all(u8::is_ascii_graphic);
    fits.then_some(name.len())
}

/// Whether a line stands before a message to separate it from another: `From ` or `>From `.
pub(super) fn separates(line: &[u8]) -> bool {
    line.starts_with(b"From ") || line.starts_with(b">From ")
}

/// Whether a header goes on behind a line that is none of one: a known field follows at once.
fn goes_on(damaged: &[u8], behind: &[u8]) -> bool {
    const KNOWN: [&str; 9] = [
        "Received",
        "From",
        "To",
        "Date",
        "Subject",
        "Message-ID",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    ];
    let next = line(behind);
    let name = name_length(next).and_then(|length| next.get(..length)).unwrap_or_default();
    !damaged.starts_with(b"--") && KNOWN.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(name))
}

/// The header block that bytes begin with, and the body behind it. A line that is none of a header ends the block, too.
pub(super) fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    while at < bytes.len() {
        let line = line(&bytes[at..]);
        let begin = at;
        at += line.len();
        let folded = begin > 0 && matches!(line.first(), Some(b' ' | b'\t')) && !line.trim_ascii().is_empty();
        if matches!(line, b"\n" | b"\r\n") || (begin > 0 && line.trim_ascii().is_empty()) {
            return (&bytes[..begin], &bytes[at..]);
        }
        if !folded && name_length(line).is_none() && !separates(line) && !goes_on(line, &bytes[at..]) {
            return (&bytes[..begin], &bytes[begin..]);
        }
    }
    (bytes, &[])
}

/// The fields of a block: their names, and their values as they are folded.
pub(super) fn fields(block: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = block;
    std::iter::from_fn(move || {
        loop {
            let first = line(rest);
            if first.is_empty() {
                return None;
            }
            let mut end = first.len();
            while matches!(rest.get(end), Some(b' ' | b'\t')) {
                end += line(&rest[end..]).len();
            }
            let field = &rest[..end];
            rest = &rest[end..];
            if let (Some(length), Some(colon)) = (name_length(field), memchr(b':', field)) {
                return Some((&field[..length], &field[colon + 1..]));
            }
        }
    })
}

/// The value of the first field of that name.
pub(super) fn field<'a>(block: &'a [u8], name: &str) -> Option<&'a [u8]> {
    fields(block).find(|(known, _)| known.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| value)
}

/// A value in the form that the parser reads: cut off where it is too long, with an end.
fn ended(value: &[u8]) -> Vec<u8> {
    let mut value = value[..value.len().min(LONGEST)].to_vec();
    value.push(b'\n');
    value
}

/// A value as text: on one line, encoded words decoded.
pub(super) fn text(value: &[u8]) -> String {
    if memmem::find(value, b"=?").is_none() {
        let lines = value.split(|byte| *byte == b'\n').map(|line| String::from_utf8_lossy(line.trim_ascii()));
        return lines.filter(|line| !line.is_empty()).collect::<Vec<Cow<'_, str>>>().join(" ");
    }
    match MessageStream::new(&ended(value)).parse_unstructured() {
        HeaderValue::Text(text) => text.trim().to_owned(),
        _ => String::new(),
    }
}

/// All fields of a block, decoded, one a line.
pub(super) fn decoded(block: &[u8]) -> String {
    fields(block).map(|(name, value)| format!("{}: {}\n", String::from_utf8_lossy(name), text(value))).collect()
}

/// A field with parameters: `text/plain; charset=utf-8`.
pub(super) fn parameters(value: &[u8]) -> Option<mail_parser::ContentType<'static>> {
    match MessageStream::new(&ended(value)).parse_content_type().into_owned() {
        HeaderValue::ContentType(kind) => Some(kind),
        _ => None,
    }
}

/// What a message says of itself.
pub(super) fn mail(block: &[u8]) -> Arc<Mail> {
    let text_of = |name: &str| field(block, name).map(text).filter(|text| !text.is_empty());
    let mut to = people(block, "To");
    if to.is_empty() {
        to = people(block, "Delivered-To");
    }
    Arc::new(Mail {
        folder: FOLDERS.iter().find_map(|name| text_of(name)),
        from: people(block, "From").into_iter().next().or_else(|| text_of("From")).or_else(|| text_of("Sender")),
        to,
        cc: people(block, "Cc"),
        date: field(block, "Date").and_then(date).or_else(|| text_of("Date")),
        message_id: text_of("Message-ID").map(|id| id.trim_matches(['<', '>']).to_owned()),
        subject: text_of("Subject"),
    })
}

/// The people in all fields of that name.
fn people(block: &[u8], name: &str) -> Vec<String> {
    let mut people = Vec::new();
    for (_, value) in fields(block).filter(|(known, _)| known.eq_ignore_ascii_case(name.as_bytes())) {
        let value = ended(value);
        let HeaderValue::Address(addresses) = MessageStream::new(&value).parse_address() else { continue };
        for address in addresses.iter().take(RECIPIENTS - people.len().min(RECIPIENTS)) {
            people.extend(match (address.name(), address.address()) {
                (Some(name), Some(address)) => Some(format!("{name} <{address}>")),
                (name, address) => name.or(address).map(str::to_owned),
            });
        }
    }
    people
}

fn date(value: &[u8]) -> Option<String> {
    match MessageStream::new(&ended(value)).parse_date() {
        HeaderValue::DateTime(date) if date.is_valid() => Some(date.to_rfc3339()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_ends_where_no_header_goes_on() {
        let body = |bytes: &'static str| String::from_utf8_lossy(split(bytes.as_bytes()).1).into_owned();
        assert_eq!(body("A: 1\r\nB: 2\r\n 3\r\n\r\ntext\r\n"), "text\r\n");
        assert_eq!(body("A: 1\n \ntext\n"), "text\n");
        assert_eq!(body("A: 1\nno header\n\ntext\n"), "no header\n\ntext\n");
        assert_eq!(body("A: 1\nno header\nSubject: x\n\ntext\n"), "text\n");
        assert_eq!(body("\ntext\n"), "text\n");
        assert_eq!(body(">From x Mon\nA: 1\n\ntext\n"), "text\n");
        assert_eq!(body("A: 1\n--b\n"), "--b\n");
        assert_eq!(body("A: 1"), "");
    }

    #[test]
    fn a_message_says_who_has_it() {
        let block = "From: =?ISO-8859-2?Q?Micha=B3_Nowak?= <m@example.pl>\r\n\
            To: a@example.pl,\r\n \"B, C\" <b@example.pl>\r\nTo: third@example.pl\r\n\
            Cc: =?windows-1250?B?o/Nkn+E=?= <c@example.pl>\r\n\
            Date: Tue, 14 Oct 2025 15:23:47 +0200\r\nMessage-ID: <1@example.pl>\r\n\
            Subject: =?UTF-8?Q?zesz=C5=82y?= =?UTF-8?B?IG1pZXNpxIVj?=\r\n\
            X-Gmail-Labels: =?UTF-8?Q?Archiwum,Wa=C5=BCne?=\r\n";
        let mail = mail(block.as_bytes());
        assert_eq!(mail.from.as_deref(), Some("Michał Nowak <m@example.pl>"));
        assert_eq!(mail.to, ["a@example.pl", "B, C <b@example.pl>", "third@example.pl"]);
        assert_eq!(mail.cc.len(), 1);
        assert!(mail.cc[0].starts_with("Łód"), "{:?}", mail.cc);
        assert_eq!(mail.date.as_deref(), Some("2025-10-14T15:23:47+02:00"));
        assert_eq!(mail.message_id.as_deref(), Some("1@example.pl"));
        assert_eq!(mail.subject.as_deref(), Some("zeszły miesiąc"));
        assert_eq!(mail.folder.as_deref(), Some("Archiwum,Ważne"));
        assert_eq!(super::mail(b"Date: yesterday\n").date.as_deref(), Some("yesterday"));
        assert_eq!(*super::mail(b""), Mail::default());
    }
}
