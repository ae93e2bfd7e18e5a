//! Keys, once all is read: opened with what lies near them, tied to their certificates, graded.
//!
//! Holds: what is kept until then (`vault`), what is near what (`reach`), the trying of passwords on keys (`unlock`) and
//! on containers (`locked`), and what a key is worth (`pair`). Must not know: any form of a key; how reports tell one.

mod certificate;
mod locked;
mod meet;
mod note;
mod pair;
mod queue;
mod reach;
mod tries;
mod unlock;
mod vault;

pub(super) use locked::{Again, Second, leave};
pub(super) use note::Note;
pub(super) use pair::{grade, settle};
pub(super) use queue::Queue;
pub(super) use reach::Reach;
pub(super) use unlock::beside;
pub(super) use vault::{Top, Vault};
