//! Passwords that something is assigned: `NAME=value`, `"name": "value"`, `<Name>value</Name>`,
//! `setName("value")`.
//!
//! Holds: the signs between a name and its value. Must not know: sentences, command lines.

use std::ops::Range;

use super::name::{Name, Word};
use super::plain::Dress;
use super::quoted::{self, Quoted};
use super::refuse;
use super::{Offer, Strength};

/// How far behind a name its value may begin, in another attribute or on another line.
const APART: usize = 96;

/// The sign between a name and its value, and what stands around it.
struct Sign {
    colon: bool,
    /// Blanks stand before and behind it, as people write in code.
    spaced: bool,
    /// Where the value begins.
    value: usize,
}

/// Reads what is assigned to a name. Tells whether there was a sign of one.
pub(super) fn read(text: &[u8], name: &Name, offer: &mut Offer<'_>) -> bool {
    let before = name.byte_before(text);
    let mut at = name.end;
    let closing = quoted::quote_at(text, at).filter(|_| before.is_some_and(|byte| b"\"'`".contains(&byte)));
    let strength = |end: usize| super::strength_of(text, name, end, Strength::Plain);
    if text.get(at..at + 2) == Some(b":-") && before == Some(b'{') {
        enclosed(text, at + 2, b'}', name, offer);
        return true;
    }
    if is_element(text, name) {
        if before != Some(b'/') {
            element(text, at, name, offer);
        }
        return true;
    }
    if let Some(width) = closing {
        at += width;
        // `ok ? "pass" : "fail"`.
        if has_before(text, name.start.saturating_sub(1), b"? ") {
            return true;
        }
        if pair(text, at, name, offer) {
            return true;
        }
        at += usize::from(text.get(at) == Some(&b']'));
    } else if ends_line(text, at) && has_before(text, name.start, b"name: ") {
        return far_value(text, at, name, offer);
    }
    if text.get(at) == Some(&b'[') {
        at +=
            text.get(at..).and_then(|rest| rest.iter().take(8).position(|byte| *byte == b']')).map_or(0, |end| end + 1);
    }
    if text.get(at) == Some(&b'(') {
        call(text, at + 1, name, offer);
        return true;
    }
    let Some(sign) = sign_at(text, at) else { return false };
    let Some(sign) = sign else { return true };
    if closing.is_none() && is_spoken(text, name, &sign) {
        return false;
    }
    // An arm of a match: `Kind::Pass => "…"`.
    if closing.is_none() && has_before(text, name.start, b"::") {
        return true;
    }
    if let Some(value) = literal_at(text, &sign) {
        if !is_part(text, value.end) {
            offer_quoted(text, &value, name.word != Word::Pass, strength(value.range.start), offer);
        }
        return true;
    }
    bare(text, name, &sign, before, offer);
    true
}

/// The sign of an assignment at a place; `Some(None)` where it is that of something else.
#[expect(clippy::option_option, reason = "no sign, another sign, and a sign are three things")]
fn sign_at(text: &[u8], at: usize) -> Option<Option<Sign>> {
    let begin = super::skip_blanks(text, at);
    let rest = text.get(begin..)?;
    let (colon, width) = match rest {
        [b'=', b'=' | b'~', ..] | [b':', b':', ..] | [b'!', ..] => return Some(None),
        [b'=', b'>', ..] | [b':' | b'?', b'=', ..] => (false, 2),
        [b'?', b':', ..] => (true, 2),
        [b'=', ..] => (false, 1),
        [b':', ..] => (true, 1),
        _ => return None,
    };
    let behind = begin + width;
    let value = super::skip_blanks(text, behind);
    Some(Some(Sign { colon, spaced: begin > at && value > behind, value }))
}

/// Whether it is said rather than assigned: `Hasło: …` at the beginning of a line or a sentence.
fn is_spoken(text: &[u8], name: &Name, sign: &Sign) -> bool {
    if !name.alone || name.dashes > 1 || name.word == Word::Pwd || !(sign.colon || sign.spaced) {
        return false;
    }
    if name.is_polish() {
        return !matches!(name.byte_before(text), Some(b'"' | b'\'' | b'$' | b'{' | b'['));
    }
    let plain_quote = quoted::quote_at(text, sign.value).is_some()
        || (quoted::read(text, sign.value).is_none() && literal_at(text, sign).is_some());
    let line = line_before(text, name.start);
    let indent = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let said = line.iter().skip(indent).all(|byte| !b"{(,\"'$=;[<".contains(byte));
    sign.colon && !plain_quote && said && (indent < 2 || indent < line.len())
}

/// What stands before a place on its line.
fn line_before(text: &[u8], at: usize) -> &[u8] {
    let before = text.get(at.saturating_sub(200)..at).unwrap_or_default();
    let start = memchr::memrchr2(b'\n', b'\r', before).map_or(0, |end| end + 1);
    before.get(start..).unwrap_or_default()
}

fn ends_line(text: &[u8], at: usize) -> bool {
    matches!(text.get(super::skip_blanks(text, at)), None | Some(b'\n' | b'\r'))
}

fn has_before(text: &[u8], at: usize, word: &[u8]) -> bool {
    at.checked_sub(word.len()).is_some_and(|from| super::starts_with(text, from, word))
}

/// The quoted value behind a sign, be it behind a type or what makes it a secure string.
fn literal_at(text: &[u8], sign: &Sign) -> Option<Quoted> {
    if let Some(value) = quoted::read(text, sign.value).or_else(|| quoted::read_secure(text, sign.value)) {
        return Some(value);
    }
    let line = text.get(sign.value..text.len().min(sign.value + 64))?;
    let line = line.split(|byte| matches!(byte, b'\n' | b'\r')).next()?;
    // `password: &'static str = "…"`, `password string = "…"`.
    let equals = memchr::memmem::find(line, b" = ").filter(|_| sign.colon)?;
    let kind = line.get(..equals)?;
    let is_type = kind.iter().all(|byte| byte.is_ascii_alphanumeric() || b"&'<>?[]_. |:".contains(byte));
    if is_type { quoted::read(text, sign.value + equals + 3) } else { None }
}

/// Whether the literal that ends here is but a part of the value: `"a" + b`, `"a" % b`.
fn is_part(text: &[u8], end: usize) -> bool {
    let rest = text.get(super::skip_blanks(text, end)..).unwrap_or_default();
    matches!(rest, [b'+' | b'%', ..] | [b'.', b' ' | b'$', ..]) || rest.starts_with(b".format(")
}

fn offer_quoted(text: &[u8], value: &Quoted, blanks: bool, strength: Strength, offer: &mut Offer<'_>) {
    let raw = text.get(value.range.clone()).unwrap_or_default();
    let filled = value.interpolated && raw.contains(&b'{');
    if !filled && (blanks || strength == Strength::Named || !raw.contains(&b' ')) {
        offer.offer(&value.range, value.dress, strength);
    }
}

/// `.WithPassword("…")`, `setKeyPassword("…")`.
fn call(text: &[u8], at: usize, name: &Name, offer: &mut Offer<'_>) {
    let begin = super::skip_blanks(text, at);
    let Some(value) = quoted::read(text, begin) else { return };
    let next = text.get(super::skip_blanks(text, value.end));
    if matches!(next, Some(b')' | b',' | b'.')) && !is_part(text, value.end) {
        let strength = super::strength_of(text, name, begin, Strength::Plain);
        offer_quoted(text, &value, false, strength, offer);
    }
}

/// A name and its value as two literals, or in two attributes. Tells whether they were.
fn pair(text: &[u8], at: usize, name: &Name, offer: &mut Offer<'_>) -> bool {
    let open = name.start.saturating_sub(name.dashes + 1);
    if [&b"type="[..], b"for=", b"class=", b"placeholder=", b"autocomplete="]
        .iter()
        .any(|head| has_before(text, open, head))
    {
        return true;
    }
    let begin = super::skip_blanks(text, at);
    if text.get(begin) == Some(&b',')
        && let Some(value) = quoted::read(text, super::skip_blanks(text, begin + 1))
    {
        let next = text.get(super::skip_blanks(text, value.end));
        let is_flag = text.get(value.range.start) == Some(&b'-');
        if !is_flag && (name.dashes > 0 || next == Some(&b')')) {
            let strength = super::strength_of(text, name, at, Strength::Plain);
            offer_quoted(text, &value, false, strength, offer);
            return true;
        }
    }
    // `<param name="password">` is a comment that tells what it is for.
    let told = has_before(text, open, b"<param name=");
    if !told
        && text.get(begin) == Some(&b'>')
        && [&b"name="[..], b"key="].iter().any(|head| has_before(text, open, head))
    {
        enclosed(text, begin + 1, b'<', name, offer);
    }
    matches!(text.get(begin), Some(b',' | b'>' | b'/' | b'}' | b'\r' | b'\n' | b'v' | b'V' | b'x'))
        && far_value(text, at, name, offer)
}

/// The value that is called `value`: `key="Password" value="…"`, `name: PASSWORD` above `value: …`.
fn far_value(text: &[u8], at: usize, name: &Name, offer: &mut Offer<'_>) -> bool {
    let near = text.get(at..text.len().min(at + APART)).unwrap_or_default();
    let Some(found) = near.windows(5).position(|part| part.eq_ignore_ascii_case(b"value")) else { return false };
    let between = near.get(..found).unwrap_or_default();
    let apart = between.contains(&b'}') || between.windows(2).any(|pair| pair == b"</" || pair == b"/>");
    let mut next = at + found + 5;
    if apart || between.iter().any(u8::is_ascii_uppercase) {
        return false;
    }
    if text.get(next) == Some(&b'>') {
        enclosed(text, next + 1, b'<', name, offer);
        return true;
    }
    next += quoted::quote_at(text, next).unwrap_or(0);
    let Some(Some(sign)) = sign_at(text, next) else { return false };
    let strength = super::strength_of(text, name, at, Strength::Plain);
    if let Some(value) = quoted::read(text, sign.value) {
        offer_quoted(text, &value, true, strength, offer);
    } else {
        bare(text, name, &sign, None, offer);
    }
    true
}

/// Whether the name is that of an element: `<Password`, `<ns:Password`, `</Password`.
fn is_element(text: &[u8], name: &Name) -> bool {
    let before = text.get(name.start.saturating_sub(24)..name.start).unwrap_or_default();
    let close = matches!(text.get(name.end), Some(b'>' | b' '));
    let open = before.iter().rposition(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'/')));
    close
        && open.is_some_and(|open| before.get(open) == Some(&b'<'))
        && (before.ends_with(b"<") || before.ends_with(b":") || before.ends_with(b"/"))
}

fn element(text: &[u8], at: usize, name: &Name, offer: &mut Offer<'_>) {
    let rest = text.get(at..text.len().min(at + APART)).unwrap_or_default();
    let open = rest.iter().position(|byte| matches!(byte, b'>' | b'\n' | b'<'));
    if let Some(open) =
        open.filter(|open| rest.get(*open) == Some(&b'>') && !rest.get(..*open).is_some_and(|tag| tag.ends_with(b"/")))
    {
        enclosed(text, at + open + 1, b'<', name, offer);
    }
}

/// What stands between a place and the sign that ends it.
fn enclosed(text: &[u8], at: usize, end: u8, name: &Name, offer: &mut Offer<'_>) {
    const CDATA: &[u8] = b"<![CDATA[";
    let blank = |range: Range<usize>| {
        text.get(range).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_whitespace()).count()
    };
    let mut start = at + blank(at..text.len());
    let mut rest = text.get(start..text.len().min(start + 300)).unwrap_or_default();
    let mut length = memchr::memchr(end, rest);
    if rest.starts_with(CDATA) {
        start += CDATA.len();
        rest = rest.get(CDATA.len()..).unwrap_or_default();
        length = memchr::memmem::find(rest, b"]]>");
    }
    let Some(content) = length.and_then(|length| rest.get(..length)) else { return };
    let range = start..start + content.trim_ascii_end().len();
    let strength = super::strength_of(text, name, at, Strength::Plain);
    offer.offer(&range, Dress::Enclosed, strength);
}

/// A value without quotes.
fn bare(text: &[u8], name: &Name, sign: &Sign, before: Option<u8>, offer: &mut Offer<'_>) {
    let mut at = sign.value;
    // `>-` and `|`: the value stands on the next line.
    let marks = [&b"|"[..], b">", b"|-", b">-"];
    let block = marks.iter().find(|mark| {
        let end = at + mark.len();
        text.get(at..end) == Some(**mark) && matches!(text.get(end), Some(b'\n' | b'\r'))
    });
    if let Some(mark) = block {
        at += mark.len();
        at += text.get(at..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    }
    let in_url = matches!(before, Some(b'?' | b'&')) && !sign.colon;
    let stop = super::word_end(text, at);
    let whole = text.get(at..stop).unwrap_or_default();
    let ends = |byte: &u8| matches!(byte, b'"' | b'\'' | b'`') || (in_url && matches!(byte, b'&' | b'#' | b'<' | b'>'));
    let whole = whole.get(..whole.iter().position(ends).unwrap_or(whole.len())).unwrap_or_default();
    let own = text.get(name.start..name.end).unwrap_or_default();
    let is_environment = !sign.colon && !sign.spaced && !own.iter().any(u8::is_ascii_lowercase);
    let is_path = name.word == Word::Pwd && (own.len() == 3 && !in_list(text, name)) || whole.starts_with(b"http");
    if is_path {
        return;
    }
    let cut = whole.iter().enumerate().position(|(index, byte)| {
        matches!(byte, b';' | b',' | b')' | b'}' | b']' | b'<' | b'&')
            || (*byte == b'\\' && matches!(whole.get(index + 1), Some(b'n' | b'r' | b't')))
    });
    let short = whole.get(..cut.unwrap_or(whole.len())).unwrap_or_default();
    let strength = super::strength_of(text, name, at, Strength::Plain);
    if !is_environment && is_code_here(text, at, whole, short, sign, in_list(text, name)) {
        return;
    }
    let is_number = short.iter().all(u8::is_ascii_digit) || super::starts_with(short, 0, b"0x");
    if name.word == Word::Pass && strength == Strength::Plain && is_number {
        return;
    }
    if in_url {
        return offer.offer(&(at..at + whole.len()), Dress::Url, strength);
    }
    offer.offer(&(at..at + short.len()), Dress::Bare, strength);
    if is_environment && whole.len() > short.len() {
        offer.offer(&(at..at + whole.len()), Dress::Bare, strength);
    }
}

/// Whether the name is one of a list between semicolons: `Server=…;Password=…;`.
fn in_list(text: &[u8], name: &Name) -> bool {
    line_before(text, name.start).trim_ascii_end().ends_with(b";")
}

/// Whether a bare value is code, by itself or by the signs around it.
fn is_code_here(text: &[u8], at: usize, whole: &[u8], short: &[u8], sign: &Sign, listed: bool) -> bool {
    if refuse::is_code(whole) || refuse::is_code(short) {
        return true;
    }
    let next = whole.get(short.len());
    let word = short.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        && !short.first().is_some_and(u8::is_ascii_digit);
    if (word && matches!(next, Some(b',' | b')' | b'}'))) || (sign.spaced && next == Some(&b';')) {
        return true;
    }
    // A line of a language, not one of YAML or of an environment.
    let behind = super::skip_blanks(text, at + whole.len());
    let ends = matches!(text.get(behind), None | Some(b'\n' | b'\r' | b'#' | b'"' | b'\'' | b'\\'));
    let alone = ends || (!sign.colon && !sign.spaced);
    refuse::is_identifier(short) && !listed && (sign.spaced || !alone || next == Some(&b';') || next == Some(&b'<'))
}
