//! `junit`: test results, as Jenkins and most other pipelines read them.
//!
//! Holds: what becomes a test case and how it ends, and the escaping of XML. Must not know: other
//! formats.
//!
//! A credential fails; what is proved to be over, allowed or in the baseline is skipped, because it fails
//! no run; what should have been looked at and was not is an error. A clean run holds one case that
//! passes, for a file without cases counts as broken. Nothing says on which machine it was.
//!
//! The XML is written by hand: it has three levels, and what XML cannot hold at all must be shown in a
//! form of ours, which no writer of XML does.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::escape::{self, terminal};
use super::{Report, Style, advice, history, steps, words};
use crate::base::{Finding, Notice, Outcome, Quieter, Suppressed};

/// So many commits and refs of a place are listed.
const MARKS: usize = 20;

/// `junit`: one suite.
pub(super) struct Junit;

impl Report for Junit {
    fn write(&self, outcome: &Outcome, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        let cases = cases(outcome, *style);
        let number = |end: fn(&End) -> bool| cases.iter().filter(|case| end(&case.end)).count();
        let (tests, failures) = (cases.len(), number(|end| matches!(end, End::Failure(..))));
        let errors = number(|end| matches!(end, End::Error(..)));
        let skipped = number(|end| matches!(end, End::Skipped(..)));
        let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\"");
        let seconds = format!("{:.3}", outcome.summary.seconds.max(0.0));
        let started = outcome.run.started.to_string();
        let stamp = started.split(['.', 'Z']).next().unwrap_or(&started);
        let name = xml(&format!("ksefleaks {}", terminal(&outcome.run.command)));
        writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        writeln!(out, "<testsuites name=\"ksefleaks\" {counts} time=\"{seconds}\">")?;
        writeln!(
            out,
            "  <testsuite name=\"{name}\" {counts} skipped=\"{skipped}\" time=\"{seconds}\" timestamp=\"{stamp}\">"
        )?;
        let to_do = steps::whole(outcome, style.people);
        if let Some(to_do) = &to_do {
            let property = format!("<property name=\"what-to-do-first\" value=\"{}\"/>", attribute(to_do));
            writeln!(out, "    <properties>\n      {property}\n    </properties>")?;
        }
        cases.iter().try_for_each(|case| case.write(out))?;
        let harmless = outcome.notices.iter().filter(|notice| !notice.incomplete).map(told);
        let body: Vec<String> =
            to_do.map(|to_do| format!("What to do first\n{to_do}")).into_iter().chain(harmless).collect();
        if !body.is_empty() {
            writeln!(out, "    <system-out>{}</system-out>", xml(&body.join("\n")))?;
        }
        writeln!(out, "  </testsuite>\n</testsuites>")
    }
}

/// One test case; all its texts are safe to show, and none is XML yet.
struct Case {
    class: String,
    name: String,
    end: End,
}

/// How a case ends: its kind or message, and what is told of it.
enum End {
    Passed,
    Failure(String, String, String),
    Error(String, String),
    Skipped(String),
}

impl Case {
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let (class, name) = (xml(&self.class), xml(&self.name));
        write!(out, "    <testcase classname=\"{class}\" name=\"{name}\" time=\"0\"")?;
        match &self.end {
            End::Passed => return writeln!(out, "/>"),
            End::Failure(kind, message, body) => {
                let (kind, message, body) = (xml(kind), xml(message), xml(body));
                write!(out, ">\n      <failure type=\"{kind}\" message=\"{message}\">{body}</failure>")?;
            }
            End::Error(kind, message) => {
                write!(out, ">\n      <error type=\"{}\" message=\"{}\"/>", xml(kind), xml(message))?;
            }
            End::Skipped(message) => write!(out, ">\n      <skipped message=\"{}\"/>", xml(message))?,
        }
        writeln!(out, "\n    </testcase>")
    }
}

fn cases(outcome: &Outcome, style: Style) -> Vec<Case> {
    let mut cases = Vec::new();
    if outcome.findings.is_empty() {
        let name = "no credential of KSeF in what was read".to_owned();
        cases.push(Case { class: "ksefleaks".to_owned(), name, end: End::Passed });
    }
    cases.extend(outcome.findings.iter().map(|finding| found(finding, style)));
    cases.extend(outcome.suppressed.iter().map(quieted));
    if outcome.summary.interrupted {
        let text = "interrupted: the rest was not looked at".to_owned();
        cases.push(Case {
            class: "ksefleaks.notice".to_owned(),
            name: "the whole run".to_owned(),
            end: End::Error("interrupted".to_owned(), text),
        });
    }
    cases.extend(outcome.notices.iter().filter(|notice| notice.incomplete).map(|notice| Case {
        class: "ksefleaks.notice".to_owned(),
        name: escape::origin(&notice.origin),
        end: End::Error(notice.reason.name().to_owned(), told(notice)),
    }));
    cases
}

fn case(finding: &Finding, end: End) -> Case {
    // The id makes the name one of its own, and is the same in the next run.
    let name = format!("{} {}", terminal(&finding.title), finding.id);
    Case { class: format!("ksefleaks.{}", terminal(&finding.rule)), name, end }
}

fn found(finding: &Finding, style: Style) -> Case {
    let message = words::sentence(finding);
    if finding.standing.is_over() {
        let to_do = advice::of(finding).join(" ");
        return case(finding, End::Skipped(format!("{message}; in {}. {}", first(finding), terminal(&to_do))));
    }
    case(finding, End::Failure(words::severity(finding.severity).to_owned(), message, body(finding, style)))
}

fn quieted(known: &Suppressed) -> Case {
    let why = match (known.by, &known.reason) {
        (Quieter::Baseline, _) => "in the baseline".to_owned(),
        (Quieter::Allow, Some(reason)) => format!("allowed: {}", terminal(reason)),
        (Quieter::Allow, None) => "allowed by a comment".to_owned(),
    };
    case(&known.finding, End::Skipped(format!("{why}; in {}", first(&known.finding))))
}

fn first(finding: &Finding) -> String {
    finding.locations.first().map(words::place).unwrap_or_default()
}

/// Where it stands, and what to do.
fn body(finding: &Finding, style: Style) -> String {
    let mut text = String::new();
    for location in &finding.locations {
        let _ = write!(text, "\n{}", words::place(location));
        let Some(git) = &location.git else { continue };
        text.push_str(&history::standing(git));
        for part in [history::commits(git, MARKS, style.people), history::refs(git, MARKS)].into_iter().flatten() {
            let _ = write!(text, "; {part}");
        }
    }
    let more = finding.count.saturating_sub(finding.locations.len() as u64);
    if more > 0 {
        let _ = write!(text, "\nand {}", words::count(more, "more place", "more places"));
    }
    if let (Some(owner), true) = (&finding.standing.owner, style.people) {
        let _ = write!(text, "\nowner: {}", terminal(owner));
    }
    text.push('\n');
    for step in advice::of(finding) {
        let _ = write!(text, "\n{}", terminal(step));
    }
    text.push('\n');
    text
}

fn told(notice: &Notice) -> String {
    format!("{}: {}", escape::origin(&notice.origin), terminal(&notice.text))
}

/// A text in XML, in an element or an attribute. Control characters were made visible before; what is
/// left that XML 1.0 cannot hold are two characters at the end of the first plane.
fn xml(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(safe, "\\u{{{:x}}}", u32::from(character));
            }
            c if c.is_control() && c != '\n' => {}
            c => safe.push(c),
        }
    }
    safe
}

/// A text in an attribute, where a reader of XML makes spaces of line ends.
fn attribute(text: &str) -> String {
    xml(text).replace('\n', "&#10;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::State;
    use crate::report::sample;

    fn written(outcome: &Outcome, people: bool) -> String {
        let mut out = Vec::new();
        Junit.write(outcome, &Style { people, ..Style::default() }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_clean_run_passes_one_case() {
        let text = written(&sample::empty(), false);
        assert!(text.contains("tests=\"1\" failures=\"0\" errors=\"0\""), "{text}");
        assert!(text.contains("name=\"no credential of KSeF in what was read\" time=\"0\"/>"), "{text}");
    }

    #[test]
    fn each_sort_of_thing_ends_in_its_own_way() {
        let mut outcome = sample::full();
        let mut known = sample::token();
        known.id = "0123456789abcdef".to_owned();
        outcome.suppressed = vec![Suppressed { finding: known, by: Quieter::Baseline, reason: None }];
        let text = written(&outcome, false);
        assert!(text.contains("tests=\"4\" failures=\"1\" errors=\"1\" skipped=\"2\""), "{text}");
        assert!(
            text.contains("<failure type=\"critical\" message=\"token of KSeF 2.0 (critical, certain) for NIP"),
            "{text}"
        );
        assert!(text.contains("<error type=\"too-large\" message=\"b.zip › x.sql: member of 512 MiB"), "{text}");
        assert!(text.contains("<skipped message=\"in the baseline; in mail/2026.mbox › "), "{text}");
        assert!(text.contains("expired: its time ended on 2026-01-01"), "{text}");
    }

    #[test]
    fn people_are_named_where_they_may_be() {
        let mut outcome = sample::full();
        outcome.findings[0].locations[1].git = Some(sample::git().into());
        outcome.findings[0].standing.owner = Some("Ewa Zmyślona".to_owned());
        for (people, wanted) in [(false, 0), (true, 1)] {
            let text = written(&outcome, people);
            assert_eq!(text.matches("jan@example.test").count(), wanted);
            assert_eq!(text.matches("Ewa Zmyślona").count(), wanted);
        }
    }

    #[test]
    fn what_to_do_first_is_told_in_lines_with_every_call() {
        let text = written(&sample::urgent(54), false);
        let body = text.split("<system-out>").nth(1).unwrap();
        assert!(body.starts_with("What to do first\n1. revoke 54 credentials"), "{body}");
        assert_eq!(body.matches(" — DELETE https://").count(), 54);
        let property = text.lines().find(|line| line.contains("name=\"what-to-do-first\"")).unwrap();
        assert!(
            property.contains("minutes:&#10;   - Lista tokenów › Unieważnij&#10;     - 20251014-EC-"),
            "{property}"
        );
        assert!(!text.contains("Zmyślona") && written(&sample::urgent(1), true).contains("owner Ewa Zmyślona"));
    }

    #[test]
    fn what_is_over_or_not_ours_is_not_told_to_be_revoked() {
        let mut outcome = sample::full();
        outcome.findings[0].standing.state = State::Foreign;
        let text = written(&outcome, false);
        assert!(text.contains("in log/http.txt:1:1. Nothing is to be revoked."), "{text}");
        assert!(text.contains("\nTell the company that it leaked") && !text.contains("Revoke it"), "{text}");
    }

    #[test]
    fn nothing_of_a_name_is_xml() {
        assert_eq!(xml("<a b='c'>\"&amp;\u{ffff}\0"), "&lt;a b=&apos;c&apos;&gt;&quot;&amp;amp;\\u{ffff}");
    }
}
