//! What the fields of a finding mean, in words.
//!
//! Holds: one function a field, and the few sentences that are made of several. Must not know: where
//! the words are written. The words of a new dress, standing, check or reason go here.

use std::fmt::Write as _;

use super::{escape, key};
use crate::base::{About, Clothes, Confidence, Finding, Inside, Instant, Location, Reason, Severity, Standing, State};

/// How loud a pipeline is to tell a finding; the loudest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// It opens a door, and is one of KSeF.
    Error,
    /// It may be one, or opens little.
    Warning,
    /// It opens nothing, or nothing any more.
    Note,
}

/// How loud a finding is; what is proved to be over fails no run, and so is no more than a note.
pub(super) fn level(finding: &Finding) -> Level {
    match finding.severity {
        _ if finding.standing.is_over() => Level::Note,
        Severity::Critical | Severity::High if finding.confidence > Confidence::Possible => Level::Error,
        Severity::Critical | Severity::High | Severity::Medium => Level::Warning,
        Severity::Low | Severity::Info => Level::Note,
    }
}

/// What was found, in two sentences that are no secret: what it is and for whom, then how it looks
/// and whether it still opens the door.
pub(super) fn sentence(finding: &Finding) -> String {
    let mut text = format!("{} ({}, {})", finding.title, severity(finding.severity), confidence(finding.confidence));
    if let Some(owner) = owner(&finding.about) {
        let _ = write!(text, " for {owner}");
    }
    if let Some(issued) = finding.about.issued {
        let _ = write!(text, ", issued {}", instant(issued));
    }
    match &finding.secret.redacted {
        Some(form) => {
            let _ = write!(text, ". {form}; standing ");
        }
        None => text.push_str(". Standing "),
    }
    text.push_str(&standing(&public(&finding.standing)));
    if let Some(clause) = finding.about.key.as_deref().and_then(key::clause) {
        let _ = write!(text, "; {clause}");
    }
    if !finding.about.weak.is_empty() {
        let _ = write!(text, "; {}", weak(&finding.about.weak));
    }
    escape::terminal(&text).into_owned()
}

/// A standing without who answers for it, who is a person.
pub(super) fn public(standing: &Standing) -> Standing {
    Standing { owner: None, custodian: None, ..standing.clone() }
}

/// `path › member:line:column, in base64`.
pub(super) fn place(location: &Location) -> String {
    let mut text = escape::origin(&location.origin);
    for number in [location.line, location.column].into_iter().map_while(|number| number) {
        let _ = write!(text, ":{number}");
    }
    if let (None, Some(offset)) = (location.line, location.offset) {
        let _ = write!(text, ", byte {offset}");
    }
    let Inside { sheet, cell, page } = &location.inside;
    let number = page.map(|page| page.to_string());
    for (word, name) in [("sheet", sheet.as_deref()), ("cell", cell.as_deref()), ("page", number.as_deref())] {
        if let Some(name) = name {
            let _ = write!(text, ", {word} {}", escape::terminal(name));
        }
    }
    for clothes in clothes(&location.clothes) {
        text.push_str(", ");
        text.push_str(clothes);
    }
    text
}

/// A help that counts its steps, one after the other.
pub(super) fn steps(help: &str) -> Vec<&str> {
    let mut steps = Vec::new();
    let mut rest = help;
    for number in 1_u32.. {
        let Some(at) = rest.find(&format!(" {number}. ")) else { break };
        steps.push(&rest[..at]);
        rest = &rest[at + 1..];
    }
    steps.push(rest);
    steps
}

/// Why something was not looked at.
pub(super) fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Unreadable => "the system refused to give it",
        Reason::Vanished => "it was there and is no longer, or became shorter while it was read",
        Reason::TooLarge => "it is larger than a limit of size or expansion allows",
        Reason::TooDeep => "it is nested deeper than containers are opened",
        Reason::TooMany => "there are more entries, hits or places than a limit allows",
        Reason::TooLong => "it took longer than a limit of time allows",
        Reason::Ratio => "it expands more than any honest content does",
        Reason::Malformed => "it is broken; its bytes were searched as they are",
        Reason::Encrypted => "it is locked",
        Reason::Unsupported => "its format is known and not opened",
        Reason::MissingObjects => "the repository lacks objects",
        Reason::Panicked => "a parser of ksefleaks failed on it",
    }
}

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
        State::Unknown => "unknown, so take it as live until KSeF says otherwise",
    };
    let mut text = state.to_owned();
    if let Some(reason) = &standing.reason {
        text.push_str(if standing.state == State::Unknown { "; " } else { ": " });
        text.push_str(reason);
    }
    let details = [
        ("entity", &standing.entity),
        ("name", &standing.name),
        ("owner", &standing.owner),
        ("custodian", &standing.custodian),
        ("system", &standing.system),
        ("environment", &standing.environment),
    ];
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
    use crate::report::sample;

    #[test]
    fn what_is_proved_to_be_over_is_told_softly() {
        let mut finding = sample::token();
        assert_eq!(level(&finding), Level::Error);
        finding.confidence = Confidence::Possible;
        assert_eq!(level(&finding), Level::Warning);
        finding.standing = Standing::new(State::Revoked, "inventory", "called back");
        assert_eq!(level(&finding), Level::Note);
    }

    #[test]
    fn a_sentence_names_no_person() {
        let mut finding = sample::token();
        finding.standing.owner = Some("Jan Kowalski".to_owned());
        let told = sentence(&finding);
        assert!(
            told.starts_with("token of KSeF 2.0 (critical, certain) for NIP 5265877635, issued 2025-10-14"),
            "{told}"
        );
        assert!(told.contains("9f3a…(64 hex)") && !told.contains("Kowalski"), "{told}");
    }

    #[test]
    fn steps_stand_on_lines_of_their_own() {
        assert_eq!(
            steps("Hurry. 1. Revoke it. 2. Since API 2. it is easy."),
            ["Hurry.", "1. Revoke it.", "2. Since API 2. it is easy."]
        );
        assert_eq!(steps("Revoke it."), ["Revoke it."]);
    }

    #[test]
    fn a_place_names_what_is_known_of_it() {
        let mut location = sample::place("a.db", 3, 14);
        assert_eq!(place(&location), "a.db:3:14");
        location.clothes = vec![Clothes::Base64, Clothes::Gzip];
        assert_eq!(place(&location), "a.db:3:14, in base64, compressed with gzip");
        location.line = None;
        location.column = None;
        location.clothes.clear();
        assert_eq!(place(&location), "a.db, byte 0");
        location.offset = None;
        assert_eq!(place(&location), "a.db");
    }

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
        let doubtful = Standing::new(State::Unknown, "inventory", "KSeF lists it as Failed: it was not issued");
        assert_eq!(
            standing(&doubtful),
            "unknown, so take it as live until KSeF says otherwise; KSeF lists it as Failed: it was not issued"
        );
    }
}
