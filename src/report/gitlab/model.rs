//! The fields of GitLab's report that are written, by the names of its format.
//!
//! Holds: them and no others. Must not know: what is put into them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::{Fingerprint, Instant};

#[derive(Serialize)]
pub(super) struct Document<'a> {
    pub(super) version: &'static str,
    pub(super) scan: Scan<'a>,
    pub(super) vulnerabilities: Vec<Vulnerability<'a>>,
}

#[derive(Serialize)]
pub(super) struct Scan<'a> {
    pub(super) analyzer: Program<'a>,
    pub(super) scanner: Program<'a>,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) start_time: String,
    pub(super) end_time: String,
    pub(super) status: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) messages: Vec<Message>,
}

#[derive(Serialize)]
pub(super) struct Program<'a> {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) version: &'a str,
    pub(super) vendor: Vendor,
}

#[derive(Serialize)]
pub(super) struct Vendor {
    pub(super) name: &'static str,
}

#[derive(Serialize)]
pub(super) struct Message {
    pub(super) level: &'static str,
    pub(super) value: String,
}

#[derive(Serialize)]
pub(super) struct Vulnerability<'a> {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) severity: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) solution: String,
    pub(super) identifiers: Vec<Identifier>,
    pub(super) location: Location<'a>,
    pub(super) tracking: Tracking<'a>,
    pub(super) details: BTreeMap<&'static str, Detail>,
}

#[derive(Serialize)]
pub(super) struct Identifier {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<&'static str>,
}

#[derive(Serialize)]
pub(super) struct Location<'a> {
    pub(super) file: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) start_line: Option<u64>,
    pub(super) commit: Commit,
}

#[derive(Serialize)]
pub(super) struct Commit {
    pub(super) sha: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) date: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) author: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Tracking<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) items: [Item<'a>; 1],
}

#[derive(Serialize)]
pub(super) struct Item<'a> {
    pub(super) file: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) start_line: Option<u64>,
    pub(super) signatures: [Signature; 1],
}

#[derive(Serialize)]
pub(super) struct Signature {
    pub(super) algorithm: &'static str,
    pub(super) value: Fingerprint,
}

/// What GitLab shows beside a vulnerability, each under its name.
#[derive(Serialize)]
pub(super) struct Detail {
    pub(super) name: &'static str,
    #[serde(flatten)]
    pub(super) field: Field,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Field {
    Text { value: String },
    List { items: Vec<Field> },
    Commit { value: String },
}
