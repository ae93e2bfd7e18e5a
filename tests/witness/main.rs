//! What is opened, proved with other programs: they write containers and say what is in them, and we say the same.
//!
//! Holds: the list of the parts. `archives`, `streams`, `databases`, `offices`, `pages`: credentials that another program
//! packed, and that it shows again; `samples`: the words in `corpus/formats`. `program` runs the others, `sight` is what
//! we see. In both directions: whatever the witness shows is found, once, in the member where it shows it, and nothing
//! else is. A program that is absent is told, and must not be absent where `KSEFLEAKS_REQUIRE_TOOLS` is set.

#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::format_push_string,
    reason = "a test fails by panicking, reads what another program has written, says what it passes over"
)]

#[path = "../run/repository.rs"]
#[allow(dead_code, reason = "not every test needs all of it")]
mod repository;
#[path = "../run/tools.rs"]
mod tools;

mod archives;
mod databases;
mod offices;
mod pages;
mod program;
mod samples;
mod sight;
mod source;
mod streams;
