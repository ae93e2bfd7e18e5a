//! The samples of the built-in rules, as far as they can be judged without the matcher, which the
//! engine tries them through.

use super::{Rule, RuleSet, Sampler};

fn filled(templates: &[String]) -> Vec<String> {
    let fill = |seed: u64| templates.iter().map(move |template| Sampler::new(seed).fill(template).unwrap());
    (0..20).flat_map(fill).collect()
}

fn rules() -> Vec<Rule> {
    RuleSet::built_in().rules().to_vec()
}

#[test]
fn every_rule_has_samples_of_both_kinds() {
    for rule in rules() {
        assert!(rule.hits.len() >= 5 && rule.misses.len() >= 5, "{}", rule.id);
        assert_eq!(filled(&rule.misses).len(), 20 * rule.misses.len());
    }
}
