//! Versions of the file.
//!
//! Holds: what every version has alike (the check value, the version), and the steps from each version to the next. A
//! new version is one more function in `STEPS`. Must not know: files, or who opens them.

use redb::TableHandle;
use sha2::{Digest, Sha256};

use super::error::Fault;
use super::seal::{Seal, WHOLE};
use super::tables::{Ground, META, State, TABLES};
use super::tally::FAN;

/// A step from one version to the next, in the transaction of all.
pub(super) type Step = fn(&Ground, &Seal) -> Result<(), Fault>;

/// The steps; the first makes an inventory of an empty database.
pub(super) const STEPS: &[Step] = &[make_tables];

const CHECK: &[u8] = b"check";
const VERSION: &[u8] = b"version";
const STATE: &[u8] = b"state";

/// Random bytes that tell one inventory from another.
const SALT: usize = 16;

/// The version of an inventory; nothing where it is none. A key that is not its own is told from damage: the check
/// value has a plain checksum behind it. This is read before the version is known, so it never changes.
pub(super) fn version(ground: &Ground, seal: &Seal) -> Result<Option<u64>, Fault> {
    if !ground.has(META)? {
        return Ok(None);
    }
    let Some(check) = ground.get(META, CHECK)? else { return Ok(None) };
    let damaged = || Fault::damaged("its check value");
    let (value, checksum) = check.split_last_chunk::<WHOLE>().ok_or_else(damaged)?;
    if *checksum != <[u8; WHOLE]>::from(Sha256::digest(value)) || value.len() != SALT + WHOLE {
        return Err(damaged());
    }
    let (salt, expected) = value.split_last_chunk::<WHOLE>().ok_or_else(damaged)?;
    if *expected != seal.whole(&[b"check", salt]) {
        return Err(Fault::OtherKey);
    }
    let sealed = ground.get(META, VERSION)?;
    let version = sealed.as_deref().and_then(|sealed| seal.open(META.name(), VERSION, sealed));
    let version = version.and_then(|version| version.try_into().ok()).map(u64::from_le_bytes);
    version.map(Some).ok_or_else(|| Fault::damaged("its version"))
}

/// Takes the steps that a version lacks.
pub(super) fn bring_up(ground: &Ground, seal: &Seal, from: u64, steps: &[Step]) -> Result<(), Fault> {
    let done = usize::try_from(from).map_err(|_| Fault::Newer)?;
    steps.get(done..).ok_or(Fault::Newer)?.iter().try_for_each(|step| step(ground, seal))?;
    let version = (steps.len() as u64).to_le_bytes();
    ground.put(META, VERSION, &seal.close(META.name(), VERSION, &version))
}

/// Version 1: the tables, the check value, the state.
fn make_tables(ground: &Ground, seal: &Seal) -> Result<(), Fault> {
    for table in TABLES {
        // To write in a table makes it.
        ground.remove(table, &[])?;
    }
    let mut salt = [0; SALT];
    getrandom::fill(&mut salt).map_err(|_| Fault::Told(super::InventoryError::NoRandom))?;
    let mut check = salt.to_vec();
    check.extend_from_slice(&seal.whole(&[b"check", &salt]));
    let checksum = Sha256::digest(&check);
    check.extend_from_slice(&checksum);
    ground.put(META, CHECK, &check)?;
    write_state(ground, seal, &State::empty(FAN))
}

/// The state, of the version that is ours; all tables must be there, or writing would make them anew.
pub(super) fn read_state(ground: &Ground, seal: &Seal) -> Result<State, Fault> {
    for table in TABLES {
        if !ground.has(table)? {
            return Err(Fault::damaged("one of its tables"));
        }
    }
    let sealed = ground.get(META, STATE)?;
    let state = sealed.as_deref().and_then(|sealed| seal.open(META.name(), STATE, sealed));
    let state = state.and_then(State::from_bytes).filter(|state| state.groups.len() == FAN);
    state.ok_or_else(|| Fault::damaged("its state"))
}

pub(super) fn write_state(ground: &Ground, seal: &Seal, state: &State) -> Result<(), Fault> {
    ground.put(META, STATE, &seal.close(META.name(), STATE, &state.to_bytes()))
}
