//! Tests of databases and logs, with samples that the `sqlite3` program made.

use super::*;
use crate::base::{Limits, Reason};
use crate::unpack::recorded::{Recorded, Taken, record, torture};

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!("../../../corpus/formats/sqlite/", $name)).as_slice()
    };
}

fn opened(format: &Format, bytes: &[u8]) -> Recorded {
    record(format, bytes, &Limits::default())
}

/// All that was handed over, with line breaks between.
fn text(recorded: &Recorded) -> String {
    recorded.members.iter().map(|member| member.text() + "\n").collect()
}

/// The member whose text holds something, and the place where it stands.
fn found<'r>(recorded: &'r Recorded, needle: &str) -> (&'r Taken, String) {
    let holds = |member: &&Taken| member.text().contains(needle);
    let member = recorded.members.iter().find(holds).unwrap_or_else(|| panic!("no {needle} in {}", text(recorded)));
    let offset = member.text().find(needle).expect("it is there");
    let inside = member.places.at(offset as u64);
    (member, format!("{}: {}", inside.sheet.unwrap_or_default(), inside.cell.unwrap_or_default()))
}

fn place(recorded: &Recorded, needle: &str) -> String {
    found(recorded, needle).1
}

#[test]
fn rows_have_places() {
    let recorded = opened(&DATABASE, sample!("tables.db"));
    assert_eq!(recorded.troubles, []);
    assert_eq!(place(&recorded, "needle-short"), "firms: ksef token, row 7");
    assert_eq!(place(&recorded, "needle-text-blob"), "firms: raw, row 9");
    assert_eq!(place(&recorded, "needle-lines"), "firms: note, row 8");
    assert_eq!(place(&recorded, "needle-a"), "pairs: a, row 1");
    let (firms, _) = found(&recorded, "needle-short");
    let lines = firms.text();
    let mut lines = lines.lines();
    assert_eq!(lines.next(), Some("id\tnip\tksef token\tnote\tshare\traw"));
    assert_eq!(lines.next(), Some("7\t5265877635\tneedle-short\tone line\t0.5\t"));
    assert_eq!(lines.next(), Some(format!("8\t\tneedle-over-{}-pages\t\t-3\t", "p".repeat(700)).as_str()));
    assert_eq!(lines.next(), Some("9\ta b\tneedle-9\t\t12345678901\tneedle-text-blob"));
    assert!(firms.made && !firms.echo && firms.words == ["firms"]);
    assert!(recorded.members[0].text().contains("CREATE TABLE pairs"));
    let index = recorded.members.iter().find(|member| member.echo).expect("the index is read too");
    assert!(index.text().starts_with("ksef token\t\nneedle-"), "{}", index.text());
}

#[test]
fn large_values_are_members() {
    let recorded = opened(&DATABASE, sample!("tables.db"));
    let large = recorded.named("large.body row 1");
    assert!(large.text().starts_with("needle-begin") && large.text().ends_with("needle-end"));
    assert_eq!((large.words.as_slice(), large.made), (["large".to_owned(), "body".to_owned()].as_slice(), false));
    let recorded = opened(&DATABASE, sample!("blob.db"));
    assert_eq!(recorded.troubles, []);
    let blob = recorded.named("files.body row 1");
    let inside = record(&crate::unpack::gzip::FORMAT, &blob.bytes, &Limits::default());
    assert!(text(&inside).starts_with("needle-in-gzip 1\n"));
}

#[test]
fn wide_text_is_handed_over_in_utf_8() {
    for bytes in [sample!("utf16le.db"), sample!("utf16be.db")] {
        let recorded = opened(&DATABASE, bytes);
        assert_eq!(place(&recorded, "needle-wide"), "osoby: żeton, row 1");
        assert_eq!(found(&recorded, "needle-wide").0.text(), "imię\tżeton\nZażółć\tneedle-wide\n");
    }
}

#[test]
fn what_was_deleted_is_put_together_again() {
    let recorded = opened(&DATABASE, sample!("deleted.db"));
    assert_eq!(place(&recorded, "needle-stays"), "kept: b, row 1");
    // The page that lists the free ones is one of them, and lost its first bytes to the list.
    let text = text(&recorded);
    let kept = (1..=250).filter(|number| text.contains(&format!("needle-{number:04}"))).count();
    assert!(kept >= 246, "{kept}");
    assert!(found(&recorded, "needle-0240").0.echo);
    assert!(found(&recorded, &format!("needle-dropped-{}-table", "d".repeat(300))).0.echo);
}

#[test]
fn logs_are_read_in_all_versions() {
    let recorded = opened(&LOG, sample!("log.wal"));
    assert_eq!(recorded.troubles, []);
    assert_eq!(place(&recorded, &format!("needle-newer-{}-log", "w".repeat(600))), "t: token, row 1");
    assert!(found(&recorded, "needle-older").0.echo);
    let recorded = opened(&JOURNAL, sample!("back.journal"));
    assert_eq!(recorded.troubles, []);
    assert_eq!(place(&recorded, &format!("needle-before-{}-change", "j".repeat(600))), "t: token, row 1");
}

#[test]
fn what_is_left_of_a_damaged_one_is_read() {
    let mut bytes = sample!("tables.db").to_vec();
    // The schema is gone, not what it led to.
    bytes[100..512].fill(0);
    let recorded = opened(&DATABASE, &bytes);
    assert_eq!(recorded.troubles[0].1.reason, Reason::Malformed);
    assert!(text(&recorded).contains(&format!("needle-over-{}-pages", "p".repeat(700))));
    // A page in the middle is.
    let mut bytes = sample!("tables.db").to_vec();
    bytes[512..1024].fill(0xFF);
    let recorded = opened(&DATABASE, &bytes);
    assert!(recorded.troubles.iter().any(|(name, _)| name.as_deref() == Some("firms")), "{:?}", recorded.troubles);
    assert!(text(&recorded).contains("needle-end"));
    let reasons = |bytes: &[u8]| opened(&DATABASE, bytes).troubles.iter().map(|told| told.1.reason).collect::<Vec<_>>();
    assert_eq!(reasons(&sample!("tables.db")[..60]), [Reason::Malformed]);
}

#[test]
fn loops_end() {
    let mut bytes = sample!("tables.db").to_vec();
    // Every page names itself, and every cell is the same.
    for (page, number) in bytes.chunks_mut(512).zip(1_u32..) {
        page[..4].copy_from_slice(&number.to_be_bytes());
    }
    bytes[..16].copy_from_slice(MAGIC);
    let total: usize = opened(&DATABASE, &bytes).members.iter().map(|member| member.bytes.len()).sum();
    assert!(total < 4 * bytes.len(), "{total}");
    let mut page = vec![0; 65_536];
    page[..16].copy_from_slice(MAGIC);
    page[16..18].copy_from_slice(&[0, 1]);
    page[100..108].copy_from_slice(&[13, 0, 0, 0x70, 0, 0, 0, 0]);
    (0..0x7000).for_each(|cell| page[108 + 2 * cell..][..2].copy_from_slice(&[0xF0, 0]));
    page[0xF000..0xF006].copy_from_slice(&[0x84, 0, 1, 2, 0x83, 0x7D]);
    let total: usize = opened(&DATABASE, &page).members.iter().map(|member| member.bytes.len()).sum();
    assert!(total < 1 << 20, "{total}");
}

#[test]
fn a_row_of_the_schema_that_stands_in_many_cells_is_read_once() {
    let mut page = vec![0; 65_536];
    page[..16].copy_from_slice(MAGIC);
    page[16..18].copy_from_slice(&[0, 1]);
    page[100..108].copy_from_slice(&[13, 0, 0, 0x48, 0, 0, 0, 0]);
    (0..0x4800).for_each(|cell| page[108 + 2 * cell..][..2].copy_from_slice(&[0xA0, 0]));
    // As long as it may be: thousands of values without bytes, each of which is looked at.
    let sql = b"CREATE TABLE t(a)";
    let head = [&[0x81, 0xA0, 0x07, 23, 15, 15, 1, 47][..], &vec![0; 20_480 - 1]].concat();
    let cell = [&[0x81, 0xA0, 0x20, 1][..], &head, b"tablett\x09", sql].concat();
    let size = head.len() + 8 + sql.len();
    assert_eq!(size, 1 << 14 | 0x20 << 7 | 0x20, "the length that the cell tells");
    page[0xA000..0xA000 + cell.len()].copy_from_slice(&cell);
    let recorded = opened(&DATABASE, &page);
    assert_eq!(recorded.members[0].text(), "CREATE TABLE t(a);\n".repeat(3), "{:?}", recorded.troubles);
}

#[test]
fn gaps_do_not_lie_over_each_other() {
    let mut page = vec![0; 65_536];
    page[..8].copy_from_slice(&[13, 0, 16, 0, 0, 0xFF, 0xFF, 0]);
    for at in (16..65_000).step_by(4) {
        let next = u16::try_from(at + 4).expect("it is in the page").to_be_bytes();
        page[at..at + 4].copy_from_slice(&[next[0], next[1], 0xFF, 0xFF]);
    }
    let image = page::Image::of_file(&page, 65_536, 65_536, page::Encoding::Utf8);
    let gaps = image.page(0, false).expect("a page").gaps();
    let total: usize = gaps.iter().map(std::ops::Range::len).sum();
    assert!(gaps.len() > 16_000 && total <= 2 * page.len(), "{total} bytes in {} gaps", gaps.len());
}

#[test]
fn nothing_breaks_it() {
    torture(&DATABASE, sample!("tables.db"));
    torture(&DATABASE, sample!("deleted.db"));
    torture(&LOG, sample!("log.wal"));
    torture(&JOURNAL, sample!("back.journal"));
}
