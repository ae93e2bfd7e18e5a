//! Names as the `git` program writes them, in files and in tables.

use std::ops::ControlFlow::{Break, Continue};
use std::path::Path;

use super::made::{Made, bytes};
use super::*;

/// How names and digests are kept.
const FORMATS: [[&str; 2]; 4] = [["files", "sha1"], ["reftable", "sha1"], ["files", "sha256"], ["reftable", "sha256"]];

/// Names that lead somewhere, as `git for-each-ref` prints them.
fn lines(names: &Names) -> Vec<String> {
    let tips = names.tips.iter().filter(|tip| !tip.logged);
    tips.map(|tip| format!("{} {}", String::from_utf8_lossy(&tip.name), tip.target)).collect()
}

fn notices(names: &Names) -> Vec<String> {
    names.notices.iter().map(|(reason, what, text)| format!("{} {what}: {text}", reason.name())).collect()
}

const EACH: [&str; 2] = ["for-each-ref", "--format=%(refname) %(objectname)"];

#[test]
fn all_names_of_all_formats_are_read() {
    for [refs, digest] in FORMATS {
        let made = Made::full(refs, digest);
        let mut wanted = made.git(&EACH);
        let one = |folder, name| made.run(folder, &["rev-parse", name]).remove(0);
        wanted.extend(["HEAD", "ORIG_HEAD"].map(|name| format!("{name} {}", one("r", name))));
        wanted.extend(
            ["HEAD", "ORIG_HEAD", "refs/bisect/bad"].map(|name| format!("worktrees/w/{name} {}", one("w", name))),
        );
        wanted.sort();
        for folder in ["r", "w"] {
            let (names, _) = made.read(folder);
            assert_eq!(lines(&names), wanted, "{refs} {digest} {folder}");
            assert_eq!(notices(&names), [""; 0], "{refs} {digest}");
            let names = |name: &str| names.resolve(name).map(|id| id.to_string());
            let known = ["HEAD", "@", "main", "side", "light", "heavy", "origin", "origin/main", "stash", "heads/side"];
            for name in known.into_iter().chain(["refs/bisect/bad", "main-worktree/HEAD", "worktrees/w/HEAD"]) {
                if name == "refs/bisect/bad" && folder == "r" {
                    assert_eq!(names(name), None);
                } else {
                    assert_eq!(names(name), Some(one(folder, name)), "{refs} {digest} {folder}: {name}");
                }
            }
            assert_eq!(names("gone"), None);
        }
        let (names, _) = made.read("r");
        assert_eq!(names.branch("origin/main"), names.resolve("origin/main"));
        assert_eq!((names.branch("light"), names.branch("gone")), (None, None));
    }
}

#[test]
fn what_keeps_an_object_is_told() {
    for [refs, digest] in FORMATS {
        let made = Made::full(refs, digest);
        let (names, _) = made.read("r");
        let holders = |name: &str, logged| {
            let tips = names.tips.iter().filter(|tip| *tip.name == *name.as_bytes() && tip.logged == logged);
            tips.map(|tip| tip.holder).collect::<Vec<_>>()
        };
        for name in ["HEAD", "refs/tags/light", "refs/notes/commits", "worktrees/w/HEAD", "worktrees/w/refs/bisect/bad"]
        {
            assert_eq!(holders(name, false), [Holder::Branch], "{name}");
        }
        assert_eq!(holders("ORIG_HEAD", false), [Holder::Log]);
        assert_eq!(holders("refs/stash", false), [Holder::Stash]);
        assert_eq!(holders("refs/stash", true), [Holder::Stash], "the dropped one is kept no longer: {refs}");
        let logged: Vec<String> =
            names.tips.iter().filter(|tip| tip.logged).map(|tip| tip.target.to_string()).collect();
        let told = made.git(&["log", "-g", "--all", "--format=%H"]);
        assert!(told.len() > 6 && told.iter().all(|id| logged.contains(id)), "{refs}");
    }
}

#[test]
fn logs_are_shown_line_by_line_without_digests() {
    for [refs, digest] in FORMATS {
        let made = Made::full(refs, digest);
        let (_, texts) = made.read("r");
        let of = |origin: &str| {
            let parts = texts.iter().filter(|text| text.0 == origin);
            parts.map(|text| text.2.as_str()).collect::<String>()
        };
        let mut log: Vec<String> = of("logs/HEAD").lines().map(str::to_owned).collect();
        if refs == "files" {
            log.reverse();
        }
        let wanted = made.git(&["log", "-g", "--format=%gn <%ge> 1760000000 +0200\t%gs", "HEAD"]);
        assert_eq!(log[..wanted.len()], wanted, "{refs} {digest}");
        assert!(of("worktrees/w/logs/HEAD").contains("commit: there"));
        let listed = format!("{}{}", of("refs"), of("packed-refs"));
        for name in ["refs/heads/side", "refs/remotes/origin/HEAD refs/remotes/origin/main", "refs/tags/heavy"] {
            assert!(listed.contains(name), "{name}: {listed}");
        }
        let is_digest = |word: &str| word.len() >= 40 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        let shown = texts.iter().flat_map(|text| text.2.split_whitespace());
        assert_eq!(shown.filter(|word| is_digest(word)).collect::<Vec<_>>(), [""; 0], "{refs}");
    }
}

#[test]
fn an_entry_that_was_dropped_from_a_table_is_still_shown() {
    let made = Made::full("reftable", "sha1");
    made.git(&["-c", "reftable.blockSize=200", "branch", "late"]);
    let (_, texts) = made.read("r");
    assert!(texts.iter().any(|text| text.0 == "logs/refs/stash" && text.2.contains("second")));
}

#[test]
fn an_unborn_branch_is_no_fault() {
    for [refs, digest] in FORMATS {
        let made = Made::new(refs, digest);
        let (names, _) = made.read("r");
        assert_eq!((names.tips, names.notices), (vec![], vec![]), "{refs} {digest}");
    }
}

#[test]
fn many_names_and_long_logs_in_many_blocks_are_read() {
    for refs in ["files", "reftable"] {
        let made = Made::new(refs, "sha1");
        made.git(&["commit", "-q", "--allow-empty", "-m", "one"]);
        let head = made.head();
        let orders: String = (0..5000).map(|n| format!("create refs/heads/many/{n} {head}\n")).collect();
        made.feed("r", &["update-ref", "--create-reflog", "-m", "born", "--stdin"], &orders);
        let (names, texts) = made.read("r");
        let wanted = made.git(&EACH);
        assert_eq!(lines(&names)[1..], wanted, "{refs}");
        assert_eq!(wanted.len(), 5001);
        let born = |text: &&(String, u64, String)| text.0.starts_with("logs/refs/heads/many/");
        assert_eq!(texts.iter().filter(born).count(), 5000, "{refs}");
        assert_eq!(names.notices, []);
    }
}

#[test]
fn broken_refs_are_told_and_searched() {
    let made = Made::full("files", "sha1");
    let head = made.head();
    let broken = [
        ("refs/heads/garbage", "this is no object\n".to_owned()),
        ("refs/heads/empty", String::new()),
        ("refs/heads/short", head[..39].to_owned()),
        ("refs/heads/long", "x".repeat(100_000)),
        ("refs/heads/nowhere", "ref: ../../etc/passwd".to_owned()),
        ("refs/heads/zeros", "0".repeat(40)),
        ("HEAD", "garbage".to_owned()),
    ];
    for (name, content) in &broken {
        made.write(name, content);
    }
    made.write("refs/heads/loop", "ref: refs/heads/pool\n");
    made.write("refs/heads/pool", "ref: refs/heads/loop\n");
    made.write("refs/heads/tail", format!("{head} and a word\n"));
    made.write("refs/heads/tail.lock", "no ref at all");
    made.write("packed-refs", format!("# pack-refs with: peeled\n{head} refs/heads/packed\nnonsense\n^{head}\n"));
    made.write("logs/refs/heads/odd", format!("{head} {head} A <a> 1 +0000\tfine\nnot a line\n"));
    // Two of the files no longer make it a repository for `git`, nor for the library.
    let repo = Repo::open(&made.top(), &[]);
    made.write("HEAD", "ref: refs/heads/main");
    let repo = repo.or_else(|_| Repo::open(&made.top(), &[])).unwrap();
    made.write("HEAD", "garbage");
    let mut texts = Vec::new();
    let names = Names::read(&repo, &mut |text| {
        texts.push((text.origin.to_owned(), String::from_utf8_lossy(text.text).into_owned()));
        Continue(())
    });
    let mut told: Vec<&str> = names.notices.iter().map(|(_, what, _)| what.as_str()).collect();
    told.sort_unstable();
    let mut wanted: Vec<&str> = broken.iter().map(|(name, _)| *name).collect();
    wanted.extend(["packed-refs", "logs/refs/heads/odd", "refs/heads/loop", "refs/heads/pool"]);
    wanted.sort_unstable();
    assert_eq!(told, wanted);
    assert!(names.notices.iter().all(|(reason, ..)| *reason == Reason::Malformed));
    for (name, content) in broken.iter().filter(|(name, content)| !content.is_empty() && *name != "refs/heads/long") {
        assert!(texts.contains(&((*name).to_owned(), content.clone())), "{name}");
    }
    let shown = |origin: &str, word: &str| texts.iter().any(|text| text.0 == origin && text.1.contains(word));
    assert!(shown("refs/heads/long", &"x".repeat(100_000)));
    assert!(shown("refs/heads/tail", " and a word"));
    assert!(shown("refs/heads/tail.lock", "no ref at all"));
    assert!(shown("packed-refs", "nonsense") && shown("logs/refs/heads/odd", "\nnot a line"));
    assert_eq!(names.resolve("tail").map(|id| id.to_string()), Some(head.clone()));
    assert_eq!(names.resolve("packed").map(|id| id.to_string()), Some(head));
    assert_eq!(names.resolve("tail.lock"), None);
}

#[test]
fn what_commands_leave_behind_is_read() {
    let made = Made::full("reftable", "sha1");
    let (head, side) = (made.head(), made.git(&["rev-parse", "side"]).remove(0));
    made.write("FETCH_HEAD", format!("{head}\t\tbranch 'a' of https://word@example.com/a\n{side}\tnot-for-merge\tb\n"));
    made.write("rebase-merge/rewritten-list", format!("{side} {head}\n"));
    made.write("rebase-merge/onto", format!("{side}\n"));
    made.write("worktrees/w/MERGE_HEAD", format!("{head}\n{side}\n"));
    let (names, texts) = made.read("r");
    let of = |name: &str| {
        let mut ids: Vec<String> =
            names.tips.iter().filter(|tip| *tip.name == *name.as_bytes()).map(|tip| tip.target.to_string()).collect();
        ids.sort();
        ids
    };
    assert_eq!(names.resolve("FETCH_HEAD").map(|id| id.to_string()), Some(head.clone()));
    assert_eq!(of("rebase-merge/onto"), [side]);
    assert_eq!(of("worktrees/w/MERGE_HEAD"), [head]);
    let fetched: Vec<&str> = texts.iter().filter(|text| text.0 == "FETCH_HEAD").map(|text| text.2.as_str()).collect();
    assert_eq!(fetched, ["\t\tbranch 'a' of https://word@example.com/a\n\tnot-for-merge\tb\n"]);
    assert!(texts.iter().all(|text| !text.0.starts_with("rebase-merge")));
}

#[test]
fn long_logs_come_in_parts_with_their_lines() {
    let made = Made::full("files", "sha1");
    let head = made.head();
    let message = "m".repeat(1000);
    let line = |n: usize| format!("{head} {head} A <a> {n} +0000\t{message}\n");
    let log: String = (1..=10_000).map(line).collect();
    made.write("logs/refs/heads/main", format!("{log}{head} {head} {}", "long".repeat(4 << 20)));
    let (_, texts) = made.read("r");
    let parts: Vec<_> = texts.iter().filter(|text| text.0 == "logs/refs/heads/main").collect();
    let mut next = 1;
    for (_, first, text) in &parts {
        assert_eq!(*first, next);
        assert!(text.len() <= (8 << 20) + PIECE, "{}", text.len());
        if *first <= 10_000 {
            assert!(text.starts_with(&format!("A <a> {first} +0000\tmm")), "{first}");
        }
        next += text.matches('\n').count() as u64;
    }
    assert_eq!(next, 10_001);
    let long: usize = parts.iter().map(|text| text.2.matches("long").count()).sum();
    assert!(long > 4 << 20, "the parts of a line overlap: {long}");
}

/// What a text may have beyond 8 MiB: the piece that made it too long.
const PIECE: usize = 64 << 10;

#[test]
fn links_between_names_are_followed_and_others_are_told() {
    let made = Made::full("files", "sha1");
    let (head, objects) = (made.head(), made.top());
    // Git itself makes the links, where the system has any.
    made.git(&["-c", "core.preferSymlinkRefs=true", "symbolic-ref", "HEAD", "refs/heads/side"]);
    let id = made.feed("r", &["hash-object", "-w", "--stdin"], "../../../../elsewhere").remove(0);
    made.git(&["update-index", "--add", "--cacheinfo", &format!("120000,{id},link")]);
    made.git(&["-c", "core.symlinks=true", "checkout-index", "link"]);
    std::fs::rename(objects.join("link"), objects.join(".git/refs/heads/out")).unwrap();
    let (names, texts) = made.read("r");
    assert_eq!(names.resolve("HEAD"), names.resolve("side"));
    assert_ne!(names.resolve("HEAD").map(|id| id.to_string()), Some(head));
    let told: Vec<&str> = names.notices.iter().map(|(_, what, _)| what.as_str()).collect();
    assert_eq!(told, ["refs/heads/out"]);
    assert!(texts.iter().any(|text| text.0 == "refs/heads/out" && text.2.contains("elsewhere")));
}

#[test]
fn reading_ends_when_nobody_listens() {
    for refs in ["files", "reftable"] {
        let made = Made::full(refs, "sha1");
        let mut count = 0;
        Names::read(&Repo::open(&made.top(), &[]).unwrap(), &mut |_| {
            count += 1;
            Break(())
        });
        assert_eq!(count, 1);
    }
}

#[test]
fn names_of_the_other_sort_lead_nowhere_and_are_shown() {
    let made = Made::full("reftable", "sha1");
    let head = made.head();
    made.write("packed-refs", format!("{head} refs/heads/hidden\n"));
    made.write("refs/tags/odd", format!("{head}\n"));
    made.write("logs/refs/heads/old", format!("{head} {head} A <a> 1 +0000\twords of old\n"));
    made.write("reftable/left.tmp", "some words");
    made.write("reftable/below/left", "other words");
    let (names, texts) = made.read("r");
    assert_eq!((names.resolve("hidden"), names.resolve("odd")), (None, None));
    assert_eq!(notices(&names), [""; 0]);
    for (origin, words) in [
        ("packed-refs", "refs/heads/hidden"),
        ("refs", "refs/tags/odd"),
        ("logs/refs/heads/old", "words of old"),
        ("reftable/left.tmp", "some words"),
        ("reftable/below/left", "other words"),
    ] {
        assert!(texts.iter().any(|text| text.0 == origin && text.2.contains(words)), "{origin}");
    }
}

#[test]
fn a_missing_or_damaged_table_is_told() {
    let made = Made::full("reftable", "sha1");
    let folder = made.top().join(".git/reftable");
    let list = String::from_utf8(bytes(&folder.join("tables.list"))).unwrap();
    made.write("reftable/tables.list", format!("../HEAD\n{list}{list}nothing.ref\n"));
    let (names, _) = made.read("r");
    let told: Vec<&str> = names.notices.iter().map(|(_, what, _)| what.as_str()).collect();
    assert_eq!(told, ["reftable/tables.list", "reftable/nothing.ref"]);
    assert!(names.resolve("main").is_some());
    std::fs::remove_file(folder.join("tables.list")).unwrap();
    let (names, texts) = made.read("r");
    let told: Vec<&str> = names.notices.iter().map(|(_, what, _)| what.as_str()).collect();
    assert_eq!((told, names.resolve("main")), (vec!["reftable/tables.list"], None));
    assert!(
        texts.iter().any(|text| text.0 == "refs" && text.2.contains("refs/heads/side")),
        "they are found all the same"
    );
}

#[test]
fn mutated_files_are_read_to_their_end() {
    for refs in ["files", "reftable"] {
        let made = Made::full(refs, "sha1");
        let repo = Repo::open(&made.top(), &[]).unwrap();
        let dir = made.top().join(".git");
        let table = dir.join("reftable").read_dir().into_iter().flatten().map(|entry| entry.unwrap().path());
        let files =
            ["HEAD", "packed-refs", "logs/HEAD", "FETCH_HEAD", "reftable/tables.list"].map(|name| dir.join(name));
        let mut random = 0x2545_F491_4F6C_DD1D_u64;
        for path in files.into_iter().chain(table).filter(|path| path.exists()) {
            let content = bytes(&path);
            for _ in 0..60 {
                let mut changed = content.clone();
                for _ in 0..3 {
                    random ^= random << 13;
                    random ^= random >> 7;
                    random ^= random << 17;
                    let at = random as usize % changed.len();
                    match random >> 61 {
                        0 => changed.truncate(at.max(1)),
                        1 => changed[at] = b'\n',
                        _ => changed[at] = (random >> 40) as u8,
                    }
                }
                std::fs::write(&path, &changed).unwrap();
                let names = Names::read(&repo, &mut |_| Continue(()));
                assert!(names.tips.is_sorted());
            }
            std::fs::write(&path, content).unwrap();
        }
        assert_eq!(Names::read(&repo, &mut |_| Continue(())).notices, []);
    }
}

#[test]
fn only_files_that_are_read_are_owned() {
    for path in [
        "HEAD",
        "FETCH_HEAD",
        "BISECT_HEAD",
        "packed-refs",
        "refs/heads/a",
        "logs/HEAD",
        "reftable/tables.list",
        "rebase-merge/onto",
        "worktrees/x/HEAD",
        "worktrees/x/logs/HEAD",
        "worktrees/x/refs/bisect/bad",
    ] {
        assert!(owns(Path::new(path)), "{path}");
    }
    for path in [
        "",
        "config",
        "COMMIT_EDITMSG",
        "BISECT_LOG",
        "HEAD.lock",
        "rebase-merge",
        "rebase-merge/git-rebase-todo",
        "worktrees",
        "worktrees/HEAD",
        "worktrees/x",
        "worktrees/x/gitdir",
        "worktrees/x/worktrees/y/HEAD",
        "modules/refs/HEAD",
        "objects/refs",
    ] {
        assert!(!owns(Path::new(path)), "{path}");
    }
}
