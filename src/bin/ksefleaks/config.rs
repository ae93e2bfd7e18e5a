//! Which configuration holds, and what it says.
//!
//! Holds: the search for `.ksefleaks.toml`, from the current directory upwards. Must not know: what
//! is scanned: a configuration that is merely part of it must not quieten anything.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use ksefleaks::{Config, RuleSet};

use crate::files;

const NAME: &str = ".ksefleaks.toml";

/// The configuration and the rules together with its own.
pub(crate) struct Loaded {
    /// What the user has set.
    pub(crate) config: Config,
    /// All rules.
    pub(crate) rules: RuleSet,
    /// Where the configuration stands, if there is one.
    pub(crate) path: Option<PathBuf>,
}

/// The configuration that was named, which must exist, or else the nearest one, or none.
pub(crate) fn load(named: Option<&Path>) -> anyhow::Result<Loaded> {
    let path = match named {
        Some(path) => Some(path.to_owned()),
        None => std::env::current_dir().ok().and_then(|here| nearest(&here)),
    };
    read(path)
}

/// The configuration at a path, if one is there; none is looked for elsewhere.
pub(crate) fn load_at(path: &Path) -> anyhow::Result<Loaded> {
    read(path.symlink_metadata().is_ok().then(|| path.to_owned()))
}

fn read(path: Option<PathBuf>) -> anyhow::Result<Loaded> {
    let Some(path) = path else {
        return Ok(Loaded { config: Config::default(), rules: RuleSet::built_in(), path: None });
    };
    let text = files::read(&path, "configuration")?;
    let about = || format!("configuration «{}»", path.display());
    let mut config = Config::parse(&text).map_err(|error| anyhow!("{error}")).with_context(about)?;
    let own = std::mem::take(&mut config.rules);
    let rules = RuleSet::built_in().with(own).map_err(|error| anyhow!("{error}")).with_context(about)?;
    Ok(Loaded { config, rules, path: Some(path) })
}

fn nearest(here: &Path) -> Option<PathBuf> {
    here.ancestors().map(|folder| folder.join(NAME)).find(|path| path.symlink_metadata().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_configuration_upwards_holds() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b");
        std::fs::create_dir_all(&deep).unwrap();
        std::fs::write(folder.path().join(NAME), "").unwrap();
        assert_eq!(nearest(&deep), Some(folder.path().join(NAME)));
        std::fs::write(folder.path().join("a").join(NAME), "").unwrap();
        assert_eq!(nearest(&deep), Some(folder.path().join("a").join(NAME)));
    }

    #[test]
    fn a_named_configuration_must_exist() {
        let folder = tempfile::tempdir().unwrap();
        assert!(load(Some(&folder.path().join("absent.toml"))).is_err());
    }

    #[test]
    fn an_error_names_the_place_and_quotes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.toml");
        std::fs::write(&path, "token = canary-0123456789\n").unwrap();
        let told = load(Some(&path)).err().map(|error| format!("{error:#}")).unwrap();
        assert!(told.contains("c.toml") && told.contains("line 1") && !told.contains("canary"), "{told}");
    }
}
