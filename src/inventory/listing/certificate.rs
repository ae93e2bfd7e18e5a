//! Certificates, as KSeF lists them.
//!
//! Holds: which of their fields are read, and into what. Must not know: pages. The common name is not read: it is that
//! of a person.

use super::entry::{Entry, Fields, Shape};
use crate::inventory::Field;

const STATUSES: &[&str] = &["Active", "Blocked", "Revoked", "Expired"];

const TYPES: &[&str] = &["Authentication", "Offline"];

/// How they are written.
pub(super) const SHAPE: Shape = Shape {
    what: "certificate",
    list: "certificates",
    more: "hasMore",
    identity: "certificateSerialNumber",
    context: "subjectIdentifier",
    mark: "status",
    wanted: &[
        "certificateSerialNumber",
        "name",
        "type",
        "status",
        "subjectIdentifier",
        "validFrom",
        "validTo",
        "lastUseDate",
        "requestDate",
    ],
    read,
};

fn read(entry: &Entry) -> Result<Fields, String> {
    entry.once()?;
    let serial = entry.number("certificateSerialNumber", Field::Serial)?;
    let serial = serial
        .filter(|serial| serial.len() == 16)
        .ok_or("has a certificateSerialNumber that is not sixteen hexadecimal digits")?;
    let status = entry.word("status", STATUSES)?.ok_or("has no status")?;
    let optional = [
        (Field::Nip, entry.nip("subjectIdentifier")?),
        (Field::Description, entry.name("name")?),
        (Field::Scope, entry.word("type", TYPES)?),
        (Field::ValidFrom, entry.instant("validFrom")?),
        (Field::ValidTo, entry.instant("validTo")?),
        (Field::Issued, entry.instant("requestDate")?),
        (Field::LastUsed, entry.instant("lastUseDate")?),
    ];
    let known = [(Field::Serial, serial), (Field::Status, status)];
    Ok(known.into_iter().chain(optional.into_iter().filter_map(|(field, text)| Some((field, text?)))).collect())
}
