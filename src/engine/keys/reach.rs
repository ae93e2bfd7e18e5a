//! What is near what: the same document, folder, archive, message, thread, repository.
//!
//! Holds: the marks that a place leaves and those that it asks for; two places are near each other if one asks for what
//! the other left. Marks are hashes, so that many can be held; they never leave the run. Must not know: what stands in
//! the places.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::base::{Mail, Origin, PathName};
use crate::source::ObjectKey;

use crate::engine::search::{Here, Letter};

/// People to whom one message goes that are looked at.
const PEOPLE: usize = 16;

/// Letters of the shortest subject that makes a thread.
const SUBJECT: usize = 4;

/// What mail programs put before the subject of an answer, in lower case.
const ANSWERS: [&str; 8] = ["re:", "odp:", "fw:", "fwd:", "pd:", "aw:", "sv:", "odpowiedź:"];

/// How near a place is, the nearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::engine) enum Nearness {
    /// In the same document.
    Document,
    /// In the same folder, or in the same message.
    Beside,
    /// In the same archive, or in the same thread.
    Around,
    /// In the folder above, or in another message between the same people.
    Above,
    /// In the same repository.
    Repository,
}

/// The marks of one place.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::engine) struct Reach {
    /// The file, where it is one, to learn in which repository it lies.
    pub(super) file: Option<PathName>,
    /// What it leaves.
    pub(super) marks: Vec<u64>,
    /// What it asks for.
    pub(super) asks: Vec<(Nearness, u64)>,
}

impl Reach {
    /// The marks of bytes that are searched.
    pub(in crate::engine) fn of(here: &Here<'_>) -> Self {
        Self::of_place(here.origin, here.object, here.mail)
    }

    /// The marks of a place that may be a member of what is looked at.
    pub(in crate::engine) fn of_place(origin: &Origin, object: Option<ObjectKey>, letter: Option<Letter<'_>>) -> Self {
        let top =
            object.map_or_else(|| origin.path.text().to_owned(), |key| format!("{}\0{}", key.repository, key.name));
        let mut reach = Self { file: object.is_none().then(|| origin.path.clone()), ..Self::default() };
        let inner: Vec<&str> = origin.inner.iter().map(String::as_str).collect();
        reach.leave(Nearness::Document, mark("document", &top, &inner));
        // A mailbox is no archive: what is near a message is told by whom it goes between.
        let message = letter.map_or(0, |letter| letter.origin.inner.len() + usize::from(letter.mailbox));
        let outermost = message.min(inner.len());
        let is_file = letter.is_none() && object.is_none();
        if let Some((name, around)) = inner.split_last() {
            (outermost..inner.len())
                .for_each(|depth| reach.leave(Nearness::Around, mark("archive", &top, &inner[..depth])));
            if around.len() >= outermost {
                reach.stand_in(&mark_of(&top, around), folder(name), "");
            }
            if is_file {
                reach.lie_beside(&top);
            }
        } else if is_file {
            reach.stand_in("", folder(&top), ".");
        }
        if let Some(letter) = letter {
            reach.leave(Nearness::Beside, mark("message", &top, &inner[..outermost]));
            reach.write(&(letter.mail)());
        }
        if let Some(key) = object {
            reach.leave(Nearness::Repository, mark("repository", &key.repository.to_string(), &[]));
        }
        reach
    }

    /// In an archive of that name: the password of an archive stands beside it, and that of a key may stand in one.
    fn lie_beside(&mut self, archive: &str) {
        let mut outside = Self::default();
        outside.stand_in("", folder(archive), ".");
        self.marks.extend(outside.marks);
        self.asks.extend(outside.asks.into_iter().map(|(_, mark)| (Nearness::Above, mark)));
    }

    /// In the folder of that name; it asks for what stands in the one above, too.
    fn stand_in(&mut self, top: &str, name: &str, root: &str) {
        let name = if name.is_empty() { root } else { name };
        self.leave(Nearness::Beside, mark("folder", top, &[name]));
        if !name.is_empty() && name != root {
            let above = folder(name);
            let above = if above.is_empty() { root } else { above };
            self.asks.push((Nearness::Above, mark("folder", top, &[above])));
        }
    }

    /// A message of that subject between those people.
    fn write(&mut self, mail: &Mail) {
        let subject = mail.subject.as_deref().map(thread).unwrap_or_default();
        if subject.chars().count() >= SUBJECT {
            self.leave(Nearness::Around, mark("thread", "", &[&subject]));
        }
        let Some(from) = mail.from.as_deref().map(address) else { return };
        for to in mail.to.iter().chain(&mail.cc).take(PEOPLE).map(|to| address(to)) {
            let (one, other) = if from < to { (&from, &to) } else { (&to, &from) };
            self.leave(Nearness::Above, mark("between", one, &[other]));
        }
    }

    fn leave(&mut self, nearness: Nearness, mark: u64) {
        self.marks.push(mark);
        self.asks.push((nearness, mark));
    }

    /// Learns in which of the repositories a file lies.
    pub(super) fn lie_in(&mut self, repositories: &BTreeMap<String, Option<u32>>) {
        let Some(file) = self.file.take() else { return };
        let mut path = file.text();
        while !path.is_empty() {
            path = folder(path);
            let name = if path.is_empty() { "." } else { path };
            if let Some(number) = repositories.get(name) {
                // Of one whose objects are read, too, the work tree is a part.
                let number = number.map_or_else(|| name.to_owned(), |number| number.to_string());
                self.leave(Nearness::Repository, mark("repository", &number, &[]));
                return;
            }
        }
        self.file = Some(file);
    }
}

fn mark(kind: &str, top: &str, rest: &[&str]) -> u64 {
    let mut hasher = DefaultHasher::new();
    (kind, top, rest).hash(&mut hasher);
    hasher.finish()
}

fn mark_of(top: &str, rest: &[&str]) -> String {
    format!("{top}\0{}", rest.join("\0"))
}

/// The folder of a name; empty for one at the top.
fn folder(name: &str) -> &str {
    name.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder)
}

/// A subject without what answers put before it.
fn thread(subject: &str) -> String {
    let lower = subject.to_lowercase();
    let mut rest = lower.trim();
    while let Some(shorter) = ANSWERS.iter().find_map(|answer| rest.strip_prefix(answer)) {
        rest = shorter.trim_start();
    }
    rest.to_owned()
}

/// The address in what a message says of a person.
fn address(person: &str) -> String {
    let inside = person.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(address, _)| address);
    inside.unwrap_or(person).trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(one: &Reach, other: &Reach) -> Option<Nearness> {
        one.asks.iter().filter(|(_, mark)| other.marks.contains(mark)).map(|(nearness, _)| *nearness).min()
    }

    fn file(path: &str, inner: &[&str]) -> Reach {
        let origin = inner.iter().fold(Origin::label(path), |origin, name| origin.member(name));
        Reach::of_place(&origin, None, None)
    }

    #[test]
    fn places_are_near_as_people_see_it() {
        let key = file("srv/ksef/certs/firma.key", &[]);
        let cases = [
            ("srv/ksef/certs/firma.key", Some(Nearness::Document)),
            ("srv/ksef/certs/haslo.txt", Some(Nearness::Beside)),
            ("srv/ksef/.env", Some(Nearness::Above)),
            ("srv/ksef/other/.env", None),
            ("srv/.env", None),
        ];
        for (path, expected) in cases {
            assert_eq!(near(&key, &file(path, &[])), expected, "{path}");
        }
        let packed = file("a.zip", &["x/firma.key"]);
        assert_eq!(near(&packed, &file("a.zip", &["x/haslo.txt"])), Some(Nearness::Beside));
        assert_eq!(near(&packed, &file("a.zip", &["y.eml"])), Some(Nearness::Around));
        assert_eq!(near(&packed, &file("a.zip", &["in.zip", "haslo.txt"])), Some(Nearness::Around));
        assert_eq!(near(&packed, &file("b/b.zip", &["x/haslo.txt"])), None);
        assert_eq!(near(&packed, &file("haslo.txt", &[])), Some(Nearness::Above));
        assert_eq!(near(&file("b/a.zip", &["firma.key"]), &file("haslo.txt", &[])), Some(Nearness::Above));
        assert_eq!(near(&file("c/b/a.zip", &["firma.key"]), &file("haslo.txt", &[])), None);
        assert_eq!(near(&file("firma.key", &[]), &packed), Some(Nearness::Beside));
        assert_eq!(near(&file("firma.key", &[]), &file("haslo.txt", &[])), Some(Nearness::Beside));
        assert_eq!(near(&file("certs/firma.key", &[]), &file(".env", &[])), Some(Nearness::Above));
    }

    #[test]
    fn messages_are_near_by_thread_and_people() {
        let mail = |subject: &str, from: &str, to: &str| {
            let mail = Mail {
                subject: Some(subject.to_owned()),
                from: Some(from.to_owned()),
                to: vec![to.to_owned()],
                ..Mail::default()
            };
            let origin = Origin::label("in.mbox");
            let mail = || std::sync::Arc::new(mail.clone());
            let letter = Letter { mail: &mail, origin: &origin, mailbox: true };
            Reach::of_place(&origin.member(subject).member("a.key"), None, Some(letter))
        };
        let key = mail("Klucz do KSeF", "Anna <anna@abc.pl>", "jan@biuro.pl");
        assert_eq!(near(&key, &mail("Odp: RE: klucz do KSeF", "x@y.pl", "z@y.pl")), Some(Nearness::Around));
        assert_eq!(near(&key, &mail("hasło", "Jan <JAN@biuro.pl>", "anna@abc.pl")), Some(Nearness::Above));
        assert_eq!(near(&key, &mail("hasło", "x@y.pl", "jan@biuro.pl")), None);
    }

    #[test]
    fn files_of_one_repository_are_near() {
        let repositories =
            BTreeMap::from([("srv/erp".to_owned(), None), ("srv".to_owned(), None), (".".to_owned(), Some(0))]);
        let [mut one, mut other, mut third] =
            ["srv/erp/a/b.key", "srv/erp/config/x/.env", "srv/x/y/.env"].map(|path| file(path, &[]));
        [&mut one, &mut other, &mut third].into_iter().for_each(|reach| reach.lie_in(&repositories));
        assert_eq!(near(&one, &other), Some(Nearness::Repository));
        assert_eq!(near(&one, &third), None);
        let [mut one, mut other] = ["a/b.key", "c/.env"].map(|path| file(path, &[]));
        [&mut one, &mut other].into_iter().for_each(|reach| reach.lie_in(&repositories));
        assert_eq!(near(&one, &other), Some(Nearness::Repository), "the current directory");
    }
}
