//! Mailboxes in all dialects, sound and damaged.

use super::*;
use crate::base::Limits;
use crate::unpack::recorded::{Recorded, Taken, recognises, record, torture};

const FIRST: &str = "From a@example.pl Tue Oct 14 15:23:47 2025\n";

fn message(header: &str, body: &str) -> String {
    format!("{FIRST}From: Anna <a@example.pl>\nSubject: x\n{header}\n{body}\n\n")
}

fn open(bytes: &str) -> Recorded {
    assert!(recognises(&FORMAT, bytes.as_bytes(), ""));
    record(&FORMAT, bytes.as_bytes(), &Limits::default())
}

/// The messages that are handed over: their names, and whether they are to be opened.
fn messages(recorded: &Recorded) -> Vec<(&str, bool)> {
    recorded.names().into_iter().zip(recorded.members.iter().map(|member| !member.made)).collect()
}

fn sample() -> String {
    [
        message("", "needle-1"),
        message("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8BIT\n", ">From needle-2"),
        message("Content-Transfer-Encoding: base64\n", "bmVlZGxlLTM="),
        message("Content-Type: multipart/mixed;\n boundary=b\n", "--b\n\nneedle-4\n--b--\n"),
        message("Content-Type: text/html\n", "<b>needle-5</b>"),
        message("X-A: =?UTF-8?Q?needle=2D6?=\n", ""),
        message("", "begin 644 x\n(;F5E9&QE+3<\nend"),
        message("", "-----BEGIN PGP MESSAGE-----"),
        message("", "begin here"),
    ]
    .concat()
}

#[test]
fn messages_are_searched_or_opened() {
    for text in [sample(), sample().replace('\n', "\r\n")] {
        let recorded = open(&text);
        assert_eq!(recorded.troubles, []);
        let opened = [false, false, true, true, true, true, true, true, false];
        let expected: Vec<String> = (1..=9).map(|number| format!("message {number}")).collect();
        assert_eq!(messages(&recorded), expected.iter().map(String::as_str).zip(opened).collect::<Vec<_>>());
        let all: Vec<String> = recorded.members.iter().map(Taken::text).collect();
        assert!(all[1].starts_with("From a@") && all[2].starts_with("From: Anna"), "without its separator");
        let mail = recorded.members[3].mail.as_ref().unwrap();
        assert_eq!(mail.from.as_deref(), Some("Anna <a@example.pl>"));
        let separator = text.split_inclusive('\n').next().unwrap();
        let joined: String = all
            .iter()
            .map(|text| if text.starts_with(separator) { text.clone() } else { format!("{separator}{text}") })
            .collect();
        assert_eq!(joined, text, "nothing is lost");
    }
}

#[test]
fn damaged_separators_cost_nothing() {
    let text = sample().replacen("\n\nFrom a@example.pl Tue Oct 14 15:23:47 2025\n", "\nFrom damaged\n", 2);
    assert_eq!(open(&text).members.len(), 9);
    let lost = sample().replacen(&format!("\n{FIRST}"), "\n", 1);
    let recorded = open(&lost);
    assert_eq!(recorded.members.len(), 8);
    assert!(recorded.members[0].text().contains("needle-2"));
    let cut = open(&sample()[..900]);
    let separators = cut.members.iter().filter(|member| !member.made).count() * FIRST.len();
    assert_eq!(cut.members.iter().map(|member| member.bytes.len()).sum::<usize>() + separators, 900);
}

#[test]
fn small_memory_is_enough() {
    let long = format!("needle-1 {}needle-2", "a line of text\n".repeat(20_000));
    let text = [message("", "x"), message("", &long), message("", "y"), message("", &long)].concat();
    let limits = Limits { max_blob: 16 << 10, ..Limits::default() };
    let recorded = record(&FORMAT, text.as_bytes(), &limits);
    let expected = [("message 1", false), ("message 2", false), ("message 3", false), ("message 4", false)];
    assert_eq!(messages(&recorded), expected);
    let told: Vec<_> =
        recorded.troubles.iter().map(|(name, trouble)| (name.as_deref().unwrap(), trouble.option)).collect();
    assert_eq!(told, [("message 2", Some("--max-blob")), ("message 4", Some("--max-blob"))]);
    assert_eq!(recorded.members.iter().map(Taken::text).collect::<String>(), text);
    assert!(recorded.members[1].mail.as_ref().is_some_and(|mail| mail.subject.as_deref() == Some("x")));
}

#[test]
fn a_message_without_end_is_read_in_pieces() {
    let text = message("", &"a line of text\n".repeat(200_000));
    let limits = Limits { max_blob: 16 << 10, max_expanded: 2 << 20, ..Limits::default() };
    let recorded = record(&FORMAT, text.as_bytes(), &limits);
    assert_eq!(recorded.members.len(), 3);
    assert_eq!(recorded.members.iter().map(Taken::text).collect::<String>().len(), text.len());
}

#[test]
fn many_messages_are_worked_on_in_parts() {
    let text: String = (0..60_000).map(|number| message("", &format!("needle-{number}"))).collect();
    assert!(text.len() > 5 * SHARE);
    let recorded = open(&text);
    assert_eq!(recorded.members.len(), 60_000);
    let number = |index: usize| recorded.members[index].name.clone().unwrap();
    assert_eq!([number(0), number(59_999)], ["message 1", "message 60000"]);
    assert!(recorded.members[59_999].text().contains("needle-59999\n"));
}

#[test]
fn other_things_are_no_mailboxes() {
    for text in
        ["From here on\n", "From x\n\ntext\n", "From a Tue Oct 14 15:23:47 2025\n1 2 3\n", "from a\nTo: b\n", ""]
    {
        assert!(!recognises(&FORMAT, text.as_bytes(), "mbox"), "{text}");
    }
    assert!(recognises(&FORMAT, FIRST.as_bytes(), "") && recognises(&FORMAT, b"From x\nX-A: b\n\n", ""));
}

#[test]
fn nothing_breaks_it() {
    torture(&FORMAT, sample().as_bytes());
    let cl = message("Content-Length: 9\n", "needle-1") + &sample();
    torture(&FORMAT, cl.as_bytes());
}
