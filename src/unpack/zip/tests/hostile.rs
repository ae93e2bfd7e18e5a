//! Archives that are made to cost much.
//!
//! Holds: that they end, and say why. Must not know: how.

use super::*;

/// Bytes that came out of all members.
fn total(recorded: &Recorded) -> usize {
    recorded.members.iter().map(|member| member.bytes.len()).sum()
}

#[test]
fn what_is_listed_often_is_read_once() {
    let content = text(300);
    let packed = deflate(&content);
    let sizes = (packed.len() as u32, content.len() as u32);
    let member = [local("a", 0, 8, &content, sizes), packed].concat();
    let listed = central("a", 0, 8, &content, sizes, 0).repeat(1000);
    let end = ending(1000, listed.len(), member.len());
    let recorded = open(&[member, listed, end].concat());
    assert_eq!(recorded.members.len(), 1);
    assert_eq!(texts(&recorded), ["names 999 members that are others once more; these were read once"]);
}

#[test]
fn members_that_overlap_are_paid_for() {
    // Each reaches over the headers and the data of all behind it.
    let core = vec![b'x'; 2 << 20];
    let (count, mut members, mut listed) = (600_u32, Vec::new(), Vec::new());
    for number in 0..count {
        let rest = (count - 1 - number) * 34 + core.len() as u32;
        listed.extend(central(&format!("{number:04}"), 0, 0, b"", (rest, rest), members.len() as u32));
        members.extend(local(&format!("{number:04}"), 0, 0, b"", (rest, rest)));
    }
    let end = ending(count as u16, listed.len(), members.len() + core.len());
    let bytes = [members, core, listed, end].concat();
    let limits = Limits { max_expanded: 16 << 20, ..Limits::default() };
    let recorded = record(&FORMAT, &bytes, &limits);
    assert!(total(&recorded) <= 40 << 20, "{} bytes", total(&recorded));
    assert!(reasons(&recorded).contains(&Reason::TooLarge));
    assert!(recorded.troubles.iter().any(|(_, trouble)| trouble.text.contains("members more than --max-expanded")));
}

#[test]
fn headers_without_end_are_paid_for() {
    // No directory; each header claims all that is behind it.
    let size = 40_000_u32 * 31;
    let bytes = local("a", 0, 0, b"", (size, size)).repeat(40_000);
    let limits = Limits { max_expanded: 32 << 20, ..Limits::default() };
    let recorded = record(&FORMAT, &bytes, &limits);
    assert!(total(&recorded) <= 64 << 20, "{} bytes", total(&recorded));
    assert!(reasons(&recorded).contains(&Reason::TooLarge));
    // Headers whose sizes follow, and do not.
    let bytes = local("a", 8, 8, b"", (0, 0)).repeat(40_000);
    assert!(total(&open(&bytes)) == 0);
}

#[test]
fn many_members_are_read() {
    let (mut members, mut listed) = (Vec::new(), Vec::new());
    for number in 0..70_000 {
        let name = format!("{number:05}");
        listed.extend(central(&name, 0, 0, b"x", (1, 1), members.len() as u32));
        members.extend(local(&name, 0, 0, b"x", (1, 1)));
        members.push(b'x');
    }
    let end = ending(70_000_u32 as u16, listed.len(), members.len());
    let bytes = [members, listed, end].concat();
    let recorded = open_sound(&bytes);
    assert_eq!(recorded.members.len(), 70_000);
    assert_eq!(recorded.members[69_999].name.as_deref(), Some("69999"));
    let limits = Limits { max_members: 1000, ..Limits::default() };
    assert_eq!(record(&FORMAT, &bytes, &limits).members.len(), 1000);
    // With little memory they are read in batches, and the gaps are not.
    let limits = Limits { max_blob: 2 << 20, ..Limits::default() };
    let recorded = record(&FORMAT, &bytes, &limits);
    assert_eq!(recorded.members.len(), 70_000);
    assert_eq!(reasons(&recorded), []);
    let limits = Limits { max_blob: 400 << 10, ..Limits::default() };
    let recorded = record(&FORMAT, &bytes, &limits);
    assert_eq!((recorded.members.len(), reasons(&recorded)), (70_000, vec![Reason::TooMany]));
}

#[test]
fn dictionaries_are_asked_for() {
    // LZMA that claims four gigabytes of dictionary and content.
    let stream = [&[9, 20, 5, 0, 0x5D][..], &u32::MAX.to_le_bytes(), &[0; 40]].concat();
    let sizes = (stream.len() as u32, u32::MAX - 1);
    let recorded = open(&[local("a", 0, 14, b"", sizes), stream].concat());
    assert_eq!(reasons(&recorded)[0], Reason::TooLarge, "{:?}", recorded.troubles);
    // zstd that claims a window of two gigabytes.
    let stream = [&0xFD2F_B528_u32.to_le_bytes()[..], &[0x00, 0xA8], &[0; 40]].concat();
    let sizes = (stream.len() as u32, 100);
    let recorded = open(&[local("a", 0, 93, b"", sizes), stream].concat());
    assert_eq!(reasons(&recorded)[0], Reason::Unsupported);
}
