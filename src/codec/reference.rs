//! The check digits inside of KSeF's numbers.
//!
//! Holds: the CRC-8 of reference numbers and the checksum of the NIP, Poland's tax number.

/// The CRC-8 that ends a reference number: polynomial 0x07, initial value 0, neither reflected nor
/// inverted, over the 33 characters before its own dash.
pub fn crc8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ byte, |crc: u8, _| if crc & 0x80 == 0 { crc << 1 } else { crc << 1 ^ 0x07 })
    })
}

/// Whether ten digits are a NIP: weights 6 5 7 2 3 4 5 6 7, modulo 11. Ten zeros pass and are none.
pub fn nip_is_valid(digits: &[u8]) -> bool {
    const WEIGHTS: [u32; 9] = [6, 5, 7, 2, 3, 4, 5, 6, 7];
    if digits.len() != 10 || !digits.iter().all(u8::is_ascii_digit) || digits.iter().all(|digit| *digit == b'0') {
        return false;
    }
    let sum: u32 = WEIGHTS.iter().zip(digits).map(|(weight, digit)| weight * u32::from(digit - b'0')).sum();
    sum % 11 == u32::from(digits[9] - b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_official_example_checks() {
        assert_eq!(crc8(b"20251010-EC-1DCE3E3000-12ECB5B36E"), 0x45);
        assert!(nip_is_valid(b"5265877635"));
    }

    #[test]
    fn what_is_no_nip_is_refused() {
        for wrong in [&b"5265877636"[..], b"0000000000", b"526587763", b"52658776355", b"526587763x", b""] {
            assert!(!nip_is_valid(wrong));
        }
    }
}
