//! Workbooks.

use super::{compound, opened, text, utf16};
use crate::base::{Limits, Places, Reason};
use crate::unpack::ole::FORMAT;
use crate::unpack::recorded::{Recorded, record, torture};

/// As the library xlwt writes it.
const BOOK: &[u8] = include_bytes!("../../../../corpus/formats/ole/book.xls");

pub(super) fn part(kind: u16, pieces: &[&[u8]]) -> Vec<u8> {
    let data = pieces.concat();
    [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), &data].concat()
}

/// A row, a column and a form.
pub(super) fn cell(row: u16, column: u16) -> Vec<u8> {
    [row, column, 0].map(u16::to_le_bytes).concat()
}

/// What stands before the sheets, and one sheet of that name.
pub(super) fn book(version: u16, globals: &[Vec<u8>], name: &[u8], sheet: &[Vec<u8>]) -> Vec<u8> {
    let begin = part(0x0809, &[&version.to_le_bytes(), &[0; 14]]);
    let globals = globals.concat();
    let at = begin.len() + globals.len() + 4 + 6 + name.len() + 4;
    let sheet_name = part(0x0085, &[&(at as u32).to_le_bytes(), &[2, 0], name]);
    let end = part(0x000A, &[]);
    [begin.clone(), globals, sheet_name, end.clone(), begin, sheet.concat(), end].concat()
}

fn sample() -> Vec<u8> {
    let globals = [
        part(0x00FC, &[&[9, 0, 0, 0, 3, 0, 0, 0], &[7, 0, 8, 2, 0], b"needle-", &[0; 8], &[11, 0, 0], b"needle"]),
        // The letters go on in another width, the next string begins behind them.
        part(0x003C, &[&[1], &utf16("-żółć"), &[6, 0, 1], &utf16("unused")]),
        part(0x0018, &[&[0, 0, 0, 5, 13, 0], &[0; 8], &[0], b"Klucz", &[0x17, 11, 0], b"needle-name"]),
        part(0x00CD, &[&[255, 0, 0], "x".repeat(255).as_bytes()]),
        part(0x00CD, &[&[12, 0, 0], b"needle-query"]),
    ];
    let sheet = [
        part(0x0014, &[&[13, 0, 0], b"needle-header"]),
        part(0x00FD, &[&cell(0, 0), &[0; 4]]),
        part(0x00FD, &[&cell(6, 2), &[1, 0, 0, 0]]),
        part(0x0203, &[&cell(6, 3), &5_265_877_635_f64.to_le_bytes()]),
        part(0x027E, &[&cell(6, 4), &(12_u32 << 2 | 2).to_le_bytes()]),
        part(0x00BD, &[&[7, 0, 1, 0], &[0, 0, 6, 0, 0, 0], &[0, 0, 10, 0, 0, 0], &[2, 0]]),
        part(0x0006, &[&cell(8, 1), &[0, 0, 0, 0, 0, 0, 0xFF, 0xFF], &[0; 8]]),
        part(0x0207, &[&[14, 0, 0], b"needle-formula"]),
        part(0x0204, &[&cell(9, 1), &[12, 0, 0], b"needle-label"]),
        part(0x005D, &[&[0x15, 0, 0x12, 0, 0x19, 0, 1, 0]]),
        part(0x01B6, &[&[0; 10], &[13, 0], &[0; 6]]),
        part(0x003C, &[&[0], b"needle-remark"]),
        part(0x005D, &[&[0x15, 0, 0x12, 0, 0x06, 0, 2, 0]]),
        part(0x01B6, &[&[0; 10], &[10, 0], &[0; 6]]),
        part(0x003C, &[&[0], b"needle-box"]),
        part(0x001C, &[&[6, 0, 2, 0, 0, 0, 1, 0], &[2, 0, 0], b"JK"]),
    ];
    book(0x0600, &globals, b"\x06\0Tokeny", &sheet)
}

/// The cell in which some text stands.
fn place(recorded: &Recorded, text: &str) -> Option<(String, String)> {
    recorded.members.iter().find_map(|member| {
        let inside = member.places.at(member.text().find(text)? as u64);
        Some((inside.sheet?.to_string(), inside.cell?))
    })
}

#[test]
fn cells_comments_and_names_are_read() {
    let recorded = opened(&compound(&[("/Workbook", &sample())]));
    assert_eq!(recorded.troubles, []);
    let cells = recorded.named("Workbook");
    let lines =
        "needle-\n\t\tneedle-żółć\t5265877635\t12\n\t1\t2\n\tneedle-formula\n\tneedle-label\nJK: needle-remark\n";
    assert_eq!((cells.text().as_str(), cells.words.as_slice()), (lines, &["Tokeny".to_owned()][..]));
    for (text, cell) in
        [("needle-żółć", "C7"), ("needle-formula", "B9"), ("needle-label", "B10"), ("needle-remark", "C7")]
    {
        assert_eq!(place(&recorded, text), Some(("Tokeny".to_owned(), cell.to_owned())), "{text}");
    }
    let others = ["sheet: Tokeny\n", "Klucz = needle-name", "xneedle-query", "needle-header", "needle-box", "unused"];
    for other in others {
        assert!(text(&recorded).contains(other), "{other}");
    }
}

#[test]
fn older_workbooks_have_letters_of_one_byte() {
    let sheet = [
        part(0x0204, &[&cell(0, 0), &[4, 0], b"\xBF\xF3\xB3\xE6"]),
        part(0x001C, &[&[0, 0, 0, 0], &[6, 0], b"needle"]),
    ];
    let bytes = compound(&[("/Book", &book(0x0500, &[part(0x0042, &[&[0xE2, 4]])], b"\x01S", &sheet))]);
    let recorded = opened(&bytes);
    assert_eq!(recorded.named("Book").text(), "żółć\nneedle\n");
    assert_eq!(recorded.troubles, []);
}

#[test]
fn a_real_workbook_is_read() {
    let recorded = opened(BOOK);
    assert_eq!(recorded.troubles, []);
    for (text, sheet, cell) in
        [("needle-5\n", "Tokeny", "C6"), ("needle-hidden", "Ukryty", "C7"), ("needle-rich", "Ukryty", "B10")]
    {
        assert_eq!(place(&recorded, text), Some((sheet.to_owned(), cell.to_owned())), "{text}");
    }
    // Strings that are so many that they go on in further records.
    assert!((0..60).all(|number| text(&recorded).contains(&format!("needle-long-{number}\n"))));
    assert!(text(&recorded).contains("needle-line\nsecond line"));
}

#[test]
fn large_sheets_come_in_pieces_under_their_headings() {
    let strings: Vec<u8> = ["Nazwa", "Token", &"x".repeat(1000)]
        .iter()
        .flat_map(|text| [&(text.len() as u16).to_le_bytes()[..], &[0], text.as_bytes()].concat())
        .collect();
    let globals = [part(0x00FC, &[&[3, 0, 0, 0, 3, 0, 0, 0], &strings])];
    let label = |row, column, index| part(0x00FD, &[&cell(row, column), &[index, 0, 0, 0]]);
    let rows = (1..8000).flat_map(|row| [label(row, 0, 2), label(row, 1, 2)]);
    let sheet: Vec<Vec<u8>> = [label(0, 0, 0), label(0, 1, 1)].into_iter().chain(rows).collect();
    let bytes = compound(&[("/Workbook", &book(0x0600, &globals, b"\x01\0S", &sheet))]);
    let recorded = opened(&bytes);
    let pieces: Vec<_> = recorded.members.iter().filter(|member| matches!(member.places, Places::Cells(_))).collect();
    assert!(pieces.len() > 2 && pieces.iter().all(|piece| piece.text().starts_with("Nazwa\tToken\n")));
    assert_eq!(pieces.iter().map(|piece| piece.text().lines().count() - 1).sum::<usize>(), 7999);
    let second = pieces[1];
    let row = pieces[0].text().lines().count() + 1;
    assert_eq!(second.places.at(13).cell.as_deref(), Some(format!("A{row}").as_str()));
    let bomb = record(&FORMAT, &bytes, &Limits { max_expanded: 1 << 20, ..Limits::default() });
    assert!(bomb.troubles.iter().any(|(_, trouble)| trouble.reason == Reason::TooLarge));
    assert!(bomb.members.iter().map(|member| member.bytes.len()).sum::<usize>() < 8 << 20);
}

#[test]
fn what_is_behind_the_damage_is_read() {
    let mut stream = sample();
    let at = stream.windows(5).position(|window| window == b"Klucz").expect("a name");
    stream[at - 17..at - 15].copy_from_slice(&[0xFF, 0xFF]);
    let recorded = opened(&compound(&[("/Workbook", &stream)]));
    assert_eq!(recorded.troubles.first().map(|(_, trouble)| trouble.reason), Some(Reason::Malformed));
    let locked = book(0x0600, &[part(0x002F, &[&[1, 0]])], b"\x01\0S", &[]);
    let locked = opened(&compound(&[("/Workbook", &locked)]));
    assert_eq!(locked.troubles.first().map(|(_, trouble)| trouble.reason), Some(Reason::Encrypted));
}

#[test]
fn nothing_breaks_it() {
    torture(&FORMAT, &compound(&[("/Workbook", &sample())]));
    torture(&FORMAT, BOOK);
}
