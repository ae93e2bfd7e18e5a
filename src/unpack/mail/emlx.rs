//! Messages of Apple Mail: a line with their length, the message, and a property list.
//!
//! Holds: opening one. Must not know: what stands in a message.

use super::headers::line;
use super::shape;
use crate::base::Trouble;
use crate::unpack::{Content, Format, Member, Open, Raw, Sink};

/// How it is recognised and opened.
pub(in crate::unpack) const FORMAT: Format = Format {
    name: "Apple Mail message (.emlx)",
    scope: "the message and the property list behind it; attachments that lie beside it are files of their own",
    recognises: |probe| length(probe.head).is_some_and(|(_, message)| shape::is_message(message)),
    raw: Raw::Last,
    open: Open::Whole(open),
};

/// The length that the first line tells, and what is behind that line.
fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    if !bytes.first()?.is_ascii_digit() {
        return None;
    }
    let first = line(&bytes[..bytes.len().min(64)]);
    let digits = first.strip_suffix(b"\n")?.trim_ascii_end();
    let digits = std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    Some((digits.parse().ok()?, &bytes[first.len()..]))
}

fn open(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Trouble> {
    let (length, rest) = length(bytes).ok_or_else(|| Trouble::malformed("is damaged"))?;
    let (message, list) = rest.split_at(length.min(rest.len()));
    if sink.take(Member::only("message"), Content::Held(message)).is_continue() && !list.is_empty() {
        // It is the last there is, whether more is wanted or not.
        let _ = sink.take(Member::named("property list", "properties"), Content::Held(list));
    }
    if length > rest.len() { Err(Trouble::malformed("ends early")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Limits, Reason};
    use crate::unpack::recorded::{recognises, record, torture};

    const MESSAGE: &str = "Return-Path: <a@example.pl>\nSubject: x\n\nneedle-1\n";
    const LIST: &str = "<?xml version=\"1.0\"?><plist><string>needle-2</string></plist>";

    fn sample() -> Vec<u8> {
        format!("{:<10}\n{MESSAGE}{LIST}", MESSAGE.len()).into_bytes()
    }

    #[test]
    fn message_and_list_are_handed_over() {
        assert!(recognises(&FORMAT, &sample(), ""));
        let recorded = record(&FORMAT, &sample(), &Limits::default());
        assert_eq!(recorded.members[0].text(), MESSAGE);
        assert_eq!((recorded.named("properties").text().as_str(), recorded.troubles.len()), (LIST, 0));
    }

    #[test]
    fn numbers_are_no_messages() {
        for text in ["12\n13\n", "1\n", "", "12", "12 x\nFrom: a\nTo: b\n", "99999999999999999999999\nFrom: a\nTo: b\n"]
        {
            assert!(!recognises(&FORMAT, text.as_bytes(), "1.emlx"), "{text}");
        }
    }

    #[test]
    fn one_cut_off_is_read_as_far_as_it_goes() {
        let recorded = record(&FORMAT, &sample()[..50], &Limits::default());
        assert!(MESSAGE.starts_with(&recorded.members[0].text()));
        assert_eq!(recorded.troubles[0].1.reason, Reason::Malformed);
    }

    #[test]
    fn nothing_breaks_it() {
        torture(&FORMAT, &sample());
    }
}
