//! What is opened, proved with the program: containers made here, each with a credential of its own in it.
//!
//! Holds: the list of the parts. `samples`: one of each format, and where its credential is to be found; `headed`: what
//! only a heading or a key makes a credential; `nests`: containers in containers; `mails`: who has it; `twice`: what
//! stands in several places, and what is one place though it can be read in several ways; `locked`, `broken`, `hostile`,
//! `bombs`, `limits`: what cannot be opened, or not wholly, and what is said of it. `made` makes the containers, `case` runs the
//! program on them. Each credential is drawn anew, so that a finding tells which one was found.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads what it has written itself"
)]

#[path = "../run/mutate.rs"]
mod mutate;
#[path = "../run/repository.rs"]
#[allow(dead_code, reason = "not every test needs all of it")]
mod repository;
#[path = "../run/mod.rs"]
#[allow(dead_code, reason = "not every test needs all of it")]
mod run;

mod bombs;
mod broken;
mod case;
mod headed;
mod hostile;
mod limits;
mod locked;
mod made;
mod mails;
mod nests;
mod samples;
mod twice;
