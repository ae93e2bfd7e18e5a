//! The page about the rules.
//!
//! Holds: `docs/rules.md` as a function of the rules, so that it cannot fall behind them. Must not
//! know: the terminal; `ksefleaks rules` has words of its own.

use std::fmt::{self, Write};

use super::field::FIELDS;
use super::{PLACEHOLDERS, Rule, RuleSet};

const INTRODUCTION: &str = "\
# Rules

What `ksefleaks` looks for. This page is written from the files in `rules/` by `just bless`; edit those.
";

const OWN: &str = "
## A rule of your own

A `[[rule]]` in `.ksefleaks.toml` has the same fields as a file in `rules/`. Keys that are not listed here are
rejected. `ksefleaks rules check` tries every text of `hits` and `misses`.

```toml
[[rule]]
id = \"erp-key\"
kind = \"token\"
title = { en = \"API key of our ERP\", pl = \"klucz API naszego ERP\" }
severity = \"high\"
near = [\"klucz erp\", \"erp_key\"]
pattern = '(?i)erp[ _]key\\s*[:=]\\s*(?P<secret>[a-z0-9]{12,32})'
max_len = 64
entropy = 3.0
hits = [\"ERP_KEY=k3v9x0q2m7p4\"]
misses = [\"ERP_KEY=changeme\"]
help = { en = \"change it in the ERP\", pl = \"zmień je w ERP\" }
```
";

/// The page: each rule, then each field of a rule, then each placeholder of a template.
pub fn document(set: &RuleSet) -> String {
    let mut page = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut page, set);
    page
}

fn write(page: &mut String, set: &RuleSet) -> fmt::Result {
    page.push_str(INTRODUCTION);
    writeln!(page, "\n| rule | finds | po polsku | severity |\n|---|---|---|---|")?;
    for rule in set.rules() {
        let Rule { id, title, severity, .. } = rule;
        writeln!(page, "| [`{id}`](#{id}) | {} | {} | {} |", title.en, title.pl, word(severity))?;
    }
    set.rules().iter().try_for_each(|rule| one(page, rule))?;
    page.push_str(OWN);
    writeln!(page, "\n| field | takes | meaning |\n|---|---|---|")?;
    for field in FIELDS {
        let need = if field.required { "required" } else { "optional" };
        writeln!(page, "| `{}` ({need}) | {} | {} |", field.name, field.takes, field.about)?;
    }
    writeln!(page, "\n## Placeholders of templates\n")?;
    writeln!(page, "`hits` and `misses` hold no credentials but templates from which credentials are invented.\n")?;
    writeln!(page, "| placeholder | becomes |\n|---|---|")?;
    PLACEHOLDERS.iter().try_for_each(|(name, about)| writeln!(page, "| `{{{{{name}}}}}` | {about} |"))
}

fn one(page: &mut String, rule: &Rule) -> fmt::Result {
    writeln!(
        page,
        "\n## {}\n\n{} (po polsku: {}). Severity: {}.\n",
        rule.id,
        rule.title.en,
        rule.title.pl,
        word(&rule.severity)
    )?;
    writeln!(page, "{}\n", rule.help.en.trim())?;
    if let Some(read) = &rule.read {
        writeln!(page, "- Found by being read: a {}", word(read))?;
        list(page, "Words that are evidence of KSeF", &rule.near)?;
    } else {
        searched(page, rule)?;
    }
    samples(page, "Found in", &rule.hits)?;
    samples(page, "Not found in", &rule.misses)
}

/// How a rule with a pattern finds.
fn searched(page: &mut String, rule: &Rule) -> fmt::Result {
    list(page, "Anchors", &rule.anchors)?;
    list(page, "Spare anchors", &rule.spare_anchors)?;
    list(page, "Anchors inside its base64url", &rule.inner_anchors)?;
    if let Some(run) = &rule.run {
        writeln!(page, "- Anchor: a run `{}`", word(run))?;
    }
    list(page, "One of these words near", &rule.near)?;
    list(page, "None of these words beside it", &rule.unless)?;
    writeln!(page, "- At most {} bytes", rule.max_len)?;
    if let Some(entropy) = rule.entropy {
        writeln!(page, "- At least {entropy} bits of entropy a character")?;
    }
    writeln!(page, "\n```text\n{}\n```", rule.pattern)
}

fn list(page: &mut String, what: &str, words: &[String]) -> fmt::Result {
    if words.is_empty() {
        return Ok(());
    }
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    writeln!(page, "- {what}: {}", words.join(", "))
}

fn samples(page: &mut String, what: &str, templates: &[String]) -> fmt::Result {
    writeln!(page, "\n{what}:\n\n```text")?;
    for template in templates.iter().filter(|template| !template.is_empty()) {
        writeln!(page, "{}", template.replace('\n', "⏎"))?;
    }
    writeln!(page, "```")
}

/// The word by which files name a value.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Config;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a page of our own, which no one else can make large")]
    fn the_page_is_that_of_the_rules() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rules.md");
        let page = document(&RuleSet::built_in());
        if std::env::var_os("KSEFLEAKS_BLESS").is_some() {
            std::fs::write(path, &page).unwrap();
        }
        let written = std::fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n");
        assert!(written == page, "docs/rules.md is not what the rules say: run the tests with KSEFLEAKS_BLESS=1");
    }

    #[test]
    fn the_example_of_a_rule_is_one() {
        let example = OWN.split("```toml").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        assert!(RuleSet::built_in().with(Config::parse(example).unwrap().rules).is_ok());
    }
}
