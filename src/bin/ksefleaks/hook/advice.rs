//! What a committer can do.
//!
//! Holds: the steps for each occasion, with the commands, and how to allow what may stay. Must not know:
//! what was found, but for its paths, commits and fingerprints.

use ksefleaks::{Finding, Location, escape_terminal};

use super::Occasion;
use super::refusal::{Judged, brought_by};
use crate::args::HookKind;

/// Files and fingerprints that stand in commands and entries ready to paste.
const LISTED: usize = 3;

/// What to do, how to allow, how to go past the check.
pub(super) fn lines(judged: &Judged<'_>, reasons: &[&Finding]) -> Vec<String> {
    let mut lines = vec!["What to do:".to_owned()];
    for (index, step) in steps(judged, reasons).into_iter().enumerate() {
        for (at, line) in step.into_iter().enumerate() {
            let head = if at == 0 { format!("  {}. ", index + 1) } else { " ".repeat(5) };
            lines.push(head + &line);
        }
    }
    lines.push(String::new());
    lines.extend(allowing(judged, reasons));
    if let Some(bypass) = judged.kind.bypass().filter(|_| !matches!(judged.occasion, Occasion::Range | Occasion::Files))
    {
        lines.push(format!("To go past the check once: {bypass}"));
    }
    lines
}

/// What to do about what was not searched.
pub(super) fn after_incomplete(kind: HookKind, occasion: &Occasion, refused: bool) -> Vec<String> {
    let text = match (kind, refused) {
        (HookKind::PreReceive, true) => "Push less at once, or ask those who run this server to give it more time.",
        (HookKind::PreReceive, false) => "Those who run this server can search it later: ksefleaks git REPOSITORY",
        (_, true) if !matches!(occasion, Occasion::Range | Occasion::Files) => {
            return kind.bypass().map(|bypass| format!("To go past the check once: {bypass}")).into_iter().collect();
        }
        (_, true) => return Vec::new(),
        (_, false) => "With --strict that is refused.",
    };
    vec![text.to_owned()]
}

type Step = Vec<String>;

fn steps(judged: &Judged<'_>, reasons: &[&Finding]) -> Vec<Step> {
    match &judged.occasion {
        Occasion::Commit => vec![unstage(reasons), revoke("If it has been anywhere but on this computer, ")],
        Occasion::Message(file) => {
            vec![rewrite_message(file), revoke("If it has been anywhere but on this computer, ")]
        }
        Occasion::Push => {
            vec![rewrite(reasons), revoke("If it has been anywhere but on this computer, "), step(&["Push again."])]
        }
        Occasion::Receive => vec![revoke("It has left your computer: "), rewrite(reasons), step(&["Push again."])],
        Occasion::Range => vec![revoke("Whoever has the repository has it: "), rewrite(reasons)],
        Occasion::Files => vec![
            revoke("Whoever has these files has it: "),
            step(&["Take it out of them; let the program read it from the environment", "or from a vault."]),
        ],
    }
}

fn step(lines: &[&str]) -> Step {
    lines.iter().map(|&line| line.to_owned()).collect()
}

fn revoke(when: &str) -> Step {
    step(&[
        &format!("{when}revoke it in KSeF first"),
        "and take a new one: to take it out of files does not call it back.",
    ])
}

fn unstage(reasons: &[&Finding]) -> Step {
    let files = files(reasons);
    let mut lines = step(&[
        "Take it out of the file; let the program read it from the environment",
        "or from a vault. Then stage the file anew and commit:",
    ]);
    lines.push(format!("  git add -- {files}"));
    lines.push("A file that belongs in no commit stays out of this one after:".to_owned());
    lines.push(format!("  git reset -- {files}"));
    lines
}

fn rewrite_message(file: &str) -> Step {
    let file = quoted(file).unwrap_or_else(|| "FILE".to_owned());
    let mut lines = step(&["Write the message without it; what you wrote is kept in a file:"]);
    lines.push(format!("  git commit -e -F {file}"));
    lines
}

fn rewrite(reasons: &[&Finding]) -> Step {
    let mut commits: Vec<String> = Vec::new();
    for commit in reasons.iter().flat_map(|finding| &finding.locations).filter_map(brought_by) {
        if !commits.contains(&commit) && commits.len() < LISTED {
            commits.push(commit);
        }
    }
    let first = commits.first().map_or("COMMIT", String::as_str);
    let mut lines = step(&[
        "Take it out of each commit that holds it; one more commit does not",
        "help, since history keeps what was there:",
        "  in the newest commit:  git commit --amend --all",
    ]);
    lines.push(format!("  in an older one:       git rebase -i {first}^"));
    lines.push("                         («edit» there; --root for the first one)".to_owned());
    lines.push("  in many:               git filter-repo --replace-text EXPRESSIONS".to_owned());
    lines
}

fn allowing(judged: &Judged<'_>, reasons: &[&Finding]) -> Vec<String> {
    let mut lines = Vec::new();
    if judged.occasion == Occasion::Receive {
        lines.push("If it may stay, those who run this server can allow it in its".to_owned());
        lines.push("configuration; no comment in a file does. Give them this:".to_owned());
    } else if judged.comments && !matches!(judged.occasion, Occasion::Message(_)) {
        lines.push("If it may stay, say why in a comment on its line:".to_owned());
        lines.push("    ksefleaks:allow REASON".to_owned());
        lines.push("or in .ksefleaks.toml at the top of the work tree:".to_owned());
    } else {
        lines.push("If it may stay, say why in .ksefleaks.toml at the top of the work tree:".to_owned());
    }
    for sha256 in reasons.iter().filter_map(|finding| finding.fingerprints().next()).take(LISTED) {
        lines.push("    [[allow]]".to_owned());
        lines.push(format!("    sha256 = \"{sha256}\""));
        lines.push("    reason = \"REASON\"".to_owned());
    }
    if reasons.len() > LISTED {
        lines.push(format!("    and the same for {} more", reasons.len() - LISTED));
    }
    lines.push(String::new());
    lines
}

/// The files that hold the credentials, as words of a command.
fn files(reasons: &[&Finding]) -> String {
    let mut files: Vec<String> = Vec::new();
    for location in reasons.iter().flat_map(|finding| &finding.locations) {
        match word(location) {
            Some(file) if files.contains(&file) => {}
            Some(file) if files.len() < LISTED => files.push(file),
            _ => return "FILE...".to_owned(),
        }
    }
    if files.is_empty() { "FILE...".to_owned() } else { files.join(" ") }
}

/// A path as git takes it from anywhere in the work tree.
fn word(location: &Location) -> Option<String> {
    let path = &location.origin.path;
    if path.raw().is_some() {
        return None;
    }
    let inside = std::env::var_os("GIT_PREFIX").is_some_and(|prefix| !prefix.is_empty());
    quoted(&if inside { format!(":/{}", path.text()) } else { path.text().to_owned() })
}

/// A word for a shell, in quotes where it needs them; nothing where it could not be copied as it is shown.
fn quoted(word: &str) -> Option<String> {
    if escape_terminal(word) != word || word.is_empty() {
        return None;
    }
    let plain = |c: char| c.is_alphanumeric() || "._/-+:@%,".contains(c);
    if word.chars().all(plain) && !word.starts_with(':') || word.starts_with(":/") && word.chars().all(plain) {
        return Some(word.to_owned());
    }
    Some(format!("'{}'", word.replace('\'', "'\\''")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_as_a_shell_reads_them() {
        let table = [
            ("config/prod.env", Some("config/prod.env")),
            (":/config/prod.env", Some(":/config/prod.env")),
            ("za\u{17c}/a b.env", Some("'za\u{17c}/a b.env'")),
            ("it's", Some("'it'\\''s'")),
            ("$(x)", Some("'$(x)'")),
            ("a\u{1b}[2J", None),
            ("a\u{202e}b", None),
            ("", None),
        ];
        for (word, expected) in table {
            assert_eq!(quoted(word).as_deref(), expected, "{word:?}");
        }
    }
}
