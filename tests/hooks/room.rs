//! A folder with repositories, and git in it.
//!
//! Holds: what all tests of hooks need. Must not know: what is expected of a hook.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use ksefleaks::Sampler;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_ksefleaks");

/// A folder of its own.
pub(crate) struct Room(tempfile::TempDir);

/// How a command ended.
pub(crate) struct Ended {
    pub(crate) code: i32,
    /// Both outputs, one after the other.
    pub(crate) said: String,
}

impl Ended {
    #[track_caller]
    pub(crate) fn well(self) -> String {
        assert_eq!(self.code, 0, "{}", self.said);
        self.said
    }

    #[track_caller]
    pub(crate) fn badly(self) -> String {
        assert_ne!(self.code, 0, "{}", self.said);
        self.said
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        Self { code: output.status.code().unwrap_or(-1), said }
    }
}

impl Room {
    /// A room with one repository, `work`.
    pub(crate) fn new() -> Self {
        // The space is part of the test: every path of a hook is quoted.
        let room = Self(tempfile::Builder::new().prefix("hooks room ").tempdir().unwrap());
        room.git(".", &["init", "-q", "-b", "main", "work"]).well();
        room
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub(crate) fn exists(&self, name: &str) -> bool {
        self.path(name).symlink_metadata().is_ok()
    }

    /// A command in a folder of the room, without the configuration of whoever runs the tests.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, program: S, folder: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path(folder)).stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("GIT_") || text.starts_with("PRE_COMMIT") {
                command.env_remove(&name);
            }
        }
        command.env_remove("SKIP").env("HOME", self.0.path()).env("XDG_CONFIG_HOME", self.0.path());
        command.envs([
            ("GIT_CONFIG_SYSTEM", "/dev/null"),
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_AUTHOR_NAME", "Anna"),
            ("GIT_AUTHOR_EMAIL", "anna@example.com"),
            ("GIT_AUTHOR_DATE", "2026-11-01T10:00:00Z"),
            ("GIT_COMMITTER_NAME", "Anna"),
            ("GIT_COMMITTER_EMAIL", "anna@example.com"),
            ("GIT_COMMITTER_DATE", "2026-11-01T10:00:00Z"),
        ]);
        command
    }

    pub(crate) fn git(&self, folder: &str, words: &[&str]) -> Ended {
        self.command("git", folder).args(words).output().unwrap().into()
    }

    pub(crate) fn hook(&self, folder: &str, words: &[&str]) -> Ended {
        self.command(PROGRAM, folder).arg("hook").args(words).output().unwrap().into()
    }

    /// The same with something on standard input.
    pub(crate) fn hook_with(&self, folder: &str, words: &[&str], input: &[u8]) -> Ended {
        let mut command = self.command(PROGRAM, folder);
        command.arg("hook").args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Who refuses early need not read on.
        drop(child.stdin.take().unwrap().write_all(input));
        child.wait_with_output().unwrap().into()
    }

    /// Writes a file of `work`, stages it and commits it past all hooks.
    pub(crate) fn committed(&self, name: &str, text: &str) {
        self.staged(name, text);
        self.git("work", &["commit", "-q", "--no-verify", "-m", name]).well();
    }

    /// Writes and stages a file of `work`.
    pub(crate) fn staged(&self, name: &str, text: &str) {
        self.write(&format!("work/{name}"), text);
        self.git("work", &["add", "--", name]).well();
    }

    /// A script that does its work in the place of a hook.
    pub(crate) fn script(&self, name: &str, body: &str) {
        self.write(name, &format!("#!/bin/sh\n{body}\n"));
        make_executable(&self.path(name));
    }
}

/// A line with a credential, another one for each seed.
pub(crate) fn leak(seed: u64) -> String {
    format!("KSEF_TOKEN={}\n", Sampler::new(seed).token())
}

/// What of that line must never be seen.
#[track_caller]
pub(crate) fn says_no_secret(said: &str, seed: u64) {
    let leak = leak(seed);
    let secret = leak.trim_end().rsplit('|').next().unwrap();
    assert!(!said.contains(&secret[..8]), "{said}");
}

#[cfg(unix)]
pub(crate) fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(not(unix))]
pub(crate) fn make_executable(_: &Path) {}
