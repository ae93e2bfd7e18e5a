//! What a hook is to look at.
//!
//! Holds: for each hook, what git and its environment say. Must not know: how it is looked at, or what
//! is said about it.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use ksefleaks::{Commits, Git, GitPlan, Held, Part, Revision, Source, Target, Walk};

use super::Occasion;
use super::commit_message::kept;
use super::environment::{self, Framework};
use super::pushed::{self, Update};
use crate::args::{HookKind, HookRunArgs};
use crate::{files, plan};

/// A message longer than this is something else.
const LONGEST_MESSAGE: u64 = 64 << 20;

/// What to look at, and what is refused where something is found.
pub(super) struct Errand {
    pub(super) occasion: Occasion,
    pub(super) source: Source,
}

/// What the hook is to look at; nothing where git says that there is nothing.
pub(super) fn errand(args: &HookRunArgs) -> anyhow::Result<Option<Errand>> {
    match args.kind {
        HookKind::PreCommit => before_commit(args).map(Some),
        HookKind::CommitMsg => message(args).map(Some),
        HookKind::PrePush => push(args),
        HookKind::PreReceive => receive(args),
    }
}

/// What is left to look at where nothing was staged: the files that were given.
pub(super) fn files_given(args: &HookRunArgs) -> Option<Errand> {
    let targets: Vec<Target> = args.given.iter().map(|path| Target::Path(PathBuf::from(path))).collect();
    let walk = Walk { targets, jobs: plan::threads(args.terms.jobs), ..Walk::default() };
    (!walk.targets.is_empty()).then_some(Errand { occasion: Occasion::Files, source: Source::Walk(walk) })
}

fn before_commit(args: &HookRunArgs) -> anyhow::Result<Errand> {
    let (occasion, part) = match environment::framework() {
        None => (Occasion::Commit, Part::Staged { index: environment::index() }),
        Some(Framework::Range { range, push }) => {
            let commits = Commits { revisions: vec![Revision::Range(range)], ..Commits::default() };
            (if push { Occasion::Push } else { Occasion::Range }, Part::Commits(commits))
        }
        Some(Framework::Branch { branch, remote }) => {
            let hidden = vec![refs_of(&remote)];
            let commits = Commits { revisions: vec![Revision::Range(branch)], hidden, ..Commits::default() };
            (Occasion::Push, Part::Commits(commits))
        }
    };
    Ok(Errand { occasion, source: git(args, part)? })
}

fn message(args: &HookRunArgs) -> anyhow::Result<Errand> {
    let [path] = &args.given[..] else { bail!("commit-msg takes the file with the message, as git gives it") };
    let about = || format!("message «{}»", PathBuf::from(path).display());
    let bytes = files::bytes(Path::new(path), LONGEST_MESSAGE).with_context(about)?;
    let held = Held { name: "commit message".to_owned(), bytes: kept(&bytes).to_vec(), words: Vec::new() };
    let occasion = Occasion::Message(path.to_string_lossy().into_owned());
    Ok(Errand { occasion, source: Source::Held(held) })
}

/// The commits that the other side has not: neither its refs, as they were when last fetched, nor what
/// it says now lead there.
fn push(args: &HookRunArgs) -> anyhow::Result<Option<Errand>> {
    let [remote, url] = &args.given[..] else {
        bail!("pre-push takes the name and the URL of the remote, as git gives them")
    };
    let updates = pushed::updates(args.kind)?;
    // A remote without a name goes by its URL.
    let mut hidden: Vec<String> = (remote != url).then(|| refs_of(&remote.to_string_lossy())).into_iter().collect();
    hidden.extend(updates.iter().filter_map(|update| update.old.clone()));
    let commits = Commits { revisions: revisions(updates), hidden, ..Commits::default() };
    search_commits(args, Occasion::Push, commits)
}

/// The commits that no ref here leads to yet.
fn receive(args: &HookRunArgs) -> anyhow::Result<Option<Errand>> {
    let revisions = revisions(pushed::updates(args.kind)?);
    search_commits(args, Occasion::Receive, Commits { revisions, only_new: true, ..Commits::default() })
}

fn search_commits(args: &HookRunArgs, occasion: Occasion, commits: Commits) -> anyhow::Result<Option<Errand>> {
    if commits.revisions.is_empty() {
        return Ok(None);
    }
    Ok(Some(Errand { occasion, source: git(args, Part::Commits(commits))? }))
}

/// What is pushed; what is deleted brings nothing.
fn revisions(updates: Vec<Update>) -> Vec<Revision> {
    updates.into_iter().filter_map(|update| update.new).map(Revision::Range).collect()
}

fn refs_of(remote: &str) -> String {
    format!("refs/remotes/{remote}/")
}

fn git(args: &HookRunArgs, part: Part) -> anyhow::Result<Source> {
    let git = GitPlan {
        repositories: vec![environment::repository()],
        recursive: false,
        part,
        worktree: false,
        quarantine: environment::stores(),
        // Hooks read what is new anyway.
        cache: None,
        jobs: plan::threads(args.terms.jobs),
    };
    Ok(Source::Git(Box::new(Git::open(git).map_err(|error| anyhow!("{error}"))?)))
}
