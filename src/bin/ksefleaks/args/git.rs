//! The arguments of `ksefleaks git`.
//!
//! Holds: which repositories, and what of them. Must not know: how a repository is read.

use std::path::PathBuf;

use clap::Args;

use super::EXIT_CODES;
use super::SearchArgs;

const EXAMPLES: &str = "\
Examples:
  ksefleaks git                             every object of the repository here, reachable or not
  ksefleaks git /srv/erp /srv/shop.git      several repositories, bare ones too
  ksefleaks git --recursive /srv            every repository below a directory
  ksefleaks git --staged                    what the next commit would bring
  ksefleaks git --range origin/main..HEAD   what these commits bring
  ksefleaks git --branch main --since 2026-02-01";

/// Searches all that repositories remember, or a part of it
///
/// Without an option: every object in every pack and loose, reachable or not, alternates too, each once;
/// messages, authors, tags, notes, the names of refs, stashes, reflogs and dangling objects. Nothing of a
/// repository is executed or obeyed.
#[derive(Args, Debug)]
#[command(after_help = "See --help for all of it.", after_long_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
pub(crate) struct GitArgs {
    /// Work trees, bare repositories, directories of submodules [default: .]
    #[arg(value_name = "REPO")]
    pub(crate) repositories: Vec<PathBuf>,
    /// Every repository below the directories
    #[arg(long)]
    pub(crate) recursive: bool,
    /// Also what stands in the index and the work tree and in no commit
    #[arg(long, conflicts_with_all = ["staged", "range", "since", "branch"])]
    pub(crate) worktree: bool,
    /// Only what the next commit would hold and the last one does not, from the index
    #[arg(long, conflicts_with_all = ["range", "since", "branch", "recursive"], help_heading = "A part of it")]
    pub(crate) staged: bool,
    /// Only what these commits brought, merges too; A..B, A...B or one commit; repeatable
    #[arg(long, value_name = "A..B", conflicts_with = "branch", help_heading = "A part of it")]
    pub(crate) range: Vec<String>,
    /// Only what commits brought since a day, an instant, or a commit that is itself left out
    #[arg(long, value_name = "DATE|COMMIT", help_heading = "A part of it")]
    pub(crate) since: Option<String>,
    /// Only what the commits of this branch brought; repeatable
    #[arg(long, value_name = "BRANCH", help_heading = "A part of it")]
    pub(crate) branch: Vec<String>,
    /// Remember here which objects have nothing to say, and leave them out the next time
    ///
    /// What is found is not kept, and read again each time. The directory is its owner's alone and lies outside of
    /// what is searched.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["staged", "range", "since", "branch"], help_heading = "Running")]
    pub(crate) cache: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) common: SearchArgs,
}
