//! Where git looks for the hooks of a repository.
//!
//! Holds: `hooks_directory`. This is the one place that reads the configuration of the user and of the
//! system: whoever installs a hook wants it where their own git runs it. Must not know: what a hook
//! says.

use std::path::{Path, PathBuf};

use gix::config::Source;
use gix::sec::Trust;

use super::GitError;

/// Where git looks for hooks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HooksDirectory {
    /// The directory, which need not be there yet.
    pub path: PathBuf,
    /// Whether `core.hooksPath` names it.
    pub configured: bool,
    /// Whether that is said for more than this repository, so that other repositories use it too.
    pub shared: bool,
    /// Whether it is in the work tree, where it may be committed.
    pub in_work_tree: bool,
}

/// The directory of hooks of the repository at a path, or around it.
///
/// A repository of somebody else may not say where something is written to: there, `core.hooksPath`
/// of its own configuration is an error.
pub fn hooks_directory(path: &Path) -> Result<HooksDirectory, GitError> {
    find(path, gix::open::Permissions::all())
}

fn find(path: &Path, permissions: gix::open::Permissions) -> Result<HooksDirectory, GitError> {
    if path.symlink_metadata().is_err() {
        return Err(GitError::Missing(path.to_owned()));
    }
    let unreadable = |why: String| GitError::Unreadable(path.to_owned(), why);
    // The whole path: the search upwards fails an assertion of its own at `../bare.git` (gix-discover 0.57).
    let real = gix::path::realpath(path).map_err(|_| GitError::Missing(path.to_owned()))?;
    let top = gix::discover::upwards(&real).map(|(found, _)| found.into_repository_and_work_tree_directories().0);
    let top = top.map_err(|_| GitError::NoRepository(path.to_owned()))?;
    let options = gix::open::Options::default().permissions(permissions).strict_config(false);
    let repo = gix::open_opts(top, options)
        .map_err(|error| unreadable(error.to_string().lines().next().unwrap_or_default().to_owned()))?;
    let Some((source, trust)) = set_by(&repo) else {
        let path = repo.common_dir().join("hooks");
        return Ok(HooksDirectory { path, configured: false, shared: false, in_work_tree: false });
    };
    if trust != Trust::Full {
        let why = "it belongs to somebody else and its own configuration sets core.hooksPath; install as its owner";
        return Err(unreadable(why.to_owned()));
    }
    let named = repo.config_snapshot().trusted_path("core.hooksPath").ok().flatten();
    let named = named.ok_or_else(|| unreadable("core.hooksPath names no path that can be understood".to_owned()))?;
    // Git runs hooks from the top of the work tree, and from its own directory where there is none.
    let base = repo.workdir().unwrap_or_else(|| repo.git_dir());
    let hooks = base.join(named);
    let in_work_tree = repo.workdir().is_some_and(|top| is_below(&hooks, top)) && !is_below(&hooks, repo.common_dir());
    let own = matches!(source, Source::Local | Source::Worktree);
    Ok(HooksDirectory { path: hooks, configured: true, shared: !own, in_work_tree })
}

/// Who has the last word on `core.hooksPath`.
fn set_by(repo: &gix::Repository) -> Option<(Source, Trust)> {
    let snapshot = repo.config_snapshot();
    let sections = snapshot.plumbing().sections_by_name("core")?;
    let named = sections.filter(|section| section.header().subsection_name().is_none());
    let last = named.filter(|section| section.value("hooksPath").is_some()).last()?;
    Some((last.meta().source, last.meta().trust))
}

/// Whether one path is below another, links resolved as far as the paths exist.
fn is_below(path: &Path, above: &Path) -> bool {
    let real = |path: &Path| {
        let known = path.ancestors().find_map(|folder| Some((folder, folder.canonicalize().ok()?)));
        known.and_then(|(folder, real)| Some(real.join(path.strip_prefix(folder).ok()?)))
    };
    matches!((real(path), real(above)), (Some(path), Some(above)) if path.starts_with(&above))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn git(folder: &Path, words: &[&str]) {
        let mut command = Command::new("git");
        command.current_dir(folder).args(words).envs([
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_CONFIG_SYSTEM", "/dev/null"),
            ("GIT_AUTHOR_NAME", "a"),
            ("GIT_AUTHOR_EMAIL", "a@example.com"),
            ("GIT_COMMITTER_NAME", "a"),
            ("GIT_COMMITTER_EMAIL", "a@example.com"),
        ]);
        assert!(command.output().unwrap().status.success(), "git {words:?}");
    }

    fn place() -> (tempfile::TempDir, PathBuf) {
        let place = tempfile::tempdir().unwrap();
        let top = place.path().canonicalize().unwrap();
        git(&top, &["init", "-q", "work"]);
        (place, top)
    }

    /// Without the configuration of whoever runs the tests.
    fn found(path: &Path) -> Result<HooksDirectory, GitError> {
        find(path, gix::open::Permissions::isolated())
    }

    fn real(path: &Path) -> PathBuf {
        path.canonicalize().unwrap()
    }

    #[test]
    fn hooks_stand_in_the_repository_itself_unless_told_otherwise() {
        let (_place, top) = place();
        git(&top, &["init", "-q", "--bare", "bare.git"]);
        std::fs::create_dir(top.join("work/below")).unwrap();
        for path in ["work", "work/below", "work/.git"] {
            let told = found(&top.join(path)).unwrap();
            assert_eq!((real(&told.path), told.configured), (top.join("work/.git/hooks"), false), "{path}");
        }
        assert_eq!(real(&found(&top.join("bare.git")).unwrap().path), top.join("bare.git/hooks"));
    }

    #[test]
    fn a_linked_work_tree_has_the_hooks_of_its_repository() {
        let (_place, top) = place();
        git(&top.join("work"), &["commit", "-q", "--allow-empty", "-m", "first"]);
        git(&top.join("work"), &["worktree", "add", "-q", "../linked"]);
        assert_eq!(real(&found(&top.join("linked")).unwrap().path), top.join("work/.git/hooks"));
    }

    #[test]
    fn the_configured_path_counts_from_the_top() {
        let (_place, top) = place();
        git(&top.join("work"), &["config", "core.hooksPath", ".githooks"]);
        std::fs::create_dir(top.join("work/below")).unwrap();
        let told = found(&top.join("work/below")).unwrap();
        assert!(told.path.ends_with("work/.githooks"), "{}", told.path.display());
        assert!(told.configured && told.in_work_tree && !told.shared);
        let elsewhere = top.join("hooks");
        git(&top.join("work"), &["config", "core.hooksPath", &elsewhere.display().to_string()]);
        let told = found(&top.join("work")).unwrap();
        assert!(told.path == elsewhere && told.configured && !told.in_work_tree);
    }

    #[test]
    fn what_is_no_repository_is_refused() {
        let place = tempfile::tempdir().unwrap();
        assert!(matches!(found(&place.path().join("absent")), Err(GitError::Missing(_))));
        assert!(matches!(found(place.path()), Err(GitError::NoRepository(_))));
    }
}
