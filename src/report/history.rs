//! What a repository says of a place, in words.
//!
//! Holds: from where the place is still reached, which commits brought it and took it away, which
//! refs lead there. Must not know: where the words are written. All of it comes out of the repository
//! and is made safe here.

use std::fmt::Write as _;

use super::escape::terminal;
use crate::base::{CommitMark, GitPlace, ObjectName, Reachable, Role};

/// So many digits name an object for people.
const DIGITS: usize = 10;

/// What follows a place: from where it is still reached, and in which repository.
pub(super) fn standing(git: &GitPlace) -> String {
    let mut text = String::new();
    if let Some(reachable) = git.reachable {
        let _ = write!(text, ", {}", reached(reachable));
    }
    if let (Some(object), true) = (git.object, git.commits.is_empty()) {
        let _ = write!(text, ", object {}", short(object));
    }
    if !matches!(git.repo.as_str(), "" | ".") {
        let _ = write!(text, ", in repository {}", terminal(&git.repo));
    }
    text
}

/// From where an object is still reached.
pub(super) fn reached(reachable: Reachable) -> &'static str {
    match reachable {
        Reachable::Tip => "at the tip of a ref",
        Reachable::History => "only in history",
        Reachable::Index => "only in the index",
        Reachable::Stash => "only in a stash",
        Reachable::Reflog => "only in a reflog",
        Reachable::None => "reached from nowhere",
    }
}

/// The commits that did something with it, the first of them; their authors where they may be named.
pub(super) fn commits(git: &GitPlace, most: usize, people: bool) -> Option<String> {
    let told = git.commits.iter().take(most).map(|commit| told(commit, people));
    listed(told.collect(), git.commits.len(), "commit", "commits")
}

/// The refs that lead there, the first of them, by the names that people give them.
pub(super) fn refs(git: &GitPlace, most: usize) -> Option<String> {
    let names = git.refs.iter().take(most).map(|name| terminal(plain(name)).into_owned());
    listed(names.collect(), git.refs.len(), "ref", "refs").map(|names| format!("in {names}"))
}

/// The commit to look at: the last that brought it or holds it.
pub(super) fn newest(git: &GitPlace) -> Option<&CommitMark> {
    git.commits.iter().rev().find(|commit| commit.role != Role::Removed)
}

fn told(commit: &CommitMark, people: bool) -> String {
    let did = match commit.role {
        Role::Added => "added by",
        Role::Removed => "removed by",
        Role::Holds => "in the text of",
    };
    let mut text = format!("{did} {}", short(commit.id));
    if let Some(date) = commit.date {
        let date = date.to_string();
        let _ = write!(text, " on {}", date.split('T').next().unwrap_or(&date));
    }
    if let (Some(author), true) = (&commit.author, people) {
        let _ = write!(text, " ({})", terminal(author));
    }
    text
}

fn listed(mut parts: Vec<String>, all: usize, one: &str, many: &str) -> Option<String> {
    let more = all - parts.len();
    if more > 0 {
        parts.push(format!("and {more} more {}", if more == 1 { one } else { many }));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn plain(name: &str) -> &str {
    let prefixes = ["refs/heads/", "refs/tags/", "refs/remotes/"];
    prefixes.into_iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name)
}

fn short(name: ObjectName) -> String {
    let mut digits = name.to_string();
    digits.truncate(DIGITS);
    digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn commits_are_told_in_their_order_and_counted_beyond() {
        let git = sample::git();
        let all = commits(&git, 9, true).unwrap();
        assert_eq!(
            all,
            "added by 1111111111 on 2025-10-15 (Jan Przykładowy <jan@example.test>), removed by 2222222222 on 2025-11-02"
        );
        assert_eq!(commits(&git, 1, false).unwrap(), "added by 1111111111 on 2025-10-15, and 1 more commit");
        assert_eq!(commits(&GitPlace { commits: Vec::new(), ..git }, 1, true), None);
    }

    #[test]
    fn refs_bear_their_short_names() {
        let git = sample::git();
        assert_eq!(refs(&git, 9).unwrap(), "in main, origin/main, v1.0");
        assert_eq!(refs(&git, 1).unwrap(), "in main, and 2 more refs");
    }

    #[test]
    fn a_place_says_from_where_it_is_reached() {
        let mut git = sample::git();
        assert_eq!(standing(&git), ", only in history, in repository /srv/erp");
        git.repo = ".".to_owned();
        git.commits.clear();
        git.reachable = Some(Reachable::None);
        assert_eq!(standing(&git), ", reached from nowhere, object 3333333333");
    }

    #[test]
    fn the_commit_to_look_at_still_holds_it() {
        assert_eq!(newest(&sample::git()).unwrap().role, Role::Added);
    }
}
