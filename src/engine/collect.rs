//! What a run has met so far.
//!
//! Holds: one entry a credential, bounded in number and in places, the same whatever the order in
//! which hits arrive. Must not know: how entries become findings.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Plan;
use super::keys::Note;
use super::told::{Told, location};
use crate::base::{
    About, Confidence, Fingerprint, Kind, Left, Limits, Location, Notice, ObjectName, Origin, Reason, SecretFacts,
    Severity, Standing,
};
use crate::detect::Credential;
use crate::source::{LeftOut, ObjectKey, Track};

/// Notices kept; all are counted.
const NOTICES: usize = 10_000;

/// Objects with a credential whose places are looked for, counted once for each credential.
const OBJECTS: u64 = 1_000_000;

/// Hints kept.
const HINTS: usize = 1_000;

/// One credential as it was met in one form. The secret itself is dead by now.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) rule: usize,
    pub(super) confidence: Confidence,
    pub(super) severity: Severity,
    pub(super) secret: SecretFacts,
    pub(super) aliases: Vec<Fingerprint>,
    pub(super) about: About,
    pub(super) standing: Standing,
    /// Where it counts.
    pub(super) places: Places,
    /// Where a comment or the configuration allows it.
    pub(super) allowed: Places,
    /// Why, where the configuration says so.
    pub(super) reason: Option<String>,
    /// What is known of a key besides; by that it is graded when all is read.
    pub(super) key: Option<Box<Note>>,
    /// What it is, where its rule does not say it.
    pub(super) kind: Option<Kind>,
    /// The objects of repositories that hold it, until it is known where those stand.
    objects: BTreeMap<ObjectKey, Spots>,
}

/// Places, counted, of which the first are kept.
#[derive(Clone, Default)]
pub(super) struct Places {
    pub(super) count: u64,
    pub(super) first: BTreeSet<Location>,
}

impl Places {
    fn take(&mut self, location: Location, most: usize) {
        self.count += 1;
        self.first.insert(location);
        if self.first.len() > most {
            self.first.pop_last();
        }
    }

    /// Takes all places of another form.
    fn absorb(&mut self, other: Self, most: usize) {
        self.count += other.count;
        self.first.extend(other.first);
        while self.first.len() > most {
            self.first.pop_last();
        }
    }
}

/// A place inside of an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    /// First, so that what is not allowed is kept before what is.
    pub(super) allowed: bool,
    pub(super) inner: Arc<[String]>,
    pub(super) told: Told,
}

/// The places inside of an object, of which the first are kept.
#[derive(Clone, Default)]
struct Spots {
    first: BTreeSet<Spot>,
    more: u64,
}

/// Where a credential was met.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Met {
    /// In a file, or inside of one; and whether a comment allows it.
    File(Location, bool),
    /// In an object of a repository.
    Object(ObjectKey, Spot),
    /// In a place that was told already, where less of it was to be seen.
    Told,
}

/// All that was met.
pub(super) struct Collector {
    pub(super) entries: BTreeMap<Fingerprint, Entry>,
    /// Passwords of keys, each until it is known whether it is a finding: apart, so that they take no room from findings.
    passwords: BTreeMap<Fingerprint, Entry>,
    pub(super) notices: BTreeSet<Notice>,
    /// Notices of what was scanned all the same; many of them must not crowd out the others.
    pub(super) harmless: BTreeSet<Notice>,
    /// Whether any notice was of something that should have been looked at, kept or not.
    pub(super) incomplete: bool,
    pub(super) notice_counts: BTreeMap<&'static str, u64>,
    pub(super) hints: BTreeSet<String>,
    pub(super) left: Left,
    pub(super) placeholders: u64,
    pub(super) examples: u64,
    /// Objects that entries hold.
    objects: u64,
    max_findings: usize,
}

impl Collector {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            entries: BTreeMap::new(),
            passwords: BTreeMap::new(),
            notices: BTreeSet::new(),
            harmless: BTreeSet::new(),
            incomplete: false,
            notice_counts: BTreeMap::new(),
            hints: BTreeSet::new(),
            left: Left::default(),
            placeholders: 0,
            examples: 0,
            objects: 0,
            max_findings: limits.max_findings.max(1),
        }
    }

    /// Takes a credential; true if it is a new one.
    pub(super) fn hit(&mut self, credential: &Credential, met: Met, plan: &Plan) -> bool {
        let fingerprint = Fingerprint::of(&credential.secret);
        let aliases: Vec<Fingerprint> = credential.aliases.iter().map(Fingerprint::of).collect();
        let update = |entry: &mut Entry| entry.update(credential);
        self.meet(fingerprint, || entry(credential, fingerprint, aliases), update, met, plan)
    }

    /// Takes a form of a credential that is known by a fingerprint; true if it is a new one.
    pub(super) fn meet(
        &mut self,
        fingerprint: Fingerprint,
        fresh: impl FnOnce() -> Entry,
        update: impl FnOnce(&mut Entry),
        met: Met,
        plan: &Plan,
    ) -> bool {
        let before = self.entries.len();
        let entry = self.entries.entry(fingerprint).or_insert_with(fresh);
        update(entry);
        self.objects += entry.take(fingerprint, met, plan);
        let new = self.entries.len() > before;
        self.bound();
        new
    }

    /// Takes a place of the password of a key. It is no finding until `speak` makes it one.
    pub(super) fn meet_password(&mut self, print: Fingerprint, fresh: impl FnOnce() -> Entry, met: Met, plan: &Plan) {
        let known = self.entries.get_mut(&print);
        let entry = match known {
            Some(entry) => entry,
            None => self.passwords.entry(print).or_insert_with(fresh),
        };
        self.objects += entry.take(print, met, plan);
        self.bound();
    }

    /// The password of a key, whether it is a finding or not.
    pub(super) fn password(&self, print: &Fingerprint) -> Option<&Entry> {
        self.passwords.get(print).or_else(|| self.entries.get(print))
    }

    /// Makes a finding of the password of a key.
    pub(super) fn speak(&mut self, print: Fingerprint) {
        if let Some(entry) = self.passwords.remove(&print) {
            self.entries.insert(print, entry);
            self.bound();
        }
    }

    /// Lets go of what is too much. Always the largest goes, so that what is left does not depend on the order.
    pub(super) fn bound(&mut self) {
        let most = self.max_findings;
        let all = [&mut self.entries, &mut self.passwords];
        let gone = all.map(|entries| if entries.len() > most { entries.pop_last() } else { None });
        if gone.iter().any(Option::is_some) {
            let text = format!("more credentials were met than --max-findings {most}; the others are not listed");
            self.notice(Notice::new(Origin::label("all of the run"), Reason::TooMany, text).limit("--max-findings"));
        }
        if self.objects > OBJECTS {
            self.forget_objects();
        }
    }

    /// Lets go of objects where too many hold credentials; those with the largest names, whatever
    /// the order in which they were met.
    fn forget_objects(&mut self) {
        let all = self.entries.values().chain(self.passwords.values());
        let mut keys: Vec<ObjectKey> = all.flat_map(|entry| entry.objects.keys().copied()).collect();
        keys.sort_unstable();
        let Some(&last) = keys.get(usize::try_from(OBJECTS / 2).unwrap_or(usize::MAX)) else { return };
        self.objects = 0;
        for entry in self.entries.values_mut().chain(self.passwords.values_mut()) {
            let rest = entry.objects.split_off(&last);
            entry.places.count += rest.values().map(|spots| spots.first.len() as u64 + spots.more).sum::<u64>();
            self.objects += entry.objects.len() as u64;
        }
        let text = format!("more than {OBJECTS} objects hold credentials; the places of the others are only counted");
        self.notice(Notice::new(Origin::label("all of the run"), Reason::TooMany, text));
    }

    /// One place of a credential, for what is told of it.
    pub(super) fn place_of(&self, print: Fingerprint) -> Origin {
        let entry = self.entries.get(&print);
        let first = entry.and_then(|entry| entry.places.first.first().or(entry.allowed.first.first()));
        let object = entry.and_then(|entry| entry.objects.keys().next());
        match (first, object) {
            (Some(location), _) => location.origin.clone(),
            (None, Some(key)) => Origin::label(&format!("object {}", key.name)),
            (None, None) => Origin::label("all of the run"),
        }
    }

    /// The objects that hold each credential, taken out to learn where they stand.
    pub(super) fn objects(&self) -> Vec<(Fingerprint, Vec<ObjectKey>)> {
        let held = self.entries.iter().chain(&self.passwords).filter(|(_, entry)| !entry.objects.is_empty());
        held.map(|(print, entry)| (*print, entry.objects.keys().copied().collect())).collect()
    }

    /// Puts the places of a credential where they belong, now that it is known where its objects
    /// stand: one for each spot in the object that speaks for a track.
    pub(super) fn settle(&mut self, print: Fingerprint, tracks: &[(u32, Track)], plan: &Plan) {
        let Some(entry) = self.entries.get_mut(&print).or_else(|| self.passwords.get_mut(&print)) else { return };
        let objects = std::mem::take(&mut entry.objects);
        for (repository, track) in tracks {
            let versions = [track.object].into_iter().chain(track.others.iter().copied());
            let mut held =
                versions.filter_map(|name| Some((name, objects.get(&ObjectKey { repository: *repository, name })?)));
            let is_open = |(_, spots): &(ObjectName, &Spots)| spots.first.iter().any(|spot| !spot.allowed);
            let Some(first) = held.next() else { continue };
            let (speaker, spots) = if is_open(&first) { first } else { held.find(is_open).unwrap_or(first) };
            let mut git = Arc::clone(&track.git);
            if git.object.is_some_and(|object| object != speaker) {
                Arc::make_mut(&mut git).object = Some(speaker);
            }
            entry.places.count += spots.more;
            for spot in &spots.first {
                if let Some(twin) = &track.twin {
                    let origin = Origin { path: twin.clone(), inner: Arc::clone(&spot.inner) };
                    entry.forget(&location(origin, spot.told.clone()));
                }
                let origin = Origin { path: track.path.clone(), inner: Arc::clone(&spot.inner) };
                let mut location = location(origin, spot.told.clone());
                location.git = Some(Arc::clone(&git));
                entry.place(print, entry.rule, location, spot.allowed, plan);
            }
        }
    }

    /// Takes a notice; the same one is taken once.
    pub(super) fn notice(&mut self, notice: Notice) {
        let reason = notice.reason.name();
        self.incomplete |= notice.incomplete;
        let kept = if notice.incomplete { &mut self.notices } else { &mut self.harmless };
        if kept.insert(notice) {
            *self.notice_counts.entry(reason).or_default() += 1;
        }
        if kept.len() > NOTICES {
            kept.pop_last();
        }
    }

    /// Counts what was left by choice.
    pub(super) fn left(&mut self, left: LeftOut) {
        *match left {
            LeftOut::Link => &mut self.left.link,
            LeftOut::Device => &mut self.left.device,
            LeftOut::Excluded => &mut self.left.excluded,
        } += 1;
    }

    /// Counts an object store and keeps the command that reads it.
    pub(super) fn git_store(&mut self, repository: &str) {
        self.left.git_store += 1;
        self.hints.insert(format!("ksefleaks git {repository}"));
        if self.hints.len() > HINTS {
            self.hints.pop_last();
        }
    }
}

/// Which of two places tells more of one credential, whatever the order in which they were met: one
/// that names the tax number, and of two that do, always the same.
fn speaks_before(one: &About, other: &About) -> bool {
    let key = |about: &About| (about.nip.is_none(), format!("{about:?}"));
    one != other && key(one) < key(other)
}

impl Entry {
    /// A key, until it is graded.
    pub(super) fn key(print: Fingerprint, length: Option<usize>, note: Note, aliases: Vec<Fingerprint>) -> Self {
        Self {
            rule: usize::MAX,
            confidence: Confidence::Possible,
            severity: Severity::Low,
            secret: SecretFacts { sha256: Some(print), length, redacted: None },
            aliases,
            about: About::default(),
            standing: Standing::unknown(),
            places: Places::default(),
            allowed: Places::default(),
            reason: None,
            key: Some(Box::new(note)),
            kind: None,
            objects: BTreeMap::new(),
        }
    }

    /// A password that opens a key; nothing is told of it but its place.
    pub(super) fn password(rule: usize, severity: Severity) -> Self {
        Self {
            rule,
            confidence: Confidence::Possible,
            severity,
            secret: SecretFacts { sha256: None, length: None, redacted: None },
            aliases: Vec::new(),
            about: About::default(),
            standing: Standing::unknown(),
            places: Places::default(),
            allowed: Places::default(),
            reason: None,
            key: None,
            kind: None,
            objects: BTreeMap::new(),
        }
    }

    /// Takes what is known of a key that was met once more.
    pub(super) fn join(&mut self, note: &Note) {
        match &mut self.key {
            Some(known) => known.join(note.clone()),
            None => self.key = Some(Box::new(note.clone())),
        }
    }

    /// The same key under another name.
    pub(super) fn rename(&mut self, print: Fingerprint, length: Option<usize>, aliases: Vec<Fingerprint>) {
        self.secret = SecretFacts { sha256: Some(print), length, redacted: None };
        self.aliases = aliases;
    }

    /// Takes all that is known of another form of the same key.
    pub(super) fn absorb(&mut self, other: Self, most: usize) {
        other.key.iter().for_each(|note| self.join(note));
        self.aliases.extend(other.aliases);
        self.aliases.sort_unstable();
        self.aliases.dedup();
        self.places.absorb(other.places, most);
        self.allowed.absorb(other.allowed, most);
        for (key, spots) in other.objects {
            let own = self.objects.entry(key).or_default();
            own.first.extend(spots.first);
            own.more += spots.more;
        }
    }

    /// Lets the configuration allow places of what came under its rule only now.
    pub(super) fn allow(&mut self, print: Fingerprint, plan: &Plan) {
        let Places { count, first } = std::mem::take(&mut self.places);
        let listed = first.len() as u64;
        first.into_iter().for_each(|location| self.place(print, self.rule, location, false, plan));
        // Those that are only counted are as those that are listed.
        let rest = count.saturating_sub(listed);
        let places = if self.places.count > 0 || listed == 0 { &mut self.places } else { &mut self.allowed };
        places.count += rest;
    }

    fn update(&mut self, credential: &Credential) {
        if (credential.confidence, credential.severity, credential.rule) > (self.confidence, self.severity, self.rule) {
            (self.confidence, self.severity, self.rule) = (credential.confidence, credential.severity, credential.rule);
            self.about = credential.about.clone();
        } else if credential.rule == self.rule && speaks_before(&credential.about, &self.about) {
            self.about = credential.about.clone();
        }
    }

    /// Takes where it was met; one for each new object.
    fn take(&mut self, print: Fingerprint, met: Met, plan: &Plan) -> u64 {
        match met {
            Met::File(location, allowed) => self.place(print, self.rule, location, allowed, plan),
            Met::Object(key, spot) => return u64::from(self.meet(key, spot, plan.limits.max_locations)),
            Met::Told => {}
        }
        0
    }

    /// Takes a place, which the configuration may allow.
    fn place(&mut self, print: Fingerprint, rule: usize, location: Location, allowed: bool, plan: &Plan) {
        let prints: Vec<Fingerprint> = [print].into_iter().chain(self.aliases.iter().copied()).collect();
        // What is not graded yet comes under no rule, and is asked about again when it does.
        let rule = plan.rules.rules().get(rule).map(|rule| rule.id.as_str());
        let allows = |rule: &str| plan.allow.allows(&prints, rule, location.origin.path.text(), plan.now);
        let reason = rule.and_then(allows);
        let most = plan.limits.max_locations;
        if let Some(reason) = reason {
            let first = self.reason.as_deref().is_none_or(|known| reason < known);
            self.reason = if first { Some(reason.to_owned()) } else { self.reason.take() };
        }
        if allowed || reason.is_some() { &mut self.allowed } else { &mut self.places }.take(location, most);
    }

    /// Lets go of a place that is told as that of an object.
    fn forget(&mut self, location: &Location) {
        for places in [&mut self.places, &mut self.allowed] {
            if places.first.remove(location) {
                places.count -= 1;
            }
        }
    }

    /// Takes a spot in an object; true where the object is a new one.
    fn meet(&mut self, key: ObjectKey, spot: Spot, most: usize) -> bool {
        let before = self.objects.len();
        let spots = self.objects.entry(key).or_default();
        spots.first.insert(spot);
        if spots.first.len() > most {
            spots.more += u64::from(spots.first.pop_last().is_some_and(|spot| !spot.allowed));
        }
        self.objects.len() > before
    }
}

fn entry(credential: &Credential, fingerprint: Fingerprint, aliases: Vec<Fingerprint>) -> Entry {
    Entry {
        rule: credential.rule,
        confidence: credential.confidence,
        severity: credential.severity,
        secret: SecretFacts {
            sha256: Some(fingerprint),
            length: Some(credential.secret.len()),
            redacted: Some(credential.redacted.clone()),
        },
        aliases,
        about: credential.about.clone(),
        standing: credential.standing.clone(),
        places: Places::default(),
        allowed: Places::default(),
        reason: None,
        key: None,
        kind: None,

        objects: BTreeMap::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_of_a_credential_does_not_depend_on_the_order() {
        let about = |nip: Option<&str>| About { nip: nip.map(str::to_owned), ..About::default() };
        let (none, one, other) = (about(None), about(Some("5265877635")), about(Some("9073021573")));
        assert!(speaks_before(&one, &none) && !speaks_before(&none, &one));
        assert!(speaks_before(&one, &other) != speaks_before(&other, &one));
        assert!(!speaks_before(&one, &one));
    }

    #[test]
    fn a_run_stays_incomplete_however_many_notices_follow() {
        let mut collector = Collector::new(&Limits::default());
        collector.notice(Notice::new(Origin::label("z"), Reason::Malformed, "damaged"));
        for index in 0..=NOTICES {
            let mut notice = Notice::new(Origin::label(&format!("a{index}")), Reason::Malformed, "name");
            notice.incomplete = false;
            collector.notice(notice);
        }
        assert!(collector.incomplete && collector.notices.len() == 1 && collector.harmless.len() == NOTICES);
    }
}
