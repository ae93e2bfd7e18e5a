//! What the fields of a finding mean, in words.
//!
//! Holds: one function a field. Must not know: where the words are written. The words of a new
//! dress, standing or check go here.

use crate::base::{About, Clothes, Confidence, Instant, Severity, Standing, State};
use std::fmt::Write as _;

/// How bad.
pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::High => "high",
        Severity::Medium => "medium",
        Severity::Low => "low",
        Severity::Info => "info",
    }
}

/// How sure.
pub(super) fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Certain => "certain",
        Confidence::Likely => "likely",
        Confidence::Possible => "possible",
    }
}

/// For whom the credential was issued.
pub(super) fn owner(about: &About) -> Option<String> {
    match (&about.internal_id, &about.nip) {
        (Some(internal), Some(nip)) => Some(format!("internal identifier {internal} of NIP {nip}")),
        (Some(internal), None) => Some(format!("internal identifier {internal}")),
        (None, Some(nip)) => Some(format!("NIP {nip}")),
        (None, None) => None,
    }
}

/// To the second, which is enough for people.
pub(super) fn instant(instant: Instant) -> String {
    let text = instant.to_string();
    let seconds = text.split(['.', 'Z']).next().unwrap_or(&text);
    format!("{} UTC", seconds.replace('T', " "))
}

/// Whether it still opens the door, and who says so.
pub(super) fn standing(standing: &Standing) -> String {
    let state = match standing.state {
        State::Live => "live",
        State::Expiring => "live, not for long",
        State::Expired => "expired",
        State::Revoked => "revoked",
        State::Dead => "dead",
        State::Unlisted => "not listed in the inventory",
        State::Foreign => "of somebody else",
        State::Unknown => "unknown: take it as live until KSeF says otherwise",
    };
    let mut text = state.to_owned();
    if let Some(reason) = &standing.reason {
        text.push_str(": ");
        text.push_str(reason);
    }
    let details = [("entity", &standing.entity), ("owner", &standing.owner), ("system", &standing.system)];
    for (name, value) in details {
        if let Some(value) = value {
            let _ = write!(text, "; {name} {value}");
        }
    }
    text
}

/// The checks that the credential fails.
pub(super) fn weak(checks: &[String]) -> String {
    let said: Vec<&str> = checks
        .iter()
        .map(|check| match check.as_str() {
            "date" => "its date is not possible",
            "crc" => "its CRC does not fit",
            "time" => "its time of day does not fit",
            "nip" => "the checksum of its NIP does not fit",
            "secret" => "its secret part is not of the form that KSeF gives",
            other => other,
        })
        .collect();
    format!("{}: an edited or mistyped copy", said.join(", "))
}

/// The dresses, from the outermost inwards.
pub(super) fn clothes(clothes: &[Clothes]) -> impl Iterator<Item = &'static str> + '_ {
    clothes.iter().map(|one| match one {
        Clothes::Utf16le | Clothes::Utf16be => "in UTF-16",
        Clothes::Percent => "percent-encoded",
        Clothes::Escape => "with escapes",
        Clothes::Entity => "with character references",
        Clothes::QuotedPrintable => "in quoted-printable",
        Clothes::Wrapped => "wrapped over lines",
        Clothes::Joined => "in pieces that source code joins",
        Clothes::Invisible => "with invisible characters inside",
        Clothes::Base64 => "in base64",
        Clothes::Hex => "in hexadecimal",
        Clothes::Gzip => "compressed with gzip",
    })
}

/// A number and what it counts.
pub(super) fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A size to one decimal.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if bytes < 1024 {
        return count(bytes, "byte", "bytes");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1023.95 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_rounded_to_one_decimal() {
        let table = [(0, "0 bytes"), (1, "1 byte"), (1023, "1023 bytes"), (1024, "1.0 KiB"), (1_048_575, "1.0 MiB")];
        for (bytes, text) in table {
            assert_eq!(size(bytes), text);
        }
        assert_eq!(size(u64::MAX), "16384.0 PiB");
    }

    #[test]
    fn an_internal_identifier_names_its_company() {
        let about = About {
            internal_id: Some("5265877635-12345".to_owned()),
            nip: Some("5265877635".to_owned()),
            ..About::default()
        };
        assert_eq!(owner(&about).as_deref(), Some("internal identifier 5265877635-12345 of NIP 5265877635"));
        assert_eq!(owner(&About::default()), None);
    }

    #[test]
    fn a_standing_names_who_answers() {
        let mut known = Standing::new(State::Live, "inventory", "listed as Active");
        known.entity = Some("ABC Sp. z o.o.".to_owned());
        assert_eq!(standing(&known), "live: listed as Active; entity ABC Sp. z o.o.");
    }
}
