//! What the audit says of a small office, and how it ends.

use ksefleaks::Sampler;

use crate::desk::{Desk, NOW};
use crate::standings::listing;

#[test]
fn what_falls_short_is_told_with_its_reason_and_ends_with_one() {
    let desk = Desk::new();
    let token = Sampler::new(1).token();
    let nip = &token[41..51];
    desk.import("l.json", listing(nip, &[(&token, "Active")]), &["--environment", "production"]).ends(0);
    let reference = format!("reference={}", &token[..36]);
    let add = |words: &[&str]| desk.inventory(&[&["add", "credential", &reference], words].concat()).ends(0);
    add(&["owner=Anna Nowak", "custodian=anna  NOWAK", "system=Comarch test", "name=ABC-PL-Comarch-PROD-2026"]);
    desk.inventory(&["add", "system", "name=Comarch test", "environment=test", "needs=InvoiceRead"]).ends(0);
    desk.write("leak.txt", &token);
    desk.run(&["scan", "leak.txt", "--format", "jsonl", "--output", "leaks.jsonl", "--now", NOW]).ends(1);
    desk.write("left.txt", "Nowak Anna\n");
    let words = ["audit", "--findings", "leaks.jsonl", "--left", "left.txt", "--format", "json"];
    let said = desk.inventory(&words).ends(1).json();
    let mut rules: Vec<&str> =
        said["remarks"].as_array().unwrap().iter().map(|remark| remark["rule"].as_str().unwrap()).collect();
    rules.sort_unstable();
    rules.dedup();
    for rule in ["environment-mixed", "leaked", "not-reviewed", "person-left", "same-person", "too-broad"] {
        assert!(rules.contains(&rule), "{rule} is missing: {rules:?}");
    }
    let text = desk.inventory(&["audit", "--findings", "leaks.jsonl"]).ends(1).out;
    assert!(text.starts_with("critical: leaked\n"), "{text}");
    assert!(text.contains(&format!("• «ABC-PL-Comarch-PROD-2026» (credential 1), NIP {nip}, production: ")), "{text}");
    assert!(text.contains("leak.txt") && text.contains("remedy"), "{text}");
    assert_eq!(desk.inventory(&["audit", "--fail-on", "never"]).code, 0);
    assert!(desk.inventory(&["audit", "--convention", "{colour}"]).ends(2).error.contains("--convention"));
    assert!(desk.inventory(&["audit", "--findings", "left.txt"]).ends(2).error.contains("left.txt"));
}

#[test]
fn an_empty_inventory_falls_short_of_nothing() {
    assert!(Desk::new().inventory(&["audit"]).ends(0).out.contains("0 remarks on 0 credentials"));
}
