//! Damaged keys never panic, and never become another key.

use super::*;

/// Damaged copies of each sample.
const COPIES: usize = 500;

/// Damages bytes in one of the ways in which files are.
fn damaged(bytes: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = dice.below(bytes.len());
    match dice.below(6) {
        0 => bytes.truncate(at),
        1 => bytes[at] ^= 1 << dice.below(8),
        2 => bytes[at] = dice.below(256) as u8,
        3 => {
            let end = (at + 1 + dice.below(8)).min(bytes.len());
            bytes[at..end].fill(0xFF);
        }
        4 => drop(bytes.remove(at)),
        _ => bytes.insert(at, dice.below(256) as u8),
    }
    bytes
}

/// Whether a key is another kind of key, as one is whose name was damaged: it says so.
fn is_renamed(key: &Key) -> bool {
    matches!(key.algorithm, Algorithm::Other(_) | Algorithm::X25519)
        || matches!(&key.algorithm, Algorithm::Curve(name) if name != "P-256")
}

/// The bytes in armour, or those that have none.
fn bare(bytes: &[u8]) -> Vec<u8> {
    crate::codec::pem::read(bytes).map_or_else(|| bytes.to_vec(), |armour| armour.body.to_vec())
}

#[test]
fn damaged_keys_never_become_other_keys() {
    let mut dice = Dice(0x5EED);
    for (_, (name, bytes), _) in OPEN {
        let own = key_of(&read(bytes).expect("a key")).clone();
        let (mut same, mut none) = (0, 0);
        for sample in [bytes.to_vec(), bare(bytes)] {
            for _ in 0..COPIES / 2 {
                match read(&damaged(&sample, &mut dice)).map(|found| found.holds) {
                    None => none += 1,
                    Some(Holds::Open(contents)) => {
                        // The seed of this one stands alone: any other is a key too.
                        let is_own = |key: &Key| *key == own || is_renamed(key) || name == "ed25519.pem";
                        assert!(contents.keys.iter().all(is_own), "{name}: another key");
                        same += 1;
                    }
                    Some(Holds::Sealed(_)) => same += 1,
                }
            }
        }
        assert!(none > same, "{name}: {same} of {COPIES} are still a key");
    }
}

#[test]
fn damaged_locks_never_open_to_other_keys() {
    let mut dice = Dice(0xD1CE);
    for (_, (name, bytes), _, _) in SEALED {
        let Unlocked::Opened(own) = unlock(sealed_of(&read(bytes).expect("a key")), &secret(PASSWORD), &mut plenty())
        else {
            panic!("{name}")
        };
        let (mut opened, mut shut, mut none) = (0, 0, 0);
        for sample in [bytes.to_vec(), bare(bytes)] {
            for _ in 0..COPIES / 2 {
                let mut effort = Effort { rounds: 70_000, memory: 4 << 20 };
                let Some(found) = read(&damaged(&sample, &mut dice)) else {
                    none += 1;
                    continue;
                };
                let Holds::Sealed(sealed) = &found.holds else { panic!("{name}: it lies open") };
                match unlock(sealed, &secret(PASSWORD), &mut effort) {
                    Unlocked::Opened(contents) => {
                        assert!(
                            contents.keys.iter().all(|key| own.keys.contains(key) || is_renamed(key)),
                            "{name}: another key"
                        );
                        opened += 1;
                    }
                    _ => shut += 1,
                }
            }
        }
        assert!(none + shut > opened, "{name}: {opened} of {COPIES} still open");
    }
}

#[test]
fn damaged_certificates_never_panic() {
    let mut dice = Dice(0xCE27);
    for (_, bytes) in [sample!("company.crt"), sample!("person.crt")] {
        for sample in [bytes.to_vec(), bare(bytes)] {
            for _ in 0..COPIES {
                let _ = Certificate::read(&damaged(&sample, &mut dice));
            }
        }
    }
}

#[test]
fn cut_off_keys_are_none() {
    for (_, (name, bytes), _) in OPEN {
        let bytes = bare(bytes);
        for end in (0..bytes.trim_ascii_end().len()).step_by(7) {
            assert!(read(&bytes[..end]).is_none(), "{name}: {end} of {}", bytes.len());
        }
    }
}

/// A JWK of RSA without primes, whose numbers do not fit each other.
fn alone(bits: usize) -> Vec<u8> {
    let digits = |first: char| format!("{first}{}", "BBBBBBBB".repeat(bits / 48));
    format!("{{\"kty\":\"RSA\",\"n\":\"{}\",\"e\":\"AQAB\",\"d\":\"{}\"}}", digits('_'), digits('B')).into_bytes()
}

#[test]
fn what_is_computed_in_vain_is_told_too() {
    computed();
    assert!(read(&alone(1024)).is_none());
    let small = computed();
    assert!(small > 0 && computed() == 0, "asked for once");
    assert!(read(&alone(2048)).is_none());
    assert!(computed() > 6 * small, "the third power");
    assert!(read(&alone(16_000)).is_none());
    assert_eq!(computed(), 0, "the largest are not tried without their primes");

    let mut damaged = crate::codec::pem::read(sample!("ec.pem").1).expect("armour").body.to_vec();
    let last = damaged.len() - 1;
    damaged[last] ^= 1;
    assert!(read(&damaged).is_none());
    assert!(computed() >= 500_000, "a point that is another");
}
