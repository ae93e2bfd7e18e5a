//! What is to be done about leaked credentials, step by step.
//!
//! Holds: `Action`, one step for one credential. Must not know: how it is concluded what is to be done.

use serde::{Deserialize, Serialize};

use super::Instant;

/// Where the API of each environment is.
pub const APIS: [(&str, &str); 3] = [
    ("production", "https://api.ksef.mf.gov.pl/v2"),
    ("demo", "https://api-demo.ksef.mf.gov.pl/v2"),
    ("test", "https://api-test.ksef.mf.gov.pl/v2"),
];

/// What is to be done, in the order in which it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Call it back.
    Revoke,
    /// End the sessions that were opened with it.
    EndSessions,
    /// Tell the company that it belongs to.
    Tell,
    /// Take a new one, and try it before the old one is switched off, where that still works.
    Replace,
    /// Read the invoices since it was exposed.
    ReviewInvoices,
}

impl Step {
    /// All of them, in their order.
    pub const ALL: [Self; 5] = [Self::Revoke, Self::EndSessions, Self::Tell, Self::Replace, Self::ReviewInvoices];
}

/// One step for one credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// What is to be done.
    pub step: Step,
    /// The finding that it is about.
    pub finding: String,
    /// What KSeF calls a token.
    pub reference: Option<String>,
    /// What KSeF calls a certificate.
    pub serial: Option<String>,
    /// The tax number of the company.
    pub nip: Option<String>,
    /// Its name.
    pub entity: Option<String>,
    /// `production`, `demo` or `test`; nothing where nobody knows.
    pub environment: Option<String>,
    /// What people call the credential.
    pub name: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Who looks after it.
    pub custodian: Option<String>,
    /// The program that uses it.
    pub system: Option<String>,
    /// Since when it was exposed, as far as its places tell.
    pub since: Option<Instant>,
    /// Where a person does it.
    pub portal: String,
    /// What a program calls.
    pub call: Option<String>,
}
