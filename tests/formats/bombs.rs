//! Containers that are made to cost much. Each comes to an end, and what was not looked at is told.

use std::io::Write;

use crate::case::{scan, spots};
use crate::made::archive::{stored, tar, zip};
use crate::made::office::word;
use crate::made::{env, page, stream};
use crate::repository::{Told, token};

/// Some megabytes of nothing.
fn nothing(megabytes: usize) -> Vec<u8> {
    vec![0; megabytes << 20]
}

/// That a run ended by itself, and incomplete for one of these reasons.
#[track_caller]
fn told_of(told: &Told, reasons: &[&str]) {
    assert_eq!((told.code, &told.summary["complete"], told.findings.len()), (3, &false.into(), 0), "{}", told.said());
    assert!(told.reasons().iter().all(|reason| reasons.contains(&reason.as_str())), "{}", told.said());
    assert!(told.notices.len() < 100, "{} notices", told.notices.len());
}

#[test]
fn the_last_of_very_many_members_is_read() {
    let names: Vec<String> = (0..200_000).map(|number| format!("{number}")).collect();
    let last = env(&token(800));
    let text = |number: usize| if number == 199_999 { last.as_str() } else { "" };
    let members: Vec<(&str, &str)> = names.iter().enumerate().map(|(at, name)| (name.as_str(), text(at))).collect();
    let archive = stored(&members);
    let told = scan(&[("a.zip", &archive)], &[]);
    assert_eq!(spots(&told, &token(800)), ["ksef-token certain 199999 line 2"]);
    assert_eq!((told.code, told.notices.len(), &told.summary["members"]), (1, 0, &200_000.into()), "{}", told.said());
    // With fewer than there are, it is still found in the bytes as they are.
    let told = scan(&[("a.zip", &archive)], &["--max-members", "1000"]);
    assert_eq!((told.code, told.reasons().into_iter().collect::<Vec<_>>()), (1, vec!["too-many".to_owned()]));
    assert_eq!(spots(&told, &token(800)), ["ksef-token certain line 2"].map(|_| spots(&told, &token(800))[0].clone()));
}

#[test]
fn nests_of_archives_spend_one_purse() {
    let mut nest = zip(&[("zeros", nothing(1))]);
    for level in 0..6 {
        let names: Vec<String> = (0..16).map(|number| format!("{level}-{number}.zip")).collect();
        let members: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), nest.as_slice())).collect();
        nest = zip(&members);
    }
    let told = scan(&[("a.zip", &nest)], &["--max-expanded", "64MiB"]);
    told_of(&told, &["too-large", "ratio"]);
    assert!(told.summary["members"].as_u64() < Some(2_000), "{}", told.summary);
}

#[test]
fn one_stream_that_grows_is_cut_off() {
    let mut grown = stream::gz(&nothing(64));
    told_of(&scan(&[("a.gz", &grown)], &["--max-ratio", "100"]), &["ratio"]);
    told_of(&scan(&[("a.gz", &grown)], &["--max-expanded", "32MiB"]), &["too-large"]);
    grown = stream::gz(&grown);
    told_of(&scan(&[("a.gz.gz", &grown)], &["--max-expanded", "32MiB"]), &["ratio", "too-large"]);
    for bytes in [stream::bz2(&nothing(64)), stream::xz(&nothing(64)), stream::zst(&nothing(64))] {
        told_of(&scan(&[("a", &bytes)], &["--max-expanded", "32MiB"]), &["ratio", "too-large"]);
    }
}

/// An archive whose members all lie over each other: each holds the headers of those behind it.
fn overlapping(count: usize, kernel: &[u8]) -> Vec<u8> {
    let field = |number: usize| u32::try_from(number).expect("it is small").to_le_bytes();
    let (mut members, mut listed) = (Vec::new(), Vec::new());
    for number in 0..count {
        let rest = field((count - 1 - number) * 36 + kernel.len());
        let name = format!("{number:06}");
        let own = [&[20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0x5B, 0, 0, 0, 0][..], &rest, &rest, &[6, 0, 0, 0]].concat();
        listed.extend([b"PK\x01\x02\x14\0", &own[..], &[0; 10], &field(members.len()), name.as_bytes()].concat());
        members.extend([b"PK\x03\x04", &own[..], name.as_bytes()].concat());
    }
    members.extend_from_slice(kernel);
    let counts = (count as u16).to_le_bytes();
    let ending = [&b"PK\x05\x06\0\0\0\0"[..], &counts, &counts, &field(listed.len()), &field(members.len()), &[0, 0]];
    [members.clone(), listed, ending.concat()].concat()
}

#[test]
fn members_over_each_other_are_paid_for() {
    let bytes = overlapping(500, &nothing(1));
    let told = scan(&[("a.zip", &bytes)], &["--max-expanded", "32MiB"]);
    assert!(told.reasons().contains("too-large"), "{}", told.said());
    assert_eq!(told.code, 3);
    assert!(told.notices.len() < 600, "{}", told.notices.len());
}

#[test]
fn an_archive_that_holds_itself_ends_at_the_depth() {
    let token = token(810);
    let mut bytes = tar(&[("c.env", env(&token))]);
    for _ in 0..40 {
        bytes = tar(&[("again.tar", bytes)]);
    }
    let told = scan(&[("a.tar", &bytes)], &[]);
    assert_eq!(told.reasons().into_iter().collect::<Vec<_>>(), ["too-deep"]);
    // It is searched as it stands.
    let [spot] = &spots(&told, &token)[..] else { panic!("{:?}", spots(&told, &token)) };
    assert_eq!(spot.matches("again.tar").count(), 8, "{spot}");
    assert_eq!((told.code, &told.summary["complete"]), (1, &true.into()));
}

#[test]
fn deep_and_wide_markup_ends() {
    let token = token(820);
    let deep = |tag: &str| {
        format!(
            "<?xml version='1.0'?>{}{token}{}",
            format!("<{tag}>").repeat(1_000_000),
            format!("</{tag}>").repeat(1_000_000)
        )
    };
    let wide = page::html(&format!("{}{token}{}", "<b>".repeat(1_000_000), "<p>x".repeat(1_000_000)));
    let document = zip(&word(&deep("w:p").replace("<?xml version='1.0'?>", ""), &[]));
    let odd = |root: &str| format!("<office:{root} xmlns:office='o'>{}", deep("a"));
    let files = [
        ("a.xml", deep("a").into_bytes()),
        ("a.svg", deep("svg").into_bytes()),
        ("a.html", wide.into_bytes()),
        ("a.docx", document),
        ("a.fodt", odd("document").into_bytes()),
        (
            "a.odt",
            zip(&[
                ("mimetype", "application/vnd.oasis.opendocument.text".into()),
                ("content.xml", odd("document-content")),
            ]),
        ),
        ("a.rtf", format!("{{\\rtf1 {}{token}", "{".repeat(1_000_000)).into_bytes()),
        ("a.json", format!("{}\"{token}\"", "[".repeat(1_000_000)).into_bytes()),
        ("a.ipynb", format!("{{\"cells\": {}\"{token}\"", "[".repeat(1_000_000)).into_bytes()),
    ];
    for (name, bytes) in &files {
        let told = scan(&[(name, bytes)], &[]);
        let spots = spots(&told, &token);
        assert_eq!((told.code, spots.len(), &*told.error), (1, 1, ""), "{name}: {spots:?} {}", told.said());
        assert!(told.reasons().iter().all(|reason| reason == "malformed"), "{name}: {}", told.said());
    }
}

#[test]
fn what_only_says_that_it_is_large_is_not_believed() {
    // A picture and a text that begin as archives do, and headers that promise much.
    let mut huge = tar(&[("a", "x")]);
    huge[124..136].copy_from_slice(b"\x80\0\0\0\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF");
    let mut window = stream::zst(b"x");
    window.splice(4.., [0, 0xF8, 1, 0, 0]);
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(b"x").expect("memory takes it");
    let files: [(&str, &[u8]); 6] = [
        ("a.tar", &huge),
        ("a.zst", &window),
        ("a.zip", b"PK\x03\x04 picture"),
        (
            "a.7z",
            b"7z\xBC\xAF\x27\x1C\0\x04\0\0\0\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F\0\0\0\0",
        ),
        ("a.xz", b"\xFD7zXZ\0\0\x04\xE6\xD6\xB4\x46\xFF\xFF\xFF\xFF"),
        ("a.cab", b"MSCF\0\0\0\0\xFF\xFF\xFF\xFF\0\0\0\0\xFF\xFF\xFF\xFF\0\0\0\0\x03\x01\xFF\xFF\xFF\xFF\0\0\0\0\0\0"),
    ];
    for (name, bytes) in files {
        let told = scan(&[(name, bytes)], &[]);
        assert_eq!((told.code, told.notices.is_empty()), (3, false), "{name}");
        assert!(!told.reasons().contains("panicked"), "{name}: {}", told.said());
    }
}
