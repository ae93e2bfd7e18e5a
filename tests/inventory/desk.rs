//! A folder with an inventory in it.
//!
//! Holds: `Desk`, on which the program is run, and what it says. Must not know: what is expected of it.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The clock of all tests.
pub const NOW: &str = "2026-11-21T10:00:00Z";

/// What the program said.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub error: String,
}

impl Said {
    /// It ended so; what it said otherwise is told.
    #[track_caller]
    pub fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.error);
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("JSON: {}\n{}", self.out, self.error))
    }
}

/// A folder with an inventory.
pub struct Desk {
    folder: TempDir,
}

impl Desk {
    /// A folder with an empty inventory.
    pub fn new() -> Self {
        let desk = Self::bare();
        desk.inventory(&["init"]).ends(0);
        desk
    }

    /// A folder without one.
    pub fn bare() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a file stands in a folder")).expect("it can be made");
        fs::write(path, bytes).expect("it can be written");
        self
    }

    /// Runs the program on this inventory.
    pub fn run(&self, words: &[&str]) -> Said {
        self.run_at(words, None)
    }

    /// The same, at a terminal of so many columns.
    pub fn run_at(&self, words: &[&str], columns: Option<u16>) -> Said {
        let mut command = self.command(words);
        command.envs(columns.map(|columns| ("COLUMNS", columns.to_string())));
        let output = command.output().expect("the program starts");
        Said {
            code: output.status.code().expect("it ends by itself"),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            error: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The program, to be run on this inventory.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ksefleaks"));
        command.current_dir(self.folder.path()).stdin(Stdio::null()).args(words);
        // Whoever tests this may have an inventory of his own.
        for name in ["HOME", "XDG_DATA_HOME", "APPDATA", "LOCALAPPDATA", "USERPROFILE"] {
            command.env(name, self.path("home"));
        }
        command.env_remove("COLUMNS").env("USER", "tester");
        command.args(["--inventory", "office.inventory", "--inventory-key", "office.key"]);
        command
    }

    /// `ksefleaks inventory …`
    pub fn inventory(&self, words: &[&str]) -> Said {
        let clock: &[&str] = if words[0] == "init" { &[] } else { &["--now", NOW] };
        self.run(&[&["inventory"], words, clock].concat())
    }

    /// Imports a file that holds this.
    pub fn import(&self, name: &str, bytes: impl AsRef<[u8]>, words: &[&str]) -> Said {
        self.write(name, bytes);
        self.inventory(&[&["import", name], words].concat())
    }

    /// The credentials in it, as JSON tells them.
    pub fn credentials(&self) -> Vec<Value> {
        let list = self.inventory(&["list", "--format", "json"]).ends(0).json();
        list["credentials"].as_array().expect("a list").clone()
    }

    /// How many changes there are in its history.
    pub fn changes(&self) -> usize {
        let list = self.inventory(&["list", "history", "--format", "json"]).ends(0).json();
        list["history"].as_array().expect("a list").len()
    }

    /// Searches a file or folder, and tells the findings.
    pub fn scan(&self, name: &str, words: &[&str]) -> Vec<Value> {
        let said = self.run(&[&["scan", name, "--format", "jsonl", "--no-progress", "--now", NOW], words].concat());
        let lines = said.out.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        lines.filter(|line| line["type"] == "finding").collect()
    }
}
