//! `ksefleaks git`, proved on repositories that the `git` program made.
//!
//! Holds: the list of the parts. `places`: every place in which a repository hides something; `history`: what commits
//! did; `names`: refs, logs and the rest of what is no object; `packs`: every way in which objects are kept;
//! `trees`: names and shapes that mean harm; `config`: what must not be obeyed; `broken`: damage, `forged`: packs that lie;
//! `sizes`: what is large, deep or many; `same`: what must make no difference, `memory`: nor a cache. Each hiding place has its own
//! credential, drawn anew, so that a finding tells which one was found.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads what it has written itself"
)]

#[path = "../run/repository.rs"]
mod repository;

mod broken;
mod config;
mod forged;
mod history;
mod memory;
mod names;
mod packing;
mod packs;
mod places;
mod same;
mod sizes;
mod trees;
