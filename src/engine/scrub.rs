//! Takes credentials out of names before anybody sees them.
//!
//! Holds: the scrub of paths and member names. Must not know: what is found in files.

use std::sync::Arc;

use super::PlanError;
use crate::base::{Context, Inside, Instant, Mail, Origin, PathName};
use crate::detect::{Detector, Found};
use crate::rules::RuleSet;
use crate::source::Track;

/// The same origin with every credential in its names replaced by its redacted form.
pub(super) fn origin(detector: &Detector, origin: &Origin) -> Origin {
    let path = match text(detector, origin.path.text()) {
        Some(clean) => PathName::label(&clean),
        None => origin.path.clone(),
    };
    if origin.inner.iter().all(|name| name.len() < detector.shortest() && !may_tell(name)) {
        return Origin { path, inner: origin.inner.clone() };
    }
    let inner = origin.inner.iter().map(|name| text(detector, name).unwrap_or_else(|| name.clone())).collect();
    Origin { path, inner }
}

/// Takes credentials out of what a message says of itself, and passwords, which many write into the subject.
pub(super) fn mail(detector: &Detector, mail: Arc<Mail>) -> Arc<Mail> {
    let mut clean = mail;
    let is_short = |text: &String| text.len() < detector.shortest() && !may_tell(text);
    let Mail { folder, from, to, cc, date, message_id, subject } = &*clean;
    let singles = [folder, from, date, message_id, subject];
    if singles.iter().filter_map(|text| text.as_ref()).chain(to).chain(cc).all(is_short) {
        return clean;
    }
    let Mail { folder, from, to, cc, date, message_id, subject } = Arc::make_mut(&mut clean);
    let singles = [folder, from, date, message_id, subject].into_iter().filter_map(Option::as_mut);
    for name in singles.chain(to).chain(cc) {
        if let Some(scrubbed) = text(detector, name) {
            *name = scrubbed;
        }
    }
    clean
}

/// Takes credentials out of the names of sheets and columns.
pub(super) fn inside(detector: &Detector, inside: &mut Inside) {
    if let Some(clean) = inside.sheet.as_ref().and_then(|sheet| text(detector, sheet)) {
        inside.sheet = Some(clean.into());
    }
    if let Some(clean) = inside.cell.as_ref().and_then(|cell| text(detector, cell)) {
        inside.cell = Some(clean);
    }
}

/// Takes credentials out of all names that a repository tells of a place.
pub(super) fn track(detector: &Detector, track: &mut Track) {
    if let Some(clean) = text(detector, track.path.text()) {
        track.path = PathName::label(&clean);
    }
    let git = Arc::make_mut(&mut track.git);
    let authors = git.commits.iter_mut().filter_map(|commit| commit.author.as_mut());
    for name in [&mut git.repo].into_iter().chain(&mut git.refs).chain(authors) {
        if let Some(clean) = text(detector, name) {
            *name = clean;
        }
    }
}

/// The text without its credentials; nothing where it has none.
pub(super) fn text(detector: &Detector, text: &str) -> Option<String> {
    if text.len() < detector.shortest() && !may_tell(text) {
        return None;
    }
    let step = detector.window(&mut detector.begin(&Context::default()), text.as_bytes(), true, true);
    let mut clean = String::new();
    let mut at = 0;
    for found in step.found {
        let (place, end, redacted) = match &found {
            Found::Hit(hit) => (&hit.place, hit.end, hit.credential.redacted.as_str()),
            Found::Key(hit) => (&hit.place, hit.end, "(private key)"),
            Found::Password(hit) => (&hit.place, hit.end, "(password)"),
            _ => continue,
        };
        let start = usize::try_from(place.offset).unwrap_or(usize::MAX);
        let (Some(before), true) = (text.get(at..start), start >= at) else { continue };
        clean.push_str(before);
        clean.push_str(redacted);
        at = end;
    }
    if at == 0 {
        return None;
    }
    clean.push_str(text.get(at..).unwrap_or_default());
    Some(clean)
}

/// Whether a text that somebody typed or wrote down holds a credential, which belongs nowhere but into a vault.
pub fn holds_credential(rules: &RuleSet, typed: &str, now: Instant) -> Result<bool, PlanError> {
    let detector = Detector::new(rules.clone(), now).map_err(PlanError::Rule)?;
    Ok(text(&detector, typed).is_some())
}

/// Whether a name may tell a password, however short it is.
fn may_tell(name: &str) -> bool {
    name.contains([':', '=', ' '])
}
