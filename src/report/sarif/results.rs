//! The results of a SARIF report: one for each file in which a credential stands.
//!
//! Holds: what is said of such a place. Must not know: what stands around the results.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::artifacts::{Artifacts, logical};
use super::model::{Dress, Facts, History, Location, Message, PhysicalLocation, Region, Result, Suppression};
use super::rules::Rules;
use super::{level, plain, text_of};
use crate::base::{self, CommitMark, Finding, GitPlace, Inside, Quieter, Suppressed};
use crate::report::place::{Place, Places};
use crate::report::{Style, advice, escape, history, words};

/// The fingerprint of the credential, the same wherever it stands.
const CREDENTIAL: &str = "ksefleaks/credential/v1";

/// The name of the place, the same wherever in the file the credential moves to.
const PLACE: &str = "ksefleaks/place/v1";

/// The one key that GitHub reads, as what finds a result again within its file.
const GITHUB: &str = "primaryLocationLineHash";

/// What all results need.
pub(super) struct Results<'a> {
    pub(super) artifacts: Artifacts,
    pub(super) rules: &'a Rules<'a>,
    pub(super) places: Places,
    pub(super) style: Style,
}

impl<'a> Results<'a> {
    /// The results of a finding that counts.
    pub(super) fn of(&mut self, finding: &'a Finding) -> Vec<Result<'a>> {
        self.places.of(finding).iter().map(|place| self.result(finding, place, Vec::new())).collect()
    }

    /// Those of one that was quieted.
    pub(super) fn quieted(&mut self, known: &'a Suppressed) -> Vec<Result<'a>> {
        let places = self.places.of(&known.finding);
        places.iter().map(|place| self.result(&known.finding, place, vec![suppression(known)])).collect()
    }

    fn result(&mut self, finding: &'a Finding, place: &Place<'a>, suppressions: Vec<Suppression>) -> Result<'a> {
        let id = place.id.to_string();
        let prints = [(PLACE, id.clone()), (GITHUB, format!("{}:1", &id[..16]))];
        Result {
            rule_id: plain(&finding.rule),
            rule_index: self.rules.index(&finding.rule),
            kind: "fail",
            level: level(words::level(finding)),
            message: Message { text: message(finding, place) },
            locations: self.locations(place),
            occurrence_count: place.spots.len(),
            fingerprints: finding.secret.sha256.map(|print| BTreeMap::from([(CREDENTIAL, print)])),
            partial_fingerprints: BTreeMap::from(prints),
            suppressions,
            properties: facts(finding, place, self.style),
        }
    }

    fn locations(&mut self, place: &Place<'_>) -> Vec<Location> {
        let (file, inner) = self.artifacts.of(place.origin, place.git.map(|git| git.repo.as_str()));
        let mut locations = Vec::new();
        if inner.is_some() {
            locations.push(Location {
                physical: PhysicalLocation { artifact_location: file.clone(), region: None },
                logical: logical(place.origin),
                message: Some(Message { text: "the container; the credential stands inside of it".to_owned() }),
                properties: None,
            });
        }
        let artifact = inner.unwrap_or(file);
        locations.extend(place.spots.iter().map(|spot| Location {
            physical: PhysicalLocation { artifact_location: artifact.clone(), region: region(spot) },
            logical: logical(place.origin),
            message: None,
            properties: (!spot.clothes.is_empty()).then(|| Dress { clothes: spot.clothes.clone() }),
        }));
        locations
    }
}

/// Where in the innermost element; nothing where it is in the name of the file.
fn region(spot: &base::Location) -> Option<Region> {
    let base::Location { line, column, offset, .. } = spot;
    (line.is_some() || offset.is_some()).then(|| Region {
        start_line: *line,
        start_column: line.and(*column),
        byte_offset: *offset,
    })
}

fn message(finding: &Finding, place: &Place<'_>) -> String {
    let mut text = words::sentence(finding);
    if !place.origin.inner.is_empty() || place.spots[0].inside != Inside::default() {
        text.push_str(". It stands in ");
        text.push_str(&words::place(place.spots[0]));
    }
    if let Some(git) = place.git {
        let parts = [git.reachable.map(|from| history::reached(from).to_owned()), history::commits(git, 4, false)];
        for part in parts.into_iter().flatten() {
            text.push_str("; ");
            text.push_str(&part);
        }
    }
    let listed = finding.locations.len() as u64;
    if finding.count > listed {
        let are = if listed == 1 { "is" } else { "are" };
        let _ = write!(text, ". Of its {} places {listed} {are} listed", finding.count);
    }
    text.push('.');
    // The rule has one help for all, which speaks of what is live and one's own.
    if let Some(advice) = advice::of_standing(finding) {
        let _ = write!(text, " {advice}");
    }
    text_of(&text)
}

fn facts<'a>(finding: &'a Finding, place: &Place<'a>, style: Style) -> Facts<'a> {
    Facts {
        id: &finding.id,
        kind: finding.kind,
        confidence: finding.confidence,
        severity: finding.severity,
        aliases: &finding.aliases,
        about: &finding.about,
        standing: if style.people { finding.standing.clone() } else { words::public(&finding.standing) },
        count: finding.count,
        git: place.git.map(|git| history_of(git, style)),
        mail: place.spots[0].mail.as_deref().filter(|_| style.people),
    }
}

fn history_of(git: &GitPlace, style: Style) -> History<'_> {
    let named =
        |commit: &CommitMark| CommitMark { author: commit.author.clone().filter(|_| style.people), ..commit.clone() };
    History {
        repo: &git.repo,
        blob: git.object.map(|object| object.to_string()),
        reachable: git.reachable,
        refs: &git.refs,
        commits: git.commits.iter().map(named).collect(),
    }
}

/// Who quieted a finding: a comment stands in the source itself and has no reason of its own.
fn suppression(known: &Suppressed) -> Suppression {
    let (kind, why) = match (known.by, &known.reason) {
        (Quieter::Baseline, _) => ("external", "it stands in the baseline".to_owned()),
        (Quieter::Allow, Some(reason)) => ("external", escape::terminal(reason).into_owned()),
        (Quieter::Allow, None) => ("inSource", "a comment on each of its lines allows it".to_owned()),
    };
    Suppression { kind, status: "accepted", justification: why }
}
