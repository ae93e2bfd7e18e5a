//! Tokens, as KSeF lists them.
//!
//! Holds: which of their fields are read, and into what. Must not know: pages. The author is not read: mostly it is a
//! person, known by a PESEL.

use super::entry::{Entry, Fields, Shape, choices};
use crate::inventory::Field;

const STATUSES: &[&str] = &["Pending", "Active", "Revoking", "Revoked", "Failed"];

/// How they are written.
pub(super) const SHAPE: Shape = Shape {
    what: "token",
    list: "tokens",
    more: "continuationToken",
    identity: "referenceNumber",
    context: "contextIdentifier",
    mark: "requestedPermissions",
    wanted: &[
        "referenceNumber",
        "contextIdentifier",
        "description",
        "requestedPermissions",
        "dateCreated",
        "lastUseDate",
        "status",
    ],
    read,
};

fn read(entry: &Entry) -> Result<Fields, String> {
    entry.once()?;
    let reference = entry
        .number("referenceNumber", Field::Reference)?
        .ok_or("has a referenceNumber that is not one of a token: a digit of it is wrong, or it is cut")?;
    let status = entry.word("status", STATUSES)?.ok_or("has no status")?;
    let optional = [
        (Field::Nip, entry.nip("contextIdentifier")?),
        (Field::Description, entry.name("description")?),
        (Field::Scope, entry.words("requestedPermissions", choices(Field::Scope))?),
        (Field::Issued, entry.instant("dateCreated")?),
        (Field::LastUsed, entry.instant("lastUseDate")?),
    ];
    let known = [(Field::Reference, reference), (Field::Status, status)];
    Ok(known.into_iter().chain(optional.into_iter().filter_map(|(field, text)| Some((field, text?)))).collect())
}
