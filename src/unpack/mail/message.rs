//! A message: its header, its parts, and what was sent along with it.
//!
//! Holds: opening one. Must not know: what its attachments are, or how mailboxes keep it.
//!
//! Names: an attachment has its own. A part without one is told by its number in the message and an ending by its
//! kind: `part 2.1.html`. The decoded header is `header`. A message that is nothing but plain text is searched where it
//! stands, so that its lines and columns hold.

use std::io::Read;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::{Arc, OnceLock};

use memchr::memmem;
use zeroize::Zeroizing;

use super::kind::Kind;
use super::parts::{Part, Piece, walk};
use super::transfer::Transfer;
use super::{headers, shape, signed, text, uuencode};
use crate::base::{Mail, Places, Trouble};
use crate::unpack::{Content, Flow, Format, Member, Open, Probe, Raw, Sink};

/// How it is recognised and opened.
pub(in crate::unpack) const FORMAT: Format = Format {
    name: "mail message (.eml, .mht, Maildir, MH)",
    scope: "header, bodies and attachments in all transfer encodings, uuencoded files in texts, messages in messages, \
            the content of signed ones; encrypted ones are told; yEnc is searched as it is",
    recognises,
    raw: Raw::Last,
    open: Open::Whole(open),
};

/// Endings of names that say that it is one, however its header looks.
const ENDINGS: [&str; 5] = [".eml", ".mht", ".mhtml", ".emlx", ".nws"];

fn recognises(probe: &Probe<'_>) -> bool {
    shape::is_message(probe.head)
        || ((ENDINGS.iter().any(|ending| probe.ends(ending)) || is_of_mailbox(probe.name))
            && shape::may_be_message(probe.head))
}

/// Whether a name is that of a message in a mailbox.
fn is_of_mailbox(name: &str) -> bool {
    name.strip_prefix("message ").is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

#[expect(clippy::unnecessary_wraps, reason = "what fails is told of the part it belongs to")]
fn open(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Trouble> {
    let (header, body) = headers::split(shape::trimmed(bytes));
    let mail = OnceLock::new();
    let mail = || Arc::clone(mail.get_or_init(|| headers::mail(header)));
    let mut opening = Opening { sink, mail: &mail, bytes, header, whole: false };
    if walk(header, body, &mut |piece| opening.take(piece)).is_continue() {
        // It is the last there is, whether more is wanted or not.
        let _ = opening.header();
    }
    Ok(())
}

struct Opening<'a, 'm> {
    sink: &'a mut dyn Sink,
    mail: &'m (dyn Fn() -> Arc<Mail> + Sync),
    /// The whole message.
    bytes: &'m [u8],
    header: &'m [u8],
    /// Whether it was handed over as it stands, with its header.
    whole: bool,
}

impl<'m> Opening<'_, 'm> {
    fn member<'n>(&self, what: &'static str, name: &'n str) -> Member<'n>
    where
        'm: 'n,
    {
        Member { mail: Some(self.mail), ..Member::named(what, name) }
    }

    fn take(&mut self, piece: Piece<'m>) -> Flow {
        match piece {
            Piece::Part(part) => self.part(&part),
            Piece::Between(bytes) => {
                let member = Member { mail: Some(self.mail), ..Member::only("text around the parts of a message") };
                self.sink.take(member.made(Places::Lines).echo(), Content::Held(bytes))
            }
            Piece::Parted(kind, number) => {
                if kind.name == "multipart/encrypted" {
                    self.tell_sealed(&format!("part {number}"));
                }
                Continue(())
            }
        }
    }

    fn tell_sealed(&mut self, name: &str) {
        // No password opens it.
        let trouble = Trouble { option: None, ..Trouble::encrypted("is encrypted; not opened") };
        self.sink.tell(Some(name), "mail", trouble);
    }

    fn part(&mut self, part: &Part<'m>) -> Flow {
        let Part { number, kind, body } = part;
        let name = kind.file.clone().unwrap_or_else(|| format!("part {number}{}", kind.ending()));
        if matches!(kind.name.as_str(), "application/pkcs7-mime" | "application/x-pkcs7-mime") {
            return self.cryptographic(kind, &name, number, body);
        }
        if kind.is_text() {
            return self.text(kind, &name, body);
        }
        let what = if kind.is_message() { "attached message" } else { "mail attachment" };
        // The header of a message may be short; its name says what it is.
        let name = if kind.is_message() && kind.file.is_some() { format!("{name}.eml") } else { name };
        self.hand_over(what, &name, kind.transfer, body)
    }

    fn hand_over(&mut self, what: &'static str, name: &str, transfer: Transfer, body: &[u8]) -> Flow {
        let member = self.member(what, name);
        match transfer {
            Transfer::Plain => self.sink.take(member, Content::Held(body)),
            _ => self.sink.take(member, Content::Read(&mut *transfer.reader(body), Some(body.len() as u64))),
        }
    }

    fn text(&mut self, kind: &Kind, name: &str, body: &[u8]) -> Flow {
        if kind.transfer == Transfer::Plain {
            let is_all = kind.name == "text/plain" && std::ptr::eq(body, headers::split(shape::trimmed(self.bytes)).1);
            if is_all {
                self.whole = true;
                let member = Member { mail: Some(self.mail), ..Member::only("mail") };
                self.sink.take(member.made(Places::Verbatim), Content::Held(self.bytes))?;
            } else {
                self.sink.take(self.member("mail text", name), Content::Held(body))?;
            }
            return self.within(kind, name, body);
        }
        let length = body.len() as u64;
        if let Err(trouble) = self.sink.hold(length) {
            self.sink.tell(Some(name), "mail text", trouble);
            return self.hand_over("mail text", name, kind.transfer, body);
        }
        let decoded = gather(&mut *kind.transfer.reader(body), body.len());
        let mut rest = decoded.as_slice();
        let flow = match self.sink.take(self.member("mail text", name), Content::Read(&mut rest, Some(length))) {
            Continue(()) => self.within(kind, name, &decoded),
            Break(()) => Break(()),
        };
        self.sink.release(length);
        flow
    }

    /// Hands over what stands in a text: files, and the text itself where it is written in some way.
    fn within(&mut self, kind: &Kind, name: &str, bytes: &[u8]) -> Flow {
        if text::holds_sealed(bytes) {
            self.tell_sealed(name);
        }
        if let Some(drop) = kind.flowed {
            let joined = self.member("mail text", name).made(Places::Lines).echo();
            self.sink.take(joined, Content::Owned(text::join(bytes, drop)))?;
        }
        if kind.charset.contains("utf-7") {
            let plain = self.member("mail text", name).made(Places::Lines).echo();
            self.sink.take(plain, Content::Owned(text::from_utf7(bytes)))?;
        }
        uuencode::blocks(bytes).try_for_each(|block| {
            let member = self.member("uuencoded file", &block.name);
            self.sink.take(member, Content::Read(&mut *block.reader(), Some(block.body.len() as u64)))
        })
    }

    /// Hands over what is signed, and tells of what is locked.
    fn cryptographic(&mut self, kind: &Kind, name: &str, number: &str, body: &[u8]) -> Flow {
        let length = body.len() as u64;
        if let Err(trouble) = self.sink.hold(length.saturating_mul(2)) {
            self.sink.tell(Some(name), "mail attachment", trouble);
            return self.hand_over("mail attachment", name, kind.transfer, body);
        }
        let decoded = gather(&mut *kind.transfer.reader(body), body.len());
        let flow = if matches!(kind.sealed.as_str(), "enveloped-data" | "authenveloped-data")
            || signed::is_sealed(&decoded)
        {
            self.tell_sealed(name);
            Continue(())
        } else if let Some(content) = signed::content(&decoded).filter(|content| !content.is_empty()) {
            // It is a part with a header of its own, which may be short.
            let name = format!("part {number}.eml");
            self.sink.take(self.member("signed mail", &name), Content::Owned(content))
        } else {
            self.sink.take(self.member("mail attachment", name), Content::Read(&mut decoded.as_slice(), Some(length)))
        };
        self.sink.release(length.saturating_mul(2));
        flow
    }

    /// Hands over the header as it reads, with what is encoded in it.
    fn header(&mut self) -> Flow {
        let decoded = Zeroizing::new(headers::decoded(self.header).into_bytes());
        if decoded.is_empty() || (self.whole && memmem::find(self.header, b"=?").is_none()) {
            return Continue(());
        }
        self.sink.take(self.member("header", "header").made(Places::Lines).echo(), Content::Owned(decoded))
    }
}

/// All that a decoder yields, of which there is not more than it is made of.
fn gather(reader: &mut dyn Read, most: usize) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(vec![0; most]);
    let mut length = 0;
    while length < most {
        match reader.read(&mut bytes[length..]) {
            Ok(count) if count > 0 => length += count,
            _ => break,
        }
    }
    bytes.truncate(length);
    bytes
}

#[cfg(test)]
mod tests;
