//! Whole packs with an index that fits, or nearly: read without a panic, whatever stands in them, and the same with one
//! thread and with two.

#![no_main]

#[path = "../../tests/git/packing.rs"]
#[allow(dead_code)]
mod packing;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use ksefleaks::{
    AllowList, Confidence, Git, GitPlan, Instant, Limits, Outcome, Plan, RuleSet, RunFacts, Session, Source,
};
use libfuzzer_sys::fuzz_target;
use packing::{Id, Packing, Step, delta, id};

/// A repository without anything in it, in memory where the system has such a place.
static PLACE: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = PathBuf::from("/dev/shm");
    let top = if memory.is_dir() { memory } else { std::env::temp_dir() };
    let place = top.join(format!("ksefleaks-fuzz-{}", std::process::id()));
    fs::create_dir_all(place.join("objects/pack")).expect("it can be made");
    fs::create_dir_all(place.join("refs/heads")).expect("it can be made");
    fs::write(place.join("HEAD"), "ref: refs/heads/main\n").expect("it can be written");
    fs::write(place.join("config"), "[core]\n\trepositoryformatversion = 0\n\tbare = true\n").expect("it can be written");
    place
});

struct Bytes<'d>(&'d [u8]);

impl<'d> Bytes<'d> {
    fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    fn take(&mut self, count: usize) -> &'d [u8] {
        let (taken, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        taken
    }

    fn name(&mut self) -> Id {
        id(u32::from(self.byte() % 20))
    }
}

/// A pack of what the bytes say.
fn pack(bytes: &mut Bytes<'_>) -> Packing {
    let mut pack = Packing::new();
    // Where each entry lies and how long the object is that it gives, if it is sound.
    let mut known: Vec<(u64, u64)> = Vec::new();
    for _ in 0..24 {
        if bytes.0.is_empty() {
            break;
        }
        let (sort, name, count) = (bytes.byte(), bytes.name(), usize::from(bytes.byte()));
        let base = known.get(usize::from(bytes.byte()) % known.len().max(1)).copied();
        let content = bytes.take(count).repeat(if sort & 0x80 == 0 { 1 } else { 16 });
        let size = content.len() as u64;
        match (sort % 10, base) {
            (kind @ 1..=4, _) => known.push((pack.whole(name, kind, &content), size)),
            (5, Some((at, length))) => {
                let steps = [Step::Copy(0, length.min(1 << 16)), Step::Insert(&content), Step::Copy(length / 2, length / 3)];
                let grown = length.min(1 << 16) + size + length / 3;
                known.push((pack.on_offset(name, at, &delta(length, grown, &steps)), grown));
            }
            (6, Some((at, _))) => known.push((pack.on_offset(name, at, &content), size)),
            (7, Some((_, length))) => {
                let other = bytes.name();
                let grown = length + size;
                let steps = [Step::Copy(0, length), Step::Insert(&content)];
                known.push((pack.on_name(name, other, &delta(length, grown, &steps)), grown));
            }
            (8, _) => drop(pack.entry(name, sort >> 4 & 7, u64::from(bytes.byte()) << (sort & 31), &[], &content)),
            _ => drop(pack.raw(name, sort >> 4 & 7, size, &[], &content)),
        }
    }
    pack
}

fn damage(path: &Path, bytes: &mut Bytes<'_>) {
    let mut whole = fs::read(path).expect("it was written");
    for _ in 0..bytes.byte() % 4 {
        let at = usize::from(bytes.byte()) << 8 | usize::from(bytes.byte());
        let at = at % whole.len();
        whole[at] ^= bytes.byte();
    }
    fs::remove_file(path).expect("it is there");
    fs::write(path, whole).expect("it can be written");
}

fn search(jobs: usize) -> Outcome {
    let now = Instant::from_day(2026, 11, 21).expect("a real day");
    let facts = RunFacts {
        schema: 1,
        version: String::new(),
        rules: String::new(),
        command: "git".to_owned(),
        targets: Vec::new(),
        started: now,
    };
    let git = GitPlan { repositories: vec![PLACE.clone()], jobs, ..GitPlan::default() };
    let session = Session::new(Plan {
        facts,
        source: Source::Git(Box::new(Git::open(git).expect("it is a repository"))),
        rules: RuleSet::built_in(),
        limits: Limits::default(),
        passwords: Vec::new(),
        unlock: true,
        jobs,
        allow: AllowList::default(),
        baseline: None,
        inventory: None,
        comments: true,
        min_confidence: Confidence::Possible,
        now,
    });
    let session = session.expect("a plan that can be carried out");
    session.run();
    session.outcome()
}

fuzz_target!(|data: &[u8]| {
    let mut bytes = Bytes(data);
    let store = PLACE.join("objects");
    let mode = bytes.byte();
    let written = pack(&mut bytes).write(&store, "a");
    if mode & 1 != 0 {
        pack(&mut bytes).write(&store, "b");
    }
    if mode & 2 != 0 {
        damage(&written.with_extension("idx"), &mut bytes);
    }
    if mode & 4 != 0 {
        damage(&written, &mut bytes);
    }
    let hex: String = bytes.name().iter().map(|byte| format!("{byte:02x}")).collect();
    fs::write(PLACE.join("refs/heads/main"), hex + "\n").expect("it can be written");
    let one = search(1);
    assert!(!one.summary.notices.contains_key("panicked"));
    if mode & 8 != 0 {
        let two = search(2);
        assert_eq!(one.findings, two.findings);
        assert_eq!(one.notices, two.notices);
        assert_eq!(one.summary.objects, two.summary.objects);
    }
    for entry in fs::read_dir(store.join("pack")).expect("it is there").flatten() {
        fs::remove_file(entry.path()).expect("it is there");
    }
});
