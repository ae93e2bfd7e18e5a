//! What was learned of a repository before: which objects have nothing to say.
//!
//! Holds: `Memory`, and what it makes of the objects that are there now. Objects that have something to say are
//! not remembered, so that they are read again and the same is told of them; nothing that was found is kept. What
//! was learned holds for one repository, one set of rules and one version of the program. `sealed` is the file,
//! `place` the directory. Must not know: what objects hold.

mod place;
mod sealed;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use gix::ObjectId;
use sha2::{Digest, Sha256};

use super::repo::Repo;
use super::store::Survey;

/// Where to remember, and what the memory depends on besides the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cache {
    /// The directory.
    pub directory: PathBuf,
    /// The rules, the limits: whatever changes what is found.
    pub depends_on: String,
}

/// What is remembered of one repository.
pub(super) struct Memory {
    file: PathBuf,
    key: [u8; sealed::KEY],
    seal: [u8; 32],
    width: usize,
    learned: sealed::Learned,
}

/// What is new in a repository.
pub(super) struct News {
    /// Objects of which nothing is remembered, sorted.
    pub(super) unknown: Vec<ObjectId>,
    /// Whether something is gone that is remembered.
    pub(super) lost: bool,
}

impl Cache {
    /// Whether the directory can be used; made where it is not there.
    pub(super) fn check(&self, repos: &[&Repo]) -> Result<(), String> {
        place::prepare(&self.directory)?;
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let own = real(&self.directory);
        for repo in repos {
            let inside = [Some(&repo.common_dir), repo.work_dir.as_ref()];
            if inside.into_iter().flatten().any(|folder| own.starts_with(real(folder))) {
                return Err("it lies inside of what is scanned; name a directory elsewhere".to_owned());
            }
        }
        place::key(&self.directory).map(drop)
    }
}

impl Memory {
    /// Reads what is remembered. Also tells where there was something that cannot be relied on.
    pub(super) fn open(cache: &Cache, repo: &Repo) -> Result<(Self, Option<String>), String> {
        let key = place::key(&cache.directory)?;
        let home = repo.common_dir.canonicalize().unwrap_or_else(|_| repo.common_dir.clone());
        let name = Sha256::digest(home.as_os_str().as_encoded_bytes());
        let name: String = name.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let file = cache.directory.join(name).with_extension("objects");
        let seal = Sha256::new()
            .chain_update(home.as_os_str().as_encoded_bytes())
            .chain_update([0])
            .chain_update(&cache.depends_on)
            .finalize();
        let width = repo.hash.len_in_bytes();
        let (learned, doubt) = match sealed::read(&file, &key, seal.as_ref(), width) {
            Ok(learned) => (learned.unwrap_or_default(), None),
            Err(why) => (sealed::Learned::default(), Some(why)),
        };
        Ok((Self { file, key, seal: seal.into(), width, learned }, doubt))
    }

    /// What is new; nothing where nothing is remembered.
    pub(super) fn news(&self, survey: &Survey<'_>) -> Option<News> {
        if self.learned.quiet.is_empty() {
            return None;
        }
        let mut met = vec![false; self.learned.quiet.len() / self.width];
        let mut unknown = Vec::new();
        survey.each_index(&mut |ids| self.compare(ids, &mut met, &mut unknown));
        unknown.sort_unstable();
        unknown.dedup();
        Some(News { unknown, lost: met.contains(&false) })
    }

    /// Goes through sorted names and what is remembered side by side.
    fn compare(&self, ids: &mut dyn Iterator<Item = ObjectId>, met: &mut [bool], unknown: &mut Vec<ObjectId>) {
        let known = |at: usize| self.learned.quiet.get(at * self.width..(at + 1) * self.width);
        let mut at = 0;
        for id in ids {
            while known(at).is_some_and(|name| name < id.as_bytes()) {
                at += 1;
            }
            if known(at) == Some(id.as_bytes()) {
                met[at] = true;
            } else {
                unknown.push(id);
            }
        }
    }

    /// What was not there the last time, of all that was named.
    pub(super) fn absent(&self) -> &[ObjectId] {
        &self.learned.absent
    }

    /// Remembers all objects but those that have something to say, unless that is known.
    pub(super) fn keep(
        self,
        survey: &Survey<'_>,
        spoke: &BTreeSet<ObjectId>,
        absent: &BTreeSet<ObjectId>,
    ) -> Result<(), String> {
        let mut names: Vec<ObjectId> = Vec::new();
        survey.each_index(&mut |ids| names.extend(ids.filter(|id| !spoke.contains(id))));
        // One index is sorted already, several are almost so.
        names.sort();
        names.dedup();
        let quiet: Vec<u8> = names.iter().flat_map(|name| name.as_bytes()).copied().collect();
        let absent: Vec<ObjectId> = absent.iter().copied().collect();
        if quiet == self.learned.quiet && absent == self.learned.absent {
            return Ok(());
        }
        let learned = sealed::Learned { quiet, absent };
        sealed::write(&self.file, &self.key, &self.seal, self.width, &learned)
    }
}
