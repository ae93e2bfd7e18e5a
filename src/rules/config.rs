//! The file `.ksefleaks.toml`.
//!
//! Holds: how it is read, and its tables. Where it is found is for the binary to decide: nothing
//! that is merely scanned may quieten the scan. A new table is an arm of `Config::parse`.

use serde::Deserialize;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::field::FIELDS;
use super::set::fold;
use super::spot::{Spotted, Value, in_order};
use super::{AllowList, ConfigError, LimitsPatch, Rule, check};

const KEYS: &[&str] = &["allow", "rule", "limits"];

/// What a user has set.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// What is passed over.
    pub allow: AllowList,
    /// The user's own rules, for `RuleSet::with`.
    pub rules: Vec<Rule>,
    /// Ceilings other than the default ones.
    pub limits: LimitsPatch,
}

impl Config {
    /// Reads a configuration.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let source = Spotted(text.strip_prefix('\u{feff}').unwrap_or(text));
        let mut config = Self::default();
        for (key, value) in in_order(&source.table()?) {
            match (&**key.get_ref(), value.get_ref()) {
                ("allow", _) => config.allow = AllowList::read(source, value)?,
                ("rule", _) => config.rules = rules(source, value)?,
                ("limits", DeValue::Table(table)) => config.limits = LimitsPatch::read(source, table)?,
                ("limits", _) => return Err(source.error(value.span().start, "limits is a table: write [limits]")),
                _ => return Err(source.unknown(key, KEYS)),
            }
        }
        Ok(config)
    }
}

fn rules(source: Spotted<'_>, value: &Value<'_>) -> Result<Vec<Rule>, ConfigError> {
    source.tables("rule", value)?.into_iter().map(|(table, value)| rule(source, table, value)).collect()
}

fn rule(source: Spotted<'_>, table: &DeTable<'_>, value: &Value<'_>) -> Result<Rule, ConfigError> {
    for (key, _) in in_order(table) {
        if FIELDS.iter().all(|field| field.name != &**key.get_ref()) {
            let known: Vec<&str> = FIELDS.iter().map(|field| field.name).collect();
            return Err(source.unknown(key, &known));
        }
    }
    let place = |name: &str| table.get(name).map_or(value.span().start, |value| value.span().start);
    let missing = FIELDS.iter().find(|field| field.required && !table.contains_key(field.name));
    if let Some(field) = missing {
        return Err(source.error(value.span().start, format!("a rule takes {}: {}", field.name, field.takes)));
    }
    let mut rule = Rule::deserialize(ValueDeserializer::from(value.clone())).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let entry = in_order(table).into_iter().find(|(key, value)| {
            let (key, value) = (key.span(), value.span());
            key.contains(&at) || value.contains(&at)
        });
        let field = entry.and_then(|(key, _)| FIELDS.iter().find(|field| field.name == &**key.get_ref()));
        match field {
            Some(field) => source.error(place(field.name), format!("{} takes {}", field.name, field.takes)),
            None => source.error(value.span().start, "a field of this rule has a value of another type than it takes"),
        }
    })?;
    fold(&mut rule);
    check::own(&rule).map_err(|error| source.error(place(error.field), error.to_string()))?;
    Ok(rule)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Instant, Limits};
    use crate::rules::RuleSet;

    const OWN: &str = r#"
[[rule]]
id = "erp-password"
kind = "token"
title = { en = "password of our ERP", pl = "hasło do naszego ERP" }
severity = "high"
near = ["hasło erp"]
pattern = '[a-z]{8}[0-9]{8}'
max_len = 16
entropy = 3.0
hits = ["hasło ERP: abcdefgh12345678"]
misses = ["abcdefgh12345678"]
help = { en = "change it", pl = "zmień je" }
"#;

    fn told(text: &str) -> String {
        Config::parse(text).map_or_else(|error| error.to_string(), |_| "fine".to_owned())
    }

    #[test]
    fn all_tables_are_read() {
        let text = format!(
            "\u{feff}[[allow]]\r\nrule = \"ksef-jwt\"\r\nreason = \"recorded\"\r\n[limits]\r\nmax-depth = 3\r\n{OWN}"
        );
        let config = Config::parse(&text).unwrap();
        let now: Instant = "2026-11-21".parse().unwrap();
        assert!(config.allow.allows(&[], "ksef-jwt", "a", now).is_some());
        let mut limits = Limits::default();
        config.limits.apply(&mut limits);
        assert_eq!(limits.max_depth, 3);
        let set = RuleSet::built_in().with(config.rules).unwrap();
        assert_eq!(set.get("erp-password").unwrap().near, ["haslo erp"]);
    }

    #[test]
    fn an_empty_file_sets_nothing() {
        let config = Config::parse("# nothing yet\n").unwrap();
        assert!(config.allow.is_empty() && config.rules.is_empty());
        assert_eq!(config.limits, LimitsPatch::default());
    }

    #[test]
    fn errors_tell_the_place_in_characters() {
        assert_eq!(
            told("\n  'ż' = 1"),
            "line 2, column 3: unknown or misplaced key; known keys here are allow, rule, limits"
        );
        assert!(told("limits = 'ż'").starts_with("line 1, column 10: limits is a table"));
        assert!(told("[[allow]]\nreason = 'żż'\nuntil = 5").starts_with("line 3, column 9: until takes a date"));
        assert!(told("limits.'ż'.x = 'ż'").starts_with("line 1, column 8: unknown or misplaced key"));
    }

    #[test]
    fn a_wrong_field_of_a_rule_is_named_with_what_it_takes() {
        let line = |field: &str| OWN.lines().position(|line| line.starts_with(field)).unwrap() + 1;
        for (field, wrong, message) in [
            ("kind", "kind = 'canary'", "kind takes `\"token\"`"),
            ("severity", "severity = 3", "severity takes `\"critical\"`"),
            ("max_len", "max_len = 'canary'", "max_len takes a whole number"),
            ("max_len", "max_len = -1", "max_len takes a whole number"),
            ("near", "near = 'canary'", "near takes a list of texts"),
            ("near", "near = ['canary', 1]", "near takes a list of texts"),
            ("title", "title = { en = 'canary' }", "title takes a table"),
            ("title", "title = { en = 'canary', pl = 'canary', canary = 1 }", "title takes a table"),
            ("help", "help = 'canary'", "help takes a table"),
            ("entropy", "entropy = 9.0", "entropy: must be between"),
            ("pattern", "pattern = 'canary('", "pattern: is no regular expression"),
            ("hits", "hits = ['canary {{canary}}']", "hits: text 1: placeholder at byte 7: it is unknown"),
            ("id", "canary = 1", "unknown or misplaced key; known keys here are id, kind"),
            ("max_len", "", "a rule takes max_len: a whole number"),
        ] {
            let text: Vec<&str> = OWN.lines().map(|text| if text.starts_with(field) { wrong } else { text }).collect();
            let told = told(&text.join("\n"));
            let number = if wrong.is_empty() { 2 } else { line(field) };
            assert!(told.starts_with(&format!("line {number}, column ")), "{wrong}: {told}");
            assert!(told.contains(message) && !told.contains("canary"), "{wrong}: {told}");
        }
    }

    #[test]
    fn broken_toml_quotes_nothing() {
        for text in
            ["canary", "canary = ", "a = \"canary", "a = canary", "[canary", "a = 1\na = 'canary'", "a = 'x' canary"]
        {
            let told = told(text);
            assert!(told.contains("not valid TOML") && !told.contains("canary"), "{told}");
        }
    }
}
