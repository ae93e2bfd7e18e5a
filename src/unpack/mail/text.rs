//! What mailers do to text.
//!
//! Holds: lines that flow, UTF-7, and the mark of text sealed by PGP. Must not know: messages.

use memchr::memmem;
use zeroize::Zeroizing;

use super::headers::line;

/// Joins lines that flow (RFC 3676). With `drop`, the spaces that they flow over are no part of the text.
pub(super) fn join(text: &[u8], drop: bool) -> Zeroizing<Vec<u8>> {
    let mut joined = Zeroizing::new(Vec::with_capacity(text.len()));
    let (mut rest, mut depth) = (text, None);
    while !rest.is_empty() {
        let whole = line(rest);
        rest = &rest[whole.len()..];
        let bare = whole.strip_suffix(b"\n").unwrap_or(whole);
        let bare = bare.strip_suffix(b"\r").unwrap_or(bare);
        let quotes = bare.iter().take_while(|byte| **byte == b'>').count();
        let content = &bare[quotes..];
        let content = content.strip_prefix(b" ").unwrap_or(content);
        match depth {
            Some(depth) if depth == quotes => {}
            Some(_) => {
                joined.push(b'\n');
                joined.extend_from_slice(&bare[..quotes]);
            }
            None => joined.extend_from_slice(&bare[..quotes]),
        }
        // The line before a signature flows nowhere.
        let flows = content.ends_with(b" ") && content != b"-- ";
        joined.extend_from_slice(if flows && drop { &content[..content.len() - 1] } else { content });
        depth = flows.then_some(quotes);
        if !flows {
            joined.push(b'\n');
        }
    }
    joined
}

/// Reads UTF-7. What is no character of ASCII is of no interest, and becomes a question mark.
pub(super) fn from_utf7(text: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut plain = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text;
    while let [byte, behind @ ..] = rest {
        rest = behind;
        if *byte != b'+' {
            plain.push(*byte);
            continue;
        }
        if let [b'-', behind @ ..] = rest {
            rest = behind;
            plain.push(b'+');
            continue;
        }
        let (mut word, mut bits) = (0_u32, 0);
        while let [digit, behind @ ..] = rest
            && let Some(value) = value(*digit)
        {
            rest = behind;
            word = word << 6 | u32::from(value);
            bits += 6;
            if bits >= 16 {
                bits -= 16;
                let unit = word >> bits & 0xFFFF;
                plain.push(if unit < 0x80 { unit as u8 } else { b'?' });
            }
        }
        rest = rest.strip_prefix(b"-").unwrap_or(rest);
    }
    plain
}

fn value(digit: u8) -> Option<u8> {
    Some(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

/// How text sealed by PGP begins.
pub(super) const SEAL: &[u8] = b"-----BEGIN PGP MESSAGE-----";

/// Whether something in a text is sealed by PGP: the mark stands at the start of a line, as far as it is not quoted.
pub(super) fn holds_sealed(text: &[u8]) -> bool {
    memmem::find_iter(text, SEAL).any(|at| {
        let before = text[..at].iter().rev().take(20).find(|byte| !matches!(byte, b' ' | b'>' | b'\t'));
        matches!(before, None | Some(b'\n'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(text: &str, drop: bool) -> String {
        String::from_utf8_lossy(&join(text.as_bytes(), drop)).into_owned()
    }

    #[test]
    fn lines_that_flow_are_joined() {
        assert_eq!(joined("needle-1 \r\nand more\r\nend\r\n", false), "needle-1 and more\nend\n");
        assert_eq!(joined("needle- \n1 and\n", true), "needle-1 and\n");
        assert_eq!(joined("> needle- \n> 1 \n>> other\nmine \n-- \nme", true), ">needle-1\n>>other\nmine-- \nme\n");
        assert_eq!(joined(" >stuffed\n", false), ">stuffed\n");
    }

    #[test]
    fn utf_7_is_read() {
        let read = |text: &str| String::from_utf8_lossy(&from_utf7(text.as_bytes())).into_owned();
        assert_eq!(read("needle+AC0-1 +AHw-+AHwAfA- 1+-1 +AUI-."), "needle-1 ||| 1+1 ?.");
        assert_eq!(read("+"), "");
    }

    #[test]
    fn only_what_is_sealed_is_said_to_be() {
        assert!(holds_sealed(b"> -----BEGIN PGP MESSAGE-----\n") && holds_sealed(b"a\n-----BEGIN PGP MESSAGE-----"));
        assert!(
            !holds_sealed(b"see -----BEGIN PGP MESSAGE-----") && !holds_sealed(b"-----BEGIN PGP SIGNED MESSAGE-----")
        );
    }
}
