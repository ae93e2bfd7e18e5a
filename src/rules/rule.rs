//! One rule as its file writes it.
//!
//! Holds: `Rule`, the fields of `rules/<id>.toml` and of a `[[rule]]` in a configuration. Must not
//! know: how a rule is searched for. A new field gets its sentence in `field`, and so in
//! `docs/rules.md`.

use serde::{Deserialize, Serialize};

use crate::base::{Kind, Severity};

/// A text in the two languages of its readers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// English.
    pub en: String,
    /// Polish.
    pub pl: String,
}

/// A run of characters of one class that is an anchor by itself, whatever stands around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Run {
    /// A run of exactly 64 hexadecimal digits.
    Hex64,
}

/// What a rule finds without a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Read {
    /// A private key, in any form in which it can be read.
    Key,
    /// The password that opens such a key.
    Password,
}

/// What is looked for, how it is verified, and what is said about it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name: lower case, digits and dashes.
    pub id: String,
    /// What sort of credential it finds.
    pub kind: Kind,
    /// What that is, in one phrase.
    pub title: Text,
    /// How bad it is.
    pub severity: Severity,
    /// Strings that stand inside every such credential; any of them is enough. They are looked for
    /// in every dress.
    #[serde(default)]
    pub anchors: Vec<String>,
    /// Strings that stand inside every such credential as well. They are looked for in plain text
    /// only, where an anchor may be broken by a line end or a character that cannot be seen.
    #[serde(default)]
    pub spare_anchors: Vec<String>,
    /// Strings that stand inside the credential once its own base64url is decoded, for those that
    /// are encoded by nature, such as a JWT.
    #[serde(default)]
    pub inner_anchors: Vec<String>,
    /// A run that is an anchor by itself.
    #[serde(default)]
    pub run: Option<Run>,
    /// That it is found by being read, and not by a pattern.
    #[serde(default)]
    pub read: Option<Read>,
    /// What the credential looks like, as a regular expression over its plain dress. Where it has
    /// a group named `secret`, that group is the credential. Empty where it is read.
    #[serde(default)]
    pub pattern: String,
    /// Bytes of the longest such credential in its plain dress. 0 where it is read.
    #[serde(default)]
    pub max_len: usize,
    /// The verifier, by its name in `detect`.
    #[serde(default)]
    pub verify: Option<String>,
    /// The least Shannon entropy in bits a character.
    #[serde(default)]
    pub entropy: Option<f64>,
    /// Words of which one must stand near, in any case. Where a rule has neither anchors nor a
    /// run, these words are what is looked for, and the pattern is tried around each. Where it is read, they are
    /// evidence of KSeF.
    #[serde(default)]
    pub near: Vec<String>,
    /// Words that must not stand beside it, on the same line or in its key, in any case.
    #[serde(default)]
    pub unless: Vec<String>,
    /// Texts in which it must be found, as templates.
    pub hits: Vec<String>,
    /// Texts in which it must not be found, as templates.
    pub misses: Vec<String>,
    /// What to do about it.
    pub help: Text,
}

impl Rule {
    /// Whether the rule is looked for by the words around it, having no anchor of its own.
    pub fn is_by_context(&self) -> bool {
        self.read.is_none() && self.anchors.is_empty() && self.inner_anchors.is_empty() && self.run.is_none()
    }
}
