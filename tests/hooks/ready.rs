//! What is ready to copy: it parses, and says nothing that the program does not know.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use saphyr::{LoadableYamlNode, Yaml};

use crate::room::PROGRAM;

const FILES: [&str; 5] = [".pre-commit-hooks.yaml", "action.yml", "ci/gitlab.yml", "docs/git.md", "README.md"];

fn text(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

fn parsed(text: &str) -> Vec<Yaml<'_>> {
    Yaml::load_from_str(text).unwrap()
}

fn keys(yaml: &Yaml<'_>) -> BTreeSet<String> {
    yaml.as_mapping().unwrap().keys().map(|key| key.as_str().unwrap().to_owned()).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// What stands behind a word, up to the first character that belongs to no name.
fn behind<'t>(text: &'t str, word: &str) -> Vec<&'t str> {
    let names = text.match_indices(word).map(|(at, _)| &text[at + word.len()..]);
    names.map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap()).collect()
}

#[test]
fn the_hooks_of_the_framework_are_complete_and_run_what_there_is() {
    let text = text(".pre-commit-hooks.yaml");
    let all = parsed(&text);
    let hooks = all[0].as_sequence().unwrap();
    let ids: Vec<&str> = hooks.iter().map(|hook| hook["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["ksefleaks", "ksefleaks-commit-msg", "ksefleaks-system", "ksefleaks-system-commit-msg"]);
    for hook in hooks {
        let expected =
            ["id", "name", "description", "entry", "args", "language", "stages", "always_run", "require_serial"];
        assert_eq!(keys(hook), set(&expected));
        let entry: Vec<&str> = hook["entry"].as_str().unwrap().split(' ').collect();
        let ended = Command::new(PROGRAM).args(&entry[1..]).arg("--help").output().unwrap();
        assert!(entry[0] == "ksefleaks" && ended.status.success(), "{entry:?}");
    }
}

#[test]
fn the_action_names_only_inputs_and_steps_that_it_has() {
    let text = text("action.yml");
    let all = parsed(&text);
    let action = &all[0];
    assert_eq!(keys(action), set(&["name", "description", "branding", "inputs", "outputs", "runs"]));
    assert_eq!(action["runs"]["using"].as_str(), Some("composite"));
    let used: BTreeSet<String> = behind(&text, "inputs.").into_iter().map(str::to_owned).collect();
    assert_eq!(used, keys(&action["inputs"]), "each input is used, and no other");
    let steps = action["runs"]["steps"].as_sequence().unwrap();
    let ids: BTreeSet<&str> =
        steps.iter().filter_map(|step| step.as_mapping_get("id")).map(|id| id.as_str().unwrap()).collect();
    assert!(behind(&text, "steps.").into_iter().all(|step| ids.contains(step)), "{ids:?}");
    for step in steps {
        let run = step.as_mapping_get("run").map(|run| run.as_str().unwrap());
        assert!(run.is_some() != step.as_mapping_get("uses").is_some());
        // A name that somebody else chose must not become a command.
        assert!(!run.is_some_and(|run| run.contains("${{")), "{run:?}");
        assert_eq!(run.is_some(), step.as_mapping_get("shell").is_some(), "a composite step names its shell");
    }
}

#[test]
fn the_job_of_gitlab_hands_over_the_report_that_it_writes() {
    let text = text("ci/gitlab.yml");
    let all = parsed(&text);
    let job = &all[0]["ksefleaks"];
    let report = job["artifacts"]["reports"]["secret_detection"].as_str().unwrap();
    assert!(text.contains(&format!("--format gitlab --output {report}")));
    assert_eq!(job["variables"]["GIT_DEPTH"].as_str(), Some("0"));
    assert_eq!(job["artifacts"]["when"].as_str(), Some("always"));
    assert_eq!(job["allow_failure"]["exit_codes"].as_integer(), Some(3));
}

#[test]
fn the_yaml_of_the_guide_parses() {
    let guide = text("docs/git.md");
    let blocks: Vec<&str> = guide.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(blocks.len() >= 3, "{}", blocks.len());
    for block in blocks {
        assert!(!parsed(block).is_empty(), "{block}");
    }
}

#[test]
fn no_option_or_format_is_named_that_the_program_does_not_know() {
    let help = |words: &[&str]| {
        let output = Command::new(PROGRAM).args(words).arg("--help").output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let commands = [
        &["scan"][..],
        &["git"],
        &["hook", "install"],
        &["hook", "uninstall"],
        &["hook", "run"],
        &["rules"],
        &["inventory", "import"],
        &["inventory", "audit"],
        &["status"],
    ];
    let known: String = commands.iter().map(|words| help(words)).collect();
    let formats = known.split("--format <FORMAT>").nth(1).unwrap().split("--output <FILE>").next().unwrap();
    for name in FILES {
        let text = text(name);
        // Of what stands in a guide only the commands count, not those of other programs.
        let lines = text.lines().filter(|line| {
            !name.contains(".md")
                || (line.contains("ksefleaks ") && !line.contains("cargo ") && !line.starts_with("| "))
        });
        for line in lines.filter(|line| !["cargo ", "git commit", "git push"].iter().any(|other| line.contains(other)))
        {
            for option in behind(line, " --").into_iter().filter(|option| !option.is_empty()) {
                // Of git, in the same script.
                let others = ["stdin", "bare"];
                assert!(
                    others.contains(&option) || known.contains(&format!("--{option}")),
                    "{name}: --{option} in {line:?}"
                );
            }
            for format in behind(line, "--format ").into_iter().filter(|format| !format.is_empty()) {
                assert!(formats.contains(format), "{name}: --format {format}");
            }
        }
    }
}
