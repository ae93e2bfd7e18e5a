//! `ksefleaks rules`.
//!
//! Holds: how rules are listed, shown and checked. Must not know: how they are searched for.

use std::fmt::{Debug, Write as _};

use anyhow::bail;
use ksefleaks::{Instant, Rule, Text, check_rules, document, escape_terminal};

use crate::args::{Looks, RulesArgs, RulesCommand};
use crate::config::{self, Loaded};
use crate::exit::Exit;
use crate::output::to_standard_output;

/// Lists, shows or checks.
pub(crate) fn run(args: &RulesArgs) -> anyhow::Result<Exit> {
    match &args.command {
        RulesCommand::List(looks) => {
            let loaded = config::load(looks.config.as_deref())?;
            print(&list(loaded.rules.rules()))?;
        }
        RulesCommand::Show { id, looks } => {
            let loaded = config::load(looks.config.as_deref())?;
            let Some(id) = id else { return print(&document(&loaded.rules)).map(|()| Exit::Clean) };
            let Some(rule) = loaded.rules.get(id) else {
                bail!("no rule is named «{}»; see «ksefleaks rules list»", crate::message::shown(id));
            };
            print(&show(rule))?;
        }
        RulesCommand::Check { file, looks } => {
            let loaded = config::load(file.as_deref().or(looks.config.as_deref()))?;
            return check(&loaded);
        }
    }
    Ok(Exit::Clean)
}

fn print(text: &str) -> anyhow::Result<()> {
    to_standard_output(&Looks::default(), |out| out.write_all(text.as_bytes()))
}

fn list(rules: &[Rule]) -> String {
    let widest = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for rule in rules {
        let (kind, severity) = (word(rule.kind), word(rule.severity));
        let _ = writeln!(text, "{:widest$}  {kind:8}  {severity:8}  {}", rule.id, escape_terminal(&rule.title.en));
    }
    text
}

fn show(rule: &Rule) -> String {
    let mut text = String::new();
    let mut field = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(text, "{name:14}{}", escape_terminal(value));
        }
    };
    let both = |text: &Text| [text.en.trim().to_owned(), text.pl.trim().to_owned()];
    let [title, title_pl] = both(&rule.title);
    let [help, help_pl] = both(&rule.help);
    field("id", &rule.id);
    field("kind", &word(rule.kind));
    field("title", &title);
    field("title (pl)", &title_pl);
    field("severity", &word(rule.severity));
    field("anchors", &rule.anchors.join("  "));
    field("spare_anchors", &rule.spare_anchors.join("  "));
    field("inner_anchors", &rule.inner_anchors.join("  "));
    field("run", &rule.run.map(word).unwrap_or_default());
    field("read", &rule.read.map(word).unwrap_or_default());
    field("pattern", &rule.pattern);
    field("max_len", &if rule.read.is_some() { String::new() } else { rule.max_len.to_string() });
    field("verify", rule.verify.as_deref().unwrap_or_default());
    field("entropy", &rule.entropy.map(|bits| bits.to_string()).unwrap_or_default());
    field("near", &rule.near.join(", "));
    field("unless", &rule.unless.join(", "));
    field("hits", &format!("{} samples", rule.hits.len()));
    field("misses", &format!("{} samples", rule.misses.len()));
    field("help", &help);
    field("help (pl)", &help_pl);
    text
}

fn check(loaded: &Loaded) -> anyhow::Result<Exit> {
    let rules = loaded.rules.rules();
    let failures = check_rules(&loaded.rules, Instant::now())?;
    let samples: usize = rules.iter().map(|rule| rule.hits.len() + rule.misses.len()).sum();
    let mut text = String::new();
    for failure in &failures {
        let _ = writeln!(text, "{}: «{}» {}", failure.rule, escape_terminal(&failure.sample), failure.text);
    }
    let _ = writeln!(text, "{} rules, {samples} samples, {} not as expected", rules.len(), failures.len());
    print(&text)?;
    Ok(if failures.is_empty() { Exit::Clean } else { Exit::Failed })
}

/// The word of a rule file for a value of its own.
pub(crate) fn word(value: impl Debug) -> String {
    format!("{value:?}").to_lowercase()
}

#[cfg(test)]
mod tests {
    use ksefleaks::RuleSet;

    use super::*;

    #[test]
    fn every_rule_is_listed_on_one_line() {
        let rules = RuleSet::built_in();
        let text = list(rules.rules());
        assert_eq!(text.lines().count(), rules.rules().len());
        assert!(text.lines().any(|line| line.starts_with("ksef-token ") && line.contains("critical")), "{text}");
    }

    #[test]
    fn a_rule_is_shown_in_both_languages() {
        for rule in RuleSet::built_in().rules() {
            let text = show(rule);
            let finds = if rule.read.is_some() { "read" } else { "pattern" };
            for name in ["id", "kind", "title", "title (pl)", finds, "help", "help (pl)"] {
                assert!(text.lines().any(|line| line.starts_with(&format!("{name:14}"))), "{name} in {text}");
            }
        }
    }
}
