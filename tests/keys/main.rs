//! Keys, certificates and passwords, proved with the program: what it says of folders, archives, mails and repositories
//! in which they stand.
//!
//! Holds: the list of the parts. `dresses`: one key in every form and wrapping; `windows`: keys across the pieces in
//! which files are read; `misses`: what is no key; `pairing`: keys and their certificates; `locks`: keys that a password
//! opens or does not; `costs`: what a try may cost; `containers`: locked archives and documents beside a password;
//! `passwords`: what is told of a password, and what never is; `same`: threads, order and baselines. `shelf` makes the
//! files and reads the answer. Each key is drawn anew, so that a finding tells which one was found.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::type_complexity,
    reason = "a test fails by panicking, and reads what it has written itself; its tables are read where they stand"
)]

#[path = "../formats/made/mod.rs"]
#[allow(dead_code, reason = "not all that can be made is needed here")]
mod made;
#[path = "../run/repository.rs"]
#[allow(dead_code, reason = "not every test needs all of it")]
mod repository;

mod containers;
mod costs;
mod dresses;
mod letters;
mod locks;
mod misses;
mod pairing;
mod passwords;
mod same;
mod shelf;
mod windows;
