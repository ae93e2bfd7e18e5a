//! Which of two values holds.
//!
//! Holds: for each field, whether what is new is taken, joined to what is known, or contradicts it. Must not know: of
//! which credential.

use crate::base::Instant;
use crate::codec::fold_name as fold;
use crate::inventory::{Field, Form, Value, Voice};

/// What KSeF says last of a credential: it does not become live again.
const FINAL: [&str; 3] = ["Revoked", "Expired", "Failed"];

/// Whether a status is one after which none comes.
pub(super) fn is_final(status: &str) -> bool {
    FINAL.contains(&status)
}

/// What becomes of a new value.
pub(super) enum Verdict {
    Keep,
    Take,
    /// Both.
    Join(String),
    Conflict,
}

/// What becomes of a new value where one is known.
pub(super) fn verdict(field: Field, old: &Value, new: &str, voice: Voice) -> Verdict {
    // The same from somebody who knows better.
    let surer = || if voice > old.voice { Verdict::Take } else { Verdict::Keep };
    if old.text == new {
        return surer();
    }
    match (field, field.form()) {
        (Field::System | Field::Home, _) => {
            let mut all = parts(&old.text);
            let more = parts(new).into_iter().filter(|part| !all.iter().any(|known| fold(known) == fold(part)));
            let more: Vec<String> = more.collect();
            if more.is_empty() {
                return Verdict::Keep;
            }
            all.extend(more);
            Verdict::Join(all.join("; "))
        }
        // Whoever writes that something is not in use says no more than KSeF, which says why.
        (Field::Status, _)
            if old.voice == Voice::Ksef && new == "Blocked" && (old.text == "Revoking" || is_final(&old.text)) =>
        {
            Verdict::Keep
        }
        (Field::Status, _) => match (voice, old.voice) {
            (Voice::Ksef, Voice::Ksef) if is_final(&old.text) && !is_final(new) => Verdict::Conflict,
            (Voice::Ksef, _) => Verdict::Take,
            _ => Verdict::Conflict,
        },
        (Field::LastUsed | Field::Reviewed, _) => match (instant(new), instant(&old.text)) {
            (Some(new), Some(old)) if new > old => Verdict::Take,
            _ => Verdict::Keep,
        },
        // A key and its certificate are one credential.
        (Field::Sort, _) if old.text != "token" && new != "token" => {
            if new == "certificate" {
                Verdict::Take
            } else {
                Verdict::Keep
            }
        }
        // What KSeF and the credential itself say of its days, a person knows by hearsay.
        (Field::ValidTo | Field::ValidFrom | Field::Issued, _)
            if old.voice <= Voice::Person && voice > Voice::Person =>
        {
            Verdict::Take
        }
        // So does a person the environment that a listing was asked for in, or a certificate was issued in.
        (Field::Environment, _) if old.voice <= Voice::Person && voice > Voice::Person => Verdict::Take,
        (_, Form::Instant) => match (instant(new), instant(&old.text)) {
            (Some(new), Some(old)) if is_same_day(new, old) => surer(),
            _ => Verdict::Conflict,
        },
        (_, Form::Words) if fold(&old.text) == fold(new) => Verdict::Keep,
        _ => Verdict::Conflict,
    }
}

pub(super) fn instant(text: &str) -> Option<Instant> {
    text.parse().ok()
}

/// Whether two instants are so near that they mean the same: a day that a person wrote, and the moment that KSeF tells. A
/// day has no time zone, so there are two hours besides.
pub(in crate::inventory) fn is_same_day(one: Instant, other: Instant) -> bool {
    const SAME_DAY: i64 = 26 * 3600 * 1000;
    (one.millis() - other.millis()).abs() < SAME_DAY
}

/// The parts of a value that may have several.
pub(in crate::inventory) fn parts(text: &str) -> Vec<String> {
    text.split(';').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}
