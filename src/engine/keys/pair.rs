//! Keys opened, tied to their certificates, and graded.
//!
//! Holds: which rule a key comes under, how sure that is and how bad, once all is read. Must not know: how a password is
//! tried, or how reports tell a key.

use std::collections::{BTreeMap, BTreeSet};

use super::locked;
use super::meet::keep_all;
use super::note::{FOUND, Note};
use super::tries::{By, Index};
use super::unlock::{End, Opener, Tried, unlock_all};
use super::vault::{Candidate, Kept, Vault};
use crate::base::{
    CertificateFacts, Confidence, Fingerprint, KeyFacts, Kind, LockFacts, Notice, Opened, Origin, Reason, Severity,
};
use crate::detect::{Contents, Lock, memory_of};
use crate::engine::collect::{Collector, Entry, Met};
use crate::engine::standing::expiry;
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

/// How a key was opened.
struct Opening {
    by: &'static str,
    /// The entries of the passwords that do.
    passwords: BTreeSet<Fingerprint>,
    /// Whether something near them speaks of KSeF.
    evidence: bool,
}

/// Takes what came of one locked key.
fn take_tried(session: &Session, print: Fingerprint, kept: &Kept, tried: Tried, index: &Index<'_>) {
    let Tried { opened, end } = tried;
    if let Some((contents, openers)) = opened {
        keep_all(session, &contents.certificates, &kept.reaches.iter().collect::<Vec<_>>());
        let key = contents.keys.iter().map(|key| key.fingerprint).min().unwrap_or(print);
        let mut opening = Opening { by: FOUND, passwords: BTreeSet::new(), evidence: false };
        for Opener { print: password, by } in openers {
            // One that everybody tries first may stand near it all the same.
            let is_empty = by == Some(By::Empty);
            let places = if is_empty { Vec::new() } else { index.places(kept.reaches.iter(), password) };
            if let (Some(by), true) = (by, places.is_empty()) {
                opening.by = by.name();
                continue;
            }
            opening.by = FOUND;
            // What is called the password of a key of KSeF speaks for what it opens.
            opening.evidence |= places.iter().any(|candidate| candidate.evidence);
            opening.passwords.extend(places.into_iter().map(|candidate| password_entry(session, key, candidate)));
        }
        session.collector().open(print, &contents, &opening, kept, &session.plan);
        if contents.left == 0 {
            return;
        }
    }
    session.collector().closed(print, end);
    let limits = &session.plan.limits;
    let (reason, limit, text) = match end {
        End::Done | End::Unknown | End::Stopped => return,
        End::Panicked => {
            let origin = session.collector().place_of(print);
            return session.panicked(origin);
        }
        End::Rounds => (
            Reason::TooMany,
            "--max-rounds",
            format!(
                "not all passwords that were found near the locked key were tried: --max-rounds {} pays for so many on one, \
                 and twenty times as much for all",
                limits.max_rounds
            ),
        ),
        End::Refused => (
            Reason::TooLarge,
            if memory_of(&kept.sealed) > limits.max_kdf_memory { "--max-kdf-memory" } else { "--max-rounds" },
            format!(
                "one password for the locked key ({}) costs more than --max-rounds {} or --max-kdf-memory {}; none was tried",
                kept.sealed.protection, limits.max_rounds, limits.max_kdf_memory
            ),
        ),
    };
    let origin = session.collector().place_of(print);
    session.notice(Notice::new(origin, reason, text).limit(limit));
}

/// Makes an entry of a password, named by its key and its place: never by itself.
fn password_entry(session: &Session, key: Fingerprint, candidate: &Candidate) -> Fingerprint {
    let place = match &candidate.met {
        Met::File(location, _) => format!("{}\0{}", location.origin.path.text(), location.origin.inner.join("\0")),
        // Where it stands in the repository is known later, and all its places there are one finding.
        Met::Object(key, spot) => {
            let (_, track) = session.plan.source.unplaced(*key);
            format!("repository {}\0{}", track.git.repo, spot.inner.join("\0"))
        }
        Met::Told => String::new(),
    };
    let print = Fingerprint::of_public(format!("{PASSWORD}\0{key}\0{place}").as_bytes());
    let rules = &session.plan.rules;
    let (rule, severity) =
        (index_of(rules, PASSWORD), rules.get(PASSWORD).map_or(Severity::Medium, |rule| rule.severity));
    let mut collector = session.collector();
    // One that opens several locks of a key stands in one place all the same.
    if collector.password(&print).is_none() {
        for met in candidate.places() {
            collector.meet_password(print, || Entry::password(rule, severity), met.clone(), &session.plan);
        }
    }
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
            session.collector().speak(password);
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
    collector.join_forms(plan.limits.max_locations);
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
        tell(entry, &note, certificate, serials_of(&note, vault), plan);
        entry.allow(*print, plan);
        if is_of_ksef(entry, &plan.rules) {
            passwords.extend(note.passwords().copied());
        }
    }
    passwords.into_iter().for_each(|password| collector.speak(password));
}

/// The certificate of a key: one of KSeF before others, then the one that ends last.
fn certificate_of<'v>(note: &Note, vault: &'v Vault) -> Option<&'v CertificateFacts> {
    let all = note.spki.iter().filter_map(|spki| vault.certificates.get(spki)).flatten();
    all.max_by_key(|facts| (facts.environment.is_some(), *facts))
}

/// The numbers of all certificates of KSeF that a key has.
fn serials_of(note: &Note, vault: &Vault) -> Vec<String> {
    let all = note.spki.iter().filter_map(|spki| vault.certificates.get(spki)).flatten();
    let serials = all.filter(|facts| facts.environment.is_some()).map(|facts| facts.serial.clone());
    serials.collect::<BTreeSet<_>>().into_iter().collect()
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
        let is_fair = note.lock.as_ref().is_some_and(|lock| matches!(lock.lock(), Lock::Fair | Lock::Strong));
        let is_test = environment == Some("test");
        let severity = match (rule, note.is_locked(), note.opened.is_some()) {
            // The password lies beside it: whoever left one test key so leaves the real one so.
            (_, false, true) => Severity::Critical,
            // A certificate of a test opens nothing that is real.
            (OF_KSEF, true, _) if is_test => Severity::Low,
            (OF_KSEF, false, _) if is_test => Severity::Medium,
            (OF_KSEF, false, _) => Severity::Critical,
            (ANY, true, _) if is_fair => Severity::Low,
            (_, true, _) => Severity::Medium,
            (_, false, _) => Severity::High,
        };
        Self { rule, confidence, severity }
    }
}

/// Writes down what reports tell of a key.
fn tell(entry: &mut Entry, note: &Note, certificate: Option<&CertificateFacts>, serials: Vec<String>, plan: &Plan) {
    let lock = note.lock.as_ref().filter(|_| !note.is_open).map(|lock| LockFacts {
        protection: lock.to_string(),
        strength: lock.lock().name().to_owned(),
        tried: match (note.opened.is_some(), note.end) {
            (true, _) => "opened",
            (_, None | Some(End::Stopped)) => "not-tried",
            (_, Some(End::Done)) => "closed",
            (_, Some(End::Rounds | End::Refused)) => "cut-off",
            (_, Some(End::Unknown | End::Panicked)) => "unknown-scheme",
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
        serials,
    }));
    let Some(facts) = certificate else { return };
    entry.about.nip.clone_from(&facts.nip);
    entry.about.context = facts.nip.as_ref().map(|_| "nip".to_owned());
    entry.about.environment.clone_from(&facts.environment);
    entry.about.expires = Some(facts.not_after);
    if let Some(standing) = expiry(facts, plan.now) {
        entry.standing = standing;
    }
}

impl Collector {
    /// A locked key whose public half is known and that lies open elsewhere is one with that.
    fn join_forms(&mut self, most: usize) {
        let forms = self.entries.iter().filter(|(_, entry)| entry.key.as_ref().is_some_and(|note| note.is_locked()));
        let same: Vec<(Fingerprint, Fingerprint)> = forms
            .filter_map(|(print, entry)| match entry.aliases.as_slice() {
                [alias] if self.entries.contains_key(alias) && alias != print => Some((*print, *alias)),
                _ => None,
            })
            .collect();
        for (print, alias) in same {
            let Some(mut locked) = self.entries.remove(&print) else { continue };
            locked.rename(alias, None, vec![print]);
            if let Some(open) = self.entries.get_mut(&alias) {
                open.absorb(locked, most);
            }
        }
    }

    /// Takes it that a locked key was opened: from now on it is known by what was in it.
    fn open(&mut self, print: Fingerprint, contents: &Contents, opening: &Opening, kept: &Kept, plan: &Plan) {
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
        if contents.left == 0 {
            self.entries.remove(&print);
        }
        for (index, key) in keys.into_iter().enumerate() {
            // Two keys of one store share a form and are two findings all the same.
            let alias = (index == 0 && contents.left == 0).then_some(print);
            let reach = kept.reaches.first().cloned().unwrap_or_default();
            let evidence = note.evidence || opening.evidence;
            let mut opened = Note::open(note.form, key, evidence, &reach);
            (opened.is_open, opened.opened) = (false, Some(opening.by));
            opened.passwords.clone_from(&opening.passwords);
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
                    self.bound();
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
