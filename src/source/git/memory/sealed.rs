//! The file of a memory, sealed so that a damaged or a forged one is known.
//!
//! Holds: its format, and the seal: HMAC-SHA-256 over all of it with a key that only its owner can read. Must not
//! know: what is remembered.

use std::fs::File;
use std::io;
use std::path::Path;

use gix::ObjectId;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::place;
use crate::base::{Budget, Limits};

/// Bytes of a key.
pub(super) const KEY: usize = 32;

const MAGIC: &[u8; 16] = b"ksefleaks-git-1\n";
const SEAL: usize = 32;

/// A memory of more is none: so much is held whole.
const LARGEST: u64 = 4 << 30;

/// What a memory holds.
#[derive(Default, Debug, PartialEq, Eq)]
pub(super) struct Learned {
    /// The names of objects that have nothing to say, one behind the other, sorted.
    pub(super) quiet: Vec<u8>,
    /// What was named and not there.
    pub(super) absent: Vec<ObjectId>,
}

/// Reads a memory. Nothing where there is none, or one that was made for something else.
pub(super) fn read(path: &Path, key: &[u8; KEY], of: &[u8], width: usize) -> Result<Option<Learned>, String> {
    let bytes = match whole(path) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Ok(None),
        Err(error) => return Err(format!("cannot be read: {}", crate::source::why(&error))),
    };
    let forged = || "was damaged, or written by somebody else".to_owned();
    let (body, seal) = bytes.split_last_chunk::<SEAL>().ok_or_else(forged)?;
    let mut mac = mac(key)?;
    mac.update(body);
    mac.verify_slice(seal).map_err(|_| forged())?;
    let rest = body.strip_prefix(MAGIC).ok_or_else(forged)?;
    let (made_for, rest) = rest.split_at_checked(SEAL).ok_or_else(forged)?;
    if made_for != of {
        return Ok(None);
    }
    let (count, rest) = rest.split_first_chunk::<8>().ok_or_else(forged)?;
    let count = usize::try_from(u64::from_le_bytes(*count)).map_err(|_| forged())?;
    let (absent, quiet) = rest.split_at_checked(count.saturating_mul(width)).ok_or_else(forged)?;
    let absent = absent.chunks_exact(width).filter_map(|name| ObjectId::try_from(name).ok()).collect();
    Ok(Some(Learned { quiet: quiet.to_vec(), absent }))
}

/// Writes a memory, whole or not at all.
pub(super) fn write(
    path: &Path,
    key: &[u8; KEY],
    of: &[u8; SEAL],
    width: usize,
    learned: &Learned,
) -> Result<(), String> {
    let mut body = Vec::with_capacity(learned.quiet.len() + learned.absent.len() * width + 128);
    body.extend_from_slice(MAGIC);
    body.extend_from_slice(of);
    body.extend_from_slice(&(learned.absent.len() as u64).to_le_bytes());
    learned.absent.iter().for_each(|name| body.extend_from_slice(name.as_bytes()));
    body.extend_from_slice(&learned.quiet);
    let mut mac = mac(key)?;
    mac.update(&body);
    let seal = mac.finalize().into_bytes();
    place::replace(path, &mut |file| {
        file.write_all(&body)?;
        file.write_all(&seal)
    })
    .map_err(|error| format!("cannot be written: {}", crate::source::why(&error)))
}

fn mac(key: &[u8; KEY]) -> Result<Hmac<Sha256>, String> {
    Hmac::new_from_slice(key).map_err(|_| "has no key".to_owned())
}

fn whole(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let size = file.metadata()?.len();
    if size > LARGEST {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut bytes = vec![0; usize::try_from(size).unwrap_or(usize::MAX)];
    let (budget, mut count) = (Budget::new(&Limits::default()), 0);
    while count < bytes.len() {
        match budget.read(&mut file, &mut bytes[count..])? {
            0 => break,
            more => count += more,
        }
    }
    bytes.truncate(count);
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_what_is_changed_is_not() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("x.objects");
        let (key, of) = ([7; KEY], [9; SEAL]);
        let learned = Learned { quiet: vec![1; 60], absent: vec![ObjectId::null(gix::hash::Kind::Sha1)] };
        assert_eq!(read(&path, &key, &of, 20), Ok(None));
        write(&path, &key, &of, 20, &learned).unwrap();
        assert_eq!(read(&path, &key, &of, 20), Ok(Some(learned)));
        assert_eq!(read(&path, &key, &[8; SEAL], 20), Ok(None), "other rules");
        assert!(read(&path, &[6; KEY], &of, 20).is_err(), "another key");
        let bytes = whole(&path).unwrap().unwrap();
        for at in 0..bytes.len() {
            let mut forged = bytes.clone();
            forged[at] ^= 1;
            std::fs::write(&path, &forged).unwrap();
            assert!(read(&path, &key, &of, 20).is_err(), "byte {at}");
            std::fs::write(&path, &bytes[..at]).unwrap();
            assert!(read(&path, &key, &of, 20).is_err(), "{at} bytes");
        }
    }
}
