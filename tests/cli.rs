//! The command line: what is said and how it ends.
//!
//! Holds: the cases that need a credential, a signal or a pipe. The others are data in `tests/cmd/`, one file
//! a case. Credentials are drawn anew and open nothing.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test ends by panicking, and reads only what it wrote"
)]

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use ksefleaks::Sampler;

const PROGRAM: &str = env!("CARGO_BIN_EXE_ksefleaks");

#[test]
fn cases() {
    trycmd::TestCases::new().default_bin_path(PROGRAM).case("tests/cmd/*.toml");
}

/// A folder with files made from templates, in which the program runs.
struct Room(tempfile::TempDir);

impl Room {
    fn with(files: &[(&str, &str)]) -> Self {
        let room = Self(tempfile::tempdir().unwrap());
        for (index, (name, template)) in files.iter().enumerate() {
            fs::write(room.path(name), Sampler::new(index as u64).fill(template).unwrap()).unwrap();
        }
        room
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.current_dir(self.0.path()).args(words).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    fn code(&self, words: &[&str]) -> i32 {
        self.run(words).status.code().unwrap()
    }

    fn summary(&self, words: &[&str]) -> serde_json::Value {
        let output = self.run(&[words, &["--format", "jsonl"]].concat());
        let text = String::from_utf8(output.stdout).unwrap();
        serde_json::from_str(text.lines().last().unwrap()).unwrap()
    }
}

fn leak() -> Room {
    Room::with(&[(".env", "A=1\nKSEF_TOKEN={{token}}\n")])
}

#[test]
fn a_finding_ends_with_1_unless_nothing_may_fail() {
    let room = leak();
    assert_eq!(room.code(&["scan"]), 1);
    assert_eq!(room.code(&["scan", ".env"]), 1);
    for what in ["certain", "likely", "possible", "live"] {
        assert_eq!(room.code(&["scan", "--fail-on", what]), 1, "{what}");
    }
    assert_eq!(room.code(&["scan", "--fail-on", "never"]), 0);
}

#[test]
fn what_is_proved_to_be_over_is_told_and_fails_nothing() {
    let room = Room::with(&[("log.txt", "Authorization: Bearer {{jwt:access:production}}\n")]);
    let words = ["scan", "--now", "2030-01-01", "--fail-on", "possible"];
    assert_eq!(room.code(&words), 0);
    assert_eq!(room.summary(&words)["findings"]["certain"], 1);
}

#[test]
fn standard_input_and_lists_of_files_are_searched() {
    let room = leak();
    let piped = |words: &[&str], bytes: &[u8]| {
        let mut child = spawn(room.command(words));
        child.stdin.take().unwrap().write_all(bytes).unwrap();
        child.wait().unwrap().code().unwrap()
    };
    assert_eq!(piped(&["scan", "-"], &fs::read(room.path(".env")).unwrap()), 1);
    assert_eq!(piped(&["scan", "--files-from", "-"], b".env\n"), 1);
    assert_eq!(piped(&["scan", "--files-from", "-"], b".env\0"), 1);
}

#[test]
fn a_baseline_quietens_what_it_holds_and_nothing_else() {
    let room = leak();
    assert_eq!(room.code(&["scan", ".env", "--write-baseline", "known.txt"]), 1);
    let first = fs::read(room.path("known.txt")).unwrap();
    assert_eq!(room.code(&["scan", ".env", "--baseline", "known.txt", "--write-baseline", "known.txt"]), 0);
    assert_eq!(fs::read(room.path("known.txt")).unwrap(), first, "written anew, it is the same");
    assert_eq!(room.summary(&["scan", ".env", "--baseline", "known.txt"])["quieted"]["baseline"], 1);
    fs::write(room.path("other.env"), Sampler::new(99).fill("KSEF_TOKEN={{token}}\n").unwrap()).unwrap();
    assert_eq!(room.code(&["scan", "--baseline", "known.txt"]), 1);
}

#[test]
fn a_comment_allows_its_line_unless_nobody_may() {
    let room = Room::with(&[("a.py", "T = '{{token}}'  # ksefleaks:allow\n")]);
    assert_eq!(room.code(&["scan", "a.py"]), 0);
    assert_eq!(room.summary(&["scan", "a.py"])["quieted"]["allow"], 1);
    assert_eq!(room.code(&["scan", "a.py", "--no-allow"]), 1);
}

#[test]
fn an_entry_of_the_configuration_allows_until_its_day() {
    let room = leak();
    let entry = "[[allow]]\npath = \".env\"\nreason = \"test environment\"\nuntil = 2026-06-01\n";
    fs::write(room.path(".ksefleaks.toml"), entry).unwrap();
    assert_eq!(room.code(&["scan", "--now", "2026-05-01"]), 0);
    let late = room.run(&["scan", "--now", "2026-07-01"]);
    assert_eq!(late.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&late.stderr).contains("no longer allowed"));
}

#[test]
fn a_configuration_that_is_merely_scanned_quietens_nothing() {
    let room = leak();
    fs::create_dir(room.path("theirs")).unwrap();
    fs::rename(room.path(".env"), room.path("theirs/.env")).unwrap();
    let entry = "[[allow]]\npath = \"**\"\nreason = \"nothing to see\"\n";
    fs::write(room.path("theirs/.ksefleaks.toml"), entry).unwrap();
    assert_eq!(room.code(&["scan", "theirs"]), 1);
}

#[test]
fn formats_go_to_their_files_and_the_last_to_standard_output() {
    let room = leak();
    let words = ["scan", ".env", "--format", "jsonl", "--output", "a.jsonl", "--format", "json"];
    let output = room.run(&words);
    assert_eq!(output.status.code(), Some(1));
    assert!(fs::read_to_string(room.path("a.jsonl")).unwrap().starts_with("{\"type\":\"run\""));
    assert!(serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()["findings"].is_array());
    let names: Vec<_> = fs::read_dir(room.0.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "nothing temporary stays: {names:?}");
}

#[test]
fn no_output_holds_the_secret_part() {
    let room = leak();
    let text = fs::read_to_string(room.path(".env")).unwrap();
    let secret = text.trim_end().rsplit('|').next().unwrap().to_owned();
    let pasted = text.trim_end().rsplit('=').next().unwrap().to_owned();
    let runs: [&[&str]; 6] = [
        &["scan", "-vv"],
        &["scan", "--format", "json"],
        &["scan", "--format", "jsonl", "--color", "always"],
        &["scan", &pasted],
        &["explain", &pasted],
        &["scan", "--format", &pasted],
    ];
    for words in runs {
        let output = room.run(words);
        let told = [output.stdout, output.stderr].concat();
        assert!(!String::from_utf8_lossy(&told).contains(&secret[..8]), "{}", words[0]);
    }
}

#[test]
fn colour_comes_only_where_it_is_wanted() {
    let room = leak();
    let has_color = |words: &[&str]| room.run(words).stdout.contains(&0x1b);
    assert!(!has_color(&["scan"]), "a pipe is no terminal");
    assert!(has_color(&["scan", "--color", "always"]));
    assert!(!has_color(&["scan", "--color", "never"]));
}

#[test]
fn a_closed_pipe_is_no_error() {
    let room = leak();
    let mut child = spawn(room.command(&["scan"]));
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(1), ""));
}

#[test]
#[cfg(unix)]
fn an_interrupted_run_tells_what_it_found_and_ends_with_130() {
    let room = leak();
    let mut child = spawn(room.command(&["scan", ".env", "-", "--format", "jsonl"]));
    // More than a pipe holds: once it is written, the run is reading. Then standard input stays open
    // and silent: without the signal the run would wait for ever.
    let mut input = child.stdin.take().unwrap();
    input.write_all(&vec![b'\n'; 1 << 20]).unwrap();
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
    let mut told = String::new();
    child.stdout.take().unwrap().read_to_string(&mut told).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    drop(input);
    let summary: serde_json::Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
    assert_eq!((&summary["interrupted"], &summary["complete"]), (&true.into(), &false.into()));
}

#[test]
#[cfg(unix)]
fn what_cannot_be_read_makes_a_clean_run_incomplete() {
    use std::os::unix::fs::PermissionsExt;
    let room = Room::with(&[("open.txt", "nothing\n"), ("closed.txt", "nothing\n")]);
    fs::set_permissions(room.path("closed.txt"), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(room.path("closed.txt")).is_ok() {
        eprintln!("passed over: this user may read everything");
        return;
    }
    assert_eq!(room.code(&["scan"]), 3);
    assert_eq!(room.summary(&["scan"])["notices"]["unreadable"], 1);
    assert_eq!(room.code(&["scan", "closed.txt"]), 2, "what is named must be readable");
}

#[test]
fn explain_tells_the_checks_and_not_the_secret() {
    let room = leak();
    let token = Sampler::new(7).fill("{{token}}").unwrap();
    let mut child = spawn(room.command(&["explain"]));
    child.stdin.take().unwrap().write_all(token.as_bytes()).unwrap();
    let mut told = String::new();
    child.stdout.take().unwrap().read_to_string(&mut told).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(told.contains("crc") && told.contains(&token[..36]), "{told}");
    assert!(!told.contains(&token[token.len() - 60..]));
}

fn spawn(mut command: Command) -> Child {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn every_case_says_how_it_ends() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            assert!(fs::read_to_string(&path).unwrap().contains("status.code = "), "{}", path.display());
        }
    }
}
