//! Finds the places where joining or laying out the text of markup yields what its bytes do not show.
//!
//! Holds: the one pass over all bytes, which must cost next to nothing where there is no such place. Must not know:
//! where the bytes come from, or what becomes of a place.

use std::ops::Range;

use super::joint::{Between, Joint};
use super::piece::{is_token, is_token_char, is_unseen, read, reference, reference_before, wide, wide_before};
use super::value::{SHORT_LINE, SHORTEST, Value};

/// The longest value, and how far back its beginning is looked for.
pub(super) const LONGEST: usize = 16 << 10;
const BACK: usize = 512;

/// The most blanks and line ends in a row within a value, or behind it in its cell.
const BLANKS: usize = 128;

/// A place that is worth it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The bytes of the value, tags included.
    pub(super) range: Range<usize>,
    /// Whether it is all of a cell or an element, so that what it is stands further off.
    pub(super) alone: bool,
}

/// What is met on the way.
pub(super) enum Sight {
    /// A place that is worth it.
    Place(Place),
    /// The beginning of a table.
    Table(usize),
}

/// Calls back for what begins in a range, in order. Returns where to go on.
pub(super) fn seek(text: &[u8], range: Range<usize>, found: &mut impl FnMut(Sight)) -> usize {
    let Range { start: mut at, end } = range;
    while at < end {
        let Some(next) = memchr::memchr2(b'<', b'&', &text[at..end]).map(|index| at + index) else { break };
        at = next + 1;
        if text[next] == b'&' {
            if text.get(next + 1) == Some(&b'#') {
                at = value(text, next, found).max(at);
            }
            continue;
        }
        if let [_, b't' | b'T', b'a' | b'A', b'b' | b'B', ..] = &text[next..] {
            found(Sight::Table(next));
        }
        let Some(last) = next.checked_sub(1).map(|index| text[index]) else { continue };
        if is_token(last) || last == b';' || last >= 0x80 {
            at = value(text, next, found).max(at);
        } else if last == b'>' {
            if text[..next].ends_with(b"]]>") {
                at = value(text, next - b"]]>".len(), found).max(at);
            }
        } else if last.is_ascii_whitespace() {
            let blanks = text[..next].iter().rev().take(BLANKS).take_while(|byte| byte.is_ascii_whitespace()).count();
            alone(text, next - blanks, found);
        }
    }
    at.max(end)
}

/// Whether a run that ends at a place is all of a cell: so long as those values are that have no structure.
fn alone(text: &[u8], end: usize, found: &mut impl FnMut(Sight)) {
    // Words are shorter: the first question spares the others.
    let Some(middle) = end.checked_sub(24) else { return };
    if !text[middle].is_ascii_alphanumeric() || !text[end - 1].is_ascii_alphanumeric() {
        return;
    }
    let run = text[..end].iter().rev().take(65).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let digits = text[end - run..end].iter().any(u8::is_ascii_digit);
    if matches!(run, 40 | 64) && digits {
        found(Sight::Place(Place { range: end - run..end, alone: true }));
    }
}

/// Follows a value from the first markup in it. Returns where it ends, behind which others may begin.
fn value(text: &[u8], at: usize, found: &mut impl FnMut(Sight)) -> usize {
    alone(text, at, found);
    // Most words end with their tags.
    if let Some(end) = short(text, at) {
        return end;
    }
    let end = text.len().min(at + LONGEST);
    let (next, first) = pass(text, at, end);
    if first == Between::Row {
        // A table may begin there.
        return at;
    }
    if next >= end || !goes_on(&text[next..end]) || first > Between::Line {
        return next;
    }
    let mut value = Value::at(at);
    let start = begin(text, at, &mut value);
    let mut here = at;
    while here < end {
        let byte = text[here];
        if is_token(byte) {
            here += 1;
            value.add(byte, here);
            continue;
        }
        if byte == b'&' || byte >= 0x80 {
            let Some((stands_for, width)) = behind(&text[here..end]) else { break };
            here += width;
            value.passed |= byte == b'&' || stands_for.is_none();
            if let Some(stands_for) = stands_for {
                value.add(stands_for, here);
            }
            continue;
        }
        let (next, between) = pass(text, here, end);
        if next == here || between > Between::Line {
            break;
        }
        value.passed |= text[here..next].iter().any(|byte| !byte.is_ascii_whitespace());
        if between == Between::Line && !value.wrap() {
            break;
        }
        here = next;
    }
    if value.is_worth_it() {
        found(Sight::Place(Place { range: start..value.end, alone: false }));
    }
    here
}

/// Where a word ends that is no value, whatever the tags in it are; nothing where that takes a closer look.
fn short(text: &[u8], at: usize) -> Option<usize> {
    let run = |text: &mut dyn Iterator<Item = &u8>| {
        let run = text.take(SHORTEST).take_while(|byte| is_token(**byte));
        run.fold((0, false), |(length, digit), byte| (length + 1, digit | byte.is_ascii_digit()))
    };
    let (mut last, mut digit) = run(&mut text[..at].iter().rev());
    if before(&text[..at - last]).is_some() {
        return None;
    }
    let (mut all, mut here) = (last, at);
    loop {
        match text.get(here..)? {
            // Cells are apart.
            [b'<', b't', b'd' | b'r' | b'h', b' ' | b'>', ..]
            | [b'<', b'/', b't', b'd' | b'r' | b'h', b'>', ..]
            | [b'<', b't' | b'T', b'a' | b'A', b'b' | b'B', ..] => return Some(here),
            rest @ [b'<', ..] => here += skip(rest)?,
            [byte, ..] if is_token(*byte) => {
                let (length, number) = run(&mut text[here..].iter());
                (last, all, digit, here) = (length, all + length, digit || number, here + length);
            }
            [b' ' | b'\t' | b'\r' | b'\n', ..] if last < SHORT_LINE || !digit => return Some(here),
            [b'&', b'l' | b'g', b't', ..] => return Some(here),
            [b'&' | 0x80.., ..] => return if behind(&text[here..]).is_some() { None } else { Some(here) },
            [b' ' | b'\t' | b'\r' | b'\n' | b']', ..] => return None,
            _ => return Some(here),
        }
        if all >= SHORTEST && digit {
            return None;
        }
        // So far without a digit, or nothing but tags.
        if here - at > LONGEST {
            return Some(here);
        }
    }
}

/// What a text begins with that is no plain character and may stand within a value: its byte there, if it has one.
fn behind(text: &[u8]) -> Option<(Option<u8>, usize)> {
    let found = if text.first() == Some(&b'&') { reference(text) } else { wide(text) };
    found.and_then(within)
}

/// The same of its end.
fn before(text: &[u8]) -> Option<(Option<u8>, usize)> {
    let found = match text.last() {
        Some(b';') => reference_before(text),
        Some(0x80..) => wide_before(text),
        _ => None,
    };
    found.and_then(within)
}

fn within((character, width): (char, usize)) -> Option<(Option<u8>, usize)> {
    if is_unseen(character) {
        return Some((None, width));
    }
    is_token_char(character).then(|| (Some(u8::try_from(character).unwrap_or(b'-')), width))
}

/// How wide a tag is, where that is plain to see. A `<` within it says that it is none, or that it is not plain.
fn skip(text: &[u8]) -> Option<usize> {
    let first = if text.get(1) == Some(&b'/') { 2 } else { 1 };
    text.get(first).filter(|byte| byte.is_ascii_alphabetic())?;
    for (index, byte) in text.iter().enumerate().take(12).skip(1) {
        match byte {
            b'>' => return Some(index + 1),
            b'!' | b'?' | b'"' | b'\'' | b'<' => return None,
            b' ' => break,
            _ => {}
        }
    }
    let end = 1 + memchr::memchr2(b'<', b'>', &text[1..text.len().min(512)])?;
    if text[end] == b'<' {
        return None;
    }
    // The quote before it closes an attribute, or there is none.
    let quoted = matches!(text[end - 1], b'"' | b'\'') && text[end - 2] != b'=';
    (quoted || memchr::memchr2(b'"', b'\'', &text[..end]).is_none()).then_some(end + 1)
}

/// Counts what stands before the first markup, and says where it begins.
fn begin(text: &[u8], at: usize, value: &mut Value) -> usize {
    let mut start = at;
    while start > at.saturating_sub(BACK) {
        let last = text[start - 1];
        let (stands_for, width) = match before(&text[..start]) {
            _ if is_token(last) => (Some(last), 1),
            Some(found) => found,
            None => break,
        };
        start -= width;
        if let Some(byte) = stands_for {
            value.add(byte, at);
        }
    }
    start
}

/// Whether a text may go on with a value.
fn goes_on(text: &[u8]) -> bool {
    text.first().is_some_and(|byte| is_token(*byte) || *byte == b'&' || *byte >= 0x80)
}

/// Goes over markup, line ends and what nobody sees. Says where they end, and what they come to; blanks alone end a
/// value.
fn pass(text: &[u8], at: usize, end: usize) -> (usize, Between) {
    let (mut here, mut joint, mut wrapped) = (at, Joint::default(), false);
    while here < end {
        match text[here] {
            b'<' | b']' => {
                let Some(piece) = read(&text[here..end]) else { break };
                joint.pass(piece.sort);
                here += piece.width;
                // Nothing behind it makes it less.
                if joint.between() == Between::Row {
                    break;
                }
            }
            b'\n' | b'\r' | b' ' | b'\t' => {
                let blanks = text[here..end].iter().take(BLANKS).take_while(|byte| byte.is_ascii_whitespace()).count();
                let ends = text[here..here + blanks].iter().any(|byte| matches!(byte, b'\n' | b'\r'));
                // Behind `<br>` and before it blanks mean nothing.
                if !ends && joint.between() == Between::Nothing && text.get(here + blanks) != Some(&b'<') {
                    return (at, Between::Row);
                }
                wrapped |= ends;
                here += blanks;
                if !ends && joint.between() == Between::Nothing {
                    match read(&text[here..end]) {
                        Some(piece) => joint.pass(piece.sort),
                        None => return (at, Between::Row),
                    }
                    if joint.between() == Between::Nothing {
                        return (at, Between::Row);
                    }
                }
            }
            b'&' | 0x80.. => match behind(&text[here..end]) {
                Some((None, width)) => here += width,
                _ => break,
            },
            _ => break,
        }
    }
    let between = joint.between();
    (here, if wrapped { between.max(Between::Line) } else { between })
}
