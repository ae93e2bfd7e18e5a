//! One credential, told to a person.
//!
//! Holds: what is said and in which order. Must not know: how lines are set.

use std::io;

use super::page::Page;
use crate::base::{Finding, GitPlace, Kind, Standing};
use crate::report::{advice, history, key, mail, words};

/// So many places are listed unless more is asked for.
const PLACES: usize = 10;

/// So many commits and refs of a place are listed unless more is asked for.
const MARKS: usize = 4;

/// Tells one credential. What its rule says to do is told once: where it was, by the id of the credential.
pub(super) fn tell(page: &mut Page<'_>, finding: &Finding, told: Option<&str>) -> io::Result<()> {
    let rank = format!("{}, {}", words::severity(finding.severity), words::confidence(finding.confidence));
    page.headline(finding.severity, &rank, &finding.title, &format!("({} {})", finding.rule, finding.id))?;
    if let Some(redacted) = &finding.secret.redacted {
        page.verbatim("", redacted)?;
    }
    if !page.style.quiet {
        about(page, finding)?;
    }
    places(page, finding)?;
    if page.style.quiet { Ok(()) } else { to_do(page, finding, told) }
}

fn to_do(page: &mut Page<'_>, finding: &Finding, told: Option<&str>) -> io::Result<()> {
    if let Some(id) = told {
        return page.prose("to do", &format!("as for {} {id} above", finding.rule));
    }
    let mut label = "to do";
    let steps = advice::of(finding).into_iter().filter(|step| !step.is_empty());
    steps.into_iter().try_for_each(|step| page.prose(std::mem::take(&mut label), step))
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
    if let Some(environment) = environment(finding) {
        page.prose("environment", &environment)?;
    }
    for (label, text) in about.key.iter().flat_map(|key| key::lines(key)) {
        page.prose(label, &text)?;
    }
    // The environment was told above.
    page.prose("standing", &words::standing(&Standing { environment: None, ..finding.standing.clone() }))?;
    if about.weak.is_empty() { Ok(()) } else { page.prose("weak", &words::weak(&about.weak)) }
}

/// Where it opens a door, and who says so.
fn environment(finding: &Finding) -> Option<String> {
    match (&finding.about.environment, &finding.standing.environment) {
        (Some(own), Some(listed)) if own != listed => Some(format!("{own}; the inventory says {listed}")),
        (Some(own), _) => Some(own.clone()),
        (None, Some(listed)) => Some(format!("{listed}, as the inventory says")),
        (None, None) => (finding.kind == Kind::Token).then(|| "the token does not say which".to_owned()),
    }
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
