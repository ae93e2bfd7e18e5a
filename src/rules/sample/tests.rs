//! The forms, held against the facts about them.

use super::*;

fn uuids(secret: &str) -> bool {
    let at = |index: usize| secret.as_bytes()[index];
    at(12) == b'4' && at(44) == b'4' && b"89ab".contains(&at(16)) && b"89ab".contains(&at(48))
}

/// Whether date, CRC, time, NIP and secret are right.
fn parts(token: &str) -> [bool; 5] {
    let fields: Vec<&str> = token.split('|').collect();
    let [reference, context, secret] = fields[..] else { panic!("three fields") };
    assert_eq!(reference.len(), 36);
    assert_eq!(&reference[8..12], "-EC-");
    assert_eq!(&reference[19..22], "000", "the counter");
    let number = |range: std::ops::Range<usize>| reference[range].parse::<i16>().unwrap();
    let day = Instant::from_day(number(0..4), number(4..6) as i8, number(6..8) as i8);
    assert_eq!(secret.len(), 64);
    assert!(secret.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)));
    let nip = context.split('-').nth(1).unwrap();
    [
        day.is_some(),
        reference[34..] == format!("{:02X}", crc8(&reference.as_bytes()[..33])),
        u64::from_str_radix(&reference[12..19], 16).unwrap() < DAY,
        nip_is_valid(nip.as_bytes()),
        uuids(secret),
    ]
}

fn filled(seed: u64, template: &str) -> String {
    Sampler::new(seed).fill(template).unwrap()
}

#[test]
fn a_token_verifies_itself() {
    for seed in 0..500 {
        let token = Sampler::new(seed).token();
        assert_eq!(token.len(), 116);
        assert_eq!(parts(&token), [true; 5]);
        let day = &token[..8];
        assert!(("20250901".."20261121").contains(&day), "{day}");
    }
}

#[test]
fn an_internal_identifier_has_five_more_digits() {
    let token = filled(1, "{{token:internal}}");
    let context = token.split('|').nth(1).unwrap();
    assert!(context.starts_with("internalId-"));
    assert_eq!(context.len(), "internalId-5265877635-12345".len());
    assert_eq!(parts(&token), [true; 5]);
    assert!(token.len() <= 160);
}

#[test]
fn a_flaw_spoils_only_what_it_names() {
    for seed in 0..300 {
        for (index, flaw) in ["date", "crc", "time", "nip", "secret"].into_iter().enumerate() {
            let mut expected = [true; 5];
            expected[index] = false;
            assert_eq!(parts(&filled(seed, &format!("{{{{token:wrong={flaw}}}}}"))), expected, "{flaw}");
        }
        let both = parts(&filled(seed, "{{token:internal:wrong=crc+secret}}"));
        assert_eq!(both, [true, false, true, true, false]);
    }
}

#[test]
fn the_issue_can_be_chosen() {
    let issued: Instant = "2025-10-14T13:23:47.084Z".parse().unwrap();
    let form = TokenForm { issued: Some(issued), nip: Some("1111111111".into()), ..TokenForm::default() };
    let token = Sampler::new(3).token_with(&form);
    assert!(token.starts_with("20251014-EC-2DFE30C000-"), "48,227,084 milliseconds since midnight");
    assert!(token.contains("|nip-1111111111|"));
}

#[test]
fn the_official_example_is_never_made() {
    for seed in 0..2000 {
        let mut sampler = Sampler::new(seed);
        assert!(!sampler.secret().starts_with("919f7044"));
        assert_ne!(sampler.nip(), "5265877635");
    }
}

#[test]
fn look_alikes_have_their_own_shapes() {
    for seed in 0..300 {
        assert!(!uuids(&filled(seed, "{{hex64}}")));
        let old = filled(seed, "{{HEX64}}");
        assert!(!uuids(&old.to_ascii_lowercase()) && old.len() == 64 && !old.bytes().any(|b| b.is_ascii_lowercase()));
        assert_eq!(filled(seed, "{{hex40}}").len(), 40);
        assert_eq!(filled(seed, "{{base64:77}}").len(), 77);
        let invoice = filled(seed, "{{invoice-number}}");
        assert_eq!(invoice.len(), 35);
        assert_eq!(invoice[33..], format!("{:02X}", crc8(&invoice.as_bytes()[..32])));
        let challenge = filled(seed, "{{reference:CR}}");
        assert_eq!(&challenge[8..12], "-CR-");
        assert_eq!(challenge[34..], format!("{:02X}", crc8(&challenge.as_bytes()[..33])));
        let uuid = filled(seed, "{{uuid}}");
        assert!(uuid.len() == 36 && uuid.as_bytes()[14] == b'4');
        let token = filled(seed, "{{token40}}");
        assert!(token.len() == 40 && token.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    }
}

#[test]
fn a_seed_gives_the_same_for_ever() {
    assert_eq!(Sampler::new(0).draw(), 0xe220_a839_7b1d_cdaf, "the published first value of splitmix64");
    assert_eq!(filled(5, "{{token}} {{jwt:access:test}}"), filled(5, "{{token}} {{jwt:access:test}}"));
    assert_ne!(filled(5, "{{token}}"), filled(6, "{{token}}"));
}

#[test]
fn keys_are_the_same_on_every_machine() {
    for (template, sha256) in [
        ("{{key}}", "fd1be28e937e6ff0"),
        ("{{key:sealed=Tajne-2026}}", "c0fa829e4701ccec"),
        ("{{pair:production}}", "0157be0c0d3bfd6b"),
        ("{{request}}", "cc9e05c174a9ea1c"),
    ] {
        let print = crate::base::Fingerprint::of_public(filled(1, template).as_bytes()).to_string();
        assert!(print.starts_with(sha256), "{template}: {print}");
    }
}
