//! Ceilings that a user changes.
//!
//! Holds: the table `[limits]` of a configuration, and how a size is written, there and on the
//! command line. The ceilings themselves, with their defaults, are `base::Limits`. A new one is a
//! field here, an arm in `set` and its name in `KEYS`.

use std::fmt;

use toml::de::{DeTable, DeValue};

use crate::base::Limits;

use super::spot::{ConfigError, Spotted, Value, in_order};

/// The keys of `[limits]`, which are options of the command line as well.
const KEYS: &[&str] = &[
    "max-blob",
    "max-expanded",
    "max-ratio",
    "max-depth",
    "max-members",
    "max-hits",
    "max-findings",
    "max-rounds",
    "max-kdf-memory",
    "max-locations",
];

/// The ceilings that differ from the defaults.
#[allow(clippy::struct_field_names, reason = "the fields have the names of the options")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LimitsPatch {
    /// `max-blob`, in bytes.
    pub max_blob: Option<u64>,
    /// `max-expanded`, in bytes.
    pub max_expanded: Option<u64>,
    /// `max-ratio`.
    pub max_ratio: Option<u64>,
    /// `max-depth`.
    pub max_depth: Option<u32>,
    /// `max-members`.
    pub max_members: Option<u64>,
    /// `max-hits`.
    pub max_hits: Option<u64>,
    /// `max-findings`.
    pub max_findings: Option<usize>,
    /// `max-rounds`.
    pub max_rounds: Option<u64>,
    /// `max-kdf-memory`, in bytes.
    pub max_kdf_memory: Option<u64>,
    /// `max-locations`.
    pub max_locations: Option<usize>,
}

impl LimitsPatch {
    /// Changes the ceilings that are given.
    pub fn apply(&self, limits: &mut Limits) {
        let Self {
            max_blob,
            max_expanded,
            max_ratio,
            max_depth,
            max_members,
            max_hits,
            max_findings,
            max_rounds,
            max_kdf_memory,
            max_locations,
        } = self;
        limits.max_blob = max_blob.unwrap_or(limits.max_blob);
        limits.max_expanded = max_expanded.unwrap_or(limits.max_expanded);
        limits.max_ratio = max_ratio.unwrap_or(limits.max_ratio);
        // Each level takes its part of the stack.
        limits.max_depth = max_depth.unwrap_or(limits.max_depth).min(100);
        limits.max_members = max_members.unwrap_or(limits.max_members);
        limits.max_hits = max_hits.unwrap_or(limits.max_hits);
        limits.max_findings = max_findings.unwrap_or(limits.max_findings);
        limits.max_rounds = max_rounds.unwrap_or(limits.max_rounds);
        limits.max_kdf_memory = max_kdf_memory.unwrap_or(limits.max_kdf_memory);
        limits.max_locations = max_locations.unwrap_or(limits.max_locations);
    }

    pub(super) fn read(source: Spotted<'_>, table: &DeTable<'_>) -> Result<Self, ConfigError> {
        let mut patch = Self::default();
        for (key, value) in in_order(table) {
            let name = KEYS.iter().copied().find(|known| known == key.get_ref());
            let name = name.ok_or_else(|| source.unknown(key, KEYS))?;
            patch.set(name, value).map_err(|problem| source.error(value.span().start, format!("{name} {problem}")))?;
        }
        Ok(patch)
    }

    fn set(&mut self, name: &str, value: &Value<'_>) -> Result<(), String> {
        match name {
            "max-blob" => self.max_blob = Some(size(value)?),
            "max-expanded" => self.max_expanded = Some(size(value)?),
            "max-ratio" => self.max_ratio = Some(count(value, 1)?),
            "max-depth" => self.max_depth = Some(count(value, 0)?),
            "max-members" => self.max_members = Some(count(value, 1)?),
            "max-hits" => self.max_hits = Some(count(value, 1)?),
            "max-findings" => self.max_findings = Some(count(value, 1)?),
            "max-rounds" => self.max_rounds = Some(count(value, 1)?),
            "max-kdf-memory" => self.max_kdf_memory = Some(size(value)?),
            "max-locations" => self.max_locations = Some(count(value, 1)?),
            _ => return Err("is unknown".to_owned()),
        }
        Ok(())
    }
}

fn count<N: TryFrom<u64>>(value: &Value<'_>, least: u64) -> Result<N, String> {
    whole(value)
        .filter(|number| *number >= least)
        .and_then(|number| N::try_from(number).ok())
        .ok_or_else(|| format!("takes a whole number without quotes, {least} or more"))
}

fn size(value: &Value<'_>) -> Result<u64, String> {
    let bytes = match value.get_ref() {
        DeValue::String(text) => return parse_size(text).map_err(|error| format!("takes a size: {error}")),
        _ => whole(value),
    };
    bytes.filter(|bytes| *bytes > 0).ok_or_else(|| format!("takes a size: {}", SizeError::Form))
}

fn whole(value: &Value<'_>) -> Option<u64> {
    let integer = value.get_ref().as_integer()?;
    u64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

/// Why a text is no size; it never quotes the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeError {
    /// It is written in no known form.
    Form,
    /// It is more than 64 bits can count.
    Overflow,
}

impl fmt::Display for SizeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => "write bytes, or a whole number with KiB, MiB or GiB (K, M, G mean the same), and no zero",
            Self::Overflow => "more bytes than 64 bits can count",
        })
    }
}

impl std::error::Error for SizeError {}

/// Reads a size: `4096`, `64KiB`, `64 MiB`, `2g`. K, M and G count by 1024, as in other searchers.
pub fn parse_size(text: &str) -> Result<u64, SizeError> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let shift = match unit.trim_start().to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kib" => 10,
        "m" | "mib" => 20,
        "g" | "gib" => 30,
        _ => return Err(SizeError::Form),
    };
    if digits.is_empty() {
        return Err(SizeError::Form);
    }
    let number: u64 = digits.parse().map_err(|_| SizeError::Overflow)?;
    let bytes = number.checked_mul(1 << shift).ok_or(SizeError::Overflow)?;
    if bytes == 0 { Err(SizeError::Form) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<LimitsPatch, ConfigError> {
        let source = Spotted(text);
        LimitsPatch::read(source, &source.table()?)
    }

    #[test]
    fn sizes_are_read_as_people_write_them() {
        let sizes =
            [("4096", 4096), ("64KiB", 64 << 10), (" 64 MiB ", 64 << 20), ("2g", 2 << 30), ("7b", 7), ("1K", 1024)];
        for (text, bytes) in sizes {
            assert_eq!(parse_size(text), Ok(bytes), "{text}");
        }
        for wrong in ["", "KiB", "1.5MiB", "-1", "0", "64 MB", "1 T", "١KiB", "64MiB x"] {
            assert_eq!(parse_size(wrong), Err(SizeError::Form), "{wrong}");
        }
        for wrong in ["17179869184GiB", "99999999999999999999"] {
            assert_eq!(parse_size(wrong), Err(SizeError::Overflow), "{wrong}");
        }
    }

    #[test]
    fn every_key_changes_its_own_ceiling() {
        let text = "max-blob = '1MiB'\nmax-expanded = 2\nmax-ratio = 3\nmax-depth = 0\nmax-members = 4\nmax-hits = 0x5\nmax-findings = 6\nmax-rounds = 8\nmax-kdf-memory = 9\nmax-locations = 7";
        let mut limits = Limits::default();
        read(text).unwrap().apply(&mut limits);
        let expected = Limits {
            max_blob: 1 << 20,
            max_expanded: 2,
            max_ratio: 3,
            max_depth: 0,
            max_members: 4,
            max_hits: 5,
            max_findings: 6,
            max_rounds: 8,
            max_kdf_memory: 9,
            max_locations: 7,
        };
        assert_eq!(limits, expected);
        LimitsPatch::default().apply(&mut limits);
        assert_eq!(limits, expected);
    }

    #[test]
    fn wrong_ceilings_are_told_without_quoting() {
        for text in [
            "max-depth = 4294967296",
            "max-hits = 'canary'",
            "max-hits = 0",
            "max-hits = -1",
            "max-blob = 'canary'",
            "max-blob = 0",
            "max-blob = 1.5",
            "canary = 1",
            "max_blob = 1",
        ] {
            let told = read(text).unwrap_err().to_string();
            assert!(told.starts_with("line 1, column ") && !told.contains("canary"), "{told}");
        }
    }
}
