//! Databases are written here as `KeePass` writes them, opened, cut, and broken.

mod opened;
mod writer;

use super::*;
use crate::base::{Limits, Reason};
use crate::unpack::recorded::{Recorded, recognises, record_with};
use writer::{Kdf, Plan, Shape};

const PASSWORD: &str = "klucz-ż";

/// All kinds of databases that are read.
fn plans() -> Vec<Plan> {
    let argon2 = |id| Kdf::Argon2 { id, memory: 64 << 10, passes: 2, lanes: 2 };
    let mut plans = Vec::new();
    for is_packed in [false, true] {
        for is_chacha in [false, true] {
            for kdf in [Kdf::Aes(10), argon2(false), argon2(true)] {
                plans.push(Plan { shape: Shape::Four, is_packed, is_chacha, kdf, ..Plan::default() });
            }
        }
        plans.push(Plan { shape: Shape::Three, is_packed, kdf: Kdf::Aes(10), ..Plan::default() });
    }
    plans
}

fn opened(bytes: &[u8], passwords: &[&str]) -> Recorded {
    record_with(&FORMAT, bytes, &Limits::default(), passwords)
}

fn reasons(recorded: &Recorded) -> Vec<Reason> {
    recorded.troubles.iter().map(|(_, trouble)| trouble.reason).collect()
}

/// Cut XML up to the tag that is not closed: a tag that says of its value that it is masked is written anew.
fn closed(xml: &[u8]) -> &[u8] {
    let last = |mark: u8| xml.iter().rposition(|byte| *byte == mark);
    let end = last(b'<').filter(|start| last(b'>').is_none_or(|end| end < *start)).unwrap_or(xml.len());
    &xml[..end]
}

/// What is told of a database that is not opened, within some limits.
fn refusal(plan: &Plan, limits: &Limits, passwords: &[&str]) -> Trouble {
    let recorded = record_with(&FORMAT, &plan.write(PASSWORD), limits, passwords);
    assert!(recorded.members.is_empty());
    assert_eq!(recorded.troubles.len(), 1);
    recorded.troubles[0].1.clone()
}

#[test]
fn a_wrong_password_opens_nothing() {
    for plan in plans() {
        let bytes = plan.write(PASSWORD);
        for passwords in [&[][..], &["needle", "klucz"], &[""]] {
            let recorded = opened(&bytes, passwords);
            assert!(recorded.members.is_empty(), "{plan:?}");
            assert_eq!(recorded.troubles[0].1.reason, Reason::Encrypted);
            assert_eq!(recorded.troubles[0].1.option, Some("--password-file"));
        }
        let told = format!("{:?}", opened(&bytes, &["canary-password"]).troubles);
        assert!(told.contains("key file") && !told.contains("canary"), "{told}");
        assert_eq!(opened(&bytes, &["wrong", PASSWORD]).troubles, []);
    }
}

#[test]
fn what_is_cut_gives_what_was_sound() {
    for plan in plans() {
        // Content of several blocks, in small ones.
        let plan = Plan { block: 200, ..plan };
        let bytes = plan.write(PASSWORD);
        let whole = opened(&bytes, &[PASSWORD]).named(CONTENT).bytes.clone();
        for length in (0..bytes.len()).filter(|length| length % 7 == 0 || bytes.len() - length < 80) {
            let recorded = opened(&bytes[..length], &[PASSWORD]);
            // Behind the last block of version 3 there is nothing but what fills the cipher's.
            let is_filled = plan.shape == Shape::Three && bytes.len() - length <= 16;
            assert!(is_filled || !recorded.troubles.is_empty(), "{plan:?} at {length}");
            for member in &recorded.members {
                assert!(whole.starts_with(closed(&member.bytes)), "{plan:?} at {length}: {}", member.text());
            }
        }
    }
}

#[test]
fn a_bit_that_is_turned_in_the_header_is_met() {
    for plan in plans() {
        let (bytes, header) = plan.write_with_header(PASSWORD);
        let sound = opened(&bytes, &[PASSWORD]);
        // Work that a turned bit asks for is refused, and not done.
        let limits = Limits { max_rounds: 5000, max_kdf_memory: 1 << 20, ..Limits::default() };
        for at in 0..header + 64 {
            for bit in [0, 3, 7] {
                let mut turned = bytes.clone();
                turned[at] ^= 1 << bit;
                let recorded = record_with(&FORMAT, &turned, &limits, &[PASSWORD]);
                let is_same = recorded.members.first().is_some_and(|member| member.bytes == sound.members[0].bytes);
                if plan.shape == Shape::Four {
                    assert!(recorded.members.is_empty() && !recorded.troubles.is_empty(), "{plan:?} at {at}");
                } else {
                    assert!(is_same || !recorded.troubles.is_empty(), "{plan:?} at {at}: {}", sound.members[0].text());
                }
            }
        }
    }
}

#[test]
fn a_bit_that_is_turned_in_a_block_costs_what_follows() {
    for plan in plans() {
        let plan = Plan { block: 200, ..plan };
        let (bytes, header) = plan.write_with_header(PASSWORD);
        let whole = opened(&bytes, &[PASSWORD]).members.remove(0).bytes;
        for at in (header + 64..bytes.len() - 32).step_by(13) {
            let mut turned = bytes.clone();
            turned[at] ^= 1;
            let recorded = opened(&turned, &[PASSWORD]);
            for member in &recorded.members {
                assert!(whole.starts_with(closed(&member.bytes)), "{plan:?} at {at}: {}", member.text());
            }
            // The numbers of blocks in version 3 are not looked at, nor the sum of none.
            assert!(plan.shape == Shape::Three || !recorded.troubles.is_empty(), "{plan:?} at {at}");
        }
    }
}

#[test]
fn hostile_costs_are_refused_from_the_header() {
    let four = |kdf| Plan { kdf, ..Plan::default() };
    let claims = |memory, passes, lanes| four(Kdf::Claimed { memory, passes, lanes });
    let limits = Limits::default();
    for (plan, reason, option) in [
        (claims(u64::MAX, 1, 1), Reason::TooLarge, "--max-kdf-memory"),
        (claims((32 << 20) + 1024, 1, 1), Reason::TooLarge, "--max-kdf-memory"),
        (claims(32 << 20, u64::MAX, 1), Reason::TooLarge, "--max-rounds"),
        (claims(1 << 20, 10_000, 1), Reason::TooLarge, "--max-rounds"),
        (four(Kdf::ClaimedAes(u64::MAX)), Reason::TooLarge, "--max-rounds"),
        (four(Kdf::ClaimedAes(20_000_001)), Reason::TooLarge, "--max-rounds"),
        (Plan { shape: Shape::Three, ..four(Kdf::ClaimedAes(u64::MAX)) }, Reason::TooLarge, "--max-rounds"),
    ] {
        let trouble = refusal(&plan, &limits, &[PASSWORD]);
        assert_eq!((trouble.reason, trouble.option), (reason, Some(option)), "{plan:?}");
        assert!(trouble.text.contains(option) && trouble.text.contains(&limits_of(option)), "{}", trouble.text);
    }
    for plan in [claims(1024, 1, 8), claims(1 << 20, 0, 1), claims(1 << 20, 1, 0), claims(1 << 20, 1, u64::MAX)] {
        assert_eq!(refusal(&plan, &limits, &[PASSWORD]).reason, Reason::Malformed, "{plan:?}");
    }
}

fn limits_of(option: &str) -> String {
    let limits = Limits::default();
    if option == "--max-rounds" { limits.max_rounds } else { limits.max_kdf_memory }.to_string()
}

#[test]
fn passwords_are_tried_while_there_are_rounds() {
    let plan = Plan { kdf: Kdf::Aes(1000), ..Plan::default() };
    let limits = Limits { max_rounds: 2500, ..Limits::default() };
    let trouble = refusal(&plan, &limits, &["a", "b", PASSWORD]);
    assert_eq!((trouble.reason, trouble.option), (Reason::TooMany, Some("--max-rounds")));
    assert!(trouble.text.contains("--max-rounds 2500 pays for 2"), "{}", trouble.text);
    let recorded = record_with(&FORMAT, &plan.write(PASSWORD), &limits, &["a", PASSWORD]);
    assert_eq!(recorded.troubles, []);
    let poor = Limits { max_expanded: 1000, ..Limits::default() };
    assert_eq!(refusal(&plan, &poor, &[PASSWORD]).option, Some("--max-expanded"));
}

#[test]
fn what_is_too_large_is_refused() {
    let content = format!("<KeePassFile>{}</KeePassFile>", "needle ".repeat(300_000));
    let plan = Plan { xml: Some(content), is_packed: true, ..Plan::default() };
    let ratio = Limits { max_ratio: 10, ..Limits::default() };
    assert_eq!(refusal(&plan, &ratio, &[PASSWORD]).option, Some("--max-ratio"));
    let blob = Limits { max_blob: 1 << 20, ..Limits::default() };
    assert_eq!(refusal(&plan, &blob, &[PASSWORD]).option, Some("--max-blob"));
    let poor = Limits { max_expanded: 1 << 20, max_ratio: 100_000, ..Limits::default() };
    assert_eq!(refusal(&plan, &poor, &[PASSWORD]).option, Some("--max-expanded"));
    // What grows by being written as text is held as well.
    let value = "&".repeat(600_000);
    let plan = Plan { xml: Some(format!("<a><Value>[[{value}]]</Value></a>")), ..Plan::default() };
    assert_eq!(refusal(&plan, &blob, &[PASSWORD]).option, Some("--max-blob"));
}

#[test]
fn what_is_not_opened_is_told() {
    let odd = |at: usize, bytes: &[u8]| {
        let mut changed = Plan::default().write(PASSWORD);
        changed[at..at + bytes.len()].copy_from_slice(bytes);
        let recorded = opened(&changed, &[PASSWORD]);
        assert!(recorded.members.is_empty());
        (recorded.troubles[0].1.reason, recorded.troubles[0].1.text.clone())
    };
    assert_eq!(odd(4, &[0x65]), (Reason::Unsupported, "is a database of KeePass 1; not opened".to_owned()));
    assert_eq!(odd(4, &[0x66]).0, Reason::Unsupported);
    assert_eq!(odd(10, &[5]).0, Reason::Unsupported);
    let refused = |plan: &Plan| refusal(plan, &Limits::default(), &[PASSWORD]);
    let twofish = refused(&Plan { is_twofish: true, ..Plan::default() });
    assert_eq!((twofish.reason, twofish.text.as_str()), (Reason::Unsupported, "is encrypted with Twofish; not opened"));
    assert_eq!(refused(&Plan { mask: 1, ..Plan::default() }).reason, Reason::Unsupported);
    assert_eq!(refused(&Plan { kdf: Kdf::Secret, ..Plan::default() }).reason, Reason::Unsupported);
}

#[test]
fn it_is_known_by_its_beginning() {
    let bytes = Plan::default().write(PASSWORD);
    assert!(recognises(&FORMAT, &bytes, "") && recognises(&FORMAT, &bytes[..8], "a.txt"));
    assert!(!recognises(&FORMAT, &bytes[..7], "a.kdbx") && !recognises(&FORMAT, b"", "a.kdbx"));
}

#[test]
fn nothing_breaks_it() {
    for plan in plans().into_iter().step_by(3) {
        let bytes = plan.write(PASSWORD);
        let mut random = 0x9E37_79B9_7F4A_7C15_u64;
        for _ in 0..400 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let mut broken = bytes.clone();
            let at = (random >> 8) as usize % broken.len();
            broken[at] = random as u8;
            broken.truncate(broken.len() - (random >> 40) as usize % 40);
            let limits = Limits { max_rounds: 5000, max_kdf_memory: 1 << 20, ..Limits::default() };
            record_with(&FORMAT, &broken, &limits, &[PASSWORD]);
        }
    }
}
