//! The run: threads, order, deduplication, and the death of secrets.
//!
//! Holds: the plan of a run and its session; the only module that knows its siblings. Must not
//! know: options, terminals or exit codes.

mod collect;
mod explain;
mod first;
mod folder;
mod import;
mod inside;
mod keys;
mod merge;
mod opening;
mod samples;
mod scrub;
mod search;
mod standing;
mod status;
mod told;
mod worker;

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant as Clock;

use crate::base::{Confidence, Fingerprint, Instant, Limits, Notice, Origin, Outcome, Reason, RunFacts, Secret};
use crate::detect::{Detector, DetectorError, Sealed};
use crate::rules::{AllowList, Baseline, RuleSet};
use crate::source::{ObjectKey, Objects, Source, SourceError};
use collect::Collector;
use import::Kept;
use keys::{Queue, Reach, Second, Vault};
use worker::Worker;

pub use explain::{Check, Explanation, explain};
pub use import::{IMPORT_KINDS, ImportError, ImportFile, ImportKind, Imported, ImportedTable, import};
pub use samples::{SampleFailure, check_rules};
pub use scrub::holds_credential;
pub use standing::{Books, leak};
pub use status::status;

/// All that a run is to do.
pub struct Plan {
    /// What reports say of the run.
    pub facts: RunFacts,
    /// What to look at.
    pub source: Source,
    /// What to look for.
    pub rules: RuleSet,
    /// The ceilings.
    pub limits: Limits,
    /// What is tried on what is locked.
    pub passwords: Vec<Secret>,
    /// Whether keys and containers that are locked are tried with these, and with what is found near them.
    pub unlock: bool,
    /// How many threads there may be; what is large is opened by several.
    pub jobs: usize,
    /// What the configuration allows.
    pub allow: AllowList,
    /// What was known before.
    pub baseline: Option<Baseline>,
    /// Whose credentials are known, and what is known of them.
    pub inventory: Option<Books>,
    /// Whether comments in what is scanned can allow a line.
    pub comments: bool,
    /// The least confidence that is reported.
    pub min_confidence: Confidence,
    /// The clock.
    pub now: Instant,
}

/// A plan that cannot be carried out.
#[derive(Debug)]
pub enum PlanError {
    /// A rule that cannot be searched for.
    Rule(DetectorError),
    /// Something named that cannot be looked at.
    Source(SourceError),
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule(error) => error.fmt(f),
            Self::Source(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PlanError {}

/// How far a run has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Files read.
    pub files: u64,
    /// Objects of repositories gone through.
    pub objects: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Credentials met so far.
    pub findings: u64,
    /// Bytes there are to read, where that is known.
    pub total: Option<u64>,
    /// Locked keys on which passwords were tried, and how many there are.
    pub keys: Option<(u64, u64)>,
}

/// A run. It is shared between the thread that runs it and the one that watches.
pub struct Session {
    plan: Plan,
    detector: Arc<Detector>,
    /// What was read, where somebody wants to read it too.
    kept: Option<Mutex<Kept>>,
    collector: Mutex<Collector>,
    vault: Mutex<Vault>,
    queue: Queue,
    /// Locked keys on which passwords were tried, and how many there are.
    keys: [AtomicU64; 2],
    stop: AtomicBool,
    done: AtomicBool,
    files: AtomicU64,
    bytes: AtomicU64,
    objects: AtomicU64,
    blobs: AtomicU64,
    commits: AtomicU64,
    remembered: AtomicU64,
    findings: AtomicU64,
    members: AtomicU64,
    /// Threads that may yet be hired for what is large.
    spare: AtomicUsize,
    total: Option<u64>,
    began: Clock,
}

impl Session {
    /// Makes a run ready.
    pub fn new(plan: Plan) -> Result<Self, PlanError> {
        plan.source.check().map_err(PlanError::Source)?;
        let detector = Detector::new(plan.rules.clone(), plan.now).map_err(PlanError::Rule)?;
        Ok(Self::with(plan, Arc::new(detector)))
    }

    /// The same with what was made ready for such rules before.
    fn with(plan: Plan, detector: Arc<Detector>) -> Self {
        let total = plan.source.known_size();
        let spare = plan.jobs.saturating_sub(1);
        Self {
            detector,
            kept: None,
            collector: Mutex::new(Collector::new(&plan.limits)),
            vault: Mutex::default(),
            queue: Queue::default(),
            keys: [AtomicU64::new(0), AtomicU64::new(0)],
            plan,
            stop: AtomicBool::new(false),
            done: AtomicBool::new(false),
            files: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            objects: AtomicU64::new(0),
            blobs: AtomicU64::new(0),
            commits: AtomicU64::new(0),
            remembered: AtomicU64::new(0),
            findings: AtomicU64::new(0),
            members: AtomicU64::new(0),
            spare: AtomicUsize::new(spare),
            total,
            began: Clock::now(),
        }
    }

    /// Looks at everything; returns when that is done or `stop` was called.
    pub fn run(&self) {
        thread::scope(|scope| {
            // Where no thread can be had all is tried when all is read.
            let beside = || keys::beside(self);
            let beside = self.plan.unlock.then(|| thread::Builder::new().spawn_scoped(scope, beside).ok()).flatten();
            for (path, number) in self.plan.source.work_trees() {
                self.vault().work_tree(path.text().to_owned(), number);
            }
            self.plan.source.run(&self.stop, &|| Box::new(Worker::new(self)));
            self.queue.end();
            // What fails on a key is told when that key is tried with the others.
            beside
                .map(thread::ScopedJoinHandle::join)
                .map_or(Ok(()), |joined| joined.map_err(drop))
                .unwrap_or_default();
        });
        keys::settle(self);
        self.settle();
        self.done.store(true, Ordering::Release);
    }

    /// Looks once more at what could not be opened.
    fn look_again(&self, second: &Second, files: Vec<String>, objects: &[ObjectKey]) {
        self.plan.source.again(files, objects, self.plan.jobs, &self.stop, &|| Box::new(Worker::again(self, second)));
    }

    /// Keeps a locked key until what may open it is known.
    fn keep_sealed(&self, print: Fingerprint, sealed: Sealed, reach: Reach) {
        let new = self.vault().keep(print, sealed, reach);
        if let (Some(sealed), true) = (new, self.plan.unlock) {
            self.keys[1].fetch_add(1, Ordering::Relaxed);
            self.queue.push((print, sealed));
        }
    }

    fn vault(&self) -> MutexGuard<'_, Vault> {
        self.vault.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin_unlocking(&self, count: u64) {
        self.keys[0].store(0, Ordering::Relaxed);
        self.keys[1].store(count, Ordering::Relaxed);
    }

    fn unlocked_one(&self) {
        self.keys[0].fetch_add(1, Ordering::Relaxed);
    }

    /// Learns where the objects stand that hold credentials.
    fn settle(&self) {
        let objects = self.collector().objects();
        if objects.is_empty() {
            return;
        }
        let asked: Vec<_> = objects.iter().map(|(_, keys)| keys.clone()).collect();
        let (tracks, notices) = self.plan.source.trace(&asked, &self.stop);
        notices.into_iter().for_each(|notice| self.notice(notice));
        for ((print, _), mut tracks) in objects.into_iter().zip(tracks) {
            if tracks.is_empty() {
                // Stopped before it was found; `outcome` tells the object itself.
                continue;
            }
            tracks.iter_mut().for_each(|(_, track)| scrub::track(&self.detector, track));
            self.collector().settle(print, &tracks, &self.plan);
        }
    }

    /// Asks the run to end soon.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Release);
    }

    /// How far it has come.
    pub fn progress(&self) -> Progress {
        Progress {
            files: self.files.load(Ordering::Relaxed),
            objects: self.objects.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
            findings: self.findings.load(Ordering::Relaxed),
            total: self.total,
            keys: match (self.keys[0].load(Ordering::Relaxed), self.keys[1].load(Ordering::Relaxed)) {
                (_, 0) => None,
                (tried, all) => Some((tried, all)),
            },
        }
    }

    /// What was found so far; all there is once `run` has returned.
    pub fn outcome(&self) -> Outcome {
        if !self.done.load(Ordering::Acquire) {
            keys::leave(self);
        }
        let vault = self.vault();
        let mut collector = self.collector();
        // Of what was broken off, what is known until then.
        keys::grade(&mut collector, &vault, &self.plan);
        drop(vault);
        // Only where the run was broken off is there anything left to settle.
        for (print, keys) in collector.objects() {
            let tracks: Vec<_> = keys.into_iter().map(|key| self.plan.source.unplaced(key)).collect();
            collector.settle(print, &tracks, &self.plan);
        }
        let interrupted = self.stop.load(Ordering::Acquire) || !self.done.load(Ordering::Acquire);
        let mut outcome = merge::outcome(&collector, &self.plan, &self.detector);
        let incomplete = collector.incomplete;
        drop(collector);
        for target in &mut outcome.run.targets {
            *target = scrub::text(&self.detector, target).unwrap_or_else(|| target.clone());
        }
        outcome.summary.files = self.files.load(Ordering::Relaxed);
        outcome.summary.bytes = self.bytes.load(Ordering::Relaxed);
        outcome.summary.members = self.members.load(Ordering::Relaxed);
        outcome.summary.objects = self.objects.load(Ordering::Relaxed);
        outcome.summary.blobs = self.blobs.load(Ordering::Relaxed);
        outcome.summary.commits = self.commits.load(Ordering::Relaxed);
        outcome.summary.remembered = self.remembered.load(Ordering::Relaxed);
        outcome.summary.interrupted = interrupted;
        outcome.summary.complete = !interrupted && !incomplete;
        if let Some(books) = &self.plan.inventory {
            status(&mut outcome, books, self.plan.now, self.plan.jobs);
        }
        outcome.summary.seconds = self.began.elapsed().as_secs_f64();
        outcome
    }

    fn collector(&self) -> MutexGuard<'_, Collector> {
        // What a worker that panicked has put in until then is whole.
        self.collector.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, read: Objects) {
        self.objects.fetch_add(read.all, Ordering::Relaxed);
        self.blobs.fetch_add(read.blobs, Ordering::Relaxed);
        self.commits.fetch_add(read.commits, Ordering::Relaxed);
        self.remembered.fetch_add(read.remembered, Ordering::Relaxed);
        self.bytes.fetch_add(read.still, Ordering::Relaxed);
    }

    /// Takes threads for a part of the work, as many as are wanted or there are.
    fn hire(&self, wanted: usize) -> usize {
        let take = |spare: usize| Some(spare - spare.min(wanted));
        let before = self.spare.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        before.unwrap_or_else(|spare| spare).min(wanted)
    }

    /// Gives them back.
    fn dismiss(&self, hired: usize) {
        self.spare.fetch_add(hired, Ordering::Relaxed);
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Takes a notice, its names scrubbed.
    fn notice(&self, mut notice: Notice) {
        notice.origin = scrub::origin(&self.detector, &notice.origin);
        self.collector().notice(notice);
    }

    fn panicked(&self, origin: Origin) {
        self.notice(Notice::new(
            origin,
            Reason::Panicked,
            "a parser failed on it; it was not scanned to its end; please report this",
        ));
    }
}
