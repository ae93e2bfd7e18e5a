//! Keys opened, tied to their certificates, and graded.
//!
//! Holds: which rule a key comes under, how sure that is and how bad, once all is read. Must not know: how a password is
//! tried, or how reports tell a key.

use std::collections::{BTreeMap, BTreeSet};

use super::meet::under_lock;
use super::note::{FOUND, Note};
use super::reach::Reach;
use super::tries::Index;
use super::unlock::{End, Opener, Tried, unlock_all};
use super::vault::{Candidate, Kept, Vault};
use super::{certificate, locked};
use crate::base::{
    CertificateFacts, Confidence, Fingerprint, KeyFacts, Kind, LockFacts, Notice, Opened, Origin, Reason, Severity,
    Standing, State,
};
use crate::detect::{Certificate, Contents, Lock};
use crate::engine::collect::{Collector, Entry, Met};
use crate::engine::{Plan, Session};
use crate::rules::RuleSet;

const OF_KSEF: &str = "ksef-certificate-key";
const OF_APPLICATION: &str = "ksef-application-key";
const ANY: &str = "private-key";
const PASSWORD: &str = "ksef-key-password";

/// Opens what is locked with what was found near it, and ties keys to their certificates.
pub(in crate::engine) fn settle(session: &Session) {
    session.vault().know_repositories();
    if session.plan.unlock {
        locked::open_again(session);
        session.vault().know_repositories();
    }
    let (kept, candidates) = session.vault().take_keys();
    let index = Index::new(&candidates);
    if session.plan.unlock {
        for (print, tried) in unlock_all(session, &kept, &index) {
            let Some(kept) = kept.get(&print) else { continue };
            take_tried(session, print, kept, tried, &index);
        }
    }
    {
        // In this order always: whoever holds the collector does not wait for the vault.
        let vault = session.vault();
        grade(&mut session.collector(), &vault, &session.plan);
    }
    suspect(session, &kept, &index);
    lost(session);
}

/// Takes what came of one locked key.
fn take_tried(session: &Session, print: Fingerprint, kept: &Kept, tried: Tried, index: &Index<'_>) {
    let Tried { opened, end } = tried;
    if let Some((contents, opener)) = opened {
        certify(session, &contents, &kept.reaches);
        let key = contents.keys.iter().map(|key| key.fingerprint).min().unwrap_or(print);
        let (by, passwords) = match opener {
            Opener::Found(password) => {
                let places = index.places(kept.reaches.iter(), password);
                (FOUND, places.into_iter().map(|candidate| password_entry(session, key, candidate)).collect())
            }
            Opener::All(by) => (by.name(), BTreeSet::new()),
        };
        session.collector().open(print, &contents, by, &passwords, kept, &session.plan);
        return;
    }
    let limits = &session.plan.limits;
    let origin = session.collector().place_of(print);
    let (reason, limit, text) = match end {
        End::Rounds => (
            Reason::TooMany,
            "--max-rounds",
            format!("more passwords were found for the locked key than --max-rounds {} pays for", limits.max_rounds),
        ),
        End::Refused => (
            Reason::TooLarge,
            "--max-kdf-memory",
            format!(
                "one password for the locked key ({}) costs more than --max-rounds {} or --max-kdf-memory {}; none was tried",
                kept.sealed.protection, limits.max_rounds, limits.max_kdf_memory
            ),
        ),
        End::Done | End::Unknown | End::Stopped => {
            session.collector().closed(print, end);
            return;
        }
    };
    session.collector().closed(print, end);
    session.notice(Notice::new(origin, reason, text).limit(limit));
}

fn certify(session: &Session, contents: &Contents, reaches: &[Reach]) {
    for der in &contents.certificates {
        let Some(found) = Certificate::read(der) else { continue };
        let mut vault = session.vault();
        let facts = certificate::facts(&found);
        match reaches {
            reaches if found.is_of_ksef() && !reaches.is_empty() => {
                reaches.iter().for_each(|reach| vault.certify(&found.spki, facts.clone(), Some(reach)));
            }
            _ => vault.certify(&found.spki, facts, None),
        }
    }
}

/// Makes an entry of a password, named by its key and its place: never by itself.
fn password_entry(session: &Session, key: Fingerprint, candidate: &Candidate) -> Fingerprint {
    let place = match &candidate.met {
        Met::File(location, _) => format!("{}\0{}", location.origin.path.text(), location.origin.inner.join("\0")),
        Met::Object(key, spot) => format!("repository {}\0{}", key.repository, spot.inner.join("\0")),
        Met::Told => String::new(),
    };
    let print = Fingerprint::of_public(format!("{PASSWORD}\0{key}\0{place}").as_bytes());
    let rules = &session.plan.rules;
    let (rule, severity) =
        (index_of(rules, PASSWORD), rules.get(PASSWORD).map_or(Severity::Medium, |rule| rule.severity));
    session.collector().meet(print, || Entry::password(rule, severity), |_| {}, candidate.met.clone(), &session.plan);
    print
}

fn index_of(rules: &RuleSet, id: &str) -> usize {
    rules.rules().iter().position(|rule| rule.id == id).unwrap_or(usize::MAX)
}

/// Tells of passwords that say by their name that they belong to a key of KSeF beside them, where none could be tried.
fn suspect(session: &Session, kept: &BTreeMap<Fingerprint, Kept>, index: &Index<'_>) {
    for (print, kept) in kept {
        let speaks = {
            let collector = session.collector();
            collector.entries.get(print).is_some_and(|entry| {
                let untried = |note: &Note| note.end.is_none_or(|end| end != End::Done) && note.opened.is_none();
                entry.key.as_deref().is_some_and(untried) && is_of_ksef(entry, &session.plan.rules)
            })
        };
        if !speaks {
            continue;
        }
        for near in index.near(kept.reaches.iter(), 100).iter().filter(|near| near.is_named_beside()) {
            let password = password_entry(session, *print, near.candidate);
            if let Some(entry) = session.collector().entries.get_mut(&password) {
                entry.is_silent = false;
            }
        }
    }
}

fn lost(session: &Session) {
    let lost = session.vault().lost;
    let what = [
        "more locked keys were met than are held at once; on the others no password was tried",
        "more possible passwords were met than are held at once; not all were tried",
        "more certificates were met than are held at once; some keys may not be tied to theirs",
    ];
    for (_, text) in lost.into_iter().zip(what).filter(|(lost, _)| *lost) {
        session.notice(Notice::new(Origin::label("all of the run"), Reason::TooMany, text));
    }
}

/// Whether a key is one of KSeF, or something says so.
fn is_of_ksef(entry: &Entry, rules: &RuleSet) -> bool {
    let rule = rules.rules().get(entry.rule).map_or("", |rule| rule.id.as_str());
    entry.confidence >= Confidence::Likely || rule == OF_KSEF
}

/// Says of each key under which rule it comes, how sure that is and how bad, by all that is known until now.
pub(in crate::engine) fn grade(collector: &mut Collector, vault: &Vault, plan: &Plan) {
    let mut passwords = BTreeSet::new();
    for (print, entry) in &mut collector.entries {
        let Some(note) = entry.key.clone() else { continue };
        let certificate = certificate_of(&note, vault);
        let verdict = Verdict::of(&note, certificate, vault);
        entry.rule = index_of(&plan.rules, verdict.rule);
        entry.confidence = verdict.confidence;
        entry.severity = verdict.severity;
        entry.kind = (note.is_store() && note.is_locked()).then_some(Kind::Keystore);
        entry.secret.redacted = Some(note.label());
        tell(entry, &note, certificate, plan);
        entry.allow(*print, plan);
        if is_of_ksef(entry, &plan.rules) {
            passwords.extend(note.passwords().copied());
        }
    }
    for password in passwords {
        if let Some(entry) = collector.entries.get_mut(&password) {
            entry.is_silent = false;
        }
    }
}

/// The certificate of a key: one of KSeF before others, then the one that ends last.
fn certificate_of<'v>(note: &Note, vault: &'v Vault) -> Option<&'v CertificateFacts> {
    let all = note.spki.iter().filter_map(|spki| vault.certificates.get(spki)).flatten();
    all.max_by_key(|facts| (facts.environment.is_some(), *facts))
}

/// What a key is worth.
struct Verdict {
    rule: &'static str,
    confidence: Confidence,
    severity: Severity,
}

impl Verdict {
    fn of(note: &Note, certificate: Option<&CertificateFacts>, vault: &Vault) -> Self {
        let environment = certificate.and_then(|facts| facts.environment.as_deref());
        let near = note.evidence || note.asks.iter().any(|mark| vault.of_ksef.contains(mark));
        let (rule, confidence) = match (environment, near) {
            (Some(_), _) => (OF_KSEF, Confidence::Certain),
            (None, true) if note.is_of_application() => (OF_APPLICATION, Confidence::Likely),
            (None, false) if note.is_of_application() => (OF_APPLICATION, Confidence::Possible),
            (None, true) => (ANY, Confidence::Likely),
            (None, false) => (ANY, Confidence::Possible),
        };
        let severity = match (rule, note.is_locked(), note.opened.is_some()) {
            // A certificate of a test opens nothing that is real.
            (OF_KSEF, true, _) if environment == Some("test") => Severity::Low,
            (OF_KSEF, false, _) if environment == Some("test") => Severity::Medium,
            (ANY, true, _) if note.lock.as_ref().is_some_and(|lock| lock.lock() >= Lock::Fair) => Severity::Low,
            (_, true, _) => Severity::Medium,
            (_, false, true) | (OF_KSEF, false, false) => Severity::Critical,
            (_, false, false) => Severity::High,
        };
        Self { rule, confidence, severity }
    }
}

/// Writes down what reports tell of a key.
fn tell(entry: &mut Entry, note: &Note, certificate: Option<&CertificateFacts>, plan: &Plan) {
    let lock = note.lock.as_ref().filter(|_| !note.is_open).map(|lock| LockFacts {
        protection: lock.to_string(),
        strength: lock.lock().name().to_owned(),
        tried: match (note.opened.is_some(), note.end) {
            (true, _) => "opened",
            (_, None | Some(End::Stopped)) => "not-tried",
            (_, Some(End::Done)) => "closed",
            (_, Some(End::Rounds | End::Refused)) => "cut-off",
            (_, Some(End::Unknown)) => "unknown-scheme",
        }
        .to_owned(),
    });
    let opened = note.opened.map(|by| Opened { by: by.to_owned(), at: None });
    entry.about.key = Some(Box::new(KeyFacts {
        algorithm: note.algorithm.clone(),
        form: note.form.name().to_owned(),
        lock,
        opened,
        certificate: certificate.cloned(),
    }));
    let Some(facts) = certificate else { return };
    entry.about.nip.clone_from(&facts.nip);
    entry.about.context = facts.nip.as_ref().map(|_| "nip".to_owned());
    entry.about.environment.clone_from(&facts.environment);
    entry.about.expires = Some(facts.not_after);
    if facts.not_after < plan.now && facts.environment.is_some() {
        entry.standing = Standing::new(State::Expired, "expiry", "its certificate has expired");
    }
}

impl Collector {
    /// Takes it that a locked key was opened: from now on it is known by what was in it.
    fn open(
        &mut self,
        print: Fingerprint,
        contents: &Contents,
        by: &'static str,
        passwords: &BTreeSet<Fingerprint>,
        kept: &Kept,
        plan: &Plan,
    ) {
        let Some(sealed) = self.entries.get(&print).cloned() else { return };
        let Some(note) = sealed.key.as_deref() else { return };
        let mut keys: Vec<_> = contents.keys.iter().collect();
        keys.sort_by_key(|key| key.fingerprint);
        keys.dedup_by_key(|key| key.fingerprint);
        if keys.is_empty() {
            // A store of certificates alone is no credential.
            self.entries.remove(&print);
            return;
        }
        self.entries.remove(&print);
        for (index, key) in keys.into_iter().enumerate() {
            // Two keys of one store share a form and are two findings all the same.
            let alias = (index == 0).then_some(print);
            let reach = kept.reaches.first().cloned().unwrap_or_default();
            let mut opened = under_lock(note.form, key, note.evidence, by, &reach);
            opened.passwords.clone_from(passwords);
            opened.lock.clone_from(&note.lock);
            opened.asks.extend(note.asks.iter().copied());
            opened.end = Some(End::Done);
            let mut entry = sealed.clone();
            entry.rename(key.fingerprint, key.spki.as_ref().map(Vec::len), alias.into_iter().collect());
            entry.key = Some(Box::new(opened));
            match self.entries.get_mut(&key.fingerprint) {
                Some(known) => known.absorb(entry, plan.limits.max_locations),
                None => {
                    self.entries.insert(key.fingerprint, entry);
                }
            }
        }
    }

    /// Remembers why a locked key stays locked.
    fn closed(&mut self, print: Fingerprint, end: End) {
        if let Some(note) = self.entries.get_mut(&print).and_then(|entry| entry.key.as_mut()) {
            note.end = Some(end);
        }
    }
}
