//! A cache makes no difference but the time.
//!
//! Holds: what is told with a cache that knows much, nothing, the wrong things, or was tampered with. Must not know:
//! how it is written.

use std::fs;
use std::path::{Path, PathBuf};

use super::repository::{Repository, Room, Told, line, token};

/// A token of an early form, which only the name of its file gives away.
fn list() -> String {
    ksefleaks::Sampler::new(40).fill("konto\n{{token40}}\n").unwrap()
}

/// With a cache beside the repositories.
fn with_cache(repo: &Repository<'_>, cache: &Path) -> Told {
    repo.tell_with(&["--cache", cache.to_str().unwrap()])
}

fn remembered(told: &Told) -> u64 {
    told.summary["remembered"].as_u64().unwrap()
}

/// The only file of a cache that is no key.
fn file_of(cache: &Path) -> PathBuf {
    let all = fs::read_dir(cache).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| path.extension().is_some()).collect::<Vec<_>>().remove(0)
}

#[test]
fn the_second_run_reads_what_is_new_and_tells_the_same() {
    let room = Room::new();
    let (repo, cache) = (room.init("r", &[]), room.path("cache"));
    for number in 1..=20 {
        repo.write("quiet.txt", format!("version {number}\n"));
        repo.commit("quiet");
    }
    repo.write("token.env", line(1)).write("ksef/list.txt", list());
    repo.commit("loud");
    let (cold, first, second) = (repo.tell(), with_cache(&repo, &cache), with_cache(&repo, &cache));
    for told in [&first, &second] {
        assert_eq!((&told.findings, &told.notices, told.code), (&cold.findings, &cold.notices, cold.code));
    }
    assert!(remembered(&first) == 0 && remembered(&second) > 60, "{:#?}", second.summary);
    repo.object("blob", line(2).as_bytes());
    let third = with_cache(&repo, &cache);
    assert_eq!(third.found(1..=2), [1, 2]);
    assert_eq!(third.findings, repo.tell().findings);
    repo.git(&["gc", "-q", "--prune=never"]);
    let packed = with_cache(&repo, &cache);
    assert_eq!((packed.found(1..=2), remembered(&packed)), (vec![1, 2], remembered(&third)));
}

#[test]
fn a_cache_holds_no_secret_and_is_its_owners_alone() {
    let room = Room::new();
    let (repo, cache) = (room.init("r", &[]), room.path("cache"));
    repo.write("token.env", line(1));
    repo.commit("loud");
    with_cache(&repo, &cache);
    let bytes = fs::read(file_of(&cache)).unwrap();
    let secret = &token(1).into_bytes()[60..];
    assert!(!secret.windows(8).any(|window| bytes.windows(8).any(|other| other == window)));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for path in [cache.clone(), file_of(&cache), cache.join("key")] {
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0, "{}", path.display());
        }
        fs::set_permissions(&cache, fs::Permissions::from_mode(0o777)).unwrap();
        assert_eq!(with_cache(&repo, &cache).code, 2, "others may write there");
    }
}

#[test]
fn a_damaged_a_forged_or_a_foreign_one_is_made_anew() {
    let room = Room::new();
    let (repo, cache) = (room.init("r", &[]), room.path("cache"));
    repo.write("token.env", line(1));
    repo.commit("loud");
    let cold = with_cache(&repo, &cache);
    let sound = fs::read(file_of(&cache)).unwrap();
    let mut forged = sound.clone();
    *forged.last_mut().unwrap() ^= 1;
    for (bytes, noticed) in
        [(forged, true), (sound[..sound.len() / 2].to_vec(), true), (Vec::new(), true), (sound, false)]
    {
        fs::write(file_of(&cache), bytes).unwrap();
        let told = with_cache(&repo, &cache);
        assert_eq!((&told.findings, told.code), (&cold.findings, 1));
        assert_eq!(told.said().contains("all is read again"), noticed, "{}", told.said());
        assert_eq!(remembered(&told) == 0, noticed);
    }
    // What was learned with other limits is not relied on, and neither is what was learned of another repository.
    let other = repo.tell_with(&["--cache", cache.to_str().unwrap(), "--max-depth", "3"]);
    assert_eq!((other.found([1]), remembered(&other)), (vec![1], 0));
    let copy = room.init("copy", &[]);
    copy.git(&["fetch", "-q", repo.path.to_str().unwrap(), "main"]);
    assert_eq!(with_cache(&copy, &cache).found([1]), [1]);
    assert_eq!(room.tell(&["git", "r", "--cache", "r/cache"]).code, 2, "inside of what is searched");
}

#[test]
fn what_comes_to_have_a_telling_name_is_looked_at_again() {
    let room = Room::new();
    let (repo, cache) = (room.init("r", &[]), room.path("cache"));
    repo.write("list.txt", list());
    repo.commit("a list");
    assert!(with_cache(&repo, &cache).findings.is_empty());
    repo.git(&["mv", "list.txt", "ksef.txt"]);
    repo.commit("a name");
    let told = with_cache(&repo, &cache);
    assert_eq!((told.findings.len(), &told.findings), (1, &repo.tell().findings));
    assert_eq!(with_cache(&repo, &cache).findings, told.findings);
}

#[test]
fn what_is_gone_is_told_with_a_cache_too() {
    let room = Room::new();
    let (repo, cache) = (room.init("r", &[]), room.path("cache"));
    repo.write("a.txt", "a\n").write("b.txt", "b\n");
    repo.commit("both");
    assert_eq!(with_cache(&repo, &cache).code, 0);
    let id = repo.git(&["rev-parse", "HEAD:b.txt"]);
    let file = repo.loose(id.trim());
    let kept = fs::read(&file).unwrap();
    fs::remove_file(&file).unwrap();
    for _ in 0..2 {
        let told = with_cache(&repo, &cache);
        assert_eq!((told.code, told.reasons().contains("missing-objects")), (3, true));
    }
    fs::write(&file, kept).unwrap();
    assert_eq!(with_cache(&repo, &cache).code, 0);
}
