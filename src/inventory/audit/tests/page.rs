//! `docs/audit.md`, written from the rules.

use std::fmt::Write as _;
use std::fs;
use std::io::Read;
use std::path::Path;

use super::rules;

const INTRODUCTION: &str = "\
# Audit

What `ksefleaks inventory audit` checks. This page is written from the rules in `src/inventory/audit/registry.rs` by
`just bless`; edit those.

Each remark tells the rule, how bad it is, which credential it is about, what is wrong, why this is demanded, and
what to do. The worst come first.

* **Severity** is that of production, or of an environment that nobody wrote down. In the demo and test environments
  each weighs one step less.
* **What is over**: a credential whose status is `Revoked`, `Expired` or `Failed` is checked only for leaks and
  for whether KSeF lists it so. A certificate whose validity has passed, but which nobody marked so, is `expired` and not checked
  for more. A token has no end that KSeF knows of: it is checked on.
* **A day** that people wrote down as the end of a validity is its last day. What a certificate or KSeF says is
  exact.
* **Nothing said**: `-`, `brak`, `n/d`, `none` and the like count as an empty field.
* **The end of tokens** that the law sets stands in `rules/statute.toml`. It may be moved, so it warns and makes no
  token dead.
* **The environment of a system** is what the inventory says of it; only where it says nothing, the words of its
  name, of the credential's home and of its name are read: `test`, `tst`, `dev`, `uat`, `demo` on one side, `prod`,
  `prd`, `production`, `produkcja` on the other.
* **The convention of names** is a pattern of `{entity}`, `{country}`, `{system}`, `{environment}`, `{year}`,
  `{nip}` and `{any}`, such as `{entity}-{country}-{system}-{environment}-{year}` for ABC-Poland-Comarch-PROD-2026.
  Where none is given, one is guessed if at least five names and four of five agree on a known form; else names are
  not judged.
* **Who has left** is known by first and last name in any order, without titles, from a mail address of the form
  `first.last@…`; with an initial for one of them it is said that they may have left.
* **How bad a leak is** follows from what `scan` says of it: it is `low` only where that is `expired`, `revoked` or
  `dead`. What only a person wrote closes nothing.
* **What leaked** is known by fingerprint, reference or serial number alone.

| rule | severity | what it finds | why | what to do |
|---|---|---|---|---|
";

fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for rule in rules() {
        let severity = serde_json::to_value(rule.severity).unwrap();
        let severity = severity.as_str().unwrap();
        writeln!(page, "| `{}` | {severity} | {} | {} | {} |", rule.id, rule.title, rule.reason, rule.remedy).unwrap();
    }
    page
}

#[test]
fn the_page_says_what_the_rules_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/audit.md");
    let page = page();
    if std::env::var_os("KSEFLEAKS_BLESS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let mut written = vec![0; page.len() + 1];
    let count = fs::File::open(&path).and_then(|mut file| file.read(&mut written)).unwrap_or(0);
    assert!(
        written[..count] == *page.as_bytes(),
        "docs/audit.md is not what the rules say: run the tests with KSEFLEAKS_BLESS=1"
    );
}
