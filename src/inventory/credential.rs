//! What the inventory keeps, and what a source says.
//!
//! Holds: credentials, entities, systems, changes; `Claim`, what one source says of one credential. None of it can hold
//! a secret. Must not know: how it is kept, or what is concluded from it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Field;
use super::several::parts;
use crate::base::{Fingerprint, Instant};
use crate::codec::fold_name;

/// Who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Voice {
    /// A search that met it somewhere: that nobody has written it down is what is to be told.
    Search,
    /// A person: a table, a store of passwords, the command line.
    Person,
    /// The credential itself: a token's reference, a certificate's validity; what a scan read from it.
    Itself,
    /// KSeF, in a listing of its own.
    Ksef,
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value {
    /// In the canonical form of its field.
    pub text: String,
    /// Who says so.
    pub voice: Voice,
    /// Since when the inventory knows it.
    pub since: Instant,
}

/// A credential in the inventory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// Its number in this inventory, from 1.
    pub number: u64,
    /// Every fingerprint by which it is known.
    pub prints: BTreeSet<Fingerprint>,
    /// Those of them that no source proves to be of its number: somebody put both into one row, or a search met them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub loose: BTreeSet<Fingerprint>,
    /// What is known of it.
    pub fields: BTreeMap<Field, Value>,
}

impl Credential {
    /// What is known of a field.
    pub fn get(&self, field: Field) -> Option<&str> {
        self.fields.get(&field).map(|value| &*value.text)
    }

    /// Whether it is written down: what only a search has met is not.
    pub fn is_listed(&self) -> bool {
        self.fields.values().any(|value| value.voice != Voice::Search)
    }

    /// Whether a system uses it.
    pub fn is_used_by(&self, system: &str) -> bool {
        let used = self.get(Field::System).unwrap_or_default();
        parts(Field::System, used).into_iter().any(|one| fold_name(one) == fold_name(system))
    }

    /// Brings the ties up to date: where there is no number, there is nothing to be tied to.
    pub(super) fn mend_ties(&mut self) {
        if self.get(Field::Reference).or(self.get(Field::Serial)).is_none() {
            self.loose.clear();
        }
        self.loose.retain(|print| self.prints.contains(print));
    }

    /// The instant that a field tells.
    pub fn instant(&self, field: Field) -> Option<Instant> {
        self.get(field)?.parse().ok()
    }
}

/// A company that is ours: our own, or a client's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// Its tax number, by which it is known.
    pub nip: String,
    /// Its name.
    pub name: Option<String>,
    /// Where it uses KSeF: `production`, `demo`, `test`.
    pub environments: BTreeSet<String>,
}

/// A program that uses credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct System {
    /// Its name, by which it is known.
    pub name: String,
    /// What it is run for: `production`, `demo`, `test`; nothing where nobody said.
    pub environment: Option<String>,
    /// The permissions that it needs; nothing where nobody said.
    pub needs: Option<BTreeSet<String>>,
}

/// A change of the inventory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// When.
    pub at: Instant,
    /// Who made it.
    pub who: String,
    /// From what: `import klienci.xlsx`, `add`.
    pub source: String,
    /// What was changed: `credential 7`, `entity 5265877635`, `system Comarch`.
    pub what: String,
    /// Which field; nothing where the whole of it came or went.
    pub field: Option<String>,
    /// What it said before.
    pub before: Option<String>,
    /// What it says now.
    pub after: Option<String>,
}

/// What one source says of one credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Where it says so, for people: `row 5`, `sheet Tokeny, row 5`, `token 3`.
    pub place: String,
    /// Who says so.
    pub voice: Voice,
    /// The fingerprints.
    pub prints: BTreeSet<Fingerprint>,
    /// The values, in their canonical forms.
    pub fields: BTreeMap<Field, String>,
    /// Values that are taken only where nothing is known, such as the title of an entry in a store of passwords.
    pub hints: BTreeMap<Field, String>,
    /// Whether the credential itself says that its fingerprints and its number belong together.
    pub tied: bool,
}

impl Claim {
    /// A claim that says nothing yet.
    pub fn new(place: &str, voice: Voice) -> Self {
        let (prints, fields, hints) = (BTreeSet::new(), BTreeMap::new(), BTreeMap::new());
        Self { place: place.to_owned(), voice, prints, fields, hints, tied: false }
    }
}

/// Something in a source that could not be made a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Where it stands, for people.
    pub place: String,
    /// Why, and what would help; it never quotes a value.
    pub why: String,
}

/// A credential that was met in a source: what the detector says of it, without the secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Met {
    /// Every fingerprint by which it is known.
    pub prints: BTreeSet<Fingerprint>,
    /// What it says of itself, in canonical forms: sort, reference, NIP, environment, serial, issued, validity.
    pub fields: BTreeMap<Field, String>,
    /// The columns of its row, from 0, in which it stands, as far as that is known.
    pub columns: Vec<usize>,
}

/// A row of a table that is imported, its secrets taken out of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Where it stands, for people: `row 5`, `sheet Tokeny, row 5`.
    pub place: String,
    /// Its cells as text, from the first column on; one that held a secret is empty.
    pub cells: Vec<String>,
    /// The credentials that stood in it.
    pub met: Vec<Met>,
}
