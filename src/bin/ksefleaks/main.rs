//! The command line.
//!
//! Holds: arguments, exit codes, progress and files of reports; each command in a file of its own.
//! Must not know: how anything is found. A new command is a file here, its arguments in `args` and
//! an arm below.

mod args;
mod config;
mod exit;
mod explain;
mod files;
mod hook;
mod inventory;
mod message;
mod output;
mod panic;
mod plan;
mod progress;
mod rules;
mod search;
mod status;
mod system;
mod watch;

use std::process::ExitCode;

use args::Command;
use exit::Exit;

fn main() -> ExitCode {
    panic::tell_the_place_only();
    let exit = std::panic::catch_unwind(run).unwrap_or(Exit::Failed);
    exit.into()
}

fn run() -> Exit {
    let command = match args::parse() {
        Ok(command) => command,
        Err(refusal) => return refusal.tell(),
    };
    let result = match &command {
        Command::Scan(args) => search::run(&args.common, || plan::scan(args)),
        Command::Git(args) => search::run(&args.common, || plan::git(args)),
        Command::Hook(args) => hook::run(args),
        Command::Inventory(args) => inventory::run(args),
        Command::Status(args) => status::run(args),
        Command::Rules(args) => rules::run(args),
        Command::Explain(args) => explain::run(args),
    };
    result.unwrap_or_else(|error| {
        message::tell(&format!("{error:#}"));
        Exit::Failed
    })
}
