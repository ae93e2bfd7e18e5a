//! Repositories for tests, made with the `git` program.
//!
//! Holds: `Room`, a folder with nobody's configuration in it and a clock that goes on by a minute with each command;
//! `Repository`, a directory in which git runs; `Told`, what our program said of one. Must not know: what is
//! expected of it.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use ksefleaks::{
    AllowList, Confidence, Fingerprint, Git, GitError, GitPlan, Instant, Limits, Outcome, Plan, RuleSet, RunFacts,
    Sampler, Session, Source,
};
use serde_json::Value;
use tempfile::TempDir;

/// Who writes; who commits is somebody else.
pub const AUTHOR: &str = "Anna Nowak <anna@example.com>";

/// 2026-01-01, when the clock of the authors starts.
const START: u64 = 1_767_225_600;

/// The credential of that number; each place in a test has its own.
pub fn token(number: u64) -> String {
    Sampler::new(number).token()
}

/// A text around the credential of that number.
pub fn line(number: u64) -> String {
    format!("# nr {number}\nKSEF_TOKEN={}\nkoniec\n", token(number))
}

/// Where repositories stand.
pub struct Room {
    folder: TempDir,
    clock: Cell<u64>,
}

impl Room {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("home")).expect("it can be made");
        Self { folder, clock: Cell::new(0) }
    }

    /// The real path of something in the room.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().canonicalize().expect("it is there").join(name)
    }

    /// A new repository with a work tree, or what other options make of it.
    pub fn init(&self, name: &str, options: &[&str]) -> Repository<'_> {
        let repository = self.at(name);
        fs::create_dir_all(&repository.path).expect("it can be made");
        repository.git(&[&["init", "-q", "-b", "main"], options].concat());
        repository
    }

    /// What a folder in the room is.
    pub fn at(&self, name: &str) -> Repository<'_> {
        Repository { room: self, path: self.path(name) }
    }

    /// Runs our program in the room.
    pub fn tell(&self, words: &[&str]) -> Told {
        Told::of(Command::new(env!("CARGO_BIN_EXE_ksefleaks")).current_dir(self.path("")), words)
    }
}

/// A directory in which git runs.
pub struct Repository<'r> {
    pub room: &'r Room,
    pub path: PathBuf,
}

impl Repository<'_> {
    fn command(&self, words: &[&str]) -> Command {
        let minutes = self.room.clock.get() + 1;
        self.room.clock.set(minutes);
        let home = self.room.path("home");
        let mut command = Command::new("git");
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GIT_")) {
            command.env_remove(name);
        }
        let settings = ["protocol.file.allow=always", "gc.auto=0", "maintenance.auto=false", "core.autocrlf=false"];
        command
            .current_dir(&self.path)
            .env("HOME", &home)
            .env("XDG_CONFIG_HOME", &home)
            .env("LC_ALL", "C")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_AUTHOR_NAME", "Anna Nowak")
            .env("GIT_AUTHOR_EMAIL", "anna@example.com")
            .env("GIT_AUTHOR_DATE", format!("{} +0100", START + minutes * 60))
            .env("GIT_COMMITTER_NAME", "Jan Kowalski")
            .env("GIT_COMMITTER_EMAIL", "jan@example.com")
            .env("GIT_COMMITTER_DATE", format!("{} +0000", START + 86_400 * 30 + minutes * 60));
        settings.iter().for_each(|setting| {
            command.args(["-c", setting]);
        });
        command.args(words);
        command
    }

    /// Runs git, whatever comes of it.
    pub fn try_git(&self, words: &[&str], input: &[u8]) -> Output {
        run(&mut self.command(words), input)
    }

    /// Runs git, which must succeed, and returns what it says.
    pub fn git(&self, words: &[&str]) -> String {
        self.feed(words, b"")
    }

    /// The same with something on its standard input.
    pub fn feed(&self, words: &[&str], input: &[u8]) -> String {
        said(words, &self.try_git(words, input))
    }

    /// The same with other surroundings.
    pub fn git_with(&self, surroundings: &[(&str, &str)], words: &[&str]) -> String {
        said(words, &run(self.command(words).envs(surroundings.iter().copied()), b""))
    }

    /// Writes a file of the work tree or of the repository.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.path.join(name);
        fs::create_dir_all(path.parent().expect("a file stands in a folder")).expect("it can be made");
        // Objects are read-only.
        let _ = fs::remove_file(&path);
        fs::write(path, bytes).expect("it can be written");
        self
    }

    pub fn remove(&self, name: &str) -> &Self {
        fs::remove_file(self.path.join(name)).expect("it is there");
        self
    }

    /// Commits all that there is; returns the name of the commit.
    pub fn commit(&self, message: &str) -> String {
        self.git(&["add", "--all", "--force"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Puts an object into the store, whether git likes it or not.
    pub fn object(&self, kind: &str, bytes: &[u8]) -> String {
        self.feed(&["hash-object", "-w", "--literally", "-t", kind, "--stdin"], bytes)
    }

    /// The file in which an object stands by itself.
    pub fn loose(&self, id: &str) -> PathBuf {
        self.store().join(&id[..2]).join(&id[2..])
    }

    /// Its directory of objects.
    pub fn store(&self) -> PathBuf {
        let git = self.path.join(".git");
        if git.is_dir() { git } else { self.path.clone() }.join("objects")
    }

    /// The files of its packs that end so, sorted.
    pub fn packs(&self, end: &str) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.store().join("pack")) else { return Vec::new() };
        let mut all: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        all.retain(|path| path.extension().is_some_and(|extension| extension == end));
        all.sort();
        all
    }

    /// Searches everything that it remembers.
    pub fn tell(&self) -> Told {
        self.tell_with(&[])
    }

    /// Searches it with more options.
    pub fn tell_with(&self, words: &[&str]) -> Told {
        let path = self.path.to_str().expect("UTF-8");
        self.room.tell(&[&["git", path], words].concat())
    }
}

fn said(words: &[&str], output: &Output) -> String {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {words:?}: {error}");
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

fn run(command: &mut Command, input: &[u8]) -> Output {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().expect("git is installed");
    let mut pipe = child.stdin.take().expect("it is a pipe");
    std::thread::scope(|scope| {
        // It may end without reading all of it.
        scope.spawn(move || drop(pipe.write_all(input)));
        child.wait_with_output().expect("it ends")
    })
}

/// What the library finds in repositories.
pub fn search(plan: GitPlan) -> Result<Outcome, GitError> {
    let now = Instant::from_day(2026, 11, 21).expect("a real day");
    let (version, rules, command) = ("0".to_owned(), String::new(), "git".to_owned());
    let session = Session::new(Plan {
        facts: RunFacts { schema: 1, version, rules, command, targets: Vec::new(), started: now },
        source: Source::Git(Box::new(Git::open(plan)?)),
        rules: RuleSet::built_in(),
        limits: Limits::default(),
        passwords: Vec::new(),
        unlock: true,
        jobs: 1,
        allow: AllowList::default(),
        baseline: None,
        inventory: None,
        comments: true,
        min_confidence: Confidence::Possible,
        now,
    });
    let session = session.expect("a plan that can be carried out");
    session.run();
    Ok(session.outcome())
}

/// What our program said.
#[derive(Debug)]
pub struct Told {
    pub code: i32,
    pub findings: Vec<Value>,
    pub notices: Vec<Value>,
    pub summary: Value,
    pub error: String,
}

/// One place of one credential.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub path: String,
    /// Nothing where no repository says anything of the place.
    pub reachable: Option<String>,
    pub refs: Vec<String>,
    /// What each did, and its name.
    pub commits: Vec<(String, String)>,
    pub people: Vec<(String, String)>,
    pub blob: Option<String>,
    pub inner: Vec<String>,
    pub line: Option<u64>,
}

impl Told {
    fn of(command: &mut Command, words: &[&str]) -> Self {
        let clock = ["--format", "jsonl", "--no-progress", "--now", "2026-11-21"];
        let output = command.args(words).args(clock).output().expect("the program starts");
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let of = |kind: &str| lines.iter().filter(|line| line["type"] == kind).cloned().collect::<Vec<_>>();
        let code = output.status.code().expect("it ends by itself");
        let summary = of("summary").pop().unwrap_or_default();
        Self { code, findings: of("finding"), notices: of("notice"), summary, error }
    }

    /// The places of a credential that is found in canonical form.
    pub fn places(&self, secret: &str) -> Vec<Place> {
        let print = Fingerprint::of_public(secret.as_bytes()).to_string();
        let found = self.findings.iter().find(|finding| finding["secret"]["sha256"] == print.as_str());
        let places = found.and_then(|finding| finding["locations"].as_array());
        places.into_iter().flatten().map(place).collect()
    }

    /// The only place of the token of that number.
    pub fn place(&self, number: u64) -> Place {
        let mut places = self.places(&token(number));
        assert_eq!(places.len(), 1, "nr {number}: {places:#?}");
        places.remove(0)
    }

    /// Which of the tokens of these numbers were found.
    pub fn found(&self, numbers: impl IntoIterator<Item = u64>) -> Vec<u64> {
        numbers.into_iter().filter(|number| !self.places(&token(*number)).is_empty()).collect()
    }

    /// Reasons of notices, each once.
    pub fn reasons(&self) -> BTreeSet<String> {
        self.notices.iter().map(|notice| text(&notice["reason"])).collect()
    }

    /// What the notices say.
    pub fn said(&self) -> String {
        self.notices.iter().map(|notice| format!("{}: {}\n", text(&notice["path"]), text(&notice["text"]))).collect()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn place(value: &Value) -> Place {
    let texts = |value: &Value| value.as_array().into_iter().flatten().map(text).collect::<Vec<_>>();
    let commits = || value["commits"].as_array().into_iter().flatten();
    Place {
        path: text(&value["path"]),
        reachable: value["reachable"].as_str().map(str::to_owned),
        refs: texts(&value["refs"]),
        commits: commits().map(|commit| (text(&commit["role"]), text(&commit["id"]))).collect(),
        people: commits().map(|commit| (text(&commit["author"]), text(&commit["date"]))).collect(),
        blob: value["blob"].as_str().map(str::to_owned),
        inner: texts(&value["inner"]),
        line: value["line"].as_u64(),
    }
}

impl Place {
    /// Whether it stands there, brought and taken away by these commits, and is reached so.
    #[track_caller]
    pub fn stands(&self, path: &str, reachable: &str, commits: &[(&str, &str)]) -> &Self {
        assert_eq!(self.path, path, "{self:#?}");
        let own: Vec<(&str, &str)> = self.commits.iter().map(|(role, id)| (role.as_str(), id.as_str())).collect();
        assert_eq!(own, commits, "{self:#?}");
        assert_eq!(self.reachable.as_deref(), Some(reachable), "{self:#?}");
        self
    }

    /// Which refs contain it.
    #[track_caller]
    pub fn within(&self, refs: &[&str]) -> &Self {
        assert_eq!(self.refs, refs, "{self:#?}");
        self
    }

    /// Whether it stands in a file that is no object, with this end of its path.
    #[track_caller]
    pub fn in_file(&self, end: &str) -> &Self {
        assert!(Path::new(&self.path).ends_with(end), "{self:#?}");
        assert_eq!(self.blob, None, "{self:#?}");
        self
    }
}
