//! Joins what was broken: lines wrapped by mailers, quoted in answers or indented, and strings
//! concatenated in source code. Only for forms that know their own length, since it joins all
//! lines there are.
//!
//! Holds: what may stand between two pieces of one credential. Must not know: what is searched
//! for. A new way to break a text is a line in `line_break` or `concatenation`.

use super::layer::Layer;
use crate::base::Clothes;

/// The most bytes that may stand between two pieces of a string, indentation included.
const LONGEST_JOINT: usize = 256;

/// Joins all that looks broken.
pub fn join(text: &Layer) -> Layer {
    let bytes = text.bytes();
    let mut layer = Layer::with_capacity(bytes.len());
    let mut marks = text.marks().iter().peekable();
    let mut at = 0;
    while at < bytes.len() {
        while let Some((_, clothes)) = marks.next_if(|(place, _)| *place as usize <= at) {
            layer.mark(*clothes);
        }
        match joint(&bytes[at..]) {
            Some((width, kept, clothes)) => {
                layer.mark(clothes);
                if let Some(byte) = kept {
                    layer.push(byte, text.source_of(at));
                }
                at += width;
            }
            None => {
                layer.push(bytes[at], text.source_of(at));
                at += 1;
            }
        }
    }
    for (_, clothes) in marks {
        layer.mark(*clothes);
    }
    layer
}

/// How many bytes are a joint, and the one of them to keep.
fn joint(text: &[u8]) -> Option<(usize, Option<u8>, Clothes)> {
    match text[0] {
        b'\n' | b'\r' | b' ' | b'\t' => line_break(text),
        b'"' | b'\'' | b'`' => concatenation(text),
        _ => None,
    }
}

/// The end of a line with the blanks before it, and what begins the next one: indentation, the
/// signs of a quotation, the sign of a comment. Paragraphs stay apart.
fn line_break(text: &[u8]) -> Option<(usize, Option<u8>, Clothes)> {
    let mut at = blanks(text);
    let mut ends = 0;
    loop {
        match text.get(at..)? {
            [b'\r', b'\n', ..] => at += 2,
            [b'\n' | b'\r', ..] => at += 1,
            _ => break,
        }
        ends += 1;
        at += blanks(&text[at..]);
    }
    if ends == 0 {
        return None;
    }
    loop {
        at += match &text[at..] {
            [b'>' | b' ' | b'\t', ..] => 1,
            [b'#' | b'*' | b';', b' ', ..] => 2,
            [b'/', b'/', b' ', ..] | [b'-', b'-', b' ', ..] => 3,
            _ => return Some((at, (ends > 2).then_some(b'\n'), Clothes::Wrapped)),
        };
    }
}

fn blanks(text: &[u8]) -> usize {
    text.iter().take(LONGEST_JOINT).take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// A closing quote, an operator of any language or none, line ends, an opening quote. A single `|`
/// between two strings is not an operator but a part of what is written.
fn concatenation(text: &[u8]) -> Option<(usize, Option<u8>, Clothes)> {
    let reach = &text[1..text.len().min(LONGEST_JOINT)];
    let between = between_strings(reach)?;
    let letters = reach[between..].iter().take(2).take_while(|byte| b"frbuFRBUL@$".contains(byte)).count();
    let quote = reach.get(between + letters)?;
    if !matches!(quote, b'"' | b'\'' | b'`') {
        return None;
    }
    let bars = reach[..between].iter().filter(|byte| **byte == b'|').count();
    let kept = (bars == 1).then_some(b'|');
    Some((between + letters + 2, kept, Clothes::Joined))
}

/// How long the operator between two strings is, with the blanks and line ends around it.
fn between_strings(text: &[u8]) -> Option<usize> {
    (0..text.len()).find(|at| match text[*at] {
        b' ' | b'\t' | b'\r' | b'\n' | b'+' | b'.' | b'&' | b'|' | b'<' | b'>' | b'\\' | b'~' | b'_' | b'^' => false,
        // The sign at the end of a line that goes on: of PowerShell, and behind an operator of Harbour.
        b'`' => !ends_line(&text[at + 1..]),
        b';' => !(text[..*at].contains(&b'+') && ends_line(&text[at + 1..])),
        _ => true,
    })
}

fn ends_line(text: &[u8]) -> bool {
    matches!(text.get(blanks(text)), Some(b'\r' | b'\n'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{Reading, unescape};

    fn joined(text: &str) -> String {
        let plain = unescape(text.as_bytes(), Reading { quoted_printable: false, drop_spaces: true });
        String::from_utf8_lossy(join(&plain).bytes()).into_owned()
    }

    #[test]
    fn wrapped_lines_are_one() {
        for text in [
            "abc\ndef",
            "abc\r\ndef",
            "abc \r\ndef",
            "abc\n> def",
            "abc\n> > def",
            "> abc\n>>def",
            "abc\n        def",
            "abc\n    # def",
            "abc\n// def",
            "abc\n * def",
        ] {
            assert!(joined(text).ends_with("abcdef"), "{text:?}");
        }
    }

    #[test]
    fn paragraphs_stay_apart_and_so_do_words() {
        assert_eq!(joined("abc\n\n\ndef"), "abc\ndef");
        assert_eq!(joined("abc def"), "abc def");
        assert_eq!(joined("abc # def"), "abc # def");
    }

    #[test]
    fn concatenated_strings_are_one() {
        for text in [
            "\"abc\" + \"def\"",
            "'abc'\n  + 'def'",
            "'abc' . 'def'",
            "\"abc\" \"def\"",
            "\"abc\"\n    \"def\"",
            "\"abc\" & _\n  \"def\"",
            "'abc' || 'def'",
            "\"abc\" ..\n \"def\"",
            "\"abc\" <> \"def\"",
            "(\"abc\"\n f\"def\")",
            "`abc` + `def`",
            "\"abc\" + `\r\n    \"def\"",
            "\"abc\" + ;\r\n    \"def\"",
            "'abc'\\\n'def'",
            "\\\"abc\\\" + \\\"def\\\"",
        ] {
            assert!(joined(text).contains("abcdef"), "{text:?} became {:?}", joined(text));
        }
        assert_eq!(joined("\"abc\"|\"def\""), "\"abc|def\"");
        assert!(!joined("\"abc\";\n\"def\"").contains("abcdef"), "nor are two rows or statements");
        assert_eq!(joined("\"abc\", \"def\""), "\"abc\", \"def\"", "two cells are not one");
    }

    #[test]
    fn dresses_under_the_joint_are_kept() {
        let plain = unescape(b"a%7Cb\nc", Reading { quoted_printable: false, drop_spaces: true });
        let layer = join(&plain);
        assert_eq!(layer.bytes(), b"a|bc");
        assert_eq!(layer.clothes_in(0, 4), [Clothes::Percent, Clothes::Wrapped]);
        assert_eq!(layer.source_of(3), 6);
    }
}
