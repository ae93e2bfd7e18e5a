//! Parts that need not be read cell by cell where nothing in them is worth a look, as in most workbooks.
//!
//! Holds: which parts these are, and what makes the text of a cell another one than its bytes show. Must not know: how
//! parts are packed.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::TYPES;
use super::parts::ending;

/// What breaks text into pieces, or stands for a character: runs, readings, comments and sections, escapes.
static SPLITS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let tags = ["<r", ":r", "<rPh", ":rPh"].into_iter();
    let tags = tags.flat_map(|tag| [" ", ">", "\t", "\n", "\r", "/"].map(|end| format!("{tag}{end}")));
    AhoCorasick::new(tags.chain(["<!".to_owned(), "_x00".to_owned()])).ok()
});

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

/// Whether the text of a cell in such a part may be another one than its bytes show.
pub(in crate::unpack) fn splits(part: &[u8]) -> bool {
    part.contains(&0) || SPLITS.as_ref().is_none_or(|splits| splits.is_match(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quiet_only_where_they_stand_as_they_are() {
        for split in ["<r><t>", "<x:r >", "<is><r\n>", "<rPh sb='0'>", "<!-- -->", "a_x007C_b", "<\0r\0"] {
            assert!(splits(split.as_bytes()), "{split}");
        }
        assert!(!splits(b"<row r=\"1\"><c r=\"A1\" t=\"s\"><v>1</v></c></row><si><t>A &amp; B</t></si>"));
    }

    #[test]
    fn the_bulk_of_a_workbook_is_its_cells() {
        let names =
            [TYPES, BOOK, "xl/worksheets/Sheet1.xml", "xl/worksheets/_rels/sheet1.xml.rels", "xl/comments1.xml"];
        assert_eq!(bulk(&names), [BOOK, "xl/worksheets/Sheet1.xml"]);
        assert_eq!(bulk(&names[1..]), [""; 0]);
    }
}
