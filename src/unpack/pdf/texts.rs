//! The texts of a PDF that no page shows as content: titles, fields, comments, addresses, scripts.
//!
//! Holds: reading them, and listing them with their keys. Must not know: which objects they are of.

use std::fmt::Write;
use std::sync::LazyLock;

use super::fonts::document_letters;
use super::value::{Dict, Value};

/// Bytes of a key that are written before each of its texts, of which it may have many.
const LONGEST_KEY: usize = 64;

/// Reads a text: UTF-16 or UTF-8 where it begins with a mark, else the encoding of documents.
pub(super) fn decode(text: &[u8]) -> String {
    static LETTERS: LazyLock<Vec<Option<char>>> = LazyLock::new(document_letters);
    let units = |rest: &[u8], read: fn([u8; 2]) -> u16| {
        let units = rest.chunks_exact(2).map(|pair| read([pair[0], pair[1]]));
        let letters = char::decode_utf16(units).map(|letter| letter.unwrap_or('\u{FFFD}'));
        letters.filter(|letter| *letter != '\u{1B}').collect()
    };
    match text {
        [0xFE, 0xFF, rest @ ..] => units(rest, u16::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => units(rest, u16::from_le_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => match std::str::from_utf8(text) {
            // Writers forget the mark; what is valid is no accident.
            Ok(text) => text.to_owned(),
            Err(_) => text.iter().filter_map(|byte| LETTERS.get(usize::from(*byte)).copied().flatten()).collect(),
        },
    }
}

/// Adds text as it is searched: without controls, ligatures as letters.
pub(super) fn spell(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            'ﬀ' => out.push_str("ff"),
            'ﬁ' => out.push_str("fi"),
            'ﬂ' => out.push_str("fl"),
            'ﬃ' => out.push_str("ffi"),
            'ﬄ' => out.push_str("ffl"),
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
}

/// Lists all texts of a value, one a line, each behind its key; a field and its value stand on one line.
pub(super) fn list(value: &Value, key: &str, out: &mut String) {
    match value {
        Value::Text(text) => {
            // Memory takes it.
            let _ = writeln!(out, "{key}: {}", decode(text));
        }
        Value::Array(items) => items.iter().for_each(|item| list(item, key, out)),
        Value::Dict(dict) => {
            if let (Some(Value::Text(name)), Some(Value::Text(value))) = (dict.get(b"T"), dict.get(b"V")) {
                let _ = writeln!(out, "{}: {}", decode(name), decode(value));
            }
            for (key, value) in &dict.0 {
                if matches!(value, Value::Text(_) | Value::Array(_) | Value::Dict(_)) {
                    list(value, &String::from_utf8_lossy(&key[..key.len().min(LONGEST_KEY)]), out);
                }
            }
        }
        _ => {}
    }
}

/// Looks at all dictionaries in a value.
pub(super) fn each_dict(value: &Value, look: &mut dyn FnMut(&Dict)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| each_dict(item, look)),
        Value::Dict(dict) => {
            look(dict);
            dict.0.iter().for_each(|(_, value)| each_dict(value, look));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unpack::pdf::lex::Lexer;
    use crate::unpack::pdf::value::parse;

    #[test]
    fn texts_are_listed_with_their_keys() {
        let source = b"<< /T (NIP) /V <FEFF01410031> /A << /URI (http://x) >> /K [(a\xB3) (\xC5\x82)] /N 1 >>";
        let mut out = String::new();
        list(&parse(&mut Lexer::new(source, 0)).value, "", &mut out);
        assert_eq!(out, "NIP: Ł1\nURI: http://x\nK: a³\nK: ł\nT: NIP\nV: Ł1\n");
    }

    #[test]
    fn a_long_key_of_many_texts_is_not_written_whole_before_each() {
        let source = [b"<< /", &*b"k".repeat(20_000), b" [", &b"()".repeat(20_000), b"] >>"].concat();
        let mut out = String::new();
        list(&parse(&mut Lexer::new(&source, 0)).value, "", &mut out);
        assert_eq!(out.lines().count(), 20_000);
        assert!(out.len() < 2_000_000, "{}", out.len());
    }
}
