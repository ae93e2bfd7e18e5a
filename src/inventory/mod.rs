//! The inventory: which credentials there are, whose they are, whether they are live.
//!
//! Holds: what it keeps and how, what sources say and how that is put together, what follows from it. Must not know:
//! how files are opened and searched: the engine hands on rows whose secrets were taken out.

mod audit;
mod credential;
mod field;
mod line;
mod listing;
mod merge;
mod safe;
mod several;
mod standing;
mod statute;
mod store;
mod table;
mod value;

pub use audit::{AuditRule, Books as AuditBooks, Convention, Leak, Remark, audit, rules as audit_rules};
pub use credential::{Change, Claim, Credential, Entity, Met, Rejected, Row, System, Value, Voice};
pub use field::{FIELDS, Field, Form};
pub use listing::{Listing, ListingKind, read_certificates, read_tokens, recognise as recognise_listing};
pub use merge::{Conflict, Merge, Tally};
pub use safe::{SafeKind, items as safe_items, recognise as recognise_safe};
pub use standing::{Answers, Asked, Clock};
pub use store::{By, Draft, Inventory, InventoryError, Key as InventoryKey, Reading, Records, is_guarded};
pub use table::{
    Plan as TablePlan, Taken as TableTaken, Use as TableUse, claims as table_claims, divide as divide_tables,
    filled as filled_rows, guess as guess_table, map as map_table,
};
pub use value::read as read_value;
