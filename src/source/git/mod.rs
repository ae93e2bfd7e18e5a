//! Repositories: everything they remember, or a part of it.
//!
//! Holds: `Git`, which opens the repositories that the user named and visits what is asked for of
//! them. `repo` opens one, `store` reads objects in the order in which packs hold them, `refs` knows
//! the names, `part` what a narrow search looks at, `trace` where an object stands. Nothing of a
//! repository is executed or obeyed. Must not know: what is done with the bytes.

mod absent;
mod everything;
mod files;
mod folders;
mod held;
mod hooks;
mod memory;
mod narrow;
mod part;
mod refs;
mod repo;
mod state;
mod store;
mod text;
mod trace;

use std::collections::BTreeSet;
use std::fmt;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use super::crew::{Crew, Hand};
use super::given::Tracks;
use super::{Event, ObjectKey, Objects};
use crate::base::{GitPlace, Notice, ObjectName, Origin, PathName, Reason};

pub use held::{Emptied, each_held};
pub use memory::Cache;
#[cfg(feature = "fuzzing")]
pub use store::described as delta_described;

use memory::Memory;
use part::Picks;
use refs::Names;
use repo::Repo;
use store::{Store, Survey};

pub use hooks::{HooksDirectory, hooks_directory};

/// Which repositories, and what of them.
#[derive(Clone, Debug, Default)]
pub struct GitPlan {
    /// Work trees, bare repositories, linked work trees, directories of submodules; or directories
    /// in which repositories are looked for.
    pub repositories: Vec<PathBuf>,
    /// `--recursive`: every repository below the directories.
    pub recursive: bool,
    /// What of them.
    pub part: Part,
    /// `--worktree`: what stands in the work tree and in no object, too.
    pub worktree: bool,
    /// Directories of objects that no repository names: those of a push that is not yet accepted.
    pub quarantine: Vec<PathBuf>,
    /// `--cache`: where to remember which objects have nothing to say.
    pub cache: Option<Cache>,
    /// Threads to use; 0 counts as 1.
    pub jobs: usize,
}

/// What of a repository is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// Every object there is, and every name.
    #[default]
    Everything,
    /// What the next commit would hold and the last one does not.
    Staged {
        /// Another index than the repository's own: `git commit` of some paths makes one.
        index: Option<PathBuf>,
    },
    /// What some commits brought.
    Commits(Commits),
}

/// Commits, by what they are reached from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commits {
    /// Those that belong to any of these; where there are none, those reached from any ref or HEAD.
    pub revisions: Vec<Revision>,
    /// Not those that a ref leads to already.
    pub only_new: bool,
    /// Not those reached from these: an object by its whole name, or every ref below a prefix that
    /// ends with a slash, such as `refs/remotes/origin/`. What is not there hides nothing.
    pub hidden: Vec<String>,
    /// Only those since an instant, a day or a commit, as it was given.
    pub since: Option<String>,
}

/// What names commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revision {
    /// `A..B`: those reached from B and not from A; `A...B`: those reached from one and not from the
    /// other; a revision alone: all reached from it.
    Range(String),
    /// All reached from a branch, here or of a remote.
    Branch(String),
}

/// Where the object of a credential stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// The path in the repository, or what names a place that is in no file.
    pub path: PathName,
    /// The object that speaks for all versions: the newest that a ref leads to, else the newest.
    pub object: ObjectName,
    /// Other versions that stand at the tip of a ref. One that is not allowed speaks before one that is: nobody
    /// can allow for a branch what stands on another.
    pub others: Vec<ObjectName>,
    /// What else is known.
    pub git: Arc<GitPlace>,
    /// The file of the work tree that is this object, as the index says, where the work tree is looked at too.
    pub twin: Option<PathName>,
}

/// A repository, or a part of one, that cannot be looked at.
#[derive(Debug)]
pub enum GitError {
    /// There is nothing of that name.
    Missing(PathBuf),
    /// It is no repository.
    NoRepository(PathBuf),
    /// It cannot be opened; the reason in words.
    Unreadable(PathBuf, String),
    /// The directory of `--cache` cannot be used; the reason in words.
    Cache(PathBuf, String),
    /// A revision, a range, a ref or a date that names nothing.
    Revision {
        /// The repository.
        repository: PathBuf,
        /// What was given.
        given: String,
        /// What is wrong with it.
        why: String,
    },
}

impl fmt::Display for GitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(path) => write!(f, "«{}» does not exist", path.display()),
            Self::NoRepository(path) => {
                write!(f, "«{}» is no git repository; --recursive looks for repositories below it", path.display())
            }
            Self::Unreadable(path, why) => write!(f, "repository «{}» cannot be opened: {why}", path.display()),
            Self::Cache(path, why) => write!(f, "--cache «{}» cannot be used: {why}", path.display()),
            Self::Revision { repository, given, why } => {
                write!(f, "«{given}» names nothing in repository «{}»: {why}", repository.display())
            }
        }
    }
}

impl std::error::Error for GitError {}

/// Repositories that are open.
#[derive(Debug)]
pub struct Git {
    plan: GitPlan,
    opened: Vec<Opened>,
    /// What was met while repositories were looked for.
    notices: Vec<Notice>,
}

/// One of them, and what a run learns of it that is asked for again.
#[derive(Debug)]
struct Opened {
    repo: Repo,
    names: OnceLock<Names>,
    picks: OnceLock<Picks>,
}

impl Opened {
    fn new(repo: Repo) -> Self {
        Self { repo, names: OnceLock::new(), picks: OnceLock::new() }
    }

    fn names(&self) -> &Names {
        self.names.get_or_init(|| Names::read(&self.repo, &mut |_| ControlFlow::Continue(())))
    }

    fn store(&self) -> Store {
        Store::open(&self.repo.stores, self.repo.hash)
    }
}

impl Git {
    /// Opens what is named; whatever is named must be there.
    pub fn open(plan: GitPlan) -> Result<Self, GitError> {
        let mut git = Self { opened: Vec::new(), notices: Vec::new(), plan };
        for path in git.plan.repositories.clone() {
            if git.plan.recursive {
                git.look_for(&path)?;
            } else {
                git.take(Repo::open(&path, &git.plan.quarantine)?);
            }
        }
        if let Some(cache) = &git.plan.cache {
            let repos: Vec<&Repo> = git.opened.iter().map(|opened| &opened.repo).collect();
            cache.check(&repos).map_err(|why| GitError::Cache(cache.directory.clone(), why))?;
        }
        if let Part::Commits(_) = git.plan.part {
            for opened in &git.opened {
                part::check(&opened.repo, opened.names(), &git.plan.part)?;
            }
        }
        Ok(git)
    }

    /// Takes every repository below a directory. Only the directory itself must be there.
    fn look_for(&mut self, top: &Path) -> Result<(), GitError> {
        if !top.is_dir() {
            return Err(GitError::Missing(top.to_owned()));
        }
        let found = folders::repositories(top);
        self.notices.extend(found.notices);
        for path in found.repositories {
            match Repo::open(&path, &self.plan.quarantine) {
                Ok(repo) => self.take(repo),
                Err(error) => {
                    let text = format!("looks like a repository and is not read: {error}");
                    self.notices.push(Notice::new(Origin::file(&path), Reason::Malformed, text));
                }
            }
        }
        Ok(())
    }

    /// Takes a repository unless it is one of those that are open: linked work trees have one store, and
    /// an index and files of their own.
    fn take(&mut self, repo: Repo) {
        let real = |repo: &Repo| {
            let shared = self.plan.part == Part::Everything && !self.plan.worktree;
            let dir = if shared { &repo.common_dir } else { &repo.git_dir };
            dir.canonicalize().unwrap_or_else(|_| dir.clone())
        };
        if self.opened.iter().all(|known| real(&known.repo) != real(&repo)) {
            self.opened.push(Opened::new(repo));
        }
    }

    /// How many repositories are open.
    pub fn len(&self) -> usize {
        self.opened.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.opened.is_empty()
    }

    /// Visits what is asked for of each repository.
    pub(super) fn run(&self, crew: &Crew<'_, '_>) {
        let mut hand = Hand::of(crew);
        for notice in &self.notices {
            let _ = hand.visit(Event::Notice(notice.clone()));
        }
        drop(hand);
        for (number, opened) in self.opened.iter().enumerate() {
            if crew.is_over() {
                return;
            }
            let number = number as u32;
            match &self.plan.part {
                Part::Everything => self.everything(crew, opened, number),
                Part::Staged { index } => {
                    let picks = part::staged(&opened.repo, index.as_deref());
                    self.picked(crew, opened, number, picks);
                }
                Part::Commits(commits) => {
                    let picks = part::commits(&opened.repo, opened.names(), commits, self.plan.jobs, crew.stop());
                    self.picked(crew, opened, number, picks);
                }
            }
        }
    }

    /// The work trees of all repositories, and their numbers.
    pub(super) fn work_trees(&self) -> Vec<(PathName, u32)> {
        let shown = |opened: &Opened| PathName::of(&opened.repo.shown);
        (0..).zip(&self.opened).map(|(number, opened)| (shown(opened), number)).collect()
    }

    /// Visits some objects once more.
    pub(super) fn again(&self, crew: &Crew<'_, '_>, objects: &[ObjectKey]) {
        for (number, opened) in self.opened.iter().enumerate() {
            let own = objects.iter().filter(|key| key.repository as usize == number);
            let mut wanted: Vec<_> = own.filter_map(|key| gix::ObjectId::try_from(key.name.as_bytes()).ok()).collect();
            wanted.sort_unstable();
            wanted.dedup();
            if !wanted.is_empty() {
                everything::again(crew, &Survey::new(&opened.store()), number as u32, self.plan.jobs, &wanted);
            }
        }
    }

    fn everything(&self, crew: &Crew<'_, '_>, opened: &Opened, number: u32) {
        let (repo, jobs) = (&opened.repo, self.plan.jobs);
        let names = files::names(crew, repo);
        let store = opened.store();
        let survey = Survey::new(&store);
        let memory = self.plan.cache.as_ref().and_then(|cache| remember(crew, cache, repo));
        let news = memory.as_ref().and_then(|memory| memory.news(&survey));
        let only = news.as_ref().map(|news| news.unknown.as_slice());
        if let Some(only) = only {
            let remembered = survey.len() - only.len() as u64;
            let _ = Hand::of(crew).visit(Event::Read(Objects { remembered, ..Objects::default() }));
        }
        let spoke = everything::visit(crew, &survey, number, jobs, only);
        let since = memory.as_ref().zip(news.as_ref()).filter(|(_, news)| !news.lost);
        let since = since.map(|(memory, news)| (memory.absent(), news.unknown.as_slice()));
        let is_over = || crew.is_over();
        let looked = state::Looked { repo, survey: &survey, names: &names, jobs, is_over: &is_over, since };
        let (notices, absent) = state::notices(&looked);
        let mut hand = Hand::of(crew);
        for notice in notices {
            let _ = hand.visit(Event::Notice(notice));
        }
        drop(hand);
        files::store(crew, repo, jobs);
        if self.plan.worktree {
            files::work_tree(crew, repo, jobs);
        }
        if let Some((memory, spoke)) = memory.zip(spoke)
            && let Err(why) = memory.keep(&survey, &spoke, &absent)
        {
            tell_memory(crew, repo, &why);
        }
        // Nobody else sets it while the run is under way.
        let _ = opened.names.set(names);
    }

    fn picked(&self, crew: &Crew<'_, '_>, opened: &Opened, number: u32, picks: Result<Picks, GitError>) {
        match picks {
            Ok(picks) => {
                narrow::visit(crew, &opened.store(), &picks, number, self.plan.jobs);
                let _ = opened.picks.set(picks);
            }
            Err(error) => {
                let origin = Origin::file(&opened.repo.shown);
                let _ = Hand::of(crew).notice(origin, Reason::Unreadable, &format!("{error}; not scanned"));
            }
        }
    }

    /// Where the objects of each credential stand.
    pub(super) fn trace(&self, asked: &[Vec<ObjectKey>], stop: &AtomicBool) -> (Tracks, Vec<Notice>) {
        let mut tracks: Tracks = asked.iter().map(|_| Vec::new()).collect();
        let mut notices = Vec::new();
        for (number, opened) in self.opened.iter().enumerate() {
            let number = number as u32;
            let own = |keys: &Vec<ObjectKey>| {
                keys.iter().filter(|key| key.repository == number).map(|key| key.name).collect::<BTreeSet<_>>()
            };
            let marks: Vec<BTreeSet<ObjectName>> = asked.iter().map(own).collect();
            if marks.iter().all(BTreeSet::is_empty) {
                continue;
            }
            let repo = &opened.repo;
            let (found, doubts) = match opened.picks.get() {
                Some(picks) => (marks.iter().map(|mark| narrow::tracks(repo, picks, mark)).collect(), Vec::new()),
                None => {
                    let store = opened.store();
                    let (names, jobs) = (opened.names(), self.plan.jobs);
                    let worktree = self.plan.worktree;
                    trace::trace(&trace::Asked { repo, store: &store, names, worktree, jobs, stop }, &marks)
                }
            };
            for (tracks, found) in tracks.iter_mut().zip(found) {
                tracks.extend(found.into_iter().map(|track| (number, track)));
            }
            notices.extend(doubts.into_iter().map(|doubt| {
                let notice = Notice::new(Origin::file(&repo.shown), Reason::TooMany, doubt);
                Notice { incomplete: false, ..notice }
            }));
        }
        (tracks, notices)
    }

    pub(super) fn shown(&self, repository: u32) -> String {
        self.opened.get(repository as usize).map(|opened| opened.repo.shown.display().to_string()).unwrap_or_default()
    }
}

/// What is remembered of a repository, if it can be relied on.
fn remember(crew: &Crew<'_, '_>, cache: &Cache, repo: &Repo) -> Option<Memory> {
    match Memory::open(cache, repo) {
        Ok((memory, doubt)) => {
            if let Some(doubt) = doubt {
                tell_memory(crew, repo, &format!("{doubt}; all is read again"));
            }
            Some(memory)
        }
        Err(why) => {
            tell_memory(crew, repo, &why);
            None
        }
    }
}

/// Tells that something is wrong with what is remembered; nothing is missed because of it.
fn tell_memory(crew: &Crew<'_, '_>, repo: &Repo, why: &str) {
    let notice = Notice::new(Origin::file(&repo.shown), Reason::Malformed, format!("what --cache knew of it {why}"));
    let _ = Hand::of(crew).visit(Event::Notice(Notice { incomplete: false, ..notice }));
}
