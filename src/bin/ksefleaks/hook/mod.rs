//! `ksefleaks hook`.
//!
//! Holds: the parts of a hook. `install` puts it where git looks, `script` is what is put there, `errand`
//! learns from git and its environment what to look at, `run` looks, `refusal` and `advice` are what the
//! committer reads. Must not know: how anything is found. A new hook is a `HookKind`, its arm in `errand`
//! and, where nothing fits, an `Occasion` with its advice.

mod advice;
mod commit_message;
mod environment;
mod errand;
mod install;
mod pushed;
mod refusal;
mod run;
mod script;

use crate::args::{HookArgs, HookCommand};
use crate::exit::Exit;

/// What is refused, and so what there is to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Occasion {
    /// A commit, for what is staged.
    Commit,
    /// A commit, for its message in this file.
    Message(String),
    /// A push, by the one who pushes.
    Push,
    /// A push, by the server.
    Receive,
    /// A check of commits that are there already.
    Range,
    /// A check of files.
    Files,
}

/// Carries the command out.
pub(crate) fn run(args: &HookArgs) -> anyhow::Result<Exit> {
    match &args.command {
        HookCommand::Install(args) => install::install(args),
        HookCommand::Uninstall(args) => install::uninstall(args),
        HookCommand::Run(args) => Ok(run::run(args)),
    }
}
