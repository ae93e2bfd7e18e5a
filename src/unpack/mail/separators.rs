//! Where the messages of a mailbox begin.
//!
//! Holds: the lines that separate them, and the lengths that some mailboxes tell. Must not know: messages beyond their
//! header.

use memchr::{memchr, memmem};

use super::headers::{line, name_length};

/// Bytes behind the start of a line that tell whether it is a separator.
pub(super) const LOOK: usize = 2 << 10;

/// Bytes of a header in which a length is looked for.
const HEADER: usize = 64 << 10;

/// Lengths that lead nowhere, after which no more are believed.
const MISSES: u32 = 4;

/// Whether bytes begin with a separator: «From somebody some time», or «From …» before a header.
pub(super) fn is_separator(bytes: &[u8]) -> bool {
    let look = &bytes[..bytes.len().min(LOOK)];
    let Some(rest) = look.strip_prefix(b"From ") else { return false };
    let Some(end) = memchr(b'\n', rest) else { return false };
    is_sender_and_time(&rest[..end]) || {
        let next = line(&rest[end + 1..]);
        let next = next.strip_prefix(b">From ").map_or(next, |_| line(&rest[(end + 1 + next.len()).min(rest.len())..]));
        name_length(next).is_some_and(|length| is_header(&next[..length]))
    }
}

/// Whether the rest of a line tells an hour and a year: «x@y Tue Oct 14 15:23:47 2025».
fn is_sender_and_time(rest: &[u8]) -> bool {
    let digits = |word: &[u8]| word.iter().all(u8::is_ascii_digit);
    let is_hour = |word: &[u8]| {
        let mut parts = word.splitn(4, |byte| *byte == b':');
        let two = |part: Option<&[u8]>| part.is_some_and(|part| (1..=2).contains(&part.len()) && digits(part));
        two(parts.next()) && two(parts.next()) && parts.next().is_none_or(|part| two(Some(part)))
    };
    let is_year =
        |word: &[u8]| matches!(word, [b'1', b'9', ..] | [b'2', b'0' | b'1', ..]) && word.len() == 4 && digits(word);
    let (mut hour, mut year) = (false, false);
    for word in rest.split(|byte| matches!(byte, b' ' | b'\t' | b'\r')).skip(1).take(20) {
        hour |= is_hour(word);
        year |= is_year(word);
    }
    hour && year
}

/// Names that headers begin with, or hold among the first.
fn is_header(name: &[u8]) -> bool {
    const FIRST: [&str; 16] = [
        "Return-Path",
        "Received",
        "From",
        "To",
        "Date",
        "Subject",
        "Message-ID",
        "MIME-Version",
        "Delivered-To",
        "Content-Type",
        "Status",
        "Sender",
        "Reply-To",
        "DKIM-Signature",
        "Envelope-To",
        "Path",
    ];
    name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case(b"X-"))
        || FIRST.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(name))
}

/// The cut of a mailbox into messages.
pub(super) struct Cut {
    /// Lengths that led nowhere; nothing where the mailbox tells none.
    misses: Option<u32>,
}

impl Cut {
    /// For the mailbox that begins so.
    pub(super) fn of(start: &[u8]) -> Self {
        Self { misses: length(start).map(|_| 0) }
    }

    /// Where messages begin in bytes that begin with one. `ends` says that the last of them ends with the bytes; else
    /// the last of the starts belongs to one that goes on behind them. `full` says that there cannot be more of it.
    pub(super) fn starts(&mut self, bytes: &[u8], ends: bool, full: bool) -> Vec<usize> {
        let mut starts = vec![0];
        let finder = memmem::Finder::new(b"\nFrom ");
        let mut from = 0;
        if let Some(jump) = self.jump(bytes, ends, full) {
            from = jump;
        }
        while let Some(found) = bytes.get(from..).and_then(|rest| finder.find(rest)) {
            let at = from + found + 1;
            if !ends && bytes.len() - at < LOOK {
                break;
            }
            from = at;
            if is_separator(&bytes[at..]) {
                starts.push(at);
                match self.jump(&bytes[at..], ends, full) {
                    Some(jump) => from = at.saturating_add(jump),
                    None => from = at,
                }
            }
        }
        starts
    }

    /// How far it is to the end of the message that bytes begin with, by the length that it tells, if another begins
    /// there or all ends.
    fn jump(&mut self, bytes: &[u8], ends: bool, full: bool) -> Option<usize> {
        let misses = self.misses.filter(|misses| *misses < MISSES)?;
        let target = length(bytes)?;
        if ends && target.abs_diff(bytes.len()) <= 2 {
            return Some(bytes.len());
        }
        if target >= bytes.len() || (!ends && bytes.len() - target < LOOK) {
            if !ends && !full {
                // What is missing will be there the next time.
                return Some(bytes.len());
            }
            self.misses = Some(misses + 1);
            return None;
        }
        // The search goes on with the end of the line before the separator.
        let lands = (target.saturating_sub(1)..=target + 2)
            .find(|at| bytes.get(*at) == Some(&b'\n') && bytes.get(at + 1..).is_some_and(is_separator));
        if lands.is_none() {
            self.misses = Some(misses + 1);
        }
        lands
    }
}

/// The length of a message with its header, as it tells that itself.
fn length(bytes: &[u8]) -> Option<usize> {
    let head = &bytes[..bytes.len().min(HEADER)];
    let end =
        memmem::find(head, b"\n\n").map(|at| at + 2).or_else(|| memmem::find(head, b"\n\r\n").map(|at| at + 3))?;
    let head = &head[..end];
    let at = memmem::find(head, b"\nContent-Length:")?;
    let value = line(&head[at + 16..]).trim_ascii();
    let value: usize = std::str::from_utf8(value).ok()?.parse().ok()?;
    end.checked_add(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_have_many_forms() {
        for line in [
            "From x@example.pl Tue Oct 14 15:23:47 2025\n",
            "From - Tue Oct 14 15:23:47 2025\r\n",
            "From ???@??? Tue Oct 14 15:23:47 2025 +0200\n",
            "From 1842@xxx Tue Oct 14 13:23:47 +0000 2025\n",
            "From \"a b\"@c  Tue Oct  4 9:23 CEST 2025\n",
            "From damaged\nReturn-Path: <a>\n",
            "From x\n>From y\nX-A: b\n",
        ] {
            assert!(is_separator(line.as_bytes()), "{line}");
        }
        for line in [
            "From here on it rains.\n",
            "From 15:23 to 16:24 in May\n",
            "From 2025 on\nNote: this\n",
            "From x@example.pl Tue Oct 14 15:23:47 2025",
            "from x@example.pl Tue Oct 14 15:23:47 2025\n",
            "From",
        ] {
            assert!(!is_separator(line.as_bytes()), "{line}");
        }
    }

    fn starts(text: &str, ends: bool) -> Vec<usize> {
        Cut::of(text.as_bytes()).starts(text.as_bytes(), ends, false)
    }

    const FIRST: &str = "From a Tue Oct 14 15:23:47 2025\n";

    #[test]
    fn a_mailbox_is_cut_at_its_separators() {
        let one = format!("{FIRST}Subject: x\n\nFrom here on\n>From a Tue Oct 14 15:23:47 2025\n\n");
        let text = one.repeat(3);
        assert_eq!(starts(&text, true), [0, one.len(), 2 * one.len()]);
        // What is too near to the end is not judged.
        assert_eq!(starts(&text, false), [0]);
        assert_eq!(starts(&(text + &"x".repeat(LOOK)), false).len(), 3);
    }

    #[test]
    fn lengths_are_believed_where_they_lead_to_a_message() {
        let body = format!("forwarded:\n{FIRST}Subject: y\n\nmore\n");
        let one = |length: usize| format!("{FIRST}Content-Length: {length}\nSubject: x\n\n{body}\n");
        let sound = one(body.len());
        assert_eq!(starts(&sound.repeat(2), true), [0, sound.len()]);
        // Without the empty line behind a message, and with one too many.
        for length in [body.len() - 1, body.len() + 1] {
            assert_eq!(starts(&one(length).repeat(2), true), [0, one(length).len()]);
        }
        assert_eq!(starts(&one(5).repeat(2), true).len(), 4);
        // A length that goes beyond everything is believed until there cannot be more.
        let long = one(99_999_999).repeat(9);
        assert_eq!(starts(&long, false), [0]);
        assert!(Cut::of(long.as_bytes()).starts(long.as_bytes(), true, false).len() == 18);
        let mut cut = Cut::of(long.as_bytes());
        assert!(cut.starts((long + &"x".repeat(LOOK)).as_bytes(), false, true).len() > 9);
    }
}
