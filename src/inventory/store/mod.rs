//! How the inventory is kept: one file, sealed, safe under two processes and a killed one.
//!
//! Holds: the face of the store. `open` opens the file and waits for it, `gate` holds writes back until they are
//! needed, `tables` is what lies in the file, `seal`, `key` and `tally` let nothing pass that was not written here,
//! `read` and `draft` are what others call, `compare` writes the history, `migrate` knows older versions, `error` says
//! what went wrong, `system` is what differs between systems. Must not know: what a source said, or what follows.

mod compare;
mod draft;
mod error;
mod gate;
mod key;
mod migrate;
mod open;
mod read;
mod seal;
mod system;
mod tables;
mod tally;
mod walk;

#[cfg(test)]
mod tests;

pub use draft::{By, Draft};
pub use error::{InventoryError, is_guarded};
pub use key::Key;
pub use open::Inventory;
pub use read::{Handle, Reading, Records};
