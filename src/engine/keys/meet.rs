//! Keys, certificates and passwords as they are met.
//!
//! Holds: what a worker hands to the collector and to the vault. Must not know: what becomes of them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::certificate::facts;
use super::note::Note;
use super::reach::Reach;
use super::vault::Candidate;
use crate::base::{Budget, Confidence, Fingerprint};
use crate::detect::{Certificate, Holds, KeyHit, PasswordHit, Sealed};
use crate::engine::Session;
use crate::engine::collect::{Entry, Met};
use crate::engine::search::{Echo, Here};
use crate::engine::worker::Worker;

impl Worker<'_> {
    /// Hands a key over; false when there have been too many.
    pub(in crate::engine) fn take_key(&self, hit: KeyHit, here: &Here<'_>, budget: &Budget) -> bool {
        let KeyHit { key, evidence, place, allowed, .. } = hit;
        let (place, allowed, places) = self.stands(place, allowed, here);
        let subject = here.mail.and_then(|letter| (letter.mail)().subject.clone());
        let evidence = evidence || subject.is_some_and(|subject| self.session.detector.is_evidence(&subject));
        let reach = Reach::of(here);
        let met = || self.met(here, place.clone(), places, allowed);
        match key.holds {
            Holds::Open(contents) => {
                keep_all(self.session, &contents.certificates, &[&reach]);
                contents.keys.iter().all(|key_of| {
                    let note = Note::open(key.form, key_of, evidence, &reach);
                    let length = key_of.spki.as_ref().map(Vec::len);
                    self.take_note(key_of.fingerprint, length, &note, Vec::new(), allowed, here, budget, met)
                })
            }
            Holds::Sealed(sealed) => {
                keep_all(self.session, &sealed.certificates, &[&reach]);
                let note = Note::sealed(&sealed, evidence, &reach);
                let (print, length) = (sealed.fingerprint(), sealed.bytes.len());
                let aliases = alias(&sealed).into_iter().collect();
                let goes_on = self.take_note(print, Some(length), &note, aliases, allowed, here, budget, met);
                self.session.keep_sealed(print, *sealed, reach);
                goes_on
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "they are the parts of one thing that is met in two ways")]
    fn take_note(
        &self,
        print: Fingerprint,
        length: Option<usize>,
        note: &Note,
        aliases: Vec<Fingerprint>,
        allowed: bool,
        here: &Here<'_>,
        budget: &Budget,
        met: impl FnOnce() -> Met,
    ) -> bool {
        if matches!(self.echo(print, aliases.clone(), Confidence::Certain, allowed, here), Echo::Whole) {
            // Its place was told; what stands around it now may say more of it.
            if let Some(entry) = self.session.collector().entries.get_mut(&print) {
                entry.join(note);
            }
            return true;
        }
        if !self.may_take(here, budget) {
            return false;
        }
        let session = self.session;
        let met = met();
        let new = session.collector().meet(
            print,
            || Entry::key(print, length, note.clone(), aliases),
            |entry| entry.join(note),
            met,
            &session.plan,
        );
        session.findings.fetch_add(u64::from(new), Ordering::Relaxed);
        true
    }

    /// Keeps a certificate until the keys are known.
    pub(in crate::engine) fn take_certificate(&self, certificate: &Certificate, here: &Here<'_>) {
        keep(self.session, certificate, &[&Reach::of(here)]);
    }

    /// Keeps what may be a password until it is known what is locked.
    pub(in crate::engine) fn take_password(&self, hit: PasswordHit, here: &Here<'_>) {
        let PasswordHit { secret, strength, evidence, place, allowed, .. } = hit;
        let (place, allowed, places) = self.stands(place, allowed, here);
        // The text of a message is met in the message, and once more as a part of it.
        let echo = self.echo(Fingerprint::of(&secret), Vec::new(), Confidence::Possible, allowed, here);
        if !matches!(echo, Echo::None) {
            return;
        }
        let met = self.met(here, place, places, allowed);
        self.session.vault().hear(
            strength,
            Candidate { secret: Arc::new(secret), evidence, met, others: BTreeSet::new(), reach: Reach::of(here) },
        );
    }
}

/// Keeps the certificates of a store, which are in DER; it stands in all of these places.
pub(super) fn keep_all(session: &Session, certificates: &[Vec<u8>], reaches: &[&Reach]) {
    for certificate in certificates.iter().filter_map(|der| Certificate::read(der)) {
        keep(session, &certificate, reaches);
    }
}

fn keep(session: &Session, certificate: &Certificate, reaches: &[&Reach]) {
    let mut vault = session.vault();
    vault.certify(&certificate.spki, facts(certificate));
    if certificate.is_of_ksef() {
        reaches.iter().for_each(|reach| vault.stands_by(reach));
    }
}

/// The public half of what is sealed, where it is known and the only one.
fn alias(sealed: &Sealed) -> Option<Fingerprint> {
    match sealed.spki.as_slice() {
        [spki] => Some(Fingerprint::of_public(spki)),
        _ => None,
    }
}
