//! What a run has met so far.
//!
//! Holds: one entry a credential, bounded in number and in places, the same whatever the order in
//! which hits arrive. Must not know: how entries become findings.

use std::collections::{BTreeMap, BTreeSet};

use super::Plan;
use crate::base::Confidence;
use crate::base::{
    About, Fingerprint, Left, Limits, Location, Notice, Origin, Reason, SecretFacts, Severity, Standing,
};
use crate::detect::Credential;
use crate::source::LeftOut;

/// Notices kept; all are counted.
const NOTICES: usize = 10_000;

/// Hints kept.
const HINTS: usize = 1_000;

/// One credential as it was met in one form. The secret itself is dead by now.
pub(super) struct Entry {
    pub(super) rule: usize,
    pub(super) confidence: Confidence,
    pub(super) severity: Severity,
    pub(super) secret: SecretFacts,
    pub(super) aliases: Vec<Fingerprint>,
    pub(super) about: About,
    pub(super) standing: Standing,
    /// Places that count.
    pub(super) count: u64,
    /// Places that a comment or the configuration allows.
    pub(super) allowed: u64,
    pub(super) locations: BTreeSet<Location>,
}

/// All that was met.
pub(super) struct Collector {
    pub(super) entries: BTreeMap<Fingerprint, Entry>,
    pub(super) notices: BTreeSet<Notice>,
    /// Notices of what was scanned all the same; many of them must not crowd out the others.
    pub(super) harmless: BTreeSet<Notice>,
    /// Whether any notice was of something that should have been looked at, kept or not.
    pub(super) incomplete: bool,
    pub(super) notice_counts: BTreeMap<&'static str, u64>,
    pub(super) hints: BTreeSet<String>,
    pub(super) left: Left,
    pub(super) placeholders: u64,
    pub(super) examples: u64,
    pub(super) members: u64,
    max_findings: usize,
    max_locations: usize,
}

impl Collector {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            entries: BTreeMap::new(),
            notices: BTreeSet::new(),
            harmless: BTreeSet::new(),
            incomplete: false,
            notice_counts: BTreeMap::new(),
            hints: BTreeSet::new(),
            left: Left::default(),
            placeholders: 0,
            examples: 0,
            members: 0,
            max_findings: limits.max_findings.max(1),
            max_locations: limits.max_locations,
        }
    }

    /// Takes a credential, whose secret dies here; true if it is a new one.
    pub(super) fn hit(&mut self, credential: Credential, location: Location, allowed: bool, plan: &Plan) -> bool {
        let fingerprint = Fingerprint::of(&credential.secret);
        let aliases: Vec<Fingerprint> = credential.aliases.iter().map(Fingerprint::of).collect();
        let known: Vec<Fingerprint> = [fingerprint].into_iter().chain(aliases.iter().copied()).collect();
        let rule = plan.rules.rules().get(credential.rule).map_or("", |rule| rule.id.as_str());
        let allowed = allowed || plan.allow.allows(&known, rule, location.origin.path.text(), plan.now);
        let before = self.entries.len();
        let entry = self.entries.entry(fingerprint).or_insert_with(|| entry(&credential, fingerprint, aliases));
        if (credential.confidence, credential.severity, credential.rule)
            > (entry.confidence, entry.severity, entry.rule)
        {
            (entry.confidence, entry.severity, entry.rule) =
                (credential.confidence, credential.severity, credential.rule);
            entry.about = credential.about;
        } else if credential.rule == entry.rule && speaks_before(&credential.about, &entry.about) {
            entry.about = credential.about;
        }
        if allowed {
            entry.allowed += 1;
        } else {
            entry.count += 1;
            entry.locations.insert(location);
            if entry.locations.len() > self.max_locations {
                entry.locations.pop_last();
            }
        }
        let new = self.entries.len() > before;
        if self.entries.len() > self.max_findings {
            // Always the largest goes, so that what is left does not depend on the order.
            self.entries.pop_last();
            let text = format!(
                "more credentials were met than --max-findings {}; the others are not listed",
                self.max_findings
            );
            self.notice(Notice::new(Origin::label("all of the run"), Reason::TooMany, text).limit("--max-findings"));
        }
        new
    }

    /// Takes a notice; the same one is taken once.
    pub(super) fn notice(&mut self, notice: Notice) {
        let reason = notice.reason.name();
        self.incomplete |= notice.incomplete;
        let kept = if notice.incomplete { &mut self.notices } else { &mut self.harmless };
        if kept.insert(notice) {
            *self.notice_counts.entry(reason).or_default() += 1;
        }
        if kept.len() > NOTICES {
            kept.pop_last();
        }
    }

    /// Counts what was left by choice.
    pub(super) fn left(&mut self, left: LeftOut) {
        *match left {
            LeftOut::Link => &mut self.left.link,
            LeftOut::Device => &mut self.left.device,
            LeftOut::Excluded => &mut self.left.excluded,
        } += 1;
    }

    /// Counts an object store and keeps the command that reads it.
    pub(super) fn git_store(&mut self, repository: &str) {
        self.left.git_store += 1;
        self.hints.insert(format!("ksefleaks git {repository}"));
        if self.hints.len() > HINTS {
            self.hints.pop_last();
        }
    }
}

/// Which of two places tells more of one credential, whatever the order in which they were met: one
/// that names the tax number, and of two that do, always the same.
fn speaks_before(one: &About, other: &About) -> bool {
    let key = |about: &About| (about.nip.is_none(), format!("{about:?}"));
    one != other && key(one) < key(other)
}

fn entry(credential: &Credential, fingerprint: Fingerprint, aliases: Vec<Fingerprint>) -> Entry {
    Entry {
        rule: credential.rule,
        confidence: credential.confidence,
        severity: credential.severity,
        secret: SecretFacts {
            sha256: Some(fingerprint),
            length: Some(credential.secret.len()),
            redacted: Some(credential.redacted.clone()),
        },
        aliases,
        about: credential.about.clone(),
        standing: credential.standing.clone(),
        count: 0,
        allowed: 0,
        locations: BTreeSet::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_of_a_credential_does_not_depend_on_the_order() {
        let about = |nip: Option<&str>| About { nip: nip.map(str::to_owned), ..About::default() };
        let (none, one, other) = (about(None), about(Some("5265877635")), about(Some("9073021573")));
        assert!(speaks_before(&one, &none) && !speaks_before(&none, &one));
        assert!(speaks_before(&one, &other) != speaks_before(&other, &one));
        assert!(!speaks_before(&one, &one));
    }

    #[test]
    fn a_run_stays_incomplete_however_many_notices_follow() {
        let mut collector = Collector::new(&Limits::default());
        collector.notice(Notice::new(Origin::label("z"), Reason::Malformed, "damaged"));
        for index in 0..=NOTICES {
            let mut notice = Notice::new(Origin::label(&format!("a{index}")), Reason::Malformed, "name");
            notice.incomplete = false;
            collector.notice(notice);
        }
        assert!(collector.incomplete && collector.notices.len() == 1 && collector.harmless.len() == NOTICES);
    }
}
