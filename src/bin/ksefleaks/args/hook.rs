//! The arguments of `ksefleaks hook`.
//!
//! Holds: which hooks there are, and on what terms they run; `HookTerms::words` gives the terms back as
//! they are typed, for the script that is installed. Must not know: what a hook looks at.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};

use crate::exit::FailOn;

const EXAMPLES: &str = "\
Examples:
  ksefleaks hook install                          this repository refuses commits that bring a credential
  ksefleaks hook install pre-commit commit-msg pre-push
  ksefleaks hook install pre-receive --repo /srv/git/erp.git --config /etc/ksefleaks.toml
  ksefleaks hook uninstall pre-commit
  ksefleaks hook run pre-commit                   what git will run, by hand";

const EXIT_CODES: &str = "\
Exit codes of run; git goes on after 0 only:
  0    clean; or clean and incomplete, which is told
  1    findings that --fail-on names
  2    could not run
  3    clean and incomplete, with --strict; or out of time, with --on-timeout refuse
  130  interrupted";

/// Refuses commits and pushes that bring credentials, as a hook of git
#[derive(Args, Debug)]
#[command(subcommand_required = true, arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = "See --help for examples.", after_long_help = EXAMPLES)]
pub(crate) struct HookArgs {
    #[command(subcommand)]
    pub(crate) command: HookCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum HookCommand {
    /// Installs hooks; a hook that is there is kept and runs too
    ///
    /// It is kept beside the new one as HOOK.before-ksefleaks. Of pre-commit and commit-msg it runs first,
    /// since it may change the commit; of pre-push and pre-receive last, since it may pass on what is pushed.
    /// core.hooksPath is respected. To install again changes nothing but the options.
    Install(HookInstallArgs),
    /// Takes hooks away that were installed, and puts back what was there before
    Uninstall(HookUninstallArgs),
    /// Does what the hook does; git, or the pre-commit framework, runs this
    #[command(after_long_help = EXIT_CODES)]
    Run(HookRunArgs),
}

/// A moment at which git asks whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum HookKind {
    /// before a commit: what is staged
    PreCommit,
    /// when its message is written: the message
    CommitMsg,
    /// before a push: the commits that the other side does not have
    PrePush,
    /// on a server, before a push is accepted: the commits that are new there
    PreReceive,
}

impl HookKind {
    /// As git calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::CommitMsg => "commit-msg",
            Self::PrePush => "pre-push",
            Self::PreReceive => "pre-receive",
        }
    }

    /// What goes past it once, where anything does.
    pub(crate) fn bypass(self) -> Option<&'static str> {
        match self {
            Self::PreCommit | Self::CommitMsg => Some("git commit --no-verify"),
            Self::PrePush => Some("git push --no-verify"),
            Self::PreReceive => None,
        }
    }
}

#[derive(Args, Debug)]
pub(crate) struct HookInstallArgs {
    /// Which hooks
    #[arg(value_name = "HOOK", default_value = "pre-commit")]
    pub(crate) kinds: Vec<HookKind>,
    /// The repository
    #[arg(long, value_name = "PATH", default_value = ".")]
    pub(crate) repo: PathBuf,
    #[command(flatten)]
    pub(crate) terms: HookTerms,
}

#[derive(Args, Debug)]
pub(crate) struct HookUninstallArgs {
    /// Which hooks
    #[arg(value_name = "HOOK", required = true)]
    pub(crate) kinds: Vec<HookKind>,
    /// The repository
    #[arg(long, value_name = "PATH", default_value = ".")]
    pub(crate) repo: PathBuf,
}

#[derive(Args, Debug)]
pub(crate) struct HookRunArgs {
    /// Which hook
    #[arg(value_name = "HOOK")]
    pub(crate) kind: HookKind,
    /// What git hands to the hook; for pre-commit, files to search where nothing is staged
    #[arg(value_name = "ARG")]
    pub(crate) given: Vec<OsString>,
    /// Tell what was searched, too
    #[arg(short, long)]
    pub(crate) verbose: bool,
    #[command(flatten)]
    pub(crate) terms: HookTerms,
}

/// On what terms a hook lets pass.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct HookTerms {
    /// Refuse also what could not be searched as a whole
    #[arg(long)]
    pub(crate) strict: bool,
    /// The configuration [default: the nearest .ksefleaks.toml from here upwards; for pre-receive
    /// ksefleaks.toml in the server's repository, which no push can change]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Credentials that are known and let pass
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// The inventory of credentials, by which those are let pass that are revoked or expired
    #[arg(long, value_name = "FILE")]
    pub(crate) inventory: Option<PathBuf>,
    /// The key that it is sealed with [default: the one in the user's data directory]
    #[arg(long, value_name = "FILE")]
    pub(crate) inventory_key: Option<PathBuf>,
    /// Which findings make it refuse [default: likely]
    #[arg(long, value_name = "WHAT")]
    pub(crate) fail_on: Option<FailOn>,
    /// Ignore allow comments; pre-receive always does
    #[arg(long)]
    pub(crate) no_allow: bool,
    /// How many seconds the search may take [default: 20 for pre-receive, as long as it takes for others]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub(crate) max_time: Option<u32>,
    /// What to do when that time is over and nothing was found [default: warn; with --strict refuse]
    #[arg(long, value_name = "WHAT")]
    pub(crate) on_timeout: Option<OnTimeout>,
    /// How many threads to use [default: as many as there are processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,
}

/// What becomes of a search that is out of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnTimeout {
    /// let pass, and say what was not searched
    Warn,
    /// let nothing pass
    Refuse,
}

impl HookTerms {
    /// The same terms as words of a command line.
    pub(crate) fn words(&self) -> Vec<OsString> {
        let mut words: Vec<OsString> = Vec::new();
        let path = |path: &Path| path.as_os_str().to_owned();
        let mut option = |name: &str, value: Option<OsString>| {
            if let Some(value) = value {
                words.extend([name.into(), value]);
            }
        };
        option("--config", self.config.as_deref().map(path));
        option("--baseline", self.baseline.as_deref().map(path));
        option("--inventory", self.inventory.as_deref().map(path));
        option("--inventory-key", self.inventory_key.as_deref().map(path));
        option("--fail-on", self.fail_on.as_ref().map(named));
        option("--max-time", self.max_time.map(|seconds| seconds.to_string().into()));
        option("--on-timeout", self.on_timeout.as_ref().map(named));
        option("--jobs", self.jobs.map(|jobs| jobs.to_string().into()));
        for (given, name) in [(self.strict, "--strict"), (self.no_allow, "--no-allow")] {
            words.extend(given.then(|| name.into()));
        }
        words
    }
}

fn named<T: ValueEnum>(value: &T) -> OsString {
    value.to_possible_value().map(|value| value.get_name().into()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use clap::{Command, FromArgMatches};

    use super::*;

    #[test]
    fn the_terms_are_given_back_as_they_are_typed() {
        let command = HookTerms::augment_args(Command::new("test"));
        let typed = [
            "--config=a b.toml",
            "--baseline=known.txt",
            "--inventory=office.inventory",
            "--inventory-key=office.key",
            "--fail-on=certain",
            "--max-time=5",
            "--on-timeout=refuse",
            "--jobs=2",
            "--strict",
            "--no-allow",
        ];
        assert_eq!(command.get_arguments().count(), typed.len(), "each option is given back");
        let parsed = |words: Vec<OsString>| {
            let words = ["test".into()].into_iter().chain(words);
            HookTerms::from_arg_matches(&command.clone().get_matches_from(words)).unwrap().words()
        };
        let words = parsed(typed.iter().map(OsString::from).collect());
        assert_eq!(words.len(), 18, "{words:?}");
        assert_eq!(parsed(words.clone()), words);
        assert!(HookTerms::default().words().is_empty());
    }

    #[test]
    fn each_hook_has_the_name_that_git_gives_it() {
        for kind in HookKind::value_variants() {
            assert_eq!(named(kind), kind.name());
        }
    }
}
