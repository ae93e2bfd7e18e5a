//! Hooks, end to end: git commits and pushes, and is refused.
//!
//! Holds: one module for each part; `room` has the repositories. Nothing here asks how a hook comes to its
//! answer. Credentials are drawn anew and open nothing.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test ends by panicking, and reads only what it wrote"
)]

#[path = "../run/tools.rs"]
mod tools;

mod commit;
mod framework;
mod install;
mod push;
mod ready;
mod room;
