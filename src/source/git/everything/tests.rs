//! What is gone through, compared with what `git cat-file --batch-all-objects` has.
//!
//! Holds: repositories of several shapes; a visitor that takes everything, and one for which most things are still.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use sha2::{Digest, Sha256};

use super::visit;
use crate::base::{Budget, Context, Limits};
use crate::rules::Sampler;
use crate::source::crew::Crew;
use crate::source::git::repo::Repo;
use crate::source::git::store::{Store, Survey};
use crate::source::{Body, Event, Objects, Visitor};

/// What is not still in the second sort of visit.
const LURE: &[u8] = b"LURE";

fn git(dir: &Path, words: &[&str], input: &[u8]) -> Vec<u8> {
    let mut git = Command::new("git");
    git.args(["-c", "gc.auto=0", "-c", "core.autocrlf=false"]).args(words).current_dir(dir);
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"] {
        git.env_remove(name);
    }
    git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    for who in ["AUTHOR", "COMMITTER"] {
        git.env(format!("GIT_{who}_NAME"), "A").env(format!("GIT_{who}_EMAIL"), "a@b");
        git.env(format!("GIT_{who}_DATE"), "1767225600 +0000");
    }
    let mut child = git.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut pipe, input) = (child.stdin.take().unwrap(), input.to_owned());
    let writer = std::thread::spawn(move || pipe.write_all(&input));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "git {words:?}");
    output.stdout
}

/// Versions of some texts, in which the lure comes and goes wherever it is cut in two.
fn families(seed: u64) -> Vec<Vec<Vec<u8>>> {
    let mut sampler = Sampler::new(seed);
    let letters =
        |sampler: &mut Sampler, count: u64| sampler.string(b"LURELUREabcdefgh \n", count as usize).into_bytes();
    let mut families = Vec::new();
    for _ in 0..6 {
        let size = 2_000 + sampler.below(14_000);
        let mut text = letters(&mut sampler, size);
        let mut versions = vec![text.clone()];
        for _ in 0..25 {
            for _ in 0..=sampler.below(3) {
                let at = sampler.below(text.len() as u64) as usize;
                let end = text.len().min(at + sampler.below(40) as usize);
                let count = sampler.below(30);
                text.splice(at..end, letters(&mut sampler, count));
            }
            versions.push(text.clone());
        }
        families.push(versions);
    }
    families
}

/// A repository with all these as versions of files, some tags, and objects that nothing leads to.
fn filled(dir: &Path, options: &[&str], seed: u64) {
    std::fs::create_dir_all(dir).unwrap();
    git(dir, &[&["init", "-q", "-b", "main"], options].concat(), b"");
    let mut stream = Vec::new();
    for (family, versions) in families(seed).iter().enumerate() {
        for text in versions {
            let head = format!(
                "commit refs/heads/main\ncommitter A <a@b> 1767225600 +0000\ndata 1\nx\nM 100644 inline d{}/f{family}\ndata {}\n",
                family % 2,
                text.len()
            );
            stream.extend([head.as_bytes(), text, b"\n"].concat());
        }
    }
    stream.extend(b"tag v1\nfrom refs/heads/main\ntagger A <a@b> 1767225600 +0000\ndata 1\nx\n");
    git(dir, &["-c", "fastimport.unpackLimit=1000000", "fast-import", "--quiet"], &stream);
    for number in 0..3 {
        git(dir, &["hash-object", "-w", "--stdin"], format!("nobody's LURE {number}").as_bytes());
    }
}

/// Repositories of every shape, by what they are.
fn shapes(top: &Path) -> BTreeMap<&'static str, PathBuf> {
    let at = |name: &str| top.join(name);
    filled(&at("loose"), &[], 1);
    for (name, depth) in [("packed", "50"), ("deep", "4000")] {
        filled(&at(name), &["--bare"], 2);
        git(&at(name), &["repack", "-q", "-a", "-d", "-f", "--window=20", &format!("--depth={depth}")], b"");
    }
    filled(&at("overlapping"), &["--bare"], 3);
    let all = git(&at("overlapping"), &["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"], b"");
    let all: Vec<&[u8]> = all.split_inclusive(|byte| *byte == b'\n').collect();
    for part in 0..7 {
        let some = all.iter().enumerate().filter(|(number, _)| number % 7 == part || number % 5 == part);
        let some: Vec<u8> = some.flat_map(|(_, line)| line.iter().copied()).collect();
        git(&at("overlapping"), &["pack-objects", "-q", "objects/pack/pack"], &some);
    }
    filled(&at("lender"), &["--bare"], 4);
    git(&at("lender"), &["repack", "-q", "-a", "-d"], b"");
    filled(&at("borrower"), &["--bare"], 5);
    std::fs::write(at("borrower/objects/info/alternates"), "../../lender/objects\n").unwrap();
    filled(&at("sha256"), &["--bare", "--object-format=sha256"], 6);
    git(&at("sha256"), &["repack", "-q", "-d"], b"");
    std::fs::create_dir(at("empty")).unwrap();
    git(&at("empty"), &["init", "-q"], b"");
    let names = ["loose", "packed", "deep", "overlapping", "borrower", "sha256", "empty"];
    names.into_iter().map(|name| (name, at(name))).collect()
}

/// An object: its kind, its name, the digest of its content.
type Row = (String, String, Vec<u8>);

/// All objects as git has them, and whether the lure is in each.
fn listed(dir: &Path) -> BTreeMap<Row, bool> {
    let told = git(dir, &["cat-file", "--batch-all-objects", "--batch"], b"");
    let (mut rest, mut rows) = (&told[..], BTreeMap::new());
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let head: Vec<&str> = std::str::from_utf8(&rest[..end]).unwrap().split(' ').collect();
        let size: usize = head[2].parse().unwrap();
        let content = &rest[end + 1..end + 1 + size];
        rows.insert((head[1].to_owned(), head[0].to_owned(), digest(content)), has_lure(content));
        rest = &rest[end + size + 2..];
    }
    rows
}

fn digest(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

fn has_lure(bytes: &[u8]) -> bool {
    bytes.windows(LURE.len()).any(|window| window == LURE)
}

/// All that a walk hands over.
#[derive(Default)]
struct Record {
    rows: Vec<Row>,
    read: Objects,
    notices: Vec<String>,
}

struct Recorder<'r> {
    record: &'r Mutex<Record>,
    /// Whether whatever is without the lure is still.
    lured: bool,
}

impl Visitor for Recorder<'_> {
    fn visit(&mut self, event: Event<'_>) -> ControlFlow<()> {
        let mut record = self.record.lock().unwrap();
        match event {
            Event::Blob(blob) => {
                let label = blob.origin.path.text().to_owned();
                let (kind, name) = label.split_once(' ').unwrap();
                let mut bytes = Vec::new();
                match blob.body {
                    Body::Whole(whole) => bytes.extend_from_slice(whole),
                    Body::File(_) => panic!("objects are no files"),
                    Body::Stream(reader) => {
                        let (budget, mut chunk) = (Budget::new(&Limits::default()), [0; 4096]);
                        while let Ok(count @ 1..) = budget.read(reader, &mut chunk) {
                            bytes.extend_from_slice(&chunk[..count]);
                        }
                    }
                }
                record.rows.push((kind.to_owned(), name.to_owned(), digest(&bytes)));
            }
            Event::Read(read) => {
                record.read.all += read.all;
                record.read.blobs += read.blobs;
                record.read.commits += read.commits;
                record.read.still += read.still;
            }
            Event::Notice(notice) => record.notices.push(notice.text),
            Event::Left(_) | Event::GitStore(_) => {}
        }
        ControlFlow::Continue(())
    }

    fn is_still(&mut self, bytes: &[u8]) -> bool {
        self.lured && !has_lure(bytes)
    }

    fn part_is_still(&mut self, part: &[u8], _: bool, _: bool) -> bool {
        self.lured && !has_lure(part)
    }

    fn heeds(&mut self, _: &Context) -> bool {
        false
    }

    fn heeds_one_of(&mut self, _: &[u8]) -> bool {
        false
    }

    fn shortest(&self) -> usize {
        usize::MAX
    }
}

fn recorded(dir: &Path, jobs: usize, lured: bool) -> Record {
    let (record, stop) = (Mutex::new(Record::default()), AtomicBool::new(false));
    let make = || -> Box<dyn Visitor> { Box::new(Recorder { record: &record, lured }) };
    let repo = Repo::open(dir, &[]).unwrap();
    let store = Store::open(&repo.stores, repo.hash);
    visit(&Crew::new(&make, &stop), &Survey::new(&store), 0, jobs, None);
    let mut record = record.into_inner().unwrap();
    record.rows.sort();
    record
}

/// Names of commits and tags stand for them: their heads are not handed over.
fn names<'r>(rows: impl Iterator<Item = &'r Row>, kind: &str) -> Vec<String> {
    rows.filter(|row| row.0 == kind).map(|row| row.1.clone()).collect()
}

#[test]
fn the_objects_that_are_read_are_those_that_git_lists() {
    let top = tempfile::tempdir().unwrap();
    for (shape, dir) in shapes(top.path()) {
        let all = listed(&dir);
        assert_eq!(all.is_empty(), shape == "empty");
        let of = |kind: &str| all.keys().filter(|row| row.0 == kind).cloned().collect::<Vec<Row>>();
        for jobs in [1, 2, 8] {
            let record = recorded(&dir, jobs, false);
            let about = format!("{shape} with {jobs} threads");
            assert_eq!(record.notices, [""; 0], "{about}");
            let blobs: Vec<Row> = record.rows.iter().filter(|row| row.0 == "blob").cloned().collect();
            assert_eq!(blobs, of("blob"), "{about}: each once, with the same content");
            for kind in ["commit", "tag"] {
                assert_eq!(names(record.rows.iter(), kind), names(all.keys(), kind), "{about}");
            }
            let read = record.read;
            let expected = (all.len() as u64, of("blob").len() as u64, of("commit").len() as u64);
            assert_eq!((read.all, read.blobs, read.commits), expected, "{about}");
        }
    }
}

#[test]
fn what_is_still_is_left_out_and_nothing_else() {
    let top = tempfile::tempdir().unwrap();
    let mut both = BTreeSet::new();
    for (shape, dir) in shapes(top.path()) {
        let all = listed(&dir);
        let expected: Vec<Row> =
            all.iter().filter(|(row, lured)| row.0 == "blob" && **lured).map(|(row, _)| row.clone()).collect();
        both.extend(all.iter().filter(|(row, _)| row.0 == "blob").map(|(_, lured)| *lured));
        for jobs in [1, 2, 8] {
            let record = recorded(&dir, jobs, true);
            let about = format!("{shape} with {jobs} threads");
            assert_eq!(record.rows, expected, "{about}");
            assert_eq!(record.read.all, all.len() as u64, "{about}");
            assert_eq!(record.notices, [""; 0], "{about}");
        }
    }
    assert_eq!(both.len(), 2, "there are both sorts");
}
