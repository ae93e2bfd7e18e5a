//! Whether a rule makes sense by itself.
//!
//! Holds: what its fields may hold. Verifiers are known to `detect` alone, which checks their
//! names. A new field is checked by one more function in the list of `rule`.

use std::fmt;

use regex_automata::util::syntax;

use super::{Read, Rule, Sampler};
use crate::base::Kind;

const LONGEST: usize = 65_536;
/// Shorter ones would slow down the search for all the others.
const SHORTEST_ANCHOR: usize = 4;

/// What is wrong with a rule. It names the rule and the field and quotes nothing else: a rule of
/// the user's may hold what it is to find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    /// The id of the rule, or its number where the id is wrong itself.
    pub rule: String,
    /// The field.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: String,
}

impl RuleError {
    pub(super) fn new(field: &'static str, problem: impl Into<String>) -> Self {
        Self { rule: String::new(), field, problem: problem.into() }
    }

    /// The same, told of a rule that is the n-th of the user's own.
    pub(super) fn of(mut self, number: usize, rule: &Rule) -> Self {
        self.rule = if id(rule).is_ok() { format!("rule {}", rule.id) } else { format!("rule number {number}") };
        self
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.rule.is_empty() {
            write!(f, "{}: ", self.rule)?;
        }
        write!(f, "{}: {}", self.field, self.problem)
    }
}

impl std::error::Error for RuleError {}

type Check = Result<(), RuleError>;

/// Checks all fields of one rule.
pub(super) fn rule(rule: &Rule) -> Check {
    let searched: &[fn(&Rule) -> Check] =
        if rule.read.is_some() { &[read] } else { &[kind, anchors, pattern, max_len, entropy] };
    [id, texts].iter().chain(searched).chain(&[words, samples]).try_for_each(|check| check(rule))
}

/// Checks all fields of one of the user's own rules.
pub(super) fn own(own: &Rule) -> Check {
    demand(
        own.read.is_none(),
        "read",
        "only rules of this program find what is read; a rule of one's own takes a pattern",
    )?;
    rule(own)
}

fn demand(holds: bool, field: &'static str, problem: impl Into<String>) -> Check {
    if holds { Ok(()) } else { Err(RuleError::new(field, problem)) }
}

fn id(rule: &Rule) -> Check {
    let chars = rule.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let begins = rule.id.starts_with(|first: char| first.is_ascii_lowercase());
    let fits = chars && begins && rule.id.len() <= 64 && !rule.id.ends_with('-');
    demand(fits, "id", "must be up to 64 lower-case letters, digits and dashes, beginning with a letter")
}

fn texts(rule: &Rule) -> Check {
    for (field, text) in [("title", &rule.title), ("help", &rule.help)] {
        let told = [&text.en, &text.pl].iter().all(|text| !text.trim().is_empty());
        demand(told, field, "must say something in en and in pl")?;
    }
    Ok(())
}

fn anchors(rule: &Rule) -> Check {
    for (field, anchors) in
        [("anchors", &rule.anchors), ("spare_anchors", &rule.spare_anchors), ("inner_anchors", &rule.inner_anchors)]
    {
        let long = anchors.iter().all(|anchor| anchor.len() >= SHORTEST_ANCHOR && anchor.len() <= rule.max_len);
        demand(long, field, "each must have at least 4 bytes and at most max_len")?;
        let ascii = anchors.iter().all(|anchor| anchor.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
        demand(ascii, field, "each must be printable ASCII, which looks the same in every dress")?;
    }
    let has_words = !rule.is_by_context() || !rule.near.is_empty();
    demand(has_words, "near", "must name a word where a rule has neither anchors nor inner_anchors nor a run")
}

fn pattern(rule: &Rule) -> Check {
    demand(!rule.pattern.is_empty(), "pattern", "must not be empty")?;
    // The error of the parser quotes the pattern.
    let parsed = syntax::parse(&rule.pattern).map_err(|_| RuleError::new("pattern", "is no regular expression"))?;
    let least = parsed.properties().minimum_len().unwrap_or(0);
    demand(least > 0, "pattern", "must not match the empty text")?;
    demand(least <= rule.max_len, "max_len", "must not be less than the shortest match of the pattern")
}

fn max_len(rule: &Rule) -> Check {
    demand((1..=LONGEST).contains(&rule.max_len), "max_len", "must be between 1 and 65536")
}

fn kind(rule: &Rule) -> Check {
    // A password has no fingerprint that could be published, so it must be told by the key that it opens.
    demand(
        rule.kind != Kind::Password,
        "kind",
        "must be token, jwt, key or keystore; passwords are not found by rules of one's own",
    )
}

/// What is read has no looks.
fn read(rule: &Rule) -> Check {
    let kinds: &[Kind] =
        if rule.read == Some(Read::Password) { &[Kind::Password] } else { &[Kind::Key, Kind::Keystore] };
    demand(kinds.contains(&rule.kind), "kind", "must be that of what is read")?;
    for (field, is_empty) in [
        ("anchors", rule.anchors.is_empty()),
        ("spare_anchors", rule.spare_anchors.is_empty()),
        ("inner_anchors", rule.inner_anchors.is_empty()),
        ("run", rule.run.is_none()),
        ("pattern", rule.pattern.is_empty()),
        ("max_len", rule.max_len == 0),
        ("verify", rule.verify.is_none()),
        ("entropy", rule.entropy.is_none()),
        ("unless", rule.unless.is_empty()),
    ] {
        demand(is_empty, field, "must not be there, for what is found is read")?;
    }
    Ok(())
}

fn entropy(rule: &Rule) -> Check {
    let fits = rule.entropy.is_none_or(|bits| (0.0..=8.0).contains(&bits));
    demand(fits, "entropy", "must be between 0 and 8 bits a character")
}

fn words(rule: &Rule) -> Check {
    for (field, words, shortest) in [("near", &rule.near, SHORTEST_ANCHOR), ("unless", &rule.unless, 3)] {
        let fits = words.iter().all(|word| word.len() >= shortest && word.is_ascii() && word.len() <= 64);
        demand(fits, field, format!("each must have {shortest} to 64 characters, ASCII or Polish letters"))?;
    }
    Ok(())
}

fn samples(rule: &Rule) -> Check {
    demand(!rule.hits.is_empty(), "hits", "must hold a text in which the credential is found")?;
    for (field, templates) in [("hits", &rule.hits), ("misses", &rule.misses)] {
        for (index, template) in templates.iter().enumerate() {
            let filled = Sampler::new(0).fill(template);
            filled.map_err(|error| RuleError::new(field, format!("text {}: {error}", index + 1)))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RuleSet;

    fn problem(change: impl FnOnce(&mut Rule)) -> String {
        let mut own = RuleSet::built_in().rules()[0].clone();
        own.id = "own".into();
        change(&mut own);
        RuleSet::built_in().with(vec![own]).err().map_or_else(String::new, |error| error.to_string())
    }

    type Change = fn(&mut Rule);

    #[test]
    fn each_field_is_checked() {
        let cases: [(&str, Change); 19] = [
            ("rule number 1: id", |rule| rule.id = "Canary".into()),
            ("rule number 1: id", |rule| rule.id = String::new()),
            ("rule own: title", |rule| rule.title.pl = " ".into()),
            ("rule own: help", |rule| rule.help.en = String::new()),
            ("rule own: kind", |rule| rule.kind = Kind::Password),
            ("rule own: read", |rule| rule.read = Some(Read::Key)),
            ("rule own: anchors", |rule| rule.anchors = vec!["ab".into()]),
            ("rule own: anchors", |rule| rule.anchors = vec!["zażółć".into()]),
            ("rule own: inner_anchors", |rule| rule.inner_anchors = vec![String::new()]),
            ("rule own: near", |rule| rule.anchors.clear()),
            ("rule own: near", |rule| rule.near = vec!["ключ".into()]),
            ("rule own: unless", |rule| rule.unless = vec![String::new()]),
            ("rule own: pattern", |rule| rule.pattern = String::new()),
            ("rule own: pattern", |rule| rule.pattern = "canary[".into()),
            ("rule own: pattern", |rule| rule.pattern = "a*".into()),
            ("rule own: max_len", |rule| rule.max_len = 65_537),
            ("rule own: max_len", |rule| rule.max_len = 100),
            ("rule own: entropy", |rule| rule.entropy = Some(f64::NAN)),
            ("rule own: hits", |rule| rule.hits = vec!["canary {{unknown}}".into()]),
        ];
        for (expected, change) in cases {
            let told = problem(change);
            assert!(told.starts_with(&format!("{expected}: ")), "{expected}: {told}");
            assert!(!told.contains("anary"), "{told}");
        }
        assert_eq!(problem(|_| ()), "");
        assert_eq!(
            problem(|rule| rule.max_len = 0),
            "rule own: anchors: each must have at least 4 bytes and at most max_len"
        );
    }

    #[test]
    fn what_is_read_has_no_looks() {
        let changes: [(&str, Change); 11] = [
            ("kind", |rule| rule.kind = Kind::Token),
            ("kind", |rule| rule.read = Some(Read::Password)),
            ("anchors", |rule| rule.anchors = vec!["-----BEGIN".into()]),
            ("spare_anchors", |rule| rule.spare_anchors = vec!["-----BEGIN".into()]),
            ("inner_anchors", |rule| rule.inner_anchors = vec!["-----BEGIN".into()]),
            ("run", |rule| rule.run = Some(crate::rules::Run::Hex64)),
            ("pattern", |rule| rule.pattern = "a".into()),
            ("max_len", |rule| rule.max_len = 1),
            ("verify", |rule| rule.verify = Some("ksef-token".into())),
            ("entropy", |rule| rule.entropy = Some(3.0)),
            ("unless", |rule| rule.unless = vec!["sha256".into()]),
        ];
        for (field, change) in changes {
            let mut read = RuleSet::built_in().get("private-key").unwrap().clone();
            assert_eq!((rule(&read), read.is_by_context()), (Ok(()), false));
            change(&mut read);
            assert_eq!(rule(&read).map_err(|error| error.field), Err(field));
        }
    }
}
