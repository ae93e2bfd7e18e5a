//! What may stand on the command line.
//!
//! Holds: the commands and their arguments as clap sees them; `search` those of every search,
//! `limits` the ceilings, `refuse` what is said of a wrong one. Must not know: what an argument does. What
//! no command obeys yet is absent, so that it is rejected and never ignored.

mod git;
mod hook;
mod inventory;
mod limits;
mod refuse;
mod search;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use ksefleaks::Instant;

pub(crate) use git::GitArgs;
pub(crate) use hook::{
    HookArgs, HookCommand, HookInstallArgs, HookKind, HookRunArgs, HookTerms, HookUninstallArgs, OnTimeout,
};
pub(crate) use inventory::{
    AddArgs, AuditArgs, Common, ExportArgs, ExportFormat, ImportArgs, InventoryArgs, InventoryAsked, InventoryCommand,
    InventoryFile, Least, ListArgs, ListFormat, Listed, RemoveArgs, StatusArgs, Thing,
};
pub(crate) use refuse::Refusal;
pub(crate) use search::{Looks, SearchArgs};

const EXIT_CODES: &str = "\
Exit codes:
  0    clean
  1    findings that --fail-on names
  2    could not run: wrong usage or configuration, or something named does not exist
  3    clean, but something that should have been looked at was not
  130  interrupted";

const EXAMPLES: &str = "\
Examples:
  ksefleaks scan                            the current directory, with hidden and ignored files
  ksefleaks scan /srv/share mail.mbox       several places
  pg_dump erp | ksefleaks scan -            standard input
  ksefleaks git                             all that the repository here remembers
  ksefleaks hook install                    refuse commits that bring a credential
  git ls-files -z | ksefleaks scan --files-from -
  ksefleaks scan --format sarif --output leaks.sarif --format text
  ksefleaks scan --write-baseline known.txt; ksefleaks scan --baseline known.txt
  ksefleaks explain < token.txt             what a credential says about itself";

/// Finds leaked credentials of KSeF, Poland's e-invoicing system, and tells what to do about them.
#[derive(Debug, Parser)]
#[command(name = "ksefleaks", version, about, after_help = "See --help for examples and exit codes.")]
#[command(after_long_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
#[command(subcommand_required = true, arg_required_else_help = true, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Scan(Box<ScanArgs>),
    Git(Box<GitArgs>),
    Hook(Box<HookArgs>),
    Inventory(Box<InventoryArgs>),
    Status(Box<StatusArgs>),
    Rules(RulesArgs),
    Explain(ExplainArgs),
}

/// Searches directories, files and standard input
#[derive(Args, Debug)]
#[command(after_help = "See --help for all of it.", after_long_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
pub(crate) struct ScanArgs {
    /// Directories and files; «-» is standard input [default: .]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Search the files of this list too, or only these where no PATH is given; «-» is standard input
    ///
    /// Entries are separated by NUL if there is any, else by newlines.
    #[arg(long, value_name = "FILE")]
    pub(crate) files_from: Option<PathBuf>,
    /// Search only what matches, as in a .gitignore; repeatable
    #[arg(long, value_name = "GLOB")]
    pub(crate) include: Vec<String>,
    /// Leave out what matches, as in a .gitignore; repeatable
    #[arg(long, value_name = "GLOB")]
    pub(crate) exclude: Vec<String>,
    /// Leave out what git ignores, which is searched otherwise
    #[arg(long)]
    pub(crate) respect_gitignore: bool,
    /// Follow symbolic links
    #[arg(long)]
    pub(crate) follow: bool,
    /// Leave out what is mounted from another file system
    #[arg(long)]
    pub(crate) one_file_system: bool,
    #[command(flatten)]
    pub(crate) common: SearchArgs,
}

/// Lists, shows and checks the rules
#[derive(Args, Debug)]
#[command(subcommand_required = true, arg_required_else_help = true, disable_help_subcommand = true)]
pub(crate) struct RulesArgs {
    #[command(subcommand)]
    pub(crate) command: RulesCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// Lists the rules, built in and of the configuration
    List(RulesLooks),
    /// Shows all fields of one rule, or a page about all of them
    Show {
        /// The rule [default: all, as a page of Markdown]
        id: Option<String>,
        #[command(flatten)]
        looks: RulesLooks,
    },
    /// Tries every sample of every rule
    ///
    /// Each text of `hits` must be found and each of `misses` must not. It ends with 2 where one is not.
    Check {
        /// A configuration whose rules are checked too [default: the nearest .ksefleaks.toml]
        #[arg(conflicts_with = "config")]
        file: Option<PathBuf>,
        #[command(flatten)]
        looks: RulesLooks,
    },
}

#[derive(Args, Debug)]
pub(crate) struct RulesLooks {
    /// The configuration [default: the nearest .ksefleaks.toml from here upwards]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// Reads one credential from standard input, without echo, and prints what it says about itself
///
/// Nothing is sent anywhere, and the credential itself is not printed.
#[derive(Args, Debug)]
#[command(
    after_long_help = "Examples:\n  ksefleaks explain\n  ksefleaks explain < token.txt\n  pass show ksef | ksefleaks explain"
)]
pub(crate) struct ExplainArgs {
    /// The configuration [default: the nearest .ksefleaks.toml from here upwards]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The clock, for repeatable runs: a day, or an instant such as 2026-11-21T10:00:00Z
    #[arg(long, value_name = "TIME", value_parser = search::instant)]
    pub(crate) now: Option<Instant>,
}

/// Reads the command line of this process.
pub(crate) fn parse() -> Result<Command, Refusal> {
    let words: Vec<_> = std::env::args_os().collect();
    Cli::try_parse_from(&words).map(|cli| cli.command).map_err(|error| Refusal::new(error, &words))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parsed(words: &[&str]) -> Result<Command, clap::Error> {
        Cli::try_parse_from([&["ksefleaks"], words].concat()).map(|cli| cli.command)
    }

    #[test]
    fn clap_agrees_with_itself() {
        Cli::command().debug_assert();
    }

    #[test]
    fn what_has_not_come_yet_is_rejected() {
        let commands = ["report", "completions", "man", "help"];
        for command in commands {
            assert!(parsed(&[command]).is_err(), "{command}");
        }
        let options = ["--lang=pl", "--case=x", "--shard=1/2", "--strict"];
        for option in options.into_iter().chain(["--format=markdown", "--format=csv", "--format=html"]) {
            assert!(parsed(&["scan", option]).is_err(), "{option}");
        }
    }

    #[test]
    fn every_option_of_the_contract_is_known() {
        let all = [
            "scan",
            "a",
            "-",
            "--format=json",
            "--format",
            "text",
            "--format=sarif",
            "--format=gitlab",
            "--format=github",
            "--format=junit",
            "--people",
            "--output=x",
            "--baseline=x",
            "--write-baseline=x",
            "--config=x",
            "--no-allow",
            "--fail-on=live",
            "--min-confidence=likely",
            "--jobs=2",
            "--max-depth=0",
            "--max-blob=64MiB",
            "--max-expanded=1GiB",
            "--max-ratio=10",
            "--max-hits=1",
            "--max-findings=1",
            "--max-locations=1",
            "--inventory=x",
            "--inventory-key=y",
            "--expiring=14",
            "--now=2026-11-21",
            "--no-progress",
            "--color=never",
            "-vvv",
            "--files-from=-",
            "--include=*.a",
            "--exclude=*.b",
            "--respect-gitignore",
            "--follow",
            "--one-file-system",
        ];
        let command = parsed(&all).unwrap();
        let Command::Scan(args) = command else { panic!("another command") };
        assert_eq!(args.common.format, ["json", "text", "sarif", "gitlab", "github", "junit"]);
        assert_eq!(args.common.limits.max_blob, Some(64 << 20));
        assert_eq!(args.common.looks.verbose, 3);
    }
}
