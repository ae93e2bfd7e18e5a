//! The XML of a database.
//!
//! Holds: lifting the mask from the values in it, and finding what is attached. Must not know: how it was locked, or
//! what entries mean.

use std::collections::BTreeMap;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zeroize::Zeroizing;

use super::mask::{Lifting, Mask};
use crate::base::Trouble;
use crate::codec::{base64_bytes, base64_into, is_base64};

/// Digits of base64 that are decoded at once.
const STEP: usize = 4096;

/// Characters of the name of something attached.
const NAME: usize = 1000;

/// What the XML says besides its text.
#[derive(Default)]
pub(super) struct Survey {
    /// What is attached and stands in the XML.
    pub(super) stored: Vec<Stored>,
    /// Where the names of what is attached stand, by its number.
    names: BTreeMap<u32, Range<usize>>,
    /// The sum of the header, where it is told.
    pub(super) header: Option<[u8; 32]>,
    /// Whether it could be read to its end.
    pub(super) is_sound: bool,
}

/// Something attached that stands in the XML.
pub(super) struct Stored {
    pub(super) number: u32,
    /// Where its name stands; else it has one by its number.
    pub(super) name: Option<Range<usize>>,
    /// Where it stands itself, in base64.
    pub(super) text: Range<usize>,
    pub(super) is_packed: bool,
    /// Bytes that the mask covered before, where it is masked.
    pub(super) masked_from: Option<u64>,
}

impl Survey {
    /// The name of something attached.
    pub(super) fn name(&self, number: u32, xml: &str) -> String {
        self.names.get(&number).map_or_else(|| format!("attachment {number}"), |at| text(xml, at))
    }
}

/// Some text of the XML as it is meant, as far as a name may go.
pub(super) fn text(xml: &str, at: &Range<usize>) -> String {
    let raw = xml.get(at.clone()).unwrap_or_default();
    let raw = raw.char_indices().nth(NAME).map_or(raw, |(end, _)| &raw[..end]);
    quick_xml::escape::unescape(raw).map_or_else(|_| raw.to_owned(), std::borrow::Cow::into_owned)
}

/// Gives out the XML piece by piece, with all values unmasked, and without what is attached.
pub(super) fn unmask(xml: &str, mask: &Mask, out: &mut dyn FnMut(&[u8])) -> Result<Survey, Trouble> {
    let mut reader = Reader::from_str(xml);
    let mut walk =
        Walk { xml, out, lifting: mask.begin()?, lifted: 0, copied: 0, place: Place::Else, survey: Survey::default() };
    let mut depth = 0_usize;
    loop {
        let start = position(&reader, xml);
        match reader.read_event() {
            Ok(Event::Start(element)) => {
                depth += 1;
                let behind = position(&reader, xml);
                let end = xml.as_bytes().get(behind..).and_then(|rest| memchr::memchr(b'<', rest));
                walk.enter(&element, start, behind..end.map_or(xml.len(), |end| behind + end))?;
            }
            Ok(Event::Empty(element)) => walk.refer(&element),
            Ok(Event::End(element)) => {
                depth = depth.saturating_sub(1);
                walk.leave(element.name().as_ref());
            }
            Ok(Event::Eof) => {
                walk.survey.is_sound = depth == 0;
                break;
            }
            Ok(_) => {}
            Err(_) => break,
        }
    }
    walk.copy_to(xml.len());
    Ok(walk.survey)
}

fn position(reader: &Reader<&[u8]>, xml: &str) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).min(xml.len())
}

/// What is known on the way through the XML.
struct Walk<'x, 'o> {
    xml: &'x str,
    out: &'o mut dyn FnMut(&[u8]),
    lifting: Lifting,
    /// Bytes that the mask has covered.
    lifted: u64,
    /// How much of the XML was given out, or left out.
    copied: usize,
    place: Place,
    survey: Survey,
}

/// Where elements stand.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// Among all that is attached in version 3.
    Pool,
    /// In what an entry says of something attached: where its name stands.
    Attached(Option<Range<usize>>),
    Else,
}

impl Walk<'_, '_> {
    fn copy_to(&mut self, end: usize) {
        let piece = self.xml.as_bytes().get(self.copied..end).unwrap_or_default();
        (self.out)(piece);
        self.copied = self.copied.max(end);
    }

    /// Takes the beginning of an element, and the text right behind it.
    fn enter(&mut self, element: &BytesStart<'_>, start: usize, text: Range<usize>) -> Result<(), Trouble> {
        let name = element.name();
        let is_masked = is_true(element, "Protected");
        match (name.as_ref(), &self.place) {
            ("Binaries", Place::Else) => self.place = Place::Pool,
            ("Binary", Place::Pool) => {
                let number = attribute(element, "ID").and_then(|number| number.parse().ok()).unwrap_or(u32::MAX);
                return self.store(number, None, is_true(element, "Compressed"), is_masked, text);
            }
            ("Binary", Place::Else) => self.place = Place::Attached(None),
            ("Key", Place::Attached(_)) => self.place = Place::Attached(Some(text)),
            ("Value", Place::Attached(at)) => {
                if attribute(element, "Ref").is_some() {
                    self.refer(element);
                } else if !text.is_empty() {
                    let (at, is_packed) = (at.clone(), is_true(element, "Compressed"));
                    return self.store(u32::MAX, at, is_packed, is_masked, text);
                }
            }
            ("HeaderHash", _) => {
                let (digits, mut sum) = (self.xml.as_bytes().get(text).unwrap_or_default(), [0; 32]);
                self.survey.header = base64_into(digits.trim_ascii(), &mut sum).then_some(sum);
            }
            (name, _) if is_masked => {
                self.copy_to(start);
                (self.out)(format!("<{name} ProtectInMemory=\"True\">").as_bytes());
                self.copied = text.end;
                self.lift(text)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn leave(&mut self, name: &str) {
        if matches!((name, &self.place), ("Binaries", Place::Pool) | ("Binary", Place::Attached(_))) {
            self.place = Place::Else;
        }
    }

    /// Takes what an entry calls something attached.
    fn refer(&mut self, element: &BytesStart<'_>) {
        if let Place::Attached(Some(at)) = &self.place
            && let Some(number) = attribute(element, "Ref").and_then(|number| number.parse().ok())
        {
            self.survey.names.entry(number).or_insert_with(|| at.clone());
        }
    }

    /// Leaves out what is attached: it is handed over by itself.
    fn store(
        &mut self,
        number: u32,
        name: Option<Range<usize>>,
        is_packed: bool,
        is_masked: bool,
        text: Range<usize>,
    ) -> Result<(), Trouble> {
        self.copy_to(text.start);
        self.copied = text.end;
        let masked_from = is_masked.then_some(self.lifted);
        if is_masked {
            let digits = self.xml.as_bytes().get(text.clone()).unwrap_or_default();
            let count = digits.iter().filter(|digit| is_base64(**digit)).count() as u64;
            self.lifted += count * 3 / 4;
            self.lifting.lift_at(self.lifted, &mut [])?;
        }
        self.survey.stored.push(Stored { number, name, text, is_packed, masked_from });
        Ok(())
    }

    /// Gives out a value without its mask.
    fn lift(&mut self, text: Range<usize>) -> Result<(), Trouble> {
        let (mut digits, mut count) = ([0; STEP], 0);
        let text = self.xml.as_bytes().get(text).unwrap_or_default();
        for digit in text.iter().filter(|digit| is_base64(**digit)) {
            digits[count] = *digit;
            count += 1;
            if count == STEP {
                self.give(&digits)?;
                count = 0;
            }
        }
        self.give(&digits[..count])
    }

    fn give(&mut self, digits: &[u8]) -> Result<(), Trouble> {
        let mut plain = Zeroizing::new(base64_bytes(digits));
        self.lifting.lift(&mut plain)?;
        self.lifted += plain.len() as u64;
        for piece in plain.split_inclusive(|byte| matches!(byte, b'&' | b'<' | b'>')) {
            let entity: &[u8] = match piece.last() {
                Some(b'&') => b"&amp;",
                Some(b'<') => b"&lt;",
                Some(b'>') => b"&gt;",
                _ => b"",
            };
            (self.out)(&piece[..piece.len() - usize::from(!entity.is_empty())]);
            (self.out)(entity);
        }
        Ok(())
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    element.try_get_attribute(name).ok().flatten().map(|attribute| attribute.value.into_owned())
}

fn is_true(element: &BytesStart<'_>, name: &str) -> bool {
    attribute(element, name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
}
