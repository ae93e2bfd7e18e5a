//! The directory of memories.
//!
//! Holds: its making, its key, and files that are written whole or not at all, for their owner alone. Must not know:
//! what is in a file.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::sealed::KEY;
use crate::base::{Budget, Limits};
use crate::source::{system, why};

const KEY_FILE: &str = "key";

/// Makes the directory where it is not there. One in which others may write is not used.
pub(super) fn prepare(directory: &Path) -> Result<(), String> {
    system::make_private(directory).map_err(|error| format!("it cannot be made: {}", why(&error)))?;
    match system::is_private(directory) {
        Ok(true) => Ok(()),
        Ok(false) => Err("others own it or may write there; name another directory, or chmod 700 this one".to_owned()),
        Err(error) => Err(why(&error)),
    }
}

/// The key of the directory; made where there is none.
pub(super) fn key(directory: &Path) -> Result<[u8; KEY], String> {
    let path = directory.join(KEY_FILE);
    if let Some(key) = read(&path).map_err(|error| format!("its key cannot be read: {}", why(&error)))? {
        return Ok(key);
    }
    let mut key = [0; KEY];
    getrandom::fill(&mut key).map_err(|_| "the system gives no random numbers".to_owned())?;
    replace(&path, &mut |file| file.write_all(&key))
        .map_err(|error| format!("cannot be written to: {}", why(&error)))?;
    Ok(key)
}

/// Nothing where there is no key, or less than one.
fn read(path: &Path) -> io::Result<Option<[u8; KEY]>> {
    let mut file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let (budget, mut key, mut count) = (Budget::new(&Limits::default()), [0; KEY], 0);
    while count < KEY {
        match budget.read(&mut file, &mut key[count..])? {
            0 => return Ok(None),
            more => count += more,
        }
    }
    Ok(Some(key))
}

/// Writes a file that only its owner can read, in place of the one that was there.
pub(super) fn replace(path: &Path, fill: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    // Temporary files are made for their owner alone.
    let mut file = io::BufWriter::new(tempfile::Builder::new().prefix(".ksefleaks-").tempfile_in(folder)?);
    fill(&mut file)?;
    let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.persist(path).map(drop).map_err(|error| error.error)
}
