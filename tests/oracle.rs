//! A naive matcher as the oracle of the fast one: on random texts both must find the same.
//!
//! In plain texts the oracle is a regular expression over every byte; in other dresses it is the
//! list of what was planted.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

#[path = "../examples/corpus/all.rs"]
#[allow(dead_code, unused_imports, reason = "the generator is shared with other tests")]
mod all;
#[allow(dead_code, reason = "not every test needs all of it")]
mod run;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use all::dress::{Carrier, Dress};
use ksefleaks::{Confidence, Context, Detector, Fingerprint, Found, JwtForm, RuleSet, Sampler};
use proptest::prelude::*;
use regex_automata::meta::Regex;
use run::now;

static DETECTOR: LazyLock<Detector> =
    LazyLock::new(|| Detector::new(RuleSet::built_in(), now()).expect("the built-in rules can be searched for"));

/// The form of a token and nothing else; what is planted has sound check digits.
static FORM: LazyLock<Regex> = LazyLock::new(|| {
    let form = r"[0-9]{8}-EC-[0-9A-F]{10}-[0-9A-F]{10}-[0-9A-F]{2}\|nip-[0-9]{10}\|[0-9a-f]{64}";
    Regex::builder()
        .syntax(regex_automata::util::syntax::Config::new().utf8(false))
        .build(form)
        .expect("a sound pattern")
});

type Prints = BTreeSet<(u64, String)>;

fn fast(text: &[u8]) -> Prints {
    let step = DETECTOR.window(&mut DETECTOR.begin(&Context::default()), text, true, true);
    let hits = step.found.into_iter().filter_map(|found| if let Found::Hit(hit) = found { Some(hit) } else { None });
    let certain = hits.filter(|hit| hit.credential.confidence == Confidence::Certain);
    certain.map(|hit| (hit.place.offset, Fingerprint::of(&hit.credential.secret).to_string())).collect()
}

fn naive(text: &[u8]) -> Prints {
    let print = |bytes: &[u8]| Fingerprint::of_public(bytes).to_string();
    FORM.find_iter(text).map(|found| (found.start() as u64, print(&text[found.range()]))).collect()
}

/// Bytes between two credentials: noise, letters, and the pieces that matchers stumble over.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::sample::select(vec![
        "-EC-",
        "nip-",
        "|",
        "\\",
        "%7C",
        "%",
        "&#124;",
        "&",
        "=\r\n",
        "=",
        "\n",
        "\r\n> ",
        "\"",
        "' + '",
        "H4sI",
        "\u{200B}",
        "KSeF token ",
        "20251014-EC-2DFC46C000-3AC6D5877F-D4|",
        "eyJ",
        "a3NlZi1hcGkt",
        "0123456789abcdef",
        "\0",
        "ż",
    ]);
    let piece = prop_oneof![
        4 => pieces.prop_map(|piece| piece.as_bytes().to_vec()),
        2 => "[a-z ,.]{1,40}".prop_map(String::into_bytes),
        1 => "[A-Za-z0-9+/]{1,90}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 1..40),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

/// Text that no dress can swallow.
fn quiet() -> impl Strategy<Value = String> {
    "([a-zżó ,.]{0,60}\n){1,12}"
}

/// What surely ends a dress.
const FENCE: &str = "\n\n\nKoniec akapitu.\n\n\n";

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn plain_tokens_are_found_as_a_naive_matcher_finds_them(parts in prop::collection::vec((noise(), any::<u64>()), 1..8)) {
        let mut text = Vec::new();
        for (noise, seed) in &parts {
            text.extend_from_slice(noise);
            text.extend_from_slice(Sampler::new(*seed).token().as_bytes());
        }
        let (fast, naive) = (fast(&text), naive(&text));
        // Escapes in the noise may make one of what the naive matcher does not see; never the other way.
        prop_assert!(naive.is_subset(&fast), "missed {:?}", naive.difference(&fast).collect::<Vec<_>>());
        prop_assert_eq!(naive.len(), parts.len());
        prop_assert_eq!(fast.len(), parts.len());
    }

    #[test]
    fn what_was_planted_in_any_dress_is_found_and_nothing_else(
        plants in prop::collection::vec((quiet(), any::<prop::sample::Index>(), any::<u64>(), any::<bool>()), 1..5)
    ) {
        let dresses: Vec<Dress> = all::dress::all().into_iter().filter(|dress| !dress.whole && is_certain(dress)).collect();
        let (mut text, mut planted) = (Vec::new(), Prints::new());
        for (before, dress, seed, is_token) in &plants {
            let dress = dress.get(&dresses);
            let mut sampler = Sampler::new(*seed);
            let rule = if *is_token || !all::matrix::wears("ksef-jwt", dress) { "ksef-token" } else { "ksef-jwt" };
            let value = if rule == "ksef-token" { sampler.token() } else { sampler.jwt(&JwtForm::default()) };
            text.extend_from_slice(before.as_bytes());
            text.extend_from_slice(FENCE.as_bytes());
            let lead = if dress.clothes.contains(&"quoted-printable") { "t: " } else { "TOKEN=" };
            let worn = dress.wear(&Carrier { lead, value: &value, tail: "\n" });
            planted.insert(((text.len() + worn.at) as u64, Fingerprint::of_public(value.as_bytes()).to_string()));
            text.extend_from_slice(&worn.bytes);
            text.extend_from_slice(FENCE.as_bytes());
        }
        prop_assert_eq!(fast(&text), planted, "{}", String::from_utf8_lossy(&text));
    }

    #[test]
    fn windows_make_no_difference(parts in prop::collection::vec((noise(), any::<u64>()), 1..4), before in 0_usize..40_000, size in 110_000_usize..140_000) {
        let mut text = b"zdanie bez niczego\n".repeat(8_000);
        let mut at = 100_000 + before;
        for (noise, seed) in &parts {
            let piece = [&noise[..], Sampler::new(*seed).token().as_bytes()].concat();
            text[at..at + piece.len()].copy_from_slice(&piece);
            at += piece.len();
        }
        prop_assert_eq!(in_windows(&text, size), fast(&text));
    }
}

/// Gzip is handed to the engine; escaped hyphens leave the secret part.
fn is_certain(dress: &Dress) -> bool {
    !dress.clothes.contains(&"gzip") && !dress.family.starts_with("hyphens")
}

fn in_windows(text: &[u8], size: usize) -> Prints {
    let (mut scan, mut start, mut prints) = (DETECTOR.begin(&Context::default()), 0, Prints::new());
    loop {
        let end = text.len().min(start + size);
        let step = DETECTOR.window(&mut scan, &text[start..end], end == text.len(), true);
        for found in step.found {
            if let Found::Hit(hit) = found
                && hit.credential.confidence == Confidence::Certain
            {
                prints.insert((hit.place.offset, Fingerprint::of(&hit.credential.secret).to_string()));
            }
        }
        if end == text.len() {
            return prints;
        }
        start += step.consumed;
    }
}
