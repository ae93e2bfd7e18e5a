//! Containers that end early or are damaged.

use ksefleaks::Sampler;

use crate::case::{scan, spots, text};
use crate::made::archive::{tar, zip};
use crate::made::{SAMPLES, env, stream};
use crate::repository::token;

#[test]
fn a_zip_without_its_end_is_read_by_its_members() {
    let members = [("a.env", env(&token(700))), ("b.env", env(&token(701)))];
    let whole = zip(&members);
    let directory = whole.windows(4).position(|window| window == b"PK\x01\x02").expect("a directory");
    // Cut within its directory, and within its last member.
    for (cut, found) in [(directory + 50, 2), (directory, 2), (directory - 20, 1)] {
        let told = scan(&[("a.zip", &whole[..cut])], &[]);
        let all: Vec<_> = [700, 701].into_iter().flat_map(|number| spots(&told, &token(number))).collect();
        assert_eq!(all[..found], ["ksef-token certain a.env line 2", "ksef-token certain b.env line 2"][..found]);
        assert!(told.notices.iter().any(|notice| notice["reason"] == "malformed"), "{cut}: {:?}", told.notices);
        assert_eq!(told.code, 1);
    }
}

#[test]
fn damage_in_a_stream_within_a_stream_is_told_once() {
    let (first, last) = (env(&token(740)), env(&token(741)));
    // What does not compress, so that the damage is met in the middle.
    let filler: String =
        (0..400_000_u32).map(|number| format!("{:08x}\n", number.wrapping_mul(2_654_435_761))).collect();
    let plain = tar(&[("a.env", first), ("b.txt", filler), ("c.env", last)]);
    let cut = |bytes: Vec<u8>| bytes[..bytes.len() / 2].to_vec();
    let turned = |mut bytes: Vec<u8>| {
        let end = bytes.len() - 5;
        bytes[end] ^= 1;
        bytes
    };
    let whole = stream::gz(&plain);
    for (name, bytes, what) in [
        ("a.tar.gz", cut(whole.clone()), "gzip"),
        ("a.tar.gz.gz", stream::gz(&cut(whole.clone())), "gzip"),
        ("a.tar.gz.gz", cut(stream::gz(&whole)), "gzip"),
        ("a.tar.xz", cut(stream::xz(&plain)), "xz"),
        ("a.tar.gz", turned(whole.clone()), "gzip"),
        ("a.tar", tar(&[("b.tar.gz", cut(whole))]), "gzip"),
    ] {
        let told = scan(&[(name, &bytes)], &[]);
        let [notice] = told.notices.as_slice() else { panic!("{name}: {:#?}", told.notices) };
        assert!(text(&notice["text"]).starts_with(what), "{name}: {notice}");
        assert_eq!((told.code, &told.summary["complete"]), (1, &false.into()), "{name}");
        assert_eq!(spots(&told, &token(740)).len(), 1, "{name}");
    }
}

/// Formats of which a part is as sound as the whole: texts, `compress`, which marks no end, and logs, whose last page may
/// always be missing.
const ENDLESS: [&str; 10] = ["db-wal", "txt", "html", "xml", "svg", "rtf", "eml", "mht", "mbox", "Z"];

#[test]
fn what_is_cut_off_is_told_or_found() {
    let token = token(710);
    let cut = |bytes: Vec<u8>| bytes[..bytes.len() * 4 / 5].to_vec();
    let files: Vec<(&str, Vec<u8>)> = SAMPLES.iter().map(|sample| (sample.name, cut((sample.make)(&token)))).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    let told = scan(&files, &[]);
    let said: String = told.findings.iter().chain(&told.notices).map(ToString::to_string).collect();
    // As Windows writes a path, in JSON.
    let said = said.replace(r"\\", "/");
    let silent = (0..).zip(&files).filter(|(index, (name, _))| {
        let ending = name.rsplit('.').next().unwrap_or_default();
        !said.contains(&format!("\"in/{index}/{name}\"")) && !ENDLESS.contains(&ending)
    });
    assert_eq!(silent.map(|(_, (name, _))| *name).collect::<Vec<_>>(), Vec::<&str>::new());
    let reasons: Vec<String> = told.notices.iter().map(|notice| text(&notice["reason"])).collect();
    assert!(reasons.iter().all(|reason| reason == "malformed" || reason == "unsupported"), "{reasons:?}");
    assert_eq!(told.code, 1);
}

#[test]
fn what_is_known_and_not_opened_is_told_and_searched() {
    let token = token(730);
    for begin in [&b"!BDN\0\0\0\0SM\x17\0"[..], b"\x78\x9F\x3E\x22\x01\0\x01"] {
        let told = scan(&[("a", &[begin, env(&token).as_bytes()].concat())], &[]);
        assert_eq!((told.code, told.reasons().into_iter().collect::<Vec<_>>()), (1, vec!["unsupported".to_owned()]));
        assert_eq!((spots(&told, &token).len(), &told.summary["complete"]), (1, &false.into()));
    }
}

#[test]
fn damaged_copies_bring_nothing_down() {
    let mut sampler = Sampler::new(720);
    let token = token(720);
    let mut files = Vec::new();
    for sample in &SAMPLES {
        let sound = (sample.make)(&token);
        for round in 0..10 {
            let mut bytes = sound.clone();
            for _ in 0..=round {
                let at = usize::try_from(sampler.below(bytes.len() as u64)).expect("it is small");
                bytes[at] ^= 1 << sampler.below(8);
            }
            files.push((sample.name, bytes));
        }
    }
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    let told = scan(&files, &[]);
    assert_eq!(told.summary["files"], files.len(), "{}", told.error);
    assert!(!told.reasons().contains("panicked"), "{}", told.said());
    assert_eq!((told.code, &*told.error), (1, ""));
}
