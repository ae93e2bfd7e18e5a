//! Where a credential stands, as the reports for pipelines tell it: one place a file.
//!
//! Holds: the places of a finding put together by the file, the names that stay with them from run to
//! run, and the file as a URI. Must not know: the format that tells it.
//!
//! A file, and not a line, is what such a report counts. A credential that stands in a file twice, or
//! in many versions of it, is one thing to repair there; in another file it is another one, which a
//! pipeline must be able to show beside the change that brought it.

use std::collections::{BTreeMap, HashMap};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::base::{Finding, Fingerprint, GitPlace, Location, Origin, PathName};

/// What stands in a URI as it is: everything else could mean something there.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// One file, or one member of a container, that holds a credential.
pub(super) struct Place<'a> {
    /// The file and the members inside of it.
    pub(super) origin: &'a Origin,
    /// What the repository says of it, where it stands in one.
    pub(super) git: Option<&'a GitPlace>,
    /// Where in it: one spot at least, in order.
    pub(super) spots: Vec<&'a Location>,
    /// Made of the credential, the path and the members: the same in the next run, wherever in the
    /// file the credential has moved to and whichever commit it stands in now.
    pub(super) id: Fingerprint,
}

impl<'a> Place<'a> {
    /// The first line of it, where it is one of the file itself: lines in a member are no lines of
    /// the file, and those of another version need not be lines of this one.
    pub(super) fn line(&self) -> Option<u64> {
        self.origin.inner.is_empty().then(|| self.spots[0].line).flatten()
    }

    /// The path as a pipeline names it.
    pub(super) fn path(&self) -> &'a str {
        bare(self.origin.path.text())
    }
}

/// Puts places together, for one report.
#[derive(Default)]
pub(super) struct Places {
    /// How often each name was given; only files of two repositories can ask for the same one.
    given: HashMap<Fingerprint, u32>,
}

impl Places {
    /// The places of one finding, in their order.
    pub(super) fn of<'a>(&mut self, finding: &'a Finding) -> Vec<Place<'a>> {
        let mut files: BTreeMap<(&Origin, Option<&str>), Vec<&'a Location>> = BTreeMap::new();
        for location in &finding.locations {
            let repo = location.git.as_deref().map(|git| git.repo.as_str());
            files.entry((&location.origin, repo)).or_default().push(location);
        }
        files.into_values().map(|spots| self.place(finding, spots)).collect()
    }

    fn place<'a>(&mut self, finding: &Finding, mut spots: Vec<&'a Location>) -> Place<'a> {
        let git = spots[0].git.as_deref();
        let origin = &spots[0].origin;
        // Versions of a file in a repository differ by their objects alone.
        spots.dedup_by_key(|spot| (spot.line, spot.column, spot.offset, spot.inside.clone()));
        let mut name = finding.secret.sha256.map_or_else(|| finding.id.clone(), |print| print.to_string()).into_bytes();
        let path = origin.path.raw().unwrap_or_else(|| bare(origin.path.text()).as_bytes());
        for part in [path].into_iter().chain(origin.inner.iter().map(String::as_bytes)) {
            name.push(0);
            name.extend(part);
        }
        let first = Fingerprint::of_public(&name);
        let times = self.given.entry(first).or_default();
        *times += 1;
        let id = if *times == 1 { first } else { Fingerprint::of_public(format!("{first} {times}").as_bytes()) };
        Place { origin, git, spots, id }
    }
}

/// The same path without what only says that it begins here.
fn bare(path: &str) -> &str {
    let mut path = path;
    while let Some(rest) = path.strip_prefix("./").filter(|rest| !rest.is_empty()) {
        path = rest.trim_start_matches('/');
    }
    path
}

/// A path as a URI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Uri {
    /// The URI, or a reference relative to the base.
    pub(super) text: String,
    /// Whether it needs a base.
    pub(super) relative: bool,
}

/// The URI of a file: of one that a repository names, or of one that the system does.
pub(super) fn uri(path: &PathName, in_repository: bool) -> Uri {
    match path.raw() {
        _ if in_repository => relative(path.raw().unwrap_or(path.text().as_bytes())),
        _ if std::path::MAIN_SEPARATOR == '\\' => windows(path.text()),
        raw => unix(raw.unwrap_or(path.text().as_bytes())),
    }
}

/// The path of a member within its container, as a URI: it begins with a slash (SARIF 3.24.2).
pub(super) fn member(name: &str) -> String {
    format!("/{}", encoded(name.trim_start_matches('/').as_bytes()))
}

fn unix(path: &[u8]) -> Uri {
    if path.starts_with(b"/") {
        return Uri { text: format!("file://{}", encoded(path)), relative: false };
    }
    relative(path)
}

/// A drive (`C:\a`), a share (`\\server\share\a`), either with `\\?\` before it, or a relative path.
fn windows(path: &str) -> Uri {
    let path = path.replace('\\', "/");
    let absolute = |text: String| Uri { text, relative: false };
    if let Some(share) = path.strip_prefix("//?/UNC/") {
        return absolute(format!("file://{}", encoded(share.as_bytes())));
    }
    let path = path.strip_prefix("//?/").unwrap_or(&path);
    if let Some(share) = path.strip_prefix("//") {
        return absolute(format!("file://{}", encoded(share.as_bytes())));
    }
    match path.as_bytes() {
        [drive, b':', b'/', rest @ ..] if drive.is_ascii_alphabetic() => {
            absolute(format!("file:///{}:/{}", char::from(*drive), encoded(rest)))
        }
        [b'/', ..] => absolute(format!("file://{}", encoded(path.as_bytes()))),
        bytes => relative(bytes),
    }
}

fn relative(path: &[u8]) -> Uri {
    let bytes = std::str::from_utf8(path).map_or(path, |text| bare(text).as_bytes());
    // A name that begins with a slash would be read as a path from the root.
    let text = match bytes.strip_prefix(b"/") {
        Some(rest) => format!("%2F{}", encoded(rest)),
        None => encoded(bytes),
    };
    Uri { text: if text.is_empty() { ".".to_owned() } else { text }, relative: true }
}

fn encoded(bytes: &[u8]) -> String {
    percent_encode(bytes, PLAIN).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn places_are_put_together_by_file_and_keep_their_names() {
        let mut finding = sample::token();
        finding.locations = vec![sample::place("./a", 1, 1), sample::place("./a", 9, 1), sample::place("b", 2, 2)];
        let names = |finding: &Finding| -> Vec<(String, usize, Fingerprint)> {
            let places = Places::default().of(finding);
            places.iter().map(|place| (place.path().to_owned(), place.spots.len(), place.id)).collect()
        };
        let before = names(&finding);
        assert_eq!(
            before.iter().map(|(path, spots, _)| (path.as_str(), *spots)).collect::<Vec<_>>(),
            [("a", 2), ("b", 1)]
        );
        finding.locations = vec![sample::place("a", 77, 3), sample::place("b", 5, 2)];
        let after = names(&finding);
        assert_eq!(
            before.iter().map(|row| row.2).collect::<Vec<_>>(),
            after.iter().map(|row| row.2).collect::<Vec<_>>()
        );
    }

    #[test]
    fn the_same_file_in_two_repositories_is_two_places() {
        let mut finding = sample::token();
        let place = |repo: &str| {
            let git = GitPlace { repo: repo.to_owned(), ..sample::git() };
            Location { git: Some(git.into()), ..sample::place("a", 1, 1) }
        };
        finding.locations = vec![place("one"), place("two")];
        let places = Places::default().of(&finding);
        assert!(places.len() == 2 && places[0].id != places[1].id);
    }

    #[test]
    fn a_line_inside_of_a_container_is_none_of_the_file() {
        let finding = sample::token();
        let lines: Vec<_> = Places::default().of(&finding).iter().map(Place::line).collect();
        assert_eq!(lines, [Some(2), None]);
    }

    #[test]
    fn paths_become_uris_and_nothing_in_them_means_anything() {
        let table = [
            ("./.env", ".env", true),
            (".//./a b/%41?#[x]:y\\z", "a%20b/%2541%3F%23%5Bx%5D%3Ay%5Cz", true),
            ("../żółć", "../%C5%BC%C3%B3%C5%82%C4%87", true),
            ("/srv/a b", "file:///srv/a%20b", false),
            ("", ".", true),
        ];
        for (path, text, relative) in table {
            assert_eq!(unix(path.as_bytes()), Uri { text: text.to_owned(), relative }, "{path}");
        }
        assert_eq!(unix(b"za\xbf").text, "za%BF");
        assert_eq!(relative(b"/etc/passwd").text, "%2Fetc/passwd");
        assert_eq!(member("/a/token 1.txt"), "/a/token%201.txt");
    }

    #[test]
    fn paths_of_windows_become_uris() {
        let table = [
            (r".\src\a b.cs", "src/a%20b.cs", true),
            (r"C:\ksef\.env", "file:///C:/ksef/.env", false),
            (r"\\?\C:\ksef\.env", "file:///C:/ksef/.env", false),
            (r"\\nas\biuro\a.txt", "file://nas/biuro/a.txt", false),
            (r"\\?\UNC\nas\biuro\a.txt", "file://nas/biuro/a.txt", false),
            (r"\a.txt", "file:///a.txt", false),
            ("C:a.txt", "C%3Aa.txt", true),
        ];
        for (path, text, relative) in table {
            assert_eq!(windows(path), Uri { text: text.to_owned(), relative }, "{path}");
        }
    }
}
