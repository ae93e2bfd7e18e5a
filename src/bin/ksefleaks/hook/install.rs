//! `ksefleaks hook install` and `ksefleaks hook uninstall`.
//!
//! Holds: putting a hook where git looks for it, next to the one that was there, and taking it away. Must
//! not know: what a hook says or does.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use ksefleaks::{HooksDirectory, hooks_directory};

use super::script::{self, Kind};
use crate::args::{HookInstallArgs, HookKind, HookTerms, HookUninstallArgs, Looks};
use crate::exit::Exit;
use crate::output::to_standard_output;
use crate::{config, files, inventory};

/// No script of ours is as long; what is longer is somebody else's.
const LONGEST: u64 = 1 << 20;

/// Installs each hook, and says where.
pub(super) fn install(args: &HookInstallArgs) -> anyhow::Result<Exit> {
    let directory = directory(&args.repo)?;
    let options = lasting(&args.terms)?.words();
    let program = std::env::current_exe().map_err(|error| anyhow!("the path of this program is unknown: {error}"))?;
    fs::create_dir_all(&directory.path).map_err(|error| cannot("made", &directory.path, &error))?;
    let mut said = Vec::new();
    for kind in &args.kinds {
        let place = Place::new(&directory.path, *kind);
        let text = script::text(*kind, program.as_os_str(), &options);
        said.push(format!("{}: {}", kind.name(), place.put(&text)?));
    }
    said.extend(remarks(&directory));
    say(&said)
}

/// Takes each hook away, and says what is there now.
pub(super) fn uninstall(args: &HookUninstallArgs) -> anyhow::Result<Exit> {
    let directory = directory(&args.repo)?;
    let mut said = Vec::new();
    for kind in &args.kinds {
        said.push(format!("{}: {}", kind.name(), Place::new(&directory.path, *kind).take_away()?));
    }
    say(&said)
}

fn say(lines: &[String]) -> anyhow::Result<Exit> {
    to_standard_output(&Looks::default(), |out| {
        lines.iter().try_for_each(|line| writeln!(out, "{}", ksefleaks::escape_terminal(line)))
    })?;
    Ok(Exit::Clean)
}

fn directory(repo: &Path) -> anyhow::Result<HooksDirectory> {
    let directory = hooks_directory(repo).map_err(|error| anyhow!("{error}"))?;
    let path = &directory.path;
    if fs::metadata(path).is_ok_and(|kind| !kind.is_dir()) {
        bail!("hooks are switched off: core.hooksPath is «{}», which is no directory", path.display());
    }
    if path.ends_with(".husky/_") {
        bail!(
            "the hooks here are written by husky, and would be again; put «ksefleaks hook run pre-commit» into \
             .husky/pre-commit, and the like for others"
        );
    }
    Ok(directory)
}

/// The terms as they hold from wherever git runs the hook; what they name must be there.
fn lasting(terms: &HookTerms) -> anyhow::Result<HookTerms> {
    let mut terms = terms.clone();
    if let Some(path) = &mut terms.config {
        config::load(Some(path))?;
        *path = lasting_path(path)?;
    }
    if let Some(path) = &mut terms.baseline {
        files::read(path, "baseline")?;
        *path = lasting_path(path)?;
    }
    if let Some(path) = &mut terms.inventory {
        *path = lasting_path(path)?;
    }
    if let Some(path) = &mut terms.inventory_key {
        *path = lasting_path(path)?;
    }
    inventory::named(&terms)?;
    Ok(terms)
}

fn lasting_path(path: &Path) -> anyhow::Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("«{}» cannot be named from the root", path.display()))
}

fn remarks(directory: &HooksDirectory) -> Vec<String> {
    let path = directory.path.display();
    let mut said = Vec::new();
    if directory.shared {
        said.push(format!("core.hooksPath is set for more than this repository: «{path}» holds for all that share it"));
    }
    if directory.in_work_tree {
        said.push(format!("«{path}» is in the work tree: do not commit what names programs of this computer"));
    }
    said
}

/// Where one hook stands, and the one from before.
struct Place {
    kind: HookKind,
    hook: PathBuf,
    former: PathBuf,
}

impl Place {
    fn new(directory: &Path, kind: HookKind) -> Self {
        Self { kind, hook: directory.join(kind.name()), former: directory.join(script::former(kind)) }
    }

    /// Puts the script there; says what was done.
    fn put(&self, text: &[u8]) -> anyhow::Result<String> {
        let there = content(&self.hook)?;
        let hook = self.hook.display();
        match there.as_deref().map(script::kind) {
            Some(Kind::Ours) if there.as_deref() == Some(text) => return Ok(format!("is installed already, «{hook}»")),
            Some(Kind::Changed) => return Err(self.was_changed()),
            Some(Kind::Foreign) if exists(&self.former) => bail!(
                "«{hook}» was replaced since it was installed, and «{}» still keeps the one from before; \
                 remove the one that is not wanted",
                self.former.display()
            ),
            _ => {}
        }
        let new = files::program(&self.hook, text).map_err(|error| cannot("written", &self.hook, &error))?;
        let keeps = there.as_deref().is_some_and(|text| script::kind(text) == Kind::Foreign);
        if keeps {
            fs::rename(&self.hook, &self.former).map_err(|error| cannot("kept", &self.hook, &error))?;
        }
        if let Err(error) = new.persist(&self.hook) {
            if keeps {
                // What was there is worth more than the message about it.
                drop(fs::rename(&self.former, &self.hook));
            }
            return Err(cannot("written", &self.hook, &error.error));
        }
        Ok(match there {
            Some(_) if !keeps => format!("installed anew, «{hook}»"),
            _ if exists(&self.former) => {
                format!("installed, «{hook}»; the hook that was there runs too, «{}»", self.former.display())
            }
            _ => format!("installed, «{hook}»"),
        })
    }

    /// Takes the script away; says what was done.
    fn take_away(&self) -> anyhow::Result<String> {
        let hook = self.hook.display();
        match content(&self.hook)?.as_deref().map(script::kind) {
            Some(Kind::Changed) => Err(self.was_changed()),
            Some(Kind::Foreign) => Ok(format!("is not installed; «{hook}» is another hook and stays")),
            None if !exists(&self.former) => Ok("is not installed".to_owned()),
            _ if exists(&self.former) => {
                fs::rename(&self.former, &self.hook).map_err(|error| cannot("put back", &self.hook, &error))?;
                Ok(format!("taken away; the hook that was there before is back, «{hook}»"))
            }
            _ => {
                fs::remove_file(&self.hook).map_err(|error| cannot("removed", &self.hook, &error))?;
                Ok("taken away".to_owned())
            }
        }
    }

    fn was_changed(&self) -> anyhow::Error {
        anyhow!(
            "«{}» was changed since «ksefleaks hook install {}» wrote it; move it away or remove it, then try again",
            self.hook.display(),
            self.kind.name()
        )
    }
}

fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// What stands there; of something long, or of a link that leads nowhere, only that it is there.
fn content(path: &Path) -> anyhow::Result<Option<Vec<u8>>> {
    if !exists(path) {
        return Ok(None);
    }
    // A link is somebody else's, whatever it leads to.
    if path.symlink_metadata().is_ok_and(|kind| kind.is_symlink()) {
        return Ok(Some(Vec::new()));
    }
    let mut file = File::open(path).map_err(|error| cannot("read", path, &error))?;
    let bytes = files::bounded(&mut file, LONGEST).map_err(|error| cannot("read", path, &error))?;
    Ok(Some(bytes.unwrap_or_default()))
}

fn cannot(done: &str, path: &Path, error: &io::Error) -> anyhow::Error {
    anyhow!("«{}» cannot be {done}: {}", path.display(), files::why(error))
}
