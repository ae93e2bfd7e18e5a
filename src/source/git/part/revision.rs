//! What the user named: ranges, revisions, branches, an instant.
//!
//! Holds: `Asked`, in which every name has become an object; a name of nothing is an error. Must not
//! know: what is reached from where.

use std::collections::HashSet;

use gix::ObjectId;
use gix::objs::{Kind, TagRefIter};
use gix::revision::plumbing::Spec;

use super::objects::{Lack, Objects};
use super::{GitError, Repo};
use crate::base::Instant;
use crate::source::git::refs::{Holder, Names, Tip};
use crate::source::git::{Commits, Revision};

/// Tags of tags.
const DEEPEST: usize = 100;

/// Commits, by what they are reached from.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    /// They are reached from these,
    pub(super) from: Vec<ObjectId>,
    /// or from this one, but then not from those, too;
    pub(super) or: Option<ObjectId>,
    /// and not from this one.
    pub(super) hidden: Option<ObjectId>,
}

/// What was asked for.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Commits of any of these,
    pub(super) spans: Vec<Span>,
    /// not reached from these,
    pub(super) hidden: Vec<ObjectId>,
    /// since this instant.
    pub(super) since: Option<Instant>,
    /// Annotated tags among what was named.
    pub(super) tags: Vec<ObjectId>,
    /// Trees and blobs that were named, or tagged, and their names.
    pub(super) others: Vec<(ObjectId, Kind, Vec<u8>)>,
}

impl Asked {
    /// Finds what was named.
    pub(super) fn of(repo: &Repo, names: &Names, commits: &Commits) -> Result<Self, GitError> {
        let finder = Finder { objects: Objects::of(repo), names, repo };
        let mut asked = Self::default();
        let mut from = Vec::new();
        for revision in &commits.revisions {
            match revision {
                Revision::Branch(given) => {
                    let why = "there is no such branch, here or of a remote";
                    let found = names.branch(given).ok_or_else(|| finder.error(given, why))?;
                    from.push(finder.commit(given, found)?);
                }
                Revision::Range(given) => match sides(given) {
                    Some(sides) => asked.spans.push(finder.span(given, sides)?),
                    None => {
                        let found = finder.object(given, given)?;
                        asked
                            .start(found, given.as_bytes(), &finder, &mut from)
                            .map_err(|_| finder.gone(given, found))?;
                    }
                },
            }
        }
        if commits.revisions.is_empty() {
            for tip in names.tips.iter().filter(|tip| !tip.logged && tip.holder == Holder::Branch) {
                // What a ref leads to and is not there is told of on the way.
                if asked.start(tip.target, &tip.name, &finder, &mut from).is_err() {
                    from.push(tip.target);
                }
            }
        }
        if !from.is_empty() {
            asked.spans.push(Span { from, ..Span::default() });
        }
        if commits.only_new {
            let refs = names.tips.iter().filter(|tip| !tip.logged && tip.name.starts_with(b"refs/"));
            let ids: HashSet<ObjectId> = refs.map(|tip| tip.target).collect();
            let commits = ids.into_iter().filter_map(|id| match finder.peel(id, &mut Vec::new()) {
                Ok((id, Kind::Commit)) => Some(id),
                _ => None,
            });
            asked.hidden.extend(commits);
            // Sets have no order, and what is hidden first must not depend on chance.
            asked.hidden.sort_unstable();
        }
        for hidden in &commits.hidden {
            asked.hidden.extend(finder.hidden(hidden));
        }
        if let Some(given) = &commits.since {
            finder.since(given, &mut asked)?;
        }
        let mut seen = HashSet::new();
        asked.tags.retain(|id| seen.insert(*id));
        Ok(asked)
    }

    /// Begins at an object.
    fn start(&mut self, id: ObjectId, name: &[u8], finder: &Finder<'_>, from: &mut Vec<ObjectId>) -> Result<(), Lack> {
        match finder.peel(id, &mut self.tags)? {
            (id, Kind::Commit) => from.push(id),
            (id, kind) => self.others.push((id, kind, name.to_vec())),
        }
        Ok(())
    }
}

/// The two sides of a range, and whether it is symmetric.
fn sides(given: &str) -> Option<(&str, &str, bool)> {
    let (left, right) = given.split_once("..")?;
    Some(match right.strip_prefix('.') {
        Some(right) => (left, right, true),
        None => (left, right, false),
    })
}

struct Finder<'f> {
    objects: Objects,
    names: &'f Names,
    repo: &'f Repo,
}

impl Finder<'_> {
    fn error(&self, given: &str, why: &str) -> GitError {
        GitError::Revision { repository: self.repo.shown.clone(), given: given.to_owned(), why: why.to_owned() }
    }

    fn gone(&self, given: &str, id: ObjectId) -> GitError {
        self.error(given, &format!("object {id} or what it tags cannot be read"))
    }

    fn span(&self, given: &str, (left, right, symmetric): (&str, &str, bool)) -> Result<Span, GitError> {
        let side = |name: &str| {
            let name = if name.is_empty() { "HEAD" } else { name };
            self.commit(given, self.object(given, name)?)
        };
        let (left, right) = (side(left)?, side(right)?);
        let (or, hidden) = if symmetric { (Some(left), None) } else { (None, Some(left)) };
        Ok(Span { from: vec![right], or, hidden })
    }

    /// The object of a name, by the rules of git for revisions.
    fn object(&self, given: &str, name: &str) -> Result<ObjectId, GitError> {
        let cut = name.find(['^', '~', ':']).into_iter().chain(name.find("@{")).min().unwrap_or(name.len());
        let (first, suffix) = name.split_at(cut);
        let full = first.len() == self.repo.hash.len_in_hex() && first.bytes().all(|byte| byte.is_ascii_hexdigit());
        // gix knows no refs that are kept in tables, so that refs are looked up here; what follows
        // them it knows better, but for logs, which it finds by the names of refs only.
        let known = if first.is_empty() || full { None } else { self.names.resolve(first) };
        let named = if full && suffix.is_empty() { ObjectId::from_hex(first.as_bytes()).ok() } else { None };
        let spec = match known.or(named.filter(|id| self.objects.any(*id, &mut Vec::new()).is_ok())) {
            Some(id) if suffix.is_empty() => return Ok(id),
            Some(id) if !suffix.starts_with("@{") => format!("{id}{suffix}"),
            _ => name.to_owned(),
        };
        match self.objects.handle.rev_parse(spec.as_str()).map(gix::revision::Spec::detach) {
            Ok(Spec::Include(id)) => Ok(id),
            Ok(_) => {
                Err(self.error(given, "ranges are written `A..B` or `A...B`, and nothing else stands for several"))
            }
            Err(_) => Err(self.error(given, self.why(first, known.is_some()))),
        }
    }

    /// Why nothing has a name.
    fn why(&self, first: &str, known: bool) -> &'static str {
        if known {
            return "nothing is found by what follows the name";
        }
        let several = gix::hash::Prefix::from_hex(first)
            .is_ok_and(|prefix| matches!(self.objects.handle.objects.lookup_prefix(prefix, None), Ok(Some(Err(())))));
        if several {
            "the names of several objects begin so; write more of it"
        } else {
            "there is no such ref, and no object whose name begins so"
        }
    }

    /// The commit that an object is or tags.
    fn commit(&self, given: &str, id: ObjectId) -> Result<ObjectId, GitError> {
        match self.peel(id, &mut Vec::new()) {
            Ok((id, Kind::Commit)) => Ok(id),
            Ok((id, kind)) => Err(self.error(given, &format!("object {id} is a {kind} and no commit"))),
            Err(_) => Err(self.gone(given, id)),
        }
    }

    /// What an object is or tags, and the tags on the way.
    fn peel(&self, mut id: ObjectId, tags: &mut Vec<ObjectId>) -> Result<(ObjectId, Kind), Lack> {
        let mut buffer = Vec::new();
        for _ in 0..DEEPEST {
            let header = self.objects.handle.find_header(id);
            let kind = match header {
                Ok(header) => header.kind(),
                Err(_) => self.objects.any(id, &mut buffer)?,
            };
            if kind != Kind::Tag {
                return Ok((id, kind));
            }
            tags.push(id);
            self.objects.read(id, kind, &mut buffer)?;
            id = TagRefIter::from_bytes(&buffer, self.repo.hash).target_id().map_err(|_| Lack::Damaged)?;
        }
        Err(Lack::Damaged)
    }

    /// The commits that a name, or all refs below a prefix, lead to; those that are there.
    fn hidden(&self, given: &str) -> Vec<ObjectId> {
        let ids = match ObjectId::from_hex(given.as_bytes()) {
            Ok(id) => vec![id],
            Err(_) => {
                let below = |tip: &&Tip| !tip.logged && given.ends_with('/') && tip.name.starts_with(given.as_bytes());
                self.names.tips.iter().filter(below).map(|tip| tip.target).collect()
            }
        };
        let commit = |id| self.peel(id, &mut Vec::new()).ok().filter(|(_, kind)| *kind == Kind::Commit);
        ids.into_iter().filter_map(commit).map(|(id, _)| id).collect()
    }

    /// A day or an instant; or a commit, from which nothing must be reached. What is nothing but
    /// digits may be either, and is a commit where there is such a one.
    fn since(&self, given: &str, asked: &mut Asked) -> Result<(), GitError> {
        let instant = given.parse::<Instant>().ok();
        let digits = given.bytes().all(|byte| byte.is_ascii_digit());
        match (instant, digits) {
            (Some(instant), false) => asked.since = Some(instant),
            (instant, _) => match (self.object(given, given).and_then(|id| self.commit(given, id)), instant) {
                (Ok(commit), _) => asked.hidden.push(commit),
                (Err(_), Some(instant)) => asked.since = Some(instant),
                (Err(GitError::Revision { repository, given, why }), None) => {
                    let why = format!("{why}; it is no day such as 2026-01-31 and no instant in RFC 3339, either");
                    return Err(GitError::Revision { repository, given, why });
                }
                (Err(error), None) => return Err(error),
            },
        }
        Ok(())
    }
}
