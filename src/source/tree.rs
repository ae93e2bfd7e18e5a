//! The way through directories.
//!
//! Holds: what is read, left or told of all that the parallel walker of `ignore` meets. Must not
//! know: how a file is read, or what visitors do.

use std::fs;
use std::io;
use std::ops::ControlFlow::{self, Break, Continue};
use std::path::Path;

use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};

use super::crew::{Crew, Hand};
use super::globs::Globs;
use super::plan::Plan;
use super::read::{Manner, notice_name, refused, visit_file};
use super::walk::Walk;
use super::{Event, LeftOut, stores, system};
use crate::base::{Origin, Reason};

/// Walks through all directories of the plan.
pub(super) fn visit_trees(walk: &Walk, plan: &Plan, globs: &Globs, crew: &Crew<'_, '_>) {
    // To the walker a single dash is standard input.
    let roots = plan.roots.iter().map(|root| if root == Path::new("-") { Path::new("./-") } else { root });
    let Some(mut builder) = roots.fold(None, |builder: Option<WalkBuilder>, root| match builder {
        None => Some(WalkBuilder::new(root)),
        Some(mut builder) => {
            builder.add(root);
            Some(builder)
        }
    }) else {
        return;
    };
    let git = walk.respect_gitignore;
    // The global list of git is not obeyed: it is no part of what is scanned.
    builder.standard_filters(false).parents(git).git_ignore(git).git_exclude(git);
    builder.follow_links(walk.follow).same_file_system(walk.one_file_system).threads(walk.jobs.max(1));
    let dotted = plan.roots.iter().any(|root| root == Path::new("."));
    builder.build_parallel().visit(&mut Trees { walk, plan, globs, crew, dotted });
}

/// What the threads of the walk share.
#[derive(Clone, Copy)]
struct Trees<'t, 'a, 'v> {
    walk: &'t Walk,
    plan: &'t Plan,
    globs: &'t Globs,
    crew: &'t Crew<'a, 'v>,
    /// Whether the current directory is walked as such, whose name is not shown.
    dotted: bool,
}

impl Trees<'_, '_, '_> {
    /// The name that reports use, as the user would write it: without the dot of the current
    /// directory, where `met` was met at this depth below it.
    fn shown<'p>(&self, name: &'p Path, met: &Path, depth: usize) -> &'p Path {
        if !self.dotted || met.ancestors().nth(depth).is_none_or(|root| root != Path::new(".")) {
            return name;
        }
        name.strip_prefix(".").ok().filter(|rest| !rest.as_os_str().is_empty()).unwrap_or(name)
    }
}

impl<'t> ParallelVisitorBuilder<'t> for Trees<'t, '_, '_> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 't> {
        Box::new(Guide { trees: *self, hand: Hand::of(self.crew) })
    }
}

/// One thread of the walk.
struct Guide<'t, 'a, 'v> {
    trees: Trees<'t, 'a, 'v>,
    hand: Hand<'t, 'a, 'v>,
}

impl ParallelVisitor for Guide<'_, '_, '_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        if self.trees.crew.is_over() {
            return WalkState::Quit;
        }
        let outcome = match entry {
            Ok(entry) => self.entry(&entry),
            Err(error) => self.error(&error).map_continue(|()| WalkState::Continue),
        };
        match outcome {
            Continue(state) => state,
            Break(()) => WalkState::Quit,
        }
    }
}

impl Guide<'_, '_, '_> {
    fn entry(&mut self, entry: &DirEntry) -> ControlFlow<(), WalkState> {
        let (path, depth) = (entry.path(), entry.depth());
        let kind = entry.file_type();
        let is_dir = kind.is_some_and(|kind| kind.is_dir());
        // Only below its target can a thing be met that has a place of its own in the plan.
        if depth > 0 && !self.trees.plan.apart.is_empty() && self.trees.plan.apart.contains(path) {
            return Continue(WalkState::Skip);
        }
        let left = if self.trees.globs.leave(path, depth, is_dir) || (is_dir && self.is_mounted(path, depth)) {
            Some(LeftOut::Excluded)
        } else if is_dir {
            None
        } else if kind.is_some_and(|kind| kind.is_symlink()) {
            Some(LeftOut::Link)
        } else if kind.is_some_and(|kind| kind.is_file()) {
            let manner = Manner::Met { follow: self.trees.walk.follow };
            let shown = self.trees.shown(path, path, depth);
            return visit_file(&mut self.hand, path, shown, manner).map_continue(|()| WalkState::Continue);
        } else {
            Some(LeftOut::Device)
        };
        if let Some(what) = left {
            return self.hand.left(what).map_continue(|()| WalkState::Skip);
        }
        self.directory(path, depth)
    }

    fn directory(&mut self, path: &Path, depth: usize) -> ControlFlow<(), WalkState> {
        if let Some(repository) = stores::repository_of(path) {
            let shown = self.trees.shown(&repository, path, depth).to_owned();
            return self.hand.visit(Event::GitStore(shown)).map_continue(|()| WalkState::Skip);
        }
        if path.to_str().is_none() {
            let shown = self.trees.shown(path, path, depth);
            notice_name(&mut self.hand, shown, &Origin::file(shown))?;
        }
        Continue(WalkState::Continue)
    }

    /// Whether another file system begins here, where that is not to be entered. The walker does
    /// not enter it either, but does not tell.
    fn is_mounted(&self, path: &Path, depth: usize) -> bool {
        let device = |path: &Path| fs::metadata(path).ok().and_then(|metadata| system::device(&metadata));
        self.trees.walk.one_file_system
            && depth > 0
            && path.ancestors().nth(depth).and_then(device).zip(device(path)).is_some_and(|(root, here)| root != here)
    }

    fn error(&mut self, error: &ignore::Error) -> ControlFlow<()> {
        let depth = error.depth();
        match innermost(error, None) {
            Trouble::Loop => self.hand.left(LeftOut::Link),
            Trouble::Rule => Continue(()),
            Trouble::Io(Some(path), _) if path.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink()) => {
                // It leads nowhere, or to itself.
                self.hand.left(LeftOut::Link)
            }
            Trouble::Io(Some(path), error) => {
                let shown = self.trees.shown(path, path, depth.unwrap_or(0));
                refused(&mut self.hand, Origin::file(shown), error)
            }
            Trouble::Io(None, _) | Trouble::Unknown => {
                let origin = Origin::label("(a directory)");
                self.hand.notice(origin, Reason::Unreadable, "cannot be listed to its end; not scanned to its end")
            }
        }
    }
}

/// What is behind an error of the walker.
enum Trouble<'e> {
    /// A link leads to a directory around it.
    Loop,
    /// A line of a `.gitignore` is no pattern; it leaves nothing out.
    Rule,
    /// The system refused.
    Io(Option<&'e Path>, &'e io::Error),
    /// Anything else.
    Unknown,
}

fn innermost<'e>(error: &'e ignore::Error, path: Option<&'e Path>) -> Trouble<'e> {
    match error {
        ignore::Error::WithPath { path, err } => innermost(err, Some(path)),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => innermost(err, path),
        ignore::Error::Loop { .. } => Trouble::Loop,
        ignore::Error::Io(error) => Trouble::Io(path, error),
        ignore::Error::Partial(_) | ignore::Error::Glob { .. } => Trouble::Rule,
        ignore::Error::UnrecognizedFileType(_) | ignore::Error::InvalidDefinition => Trouble::Unknown,
    }
}
