//! What the user named, put in order: every file once.
//!
//! Holds: the sorting of targets into files and directories, and which of them lie inside of
//! another. Must not know: what is excluded on the way, or how a directory is walked.

use crate::base::share_out;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::walk::Target;

/// The work of a walk.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Whether standard input is to be read.
    pub(super) standard_input: bool,
    /// Files and pipes, each once.
    pub(super) files: Vec<PathBuf>,
    /// Directories, each once.
    pub(super) roots: Vec<PathBuf>,
    /// Files and directories of the above as they would be met on the way through another
    /// directory. They are passed over there, and so are read even where they would be left out.
    pub(super) apart: HashSet<PathBuf>,
}

/// One thing named, as found.
struct Found {
    directory: bool,
    /// Its real name, where its parent's is not enough to tell it.
    real: Option<PathBuf>,
}

/// Puts the targets in order. Things that do not exist count as files, which tell so when read.
pub(super) fn plan(targets: &[Target], jobs: usize) -> Plan {
    let found: Vec<OnceLock<Found>> = targets.iter().map(|_| OnceLock::new()).collect();
    share_out(jobs, targets.len(), &|indices| {
        for index in indices {
            if let Target::Path(path) = &targets[index] {
                found[index].get_or_init(|| look(path));
            }
        }
    });
    let mut plan = Plan::default();
    let mut parents: HashMap<&Path, PathBuf> = HashMap::new();
    let mut seen: HashSet<PathBuf> = HashSet::new();
    let mut roots: HashMap<PathBuf, &Path> = HashMap::new();
    for (target, found) in targets.iter().zip(found) {
        let (Target::Path(path), Some(found)) = (target, found.into_inner()) else {
            plan.standard_input = true;
            continue;
        };
        let real = found.real.unwrap_or_else(|| in_parent(path, &mut parents));
        if !seen.insert(real.clone()) {
            continue;
        }
        if found.directory {
            plan.roots.push(path.clone());
            roots.insert(real, path);
        } else {
            plan.files.push(path.clone());
        }
    }
    if !roots.is_empty() {
        plan.apart = seen.iter().filter_map(|real| inside(real, &roots)).collect();
    }
    plan
}

fn look(path: &Path) -> Found {
    let listed = fs::symlink_metadata(path);
    let directory = match &listed {
        Ok(metadata) if metadata.is_symlink() => fs::metadata(path).is_ok_and(|metadata| metadata.is_dir()),
        Ok(metadata) => metadata.is_dir(),
        Err(_) => false,
    };
    // Ends of pipes have no real name; then the given one has to do.
    let real = || fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let plain = listed.is_ok_and(|metadata| metadata.is_file()) && path.file_name().is_some();
    Found { directory, real: (!plain).then(real) }
}

/// The real name of a file that is no link. Files of long lists share their directories, so that
/// one question a directory is enough.
fn in_parent<'t>(path: &'t Path, parents: &mut HashMap<&'t Path, PathBuf>) -> PathBuf {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return path.to_owned();
    };
    let here = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
    let real = parents.entry(parent).or_insert_with(|| fs::canonicalize(here).unwrap_or_else(|_| parent.to_owned()));
    real.join(name)
}

/// The name under which a walk through the nearest directory around it would meet this.
fn inside(real: &Path, roots: &HashMap<PathBuf, &Path>) -> Option<PathBuf> {
    let (above, root) = real.ancestors().skip(1).find_map(|above| roots.get_key_value(above))?;
    Some(root.join(real.strip_prefix(above).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(names: &[PathBuf]) -> Vec<Target> {
        names.iter().cloned().map(Target::Path).collect()
    }

    #[test]
    fn equal_targets_are_one_and_inner_ones_stand_apart() {
        let place = tempfile::tempdir().unwrap();
        let top = fs::canonicalize(place.path()).unwrap();
        fs::create_dir_all(top.join("a/b")).unwrap();
        fs::write(top.join("a/b/f"), "").unwrap();
        fs::write(top.join("g"), "").unwrap();
        let given = ["a", "a/b", "a/./b/../../a", "a/b/f", "a/../a/b/f", "g"].map(|name| top.join(name));
        let plan = plan(&paths(&given), 2);
        assert_eq!(plan.roots, [top.join("a"), top.join("a/b")]);
        assert_eq!(plan.files, [top.join("a/b/f"), top.join("g")]);
        assert_eq!(plan.apart, HashSet::from([top.join("a/b"), top.join("a/b/f")]));
    }

    #[test]
    fn what_is_missing_counts_as_a_file() {
        let place = tempfile::tempdir().unwrap();
        let gone = place.path().join("gone");
        let plan = plan(&[Target::Path(gone.clone()), Target::Stdin], 1);
        assert_eq!((plan.files, plan.roots.len(), plan.standard_input), (vec![gone], 0, true));
    }
}
