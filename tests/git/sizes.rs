//! What is large, deep or many.
//!
//! Holds: long chains and large families as git makes them, objects that are too large to be held, loose, packed and as
//! deltas. Must not know: how long anything takes.

use super::packing::{BLOB, Packing, Step, TREE, delta, id};
use super::repository::{Repository, Room, line, token};

/// A branch with so many versions of one file; some versions have a credential.
fn versions(repo: &Repository<'_>, count: u64, with: &[u64]) {
    let blob = |version: u64| {
        let secret = if with.contains(&version) { line(version) } else { String::new() };
        // Those that lie far apart have nothing in common, and all are of one size.
        let line = |index: u64| format!("{index:05} {:07}\n", index * 7919 % 1_000_003);
        let body: String = (version..version + 60).map(line).collect();
        let text = format!("version {version:05}\n{body}{secret}end of {version:05}\n");
        format!("blob\nmark :{version}\ndata {}\n{text}\n", text.len())
    };
    let commit = |version: u64| {
        let people = format!("committer A <a@b> {} +0000", 1_767_225_600 + version);
        format!("commit refs/heads/main\n{people}\ndata 1\nx\nM 100644 :{version} file.txt\n")
    };
    let stream: String = (1..=count).map(blob).chain((1..=count).map(commit)).collect();
    repo.feed(&["fast-import", "--quiet"], stream.as_bytes());
}

/// The longest chain of deltas in its only pack.
fn deepest(repo: &Repository<'_>) -> u64 {
    let index = repo.packs("idx").remove(0);
    let told = repo.git(&["verify-pack", "-v", index.to_str().unwrap()]);
    told.lines().filter_map(|line| line.split_whitespace().nth(5)?.parse().ok()).max().unwrap_or(0)
}

#[test]
fn a_chain_of_four_thousand_deltas_is_read() {
    let room = Room::new();
    let repo = room.init("r", &["--bare"]);
    let with = [1, 2, 1_999, 2_000, 4_094, 4_095];
    versions(&repo, 4_095, &with);
    repo.git(&["repack", "-q", "-a", "-d", "-f", "--depth=4095", "--window=2", "--threads=1"]);
    assert!(deepest(&repo) > 3_000, "{}", deepest(&repo));
    let told = repo.tell();
    assert_eq!(told.found(with), with, "{}", told.said());
    assert_eq!((told.notices.len(), told.summary["blobs"].as_u64()), (0, Some(4_095)), "{}", told.said());
    assert_eq!(told.place(1).path, "file.txt");
    assert_eq!(told.place(1_999).commits.len(), 2);
}

#[test]
fn a_family_of_a_thousand_is_shared_among_threads() {
    let room = Room::new();
    let repo = room.init("r", &["--bare"]);
    let with = [1, 2, 333, 500, 501, 999, 1_000];
    versions(&repo, 1_000, &with);
    repo.git(&["repack", "-q", "-a", "-d", "-f", "--depth=50", "--window=10"]);
    let one = repo.tell_with(&["--jobs", "1"]);
    assert_eq!(one.found(with), with, "{}", one.said());
    assert_eq!((one.notices.len(), one.summary["blobs"].as_u64()), (0, Some(1_000)), "{}", one.said());
    for jobs in ["2", "8"] {
        // Who takes over which part from whom differs from time to time.
        for _ in 0..3 {
            let told = repo.tell_with(&["--jobs", jobs]);
            assert_eq!((&told.findings, &told.notices), (&one.findings, &one.notices));
            assert_eq!(
                (&told.summary["bytes"], &told.summary["blobs"]),
                (&one.summary["bytes"], &one.summary["blobs"])
            );
        }
    }
}

const LARGE: usize = 100 << 20;

/// Bytes that nothing compresses, with a credential at the end.
fn noise(number: u64) -> Vec<u8> {
    let mut sampler = ksefleaks::Sampler::new(number);
    let mut bytes: Vec<u8> = (0..LARGE / 8).flat_map(|_| sampler.draw().to_le_bytes()).collect();
    bytes.extend(format!("\n{}", line(number)).into_bytes());
    bytes
}

fn zeros(number: u64) -> Vec<u8> {
    [vec![0; LARGE], line(number).into_bytes()].concat()
}

#[test]
fn what_is_too_large_to_be_held_is_read_in_pieces() {
    let room = Room::new();
    let repo = room.init("r", &["--bare"]);
    let mut tree = String::new();
    for (number, bytes) in [(1, noise(1)), (2, zeros(2))] {
        let blob = repo.feed(
            &["-c", "core.compression=1", "-c", "core.looseCompression=1", "hash-object", "-w", "--stdin"],
            &bytes,
        );
        tree.extend([format!("100644 blob {blob}\tlarge-{number}\n")]);
    }
    let tree = repo.feed(&["mktree"], tree.as_bytes());
    let commit = repo.git(&["commit-tree", "-m", "large", &tree]);
    repo.git(&["update-ref", "refs/heads/main", &commit]);
    for packed in [false, true] {
        let told = repo.tell();
        assert_eq!(told.found([1, 2]), [1, 2], "packed: {packed}: {}", told.said());
        told.place(1).stands("large-1", "tip", &[("added", &commit)]);
        assert_eq!((told.code, told.notices.len()), (1, 0), "{}", told.said());
        assert_eq!(told.summary["blobs"], 2);
        if !packed {
            repo.git(&["-c", "core.bigFileThreshold=1m", "-c", "pack.compression=0", "repack", "-q", "-a", "-d"]);
        }
    }
}

#[test]
fn what_is_too_large_for_a_delta_is_told() {
    let room = Room::new();
    let repo = room.init("r", &["--bare"]);
    let mut pack = Packing::new();
    let (large, size) = (zeros(1), LARGE as u64 + line(1).len() as u64);
    let at = pack.whole(id(1), BLOB, &large);
    let copies = |rest: &mut Vec<Step<'_>>, until: u64| {
        (0..until).step_by(8 << 20).for_each(|from| rest.push(Step::Copy(from, (until - from).min(8 << 20))));
    };
    // A delta of what is too large, one that becomes too large, and one of that.
    let mut steps = Vec::new();
    copies(&mut steps, 1 << 20);
    let secrets = [line(2), line(3), line(4), line(5)];
    steps.push(Step::Insert(secrets[0].as_bytes()));
    pack.on_offset(id(2), at, &delta(size, (1 << 20) + secrets[0].len() as u64, &steps));
    let small = vec![0; 8 << 20];
    let at = pack.whole(id(3), BLOB, &small);
    let mut steps: Vec<Step<'_>> = (0..12).map(|_| Step::Copy(0, 8 << 20)).collect();
    steps.push(Step::Insert(secrets[1].as_bytes()));
    let grown = (96 << 20) + secrets[1].len() as u64;
    let at = pack.on_offset(id(4), at, &delta(8 << 20, grown, &steps));
    pack.on_offset(id(5), at, &delta(grown, secrets[2].len() as u64, &[Step::Insert(secrets[2].as_bytes())]));
    pack.whole(id(6), BLOB, secrets[3].as_bytes());
    pack.whole(id(7), TREE, &vec![b'x'; 70 << 20]);
    pack.write(&repo.store(), "large");
    let told = repo.tell();
    assert_eq!(
        told.found(1..=5).into_iter().filter(|number| *number == 1 || *number == 5).collect::<Vec<_>>(),
        [1, 5],
        "{}",
        told.said()
    );
    // What was not read is told, each by its name; what was, is not.
    for (number, object) in [(2, 2), (3, 4), (4, 5)] {
        let name: String = id(object).iter().map(|byte| format!("{byte:02x}")).collect();
        let is_told = told.notices.iter().any(|notice| notice["path"].as_str().unwrap_or_default().ends_with(&name));
        assert_ne!(is_told, !told.places(&token(number)).is_empty(), "nr {number}: {}", told.said());
    }
    assert!(told.reasons().contains("too-large") && told.summary["complete"] == false, "{}", told.said());
    assert!(!told.reasons().contains("missing-objects"), "nothing is missing: {}", told.said());
}

#[test]
fn many_large_bases_are_held_within_bounds() {
    let room = Room::new();
    let repo = room.init("r", &["--bare"]);
    // A tree of deltas in which each has two: more than can be held at once, so that some are made again.
    let mut pack = Packing::new();
    let base = vec![b' '; 6 << 20];
    let mut size = base.len() as u64;
    let mut level = vec![pack.whole(id(1), BLOB, &base)];
    let mut next = 2;
    for depth in 0..6 {
        let text = line(100 + depth);
        let grown = size + text.len() as u64;
        let mut below = Vec::new();
        for at in &level {
            for _ in 0..2 {
                // The last of each row has the credential.
                let text = if below.len() + 1 == level.len() * 2 { text.clone() } else { "x".repeat(text.len()) };
                below.push(pack.on_offset(
                    id(next),
                    *at,
                    &delta(size, grown, &[Step::Copy(0, size), Step::Insert(text.as_bytes())]),
                ));
                next += 1;
            }
        }
        (level, size) = (below, grown);
    }
    pack.write(&repo.store(), "wide");
    for jobs in ["1", "2", "8"] {
        let told = repo.tell_with(&["--jobs", jobs]);
        assert_eq!(told.found(100..106), (100..106).collect::<Vec<_>>(), "{jobs}: {}", told.said());
        assert_eq!((told.notices.len(), told.summary["blobs"].as_u64()), (0, Some(127)), "{jobs}: {}", told.said());
    }
}
