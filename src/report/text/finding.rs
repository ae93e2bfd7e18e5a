//! One credential, told to a person.
//!
//! Holds: what is said and in which order. Must not know: how lines are set.

use std::io;

use super::page::Page;
use crate::base::{Finding, GitPlace, Kind};
use crate::report::{history, key, mail, words};

/// So many places are listed unless more is asked for.
const PLACES: usize = 10;

/// So many commits and refs of a place are listed unless more is asked for.
const MARKS: usize = 4;

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
    words::steps(help).into_iter().try_for_each(|step| page.prose(std::mem::take(&mut label), step))
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
    for (label, text) in about.key.iter().flat_map(|key| key::lines(key)) {
        page.prose(label, &text)?;
    }
    page.prose("standing", &words::standing(&finding.standing))?;
    if about.weak.is_empty() { Ok(()) } else { page.prose("weak", &words::weak(&about.weak)) }
}

fn places(page: &mut Page<'_>, finding: &Finding) -> io::Result<()> {
    let listed = if page.style.verbose > 0 { finding.locations.len() } else { PLACES };
    let mut label = "stands in";
    for location in finding.locations.iter().take(listed) {
        let mut place = words::place(location);
        if let Some(git) = &location.git {
            place.push_str(&history::standing(git));
        }
        page.verbatim(std::mem::take(&mut label), &place)?;
        if let (Some(git), false) = (&location.git, page.style.quiet) {
            past(page, git)?;
        }
        if let (Some(mail), false) = (&location.mail, page.style.quiet) {
            mail::told(mail).map_or(Ok(()), |mail| page.prose("", &mail))?;
        }
    }
    let shown = finding.locations.len().min(listed) as u64;
    match finding.count.saturating_sub(shown) {
        0 => Ok(()),
        more => page.prose(label, &format!("and {more} more {}", if more == 1 { "place" } else { "places" })),
    }
}

/// The commits and refs of a place. This report stays with whoever runs it, so it names authors.
fn past(page: &mut Page<'_>, git: &GitPlace) -> io::Result<()> {
    let most = if page.style.verbose > 0 { usize::MAX } else { MARKS };
    let parts: Vec<String> =
        [history::commits(git, most, true), history::refs(git, most)].into_iter().flatten().collect();
    if parts.is_empty() { Ok(()) } else { page.prose("", &parts.join("; ")) }
}
