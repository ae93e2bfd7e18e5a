//! What a message says of itself, in words.
//!
//! Holds: who has it, since when, under which subject. Must not know: where the words are written. All of it comes out
//! of the mail and is made safe here.

use std::fmt::Write as _;

use super::escape::terminal;
use crate::base::Mail;

/// So many of those who got it are named.
const PEOPLE: usize = 4;

/// Characters of a subject that are told.
const SUBJECT: usize = 120;

/// A message in one clause; nothing where it says nothing of itself.
pub(super) fn told(mail: &Mail) -> Option<String> {
    let mut text = String::new();
    if let Some(date) = &mail.date {
        let _ = write!(text, " of {}", terminal(date));
    }
    if let Some(subject) = &mail.subject {
        let short: String = subject.chars().take(SUBJECT).collect();
        let more = if short.len() < subject.len() { "…" } else { "" };
        let _ = write!(text, " «{}{more}»", terminal(&short));
    }
    if let Some(from) = &mail.from {
        let _ = write!(text, " from {}", terminal(from));
    }
    for (word, people) in [("to", &mail.to), ("copy to", &mail.cc)] {
        people_told(&mut text, word, people);
    }
    if let Some(folder) = &mail.folder {
        let _ = write!(text, ", in folder {}", terminal(folder));
    }
    (!text.is_empty()).then(|| format!("mail{text}"))
}

fn people_told(text: &mut String, word: &str, people: &[String]) {
    if people.is_empty() {
        return;
    }
    let named: Vec<_> = people.iter().take(PEOPLE).map(|name| terminal(name)).collect();
    let _ = write!(text, ", {word} {}", named.join(", "));
    if people.len() > PEOPLE {
        let _ = write!(text, " and {} more", people.len() - PEOPLE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_told_in_one_clause() {
        let mail = Mail {
            from: Some("Anna <anna@example.test>".to_owned()),
            to: ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec(),
            date: Some("2026-03-01T08:00:00Z".to_owned()),
            subject: Some("token\u{1b}[2J".to_owned()),
            ..Mail::default()
        };
        let told = told(&mail).unwrap();
        assert!(told.starts_with("mail of 2026-03-01T08:00:00Z «token"), "{told}");
        assert!(told.ends_with(" from Anna <anna@example.test>, to a, b, c, d and 1 more"), "{told}");
        assert!(!told.contains('\u{1b}'));
        assert_eq!(super::told(&Mail::default()), None);
    }
}
