//! What the inventory knows of a credential, field by field.
//!
//! Holds: the fields and their names. A value is kept as text in one canonical form, which `value` makes, so that it is
//! merged, told and exported the same way whatever it means. Must not know: where a value came from. A new field is a
//! line in `FIELDS`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A field of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The company it belongs to, by name.
    Entity,
    /// The tax number of that company.
    Nip,
    /// `production`, `demo` or `test`.
    Environment,
    /// `token`, `certificate` or `key`.
    Sort,
    /// What KSeF calls a token.
    Reference,
    /// What KSeF calls a certificate, in upper-case hexadecimal digits.
    Serial,
    /// What people call it.
    Name,
    /// What was written down about it in KSeF when it was issued.
    Description,
    /// The program that uses it; of several all, with `; ` between them.
    System,
    /// What it may do: KSeF's names of permissions, or `Authentication` and `Offline`; sorted, with commas.
    Scope,
    /// When it was issued.
    Issued,
    /// From when on it holds.
    ValidFrom,
    /// Until when it holds.
    ValidTo,
    /// `Active`, `Pending`, `Revoking`, `Revoked`, `Failed`, `Blocked` or `Expired`, as KSeF says it.
    Status,
    /// When it was last used.
    LastUsed,
    /// Who answers for it in the business.
    Owner,
    /// Who looks after it technically.
    Custodian,
    /// Where it is supposed to live; of several places all, with `; ` between them.
    Home,
    /// When it was last reviewed.
    Reviewed,
}

/// How a value of a field is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Words of people, as they wrote them.
    Words,
    /// RFC 3339.
    Instant,
    /// Ten digits with their checksum.
    Nip,
    /// One of some words.
    Choice(&'static [&'static str]),
    /// Some of some words, sorted, with commas.
    Choices(&'static [&'static str]),
    /// A reference number.
    Reference,
    /// Upper-case hexadecimal digits.
    Serial,
}

/// The permissions of tokens and the types of certificates.
const SCOPES: &[&str] = &[
    "Authentication",
    "CredentialsManage",
    "CredentialsRead",
    "EnforcementOperations",
    "Introspection",
    "InvoiceRead",
    "InvoiceWrite",
    "Offline",
    "SubunitManage",
];

const ENVIRONMENTS: &[&str] = &["production", "demo", "test"];

const SORTS: &[&str] = &["token", "certificate", "key"];

const STATUSES: &[&str] = &["Active", "Pending", "Revoking", "Revoked", "Failed", "Blocked", "Expired"];

/// Every field, in the order of exports, with its name there and on the command line, and its form.
pub const FIELDS: &[(Field, &str, Form)] = &[
    (Field::Entity, "entity", Form::Words),
    (Field::Nip, "nip", Form::Nip),
    (Field::Environment, "environment", Form::Choice(ENVIRONMENTS)),
    (Field::Sort, "sort", Form::Choice(SORTS)),
    (Field::Reference, "reference", Form::Reference),
    (Field::Serial, "serial", Form::Serial),
    (Field::Name, "name", Form::Words),
    (Field::Description, "description", Form::Words),
    (Field::System, "system", Form::Words),
    (Field::Scope, "scope", Form::Choices(SCOPES)),
    (Field::Issued, "issued", Form::Instant),
    (Field::ValidFrom, "valid-from", Form::Instant),
    (Field::ValidTo, "valid-to", Form::Instant),
    (Field::Status, "status", Form::Choice(STATUSES)),
    (Field::LastUsed, "last-used", Form::Instant),
    (Field::Owner, "owner", Form::Words),
    (Field::Custodian, "custodian", Form::Words),
    (Field::Home, "home", Form::Words),
    (Field::Reviewed, "reviewed", Form::Instant),
];

impl Field {
    /// Its name in exports and on the command line.
    pub fn name(self) -> &'static str {
        FIELDS.iter().find(|(field, ..)| *field == self).map_or("", |(_, name, _)| name)
    }

    /// How its values are written.
    pub fn form(self) -> Form {
        FIELDS.iter().find(|(field, ..)| *field == self).map_or(Form::Words, |(.., form)| *form)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Field {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        FIELDS.iter().find(|(_, name, _)| *name == text).map(|(field, ..)| *field).ok_or(())
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map_err(|()| serde::de::Error::custom("a field that is unknown"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_a_name_of_its_own_by_which_it_is_read() {
        for (field, name, form) in FIELDS {
            assert_eq!((name.parse(), field.name(), field.form()), (Ok(*field), *name, *form));
            assert_eq!(FIELDS.iter().filter(|(_, other, _)| other == name).count(), 1);
        }
        assert_eq!("secret".parse::<Field>(), Err(()));
    }
}
