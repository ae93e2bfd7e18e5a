//! What was once missed, misplaced or mistaken, by name.
//!
//! Holds: one test for each such case. Must not know: why the code is as it is.

use super::*;
use crate::base::{Confidence, Fingerprint};
use crate::rules::Sampler;

fn detector() -> Detector {
    let now = Instant::from_day(2026, 11, 21).expect("a real day");
    Detector::new(RuleSet::built_in(), now).expect("the built-in rules can be searched for")
}

/// What is found at `likely` or above: rule, fingerprint, offset.
fn found(text: &[u8], name: &str) -> Vec<(String, Fingerprint, u64)> {
    let detector = detector();
    let context = Context { names: vec!["src".to_owned(), name.to_owned()] };
    let step = detector.window(&mut detector.begin(&context), text, true, true);
    let hits = step.found.into_iter().filter_map(|found| if let Found::Hit(hit) = found { Some(hit) } else { None });
    let likely = hits.filter(|hit| hit.credential.confidence > Confidence::Possible);
    let row = |hit: Box<Hit>| {
        let rule = detector.rules().rules()[hit.credential.rule].id.clone();
        (rule, Fingerprint::of(&hit.credential.secret), hit.place.offset)
    };
    likely.map(row).collect()
}

#[test]
fn digests_on_a_long_line_are_judged_with_all_of_it() {
    let mut sampler = Sampler::new(3);
    let mut line =
        || format!("{{\"invoiceHash\":\"{}\",\"skrót KSeF\":\"{}\"}},=0A\r\n", sampler.secret(), sampler.secret());
    let text: String = (0..40).map(|_| line()).collect();
    assert_eq!(found(text.as_bytes(), "a.eml"), []);
    // A word of KSeF more than a kilobyte behind the word of a hash.
    for gap in [900, 1000, 1020, 1100] {
        let text = format!("{{\"sha256\":\"{}\",\"x\":\"{}\",\"name\":\"ksef\"}}", sampler.secret(), " ".repeat(gap));
        assert_eq!(found(text.as_bytes(), "a.json"), [], "{gap}");
    }
}

#[test]
fn lists_of_digests_are_known_by_the_name_of_the_file() {
    let mut sampler = Sampler::new(4);
    let text: String = (0..20).map(|_| format!("{}  ksef-client.tar.gz\n", sampler.secret())).collect();
    assert_eq!(found(text.as_bytes(), "SHA256SUMS"), []);
    let text = format!("{{\"./ksef/token.ts\":{{\"version\":\"{}\"}}}}", sampler.secret());
    assert_eq!(found(text.as_bytes(), "tsconfig.tsbuildinfo"), []);
    let secret = sampler.secret();
    let text = format!("KSEF_TOKEN={secret}");
    assert_eq!(found(text.as_bytes(), "hash_settings.env").len(), 1, "a label says more than a name");
}

#[test]
fn digests_in_a_body_that_is_cut_are_not_judged_without_their_line() {
    let mut sampler = Sampler::new(8);
    let mut package = || {
        format!(
            "[[package]]\nname = \"ksef-xades\"\nchecksum = \"{}\"\n{} -EC-\n",
            sampler.secret(),
            "x".repeat(30_000)
        )
    };
    let text: String = (0..12).map(|_| package()).collect();
    for pad in 0..200 {
        let body = base64_encode(format!("{}{text}", " ".repeat(pad * 7)).as_bytes());
        assert_eq!(found(body.as_bytes(), "a.txt"), [], "{pad}");
    }
}

/// All digits that the bytes fill.
fn base64_encode(bytes: &[u8]) -> String {
    String::from_utf8(crate::codec::base64_digits_within(bytes, 0).0).expect("digits are ASCII")
}

#[test]
fn commits_about_tokens_are_no_tokens() {
    let mut sampler = Sampler::new(5);
    let log: String = (0..20).map(|_| format!("{} token KSeF: poprawka odczytu\n", sampler.hex(40))).collect();
    assert_eq!(found(log.as_bytes(), "log.txt"), []);
    let refs: String =
        (0..20).map(|_| format!("{} refs/heads/ksef-token\n^{}\n", sampler.hex(40), sampler.hex(40))).collect();
    assert_eq!(found(refs.as_bytes(), "packed-refs"), []);
}

#[test]
fn a_soft_line_end_leaves_no_shorter_credential() {
    let mut sampler = Sampler::new(6);
    for at in 1..64 {
        let secret = sampler.secret();
        let text = format!("\r\nKSEF_TOKEN=3D{}=\r\n{}\r\n", &secret[..at], &secret[at..]);
        let rows = found(text.as_bytes(), "a.eml");
        assert_eq!(rows.len(), 1, "at {at}: {rows:?}");
        assert_eq!((rows[0].0.as_str(), rows[0].1), ("ksef-token-secret", Fingerprint::of_public(secret.as_bytes())));
    }
}

#[test]
fn what_looks_like_an_escape_takes_nothing_from_a_token() {
    let mut sampler = Sampler::new(9);
    for before in ["%", "\\", "C:\\ksef\\", "=", "%25", "a%"] {
        let token = sampler.token();
        let rows = found(format!("x {before}{token} y").as_bytes(), "a.txt");
        let print = Fingerprint::of_public(token.as_bytes());
        assert_eq!(rows, [("ksef-token".to_owned(), print, 2 + before.len() as u64)], "{before}");
    }
}

#[test]
fn a_text_of_nothing_but_beginnings_of_gzip_is_not_read_for_each() {
    let text = "H4sI".repeat(100_000);
    let detector = detector();
    let found = detector.window(&mut detector.begin(&Context::default()), text.as_bytes(), true, true).found;
    assert_eq!(found.len(), MOST_OVERLAPPING + 1);
}

#[test]
fn tables_are_read_to_their_end_through_all_windows() {
    let mut sampler = Sampler::new(5);
    let mut row = |token: &str| format!("{}\t{}\t{token}\n", sampler.below(1 << 40), sampler.nip());
    let rows: String = (0..40_000).map(|_| row("\\N")).collect();
    let token = Sampler::new(6).token40();
    let copy = "COPY public.firms (id, nip, ksef_token) FROM stdin;\n";
    let text = [&"-- a dump\n".repeat(2_000), copy, &rows, &row(&token), "\\.\n"].concat();
    let units = "\u{FEFF}".encode_utf16().chain(text.encode_utf16());
    let utf16: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
    let detector = detector();
    for (text, size) in [text.as_bytes(), &utf16[..]]
        .into_iter()
        .flat_map(|text| [256 << 10, 1 << 20, text.len()].map(|size| (text, size)))
    {
        let mut scan = detector.begin(&Context::default());
        let (mut at, mut found) = (0, Vec::new());
        while at < text.len() {
            let end = text.len().min(at + size);
            let step = detector.window(&mut scan, &text[at..end], end == text.len(), false);
            found.extend(step.found);
            at += step.consumed;
        }
        let likely = found.iter().filter(|found| {
            matches!(found, Found::Hit(hit) if hit.credential.confidence == Confidence::Likely && hit.credential.secret.len() == 40)
        });
        assert_eq!(likely.count(), 1, "windows of {size}");
    }
}

#[test]
fn samples_of_the_official_documentation_are_examples() {
    use crate::codec::base64_digits_within;
    let encode = |text: &str| String::from_utf8(base64_digits_within(text.as_bytes(), 0).0).expect("ASCII");
    let jwt = |issuer: &str| {
        let payload =
            format!("{{\"typ\":\"ContextToken\",\"iss\":\"{issuer}\",\"aud\":\"{issuer}\",\"exp\":1747220149}}  ");
        format!("{}.{}.{}", encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"), encode(&payload), "s".repeat(43))
    };
    let detector = detector();
    let first =
        |text: &str| detector.window(&mut detector.begin(&Context::default()), text.as_bytes(), true, true).found;
    assert!(matches!(first(&jwt("ksef-api-ti"))[..], [Found::Example]));
    assert!(matches!(first(&jwt("ksef-api-te"))[..], [Found::Hit(_)]));
}

#[test]
fn a_text_of_beginnings_of_jwts_is_read_once() {
    let inner = base64_encode(b"xksef-api-xx");
    let text = format!("{}.x.{} ", format!("{}{inner}-", "eyJ-".repeat(500)).repeat(30), "A".repeat(43));
    let rule = RuleSet::built_in().rules().iter().find(|rule| rule.id == "ksef-jwt").map(|rule| rule.pattern.clone());
    let (regex, _) = compile_pattern(&rule.expect("a built-in rule")).expect("a pattern");
    let longest = regex.find_iter(text.as_bytes()).map(|found| found.len()).max();
    assert!(longest < Some(1_000), "what is longer than any head begins none: {longest:?}");
    assert_eq!(found(text.as_bytes(), "a.txt"), []);
}

#[test]
fn headings_hold_for_all_rows_below_them_however_many() {
    let mut sampler = Sampler::new(12);
    let rows = |sampler: &mut Sampler| -> String {
        (0..6_000).map(|_| sampler.fill("firma;{{nip}};{{token40}}\n").expect("known placeholders")).collect()
    };
    let text = format!("Nazwa;NIP;Token KSeF\n{}", rows(&mut sampler));
    let count = found(text.as_bytes(), "a.csv").len();
    assert!(count >= 5_940, "{count}");
    let text = format!("{}Nazwa;NIP;Token KSeF\n{}", "x y z\n".repeat(60_000), rows(&mut sampler));
    let count = found(text.as_bytes(), "a.txt").len();
    assert!(count >= 5_940, "{count}");
    // An only column too, below a line that says what the list is.
    let column: String = (0..6_000).map(|_| sampler.fill("{{token40}}\n").expect("known placeholders")).collect();
    for title in ["token_ksef\n", "Lista\n\nTokeny KSeF:\r\n"] {
        let count = found(format!("{title}{column}").as_bytes(), "a.txt").len();
        assert!(count >= 5_940, "{count}");
    }
}

/// Whether less was looked at in a text than there is in it.
fn is_cut_off(text: &[u8]) -> bool {
    let detector = detector();
    let step = detector.window(&mut detector.begin(&Context::default()), text, true, true);
    step.found.iter().any(|found| matches!(found, Found::TooMuch))
}

#[test]
fn what_only_begins_like_keys_is_not_read_for_each_of_its_beginnings() {
    let object = b"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01";
    // Values without a length, each of which might reach to the end.
    let values = [&b"\x30\x80\xFF"[..], object].concat();
    assert!(!is_cut_off(&values.repeat(100)));
    assert!(is_cut_off(&values.repeat(6_000)));
    // Base64 that says of itself that it has megabytes.
    let digits = b"MIMAgAACAQAwDQYJKoZIhvcNAQEBBQAEggE/MIIBOwIBAAJBAOkrNUJx2AcF397R ";
    assert!(!is_cut_off(&digits.repeat(4)));
    assert!(is_cut_off(&digits.repeat(1_000)));
    // Names in objects that never end.
    assert!(!is_cut_off(&b"{\"kty\":\"RSA\" ".repeat(100)));
}

#[test]
fn a_key_in_an_object_is_found_whatever_follows() {
    let jwk = include_str!("../../corpus/formats/key/ec.jwk").trim();
    let keys = |text: &str| {
        let detector = detector();
        let step = detector.window(&mut detector.begin(&Context::default()), text.as_bytes(), true, true);
        step.found.iter().filter(|found| matches!(found, Found::Key(_))).count()
    };
    let escaped = jwk.replace('"', "\\\"");
    for text in [
        jwk.to_owned(),
        format!("{jwk}}} {{\"a\": \"{{"),
        format!("[{jwk},{{\"kty\":\"EC\"}}]"),
        format!("\"{escaped}\" {{"),
    ] {
        assert_eq!(keys(&text), 1, "{text}");
    }
}
