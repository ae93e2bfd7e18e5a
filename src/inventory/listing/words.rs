//! The canonical forms of what a listing says.
//!
//! Holds: reference numbers, serial numbers, tax numbers. Must not know: which field is read.

use crate::base::Instant;
use crate::codec::{crc8, nip_is_valid};

/// Where the dashes of a reference number stand.
const DASHES: [usize; 4] = [8, 11, 22, 33];

/// The reference number of a token, if it is one: a real day, the type of tokens, its own checksum.
pub(super) fn reference(text: &str) -> Option<String> {
    let text = text.to_ascii_uppercase();
    let bytes = text.as_bytes();
    let part = |from: usize, to: usize| text.get(from..to);
    let number = |from: usize, to: usize| part(from, to).filter(|part| is_digits(part))?.parse::<i16>().ok();
    let month = i8::try_from(number(4, 6)?).ok()?;
    Instant::from_day(number(0, 4)?, month, i8::try_from(number(6, 8)?).ok()?)?;
    let is_shaped = bytes.len() == 36
        && DASHES.iter().all(|at| bytes.get(*at) == Some(&b'-'))
        && part(9, 11) == Some("EC")
        && [(12, 22), (23, 33), (34, 36)].iter().all(|(from, to)| part(*from, *to).is_some_and(is_hex));
    let sum = u8::from_str_radix(part(34, 36)?, 16).ok()?;
    (is_shaped && crc8(part(0, 33)?.as_bytes()) == sum).then_some(text)
}

/// The serial number of a certificate of KSeF: sixteen digits.
pub(super) fn serial(text: &str) -> Option<String> {
    (text.len() == 16 && is_hex(text)).then(|| text.to_ascii_uppercase())
}

/// A tax number.
pub(super) fn nip(text: &str) -> Option<String> {
    nip_is_valid(text.as_bytes()).then(|| text.to_owned())
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_that_of_a_token() {
        let sound = "20251001-EC-2DD3AFF000-A6B7F19A95-11";
        assert_eq!(reference(&sound.to_lowercase()).as_deref(), Some(sound));
        let wrong = ["", "20251001", "20251001-EC-2DD3AFF000-A6B7F19A95-12", "20251001-AU-2DD3AFF000-A6B7F19A95-11"];
        assert!(wrong.iter().all(|text| reference(text).is_none()));
        let day = "20251301-EC-2DD3AFF000-A6B7F19A95";
        assert_eq!(reference(&format!("{day}-{:02X}", crc8(day.as_bytes()))), None, "no such day");
        for at in 0..36 {
            let mut turned = sound.as_bytes().to_vec();
            turned[at] ^= 1;
            assert_eq!(reference(std::str::from_utf8(&turned).unwrap()), None, "{at}");
        }
        assert_eq!(reference(&format!("ż{}", &sound[2..])), None);
    }
}
