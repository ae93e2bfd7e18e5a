//! The arguments that every search shares.
//!
//! Holds: `SearchArgs` and the looks of what is written. Must not know: what is searched.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, ValueEnum};
use ksefleaks::{Confidence, Instant, formats};

use super::inventory::InventoryAsked;
use super::limits::LimitArgs;
use crate::exit::FailOn;

#[derive(Args, Debug)]
pub(crate) struct SearchArgs {
    /// How to tell what was found; repeatable, the n-th goes to the n-th --output [default: text]
    #[arg(long, value_name = "FORMAT", value_parser = format_names(), help_heading = "Output")]
    pub(crate) format: Vec<String>,
    /// Where to write it, as a whole or not at all; one format left over goes to standard output
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Vec<PathBuf>,
    /// Credentials that are known and not reported again
    #[arg(long, value_name = "FILE", help_heading = "What counts")]
    pub(crate) baseline: Option<PathBuf>,
    /// Write all that is found, and what --baseline knew of it, as a baseline
    #[arg(long, value_name = "FILE", help_heading = "What counts")]
    pub(crate) write_baseline: Option<PathBuf>,
    /// The configuration [default: the nearest .ksefleaks.toml from here upwards]
    #[arg(long, value_name = "FILE", help_heading = "What counts")]
    pub(crate) config: Option<PathBuf>,
    /// Ignore allow comments in what is searched
    #[arg(long, help_heading = "What counts")]
    pub(crate) no_allow: bool,
    /// Which findings make it end with 1; none does that is proved expired, revoked or dead
    #[arg(long, value_name = "WHAT", default_value = "likely", help_heading = "What counts")]
    pub(crate) fail_on: FailOn,
    /// Which findings are reported
    #[arg(long, value_name = "HOW", default_value = "possible", help_heading = "What counts")]
    pub(crate) min_confidence: MinConfidence,
    #[command(flatten)]
    pub(crate) inventory: InventoryAsked,
    /// Passwords to try on what is locked, one a line; repeatable
    #[arg(long, value_name = "FILE", help_heading = "Opening")]
    pub(crate) password_file: Vec<PathBuf>,
    /// Try no passwords on locked keys, and only those of --password-file on locked containers
    #[arg(long, help_heading = "Opening")]
    pub(crate) no_unlock: bool,
    /// How many threads to use [default: as many as there are processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = "Running")]
    pub(crate) jobs: Option<u16>,
    /// The clock, for repeatable runs: a day, or an instant such as 2026-11-21T10:00:00Z
    #[arg(long, value_name = "TIME", value_parser = instant, help_heading = "Running")]
    pub(crate) now: Option<Instant>,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    #[command(flatten)]
    pub(crate) looks: Looks,
}

/// How what is written looks.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Looks {
    /// Show no progress on the terminal
    #[arg(long, help_heading = "Output")]
    pub(crate) no_progress: bool,
    /// When to use colour; `NO_COLOR` is respected
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Output")]
    pub(crate) color: Color,
    /// Name authors and mail addresses in the reports that travel: sarif, gitlab, github, junit
    #[arg(long, help_heading = "Output")]
    pub(crate) people: bool,
    /// Tell only what was found and what went wrong
    #[arg(short, long, conflicts_with = "verbose", help_heading = "Output")]
    pub(crate) quiet: bool,
    /// Tell all places and all notices
    #[arg(short, long, action = clap::ArgAction::Count, help_heading = "Output")]
    pub(crate) verbose: u8,
}

impl Looks {
    /// Whether standard output gets colour.
    pub(crate) fn has_color(&self) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// on a terminal
    #[default]
    Auto,
    /// everywhere
    Always,
    /// nowhere
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MinConfidence {
    /// what verifies itself
    Certain,
    /// that, and what its structure or a name beside it gives away
    Likely,
    /// that, and what KSeF is only near to
    Possible,
}

impl From<MinConfidence> for Confidence {
    fn from(least: MinConfidence) -> Self {
        match least {
            MinConfidence::Certain => Self::Certain,
            MinConfidence::Likely => Self::Likely,
            MinConfidence::Possible => Self::Possible,
        }
    }
}

pub(super) fn format_names() -> PossibleValuesParser {
    formats().iter().map(|format| PossibleValue::new(format.name).help(format.about)).collect::<Vec<_>>().into()
}

pub(super) fn instant(text: &str) -> Result<Instant, String> {
    text.parse().map_err(|()| "write a day such as 2026-11-21, or an instant such as 2026-11-21T10:00:00Z".to_owned())
}
