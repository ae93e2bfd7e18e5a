//! `ksefleaks inventory`.
//!
//! Holds: each command in a file of its own. Must not know: how an inventory keeps anything.

mod add;
mod audit;
mod export;
mod import;
mod list;
mod place;
mod table;

use anyhow::anyhow;
use ksefleaks::{By, Inventory, InventoryKey, escape_terminal};

use crate::args::{Common, InventoryArgs, InventoryCommand, InventoryFile, Looks};
use crate::exit::Exit;
use crate::output::to_standard_output;

pub(crate) use place::{Place, asked, named};

/// Does what was asked.
pub(crate) fn run(args: &InventoryArgs) -> anyhow::Result<Exit> {
    match &args.command {
        InventoryCommand::Init(file) => init(file),
        InventoryCommand::Import(args) => import::run(args),
        InventoryCommand::Add(args) => add::add(args),
        InventoryCommand::Remove(args) => add::remove(args),
        InventoryCommand::List(args) => list::run(args),
        InventoryCommand::Audit(args) => audit::run(args),
        InventoryCommand::Export(args) => export::run(args),
    }
}

fn init(file: &InventoryFile) -> anyhow::Result<Exit> {
    let place = Place::of(file)?;
    let key = InventoryKey::load_or_make(&place.key).map_err(|error| anyhow!("{error}"))?;
    Inventory::create(&place.path, &key).map_err(|error| anyhow!("{error}"))?;
    // Whole, however long they are: whoever is to keep a copy must know of what.
    print(&format!(
        "made the inventory «{}», sealed with the key «{}»: keep a copy of both\n",
        escape_terminal(&place.path.display().to_string()),
        escape_terminal(&place.key.display().to_string()),
    ))?;
    Ok(Exit::Clean)
}

/// The inventory that a command is about.
fn open(common: &Common) -> anyhow::Result<Inventory> {
    Place::of(&common.file)?.open()
}

/// Who makes a change, and from what.
fn by(common: &Common, source: &str) -> By {
    // Names of files and of users are others' to choose.
    let safe = crate::message::shown;
    By { who: safe(&crate::system::user()), source: safe(source), at: common.now() }
}

fn print(text: &str) -> anyhow::Result<()> {
    to_standard_output(&Looks::default(), |out| out.write_all(text.as_bytes()))
}
