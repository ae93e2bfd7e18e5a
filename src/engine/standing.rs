//! Findings and the inventory: whether each is still live, whose it is, how bad that makes it.
//!
//! Holds: what the inventory is asked about a finding, and what follows for its severity. Must not know: how the
//! inventory answers.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::import::is_listed;
use crate::base::{
    CertificateFacts, Confidence, Finding, Instant, Kind, Notice, Origin, Reason, Severity, Standing, State, share_out,
};
use crate::inventory::{Answers, Asked, Clock, Field, Inventory, InventoryError, Leak, read_value};

/// An inventory, and how it is asked.
pub struct Books {
    /// The inventory.
    pub inventory: Inventory,
    /// What it is called in messages.
    pub name: String,
    /// How many days before its end something is expiring.
    pub days: u32,
}

/// Findings for which it is worth to begin another thread.
const WORTHWHILE: usize = 4;

/// Sets the standing of findings, several at once; tells what stood in the way. Findings of which nothing is learned stay as
/// they are.
pub(super) fn set(findings: &mut [&mut Finding], books: &Books, now: Instant, jobs: usize) -> Option<Notice> {
    let clock = Clock { now, days: books.days };
    let mut asked = || {
        let reading = books.inventory.read()?;
        let answers = Answers::new(&reading, clock);
        let parts: Vec<_> = findings.chunks_mut(WORTHWHILE).map(Mutex::new).collect();
        let failed = Mutex::new(BTreeMap::new());
        share_out(jobs, parts.len(), &|indices| {
            for (index, part) in indices.filter_map(|index| Some((index, parts.get(index)?))) {
                let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
                if let Err(error) = part.iter_mut().try_for_each(|finding| ask(finding, &answers, now)) {
                    failed.lock().unwrap_or_else(PoisonError::into_inner).insert(index, error);
                }
            }
        });
        // The first in the order of the findings: the same whoever was quicker.
        failed.into_inner().unwrap_or_else(PoisonError::into_inner).pop_first().map_or(Ok(()), |(_, error)| Err(error))
    };
    let error: InventoryError = asked().err()?;
    let text = format!("inventory: {error}; what was found has no standing from it");
    Some(Notice::new(Origin::label(&books.name), Reason::Unreadable, text))
}

/// A finding as an audit of the inventory asks for it.
pub fn leak(finding: &Finding) -> Leak {
    let certificate = finding.about.key.as_deref().and_then(|key| key.certificate.as_ref());
    Leak {
        prints: finding.fingerprints().collect(),
        reference: finding.about.reference.clone(),
        serial: certificate.map(|certificate| canonical_serial(&certificate.serial)),
        places: finding.locations.iter().map(|location| location.origin.path.text().to_owned()).collect(),
        first_seen: super::first::exposed(finding),
        finding: finding.id.clone(),
        standing: finding.standing.clone(),
    }
}

/// The serial number of a certificate as KSeF writes it.
pub(super) fn canonical_serial(serial: &str) -> String {
    read_value(Field::Serial, serial).ok().flatten().unwrap_or_else(|| serial.to_owned())
}

fn ask(finding: &mut Finding, answers: &Answers<'_>, now: Instant) -> Result<(), InventoryError> {
    // What an inventory said of it earlier is not what this one says now.
    if finding.standing.by.as_deref() == Some("inventory") {
        let certificate = finding.about.key.as_deref().and_then(|key| key.certificate.as_ref());
        finding.standing =
            certificate.and_then(|certificate| expiry(certificate, now)).unwrap_or_else(Standing::unknown);
    }
    finding.severity = finding.own_severity.take().unwrap_or(finding.severity);
    finding.confidence = finding.own_confidence.take().unwrap_or(finding.confidence);
    let about = &finding.about;
    let certificate = about.key.as_deref().and_then(|key| key.certificate.as_ref());
    let asked = Asked {
        prints: finding.fingerprints().collect(),
        reference: about.reference.clone(),
        serials: about.key.iter().flat_map(|key| &key.serials).map(|serial| canonical_serial(serial)).collect(),
        nip: about.nip.clone().or_else(|| certificate.and_then(|certificate| certificate.nip.clone())),
        issued: about.issued,
        is_listed: is_listed(finding.kind),
        is_key: about.key.is_some(),
        has_ended: about.key.is_some() && finding.standing.state == State::Expired,
    };
    let Some(answer) = answers.of(&asked)? else { return Ok(()) };
    let own = std::mem::take(&mut finding.standing);
    finding.standing = join(own, answer, finding.about.key.is_some());
    // What is written down is one of ours, however little a key says of itself.
    if matches!(finding.standing.state, State::Live | State::Expiring) && finding.confidence != Confidence::Certain {
        finding.own_confidence = Some(std::mem::replace(&mut finding.confidence, Confidence::Certain));
    }
    let severity = severity(finding);
    if severity != finding.severity {
        finding.own_severity = Some(std::mem::replace(&mut finding.severity, severity));
    }
    Ok(())
}

/// The standing of a key by the certificate that was met beside it, where that tells one.
pub(super) fn expiry(certificate: &CertificateFacts, now: Instant) -> Option<Standing> {
    let is_over = certificate.not_after < now && certificate.environment.is_some();
    is_over.then(|| Standing::new(State::Expired, "expiry", "its certificate has expired"))
}

/// What the credential says of itself and what the inventory says: what is over by itself stays over. A key is not over
/// with the certificate that was met beside it, where the inventory knows or suspects another one.
fn join(own: Standing, answer: Standing, is_key: bool) -> Standing {
    let says_more = match answer.state {
        State::Live | State::Expiring => true,
        State::Unknown => answer.reason.is_some(),
        _ => false,
    };
    let is_outdone = is_key && own.state == State::Expired && says_more;
    let keeps_own = !is_outdone && (own.is_over() || answer.state == State::Unknown && own.state != State::Unknown);
    if keeps_own { Standing { state: own.state, by: own.by, reason: own.reason, ..answer } } else { answer }
}

/// How bad a credential is of which the standing is known. What opens nothing is a bad habit; what opens no invoices of
/// the real world is half as bad; a token that is live and opens them is as bad as it can be.
fn severity(finding: &Finding) -> Severity {
    let Finding { severity, standing, about, kind, .. } = finding;
    if standing.is_over() {
        return (*severity).min(Severity::Low);
    }
    let environment = about.environment.as_deref().or(standing.environment.as_deref());
    match (environment, standing.state) {
        (Some("test" | "demo"), _) => (*severity).min(Severity::Medium),
        (Some("production"), State::Live | State::Expiring) if *kind == Kind::Token => Severity::Critical,
        _ => *severity,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(state: State, environment: Option<&str>) -> Standing {
        Standing { environment: environment.map(str::to_owned), ..Standing::new(state, "inventory", "because") }
    }

    #[test]
    fn what_is_over_by_itself_stays_over_and_learns_whose_it_is() {
        let own = Standing::new(State::Dead, "era", "1.0 has ended");
        let answer = Standing { owner: Some("Ewa".to_owned()), ..standing(State::Live, None) };
        let joined = join(own, answer.clone(), false);
        assert_eq!(
            (joined.state, joined.by.as_deref(), joined.owner.as_deref()),
            (State::Dead, Some("era"), Some("Ewa"))
        );
        assert_eq!(join(Standing::unknown(), answer, false).state, State::Live);
    }

    #[test]
    fn a_key_is_not_over_with_one_of_its_certificates() {
        let own = || Standing::new(State::Expired, "expiry", "its certificate has expired");
        for state in [State::Live, State::Expiring, State::Unknown] {
            assert_eq!(join(own(), standing(state, None), true).state, state);
            assert_eq!(join(own(), standing(state, None), false).state, State::Expired, "a token that ended has");
        }
        assert_eq!(join(own(), Standing::unknown(), true).state, State::Expired);
        assert_eq!(join(own(), standing(State::Foreign, None), true).state, State::Expired);
        let dead = Standing::new(State::Dead, "era", "1.0 has ended");
        assert_eq!(join(dead, standing(State::Live, None), true).state, State::Dead);
    }
}
