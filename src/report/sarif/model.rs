//! The objects of SARIF 2.1.0 that this report writes.
//!
//! Holds: their fields, by the names of the specification, and only those. Must not know: what is put
//! into them. The paragraphs are those of the OASIS standard.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::{About, Clothes, CommitMark, Confidence, Fingerprint, Kind, Severity, Standing, Summary};

/// Paragraph 3.13.
#[derive(Serialize)]
pub(super) struct Log<'a> {
    #[serde(rename = "$schema")]
    pub(super) schema: &'static str,
    pub(super) version: &'static str,
    pub(super) runs: [Run<'a>; 1],
}

/// Paragraph 3.14.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Run<'a> {
    pub(super) tool: Tool,
    pub(super) invocations: [Invocation; 1],
    pub(super) original_uri_base_ids: BTreeMap<String, Base>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) artifacts: Vec<Artifact>,
    pub(super) results: Vec<Result<'a>>,
    pub(super) column_kind: &'static str,
    pub(super) properties: RunFacts<'a>,
}

/// What the other reports say of the run.
#[derive(Serialize)]
pub(super) struct RunFacts<'a> {
    pub(super) command: &'a str,
    pub(super) targets: &'a [String],
    pub(super) rules: &'a str,
    #[serde(rename = "whatToDoFirst", skip_serializing_if = "Option::is_none")]
    pub(super) first: Option<String>,
    pub(super) summary: &'a Summary,
}

/// A base of relative URIs. Where it is on this machine is nobody's business.
#[derive(Serialize)]
pub(super) struct Base {
    pub(super) description: Message,
}

/// Paragraph 3.18.
#[derive(Serialize)]
pub(super) struct Tool {
    pub(super) driver: Driver,
}

/// Paragraph 3.19.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Driver {
    pub(super) name: &'static str,
    pub(super) version: String,
    pub(super) semantic_version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) information_uri: Option<&'static str>,
    pub(super) rules: Vec<Descriptor>,
    pub(super) notifications: Vec<Descriptor>,
}

/// Paragraph 3.49: a rule, or a reason of notices.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
    pub(super) id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    pub(super) short_description: Message,
    pub(super) full_description: Message,
    pub(super) help: Help,
    pub(super) default_configuration: Configuration,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) properties: Option<Sorting>,
}

/// Paragraph 3.12.
#[derive(Serialize)]
pub(super) struct Help {
    pub(super) text: String,
    pub(super) markdown: String,
}

/// Paragraph 3.50.
#[derive(Serialize)]
pub(super) struct Configuration {
    pub(super) level: &'static str,
}

/// By what code scanning sorts alerts.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Sorting {
    pub(super) tags: [&'static str; 3],
    pub(super) precision: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) security_severity: Option<&'static str>,
}

/// Paragraph 3.20.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation {
    pub(super) execution_successful: bool,
    pub(super) start_time_utc: String,
    pub(super) tool_execution_notifications: Vec<Notification>,
}

/// Paragraph 3.58.
#[derive(Serialize)]
pub(super) struct Notification {
    pub(super) descriptor: Reference,
    pub(super) level: &'static str,
    pub(super) message: Message,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) locations: Vec<Location>,
}

/// Paragraph 3.52.
#[derive(Serialize)]
pub(super) struct Reference {
    pub(super) id: &'static str,
    pub(super) index: usize,
}

/// Paragraph 3.11.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Message {
    pub(super) text: String,
}

/// Paragraph 3.24.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Artifact {
    pub(super) location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parent_index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) properties: Option<RawPath>,
}

/// The bytes of a name that is no UTF-8.
#[derive(Serialize)]
pub(super) struct RawPath {
    pub(super) path_base64: String,
}

/// Paragraph 3.4.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ArtifactLocation {
    pub(super) uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) uri_base_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) index: Option<usize>,
}

/// Paragraph 3.27.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Result<'a> {
    pub(super) rule_id: String,
    pub(super) rule_index: usize,
    pub(super) kind: &'static str,
    pub(super) level: &'static str,
    pub(super) message: Message,
    pub(super) locations: Vec<Location>,
    pub(super) occurrence_count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fingerprints: Option<BTreeMap<&'static str, Fingerprint>>,
    pub(super) partial_fingerprints: BTreeMap<&'static str, String>,
    pub(super) suppressions: Vec<Suppression>,
    pub(super) properties: Facts<'a>,
}

/// What the other reports say of a finding.
#[derive(Serialize)]
pub(super) struct Facts<'a> {
    pub(super) id: &'a str,
    pub(super) kind: Kind,
    pub(super) confidence: Confidence,
    pub(super) severity: Severity,
    pub(super) aliases: &'a [Fingerprint],
    pub(super) about: &'a About,
    pub(super) standing: Standing,
    pub(super) count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) git: Option<History<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mail: Option<&'a crate::base::Mail>,
}

/// What the repository says of a place.
#[derive(Serialize)]
pub(super) struct History<'a> {
    pub(super) repo: &'a str,
    pub(super) blob: Option<String>,
    pub(super) reachable: Option<crate::base::Reachable>,
    pub(super) refs: &'a [String],
    pub(super) commits: Vec<CommitMark>,
}

/// Paragraph 3.28.
#[derive(Serialize)]
pub(super) struct Location {
    #[serde(rename = "physicalLocation")]
    pub(super) physical: PhysicalLocation,
    #[serde(rename = "logicalLocations", skip_serializing_if = "Vec::is_empty")]
    pub(super) logical: Vec<LogicalLocation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) message: Option<Message>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) properties: Option<Dress>,
}

/// How a credential is dressed where it stands.
#[derive(Serialize)]
pub(super) struct Dress {
    pub(super) clothes: Vec<Clothes>,
}

/// Paragraph 3.29.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PhysicalLocation {
    pub(super) artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) region: Option<Region>,
}

/// Paragraph 3.30. Of a snippet there is no field: it would be the source text.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) start_line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) start_column: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) byte_offset: Option<u64>,
}

/// Paragraph 3.33.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogicalLocation {
    pub(super) name: String,
    pub(super) fully_qualified_name: String,
    pub(super) kind: &'static str,
}

/// Paragraph 3.35.
#[derive(Serialize)]
pub(super) struct Suppression {
    pub(super) kind: &'static str,
    pub(super) status: &'static str,
    pub(super) justification: String,
}
