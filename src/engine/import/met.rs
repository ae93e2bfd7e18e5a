//! What was found in a file that is imported: where, and what the inventory learns of it.
//!
//! Holds: findings as the inventory takes them. Must not know: what stands around them.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use crate::base::{CertificateFacts, Finding, Fingerprint, Inside, Kind, Outcome};
use crate::inventory::{Claim, Field, Met};

/// A place of something that was found.
struct Spot {
    inner: Vec<String>,
    inside: Inside,
    offset: Option<u64>,
    line: Option<u64>,
    met: usize,
}

impl Spot {
    /// The place for people; its names were scrubbed where it was found.
    fn told(&self) -> String {
        let mut parts = self.inner.clone();
        parts.extend(self.inside.sheet.as_ref().map(|sheet| format!("sheet {sheet}")));
        parts.extend(self.inside.cell.as_ref().map(|cell| format!("cell {cell}")));
        parts.extend(self.line.map(|line| format!("line {line}")));
        if parts.is_empty() { "the file".to_owned() } else { parts.join(", ") }
    }
}

/// All that was found.
pub(super) struct Findings {
    met: Vec<(Kind, Met)>,
    by_print: HashMap<Fingerprint, usize>,
    spots: Vec<Spot>,
    secrets: u64,
}

impl Findings {
    pub(super) fn new(outcome: &Outcome) -> Self {
        let quieted = outcome.suppressed.iter().map(|suppressed| &suppressed.finding);
        let (mut met, mut spots, mut secrets) = (Vec::new(), Vec::new(), 0);
        for finding in outcome.findings.iter().chain(quieted) {
            secrets += 1;
            // Passwords and sessions are no credentials that anybody lists.
            if !is_listed(finding.kind) {
                continue;
            }
            spots.extend(finding.locations.iter().map(|location| Spot {
                inner: location.origin.inner.to_vec(),
                inside: location.inside.clone(),
                offset: location.offset,
                line: location.line,
                met: met.len(),
            }));
            met.push((finding.kind, of(finding)));
        }
        // Offsets in order, so that those of a row are found without asking all.
        spots.sort_by(|one, other| (&one.inner, one.offset).cmp(&(&other.inner, other.offset)));
        let numbered = met.iter().enumerate();
        let by_print = numbered.flat_map(|(at, (_, met))| met.prints.iter().map(move |print| (*print, at))).collect();
        Self { met, by_print, spots, secrets }
    }

    /// How many different secrets there are.
    pub(super) fn secrets(&self) -> u64 {
        self.secrets
    }

    /// What stands in some bytes of a text.
    pub(super) fn within(&self, inner: &[String], span: &Range<usize>) -> impl Iterator<Item = &Met> {
        let (start, end) = (Some(span.start as u64), Some(span.end as u64));
        let first = self.spots.partition_point(|spot| (&*spot.inner, spot.offset) < (inner, start));
        let behind = self.spots.partition_point(|spot| (&*spot.inner, spot.offset) < (inner, end));
        let mut numbers: Vec<usize> = self.spots[first..behind.max(first)].iter().map(|spot| spot.met).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().map(|number| &self.met[number].1)
    }

    /// What stands in the cells of sheets: the sheet, the cell as reports name it, what was met.
    pub(super) fn cells<'s>(&'s self, inner: &'s [String]) -> impl Iterator<Item = (&'s Inside, &'s Met)> {
        let spots = self.spots.iter().filter(move |spot| spot.inner == inner && spot.inside.cell.is_some());
        spots.map(|spot| (&spot.inside, &self.met[spot.met].1))
    }

    /// All that inventories list.
    pub(super) fn listed(&self) -> impl Iterator<Item = &Met> {
        self.met.iter().map(|(_, met)| met)
    }

    /// All that inventories list, each with the first place of it, for people.
    pub(super) fn placed(&self) -> impl Iterator<Item = (String, &Met)> {
        let mut first: HashMap<usize, &Spot> = HashMap::new();
        for spot in &self.spots {
            first.entry(spot.met).or_insert(spot);
        }
        self.met.iter().enumerate().map(move |(number, (_, met))| {
            let place = first.get(&number).map_or_else(|| "in its name".to_owned(), |spot| spot.told());
            (place, met)
        })
    }

    /// Whether what was met says itself that the fingerprints of a claim belong to its number.
    pub(super) fn tie(&self, claim: &Claim) -> bool {
        let same = |met: &Met, field| met.fields.get(&field).is_some_and(|own| claim.fields.get(&field) == Some(own));
        let mut met = claim.prints.iter().filter_map(|print| self.by_print.get(print)).map(|met| &self.met[*met].1);
        met.any(|met| same(met, Field::Reference) || same(met, Field::Serial))
    }

    /// The keys.
    pub(super) fn keys(&self) -> impl Iterator<Item = &Met> {
        self.met.iter().filter(|(kind, _)| *kind != Kind::Token).map(|(_, met)| met)
    }
}

/// Whether inventories list credentials of a kind.
pub(in crate::engine) fn is_listed(kind: Kind) -> bool {
    matches!(kind, Kind::Token | Kind::Key | Kind::Keystore)
}

/// What the inventory learns of a finding.
fn of(finding: &Finding) -> Met {
    let about = &finding.about;
    let certificate = about.key.as_deref().and_then(|key| key.certificate.as_ref());
    let mut fields = certificate.map(certified).unwrap_or_default();
    let sort = match finding.kind {
        Kind::Token => "token",
        _ if certificate.is_some() => "certificate",
        _ => "key",
    };
    let mut set = |field: Field, value: Option<String>| {
        if let Some(value) = value {
            fields.entry(field).or_insert(value);
        }
    };
    set(Field::Sort, Some(sort.to_owned()));
    set(Field::Reference, about.reference.clone());
    set(Field::Nip, about.nip.clone());
    set(Field::Environment, about.environment.clone());
    set(Field::Issued, about.issued.map(|issued| issued.to_string()));
    Met { prints: finding.fingerprints().collect(), fields, columns: Vec::new() }
}

/// What the inventory learns of a certificate.
pub(super) fn certified(facts: &CertificateFacts) -> BTreeMap<Field, String> {
    let mut fields = BTreeMap::from([
        (Field::Sort, "certificate".to_owned()),
        (Field::Serial, facts.serial.clone()),
        (Field::ValidFrom, facts.not_before.to_string()),
        (Field::ValidTo, facts.not_after.to_string()),
    ]);
    fields.extend(facts.nip.clone().map(|nip| (Field::Nip, nip)));
    fields.extend(facts.environment.clone().map(|environment| (Field::Environment, environment)));
    let scope = facts.usage.as_deref().and_then(|usage| match usage {
        "authentication" => Some("Authentication"),
        "offline" => Some("Offline"),
        _ => None,
    });
    fields.extend(scope.map(|scope| (Field::Scope, scope.to_owned())));
    fields
}
