//! The key with which an owner's inventories are sealed.
//!
//! Holds: `Key` and its file: 32 random bytes that only their owner can read. Must not know: what is sealed.

use std::fmt;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

use zeroize::Zeroizing;

use super::open::folder_of;
use super::{InventoryError, system};

/// Bytes of a key.
const SIZE: usize = 32;

/// A key of inventories; wiped when it is dropped.
#[derive(Clone)]
pub struct Key(Zeroizing<[u8; SIZE]>);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// The key in a file; an error where there is none.
    pub fn load(path: &Path) -> Result<Self, InventoryError> {
        read(path)?.ok_or_else(|| InventoryError::KeyMissing(path.to_owned()))
    }

    /// The key in a file, which is made where there is none, for its owner alone.
    pub fn load_or_make(path: &Path) -> Result<Self, InventoryError> {
        if let Some(key) = read(path)? {
            return Ok(key);
        }
        let unmade = |error: &std::io::Error| InventoryError::io(path, "made", error.kind());
        let folder = folder_of(path);
        system::make_private(folder).map_err(|error| unmade(&error))?;
        let mut key = Zeroizing::new([0; SIZE]);
        getrandom::fill(&mut *key).map_err(|_| InventoryError::NoRandom)?;
        let mut file = tempfile::Builder::new().prefix(".ksefleaks-").tempfile_in(folder).map_err(|e| unmade(&e))?;
        file.write_all(&*key).and_then(|()| file.as_file().sync_all()).map_err(|error| unmade(&error))?;
        match file.persist_noclobber(path) {
            Ok(_) => {
                // Where a directory cannot be synchronised there is nothing better to do.
                let _ = system::settle(folder);
                Ok(Self(key))
            }
            // Another process was faster.
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Self::load(path),
            Err(error) => Err(unmade(&error.error)),
        }
    }

    pub(super) fn bytes(&self) -> &[u8; SIZE] {
        &self.0
    }
}

/// Nothing where there is no file.
fn read(path: &Path) -> Result<Option<Key>, InventoryError> {
    let unread = |error: std::io::Error| InventoryError::io(path, "read", error.kind());
    let malformed = || InventoryError::KeyMalformed(path.to_owned());
    match path.metadata() {
        // Something else might never end, or never begin.
        Ok(metadata) if !metadata.is_file() || metadata.len() != SIZE as u64 => return Err(malformed()),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unread(error)),
    }
    let mut key = Zeroizing::new([0; SIZE]);
    let mut file = File::open(path).map_err(unread)?;
    match file.read_exact(&mut *key) {
        Ok(()) => Ok(Some(Key(key))),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(malformed()),
        Err(error) => Err(unread(error)),
    }
}
