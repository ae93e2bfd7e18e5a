//! Other programs, and what they write.
//!
//! Holds: `Bench`, a folder in which they run. Must not know: what they are run for.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::repository::Room;
use crate::tools::passes_over;

/// A folder, and the programs that run in it.
pub struct Bench {
    room: Room,
}

impl Bench {
    /// Nothing where one of the programs is absent. Of names parted by `|` one is enough.
    pub fn with(programs: &[&str]) -> Option<Self> {
        let absent = programs.iter().find(|names| !names.split('|').any(is_there));
        absent.is_none().then(|| Self { room: Room::new() }).or_else(|| {
            passes_over(absent.copied().unwrap_or_default());
            None
        })
    }

    /// The room itself.
    pub fn room(&self) -> &Room {
        &self.room
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.room.path(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it stands in a folder")).expect("it can be made");
        fs::write(path, bytes).expect("it can be written");
    }

    /// Runs a line of the shell in a folder, `$seven` being the name that 7-Zip has here; what it says.
    pub fn shell(&self, folder: &str, line: &str) -> Vec<u8> {
        let folder = self.path(folder);
        fs::create_dir_all(&folder).expect("it can be made");
        let seven = ["7zz", "7z", "7za"].into_iter().find(|name| is_there(name)).unwrap_or("7zz");
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("set -e; {line}")])
            .current_dir(folder)
            .env("seven", seven)
            .env("LC_ALL", "C.UTF-8");
        let output = command.output().expect("there is a shell");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line}: {error}{}", String::from_utf8_lossy(&output.stdout));
        output.stdout
    }

    /// Converts documents with `LibreOffice`, each beside itself. It has a profile of its own and runs once at a time, as
    /// each test has its own bench.
    pub fn convert(&self, folder: &str, files: &str, to: &str) {
        let profile = format!("file://{}", self.path("profile").display());
        let words =
            format!("soffice -env:UserInstallation={profile} --headless --norestore --convert-to '{to}' {files}");
        self.shell(folder, &format!("HOME='{}' {words} >&2", self.path("home").display()));
    }

    /// All files below a folder, by their paths in it.
    pub fn files(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        let (root, mut files) = (self.path(folder), BTreeMap::new());
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("it is a folder").flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.insert(below(&path, &root), fs::read(&path).expect("it can be read"));
                }
            }
        }
        files
    }
}

fn below(path: &Path, root: &Path) -> String {
    path.strip_prefix(root).expect("it stands there").to_string_lossy().into_owned()
}

fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
