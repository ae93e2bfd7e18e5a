//! Opening the file.
//!
//! Holds: `Inventory`, a file that was found to be one of ours and is opened anew for each reading and each draft; the
//! making of a new one; the waiting for others. Must not know: what is looked up or changed.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant as Clock};

use redb::backends::FileBackend;
use redb::{Builder, Database, ReadableDatabase, StorageBackend};

use super::error::{Fault, InventoryError, guard};
use super::gate::Gate;
use super::migrate::{STEPS, Step, bring_up, read_state, version};
use super::read::{Base, Held, Records};
use super::seal::Seal;
use super::tables::{Ground, Reads};
use super::{By, Draft, Key, Reading, system};

/// How long to wait for another process.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long to pause between two looks whether it has ended.
const PAUSE: Duration = Duration::from_millis(25);

/// Memory for pages of the file. What a draft changes beyond it goes to the file early, where nothing refers to it yet.
const CACHE: usize = 48 << 20;

/// What every file of the database begins with.
const MAGIC: &[u8; 9] = b"redb\x1a\x0a\xa9\x0d\x0a";

/// An inventory: a file, and the key that it is sealed with. Nothing is open and nobody is locked out between one
/// reading or draft and the next.
#[derive(Debug)]
pub struct Inventory {
    path: PathBuf,
    key: Key,
    pub(super) patience: Duration,
    pub(super) steps: &'static [Step],
}

/// The directory of a file.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

impl Inventory {
    /// Makes a new inventory, for its owner alone; the file has its name only when it is whole.
    pub fn create(path: &Path, key: &Key) -> Result<Self, InventoryError> {
        let exists = || InventoryError::Exists(path.to_owned());
        if path.symlink_metadata().is_ok() {
            return Err(exists());
        }
        let unmade = |error: std::io::Error| InventoryError::io(path, "made", error.kind());
        let folder = folder_of(path);
        system::make_private(folder).map_err(unmade)?;
        let file = tempfile::Builder::new().prefix(".ksefleaks-").tempfile_in(folder).map_err(unmade)?;
        let seal = Seal::new(key.clone());
        let made = guard(|| {
            let database = builder().create(file.path()).map_err(Fault::of)?;
            migrate(&database, &seal, 0, STEPS)?;
            database.close().map_err(Fault::of)
        });
        made.map_err(|fault| fault.at(path))?;
        file.persist_noclobber(path).map_err(|error| match error.error.kind() {
            ErrorKind::AlreadyExists => exists(),
            _ => unmade(error.error),
        })?;
        // Where a directory cannot be synchronised there is nothing better to do.
        let _ = system::settle(folder);
        Ok(Self::at(path, key.clone()))
    }

    /// An inventory that is there. An older version is brought up to this one.
    pub fn open(path: &Path, key: Key) -> Result<Self, InventoryError> {
        let inventory = Self::at(path, key);
        inventory.read().map(drop)?;
        Ok(inventory)
    }

    pub(super) fn at(path: &Path, key: Key) -> Self {
        Self { path: path.to_owned(), key, patience: PATIENCE, steps: STEPS }
    }

    /// Its file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads it as it is now. It cannot be changed as long as the reading lasts, so that should not be long.
    pub fn read(&self) -> Result<Reading, InventoryError> {
        let begin = || {
            let file = self.file(false).map_err(|kind| Fault::Io("read", kind))??;
            self.begin_reading(FileBackend::new(file).map_err(Fault::of)?)
        };
        self.patiently(|| match begin() {
            Err(why @ (Fault::Unrepaired | Fault::Older(_))) => {
                self.put_in_order(&why)?;
                begin()
            }
            other => other,
        })
        .map(Reading)
    }

    /// Changes it.
    pub fn write(&self, by: By) -> Result<Draft, InventoryError> {
        let records = self.patiently(|| {
            let file = self.file(true).map_err(|kind| Fault::Io("written", kind))??;
            self.begin_draft(FileBackend::new(file).map_err(Fault::of)?)
        })?;
        Ok(Draft::new(records, by))
    }

    /// Tries until nobody else is in the way.
    fn patiently<T>(&self, mut attempt: impl FnMut() -> Result<T, Fault>) -> Result<T, InventoryError> {
        let begun = Clock::now();
        loop {
            match guard(&mut attempt) {
                Err(Fault::Busy) if begun.elapsed() < self.patience => thread::sleep(PAUSE),
                done => return done.map_err(|fault| fault.at(&self.path)),
            }
        }
    }

    /// Opens a backend, which holds an inventory, to read it.
    pub(super) fn begin_reading(&self, backend: impl StorageBackend) -> Result<Records, Fault> {
        let database = builder().open_read_only_with_backend(backend).map_err(Fault::of)?;
        let ground = Ground::Read(Box::new(Reads::new(database.begin_read().map_err(Fault::of)?)));
        let seal = Seal::new(self.key.clone());
        self.is_of_now(&ground, &seal)?;
        let state = read_state(&ground, &seal)?;
        Ok(Records::new(Held { ground, base: Base::Read(database) }, state, seal, &self.path))
    }

    /// Opens a backend, which holds an inventory, to change it. Until something is changed, nothing is written.
    pub(super) fn begin_draft(&self, backend: impl StorageBackend) -> Result<Records, Fault> {
        let (gate, gated) = Gate::before(backend);
        let seal = Seal::new(self.key.clone());
        let database = builder().create_with_backend(gated).map_err(Fault::of)?;
        let begun = self.begin_writing(&database, &seal).and_then(|ground| {
            let state = read_state(&ground, &seal)?;
            Ok((ground, state))
        });
        match begun {
            Ok((ground, state)) => {
                let held = Held { ground, base: Base::Write(database, gate) };
                Ok(Records::new(held, state, seal, &self.path))
            }
            Err(fault) => {
                // What is not ours to change is closed as it was.
                gate.shut();
                Err(fault)
            }
        }
    }

    fn begin_writing(&self, database: &Database, seal: &Seal) -> Result<Ground, Fault> {
        let ground = Ground::Read(Box::new(Reads::new(database.begin_read().map_err(Fault::of)?)));
        match self.is_of_now(&ground, seal) {
            Err(Fault::Older(from)) => migrate(database, seal, from, self.steps)?,
            other => other?,
        }
        drop(ground);
        begin(database)
    }

    /// Repairs what a killed program left, and brings an older version up to this one.
    fn put_in_order(&self, why: &Fault) -> Result<(), Fault> {
        let file = self.file(true).map_err(|kind| match why {
            Fault::Unrepaired => Fault::Unfinished(kind),
            _ => Fault::Io("written", kind),
        })??;
        let backend = FileBackend::new(file).map_err(Fault::of)?;
        let database = builder().create_with_backend(backend).map_err(Fault::of)?;
        self.begin_writing(&database, &Seal::new(self.key.clone())).map(drop)?;
        database.close().map_err(Fault::of)
    }

    fn is_of_now(&self, ground: &Ground, seal: &Seal) -> Result<(), Fault> {
        let (version, ours) = (version(ground, seal)?.ok_or(Fault::NotOurs)?, self.steps.len() as u64);
        match version {
            0 => Err(Fault::damaged("its version")),
            older if older < ours => Err(Fault::Older(older)),
            newer if newer > ours => Err(Fault::Newer),
            _ => Ok(()),
        }
    }

    /// The file, which begins as one of the database does: another would be made one, were it empty. The outer error
    /// is that it may not be opened so.
    fn file(&self, write: bool) -> Result<Result<File, Fault>, ErrorKind> {
        match self.path.metadata() {
            // Something else might never end, or never begin.
            Ok(metadata) if !metadata.is_file() => return Ok(Err(Fault::NotOurs)),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok(Err(Fault::Told(InventoryError::Missing(self.path.clone()))));
            }
            Err(error) => return Err(error.kind()),
        }
        let mut file = OpenOptions::new().read(true).write(write).open(&self.path).map_err(|error| error.kind())?;
        let mut magic = [0; MAGIC.len()];
        Ok(match file.read_exact(&mut magic) {
            Ok(()) if magic == *MAGIC => Ok(file),
            Ok(()) => Err(Fault::NotOurs),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(Fault::NotOurs),
            Err(error) => Err(Fault::Io("read", error.kind())),
        })
    }
}

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE);
    builder
}

fn begin(database: &Database) -> Result<Ground, Fault> {
    let mut transaction = database.begin_write().map_err(Fault::of)?;
    // What a commit refers to is on the disk before the commit is: a torn one never looks like a whole one.
    transaction.set_two_phase_commit(true);
    Ok(Ground::Write(Box::new(transaction)))
}

fn migrate(database: &Database, seal: &Seal, from: u64, steps: &[Step]) -> Result<(), Fault> {
    let ground = begin(database)?;
    bring_up(&ground, seal, from, steps)?;
    match ground {
        Ground::Write(transaction) => transaction.commit().map_err(Fault::of),
        Ground::Read(_) => Ok(()),
    }
}
