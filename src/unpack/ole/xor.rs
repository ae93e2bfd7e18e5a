//! The lock of workbooks up to Excel 95, which later versions can write as well.
//!
//! Holds: bytes that are turned and combined with sixteen others. Must not know: where passwords come from, or what is
//! locked.

use zeroize::Zeroizing;

use super::integers::u16_at;

/// What fills up a password to sixteen letters. None has more letters than this.
const FILLING: [u8; 15] = [0xBB, 0xFF, 0xFF, 0xBA, 0xFF, 0xFF, 0xB9, 0x80, 0, 0xBE, 0x0F, 0, 0xBF, 0x0F, 0];

/// By how many bits the bytes of the key are turned, and those of the workbook: as Excel does; Word turns others.
const KEY_TURN: u32 = 2;
const TURN: u32 = 3;

/// What a workbook says of how it is locked.
pub(super) struct Lock {
    mixed: [u8; 2],
    verifier: u16,
}

impl Lock {
    /// Reads it; nothing where it is of another kind. Excel 95 knows no other, and does not say so.
    pub(super) fn read(data: &[u8]) -> Option<Self> {
        let data = match data.len() {
            4 => data,
            _ => data.get(2..).filter(|_| u16_at(data, 0) == Some(0))?,
        };
        Some(Self { mixed: u16_at(data, 0)?.to_le_bytes(), verifier: u16_at(data, 2)? })
    }

    /// The key, if the password, in letters of one byte, is right.
    pub(super) fn key(&self, password: &[u8]) -> Option<Key> {
        if password.len() > FILLING.len() || verifier(password) != self.verifier {
            return None;
        }
        let mut key = Zeroizing::new([0; 16]);
        let letters = password.iter().chain(&FILLING).zip(self.mixed.iter().cycle());
        for (byte, (letter, mixed)) in key.iter_mut().zip(letters) {
            *byte = (letter ^ mixed).rotate_left(KEY_TURN);
        }
        Some(Key(key))
    }
}

/// What is written down of a password.
fn verifier(password: &[u8]) -> u16 {
    let count = password.len() as u8;
    let turned = [count].iter().chain(password).rev().fold(0, |verifier: u16, byte| {
        let turned = verifier >> 14 & 1 | verifier << 1 & 0x7FFF;
        turned ^ u16::from(*byte)
    });
    turned ^ 0xCE4B
}

/// What unlocks a workbook.
pub(super) struct Key(Zeroizing<[u8; 16]>);

impl Key {
    /// Unlocks bytes that stand at a place, of a record of a given length.
    pub(super) fn unlock(&self, place: u64, length: usize, bytes: &mut [u8]) {
        let from = (place % 16) as usize + length % 16;
        let keys = self.0.iter().cycle().skip(from);
        bytes.iter_mut().zip(keys).for_each(|(byte, key)| *byte = byte.rotate_left(TURN) ^ key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_password_is_known_by_what_excel_writes_of_it() {
        assert_eq!(verifier(b"VelvetSweatshop"), 0x9A0A);
        for locked in [&[0x59, 0xB3, 0x0A, 0x9A][..], &[0, 0, 0x59, 0xB3, 0x0A, 0x9A]] {
            let lock = Lock::read(locked).expect("a lock");
            assert!(lock.key(b"VelvetSweatshop").is_some());
            assert!(lock.key(b"VelvetSweatshoq").is_none() && lock.key(b"").is_none());
        }
        assert!(Lock::read(&[1, 0, 1, 0, 1, 0]).is_none() && Lock::read(&[0; 3]).is_none());
    }
}
