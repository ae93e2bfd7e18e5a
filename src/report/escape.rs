//! Names that others chose, made safe for what shows them.
//!
//! Holds: the escaping for terminals, which text and JSON share. Must not know: what a name names.
//! A format with characters of its own to fear (HTML, CSV) gets its function here.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::base::{Origin, PathName};

/// Whether a character could move the cursor, change the order of what is read, or cannot be seen.
pub(crate) fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// A text that is safe to write to a terminal, on one line.
pub fn terminal(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        push(&mut safe, character);
    }
    Cow::Owned(safe)
}

fn push(safe: &mut String, character: char) {
    let code = u32::from(character);
    // Writing to a string cannot fail.
    let _ = match character {
        '\n' => write!(safe, "\\n"),
        '\r' => write!(safe, "\\r"),
        '\t' => write!(safe, "\\t"),
        c if c.is_ascii() && c.is_control() => write!(safe, "\\x{code:02x}"),
        c if is_unsafe(c) => write!(safe, "\\u{{{code:x}}}"),
        c => safe.write_char(c),
    };
}

/// The name of a file for a terminal; bytes that are no UTF-8 are shown by their numbers.
pub(super) fn path(name: &PathName) -> String {
    let Some(raw) = name.raw() else {
        return terminal(name.text()).into_owned();
    };
    let mut safe = String::new();
    for chunk in raw.utf8_chunks() {
        safe.push_str(&terminal(chunk.valid()));
        for byte in chunk.invalid() {
            let _ = write!(safe, "\\x{byte:02x}");
        }
    }
    safe
}

/// A chain of places for a terminal.
pub(super) fn origin(origin: &Origin) -> String {
    let mut safe = path(&origin.path);
    for member in origin.inner.iter() {
        safe.push_str(" › ");
        safe.push_str(&terminal(member));
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_stay_as_they_are() {
        for name in ["faktury/żółć.env", "klucz – kopia (2).key", "日本.txt", "a\\b", ""] {
            assert!(matches!(terminal(name), Cow::Borrowed(same) if same == name));
        }
    }

    #[test]
    fn nothing_reaches_the_terminal_that_acts_on_it() {
        let table = [
            ("\u{1b}[2Ja", "\\x1b[2Ja"),
            ("a\nb\r\tc\0", "a\\nb\\r\\tc\\x00"),
            ("\u{7f}\u{9b}31m", "\\x7f\\u{9b}31m"),
            ("a\u{202e}txt.exe", "a\\u{202e}txt.exe"),
            ("\u{2066}\u{2069}\u{200e}\u{200f}\u{61c}", "\\u{2066}\\u{2069}\\u{200e}\\u{200f}\\u{61c}"),
            ("a\u{200b}b\u{feff}c\u{ad}d\u{2028}", "a\\u{200b}b\\u{feff}c\\u{ad}d\\u{2028}"),
            ("\u{e0041}", "\\u{e0041}"),
        ];
        for (name, safe) in table {
            assert_eq!(terminal(name), safe);
        }
    }

    #[test]
    fn every_character_is_judged_the_same_before_and_after() {
        for character in '\0'..=char::MAX {
            let mut buffer = [0; 4];
            let safe = terminal(character.encode_utf8(&mut buffer)).into_owned();
            assert!(!safe.chars().any(is_unsafe), "U+{:04X}", u32::from(character));
        }
    }

    #[test]
    fn members_are_joined_from_the_outermost_inwards() {
        let chain = Origin::label("a.zip").member("b\u{1b}.tar").member("c.env");
        assert_eq!(origin(&chain), "a.zip › b\\x1b.tar › c.env");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn bytes_that_are_no_text_are_shown_by_their_numbers() {
        use std::os::unix::ffi::OsStrExt;
        let name = PathName::of(std::path::Path::new(std::ffi::OsStr::from_bytes(b"za\xbf\x1b\xf3\xb3\xe6")));
        assert_eq!(path(&name), "za\\xbf\\x1b\\xf3\\xb3\\xe6");
    }
}
