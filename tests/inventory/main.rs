//! The inventory as its users have it: what is imported, what is said of findings, what is audited.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::panic,
    reason = "a test fails by panicking, and reads what it has written itself"
)]
#![allow(clippy::too_many_lines, reason = "what an office keeps is told in one piece")]

#[path = "../made/mod.rs"]
#[allow(dead_code, unused_imports, reason = "shared with other tests")]
mod made;
#[path = "../run/repository.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod repository;

mod audits;
mod changes;
mod commands;
mod desk;
mod imports;
mod lengths;
mod office;
mod renewals;
mod samples;
mod secrets;
mod silence;
mod standings;
