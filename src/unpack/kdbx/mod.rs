//! Databases of `KeePass` 2 (KDBX), which a password opens.
//!
//! Holds: opening them: what is in one as XML, without its inner locks, and what is attached. Must not know: what the
//! XML means to people. The crate `keepass` spends whatever memory a header names and holds all as strings.

mod blocks;
mod cipher;
mod document;
mod header;
mod inner;
mod key;
mod mask;
mod packed;
#[cfg(test)]
mod tests;

use std::ops::ControlFlow::Break;

use zeroize::Zeroizing;

use super::{Content, Flow, Format, Member, Open, Raw, Sink};
use crate::base::Trouble;
use crate::codec::base64_bytes;
use document::{Stored, Survey};
use header::{Header, Version};
use inner::Inner;
use mask::Mask;

/// How it is recognised and opened.
pub(super) const FORMAT: Format = Format {
    name: "KeePass database (.kdbx)",
    scope: "versions 3 and 4 with a given password: its XML with all values unlocked, the history too, and \
            attachments; AES and ChaCha20, AES-KDF and Argon2 up to --max-rounds and --max-kdf-memory; not: key files, \
            hardware keys, Twofish, databases of KeePass 1",
    recognises: |probe| header::recognises(probe.head),
    raw: Raw::Last,
    open: Open::Whole(open),
};

/// What the content of a database is called in it.
const CONTENT: &str = "content.xml";

fn open(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Trouble> {
    let header = Header::read(bytes)?;
    let keys = key::find(&header, sink)?;
    holding(header.body.len() as u64, sink, |sink| {
        let (body, trouble) = blocks::body(&header, &keys)?;
        let result = if header.is_packed {
            packed::unpack(&body, sink, |content, damage, sink| hand_over(&header, content, damage, sink))
        } else {
            hand_over(&header, &body, None, sink)
        };
        // What is told first is what came first.
        trouble.map_or(result, Err)
    })
}

/// Does something while memory is held for it.
fn holding<T>(
    memory: u64,
    sink: &mut dyn Sink,
    work: impl FnOnce(&mut dyn Sink) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    sink.hold(memory)?;
    let result = work(sink);
    sink.release(memory);
    result
}

/// Hands over what is in a database, as far as it could be unpacked.
fn hand_over(header: &Header<'_>, content: &[u8], damage: Option<Trouble>, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let inner = match header.version {
        Version::Three => {
            let mask = Mask::of(header.mask, header.mask_key)?;
            Inner { xml: content, mask, attached: Vec::new(), is_cut: false }
        }
        Version::Four => Inner::read(content)?,
    };
    let sound = utf8(inner.xml);
    // To find out how long it becomes, and to make it.
    sink.spend(2 * inner.xml.len() as u64)?;
    let mut length = 0;
    let survey = document::unmask(sound, &inner.mask, &mut |bytes| length += bytes.len())?;
    length += inner.xml.len() - sound.len();
    let flow = holding(length as u64, sink, |sink| {
        if inner.is_cut {
            return Ok(Flow::Continue(()));
        }
        let mut xml = Zeroizing::new(Vec::with_capacity(length));
        document::unmask(sound, &inner.mask, &mut |bytes| xml.extend_from_slice(bytes))?;
        xml.extend_from_slice(inner.xml.get(sound.len()..).unwrap_or_default());
        Ok(sink.take(Member::named("KeePass database", CONTENT), Content::Owned(xml)))
    })?;
    if flow.is_continue() {
        // Whoever wants no more knows why.
        let _ = attachments(&inner, sound, &survey, sink)?;
    }
    if let Some(trouble) = damage {
        return Err(trouble);
    }
    if inner.is_cut {
        return Err(Trouble::malformed("ends early"));
    }
    if !survey.is_sound || sound.len() < inner.xml.len() {
        return Err(Trouble::malformed("holds damaged XML"));
    }
    if survey.header.is_some_and(|sum| sum[..] != header.sum()[..]) {
        return Err(Trouble::malformed("has a header that was changed; protected values in it may be lost"));
    }
    Ok(())
}

/// Hands over what is attached.
fn attachments(inner: &Inner<'_>, xml: &str, survey: &Survey, sink: &mut dyn Sink) -> Result<Flow, Trouble> {
    for (number, bytes) in (0..).zip(&inner.attached) {
        let name = survey.name(number, xml);
        if sink.take(Member::named("KeePass attachment", &name), Content::Held(bytes)).is_break() {
            return Ok(Break(()));
        }
    }
    for stored in &survey.stored {
        let name = stored.name.as_ref().map_or_else(|| survey.name(stored.number, xml), |at| document::text(xml, at));
        let flow = holding(stored.text.len() as u64, sink, |sink| {
            let bytes = decode(inner, xml, stored)?;
            let member = Member::named("KeePass attachment", &name);
            if stored.is_packed {
                match packed::reader(&bytes) {
                    Some(mut reader) => Ok(sink.take(member, Content::Read(&mut reader, Some(bytes.len() as u64)))),
                    None => {
                        sink.tell(Some(&name), "KeePass attachment", Trouble::malformed("is damaged"));
                        Ok(sink.take(member, Content::Owned(bytes)))
                    }
                }
            } else {
                Ok(sink.take(member, Content::Owned(bytes)))
            }
        })?;
        if flow.is_break() {
            return Ok(flow);
        }
    }
    Ok(Flow::Continue(()))
}

/// The bytes of something attached that stands in the XML.
fn decode(inner: &Inner<'_>, xml: &str, stored: &Stored) -> Result<Zeroizing<Vec<u8>>, Trouble> {
    let text = xml.as_bytes().get(stored.text.clone()).unwrap_or_default();
    let digits: Zeroizing<Vec<u8>> =
        Zeroizing::new(text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect());
    let mut bytes = Zeroizing::new(base64_bytes(&digits));
    if let Some(at) = stored.masked_from {
        inner.mask.begin()?.lift_at(at, &mut bytes)?;
    }
    Ok(bytes)
}

/// As much of some bytes as is text.
fn utf8(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
    }
}
