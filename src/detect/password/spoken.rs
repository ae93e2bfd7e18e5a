//! Passwords that people tell each other: "hasło do klucza: …", "the password is …".
//!
//! Holds: what stands between the word and the password in a sentence. Must not know: code.

use super::name::{Name, Word};
use super::{Offer, Strength, quoted, refuse};

/// How many words and bytes may stand between.
const MOST_WORDS: usize = 7;
const MOST_BYTES: usize = 96;

/// Words that may follow in English; in Polish, any but those of `RULES` may.
const GOES_ON: [&[u8]; 9] = [b"for", b"to", b"of", b"protecting", b"used", b"the", b"that", b"which", b"opens"];

/// Words of sentences that say what a password is like.
const RULES: [&[u8]; 16] = [
    b"must",
    b"should",
    b"musi",
    b"powinno",
    b"nie",
    b"not",
    b"cannot",
    b"may",
    b"will",
    b"reset",
    b"wymagane",
    b"required",
    b"zosta\xC5\x82o",
    b"zostanie",
    b"be",
    b"needs",
];

/// Words that are no password behind "hasło to" and "password is".
const SAID: [&[u8]; 12] = [
    b"tajne",
    b"poufne",
    b"wymagane",
    b"niepoprawne",
    b"poprawne",
    b"jest",
    b"bardzo",
    b"samo",
    b"takie",
    b"inne",
    b"dane",
    b"pole",
];

/// Words before it that make it no announcement.
const BEFORE: [&[u8]; 14] = [
    b"forgot",
    b"no",
    b"without",
    b"reset",
    b"change",
    b"enter",
    b"wrong",
    b"invalid",
    b"bad",
    b"incorrect",
    b"bez",
    b"zmie\xC5\x84",
    b"wpisz",
    b"podaj",
];

/// Tags that change the look of a text only, or part the cells of a table.
const TAGS: [&[u8]; 20] = [
    b"b", b"strong", b"i", b"em", b"code", b"tt", b"span", b"br", b"p", b"td", b"tr", b"th", b"font", b"div", b"u",
    b"pre", b"kbd", b"a", b"li", b"dd",
];

/// How a value is announced.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Announced {
    /// By a colon or a dash.
    Sign,
    /// By "to", "jest", "is".
    Verb,
    /// By "is", which rather says what the password is like.
    Weakly,
}

/// Reads what a sentence says the password is.
pub(super) fn read(text: &[u8], name: &Name, offer: &mut Offer<'_>) {
    if !name.alone || name.word == Word::Pwd || name.dashes > 1 || is_refused_before(text, name) {
        return;
    }
    let Some((announced, at)) = announcement(text, name) else { return };
    let strength = super::strength_of(text, name, at, Strength::Spoken);
    let begin = skip_looks(text, at);
    if !ends_line(text, begin) {
        return value(text, begin, announced, strength, name, offer);
    }
    if announced == Announced::Sign && name.word != Word::Pass {
        next_line(text, begin, strength, offer);
    }
}

fn is_refused_before(text: &[u8], name: &Name) -> bool {
    let before = text.get(name.start.saturating_sub(16)..name.start).unwrap_or_default();
    let before = before.trim_ascii_end();
    BEFORE.iter().any(|word| before.len() >= word.len() && super::starts_with(before, before.len() - word.len(), word))
}

fn ends_line(text: &[u8], at: usize) -> bool {
    matches!(text.get(at), None | Some(b'\n' | b'\r'))
}

/// Where the sentence comes to the password.
fn announcement(text: &[u8], name: &Name) -> Option<(Announced, usize)> {
    let limit = text.len().min(name.end + MOST_BYTES);
    let mut at = name.end;
    for count in 0..=MOST_WORDS {
        at = skip_looks(text, at);
        let rest = text.get(at..limit)?;
        let sign = match rest {
            [b':', b'/', b'/', ..] => return None,
            [b':', ..] => 1,
            _ if name.word == Word::Pass => return None,
            [b'(', ..] => {
                at += rest.iter().take(48).position(|byte| *byte == b')')? + 1;
                continue;
            }
            [b'=' | b'|', ..] | [b'-' | 0x96 | 0x97, b' ', ..] => 1,
            [0xE2, 0x80, 0x93 | 0x94, ..] => 3,
            _ => 0,
        };
        if sign > 0 {
            return Some((Announced::Sign, at + sign));
        }
        if at > name.end && text.get(at - 1) == Some(&b'\t') {
            return Some((Announced::Sign, at));
        }
        let end = at + rest.iter().take_while(|byte| **byte > b' ' && !b":=(<>\"';,|".contains(byte)).count();
        let word = text.get(at..end).filter(|word| !word.is_empty())?;
        let is = |known: &&[u8]| known.eq_ignore_ascii_case(word);
        let polish = name.is_polish();
        let verb = match word {
            b"to" | b"brzmi" if polish => Some(Announced::Verb),
            b"jest" if name.word == Word::Haslem => Some(Announced::Verb),
            b"jest" if polish => Some(Announced::Weakly),
            b"is" if !polish => Some(Announced::Weakly),
            _ => None,
        };
        if let Some(verb) = verb {
            let next = super::skip_blanks(text, end);
            return match text.get(next) {
                Some(b':') => Some((Announced::Sign, next + 1)),
                _ => Some((verb, next)),
            };
        }
        // "zabezpieczone hasłem Kot7", "hasło Kot7".
        if polish && count == 0 && is_mixed(word) && !text.get(end).is_some_and(|next| b":=(".contains(next)) {
            return Some((Announced::Weakly, at));
        }
        let goes_on = polish || count > 0 || GOES_ON.iter().any(is);
        if !goes_on || RULES.iter().any(is) || text.get(name.end) != Some(&b' ') {
            return None;
        }
        at = end;
    }
    None
}

/// Whether a word has letters and digits, as no word of the language has.
fn is_mixed(word: &[u8]) -> bool {
    word.len() >= 4 && word.iter().any(u8::is_ascii_digit) && word.iter().any(u8::is_ascii_alphabetic)
}

/// Blanks, tags that change the look only, and the stars of bold text.
fn skip_looks(text: &[u8], at: usize) -> usize {
    let mut at = super::skip_blanks(text, at);
    for _ in 0..6 {
        let rest = text.get(at..).unwrap_or_default();
        let width = match rest {
            [b'*', b'*', ..] => 2,
            [b'<', ..] => tag(rest).unwrap_or(0),
            _ if rest.starts_with(b"&nbsp;") => 6,
            [0xC2, 0xA0, ..] => 2,
            _ => 0,
        };
        if width == 0 {
            return at;
        }
        at = super::skip_blanks(text, at + width);
    }
    at
}

fn tag(text: &[u8]) -> Option<usize> {
    let end = text.iter().take(96).position(|byte| *byte == b'>')?;
    let inner = text.get(1..end)?;
    let inner = inner.strip_prefix(b"/").unwrap_or(inner);
    let name = inner.split(|byte| !byte.is_ascii_alphanumeric()).next()?;
    TAGS.iter().any(|tag| tag.eq_ignore_ascii_case(name)).then_some(end + 1)
}

fn value(text: &[u8], at: usize, announced: Announced, strength: Strength, name: &Name, offer: &mut Offer<'_>) {
    if let Some(value) = quoted::read(text, at) {
        return offer.offer(&value.range, value.dress, strength);
    }
    let word = bare_word(text, at);
    let signs = word.iter().rev().take_while(|byte| b".,;:!)\"'".contains(byte)).count();
    let core = word.get(..word.len() - signs).unwrap_or_default();
    let ends =
        word.ends_with(b".") || word.ends_with(b"!") || ends_line(text, super::skip_blanks(text, at + word.len()));
    let refused = match announced {
        Announced::Sign => !ends && !name.is_polish() && strength < Strength::Named,
        Announced::Verb => !ends || SAID.iter().any(|said| said.eq_ignore_ascii_case(core)),
        Announced::Weakly => true,
    };
    let is_word = refuse::is_spoken_word(core);
    let is_address = word.starts_with(b"http://") || word.starts_with(b"https://");
    // "PASS: 3", "pass: next": only what has both is a password there.
    let is_result = core.iter().all(u8::is_ascii_digit) || core.iter().all(|byte| !byte.is_ascii_digit());
    if (refused && is_word) || is_address || (name.word == Word::Pass && is_result) {
        return;
    }
    // "Password: String," is a line of code after all.
    let is_typed = !name.is_polish() && refuse::is_code(core);
    if !is_typed {
        offer.offer_word(&(at..at + word.len()), strength);
    }
}

/// A word without what shows that it is bold, and without a tag behind it.
fn bare_word(text: &[u8], at: usize) -> &[u8] {
    let word = text.get(at..super::word_end(text, at)).unwrap_or_default();
    let tagged = word
        .iter()
        .enumerate()
        .position(|(index, byte)| *byte == b'<' && tag(word.get(index..).unwrap_or_default()).is_some());
    let word = word.get(..tagged.unwrap_or(word.len())).unwrap_or_default();
    word.strip_suffix(b"**").unwrap_or(word)
}

/// The password is all there is of the next line but one that is empty.
fn next_line(text: &[u8], at: usize, strength: Strength, offer: &mut Offer<'_>) {
    let rest = text.get(at..).unwrap_or_default();
    let blank = rest.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == b'>').count();
    let lines = rest.get(..blank).unwrap_or_default().iter().filter(|byte| **byte == b'\n').count();
    let begin = skip_looks(text, at + blank);
    if lines > 2 {
        return;
    }
    if let Some(value) = quoted::read(text, begin) {
        if ends_line(text, super::skip_blanks(text, value.end)) {
            offer.offer(&value.range, value.dress, strength);
        }
        return;
    }
    let word = bare_word(text, begin);
    let end = begin + word.len();
    if ends_line(text, skip_looks(text, end)) && !word.ends_with(b":") && !word.starts_with(b"http") && word != b"-" {
        offer.offer_word(&(begin..end), strength);
    }
}
