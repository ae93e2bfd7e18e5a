//! Repositories with damage.
//!
//! Holds: what is gone, cut off or overwritten in every file that a repository is made of; then the same at random. What
//! can be read is read, the rest is told. Must not know: packs that were forged.

use std::fs;
use std::path::{Path, PathBuf};

use ksefleaks::{GitPlan, Sampler};

use super::repository::{Repository, Room, Told, line, search};

/// Files in commits, packed but for the last two.
fn filled(room: &Room) -> Repository<'_> {
    let repo = room.init("r", &[]);
    for number in 1..=6 {
        repo.write(&format!("{number}.env"), line(number)).write("grows.txt", "a line\n".repeat(number as usize * 40));
        repo.commit(&format!("nr {number}"));
        if number == 4 {
            repo.git(&["repack", "-q", "-a", "-d"]);
        }
    }
    repo
}

/// Incomplete, with all the rest found.
#[track_caller]
fn lacks(told: &Told, lost: &[u64], reasons: &[&str]) {
    let rest: Vec<u64> = (1..=6).filter(|number| !lost.contains(number)).collect();
    assert_eq!(told.found(1..=6), rest, "{}{}", told.said(), told.error);
    assert_eq!(told.reasons().into_iter().collect::<Vec<_>>(), reasons, "{}", told.said());
    assert_eq!((told.code, told.summary["complete"].as_bool()), (1, Some(false)), "{}", told.said());
}

#[test]
fn objects_that_are_gone_are_told() {
    let room = Room::new();
    let repo = filled(&room);
    let blob = repo.git(&["rev-parse", "HEAD:6.env"]);
    fs::remove_file(repo.loose(&blob)).unwrap();
    let told = repo.tell();
    lacks(&told, &[6], &["missing-objects"]);
    assert!(told.said().contains(&blob), "{}", told.said());
    let tree = repo.git(&["rev-parse", "HEAD~1^{tree}"]);
    fs::remove_file(repo.loose(&tree)).unwrap();
    let told = repo.tell();
    lacks(&told, &[6], &["missing-objects"]);
    // Without its tree nobody knows whose the file is; the newest commit's tree still has it.
    assert_eq!(told.place(5).path, "5.env");
    let commit = repo.git(&["rev-parse", "HEAD~1"]);
    fs::remove_file(repo.loose(&commit)).unwrap();
    lacks(&repo.tell(), &[6], &["missing-objects"]);
    // Clean but for what is gone is not clean.
    let clean = room.init("clean", &[]);
    clean.write("a", "nothing").commit("a");
    fs::remove_file(clean.loose(&clean.git(&["rev-parse", "HEAD:a"]))).unwrap();
    let told = clean.tell();
    assert_eq!((told.code, told.findings.len()), (3, 0), "{}", told.said());
}

#[test]
fn files_of_objects_that_are_damaged_are_told() {
    let room = Room::new();
    let repo = filled(&room);
    let path = repo.loose(&repo.git(&["rev-parse", "HEAD:6.env"]));
    let sound = fs::read(&path).unwrap();
    let write = |bytes: &[u8]| {
        fs::remove_file(&path).unwrap();
        fs::write(&path, bytes).unwrap();
        repo.tell()
    };
    for bytes in [&b""[..], b"no stream", &sound[..5], &sound[..sound.len() / 3]] {
        lacks(&write(bytes), &[6], &["malformed"]);
    }
    let other = |head: String| super::packing::deflate(&[head.as_bytes(), b"\0", line(6).as_bytes()].concat());
    let size = line(6).len();
    for head in ["", "blob", "blob x", "thing 5", "blob -1", "blob 99999999999999999999999"] {
        lacks(&write(&other(head.to_owned())), &[6], &["malformed"]);
    }
    // What of it can be read is.
    for head in [format!("blob {}", size + 1), format!("blob {}", size - 1), format!("tree {size}")] {
        let told = write(&other(head.clone()));
        // What says to be a tree and is none is read as it is.
        assert_eq!(told.found(1..=6).len(), 6, "{head}");
        assert!(head.starts_with("tree") || told.reasons().contains("malformed"), "{head}: {}", told.said());
    }
    // Behind the end of the stream anything may stand.
    let told = write(&[&sound[..], b"and more"].concat());
    assert_eq!(told.found(1..=6), [1, 2, 3, 4, 5, 6]);
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_ne!(repo.tell().summary["complete"], true);
}

#[test]
fn packs_and_indexes_that_are_damaged_are_told() {
    let room = Room::new();
    let repo = filled(&room);
    let (pack, index) = (repo.packs("pack").remove(0), repo.packs("idx").remove(0));
    let (sound, sound_index) = (fs::read(&pack).unwrap(), fs::read(&index).unwrap());
    let write = |path: &Path, bytes: &[u8]| {
        fs::remove_file(path).unwrap_or_default();
        fs::write(path, bytes).unwrap();
    };
    let packed = [1, 2, 3, 4];
    for bytes in [&b""[..], b"PACK", b"PACK\0\0\0\x63\0\0\0\x01", &sound[..31]] {
        write(&pack, bytes);
        let told = repo.tell();
        assert_eq!(told.found(1..=6), [5, 6], "{}", told.said());
        assert_eq!((told.code, told.summary["complete"].as_bool()), (1, Some(false)));
    }
    // Cut off, it still has its first entries.
    write(&pack, &sound[..sound.len() * 2 / 3]);
    let told = repo.tell();
    assert!(told.found(1..=6).len() >= 2 && told.summary["complete"] == false, "{}", told.said());
    assert!(told.reasons().contains("malformed"), "{}", told.said());
    fs::remove_file(&pack).unwrap();
    let told = repo.tell();
    assert_eq!(told.found(1..=6), [5, 6]);
    assert!(told.said().contains(".pack"), "an index without its pack: {}", told.said());
    write(&pack, &sound);
    let size = sound_index.len();
    for bytes in [&b""[..], b"\xFFtOc", &sound_index[..1000], &sound_index[..size - 1], &[0; 5_000]] {
        write(&index, bytes);
        let told = repo.tell();
        assert_eq!(told.found(packed), [0; 0], "{}", told.said());
        assert!(told.said().contains("pack") && told.summary["complete"] == false, "{}", told.said());
    }
    fs::remove_file(&index).unwrap();
    let told = repo.tell();
    assert_eq!(told.found(packed), [0; 0]);
    assert!(told.said().contains(".pack cannot be opened: it has no index"), "{}", told.said());
    // An index that lists other objects than its pack has hides those.
    write(&index, &sound_index);
    let other = room.init("other", &[]);
    other.write("x", "nothing").commit("x");
    other.git(&["repack", "-q", "-a", "-d"]);
    write(&index, &fs::read(other.packs("idx").remove(0)).unwrap());
    assert_eq!(repo.tell().summary["complete"], false);
    write(&index, &sound_index);
    assert_eq!(repo.tell().found(1..=6), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn other_files_that_are_damaged_hide_no_object() {
    let room = Room::new();
    let repo = filled(&room);
    repo.git(&["pack-refs", "--all"]);
    let head = fs::read(room.path("r/.git/HEAD")).unwrap();
    for (name, bytes) in [
        (".git/index", &b""[..]),
        (".git/index", b"DIRC\0\0\0\x02\xFF\xFF\xFF\xFF"),
        (".git/index", b"nonsense that is long enough to be taken for something, if anybody did"),
        (".git/packed-refs", b"nonsense\n"),
        (".git/packed-refs", b"\0\xFF\xFE # pack-refs with: \n^^^^\n"),
        (".git/refs/heads/dangling", b"1234567890123456789012345678901234567890\n"),
        (".git/refs/heads/nonsense", b"nonsense\n"),
        (".git/refs/heads/empty", b""),
        (".git/refs/heads/circle", b"ref: refs/heads/circle\n"),
        (".git/refs/heads/nowhere", b"ref: refs/heads/not-there\n"),
        (".git/refs/heads/outside", b"ref: ../../../../etc/passwd\n"),
        (".git/logs/HEAD", b"nonsense\n\0\0\0\n"),
        (".git/shallow", b"nonsense\n"),
        (".git/objects/info/alternates", b"\0\n\"\\\n"),
        (".git/objects/info/commit-graph", b"CGPHnonsense"),
        (".git/objects/pack/multi-pack-index", b"MIDXnonsense"),
        (".git/info/grafts", b"nonsense\n"),
        (".git/commondir", b"/nowhere\n"),
        (".git/HEAD", b"ref: refs/heads/not-there\n"),
        (".git/HEAD", b"1234567890123456789012345678901234567890\n"),
        (".git/HEAD", b"nonsense\n"),
        (".git/HEAD", b""),
    ] {
        let before = fs::read(room.path("r").join(name)).ok();
        repo.write(name, bytes);
        let told = repo.tell();
        let whole = told.found(1..=6) == [1, 2, 3, 4, 5, 6] && told.code == 1;
        // Where it is no repository any more, that is said.
        let refused = told.code == 2 && told.error.contains("repositor");
        let may_refuse = ["HEAD", "commondir", "alternates"].iter().any(|end| name.ends_with(end));
        assert!(whole || (refused && may_refuse), "{name}: {} {}{}", told.code, told.said(), told.error);
        assert!(!told.reasons().contains("panicked"), "{name}: {}", told.said());
        match before {
            Some(before) => drop(repo.write(name, before)),
            None => drop(repo.remove(name)),
        }
    }
    assert_eq!(fs::read(room.path("r/.git/HEAD")).unwrap(), head);
    // Without HEAD, refs or both it is none.
    fs::remove_file(room.path("r/.git/HEAD")).unwrap();
    let told = repo.tell();
    assert_eq!(told.code, 2, "{}", told.said());
}

/// Every file that decides what is read.
fn files(repo: &Repository<'_>) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = repo.packs("pack").into_iter().chain(repo.packs("idx")).collect();
    let list = |folder: PathBuf| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    let folders = list(repo.store()).into_iter().filter(|folder| folder.file_name().unwrap().len() == 2);
    files.extend(folders.flat_map(list));
    let others = ["index", "HEAD", "packed-refs", "logs/HEAD", "config", "refs/heads/main"];
    files.extend(others.map(|name| repo.path.join(".git").join(name)));
    files.retain(|file| file.is_file());
    files.sort();
    files
}

#[test]
fn damage_anywhere_brings_nothing_down() {
    let room = Room::new();
    let repo = filled(&room);
    repo.git(&["pack-refs", "--all"]);
    repo.git(&["branch", "other"]);
    let (files, mut sampler) = (files(&repo), Sampler::new(21));
    assert!(files.len() > 10, "{files:?}");
    let mut incomplete = 0;
    for round in 0..600 {
        let file = &files[round % files.len()];
        let sound = fs::read(file).unwrap();
        let mut bytes = sound.clone();
        let mut place = |length: usize| usize::try_from(sampler.below(length.max(1) as u64)).unwrap();
        match place(4) {
            0 => bytes.truncate(place(bytes.len())),
            1 => (0..=place(3)).for_each(|_| {
                let at = place(bytes.len());
                bytes[at] ^= 1 << place(8);
            }),
            2 => {
                let (at, value) = (place(bytes.len()), [0, 0xFF, 0x80, 0x7F][place(4)]);
                let end = bytes.len().min(at + 1 + place(8));
                bytes[at..end].fill(value);
            }
            _ => {
                let (at, from) = (place(bytes.len()), place(bytes.len()));
                let piece = bytes[from..bytes.len().min(from + 40)].to_vec();
                bytes.splice(at..at, piece);
            }
        }
        fs::remove_file(file).unwrap();
        fs::write(file, &bytes).unwrap();
        let plan = GitPlan { repositories: vec![repo.path.clone()], jobs: 1 + round % 3, ..GitPlan::default() };
        if let Ok(outcome) = search(plan) {
            let about = format!("round {round}: {}: {:?}", file.display(), outcome.notices);
            assert!(!outcome.summary.notices.contains_key("panicked"), "{about}");
            let found = outcome.findings.len();
            // Whatever of the six is not found, it is told why.
            assert!(found >= 6 || !outcome.summary.complete, "{found} of 6 in {about}");
            incomplete += usize::from(!outcome.summary.complete);
        }
        fs::remove_file(file).unwrap();
        fs::write(file, &sound).unwrap();
    }
    assert!(incomplete > 100, "{incomplete}");
    assert_eq!(repo.tell().found(1..=6).len(), 6);
}
