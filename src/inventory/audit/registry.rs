//! The rules of the audit.
//!
//! Holds: each rule as one entry: what it is called, how bad it is, why it is demanded, what to do, which function
//! checks it. Must not know: how any of them is checked. `docs/audit.md` is written from it.

use crate::base::Severity;

use super::desk::{Desk, Entry, State};
use super::{Said, convention, dates, environment, listing, people, systems};

/// A rule of the audit.
#[derive(Clone, Copy, Debug)]
pub struct AuditRule {
    /// Its name.
    pub id: &'static str,
    /// How bad it is in production.
    pub severity: Severity,
    /// What it finds, in a few words.
    pub title: &'static str,
    /// Why this is demanded.
    pub reason: &'static str,
    /// What to do.
    pub remedy: &'static str,
    /// The state up to which a credential is checked.
    pub(super) until: State,
    /// What it says of a credential, if anything.
    pub(super) check: fn(&Desk<'_>, &Entry<'_>) -> Option<Said>,
}

/// Every rule, the worst first.
pub fn rules() -> &'static [AuditRule] {
    RULES
}

const RULES: &[AuditRule] = &[
    AuditRule {
        id: "leaked",
        severity: Severity::Critical,
        title: "a scan found it",
        reason: "Whoever has read it there issues and reads the company's invoices, and the taxpayer answers for them.",
        remedy: "Revoke it, end its sessions, replace it, test the new one, and review the invoices since it was \
                 first seen.",
        until: State::Over,
        check: listing::leaked,
    },
    AuditRule {
        id: "environment-mixed",
        severity: Severity::High,
        title: "production and test are mixed",
        reason: "Test systems are open to more people and kept with less care, and a test with it issues real \
                 invoices.",
        remedy: "Issue a credential in the environment of the system, and revoke this one if it is for production.",
        until: State::Live,
        check: environment::environment_mixed,
    },
    AuditRule {
        id: "expired",
        severity: Severity::High,
        title: "its validity has passed, and it is still listed as in use",
        reason: "A system that relies on it sends no invoices, and books that call it in use cannot be trusted.",
        remedy: "Replace it where it is still in use, and set its status to Expired.",
        until: State::Ended,
        check: dates::expired,
    },
    AuditRule {
        id: "person-left",
        severity: Severity::High,
        title: "its owner or custodian has left",
        reason: "Who has left may still have a copy of it, and nobody answers for it any more.",
        remedy: "Name a successor, issue a new credential, test it, and revoke this one.",
        until: State::Live,
        check: people::person_left,
    },
    AuditRule {
        id: "accountants-token",
        severity: Severity::Medium,
        title: "a token in the hands of an accountant",
        reason: "A token that was handed over does not tell who used it, and stays with the accountant after the \
                 contract.",
        remedy: "Give a permission in KSeF to the accountant's own NIP, and revoke the token.",
        until: State::Live,
        check: people::accountants_token,
    },
    AuditRule {
        id: "no-owner",
        severity: Severity::Medium,
        title: "no owner",
        reason: "Somebody in the business must decide who may use it, and when it is revoked.",
        remedy: "Name an owner in the business, a person of finance or accounting.",
        until: State::Live,
        check: people::no_owner,
    },
    AuditRule {
        id: "not-reviewed",
        severity: Severity::Medium,
        title: "not reviewed for more than a quarter (92 days)",
        reason: "A review every quarter finds what nobody needs any more and who should no longer have it.",
        remedy: "Check with its owner that it is needed, by whom and with which scope; then write down the day as \
                 reviewed.",
        until: State::Live,
        check: dates::not_reviewed,
    },
    AuditRule {
        id: "several-systems",
        severity: Severity::Medium,
        title: "several systems use it",
        reason: "When it leaks nobody knows from where, and revoking it stops all of them at once.",
        remedy: "Issue one credential for each system and NIP, and revoke this one when none uses it.",
        until: State::Live,
        check: systems::several_systems,
    },
    AuditRule {
        id: "statutory-end",
        severity: Severity::Medium,
        title: "the law ends tokens within 90 days, or has ended them",
        reason: "After the last day that the law sets for tokens, a system that logs in with one may stop.",
        remedy: "Let the system log in with a certificate before that day, and watch whether the day is moved.",
        until: State::Live,
        check: dates::statutory_end,
    },
    AuditRule {
        id: "too-broad",
        severity: Severity::Medium,
        title: "its scope is broader than its system needs",
        reason: "Whoever steals it may do all that its scope allows, and the permissions of a token are fixed when \
                 it is issued.",
        remedy: "Issue a new credential with the permissions that are needed, test it, and revoke this one.",
        until: State::Live,
        check: systems::too_broad,
    },
    AuditRule {
        id: "dormant",
        severity: Severity::Low,
        title: "active, but never used, or not for 180 days",
        reason: "What nobody uses can only be misused, and nobody notices when it is.",
        remedy: "Ask its owner, then revoke it.",
        until: State::Live,
        check: dates::dormant,
    },
    AuditRule {
        id: "duplicate-name",
        severity: Severity::Low,
        title: "another live credential of the same NIP and environment has its name",
        reason: "In the list of KSeF nobody can tell which of the two is to be revoked.",
        remedy: "Give each a name of its own; revoke the one that was replaced.",
        until: State::Live,
        check: listing::duplicate_name,
    },
    AuditRule {
        id: "expiring",
        severity: Severity::Low,
        title: "its validity ends soon",
        reason: "When it ends its system stops sending invoices.",
        remedy: "Issue a new credential, test it, and switch over before this one ends.",
        until: State::Live,
        check: dates::expiring,
    },
    AuditRule {
        id: "no-custodian",
        severity: Severity::Low,
        title: "no custodian",
        reason: "Somebody must know where it is kept, and be able to replace it today.",
        remedy: "Name a custodian, a person of IT other than the owner.",
        until: State::Live,
        check: people::no_custodian,
    },
    AuditRule {
        id: "no-nip",
        severity: Severity::Low,
        title: "no NIP",
        reason: "Without it nobody knows which company is open to whoever holds the credential.",
        remedy: "Write down the NIP; import the listing of KSeF or the certificate, which tell it.",
        until: State::Live,
        check: listing::no_nip,
    },
    AuditRule {
        id: "no-own-credential",
        severity: Severity::Low,
        title: "a system has no credential of its own for a NIP and environment",
        reason: "Each system is to have its own, so that one can be revoked without stopping another.",
        remedy: "Issue one for each of these systems, and keep this one for one system at most.",
        until: State::Live,
        check: systems::no_own_credential,
    },
    AuditRule {
        id: "no-validity",
        severity: Severity::Low,
        title: "a certificate whose end is not known",
        reason: "A certificate ends after two years at most, and its system with it; nobody is warned of a day that \
                 nobody wrote down.",
        remedy: "Import the certificate or the answer of POST /certificates/query, which tell it.",
        until: State::Live,
        check: dates::no_validity,
    },
    AuditRule {
        id: "same-person",
        severity: Severity::Low,
        title: "one person is both owner and custodian",
        reason: "Who decides about it and who keeps it are to watch each other, and one of them must be there when \
                 the other is not.",
        remedy: "Name an owner in the business and a custodian in IT.",
        until: State::Live,
        check: people::same_person,
    },
    AuditRule {
        id: "several-places",
        severity: Severity::Low,
        title: "it is kept or was found in several places",
        reason: "Every copy is one more way to lose it, and one that is forgotten when it is replaced.",
        remedy: "Keep it in one vault from which its system reads it, and delete the other copies.",
        until: State::Live,
        check: systems::several_places,
    },
    AuditRule {
        id: "unknown-status",
        severity: Severity::Low,
        title: "no listing of KSeF has confirmed its status",
        reason: "Only KSeF knows whether it is live; what a table says may be years old.",
        remedy: "Import the answer of GET /tokens or POST /certificates/query for its NIP and environment.",
        until: State::Over,
        check: listing::unknown_status,
    },
    AuditRule {
        id: "off-convention",
        severity: Severity::Info,
        title: "its name is off the convention",
        reason: "A name that tells company, system and environment lets the right credential be revoked in a hurry.",
        remedy: "Name it by the convention; a token keeps its name in KSeF until it is replaced.",
        until: State::Live,
        check: convention::off_convention,
    },
];
