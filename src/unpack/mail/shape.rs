//! What looks like a message.
//!
//! Holds: the names of well-known fields, and how many of them make a message. Must not know: what is in one. It runs
//! on every file there is, so that most must fail at their first line.

use super::headers::{line, name_length, separates};

/// Lines that are looked at.
const LINES: usize = 100;

/// Fields that only mail has.
const MAIL: [&str; 25] = [
    "Received",
    "Return-Path",
    "Message-ID",
    "MIME-Version",
    "Content-Transfer-Encoding",
    "Delivered-To",
    "Envelope-To",
    "X-Original-To",
    "X-Envelope-To",
    "X-Envelope-From",
    "X-Mailer",
    "X-Mozilla-Status",
    "X-Mozilla-Status2",
    "X-Mozilla-Keys",
    "X-Account-Key",
    "X-UIDL",
    "X-Gmail-Labels",
    "X-GM-THRID",
    "X-Received",
    "DKIM-Signature",
    "Received-SPF",
    "Authentication-Results",
    "ARC-Seal",
    "Thread-Index",
    "In-Reply-To",
];

/// Fields that each message has, and other things as well: as mailers write them.
const COMMON: [&str; 6] = ["From", "To", "Cc", "Subject", "Date", "Reply-To"];

/// Fields that count only beside those that mail alone has.
const BESIDE: [&str; 3] = ["Content-Type", "Bcc", "Sender"];

/// How bytes begin that may be a message: without the mark of UTF-8 and an empty line, which some programs leave there.
pub(super) fn trimmed(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    bytes.strip_prefix(b"\r\n").or_else(|| bytes.strip_prefix(b"\n")).unwrap_or(bytes)
}

/// Whether bytes begin with the header of a message: with two fields at least that messages have, one of which other
/// things have not, or which are written as mailers write them.
pub(super) fn is_message(head: &[u8]) -> bool {
    let mut rest = trimmed(head);
    let (mut mail, mut common, mut beside) = (0, 0_u32, false);
    for index in 0..LINES {
        let first = line(rest);
        if index == 0 && separates(first) {
            rest = &rest[first.len()..];
            continue;
        }
        if index > 0 && matches!(first, [b' ' | b'\t', ..]) {
            rest = &rest[first.len()..];
            continue;
        }
        let Some(length) = name_length(first) else { break };
        rest = &rest[first.len()..];
        let name = &first[..length];
        if is_among(&MAIL, name) {
            mail += 1;
        } else if name.eq_ignore_ascii_case(b"Content-Type") && is_multipart(&first[length..]) {
            // Parts of messages that were saved by themselves begin so.
            mail += 1;
            beside = true;
        } else if let Some(index) = COMMON.iter().position(|known| known.as_bytes().eq_ignore_ascii_case(name)) {
            // YAML and the like write them small.
            let as_written = COMMON[index].as_bytes() == name || name.iter().all(u8::is_ascii_uppercase);
            common |= u32::from(as_written) << index;
            beside = true;
        } else if is_among(&BESIDE, name) || name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case(b"X-")) {
            beside = true;
        }
        if mail >= 2 || (mail == 1 && beside) || common.count_ones() >= 2 {
            return true;
        }
    }
    false
}

/// Whether bytes that are called a message begin as one may.
pub(super) fn may_be_message(head: &[u8]) -> bool {
    let head = trimmed(head);
    let first = line(head);
    let first = if separates(first) { line(&head[first.len()..]) } else { first };
    name_length(first).is_some()
}

/// Whether a value with its colon is that of parts with a boundary.
fn is_multipart(value: &[u8]) -> bool {
    let value = value.strip_prefix(b":").unwrap_or(value).trim_ascii();
    value.get(..10).is_some_and(|start| start.eq_ignore_ascii_case(b"multipart/"))
}

fn is_among(names: &[&str], name: &[u8]) -> bool {
    names.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_is_mail() {
        for text in [
            "From: a\nTo: b\n\nx",
            "Subject: x\r\nFrom: y\r\n",
            "FROM: a\nDATE: b\n",
            "received: x\n by y\nsubject: z\n",
            "X-Mozilla-Status: 0001\nX-Mozilla-Status2: 0\n",
            ">From x Mon Jan  1 00:00:00 2024\nReturn-Path: <a>\nDate: now\n",
            "MIME-Version: 1.0\nContent-Type: multipart/related\n",
            "From: <Saved by Blink>\nSnapshot-Content-Location: https://example.pl/\nSubject: x\n",
            "\u{FEFF}From: a\nTo: b\n",
            "\r\nReturn-Path: <a>\r\nX-Spam: no\r\n",
            "From:\tJan\nSent:\tponiedzia\u{142}ek\nTo:\tAnna\nSubject:\tx\n",
            "X-Gmail-Labels: a\nDate: b\n",
            "Content-Type: Multipart/mixed;\n boundary=x\n",
        ] {
            assert!(is_message(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn other_things_are_not() {
        for text in [
            "",
            "From",
            "from: x\nto: y\nsubject: z\n",
            "---\nfrom: a\nto: b\n",
            "HTTP/1.1 200 OK\nDate: x\nX-A: b\n",
            "Date: x\nContent-Type: text/html\nServer: x\nX-Powered-By: y\n",
            "Package: x\nVersion: 1\nMaintainer: y\nDate: z\n",
            "Format: 1.8\nDate: Tue\nSource: x\n",
            "Metadata-Version: 2.1\nName: x\nDescription: y\n",
            "import x\nFrom: a\nTo: b\n",
            "label:\n  From: a\n  To: b\nSubject: c\n",
            "{\"From\": 1, \"To\": 2}",
            "GET / HTTP/1.1\nHost: x\nFrom: a\nDate: b\n",
            "2024-01-01 10:00:00 From: a To: b\n",
            "commit 1\nAuthor: x\nDate: y\n",
        ] {
            assert!(!is_message(text.as_bytes()), "{text}");
        }
        assert!(may_be_message(b"Content-Type: text/plain\n") && !may_be_message(b"<html>") && !may_be_message(b""));
    }
}
