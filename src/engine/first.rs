//! What to do first about what was found.
//!
//! Holds: which steps each credential asks for, where they are done, and since when it was exposed. Must not know: how
//! they are told.

use crate::base::{APIS, Action, Confidence, Finding, Instant, Kind, Role, Severity, State, Step};

/// All that is to be done, in the order in which it is: step by step, the worst credential first.
pub(super) fn actions(findings: &[Finding]) -> Vec<Action> {
    let mut asking: Vec<&Finding> = findings.iter().filter(|finding| asks(finding)).collect();
    asking.sort_by_key(|finding| std::cmp::Reverse(urgency(finding)));
    let mut actions = Vec::new();
    for step in Step::ALL {
        actions.extend(asking.iter().filter(|finding| takes(finding, step)).map(|finding| action(finding, step)));
    }
    actions
}

/// Whether something is to be done about it: what is sure enough, is KSeF's, and may be live.
fn asks(finding: &Finding) -> bool {
    let is_ours = matches!(finding.kind, Kind::Token | Kind::Key | Kind::Keystore);
    is_ours && finding.confidence >= Confidence::Likely && !finding.standing.is_over()
}

fn urgency(finding: &Finding) -> (Severity, bool, Option<std::cmp::Reverse<Instant>>) {
    let is_live = matches!(finding.standing.state, State::Live | State::Expiring | State::Unlisted);
    (finding.severity, is_live, exposed(finding).map(std::cmp::Reverse))
}

fn takes(finding: &Finding, step: Step) -> bool {
    let is_foreign = finding.standing.state == State::Foreign;
    match step {
        // Only its owner can do that.
        Step::Revoke | Step::EndSessions | Step::Replace | Step::ReviewInvoices => !is_foreign,
        Step::Tell => is_foreign,
    }
}

fn action(finding: &Finding, step: Step) -> Action {
    let (about, standing) = (&finding.about, &finding.standing);
    let certificate = about.key.as_deref().and_then(|key| key.certificate.as_ref());
    // What was found says it of itself, or the inventory knows it.
    let reference = about.reference.clone().or_else(|| standing.reference.clone());
    let serial = standing.serial.clone().or_else(|| certificate.map(|certificate| certificate.serial.clone()));
    let nip = about.nip.clone().or_else(|| certificate.and_then(|certificate| certificate.nip.clone()));
    let environment = about.environment.clone().or_else(|| standing.environment.clone());
    let base = APIS.iter().find(|(name, _)| environment.as_deref() == Some(name)).map_or("{base}", |(_, base)| base);
    let (portal, call) = match (step, &reference, &serial) {
        (Step::Revoke, Some(reference), _) => {
            ("Tokeny › Lista tokenów › Unieważnij", Some(format!("DELETE {base}/tokens/{reference}")))
        }
        (Step::Revoke, None, Some(serial)) => (
            "Certyfikaty › Lista certyfikatów › Unieważnij",
            Some(format!("POST {base}/certificates/{serial}/revoke {{\"revocationReason\":\"KeyCompromise\"}}")),
        ),
        (Step::Revoke, None, None) if finding.kind == Kind::Token => {
            ("Tokeny › Lista tokenów: find it by its name and its day, then Unieważnij", None)
        }
        (Step::Revoke, None, None) => {
            ("Certyfikaty › Lista certyfikatów: find it by its name and its day, then Unieważnij", None)
        }
        (Step::EndSessions, ..) => (
            "(by the API alone)",
            Some(format!("GET {base}/auth/sessions, then DELETE {base}/auth/sessions/{{referenceNumber}}")),
        ),
        (Step::Replace, ..) if finding.kind != Kind::Token => {
            ("Certyfikaty › Wnioskuj o certyfikat", Some(format!("POST {base}/certificates/enrollments")))
        }
        (Step::Replace, ..) => ("Tokeny › Generuj token", Some(format!("POST {base}/tokens"))),
        (Step::ReviewInvoices, ..) => ("Lista faktur", Some(format!("POST {base}/invoices/query/metadata"))),
        (Step::Tell, ..) => ("(to be told to the company by you)", None),
    };
    Action {
        step,
        finding: finding.id.clone(),
        nip: nip.or_else(|| standing.nip.clone()),
        reference,
        serial,
        entity: standing.entity.clone(),
        environment,
        name: standing.name.clone(),
        owner: standing.owner.clone(),
        custodian: standing.custodian.clone(),
        system: standing.system.clone(),
        since: exposed(finding),
        portal: portal.to_owned(),
        call,
    }
}

/// Since when it was exposed: the first of the days that its places tell, else the day when it was issued, before which
/// it was nowhere.
pub(super) fn exposed(finding: &Finding) -> Option<Instant> {
    let commits = finding.locations.iter().filter_map(|location| location.git.as_ref()).flat_map(|git| &git.commits);
    let commits = commits.filter(|commit| commit.role != Role::Removed).filter_map(|commit| commit.date);
    let mails = finding.locations.iter().filter_map(|location| location.mail.as_ref()?.date.as_ref()?.parse().ok());
    commits.chain(mails).min().or(finding.about.issued)
}
