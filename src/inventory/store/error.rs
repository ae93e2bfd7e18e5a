//! What goes wrong with an inventory.
//!
//! Holds: `InventoryError`, which names the file and the remedy; `Fault`, the same before the file is known; the guard
//! in which all of the database is used. No value that is kept is ever quoted, nor the words of another library.

use std::cell::Cell;
use std::fmt;
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// Why something cannot be done with an inventory or its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InventoryError {
    /// There is no file.
    Missing(PathBuf),
    /// There is one already.
    Exists(PathBuf),
    /// It is something else.
    NotOurs(PathBuf),
    /// A later version of this program wrote it.
    Newer(PathBuf),
    /// It was sealed with another key.
    OtherKey(PathBuf),
    /// Something in it is not as it was written.
    Damaged {
        /// The file.
        path: PathBuf,
        /// What in it.
        what: String,
    },
    /// Somebody else uses it.
    Busy(PathBuf),
    /// A killed program left it unfinished, and it cannot be repaired here.
    Unfinished {
        /// The file.
        path: PathBuf,
        /// What the system said.
        kind: ErrorKind,
    },
    /// The system refuses.
    Io {
        /// The file.
        path: PathBuf,
        /// What was to be done with it: `read`, `written`, `made`.
        doing: &'static str,
        /// What the system said.
        kind: ErrorKind,
    },
    /// A commit failed at a point where it may have been kept.
    Unsettled {
        /// The file.
        path: PathBuf,
        /// What the system said.
        kind: ErrorKind,
    },
    /// A change of a draft failed half-way, so that the draft is not kept.
    Spoilt(PathBuf),
    /// What identifies the credential belongs to others already.
    Taken(Vec<u64>),
    /// There is no credential of that number.
    Unknown(u64),
    /// There is no key file.
    KeyMissing(PathBuf),
    /// The key file holds something else.
    KeyMalformed(PathBuf),
    /// The system gives no random numbers.
    NoRandom,
}

impl fmt::Display for InventoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(path) => {
                write!(f, "{}: there is no inventory; make one with: ksefleaks inventory init", path.display())
            }
            Self::Exists(path) => write!(f, "{} is there already and is left as it is", path.display()),
            Self::NotOurs(path) => {
                write!(f, "{} is no inventory of ksefleaks; name another file with --inventory", path.display())
            }
            Self::Newer(path) => {
                write!(f, "{} was written by a newer ksefleaks; use that one to open it", path.display())
            }
            Self::OtherKey(path) => {
                write!(f, "{} was sealed with another key; name its key file with --inventory-key", path.display())
            }
            Self::Damaged { path, what } => write!(
                f,
                "{}: {what} was damaged, or changed by something other than ksefleaks; restore the file from a backup",
                path.display()
            ),
            Self::Busy(path) => {
                write!(f, "{} is in use by another ksefleaks; try again when that one has ended", path.display())
            }
            Self::Unfinished { path, kind } => write!(
                f,
                "{} was left unfinished by a ksefleaks that was killed, and cannot be repaired here: {kind}; \
                 open it once from where it may be written",
                path.display()
            ),
            Self::Io { path, doing, kind: kind @ ErrorKind::StorageFull } => {
                write!(f, "{} cannot be {doing}: {kind}; make room there, and repeat it", path.display())
            }
            Self::Io { path, doing, kind } => write!(f, "{} cannot be {doing}: {kind}", path.display()),
            Self::Unsettled { path, kind } => write!(
                f,
                "{}: the end of the change failed: {kind}; all of it was kept or nothing; look before you repeat it",
                path.display()
            ),
            Self::Spoilt(path) => {
                write!(f, "{}: a change failed half-way, so nothing is kept of this run; repeat it", path.display())
            }
            Self::Taken(numbers) => {
                let (noun, numbers) = (if numbers.len() == 1 { "credential" } else { "credentials" }, list(numbers));
                write!(f, "a fingerprint, reference or serial of it belongs to {noun} {numbers} already; change that")
            }
            Self::Unknown(number) => {
                write!(f, "there is no credential {number} in the inventory; list it to see which")
            }
            Self::KeyMissing(path) => write!(
                f,
                "{}: there is no key of the inventory; name its key file with --inventory-key",
                path.display()
            ),
            Self::KeyMalformed(path) => write!(
                f,
                "{} is no key of an inventory, which has 32 bytes; restore it, or name another with --inventory-key",
                path.display()
            ),
            Self::NoRandom => f.write_str("the system gives no random numbers, so that no key can be made"),
        }
    }
}

impl std::error::Error for InventoryError {}

fn list(numbers: &[u64]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl InventoryError {
    pub(super) fn io(path: &Path, doing: &'static str, kind: ErrorKind) -> Self {
        Self::Io { path: path.to_owned(), doing, kind }
    }
}

/// What went wrong, before it is known in which file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    NotOurs,
    Newer,
    /// Of an earlier version, this one.
    Older(u64),
    OtherKey,
    Damaged(String),
    Busy,
    /// It must be repaired, which needs a file that may be written.
    Unrepaired,
    Unfinished(ErrorKind),
    Io(&'static str, ErrorKind),
    Unsettled(ErrorKind),
    Told(InventoryError),
}

impl Fault {
    pub(super) fn damaged(what: &str) -> Self {
        Self::Damaged(what.to_owned())
    }

    /// The error of a file.
    pub(super) fn at(self, path: &Path) -> InventoryError {
        let path = path.to_owned();
        match self {
            Self::NotOurs => InventoryError::NotOurs(path),
            Self::Newer => InventoryError::Newer(path),
            Self::Older(_) => InventoryError::Io { path, doing: "brought up to date", kind: ErrorKind::Unsupported },
            Self::OtherKey => InventoryError::OtherKey(path),
            Self::Damaged(what) => InventoryError::Damaged { path, what },
            Self::Busy => InventoryError::Busy(path),
            Self::Unrepaired => InventoryError::Unfinished { path, kind: ErrorKind::PermissionDenied },
            Self::Unfinished(kind) => InventoryError::Unfinished { path, kind },
            Self::Io(doing, kind) => InventoryError::Io { path, doing, kind },
            Self::Unsettled(kind) => InventoryError::Unsettled { path, kind },
            Self::Told(error) => error,
        }
    }

    /// What the database says; its words are not repeated, for they may quote what it read.
    pub(super) fn of(error: impl Into<redb::Error>) -> Self {
        match error.into() {
            redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => Self::Busy,
            redb::Error::RepairAborted => Self::Unrepaired,
            redb::Error::Io(error) => match error.kind() {
                ErrorKind::InvalidData | ErrorKind::UnexpectedEof => Self::structure(),
                kind => Self::Io("used", kind),
            },
            redb::Error::PreviousIo | redb::Error::DatabaseClosed => Self::Io("used", ErrorKind::Other),
            _ => Self::structure(),
        }
    }

    fn structure() -> Self {
        Self::damaged("its structure")
    }
}

/// Uses the database, which trusts a file that was closed in order and panics at some of what it may then meet.
pub(super) fn guard<T>(using: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    let before = GUARDED.replace(true);
    let used = catch_unwind(AssertUnwindSafe(using));
    GUARDED.set(before);
    used.unwrap_or_else(|_| Err(Fault::structure()))
}

thread_local! {
    /// Whether this thread uses the database.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic of this thread is one of the database, of which a clear error will tell.
pub fn is_guarded() -> bool {
    GUARDED.get()
}
