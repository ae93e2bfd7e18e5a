//! Parts that need not be read cell by cell where nothing in them is worth a look, as in most workbooks.
//!
//! Holds: which parts these are, and what makes the text of a cell another one than its bytes show. Must not know: how
//! parts are packed.

use memchr::memmem;

use super::TYPES;
use super::parts::ending;

/// The parts of a workbook that hold its cells and their strings: they make up nearly all of it. Nothing for what is no
/// workbook.
pub(in crate::unpack) fn bulk<'a>(names: &[&'a str]) -> Vec<&'a str> {
    let has = |wanted: &str| names.iter().any(|name| name.eq_ignore_ascii_case(wanted));
    if !has(TYPES) || !has(BOOK) {
        return Vec::new();
    }
    let is_bulk = |name: &&&str| {
        let folded = name.to_ascii_lowercase();
        let sheet = folded.strip_prefix("xl/worksheets/").is_some_and(|file| !file.contains('/'));
        (sheet && ending(&folded) == "xml") || folded == "xl/sharedstrings.xml" || folded == BOOK
    };
    names.iter().filter(is_bulk).copied().collect()
}

const BOOK: &str = "xl/workbook.xml";

/// Looks for what makes the text of a cell another one than its bytes show: pieces, comments, characters by number.
#[derive(Default)]
pub(in crate::unpack) struct Splits {
    /// The tag before what comes next.
    last: Tag,
    begun: bool,
}

/// What matters of tags.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Tag {
    #[default]
    Other,
    /// Text begins.
    Text,
    /// A piece of text has ended; another may not follow.
    Piece,
}

impl Splits {
    /// Whether there are any in a part. The last `again` bytes of it come again, as the beginning of the next.
    pub(in crate::unpack) fn stand_in(&mut self, part: &[u8], again: usize) -> bool {
        if part.contains(&0) || memmem::find(part, b"&#").is_some() || has_escape(part) {
            return true;
        }
        let (end, mut last) = (part.len() - again, self.last);
        for at in memchr::memchr_iter(b'<', part) {
            let rest = &part[at + 1..];
            // It comes again as a whole.
            if again > 0 && rest.len() < 4 {
                break;
            }
            let tag = match rest {
                [b'?', ..] if !self.begun && at < 4 => Tag::Other,
                [b'r', b'P' | b'>' | b' ' | b'\t' | b'\n' | b'\r' | b'/', ..] | [b'!' | b'?', ..] => {
                    return true;
                }
                [b't' | b'v', b'>' | b' ' | b'\t' | b'\n' | b'\r', ..] => Tag::Text,
                [b'/', b't' | b'v', b'>' | b' ', ..] => Tag::Piece,
                _ => Tag::Other,
            };
            let ends = rest.starts_with(b"/") && tag != Tag::Piece;
            let fits = match last {
                Tag::Text => tag == Tag::Piece,
                Tag::Piece => ends,
                Tag::Other => true,
            };
            if !fits || has_prefix(rest) {
                return true;
            }
            last = tag;
            if at < end {
                self.last = tag;
            }
        }
        self.begun = true;
        false
    }
}

/// Whether a character stands there by its number, as `_x007C_`.
fn has_escape(part: &[u8]) -> bool {
    let is_digits = |digits: &[u8]| digits.iter().all(u8::is_ascii_hexdigit);
    memmem::find_iter(part, b"_x").any(|at| part.get(at + 2..at + 6).is_some_and(is_digits))
}

/// Whether a tag has a prefix: what it is called is not known then.
fn has_prefix(rest: &[u8]) -> bool {
    rest.iter()
        .take(24)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b':'))
        .any(|byte| *byte == b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn splits(part: &str) -> bool {
        Splits::default().stand_in(part.as_bytes(), 0)
    }

    #[test]
    fn cells_are_quiet_only_where_they_stand_as_they_are() {
        for split in [
            "<si><r><t>a</t></r></si>",
            "<x:si><x:t>a</x:t></x:si>",
            "<is><r\n><t>",
            "<si><rPh sb='0'>",
            "<t>a<!-- --></t>",
            "<t>a<?x y?>b</t>",
            "<t>a_x007C_b</t>",
            "<t>a&#x200B;b</t>",
            "<t>Token K</t><t>SeF</t>",
            "<t>Token K<b/>SeF</t>",
            "<v>1</v><v>2</v>",
            "<\0t\0",
        ] {
            assert!(splits(split), "{split}");
        }
        let row =
            "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>1</v></c><c><v/></c><c t='inlineStr'><is><t>a</t></is></c></row>";
        assert!(!splits(&format!("<?xml version='1.0'?><sheetData>{row}{row}</sheetData><rowBreaks/>")));
        assert!(!splits("<si><t xml:space='preserve'>A &amp; B</t></si><si><t>c</t></si>"));
    }

    #[test]
    fn parts_show_the_same_as_the_whole() {
        let text = format!("<si><t>{}<b/>x</t></si>", "a".repeat(300));
        for cut in 1..text.len() {
            let mut splits = Splits::default();
            let before = cut.saturating_sub(20);
            let first = splits.stand_in(&text.as_bytes()[..cut], cut - before);
            assert!(first || splits.stand_in(&text.as_bytes()[before..], 0), "{cut}");
        }
    }

    #[test]
    fn the_bulk_of_a_workbook_is_its_cells() {
        let names =
            [TYPES, BOOK, "xl/worksheets/Sheet1.xml", "xl/worksheets/_rels/sheet1.xml.rels", "xl/comments1.xml"];
        assert_eq!(bulk(&names), [BOOK, "xl/worksheets/Sheet1.xml"]);
        assert_eq!(bulk(&names[1..]), [""; 0]);
    }
}
