//! What was not looked at, and why.
//!
//! Holds: `Notice` and its reasons. A notice is in every report and in the exit code, so that a
//! clean result never rests on something that was skipped.

use serde::{Deserialize, Serialize};

use super::Origin;

/// Why something was not looked at. The names are part of the contract of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The system refused to give it.
    Unreadable,
    /// It was there and is no longer, or became shorter while it was read.
    Vanished,
    /// Larger than a limit of size or expansion allows.
    TooLarge,
    /// Nested deeper than containers are opened.
    TooDeep,
    /// More entries, hits or places than a limit allows.
    TooMany,
    /// It took longer than a limit of time allows.
    TooLong,
    /// It expands more than any honest content does.
    Ratio,
    /// It is broken; its bytes were searched as they are.
    Malformed,
    /// It is locked.
    Encrypted,
    /// Its format is known and not opened.
    Unsupported,
    /// A repository lacks objects.
    MissingObjects,
    /// A parser of ours failed; its bytes were not searched to the end.
    Panicked,
}

impl Reason {
    /// The name that reports use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Vanished => "vanished",
            Self::TooLarge => "too-large",
            Self::TooDeep => "too-deep",
            Self::TooMany => "too-many",
            Self::TooLong => "too-long",
            Self::Ratio => "ratio",
            Self::Malformed => "malformed",
            Self::Encrypted => "encrypted",
            Self::Unsupported => "unsupported",
            Self::MissingObjects => "missing-objects",
            Self::Panicked => "panicked",
        }
    }
}

/// One thing that was not, or not wholly, looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notice {
    /// Where it stands.
    pub origin: Origin,
    /// Why it was not looked at.
    pub reason: Reason,
    /// The option that set the limit, if one did: `--max-blob`.
    pub limit: Option<String>,
    /// The option, or the deed, that would help.
    pub remedy: Option<String>,
    /// Whether the run is incomplete because of it; what the user chose to leave does not count.
    pub incomplete: bool,
    /// One sentence for people, in lower case, naming the thing, the limit and the remedy.
    pub text: String,
}

impl Notice {
    /// A notice that makes the run incomplete, without limit or remedy.
    pub fn new(origin: Origin, reason: Reason, text: impl Into<String>) -> Self {
        Self { origin, reason, limit: None, remedy: None, incomplete: true, text: text.into() }
    }

    /// Names the option whose value was too small, which is also the remedy.
    #[must_use]
    pub fn limit(mut self, option: &str) -> Self {
        self.limit = Some(option.to_owned());
        self.remedy = Some(option.to_owned());
        self
    }
}
