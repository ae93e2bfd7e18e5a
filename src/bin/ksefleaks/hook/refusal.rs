//! What the committer reads.
//!
//! Holds: what was found or left, in lines of 80 columns at most, names and fingerprints aside. Must not
//! know: what to do about it, which is `advice`, or whether git goes on.

use std::fmt::Write as _;

use ksefleaks::{Finding, Location, Notice, Outcome, Role};

use super::{Occasion, advice};
use crate::args::HookKind;
use crate::exit::FailOn;

/// Credentials that are listed.
const FINDINGS: usize = 10;

/// Places of each.
const PLACES: usize = 5;

/// Things not looked at that are listed.
const NOTICES: usize = 5;

/// A search that is over.
pub(super) struct Judged<'a> {
    /// Which hook asked.
    pub(super) kind: HookKind,
    /// What for.
    pub(super) occasion: Occasion,
    /// What was found.
    pub(super) outcome: &'a Outcome,
    /// Which findings are a reason to refuse.
    pub(super) fail_on: FailOn,
    /// Whether a comment may allow a line.
    pub(super) comments: bool,
}

impl Judged<'_> {
    /// Why git does not go on, and what there is to do.
    pub(super) fn refusal(&self) -> Vec<String> {
        let reasons = self.reasons();
        let number = count(reasons.len(), "credential", "credentials");
        let mut lines = vec![format!("ksefleaks: {} {number} of KSeF", headline(&self.occasion)), String::new()];
        for finding in reasons.iter().take(FINDINGS) {
            lines.extend(told(finding));
        }
        if let Some(more) = beyond(reasons.len(), FINDINGS) {
            lines.extend([format!("  and {more} more"), String::new()]);
        }
        lines.extend(advice::lines(self, &reasons));
        if !self.outcome.summary.complete {
            lines.push("not all of it was searched:".to_owned());
            lines.extend(notices(self.outcome));
        }
        lines
    }

    /// What was not looked at, where nothing was found.
    pub(super) fn incomplete(&self, refused: bool) -> Vec<String> {
        let what = named(&self.occasion);
        let verdict = if refused { "refused" } else { "let pass" };
        let mut lines =
            vec![format!("ksefleaks: {what} {verdict}: nothing was found, but not all of it was searched:")];
        lines.extend(notices(self.outcome));
        lines.extend(advice::after_incomplete(self.kind, &self.occasion, refused));
        lines
    }

    /// How much was looked at.
    pub(super) fn searched(&self) -> String {
        let summary = &self.outcome.summary;
        let (number, what) = match summary.objects {
            0 => (summary.files, "files"),
            objects => (objects, "objects"),
        };
        format!("{}: nothing found in {number} {what}, {} bytes", named(&self.occasion), summary.bytes)
    }

    /// What was found and is no reason to refuse.
    pub(super) fn doubts(&self) -> Vec<String> {
        let mild = self.outcome.findings.iter().filter(|finding| !finding.standing.is_over());
        mild.filter(|finding| !self.fail_on.names(finding))
            .take(PLACES)
            .map(|finding| {
                let place = finding.locations.first().map(place).unwrap_or_default();
                format!("let pass: {}, {}: {place}", finding.title, confidence(finding))
            })
            .collect()
    }

    /// The findings for which git does not go on.
    fn reasons(&self) -> Vec<&Finding> {
        self.outcome.findings.iter().filter(|finding| self.fail_on.names(finding)).collect()
    }
}

/// What is said where nothing could be searched.
pub(super) fn could_not_run(kind: HookKind) -> String {
    let what = match kind {
        HookKind::PreCommit | HookKind::CommitMsg => "the commit was not checked, and so is refused",
        HookKind::PrePush => "the push was not checked, and so is refused",
        HookKind::PreReceive => "the push was not checked, and so is refused; tell those who run this server",
    };
    match kind.bypass() {
        Some(bypass) => format!("{what}; to go past the check once: {bypass}"),
        None => what.to_owned(),
    }
}

fn headline(occasion: &Occasion) -> &'static str {
    match occasion {
        Occasion::Commit => "commit refused: what is staged holds",
        Occasion::Message(_) => "commit refused: its message holds",
        Occasion::Push => "push refused: its commits hold",
        Occasion::Receive => "push refused by the server: it holds",
        Occasion::Range => "refused: the commits hold",
        Occasion::Files => "refused: the files hold",
    }
}

fn named(occasion: &Occasion) -> &'static str {
    match occasion {
        Occasion::Commit | Occasion::Message(_) => "commit",
        Occasion::Push | Occasion::Receive => "push",
        Occasion::Range => "commits",
        Occasion::Files => "files",
    }
}

fn told(finding: &Finding) -> Vec<String> {
    let mut lines = vec![format!("  {}, {} ({} {})", finding.title, confidence(finding), finding.rule, finding.id)];
    lines.extend(finding.secret.redacted.iter().map(|redacted| format!("    {redacted}")));
    lines.extend(finding.locations.iter().take(PLACES).map(|location| format!("    {}", place(location))));
    let places = usize::try_from(finding.count).unwrap_or(usize::MAX).max(finding.locations.len());
    lines.extend(beyond(places, PLACES).map(|more| format!("    and {more} more places")));
    lines.push(String::new());
    lines
}

fn confidence(finding: &Finding) -> &'static str {
    match finding.confidence {
        ksefleaks::Confidence::Certain => "certain",
        ksefleaks::Confidence::Likely => "likely",
        ksefleaks::Confidence::Possible => "possible",
    }
}

/// `path › member:line:column in commit 1a2b3c4d5e6f`.
fn place(location: &Location) -> String {
    let mut text = location.origin.path.text().to_owned();
    for member in location.origin.inner.iter() {
        text.push_str(" › ");
        text.push_str(member);
    }
    for number in [location.line, location.column].into_iter().map_while(|number| number) {
        let _ = write!(text, ":{number}");
    }
    if let Some(commit) = brought_by(location) {
        let _ = write!(text, " in commit {commit}");
    }
    text
}

/// The commit that brought a credential to its place, by the digits that are enough.
pub(super) fn brought_by(location: &Location) -> Option<String> {
    let git = location.git.as_ref()?;
    let mark = git.commits.iter().find(|mark| mark.role != Role::Removed)?;
    Some(mark.id.to_string().chars().take(12).collect())
}

fn notices(outcome: &Outcome) -> Vec<String> {
    let left: Vec<&Notice> = outcome.notices.iter().filter(|notice| notice.incomplete).collect();
    let mut lines: Vec<String> =
        left.iter().take(NOTICES).map(|notice| format!("  {}: {}", notice.origin.path.text(), notice.text)).collect();
    lines.extend(beyond(left.len(), NOTICES).map(|more| format!("  and {more} more")));
    lines
}

fn beyond(number: usize, most: usize) -> Option<usize> {
    number.checked_sub(most).filter(|more| *more > 0)
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests;
