//! Files that mean harm: broken ones, endless ones, nested ones. None may bring a run down, and the
//! work that one of them can cause is bounded; it is counted, not timed.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

#[path = "../examples/corpus/all.rs"]
#[allow(dead_code, unused_imports, reason = "the generator is shared with other tests")]
mod all;
#[path = "run/mutate.rs"]
mod mutate;
#[allow(dead_code, reason = "not every test needs all of it")]
mod run;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use all::encode::{base64, gzip};
use all::hostile::nest;
use ksefleaks::{Context, Detector, Fingerprint, Limits, Outcome, Reason, RuleSet, Sampler};
use mutate::mutate;
use run::{now, scan};

/// Dresses that one decoder undoes, by the beginning of the names of their files.
const DECODERS: [&str; 12] = [
    "utf16",
    "percent",
    "escape",
    "entity",
    "quoted-printable",
    "mail",
    "continued",
    "concatenated",
    "unseen",
    "base64",
    "hex",
    "gzip",
];

#[test]
fn broken_files_are_survived_by_every_decoder() {
    let detector = Detector::new(RuleSet::built_in(), now()).expect("the built-in rules can be searched for");
    let documents = all::documents();
    let of = |decoder: &str| -> Vec<&[u8]> {
        let ours = documents.iter().filter(|document| document.path.starts_with("hit/"));
        let named =
            ours.filter(|document| document.path.rsplit('/').next().is_some_and(|name| name.starts_with(decoder)));
        named.map(|document| &document.bytes[..document.bytes.len().min(6_000)]).collect()
    };
    for decoder in DECODERS {
        let (files, mut sampler) = (of(decoder), Sampler::new(7));
        assert!(!files.is_empty(), "{decoder}");
        for round in 0..500 {
            let (one, other) = (files[round % files.len()], files[(round * 7 + 1) % files.len()]);
            let broken = mutate(&mut sampler, one, other);
            let step = detector.window(&mut detector.begin(&Context::default()), &broken, true, true);
            assert_eq!(step.consumed, broken.len(), "{decoder}, round {round}");
        }
    }
}

#[test]
fn broken_containers_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut sampler = Sampler::new(8);
    let token = sampler.token();
    let text = format!("KSEF_TOKEN={token}\n{}", sampler.string(b"abcdefgh \n", 4_000));
    let packed = gzip(text.as_bytes());
    let other = gzip(b"something else");
    for round in 0..500 {
        let broken = mutate(&mut sampler, &packed, &other);
        fs::write(folder.path().join(format!("{round}.gz")), &broken).expect("it can be written");
        fs::write(folder.path().join(format!("{round}.txt")), base64(&broken)).expect("it can be written");
    }
    let outcome = scan(&[folder.path()], 2, Limits::default());
    assert_eq!(outcome.summary.files, 1_000);
    assert!(outcome.summary.notices.keys().all(|reason| *reason == "malformed"), "{:?}", outcome.summary.notices);
    assert!(outcome.summary.notices["malformed"] > 100);
    // What came before the damage is searched.
    assert!(
        outcome.findings.iter().any(|finding| finding.secret.sha256 == Some(Fingerprint::of_public(token.as_bytes())))
    );
}

/// Texts that invite a decoder to do too much.
fn endless() -> BTreeMap<&'static str, Vec<u8>> {
    let long = |piece: &str, bytes: usize| piece.repeat(bytes / piece.len()).into_bytes();
    let size = 10 << 20;
    BTreeMap::from([
        ("equals", long("=", size)),
        ("percent", long("%25", size)),
        ("percent-broken", long("%252", size)),
        ("backslashes", long("\\", size)),
        ("ampersands", long("&amp;", size)),
        ("ampersands-and-anchors", long("&amp;amp;-EC-", 1 << 20)),
        ("backslashes-and-anchors", long("\\\\\\\\\\\\\\-EC-", 1 << 20)),
        ("percent-and-anchors", long("%25%25%25-EC-", 1 << 20)),
        ("quotes-and-anchors", long("\" + \"nip-", 1 << 20)),
        ("blanks-and-anchors", long("   \n   >   -EC-", 1 << 20)),
        ("open-quotes", long("\"     ", size)),
        ("line-ends", long("\r\n", size)),
        ("blanks", long(" ", size)),
        ("anchors", long("-EC-", 1 << 20)),
        ("words", long("KSeF ", 1 << 20)),
        ("words-and-runs", long("ksef token abcdefghij0123456789ABCDEFGHIJ0123456789;", 1 << 20)),
        ("headings", long("nip;token ksef;x\n", 1 << 20)),
        ("gzip-beginnings", long("H4sI", 4 << 20)),
        ("gzip-beginnings-apart", long("H4sIAAAAAAAAA ", 4 << 20)),
        ("one-line", long("abcdefghijklmnopqrstuvwxyz012345", size)),
        ("hexadecimal", long("4b5345465f", size)),
        ("base64-of-anchors", base64(&long("-EC-", 700 << 10)).into_bytes()),
        ("zeros", vec![0; size]),
        ("wide-zeros", long("a\0", size)),
        ("surrogates", [&[0xFF, 0xFE][..], &[0x00, 0xD8].repeat(1 << 19)].concat()),
        ("invisible", long("\u{200B}", 4 << 20)),
        ("soft-hyphens-and-anchors", long("\u{AD}-EC-", 1 << 20)),
    ])
}

#[test]
fn endless_texts_come_to_an_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let texts = endless();
    for (name, text) in &texts {
        fs::write(folder.path().join(name), text).expect("it can be written");
    }
    let outcome = scan(&[folder.path()], 2, Limits::default());
    assert_eq!(outcome.findings.len(), 0, "{:?}", outcome.findings.first());
    assert_eq!(outcome.summary.bytes, texts.values().map(|text| text.len() as u64).sum::<u64>(), "each is read once");
    assert_eq!(outcome.summary.files, texts.len() as u64);
    assert!(outcome.summary.members < 2_000, "{} streams were opened", outcome.summary.members);
    assert!(!outcome.summary.notices.contains_key("panicked"));
}

fn scan_one(name: &str, bytes: &[u8], limits: Limits) -> Outcome {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(name), bytes).expect("it can be written");
    scan(&[Path::new(folder.path())], 1, limits)
}

#[test]
fn nests_are_opened_to_a_depth_and_the_rest_is_told() {
    let token = Sampler::new(9).token();
    let limits = || Limits { max_depth: 8, ..Limits::default() };
    let found = scan_one("nest.txt", &nest(&token, 8), limits());
    assert_eq!((found.findings.len(), found.notices.len()), (1, 0));
    let lost = scan_one("nest.txt", &nest(&token, 9), limits());
    assert_eq!(lost.findings.len(), 0);
    assert_eq!(lost.notices.iter().map(|notice| notice.reason).collect::<Vec<_>>(), [Reason::TooDeep]);
    assert_eq!(lost.summary.members, 8);
}

#[test]
fn bombs_are_cut_off() {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let chunk = vec![0; 1 << 20];
    for _ in 0..200 {
        encoder.write_all(&chunk).expect("memory takes it");
    }
    let bomb = encoder.finish().expect("memory takes it");
    assert!(bomb.len() < 1 << 20);
    let inside = format!("a: {}\n", base64(&bomb));
    let limits = || Limits { max_expanded: 128 << 20, ..Limits::default() };
    for (name, bytes) in [("bomb.gz", bomb.clone()), ("bomb.txt", inside.into_bytes())] {
        let outcome = scan_one(name, &bytes, limits());
        let reasons: Vec<_> = outcome.notices.iter().map(|notice| notice.reason).collect();
        assert!(matches!(reasons[..], [Reason::TooLarge | Reason::Ratio]), "{name}: {:?}", outcome.notices);
        assert!(!outcome.summary.complete);
    }
    // Many bombs in one file spend one purse.
    let many: String = (0..20).map(|index| format!("key{index}: {}\n", base64(&bomb))).collect();
    let outcome = scan_one("bombs.txt", many.as_bytes(), limits());
    assert!(outcome.notices.iter().any(|notice| notice.text.contains("--max-expanded")), "{:?}", outcome.notices);
}

#[test]
fn the_hostile_files_of_the_corpus_do_no_harm() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/hostile");
    let outcome = scan(&[&folder], 2, Limits::default());
    let known = all::documents().iter().filter(|document| document.path.starts_with("hostile/")).count();
    assert_eq!(outcome.summary.files, known as u64);
    assert!(!outcome.summary.notices.contains_key("panicked"), "{:?}", outcome.notices);
    assert!(outcome.summary.notices["malformed"] > 60, "{:?}", outcome.summary.notices);
}
