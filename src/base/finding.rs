//! What reports see of a credential; it cannot hold a secret.
//!
//! Holds: `Finding` and its parts. Field names are the contract of the machine-readable reports:
//! fields may be added, never renamed or given another meaning.

use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

use super::{
    CommitMark, Fingerprint, GitPlace, Inside, Instant, KeyFacts, Mail, ObjectName, Origin, PathName, Reachable,
};

/// What sort of credential it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A KSeF token, of any age.
    Token,
    /// A JWT of the KSeF API.
    Jwt,
    /// A private key.
    Key,
    /// A file that holds keys.
    Keystore,
    /// A password.
    Password,
}

/// How sure we are that it is a credential of KSeF.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// KSeF is near; it may be something else.
    Possible,
    /// Its structure or a name beside it says so.
    Likely,
    /// It verifies itself.
    Certain,
}

/// How bad it is if it is what it seems to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It opens nothing, but the habit that leaked it is alive.
    Info,
    /// Little can be done with it.
    Low,
    /// It needs something else to be of use.
    Medium,
    /// It opens a door for a while, or a small one.
    High,
    /// Whoever holds it is the company.
    Critical,
}

/// In which dress a credential stood where it was found, from the outermost inwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clothes {
    /// UTF-16, little endian.
    Utf16le,
    /// UTF-16, big endian.
    Utf16be,
    /// Percent-encoded, once or more.
    Percent,
    /// Escaped with backslashes.
    Escape,
    /// XML or HTML character references.
    Entity,
    /// Quoted-printable.
    QuotedPrintable,
    /// Broken over lines by a mailer, a wrapping or a quotation.
    Wrapped,
    /// Joined by concatenation or continuation in source code.
    Joined,
    /// With characters inside that cannot be seen.
    Invisible,
    /// Base64 or base64url.
    Base64,
    /// Hexadecimal digits of its bytes.
    Hex,
    /// Compressed with gzip inside of another dress.
    Gzip,
}

/// Facts about the secret that are safe to tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretFacts {
    /// SHA-256 of the canonical form; none for a password.
    pub sha256: Option<Fingerprint>,
    /// Bytes of the canonical form; none for a password.
    pub length: Option<usize>,
    /// The form with the secret part replaced; four characters of it at most. None for a password.
    pub redacted: Option<String>,
}

/// What the credential says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its reference number in KSeF.
    pub reference: Option<String>,
    /// When it was issued.
    pub issued: Option<Instant>,
    /// The kind of context it is bound to: `nip`, `internalId`.
    pub context: Option<String>,
    /// The tax number of the company it opens.
    pub nip: Option<String>,
    /// The internal identifier, where the context is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal_id: Option<String>,
    /// `production`, `demo` or `test`, where the credential says so.
    pub environment: Option<String>,
    /// When it ends.
    pub expires: Option<Instant>,
    /// What of a JWT it is: `access`, `refresh`, `authentication`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<String>,
    /// How its holder logged in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// What is told of a private key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Box<KeyFacts>>,
    /// Which of its own checks it fails: `date`, `crc`, `time`, `nip`, `secret`.
    pub weak: Vec<String>,
}

/// Whether the credential still opens the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It opens it.
    Live,
    /// It opens it, not for long.
    Expiring,
    /// Its time is over.
    Expired,
    /// It was called back.
    Revoked,
    /// What it opened is no more.
    Dead,
    /// It belongs to one of ours, and nobody wrote it down.
    Unlisted,
    /// It belongs to somebody else.
    Foreign,
    /// Nothing tells.
    Unknown,
}

/// The standing of a credential and who says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The standing itself.
    pub state: State,
    /// Who says so: `expiry`, `era`, `inventory`; nothing where nobody does.
    pub by: Option<String>,
    /// One clause for people.
    pub reason: Option<String>,
    /// The company it belongs to, as the inventory names it.
    pub entity: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Who looks after it technically.
    #[serde(default)]
    pub custodian: Option<String>,
    /// The system that uses it.
    pub system: Option<String>,
    /// What people call it.
    #[serde(default)]
    pub name: Option<String>,
    /// `production`, `demo` or `test`, as the inventory says.
    #[serde(default)]
    pub environment: Option<String>,
    /// What KSeF calls the token, as the inventory says.
    #[serde(default)]
    pub reference: Option<String>,
    /// What KSeF calls the certificate, as the inventory says.
    #[serde(default)]
    pub serial: Option<String>,
    /// The tax number of the company, as the inventory says.
    #[serde(default)]
    pub nip: Option<String>,
}

impl Default for Standing {
    fn default() -> Self {
        Self::unknown()
    }
}

impl Standing {
    /// A standing and the reason for it.
    pub fn new(state: State, by: &str, reason: &str) -> Self {
        Self { state, by: Some(by.to_owned()), reason: Some(reason.to_owned()), ..Self::unknown() }
    }

    /// The standing of what nothing is known about.
    pub fn unknown() -> Self {
        Self {
            state: State::Unknown,
            by: None,
            reason: None,
            entity: None,
            owner: None,
            custodian: None,
            system: None,
            name: None,
            environment: None,
            reference: None,
            serial: None,
            nip: None,
        }
    }

    /// Whether it is proved that the credential opens nothing any more.
    pub fn is_over(&self) -> bool {
        matches!(self.state, State::Expired | State::Revoked | State::Dead)
    }
}

/// One place where a credential stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(from = "Written")]
pub struct Location {
    /// The file and the members inside of it.
    pub origin: Origin,
    /// From 1; none where the credential is in the name of the file.
    pub line: Option<u64>,
    /// From 1, in characters.
    pub column: Option<u64>,
    /// From 0, in bytes of the innermost element.
    pub offset: Option<u64>,
    /// The dresses it wore, from the outermost inwards.
    pub clothes: Vec<Clothes>,
    /// Where it stands in a document.
    pub inside: Inside,
    /// The message that it came with.
    pub mail: Option<Arc<Mail>>,
    /// What the repository says of it, where it stands in one.
    pub git: Option<Arc<GitPlace>>,
}

impl Serialize for Location {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("path", self.origin.path.text())?;
        if let Some(raw) = self.origin.path.base64() {
            map.serialize_entry("path_base64", &raw)?;
        }
        map.serialize_entry("inner", &*self.origin.inner)?;
        map.serialize_entry("line", &self.line)?;
        map.serialize_entry("column", &self.column)?;
        map.serialize_entry("offset", &self.offset)?;
        map.serialize_entry("clothes", &self.clothes)?;
        let Inside { sheet, cell, page } = &self.inside;
        if self.inside != Inside::default() {
            map.serialize_entry("sheet", &sheet.as_deref())?;
            map.serialize_entry("cell", cell)?;
            map.serialize_entry("page", page)?;
        }
        if let Some(mail) = &self.mail {
            map.serialize_entry("mail", &**mail)?;
        }
        if let Some(git) = &self.git {
            map.serialize_entry("repo", &git.repo)?;
            map.serialize_entry("blob", &git.object)?;
            map.serialize_entry("reachable", &git.reachable)?;
            map.serialize_entry("refs", &git.refs)?;
            map.serialize_entry("commits", &git.commits)?;
        }
        map.end()
    }
}

/// A place as reports write it.
#[derive(Deserialize)]
struct Written {
    path: String,
    path_base64: Option<String>,
    #[serde(default)]
    inner: Vec<String>,
    line: Option<u64>,
    column: Option<u64>,
    offset: Option<u64>,
    #[serde(default)]
    clothes: Vec<Clothes>,
    sheet: Option<String>,
    cell: Option<String>,
    page: Option<u32>,
    mail: Option<Mail>,
    repo: Option<String>,
    blob: Option<ObjectName>,
    reachable: Option<Reachable>,
    #[serde(default)]
    refs: Vec<String>,
    #[serde(default)]
    commits: Vec<CommitMark>,
}

impl From<Written> for Location {
    fn from(written: Written) -> Self {
        let Written { repo, blob, reachable, refs, commits, .. } = written;
        let path = PathName::written(&written.path, written.path_base64.as_deref());
        Self {
            origin: Origin { path, inner: written.inner.into() },
            line: written.line,
            column: written.column,
            offset: written.offset,
            clothes: written.clothes,
            inside: Inside { sheet: written.sheet.map(Into::into), cell: written.cell, page: written.page },
            mail: written.mail.map(Arc::new),
            git: repo.map(|repo| Arc::new(GitPlace { repo, object: blob, reachable, refs, commits })),
        }
    }
}

/// One leaked credential with all its places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The first 64 bits of its fingerprint, in hexadecimal.
    pub id: String,
    /// The rule that found it.
    pub rule: String,
    /// What it is, in one phrase of English, from the rule.
    pub title: String,
    /// What to do, from the rule.
    pub help: String,
    /// What sort of credential it is.
    pub kind: Kind,
    /// How sure we are.
    pub confidence: Confidence,
    /// How bad it is.
    pub severity: Severity,
    /// How bad it would be if nothing were known of its standing, where that is something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_severity: Option<Severity>,
    /// How sure we were before the inventory said that it is one of ours, where that is something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_confidence: Option<Confidence>,
    /// What is safe to tell about the secret.
    pub secret: SecretFacts,
    /// Every other fingerprint of the same credential, sorted.
    pub aliases: Vec<Fingerprint>,
    /// What it says about itself.
    pub about: About,
    /// Whether it still opens the door.
    pub standing: Standing,
    /// In how many places it stands.
    pub count: u64,
    /// The first of its places, sorted.
    pub locations: Vec<Location>,
}

impl Finding {
    /// All fingerprints by which the credential is known.
    pub fn fingerprints(&self) -> impl Iterator<Item = Fingerprint> + '_ {
        self.secret.sha256.iter().chain(&self.aliases).copied()
    }
}
