//! What a person is told after the credentials.
//!
//! Holds: the notices, the hints and the totals. Must not know: how lines are set.

use std::io;

use super::page::Page;
use crate::base::{Confidence, Notice, Outcome, Summary};
use crate::report::escape;
use crate::report::words::{count, size};

/// So many notices are listed unless more is asked for.
const NOTICES: usize = 20;

/// What was not looked at, and why.
pub(super) fn notices(page: &mut Page<'_>, outcome: &Outcome) -> io::Result<()> {
    let all = &outcome.notices;
    if all.is_empty() {
        return Ok(());
    }
    let kinds: Vec<String> =
        outcome.summary.notices.iter().map(|(reason, number)| format!("{number} {reason}")).collect();
    let number = count(all.len() as u64, "notice", "notices");
    let kinds = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
    if page.style.quiet {
        page.sentence(&format!("{number}{kinds}: not everything was looked at"))?;
        return page.blank();
    }
    page.sentence(&format!("{number}{kinds}:"))?;
    let listed = if page.style.verbose > 0 { all.len() } else { NOTICES };
    for notice in all.iter().take(listed) {
        page.item(&told(notice))?;
    }
    if let Some(more) = all.len().checked_sub(listed).filter(|more| *more > 0) {
        page.item(&format!("and {more} more; -v lists them all"))?;
    }
    page.blank()
}

fn told(notice: &Notice) -> String {
    format!("{}: {}", escape::origin(&notice.origin), notice.text)
}

/// The commands that read what was left.
pub(super) fn hints(page: &mut Page<'_>, outcome: &Outcome) -> io::Result<()> {
    if outcome.hints.is_empty() {
        return Ok(());
    }
    page.sentence("left for another command:")?;
    let listed = if page.style.verbose > 0 { outcome.hints.len() } else { NOTICES };
    for hint in outcome.hints.iter().take(listed) {
        page.item(&escape::terminal(hint))?;
    }
    if let Some(more) = outcome.hints.len().checked_sub(listed).filter(|more| *more > 0) {
        page.item(&format!("and {more} more; -v lists them all"))?;
    }
    page.blank()
}

/// The last sentences: what was found, read, left and passed over.
pub(super) fn totals(page: &mut Page<'_>, outcome: &Outcome) -> io::Result<()> {
    let summary = &outcome.summary;
    let read = if is_empty(outcome) { nothing(&outcome.run.command).to_owned() } else { read(summary) };
    page.sentence(&format!("{}; {read}.", found(summary)))?;
    for (what, parts) in [("left unread by choice", left(summary)), ("passed over", passed(summary))] {
        if !parts.is_empty() {
            page.sentence(&format!("{what}: {}.", parts.join(", ")))?;
        }
    }
    if !summary.complete && !summary.interrupted {
        page.alarm("not everything that should have been looked at was: see the notices")?;
    }
    Ok(())
}

fn found(summary: &Summary) -> String {
    let by = |confidence| summary.findings.get(&confidence).copied().unwrap_or(0);
    let ranks = [
        (by(Confidence::Certain), "certain"),
        (by(Confidence::Likely), "likely"),
        (by(Confidence::Possible), "possible"),
    ];
    let total: u64 = ranks.iter().map(|(number, _)| number).sum();
    if total == 0 {
        return "no credential of KSeF was found".to_owned();
    }
    let ranks: Vec<String> =
        ranks.iter().filter(|(number, _)| *number > 0).map(|(number, rank)| format!("{number} {rank}")).collect();
    format!("{} of KSeF: {}", count(total, "credential", "credentials"), ranks.join(", "))
}

/// Whether there was nothing to read. What lies beside the objects of a repository is no content of it.
pub(super) fn is_empty(outcome: &Outcome) -> bool {
    let Summary { files, members, objects, blobs, commits, remembered, .. } = &outcome.summary;
    let files = if outcome.run.command == "git" { 0 } else { files + members };
    files + objects + blobs + commits + remembered == 0
}

fn nothing(command: &str) -> &'static str {
    match command {
        "scan" => "nothing was read, for there was no file to read",
        _ => "nothing was read: an empty repository, range or index holds nothing to search",
    }
}

fn read(summary: &Summary) -> String {
    let files = (summary.files, "file", "files");
    let members = (summary.members, "member of a container", "members of containers");
    let objects = (summary.objects, "object", "objects");
    let blobs = (summary.blobs, "blob", "blobs");
    let commits = (summary.commits, "commit", "commits");
    let mut parts = some([files, members]);
    let within = some([blobs, commits]);
    match some([objects]).pop() {
        Some(objects) if !within.is_empty() => parts.push(format!("{objects} ({})", within.join(", "))),
        Some(objects) => parts.push(objects),
        None => parts.extend(within),
    }
    format!("read {}, {} in {:.1} s", parts.join(", "), size(summary.bytes), summary.seconds)
}

fn left(summary: &Summary) -> Vec<String> {
    let left = &summary.left;
    some([
        (left.link, "symbolic link", "symbolic links"),
        (left.device, "device, pipe or socket", "devices, pipes or sockets"),
        (left.git_store, "object store of a repository", "object stores of repositories"),
        (left.excluded, "excluded path", "excluded paths"),
    ])
}

fn passed(summary: &Summary) -> Vec<String> {
    some([
        (summary.quieted.allow, "credential allowed", "credentials allowed"),
        (summary.remembered, "object known to have nothing to say", "objects known to have nothing to say"),
        (summary.quieted.baseline, "credential of the baseline", "credentials of the baseline"),
        (summary.placeholders, "placeholder", "placeholders"),
        (summary.examples, "copy of the official example", "copies of the official example"),
    ])
}

fn some<const N: usize>(counts: [(u64, &str, &str); N]) -> Vec<String> {
    counts.into_iter().filter(|(number, ..)| *number > 0).map(|(number, one, many)| count(number, one, many)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_name_only_what_there_was() {
        let mut summary = Summary { files: 1, bytes: 10, ..Summary::default() };
        summary.findings.insert(Confidence::Likely, 2);
        summary.quieted.baseline = 1;
        summary.left.link = 3;
        assert_eq!(found(&summary), "2 credentials of KSeF: 2 likely");
        assert_eq!(read(&summary), "read 1 file, 10 bytes in 0.0 s");
        assert_eq!(left(&summary), ["3 symbolic links"]);
        assert_eq!(passed(&summary), ["1 credential of the baseline"]);
    }
    #[test]
    fn objects_are_told_with_what_they_are() {
        let summary = Summary { objects: 9, blobs: 5, commits: 1, bytes: 2048, ..Summary::default() };
        assert_eq!(read(&summary), "read 9 objects (5 blobs, 1 commit), 2.0 KiB in 0.0 s");
        assert_eq!(
            read(&Summary { files: 2, ..summary }),
            "read 2 files, 9 objects (5 blobs, 1 commit), 2.0 KiB in 0.0 s"
        );
        let commits = Summary { commits: 3, ..Summary::default() };
        assert_eq!(read(&commits), "read 3 commits, 0 bytes in 0.0 s");
    }

    #[test]
    fn what_held_nothing_is_named_after_what_was_asked_for() {
        let run = |command: &str, summary| {
            let mut outcome = crate::report::sample::empty();
            (outcome.run.command, outcome.summary) = (command.to_owned(), summary);
            is_empty(&outcome)
        };
        assert!(run("scan", Summary::default()) && !run("scan", Summary { files: 1, ..Summary::default() }));
        assert!(!run("git", Summary { objects: 1, ..Summary::default() }));
        assert!(
            run("git", Summary { files: 20, ..Summary::default() }),
            "git keeps samples of hooks beside its objects"
        );
        assert!(nothing("scan").contains("no file"));
        assert!(nothing("git").contains("range"));
    }
}
