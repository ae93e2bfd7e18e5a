//! The convention of names, and the rule about it.
//!
//! Holds: `Convention`, a pattern of placeholders made a matcher, and how one is guessed where none is given. Must not
//! know: the other rules. A new placeholder is a line in `PLACEHOLDERS`.

use std::fmt::{self, Write as _};

use regex_automata::meta::Regex;
use regex_automata::util::syntax;

use super::Said;
use super::desk::{Desk, Entry, State};

/// Each placeholder, and the expression that its text matches.
const PLACEHOLDERS: &[(&str, &str)] = &[
    ("entity", r"\S(?:.*\S)?"),
    ("country", r"\p{L}[\p{L} ]+"),
    ("system", r"\S(?:.*\S)?"),
    ("environment", r"(?:production|prod|prd|produkcja|test|tst|demo|dev|uat)"),
    ("year", r"20[0-9]{2}"),
    ("nip", r"[0-9]{10}"),
    ("any", r".+"),
];

/// The forms that offices use, the strictest first.
const FORMS: [&str; 3] = [
    "{entity}-{country}-{system}-{environment}-{year}",
    "{entity}-{system}-{environment}-{year}",
    "{entity}-{system}-{environment}",
];

/// Characters a convention may have.
const LONGEST: usize = 300;

/// Names that must have a form before it is taken for a convention.
const FEWEST: usize = 5;

/// A convention of names.
#[derive(Clone, Debug)]
pub struct Convention {
    pattern: String,
    regex: Regex,
}

/// Why a convention cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConventionError {
    /// There is no placeholder in it, so that only one name could keep it.
    Plain,
    /// A brace is not closed, or not opened.
    Brace,
    /// It is no placeholder.
    Unknown(String),
    /// It has too many characters.
    Long,
}

impl fmt::Display for ConventionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain => f.write_str("no placeholder in it; write one such as {entity}-{system}-{environment}"),
            Self::Brace => f.write_str("a brace without its other half"),
            Self::Unknown(name) => {
                let names: Vec<String> = PLACEHOLDERS.iter().map(|(name, _)| format!("{{{name}}}")).collect();
                write!(f, "{{{name}}} is no placeholder; those are {}", names.join(", "))
            }
            Self::Long => write!(f, "longer than {LONGEST} characters"),
        }
    }
}

impl std::error::Error for ConventionError {}

impl Convention {
    /// Reads a pattern such as `{entity}-{country}-{system}-{environment}-{year}`.
    pub fn parse(pattern: &str) -> Result<Self, ConventionError> {
        let pattern = pattern.trim();
        if pattern.chars().nth(LONGEST).is_some() {
            return Err(ConventionError::Long);
        }
        let mut expression = String::from(r"\A");
        let mut rest = pattern;
        let mut placed = false;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            literal(before, &mut expression);
            let inside = from.strip_prefix('{').ok_or(ConventionError::Brace)?;
            let (name, after) = inside.split_once('}').ok_or(ConventionError::Brace)?;
            let known = PLACEHOLDERS.iter().find(|(known, _)| name.eq_ignore_ascii_case(known));
            let (_, matches) = known.ok_or_else(|| ConventionError::Unknown(name.to_owned()))?;
            expression += matches;
            placed = true;
            rest = after;
        }
        if !placed {
            return Err(ConventionError::Plain);
        }
        literal(rest, &mut expression);
        expression += r"\z";
        let syntax = syntax::Config::new().case_insensitive(true);
        // Only its size can be wrong with it.
        let regex = Regex::builder().syntax(syntax).build(&expression).map_err(|_| ConventionError::Long)?;
        Ok(Self { pattern: pattern.to_owned(), regex })
    }

    /// Whether a name keeps to it.
    pub fn holds(&self, name: &str) -> bool {
        self.regex.is_match(name.trim())
    }
}

/// Adds an expression that matches this text.
fn literal(text: &str, expression: &mut String) {
    for letter in text.chars() {
        if letter.is_alphanumeric() {
            expression.push(letter);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(expression, r"\x{{{:X}}}", u32::from(letter));
        }
    }
}

/// How the names of the books are judged.
pub(super) enum Names {
    /// By what was given.
    Given(Convention),
    /// By what most of them have in common.
    Guessed(Convention),
    /// Not at all: they have nothing in common.
    Free,
    /// Not at all: what was given cannot be read.
    Unreadable(ConventionError),
}

impl Names {
    pub(super) fn new(given: Option<&str>, entries: &[Entry<'_>]) -> Self {
        match given.map(Convention::parse) {
            Some(Ok(convention)) => Self::Given(convention),
            Some(Err(error)) => Self::Unreadable(error),
            None => guess(entries).map_or(Self::Free, Self::Guessed),
        }
    }
}

/// The first form that at least five names, and four of five, have.
fn guess(entries: &[Entry<'_>]) -> Option<Convention> {
    let live = entries.iter().filter(|entry| entry.state == State::Live);
    let names: Vec<&str> = live.filter_map(Entry::called).collect();
    if names.len() < FEWEST {
        return None;
    }
    FORMS.iter().filter_map(|form| Convention::parse(form).ok()).find(|form| {
        let count = names.iter().filter(|name| form.holds(name)).count();
        count >= FEWEST && count * 5 >= names.len() * 4
    })
}

pub(super) fn off_convention(desk: &Desk<'_>, entry: &Entry<'_>) -> Option<Said> {
    let name = entry.called()?;
    let (convention, whose) = match &desk.names {
        Names::Given(convention) => (convention, ""),
        Names::Guessed(convention) => (convention, ", which most names have"),
        Names::Free | Names::Unreadable(_) => return None,
    };
    let off = !convention.holds(name);
    off.then(|| Said::new(format!("Its name is not of the form {}{whose}.", convention.pattern)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_matcher() {
        let holds = |pattern: &str, name: &str| Convention::parse(pattern).unwrap().holds(name);
        for (pattern, name, wanted) in [
            (FORMS[0], "ABC-Poland-Comarch-PROD-2026", true),
            (FORMS[0], " abc-poland-comarch xl-prod-2026 ", true),
            (FORMS[0], "ABC-Poland-Comarch-PROD-26", false),
            (FORMS[0], "ABC-Poland-Comarch-LIVE-2026", false),
            (FORMS[0], "ABC-Comarch-PROD-2026", false),
            (FORMS[0], "Żółć Sp. z o.o.-Polska-Comarch-test-2026", true),
            (FORMS[1], "ABC-Comarch-PROD-2026", true),
            (FORMS[2], "ABC-Comarch-PROD", true),
            (FORMS[2], "ABC-Comarch-PROD-2026", false),
            ("KSeF.{NIP}.{any}", "ksef.5265877635.x", true),
            ("KSeF.{nip}.{any}", "ksefx5265877635.x", false),
            ("KSeF.{nip}.{any}", "ksef.526587763.x", false),
            ("({any})<\\d>", "(a)<\\D>", true),
            ("({any})<\\d>", "(a)<1>", false),
        ] {
            assert_eq!(holds(pattern, name), wanted, "{pattern}: {name}");
        }
    }

    #[test]
    fn a_pattern_that_cannot_be_read_says_why() {
        for (pattern, wanted) in [
            ("", ConventionError::Plain),
            ("ABC", ConventionError::Plain),
            ("{entity", ConventionError::Brace),
            ("entity}", ConventionError::Brace),
            ("{firma}", ConventionError::Unknown("firma".into())),
            (&"{nip}".repeat(61), ConventionError::Long),
        ] {
            assert_eq!(Convention::parse(pattern).unwrap_err(), wanted, "{pattern}");
        }
        assert!(Convention::parse(&"{any}".repeat(60)).is_ok(), "as long as it may be");
        assert!(
            ConventionError::Unknown("x".into()).to_string().contains("{x} is no placeholder; those are {entity},")
        );
    }
}
