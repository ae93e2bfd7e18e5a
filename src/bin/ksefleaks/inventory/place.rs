//! Which inventory is meant.
//!
//! Holds: where it is by default, and how it is opened. Must not know: what is done with it.

use std::io::ErrorKind;
use std::path::PathBuf;

use anyhow::{Context, anyhow, bail};
use etcetera::app_strategy::{AppStrategy, AppStrategyArgs, choose_native_strategy};
use ksefleaks::{Books, Inventory, InventoryError, InventoryKey};

use crate::args::{HookTerms, InventoryAsked, InventoryFile};

const FILE: &str = "office.inventory";
/// How many days before its end a credential is expiring, for hooks, which tell it the same way.
const DAYS: u32 = 30;

const KEY: &str = "inventory.key";

/// An inventory and the key that it is sealed with.
pub(crate) struct Place {
    pub(crate) path: PathBuf,
    pub(crate) key: PathBuf,
}

impl Place {
    /// What was named, or else what is in the user's data directory.
    pub(crate) fn of(named: &InventoryFile) -> anyhow::Result<Self> {
        let default = |given: &Option<PathBuf>, name: &str, option: &str| match given {
            Some(path) => Ok(path.clone()),
            None => {
                Ok::<_, anyhow::Error>(directory().with_context(|| format!("name a file with {option}"))?.join(name))
            }
        };
        let path = default(&named.inventory, FILE, "--inventory")?;
        let key = default(&named.inventory_key, KEY, "--inventory-key")?;
        Ok(Self { path, key })
    }

    /// Opens it.
    pub(crate) fn open(&self) -> anyhow::Result<Inventory> {
        if self.path.symlink_metadata().is_err_and(|error| error.kind() == ErrorKind::NotFound) {
            bail!("{}", InventoryError::Missing(self.path.clone()));
        }
        let key = InventoryKey::load(&self.key)?;
        Ok(Inventory::open(&self.path, key)?)
    }
}

/// The inventory that a search asks: the one that was named, which must be there, or the user's own, if he has one.
pub(crate) fn asked(asked: &InventoryAsked) -> anyhow::Result<Option<Books>> {
    let is_named = asked.file.inventory.is_some();
    if !is_named && directory().is_ok_and(|folder| folder.join(FILE).symlink_metadata().is_err()) {
        return Ok(None);
    }
    let place = match Place::of(&asked.file) {
        Ok(place) => place,
        // Whoever has no directory of his own has no inventory there.
        Err(_) if !is_named => return Ok(None),
        Err(error) => return Err(error),
    };
    let name = place.path.display().to_string();
    Ok(Some(Books { inventory: place.open()?, name, days: asked.expiring }))
}

/// The inventory that a hook asks: none but the one that was named, since a hook answers the same for everybody.
pub(crate) fn named(terms: &HookTerms) -> anyhow::Result<Option<Books>> {
    let HookTerms { inventory, inventory_key, .. } = terms;
    if inventory.is_none() {
        return Ok(None);
    }
    let file = InventoryFile { inventory: inventory.clone(), inventory_key: inventory_key.clone() };
    asked(&InventoryAsked { file, expiring: DAYS })
}

/// The user's data directory, as the system has it.
fn directory() -> anyhow::Result<PathBuf> {
    let args = AppStrategyArgs {
        top_level_domain: "pl".to_owned(),
        author: "ksefleaks".to_owned(),
        app_name: "ksefleaks".to_owned(),
    };
    let strategy = choose_native_strategy(args).map_err(|_| anyhow!("this user has no home directory"))?;
    Ok(strategy.data_dir())
}
