//! The ceilings as options: what each leaves, and how that is told.

use crate::case::{notices, scan, spots};
use crate::made::archive::{rar, stored, tar, zip};
use crate::made::office::xlsx;
use crate::made::{env, stream};
use crate::repository::{Told, token};

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect()
}

fn with(name: &str, bytes: &[u8], words: &[&str]) -> Told {
    scan(&[(name, bytes)], words)
}

#[test]
fn depth_says_how_many_containers_are_opened() {
    let (flat, deep) = (token(900), token(901));
    let inner = zip(&[("c.env", env(&deep))]);
    let archive = zip(&[("b.env", env(&flat).into_bytes()), ("in.zip", inner)]);
    let none = with("a.zip", &archive, &["--max-depth", "0"]);
    assert_eq!((none.code, none.findings.len(), none.notices.len()), (0, 0, 0), "{}", none.said());
    let one = with("a.zip", &archive, &["--max-depth", "1"]);
    assert_eq!((one.code, notices(&one)), (1, pairs(&[("too-deep", "--max-depth")])));
    assert_eq!((spots(&one, &flat).len(), spots(&one, &deep).len()), (1, 0));
    assert_eq!(one.summary["complete"], true, "it was chosen");
    let two = with("a.zip", &archive, &["--max-depth", "2"]);
    assert_eq!((two.code, two.notices.len(), spots(&two, &deep).len()), (1, 0, 1));
    // What stands there as it is needs no opening.
    let bare = with("a.zip", &stored(&[("b.env", env(&flat))]), &["--max-depth", "0"]);
    assert_eq!((bare.code, bare.notices.len(), spots(&bare, &flat).len()), (1, 0, 1));
}

#[test]
fn members_are_counted() {
    let names: Vec<String> = (0..6).map(|number| format!("{number}.env")).collect();
    let texts: Vec<String> = (0..6).map(|number| env(&token(910 + number))).collect();
    let members: Vec<(&str, &str)> = names.iter().zip(&texts).map(|(name, text)| (&**name, &**text)).collect();
    let told = with("a.zip", &zip(&members), &["--max-members", "3"]);
    assert_eq!((told.code, notices(&told)), (1, pairs(&[("too-many", "--max-members")])));
    assert_eq!((told.findings.len(), &told.summary["complete"]), (3, &false.into()));
}

/// Members of a tar archive that follows another one.
fn tar_before(members: &[(&str, &[u8])], behind: Vec<u8>) -> Vec<u8> {
    let mut bytes = tar(members);
    bytes.truncate(bytes.len() - 1024);
    bytes.extend(behind);
    bytes
}

#[test]
fn what_is_not_opened_any_more_is_searched_as_it_stands() {
    let tokens: Vec<String> = (0..6).map(|number| token(940 + number)).collect();
    let texts: Vec<(String, String)> = (0..6).map(|at| (format!("{at}.env"), env(&tokens[at]))).collect();
    let members: Vec<(&str, &[u8])> = texts.iter().map(|(name, text)| (&**name, text.as_bytes())).collect();
    let bomb = stream::gz(&vec![0; 8 << 20]);
    let behind = tar_before(&[("bomb.gz", &bomb)], tar(&members[3..]));
    let bytes = tar_before(&members[..3], behind);
    let found = |told: &Told| tokens.iter().map(|token| spots(told, token).len()).collect::<Vec<_>>();
    for (name, bytes) in [("a.tar", bytes.clone()), ("a.tar.zst", stream::zst(&bytes))] {
        let told = with(name, &bytes, &["--max-members", "3"]);
        assert_eq!((told.code, notices(&told)), (1, pairs(&[("too-many", "--max-members")])), "{name}");
        assert_eq!(found(&told), [1; 6], "{name}: {}", told.said());
    }
    let told = with("a.tar", &bytes, &["--max-expanded", "1MiB"]);
    assert_eq!((told.code, notices(&told)), (1, pairs(&[("too-large", "--max-expanded")])));
    assert_eq!(found(&told), [1; 6], "{}", told.said());
}

#[test]
fn what_must_be_held_has_a_ceiling() {
    let token = token(920);
    let filler: String = (0..90_000_u32).map(|number| format!("{:x} ", number.wrapping_mul(2_654_435_761))).collect();
    let inner = rar(&[("c.env", format!("{filler}{}", env(&token)))], None);
    let outer = tar(&[("in.rar", inner), ("b.env", env(&token).into())]);
    let told = with("a.tar", &outer, &["--max-blob", "300KiB"]);
    assert_eq!((told.code, notices(&told)), (1, pairs(&[("too-large", "--max-blob")])), "{}", told.said());
    assert_eq!(spots(&told, &token), ["ksef-token certain b.env line 2"]);
    let told = with("a.tar", &outer, &[]);
    assert_eq!((told.code, told.notices.len(), spots(&told, &token).len()), (1, 0, 2));
}

#[test]
fn small_ceilings_are_told_whatever_is_opened() {
    let token = token(930);
    let book = xlsx("S", &[&["x", &token]]);
    let told = with("a.xlsx", &book, &["--max-members", "1"]);
    assert!(notices(&told).contains(&("too-many".to_owned(), "--max-members".to_owned())), "{}", told.said());
    assert_eq!((told.code, &told.summary["complete"]), (1, &false.into()));
    assert_eq!(spots(&told, &token), ["ksef-token certain S!B1"]);
}

#[test]
fn a_large_page_in_a_stream_is_searched_while_it_passes() {
    let (plain, broken) = (token(960), token(961));
    let (start, end) = broken.split_at(30);
    // Each row may be a credential by what stands around it, and is made text.
    let rows =
        (0..60_000_u64).map(|number| format!("<row><c>{:040x}</c></row>\n", number.wrapping_mul(0x9E37_79B9_7F4A)));
    let row: String = rows.collect();
    let page = format!("<?xml version=\"1.0\"?>\n<x>{row}<p>{plain}</p>\n<p>{start}<b>{end}</b></p>\n{row}</x>");
    let told = with("a.xml.gz", &stream::gz(page.as_bytes()), &["--max-blob", "300KiB"]);
    assert_eq!((told.code, told.notices.len()), (1, 0), "{}", told.said());
    assert_eq!(spots(&told, &plain), ["ksef-token certain line 60002"]);
    assert_eq!(spots(&told, &broken), ["ksef-token certain line 60003"]);
}

#[test]
fn a_large_archive_in_a_stream_is_opened_while_it_passes() {
    let (first, last) = (token(970), token(971));
    let filler: String = (0..200_000_u32).map(|number| format!("{:x} ", number.wrapping_mul(2_654_435_761))).collect();
    let inner = zip(&[("a.env", env(&first)), ("x.txt", filler), ("c.env", env(&last))]);
    let outer = stream::gz(&tar(&[("in.zip", inner), ("b.env", env(&first).into())]));
    let told = with("a.tar.gz", &outer, &["--max-blob", "300KiB"]);
    assert_eq!((told.code, told.notices.len()), (1, 0), "{}", told.said());
    assert_eq!(spots(&told, &last), ["ksef-token certain in.zip > c.env line 2"]);
    assert_eq!(spots(&told, &first), ["ksef-token certain b.env line 2", "ksef-token certain in.zip > a.env line 2"]);
}
