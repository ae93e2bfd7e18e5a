//! All rules of a run.
//!
//! Holds: `RuleSet`, the built-in rules and the user's own, in order. Must not know: how a rule is
//! searched for. A new built-in rule is a line in `BUILT_IN`.

use crate::base::Fingerprint;
use crate::codec::plain_letter;

use super::check::{self, RuleError};
use super::{BUILT_IN, Read, Rule};

/// The rules of a run, in the order in which they are listed.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleSet(Vec<Rule>);

impl RuleSet {
    /// The rules that are compiled in.
    pub fn built_in() -> Self {
        // A file that cannot be read is a mistake of this project, which a test below finds.
        Self(BUILT_IN.iter().filter_map(|(_, text)| read(text).ok()).collect())
    }

    /// The same with the user's own rules added.
    pub fn with(mut self, own: Vec<Rule>) -> Result<Self, RuleError> {
        for (index, mut rule) in own.into_iter().enumerate() {
            fold(&mut rule);
            check::own(&rule).map_err(|error| error.of(index + 1, &rule))?;
            if self.get(&rule.id).is_some() {
                return Err(RuleError::new("id", "another rule has this id").of(index + 1, &rule));
            }
            self.0.push(rule);
        }
        Ok(self)
    }

    /// The rules.
    pub fn rules(&self) -> &[Rule] {
        &self.0
    }

    /// Whether a rule, by its place, is one of those compiled in.
    pub fn is_built_in(&self, index: usize) -> bool {
        self.0.get(index).is_some() && index < BUILT_IN.len()
    }

    /// Whether a rule finds what is found by being read in that way.
    pub fn finds(&self, read: Read) -> bool {
        self.0.iter().any(|rule| rule.read == Some(read))
    }

    /// The rule of that id.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.0.iter().find(|rule| rule.id == id)
    }

    /// What tells this set of rules from any other.
    pub fn digest(&self) -> Fingerprint {
        // JSON cannot fail for fields that are texts, numbers and lists of them.
        Fingerprint::of_public(&serde_json::to_vec(&self.0).unwrap_or_default())
    }
}

fn read(text: &str) -> Result<Rule, toml::de::Error> {
    let mut rule = toml::from_str(text)?;
    fold(&mut rule);
    Ok(rule)
}

/// Takes the Polish diacritics off the words, so that people can write `hasło`. Their case is kept:
/// it is one of those in which the word is looked for.
pub(super) fn fold(rule: &mut Rule) {
    for word in rule.near.iter_mut().chain(&mut rule.unless) {
        *word = word.chars().map(plain_letter).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(change: impl FnOnce(&mut Rule)) -> Rule {
        let mut rule = RuleSet::built_in().rules()[0].clone();
        rule.id = "own".into();
        change(&mut rule);
        rule
    }

    #[test]
    fn every_built_in_rule_is_read_and_sound() {
        for (name, text) in BUILT_IN {
            let rule = read(text).unwrap_or_else(|error| panic!("rules/{name}.toml: {error}"));
            assert_eq!(rule.id, *name, "a file has the name of its rule");
            check::rule(&rule).unwrap_or_else(|error| panic!("rules/{name}.toml: {error}"));
            let written: Rule = toml::from_str(text).unwrap();
            assert_eq!(
                (&written.near, &written.unless),
                (&rule.near, &rule.unless),
                "{name}: words are written folded"
            );
        }
        assert_eq!(RuleSet::built_in().rules().len(), BUILT_IN.len());
    }

    #[test]
    fn own_rules_come_after_the_built_in_ones() {
        let set = RuleSet::built_in().with(vec![own(|rule| rule.near = vec!["Hasło do KLUCZA".into()])]).unwrap();
        assert_eq!(set.rules().len(), BUILT_IN.len() + 1);
        assert_eq!(set.get("own").unwrap().near, ["Haslo do KLUCZA"]);
        assert!(set.get("none").is_none());
    }

    #[test]
    fn an_id_is_taken_once() {
        for rules in [vec![own(|rule| rule.id = "ksef-token".into())], vec![own(|_| ()), own(|_| ())]] {
            let error = RuleSet::built_in().with(rules).unwrap_err();
            assert!(error.to_string().ends_with("id: another rule has this id"), "{error}");
        }
    }

    #[test]
    fn the_digest_changes_with_any_field() {
        let plain = RuleSet::built_in();
        assert_eq!(plain.digest(), RuleSet::built_in().digest());
        let one = plain.clone().with(vec![own(|_| ())]).unwrap();
        let other = plain.clone().with(vec![own(|rule| rule.entropy = Some(3.5))]).unwrap();
        assert_ne!(plain.digest(), one.digest());
        assert_ne!(one.digest(), other.digest());
    }
}
