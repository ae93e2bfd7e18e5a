//! What git and the pre-commit framework tell a hook by its environment.
//!
//! Holds: one function a fact. Must not know: what is made of it.

use std::env::var_os;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The repository that the hook runs for. Git names it where the current directory does not tell.
pub(super) fn repository() -> PathBuf {
    variable("GIT_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from)
}

/// The index of the commit that is being made, which is not the repository's own where some paths
/// alone are committed.
pub(super) fn index() -> Option<PathBuf> {
    let path = PathBuf::from(variable("GIT_INDEX_FILE")?);
    // Named from the current directory, as all that git says to a hook.
    Some(std::path::absolute(&path).unwrap_or(path))
}

/// Where objects are besides the repository's own: those of a push wait in a quarantine, with a way
/// from there to all others.
pub(super) fn stores() -> Vec<PathBuf> {
    let mut stores: Vec<PathBuf> = Vec::new();
    let named = ["GIT_QUARANTINE_PATH", "GIT_OBJECT_DIRECTORY"].into_iter().filter_map(variable).map(PathBuf::from);
    let others = variable("GIT_ALTERNATE_OBJECT_DIRECTORIES");
    let others = others.iter().flat_map(std::env::split_paths).filter(|path| !path.as_os_str().is_empty());
    let own = real(&repository().join("objects"));
    for store in named.chain(others).map(|path| real(&path)) {
        if store != own && store.is_dir() && !stores.contains(&store) {
            stores.push(store);
        }
    }
    stores
}

fn real(path: &Path) -> PathBuf {
    path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned())
}

/// What the pre-commit framework was asked to check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Framework {
    /// The commits between two refs.
    Range {
        /// `FROM..TO`.
        range: String,
        /// Whether that is for a push.
        push: bool,
    },
    /// A whole branch that is pushed for the first time; the framework hands over files for it, not refs.
    Branch {
        /// What is pushed.
        branch: String,
        /// Where to.
        remote: String,
    },
}

/// What the pre-commit framework says, where it says more than files.
pub(super) fn framework() -> Option<Framework> {
    let text = |name| variable(name).and_then(|value| value.into_string().ok());
    let remote = text("PRE_COMMIT_REMOTE_NAME");
    match (text("PRE_COMMIT_FROM_REF"), text("PRE_COMMIT_TO_REF"), text("PRE_COMMIT_LOCAL_BRANCH"), remote) {
        (Some(from), Some(to), _, remote) => {
            Some(Framework::Range { range: format!("{from}..{to}"), push: remote.is_some() })
        }
        (_, _, Some(branch), Some(remote)) => Some(Framework::Branch { branch, remote }),
        _ => None,
    }
}

fn variable(name: &str) -> Option<OsString> {
    var_os(name).filter(|value| !value.is_empty())
}
