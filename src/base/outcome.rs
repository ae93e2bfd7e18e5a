//! What a run leaves behind for the reports.
//!
//! Holds: `Outcome` and its parts. Field names of the summary are part of the contract.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Action, Confidence, Finding, Instant, Notice};

/// What is known when a run begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFacts {
    /// The version of the schema of findings.
    pub schema: u32,
    /// The version of the program.
    pub version: String,
    /// The fingerprint of the rules, as `sha256:…`.
    pub rules: String,
    /// The subcommand.
    pub command: String,
    /// What was to be looked at, as it was given.
    pub targets: Vec<String>,
    /// When it began.
    pub started: Instant,
}

/// What was left unread because the user or the design chose so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Left {
    /// Symbolic links that were not followed.
    pub link: u64,
    /// Sockets, pipes and devices.
    pub device: u64,
    /// Object stores of repositories, which `ksefleaks git` reads.
    pub git_store: u64,
    /// What `--exclude`, `--include`, `--respect-gitignore`, `--one-file-system` or an allowed path left out.
    pub excluded: u64,
}

/// Findings that were met and not reported, by what quieted them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quieted {
    /// By a comment on the line or an entry of the configuration.
    pub allow: u64,
    /// By the baseline.
    pub baseline: u64,
}

/// What quieted a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quieter {
    /// A comment on each of its lines, or an entry of the configuration.
    Allow,
    /// The baseline.
    Baseline,
}

/// A finding that was met and is known, for the reports that tell those too.
#[derive(Clone, Debug)]
pub struct Suppressed {
    /// What was met; the places are those that were quieted.
    pub finding: Finding,
    /// What quieted it.
    pub by: Quieter,
    /// Why, where the configuration says so.
    pub reason: Option<String>,
}

/// The totals of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Files read.
    pub files: u64,
    /// Bytes read of them.
    pub bytes: u64,
    /// Members of containers read.
    pub members: u64,
    /// Objects of repositories read, each once.
    pub objects: u64,
    /// Those of them that hold files.
    pub blobs: u64,
    /// Objects that were not read, for an earlier run remembered that they have nothing to say.
    pub remembered: u64,
    /// Commits read.
    pub commits: u64,
    /// Findings by confidence.
    pub findings: BTreeMap<Confidence, u64>,
    /// Findings that were quieted.
    pub quieted: Quieted,
    /// Invented tokens that were met and are none.
    pub placeholders: u64,
    /// Copies of the official example that were met.
    pub examples: u64,
    /// What was left unread by choice.
    pub left: Left,
    /// Notices by reason.
    pub notices: BTreeMap<String, u64>,
    /// Whether everything that should have been looked at was.
    pub complete: bool,
    /// Whether the user stopped the run.
    pub interrupted: bool,
    /// How long it took.
    pub seconds: f64,
}

/// All that a run found, sorted.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What was known when it began.
    pub run: RunFacts,
    /// What is to be done first, in this order, where an inventory tells whose the credentials are.
    pub actions: Vec<Action>,
    /// The credentials, worst first.
    pub findings: Vec<Finding>,
    /// The credentials that were met and quieted, in the same order; bounded as findings are.
    pub suppressed: Vec<Suppressed>,
    /// What was not looked at, by place.
    pub notices: Vec<Notice>,
    /// Commands that would read what was left, such as `ksefleaks git PATH`.
    pub hints: Vec<String>,
    /// The totals.
    pub summary: Summary,
}
