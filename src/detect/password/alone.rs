//! Small files that are a password and nothing else: `haslo.txt`.
//!
//! Holds: the names of such files, and the reading of their lines. Must not know: text around.

use super::plain::Dress;
use super::{Candidate, Offer, Strength};

/// How many lines are read, and how long the longest of them is.
const MOST_LINES: usize = 20;
const LONGEST: usize = 512;

/// Endings of files that hold a password, whatever their name.
const ENDINGS: [&str; 4] = ["pass", "pwd", "passwd", "password"];

/// Words in the names of files that hold a password.
const NAMED: [&str; 9] = ["haslo", "hasla", "password", "passwords", "passwd", "pass", "passphrase", "pin", "pwd"];

/// Words beside them that make it something else.
const NOT: [&str; 7] = ["reset", "policy", "hash", "hashes", "polityka", "test", "tests"];

/// Whether a file is a password by its name: `haslo.txt`, `firma.pass`, `hasło do klucza.txt`.
pub(in crate::detect) fn is_password_name(name: &str) -> bool {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default().to_lowercase().replace('ł', "l");
    let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
    if ENDINGS.contains(&ending) {
        return true;
    }
    // `haslo2.txt` is one of several.
    let parts = stem.split(|letter: char| !letter.is_alphanumeric());
    let mut parts = parts.map(|part| part.trim_end_matches(|letter: char| letter.is_ascii_digit()));
    match ending {
        "" => ["haslo", "password", "passwd", "passphrase"].contains(&stem),
        "txt" | "text" => parts.clone().any(|part| NAMED.contains(&part)) && !parts.any(|part| NOT.contains(&part)),
        _ => false,
    }
}

/// Reads a file that by its name is a password: each line is one, and what stands behind its sign.
pub(in crate::detect) fn read_alone(text: &[u8], take: &mut dyn FnMut(Candidate)) {
    let mut at = if text.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let text = &text[..text.len().min(MOST_LINES * LONGEST)];
    let mut offer = Offer { text, take };
    let mut count = 0;
    while count < MOST_LINES {
        let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) else { return };
        let length = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let line = rest.get(..length).unwrap_or_default();
        let start = at + line.len() - line.trim_ascii_start().len();
        let end = start + line.trim_ascii().len();
        at += length + 1;
        if start >= end {
            continue;
        }
        count += 1;
        offer.offer(&(start..end), Dress::Enclosed, Strength::Named);
        let line = text.get(start..end).unwrap_or_default();
        if let Some(sign) = memchr::memchr2(b':', b'=', line) {
            let begin = super::skip_blanks(text, start + sign + 1);
            offer.offer(&(begin..end.max(begin)), Dress::Enclosed, Strength::Named);
        }
    }
}
