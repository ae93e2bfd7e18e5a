//! Object stores of repositories, met on the way.
//!
//! Holds: how such a store is told from other directories. Must not know: what is inside of it.

use std::path::{Path, PathBuf};

/// The repository whose object store this directory is: its work tree if it has one around it,
/// else the repository's own directory. Nothing where it is none; `lfs/objects` holds plain files
/// and is none.
pub(super) fn repository_of(directory: &Path) -> Option<PathBuf> {
    if directory.file_name()? != "objects" {
        return None;
    }
    let here = |path: &Path| if path.as_os_str().is_empty() { PathBuf::from(".") } else { path.to_owned() };
    let repository = here(directory.parent()?);
    let has = |name: &str| repository.join(name).symlink_metadata().is_ok();
    // Only a name is looked for: HEAD is a symbolic link in old repositories.
    if !has("HEAD") || !["refs", "packed-refs", "reftable"].into_iter().any(has) {
        return None;
    }
    if repository.file_name().is_some_and(|name| name == ".git") {
        return repository.parent().map(here);
    }
    Some(repository)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository(path: &Path) -> PathBuf {
        std::fs::create_dir_all(path.join("objects")).unwrap();
        std::fs::create_dir_all(path.join("refs")).unwrap();
        std::fs::write(path.join("HEAD"), "ref: refs/heads/main\n").unwrap();
        path.join("objects")
    }

    #[test]
    fn a_store_belongs_to_the_work_tree_or_the_bare_repository() {
        let place = tempfile::tempdir().unwrap();
        let top = place.path();
        assert_eq!(repository_of(&repository(&top.join("a/.git"))), Some(top.join("a")));
        assert_eq!(repository_of(&repository(&top.join("b.git"))), Some(top.join("b.git")));
        let module = top.join("a/.git/modules/m");
        assert_eq!(repository_of(&repository(&module)), Some(module));
    }

    #[test]
    fn other_directories_of_that_name_are_none() {
        let place = tempfile::tempdir().unwrap();
        let plain = place.path().join("lfs/objects");
        std::fs::create_dir_all(&plain).unwrap();
        assert_eq!(repository_of(&plain), None);
        assert_eq!(repository_of(&repository(&place.path().join("x")).join("pack")), None);
    }
}
