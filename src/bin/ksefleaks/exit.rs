//! How a run ends.
//!
//! Holds: the exit codes, which are a contract, and the rule by which a run gets its own. Must not
//! know: what was run.

use std::process::ExitCode;

use clap::ValueEnum;
use ksefleaks::{Confidence, Finding, Outcome};

/// What the caller learns from the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Nothing that `--fail-on` names.
    Clean,
    /// Findings that `--fail-on` names.
    Findings,
    /// It could not run.
    Failed,
    /// Clean, but something that should have been looked at was not.
    Incomplete,
    /// The user stopped it.
    Interrupted,
}

/// Which findings make a run fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// what verifies itself
    Certain,
    /// that, and what its structure or a name beside it gives away
    Likely,
    /// whatever was found
    Possible,
    /// everything at likely or above that is not proved expired, revoked or dead
    Live,
    /// nothing
    Never,
}

impl FailOn {
    /// Whether a finding makes the run fail. What is proved to open nothing any more never does.
    pub(crate) fn names(self, finding: &Finding) -> bool {
        let least = match self {
            Self::Certain => Confidence::Certain,
            Self::Likely | Self::Live => Confidence::Likely,
            Self::Possible => Confidence::Possible,
            Self::Never => return false,
        };
        finding.confidence >= least && !finding.standing.is_over()
    }
}

impl Exit {
    /// How a run ends that left this behind.
    pub(crate) fn of(outcome: &Outcome, fail_on: FailOn) -> Self {
        let failing = outcome.findings.iter().any(|finding| fail_on.names(finding));
        match (outcome.summary.interrupted, failing, outcome.summary.complete) {
            (true, ..) => Self::Interrupted,
            (false, true, _) => Self::Findings,
            (false, false, false) => Self::Incomplete,
            (false, false, true) => Self::Clean,
        }
    }

    /// The number the system gets.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Failed => 2,
            Self::Incomplete => 3,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use ksefleaks::{About, Instant, Kind, RunFacts, SecretFacts, Severity, Standing, State, Summary};

    use super::*;

    fn finding(confidence: Confidence, state: State) -> Finding {
        Finding {
            id: "0".to_owned(),
            rule: "ksef-token".to_owned(),
            title: String::new(),
            help: String::new(),
            kind: Kind::Token,
            confidence,
            severity: Severity::Critical,
            own_severity: None,
            own_confidence: None,
            secret: SecretFacts { sha256: None, length: None, redacted: None },
            aliases: Vec::new(),
            about: About::default(),
            standing: Standing::new(state, "expiry", "because"),
            count: 1,
            locations: Vec::new(),
        }
    }

    fn outcome(findings: Vec<Finding>, complete: bool, interrupted: bool) -> Outcome {
        let run = RunFacts {
            schema: 1,
            version: String::new(),
            rules: String::new(),
            command: String::new(),
            targets: Vec::new(),
            started: Instant::now(),
        };
        let summary = Summary { complete, interrupted, ..Summary::default() };
        Outcome {
            run,
            actions: Vec::new(),
            findings,
            suppressed: Vec::new(),
            notices: Vec::new(),
            hints: Vec::new(),
            summary,
        }
    }

    #[test]
    fn the_codes_are_those_of_the_contract() {
        let all = [Exit::Clean, Exit::Findings, Exit::Failed, Exit::Incomplete, Exit::Interrupted];
        assert_eq!(all.map(Exit::code), [0, 1, 2, 3, 130]);
    }

    #[test]
    fn findings_beat_an_incomplete_run_and_an_interruption_beats_both() {
        let found = || vec![finding(Confidence::Certain, State::Unknown)];
        let table = [
            (outcome(vec![], true, false), Exit::Clean),
            (outcome(found(), true, false), Exit::Findings),
            (outcome(vec![], false, false), Exit::Incomplete),
            (outcome(found(), false, false), Exit::Findings),
            (outcome(found(), false, true), Exit::Interrupted),
            (outcome(vec![], true, true), Exit::Interrupted),
        ];
        for (outcome, exit) in table {
            assert_eq!(Exit::of(&outcome, FailOn::Likely), exit);
        }
    }

    #[test]
    fn each_threshold_names_what_it_says() {
        use Confidence::{Certain, Likely, Possible};
        let table = [
            (FailOn::Certain, [true, false, false]),
            (FailOn::Likely, [true, true, false]),
            (FailOn::Live, [true, true, false]),
            (FailOn::Possible, [true, true, true]),
            (FailOn::Never, [false, false, false]),
        ];
        for (fail_on, expected) in table {
            let named = [Certain, Likely, Possible].map(|rank| fail_on.names(&finding(rank, State::Unknown)));
            assert_eq!(named, expected, "{fail_on:?}");
        }
    }

    #[test]
    fn what_is_proved_to_be_over_fails_nothing() {
        for fail_on in FailOn::value_variants() {
            for state in [State::Expired, State::Revoked, State::Dead] {
                assert!(!fail_on.names(&finding(Confidence::Certain, state)));
            }
        }
        for state in [State::Live, State::Expiring, State::Unlisted, State::Foreign, State::Unknown] {
            assert!(FailOn::Live.names(&finding(Confidence::Likely, state)));
        }
    }
}
