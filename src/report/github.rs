//! `github`: annotations, as commands to the runner of GitHub Actions.
//!
//! Holds: the lines, their order and their escaping. Must not know: other formats.
//!
//! GitHub shows the first ten annotations of each kind in a step, and keeps the other lines in its log.
//! So the worst come first, each credential once before any comes again; and of the notices those of what to do
//! first, one for each step, and the totals, before what is proved to be over; what has no room in the notice of its
//! step goes on at the end. Each line begins with the command, so that nothing
//! in a name can begin another one.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::place::{Place, Places};
use super::words::{self, Level};
use super::{Report, Style, advice, escape, history, steps};
use crate::base::{Finding, Outcome, Reachable};

/// So many places are annotated; the log of a step is no place for more.
const MOST: usize = 500;

/// The runner cuts a message after 4,096 characters.
const LONGEST: usize = 3_800;

/// So many commits of a place are named.
const MARKS: usize = 2;

/// `github`: one command a line.
pub(super) struct Github;

impl Report for Github {
    fn write(&self, outcome: &Outcome, _: &Style, out: &mut dyn Write) -> io::Result<()> {
        let mut told = Vec::new();
        let mut places = Places::default();
        for finding in &outcome.findings {
            told.extend(places.of(finding).into_iter().enumerate().map(|(turn, place)| (finding, turn, place)));
        }
        // The sort is stable: what is equal stays in the order of the outcome, the worst first.
        told.sort_by_key(|(finding, turn, _)| (words::level(finding), *turn > 0));
        let left = told.len().saturating_sub(MOST);
        told.truncate(MOST);
        let steps = steps::texts(outcome, false, LONGEST);
        steps.iter().filter_map(|texts| texts.first()).try_for_each(|text| to_do(text, out))?;
        let (loud, soft) = told.split_at(told.partition_point(|(finding, ..)| words::level(finding) < Level::Note));
        loud.iter().try_for_each(|(finding, _, place)| annotation(finding, place, out))?;
        for notice in &outcome.notices {
            let title = format!("ksefleaks: {}", if notice.incomplete { "not searched" } else { "notice" });
            let text = format!("{}: {}", escape::origin(&notice.origin), escape::terminal(&notice.text));
            command(if notice.incomplete { "warning" } else { "notice" }, &[("title", title)], &text, out)?;
        }
        command("notice", &[("title", "ksefleaks".to_owned())], &totals(outcome, left), out)?;
        soft.iter().try_for_each(|(finding, _, place)| annotation(finding, place, out))?;
        steps.iter().flat_map(|texts| texts.iter().skip(1)).try_for_each(|text| to_do(text, out))
    }
}

fn to_do(text: &str, out: &mut dyn Write) -> io::Result<()> {
    command("notice", &[("title", "ksefleaks: what to do first".to_owned())], text, out)
}

fn annotation(finding: &Finding, place: &Place<'_>, out: &mut dyn Write) -> io::Result<()> {
    let name = match words::level(finding) {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let mut properties = vec![("file", escape::terminal(place.path()).into_owned())];
    if let (Some(line), true) = (place.line(), is_here(place)) {
        properties.push(("line", line.to_string()));
        properties.extend(place.spots[0].column.map(|column| ("col", column.to_string())));
    }
    properties.push(("title", format!("{} ({})", escape::terminal(&finding.title), escape::terminal(&finding.rule))));
    command(name, &properties, &message(finding, place), out)
}

/// Whether the line is one of the file as it is now, and not of an older version of it.
fn is_here(place: &Place<'_>) -> bool {
    place.git.is_none_or(|git| matches!(git.reachable, None | Some(Reachable::Tip | Reachable::Index)))
}

fn message(finding: &Finding, place: &Place<'_>) -> String {
    let mut text = words::sentence(finding);
    let _ = write!(text, ". It stands in {}", words::place(place.spots[0]));
    if place.spots.len() > 1 {
        let _ = write!(
            text,
            " and {} of this file",
            words::count(place.spots.len() as u64 - 1, "more place", "more places")
        );
    }
    if let Some(git) = place.git {
        text.push_str(&history::standing(git));
        if let Some(commits) = history::commits(git, MARKS, false) {
            let _ = write!(text, ", {commits}");
        }
    }
    if let Some(help) = advice::of(finding).into_iter().map(escape::terminal).reduce(|all, step| all + "\n" + step) {
        let _ = write!(text, ".\n{help}");
    }
    text
}

fn totals(outcome: &Outcome, left: usize) -> String {
    let summary = &outcome.summary;
    let listed: u64 = outcome.findings.iter().map(|finding| finding.locations.len() as u64).sum();
    let places: u64 = outcome.findings.iter().map(|finding| finding.count).sum();
    let found = outcome.findings.len() as u64;
    let mut text = match found {
        0 => "no credential of KSeF was found".to_owned(),
        _ => format!(
            "{} of KSeF in {}",
            words::count(found, "credential", "credentials"),
            words::count(places, "place", "places")
        ),
    };
    let _ = write!(
        text,
        "; read {}, {}",
        words::count(summary.files + summary.objects, "file or object", "files and objects"),
        words::size(summary.bytes)
    );
    let quieted = summary.quieted.allow + summary.quieted.baseline;
    if quieted > 0 {
        let _ = write!(text, "; {} allowed or in the baseline", words::count(quieted, "credential", "credentials"));
    }
    if left > 0 || places > listed {
        text.push_str("; not all places are annotated: --format jsonl lists them");
    }
    if summary.interrupted {
        text.push_str("; interrupted: the rest was not looked at");
    } else if !summary.complete {
        text.push_str("; not everything that should have been looked at was");
    }
    text
}

fn command(name: &str, properties: &[(&str, String)], message: &str, out: &mut dyn Write) -> io::Result<()> {
    let properties: Vec<String> = properties.iter().map(|(key, value)| format!("{key}={}", property(value))).collect();
    writeln!(out, "::{name} {}::{}", properties.join(","), data(message))
}

/// What may not stand in a message as it is; line ends are meant to be there.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What may not stand in a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::State;
    use crate::report::sample;

    fn told(outcome: &Outcome) -> Vec<String> {
        let mut out = Vec::new();
        Github.write(outcome, &Style::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn the_worst_come_first_and_the_totals_before_what_is_over() {
        let lines = told(&sample::full());
        let heads: Vec<&str> = lines.iter().map(|line| line.split("::").nth(1).unwrap()).collect();
        assert_eq!(
            heads,
            [
                "error file=.env,line=2,col=12,title=token of KSeF 2.0 (ksef-token)",
                "error file=mail/2026.mbox,title=token of KSeF 2.0 (ksef-token)",
                "warning title=ksefleaks%3A not searched",
                "notice title=ksefleaks",
                "notice file=log/http.txt,line=1,col=1,title=access token of the KSeF API (ksef-jwt)",
            ]
        );
        assert!(lines[1].contains("mail/2026.mbox › message 41 › umowa.zip › a/token.txt:3:14"));
        assert!(
            lines[3].contains("2 credentials of KSeF in 3 places; read 12 files and objects, 3.4 MiB"),
            "{}",
            lines[3]
        );
    }

    #[test]
    fn each_credential_is_told_once_before_any_is_told_again() {
        let mut outcome = sample::full();
        let mut second = sample::token();
        second.locations = vec![sample::place("other", 1, 1)];
        outcome.findings.insert(1, second);
        let lines = told(&outcome);
        assert!(lines[0].contains("file=.env") && lines[1].contains("file=other") && lines[2].contains("file=mail"));
    }

    #[test]
    fn a_name_can_neither_end_a_line_nor_a_property() {
        let mut outcome = sample::full();
        outcome.findings[0].locations = vec![sample::place("a,line=7::b%0A\n::error::c:d", 1, 1)];
        let lines = told(&outcome);
        assert!(
            lines[0].starts_with("::error file=a%2Cline=7%3A%3Ab%250A\\n%3A%3Aerror%3A%3Ac%3Ad,line=1,"),
            "{}",
            lines[0]
        );
        assert_eq!(lines.len(), 4);
    }

    #[test]
    fn a_line_of_an_older_version_is_no_line_of_the_file() {
        let mut outcome = sample::full();
        outcome.findings[0].locations[1].git = Some(sample::git().into());
        let first = &told(&outcome)[0];
        assert!(first.starts_with("::error file=.env,title=") && first.contains("only in history"), "{first}");
        assert!(!first.contains("example.test"), "nobody is named");
    }

    #[test]
    fn what_to_do_first_is_a_notice_for_each_step_with_every_call_and_no_person() {
        let lines = told(&sample::urgent(54));
        let is_step = |line: &&String| line.starts_with("::notice title=ksefleaks%3A what to do first::");
        assert!(lines[0].contains("::1. revoke 54 credentials") && lines[1].contains("::2. replace 54 credentials"));
        assert!(is_step(&&lines[0]) && is_step(&&lines[1]) && lines[2].starts_with("::error"));
        assert!(lines[lines.len() - 1].contains("::1. goes on:%0A"), "{lines:#?}");
        let steps: Vec<&String> = lines.iter().filter(is_step).collect();
        assert!(steps.iter().all(|line| line.replace("%0A", "\n").chars().count() < 4096));
        let calls: usize = steps.iter().map(|line| line.matches(" — DELETE https://").count()).sum();
        assert_eq!(calls, 54);
        assert!(!lines.concat().contains("Zmyślona"));
    }

    #[test]
    fn what_is_over_or_not_ours_is_not_told_to_be_revoked() {
        let mut outcome = sample::full();
        outcome.findings[0].standing.state = State::Foreign;
        let lines = told(&outcome);
        assert!(lines[0].contains("Tell the company") && !lines[0].contains("Revoke it"), "{}", lines[0]);
        assert!(lines[4].contains("Nothing is to be revoked"), "{}", lines[4]);
    }

    #[test]
    fn many_places_are_cut_and_said_to_be() {
        let mut outcome = sample::full();
        outcome.findings[0].locations = (0..600).map(|at| sample::place(&format!("f{at}"), 1, 1)).collect();
        outcome.findings[0].count = 600;
        let lines = told(&outcome);
        assert_eq!(lines.len(), MOST + 2);
        assert!(lines[MOST + 1].contains("not all places are annotated"));
    }
}
