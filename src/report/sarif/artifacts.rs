//! The containers that a SARIF report speaks of, and the members inside of them.
//!
//! Holds: the list of artifacts, each once, a member with the index of what it stands in (3.24.3), and
//! the bases of relative URIs. A file of which there is nothing to say but where it is needs no entry.
//! Must not know: what was found in them.

use std::collections::{BTreeMap, HashMap};

use super::model::{Artifact, ArtifactLocation, Base, LogicalLocation, Message, RawPath};
use super::plain;
use crate::base::Origin;
use crate::report::place;

/// The name that viewers know for the root of what was searched.
const ROOT: &str = "%SRCROOT%";

/// All artifacts so far.
#[derive(Default)]
pub(super) struct Artifacts {
    known: HashMap<(Option<usize>, String), usize>,
    list: Vec<Artifact>,
    /// The repositories, in the order in which they were met.
    repos: Vec<String>,
}

impl Artifacts {
    /// The file of a chain of places, and the innermost member of it, where there is one.
    pub(super) fn of(&mut self, origin: &Origin, repo: Option<&str>) -> (ArtifactLocation, Option<ArtifactLocation>) {
        let uri = place::uri(&origin.path, repo.is_some());
        let base = uri.relative.then(|| self.base(repo));
        let file = ArtifactLocation { uri: uri.text, uri_base_id: base, index: None };
        let raw = origin.path.base64();
        if origin.inner.is_empty() && raw.is_none() {
            return (file, None);
        }
        let file = self.add(None, file, raw);
        let mut inner: Option<ArtifactLocation> = None;
        for name in origin.inner.iter() {
            let parent = inner.as_ref().unwrap_or(&file).index;
            let location = ArtifactLocation { uri: place::member(name), uri_base_id: None, index: None };
            inner = Some(self.add(parent, location, None));
        }
        (file, inner)
    }

    fn add(&mut self, parent: Option<usize>, location: ArtifactLocation, raw: Option<String>) -> ArtifactLocation {
        // A file of one repository is another than that of the next.
        let key = format!("{} {}", location.uri_base_id.as_deref().unwrap_or_default(), location.uri);
        let index = *self.known.entry((parent, key)).or_insert_with(|| {
            self.list.push(Artifact {
                location: location.clone(),
                parent_index: parent,
                properties: raw.map(|path_base64| RawPath { path_base64 }),
            });
            self.list.len() - 1
        });
        ArtifactLocation { index: Some(index), ..location }
    }

    /// The base of a repository: the root for the first, a name with its number for the others.
    fn base(&mut self, repo: Option<&str>) -> String {
        let Some(repo) = repo else { return ROOT.to_owned() };
        let at = self.repos.iter().position(|known| known == repo).unwrap_or_else(|| {
            self.repos.push(repo.to_owned());
            self.repos.len() - 1
        });
        if at == 0 { ROOT.to_owned() } else { format!("%REPOSITORY{}%", at + 1) }
    }

    /// The list, and what its bases are.
    pub(super) fn finish(self) -> (Vec<Artifact>, BTreeMap<String, Base>) {
        let described = |text: String| Base { description: Message { text } };
        let mut bases = BTreeMap::new();
        for (at, repo) in self.repos.iter().enumerate().skip(1) {
            bases.insert(
                format!("%REPOSITORY{}%", at + 1),
                described(format!("the root of repository {}", plain(repo))),
            );
        }
        let root = match self.repos.first() {
            Some(repo) => format!("the root of repository {}", plain(repo)),
            None => "the directory in which ksefleaks was run".to_owned(),
        };
        bases.insert(ROOT.to_owned(), described(root));
        (self.list, bases)
    }
}

/// The member in which something stands, by its whole chain: `a.zip!/b/c.txt`.
pub(super) fn logical(origin: &Origin) -> Vec<LogicalLocation> {
    let Some(last) = origin.inner.last() else { return Vec::new() };
    let names = [origin.path.text()].into_iter().chain(origin.inner.iter().map(|name| name.trim_start_matches('/')));
    vec![LogicalLocation {
        name: last.clone(),
        fully_qualified_name: names.collect::<Vec<_>>().join("!/"),
        kind: "member",
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_and_member_is_listed_once_and_knows_what_it_stands_in() {
        let mut artifacts = Artifacts::default();
        let archive = Origin::label("./a.zip");
        let (file, inner) = artifacts.of(&archive.member("b.tar").member("c.env"), None);
        assert_eq!((file.uri.as_str(), file.index), ("a.zip", Some(0)));
        assert_eq!(inner.map(|inner| (inner.uri, inner.index)), Some(("/c.env".to_owned(), Some(2))));
        artifacts.of(&archive.member("b.tar").member("d.env"), None);
        assert_eq!(artifacts.of(&Origin::label("plain.env"), None).0.index, None);
        let (list, _) = artifacts.finish();
        let parents: Vec<_> = list.iter().map(|artifact| artifact.parent_index).collect();
        assert_eq!(parents, [None, Some(0), Some(1), Some(1)]);
    }

    #[test]
    fn files_of_another_repository_have_another_base() {
        let mut artifacts = Artifacts::default();
        let origin = Origin::label("a");
        let bases = ["one", "two", "one"].map(|repo| artifacts.of(&origin.member("b"), Some(repo)).0);
        let told = bases.map(|file| (file.uri_base_id.unwrap(), file.index.unwrap()));
        let root = (ROOT.to_owned(), 0);
        assert_eq!(told, [root.clone(), ("%REPOSITORY2%".to_owned(), 2), root]);
        let (_, bases) = artifacts.finish();
        assert_eq!(bases["%REPOSITORY2%"].description.text, "the root of repository two");
    }

    #[test]
    fn a_member_is_named_by_its_whole_chain() {
        let origin = Origin::label("a.zip").member("b.tar").member("/c/d.env");
        assert_eq!(logical(&origin)[0].fully_qualified_name, "a.zip!/b.tar!/c/d.env");
        assert!(logical(&Origin::label("a")).is_empty());
    }
}
