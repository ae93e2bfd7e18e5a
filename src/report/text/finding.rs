//! One credential, told to a person.
//!
//! Holds: what is said and in which order. Must not know: how lines are set.

use std::fmt::Write as _;
use std::io;

use super::page::Page;
use super::words;
use crate::base::{Finding, Kind, Location};
use crate::report::escape;

/// So many places are listed unless more is asked for.
const PLACES: usize = 10;

/// Tells one credential; what to do about it only where that is the first of its sort.
pub(super) fn tell(page: &mut Page<'_>, finding: &Finding, first: bool) -> io::Result<()> {
    let rank = format!("{}, {}", words::severity(finding.severity), words::confidence(finding.confidence));
    page.headline(finding.severity, &rank, &finding.title, &format!("({} {})", finding.rule, finding.id))?;
    if let Some(redacted) = &finding.secret.redacted {
        page.verbatim("", redacted)?;
    }
    if !page.style.quiet {
        about(page, finding)?;
    }
    places(page, finding)?;
    match (page.style.quiet || finding.help.is_empty(), first) {
        (true, _) => Ok(()),
        (false, true) => to_do(page, &finding.help),
        (false, false) => page.prose("to do", &format!("as for the first {} above", finding.rule)),
    }
}

fn to_do(page: &mut Page<'_>, help: &str) -> io::Result<()> {
    let mut label = "to do";
    steps(help).into_iter().try_for_each(|step| page.prose(std::mem::take(&mut label), step))
}

/// A help that counts its steps, one after the other.
fn steps(help: &str) -> Vec<&str> {
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

fn about(page: &mut Page<'_>, finding: &Finding) -> io::Result<()> {
    let about = &finding.about;
    match (&about.issued, words::owner(about)) {
        (Some(issued), Some(owner)) => page.prose("issued", &format!("{} for {owner}", words::instant(*issued)))?,
        (Some(issued), None) => page.prose("issued", &words::instant(*issued))?,
        (None, Some(owner)) => page.prose("for", &owner)?,
        (None, None) => {}
    }
    if let Some(expires) = about.expires {
        page.prose("expires", &words::instant(expires))?;
    }
    if let Some(method) = &about.method {
        page.prose("logged in", &format!("by {method}"))?;
    }
    match (&about.environment, finding.kind) {
        (Some(environment), _) => page.prose("environment", environment)?,
        (None, Kind::Token) => page.prose("environment", "the token does not say which")?,
        (None, _) => {}
    }
    page.prose("standing", &words::standing(&finding.standing))?;
    if about.weak.is_empty() { Ok(()) } else { page.prose("weak", &words::weak(&about.weak)) }
}

fn places(page: &mut Page<'_>, finding: &Finding) -> io::Result<()> {
    let listed = if page.style.verbose > 0 { finding.locations.len() } else { PLACES };
    let mut label = "stands in";
    for location in finding.locations.iter().take(listed) {
        page.verbatim(std::mem::take(&mut label), &place(location))?;
    }
    let shown = finding.locations.len().min(listed) as u64;
    match finding.count.saturating_sub(shown) {
        0 => Ok(()),
        more => page.prose(label, &format!("and {more} more {}", if more == 1 { "place" } else { "places" })),
    }
}

/// `path › member:line:column, in base64`.
fn place(location: &Location) -> String {
    let mut text = escape::origin(&location.origin);
    for number in [location.line, location.column].into_iter().map_while(|number| number) {
        let _ = write!(text, ":{number}");
    }
    if let (None, Some(offset)) = (location.line, location.offset) {
        let _ = write!(text, ", byte {offset}");
    }
    for clothes in words::clothes(&location.clothes) {
        text.push_str(", ");
        text.push_str(clothes);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Clothes;
    use crate::report::sample;

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
}
