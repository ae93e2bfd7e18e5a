//! From entries to findings: the forms of one credential become one, the known ones are quieted,
//! the worst come first.
//!
//! Holds: what a finding is made of. Must not know: where entries come from.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::Plan;
use super::collect::{Collector, Entry, Places};
use crate::base::{About, Confidence, Finding, Fingerprint, Location, Outcome, Quieter, Summary, Suppressed};
use crate::detect::Detector;

/// What a collector holds, told as findings.
pub(super) fn outcome(collector: &Collector, plan: &Plan, detector: &Detector) -> Outcome {
    let mut summary = Summary {
        placeholders: collector.placeholders,
        examples: collector.examples,
        left: collector.left.clone(),
        notices: collector.notice_counts.iter().map(|(reason, count)| ((*reason).to_owned(), *count)).collect(),
        ..Summary::default()
    };
    let mut findings = Vec::new();
    let mut suppressed = Vec::new();
    for forms in credentials(collector) {
        // One of which no place is known counts: only what is allowed somewhere is allowed.
        let allowed = forms.iter().any(|(_, entry)| entry.allowed.count > 0);
        let counts = !allowed || forms.iter().any(|(_, entry)| entry.places.count > 0);
        let finding = finding(
            collector,
            &forms,
            if counts { |entry| &entry.places } else { |entry| &entry.allowed },
            plan,
            detector,
        );
        if finding.confidence < plan.min_confidence {
            continue;
        }
        if !counts {
            summary.quieted.allow += 1;
            let reason = forms.iter().filter_map(|(_, entry)| entry.reason.clone()).min();
            suppressed.push(Suppressed { finding, by: Quieter::Allow, reason });
        } else if is_in_baseline(&finding, plan) {
            summary.quieted.baseline += 1;
            suppressed.push(Suppressed { finding, by: Quieter::Baseline, reason: None });
        } else {
            findings.push(finding);
        }
    }
    count(&findings, &mut summary);
    sort(&mut findings);
    suppressed.sort_by_cached_key(|known| rank(&known.finding));
    Outcome {
        run: plan.facts.clone(),
        actions: Vec::new(),
        findings,
        suppressed,
        notices: collector.notices.union(&collector.harmless).cloned().collect(),
        hints: collector.hints.iter().cloned().collect(),
        summary,
    }
}

/// Counts findings by how sure they are.
pub(super) fn count(findings: &[Finding], summary: &mut Summary) {
    let all = [Confidence::Certain, Confidence::Likely, Confidence::Possible];
    let of = |confidence| findings.iter().filter(|finding| finding.confidence == confidence).count() as u64;
    summary.findings = all.into_iter().map(|confidence| (confidence, of(confidence))).collect();
}

/// Sorts findings as they are told.
pub(super) fn sort(findings: &mut [Finding]) {
    findings.sort_by_cached_key(rank);
}

/// By what findings are sorted: the worst first, then by place.
fn rank(finding: &Finding) -> impl Ord + use<> {
    let first = finding.locations.first().cloned();
    (finding.standing.is_over(), Reverse(finding.severity), Reverse(finding.confidence), first, finding.id.clone())
}

fn is_in_baseline(finding: &Finding, plan: &Plan) -> bool {
    plan.baseline.as_ref().is_some_and(|baseline| finding.fingerprints().any(|print| baseline.contains(&print)))
}

/// The entries, those together that share a fingerprint: a token, its edited copies, its bare
/// secret part.
fn credentials(collector: &Collector) -> Vec<Vec<(&Fingerprint, &Entry)>> {
    let entries: Vec<(&Fingerprint, &Entry)> = collector.entries.iter().collect();
    let mut group: Vec<usize> = (0..entries.len()).collect();
    let mut owner: BTreeMap<&Fingerprint, usize> = BTreeMap::new();
    for (index, (own, entry)) in entries.iter().enumerate() {
        for print in [*own].into_iter().chain(&entry.aliases) {
            let other = *owner.entry(print).or_insert(index);
            let (one, other) = (root(&mut group, index), root(&mut group, other));
            group[one.max(other)] = one.min(other);
        }
    }
    let mut groups: BTreeMap<usize, Vec<(&Fingerprint, &Entry)>> = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        groups.entry(root(&mut group, index)).or_default().push(*entry);
    }
    groups.into_values().collect()
}

fn root(group: &mut [usize], mut index: usize) -> usize {
    while group[index] != index {
        group[index] = group[group[index]];
        index = group[index];
    }
    index
}

/// What a credential says about itself; of a key also where the password stands that opened it.
fn about(collector: &Collector, entry: &Entry) -> About {
    let mut about = entry.about.clone();
    if let (Some(note), Some(opened)) = (&entry.key, about.key.as_mut().and_then(|key| key.opened.as_mut())) {
        let entries = note.passwords().filter_map(|password| collector.password(password));
        let places = entries.filter_map(|entry| entry.places.first.first().or(entry.allowed.first.first()));
        opened.at = places.min().cloned();
    }
    about
}

fn finding(
    collector: &Collector,
    forms: &[(&Fingerprint, &Entry)],
    places: fn(&Entry) -> &Places,
    plan: &Plan,
    detector: &Detector,
) -> Finding {
    // The strongest form speaks for all; of equals the one with fewer failed checks.
    let strongest = forms.iter().max_by_key(|(print, entry)| {
        (entry.confidence, Reverse(entry.about.weak.len()), entry.aliases.len(), Reverse(*print))
    });
    let (own, entry) = strongest.copied().unwrap_or(forms[0]);
    let aliases: BTreeSet<Fingerprint> = forms
        .iter()
        .flat_map(|(print, entry)| [**print].into_iter().chain(entry.aliases.iter().copied()))
        .filter(|print| print != own || entry.secret.sha256.is_none())
        .collect();
    let mut locations: BTreeSet<&Location> = forms.iter().flat_map(|(_, entry)| &places(entry).first).collect();
    while locations.len() > plan.limits.max_locations {
        locations.pop_last();
    }
    let rule = detector.rules().rules().get(entry.rule);
    let text = |text: fn(&crate::rules::Rule) -> &str| rule.map(text).unwrap_or_default().to_owned();
    Finding {
        id: own.short(),
        rule: text(|rule| &rule.id),
        title: text(|rule| &rule.title.en),
        help: text(|rule| &rule.help.en),
        kind: entry.kind.or(rule.map(|rule| rule.kind)).unwrap_or(crate::base::Kind::Token),
        confidence: entry.confidence,
        severity: entry.severity,
        own_severity: None,
        own_confidence: None,
        secret: entry.secret.clone(),
        aliases: aliases.into_iter().collect(),
        about: about(collector, entry),
        standing: entry.standing.clone(),
        count: forms.iter().map(|(_, entry)| places(entry).count).sum(),
        locations: locations.into_iter().cloned().collect(),
    }
}
