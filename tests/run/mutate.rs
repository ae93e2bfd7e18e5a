//! Damage.
//!
//! Holds: how bytes are broken. Must not know: what they are.

use ksefleaks::Sampler;

/// Breaks bytes in one of a few ways.
pub fn mutate(sampler: &mut Sampler, bytes: &[u8], other: &[u8]) -> Vec<u8> {
    let mut broken = bytes.to_vec();
    let mut place = |length: usize| usize::try_from(sampler.below(length.max(1) as u64)).expect("it is small");
    match place(6) {
        0 => broken.truncate(place(bytes.len())),
        1 => drop(broken.drain(..place(bytes.len()))),
        2 => {
            for _ in 0..=place(8) {
                let at = place(bytes.len());
                if let Some(byte) = broken.get_mut(at) {
                    *byte ^= 1 << place(8);
                }
            }
        }
        3 => {
            let (at, from) = (place(bytes.len()), place(other.len()));
            broken.truncate(at);
            broken.extend_from_slice(&other[from..]);
        }
        4 => {
            let (from, to) = (place(bytes.len()), place(bytes.len()));
            let piece = bytes[from.min(to)..from.max(to)].to_vec();
            broken.splice(from.min(to)..from.min(to), piece);
        }
        _ => {
            let at = place(bytes.len());
            let special: [&[u8]; 9] = [b"\\", b"=", b"%", b"&#", b"\0", b"\xFF\xFE", b"\"", b"\xE2\x80", b"\n> "];
            let piece = special[place(special.len())].repeat(1 + place(40));
            broken.splice(at..at, piece);
        }
    }
    broken
}
