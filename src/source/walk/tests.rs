//! Walks as every system walks them.

use std::ops::ControlFlow::{Break, Continue};
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::source::crew::Crew;
use crate::source::recorded::{plant, record, record_and, walk};
use crate::source::{Source, Visitor};

#[test]
fn everything_is_read_hidden_and_ignored_files_too() {
    let place = tempfile::tempdir().unwrap();
    let top = place.path();
    plant(top, &["a", ".hidden/b", "c/.gitignore", "c/.ignore", "c/.gitignored"]);
    std::fs::create_dir_all(top.join(".git")).unwrap();
    std::fs::write(top.join("c/.gitignore"), "*").unwrap();
    std::fs::write(top.join("c/.ignore"), "*").unwrap();
    let met = record(&walk(&[top]), top);
    assert_eq!(
        met,
        [".hidden/b = .hidden/b", "a = a", "c/.gitignore = *", "c/.gitignored = c/.gitignored", "c/.ignore = *"]
    );
}

#[test]
fn gitignore_is_respected_on_demand_and_never_for_what_is_named() {
    let place = tempfile::tempdir().unwrap();
    let top = place.path();
    plant(top, &[".git/HEAD", "build/a", "build/b", "c/d.log", "c/e"]);
    std::fs::write(top.join(".gitignore"), "build/\n*.log\n").unwrap();
    let (c, log, build) = (top.join("c"), top.join("c/d.log"), top.join("build"));
    let obey = |targets: &[&Path]| Walk { respect_gitignore: true, ..walk(targets) };
    let rest = [".git/HEAD = .git/HEAD", ".gitignore = build/\n*.log\n", "c/e = c/e"];
    assert_eq!(record(&obey(&[top]), top), rest);
    assert_eq!(record(&obey(&[&c]), top), ["c/e = c/e"], "a list further up counts");
    assert_eq!(record(&obey(&[&c, &log]), top), ["c/d.log = c/d.log", "c/e = c/e"]);
    assert_eq!(record(&obey(&[top, &build]), top).len(), rest.len() + 2);
}

#[test]
fn a_file_is_read_once_however_often_it_is_named() {
    let place = tempfile::tempdir().unwrap();
    let top = place.path();
    plant(top, &["a/b/c", "a/d", "e"]);
    let all = ["a/b/c = a/b/c", "a/d = a/d", "e = e"];
    let (a, b, c, e) = (top.join("a"), top.join("a/b"), top.join("a/b/c"), top.join("e"));
    for jobs in [1, 4] {
        for targets in [&[top, &a, &b, &c, &e][..], &[&c, &a, top], &[top, top], &[&e, &c, &b, &a, &e]] {
            assert_eq!(record(&Walk { jobs, ..walk(targets) }, top), all, "{targets:?}");
        }
    }
}

#[test]
fn globs_prune_and_count() {
    let place = tempfile::tempdir().unwrap();
    let top = place.path();
    plant(top, &["src/a.rs", "src/b.min.js", "vendor/x/y", "vendor/z"]);
    let globs = |globs: &[&str]| globs.iter().map(|glob| (*glob).to_owned()).collect::<Vec<_>>();
    let excluding = Walk { exclude: globs(&["/vendor", "*.min.js"]), ..walk(&[top]) };
    assert_eq!(record(&excluding, top), ["left Excluded", "left Excluded", "src/a.rs = src/a.rs"]);
    let including = Walk { include: globs(&["*.rs"]), ..walk(&[top, &top.join("vendor/z")]) };
    assert_eq!(record(&including, top), ["left Excluded", "left Excluded", "left Excluded", "src/a.rs = src/a.rs"]);
}

#[test]
fn working_files_of_git_are_read_and_object_stores_left() {
    let place = tempfile::tempdir().unwrap();
    let top = place.path();
    let git = ["HEAD", "config", "hooks/pre-push", "packed-refs", "logs/HEAD", "objects/ab/cd", "lfs/objects/ef/01"];
    plant(top, &git.map(|name| format!("r/.git/{name}")).each_ref().map(String::as_str));
    plant(top, &["r/.git/modules/m/HEAD", "r/.git/modules/m/packed-refs", "r/.git/modules/m/objects/pack/p"]);
    plant(top, &["bare.git/HEAD", "bare.git/refs/x", "bare.git/objects/pack/p", "src/objects/o"]);
    let met = record(&walk(&[top]), top);
    let stores: Vec<_> = met.iter().filter_map(|line| line.strip_prefix("store of ")).collect();
    assert_eq!(stores, ["bare.git", "r", "r/.git/modules/m"]);
    assert!(!met.iter().any(|line| line.contains("objects/pack") || line.contains("objects/ab")), "{met:#?}");
    assert_eq!(met.iter().filter(|line| line.contains(" = ")).count(), 11, "{met:#?}");
    let store = top.join("bare.git/objects");
    assert_eq!(record(&walk(&[&store]), top), ["store of bare.git"]);
}

#[test]
fn what_vanishes_or_shrinks_is_told() {
    let place = tempfile::tempdir().unwrap();
    let top = place.path();
    plant(top, &["d/a", "d/b", "d/c"]);
    let met = record_and(&walk(&[&top.join("d")]), top, &|blob| {
        let read = Path::new(blob.origin.path.text()).file_name().unwrap().to_owned();
        for name in ["a", "b", "c"].into_iter().filter(|name| read != *name) {
            std::fs::remove_file(top.join("d").join(name)).unwrap();
        }
        Continue(())
    });
    let gone = met.iter().filter(|line| line.ends_with("! vanished: vanished before it was read; not scanned"));
    assert_eq!((met.len(), gone.count()), (3, 2), "{met:#?}");
    plant(top, &["e/shrinks"]);
    let met = record_and(&walk(&[&top.join("e")]), top, &|_| {
        std::fs::write(top.join("e/shrinks"), "x").unwrap();
        Continue(())
    });
    let short = "e/shrinks ! vanished: became shorter while it was read; not scanned to its former end";
    assert_eq!(met, [short, "e/shrinks = x"]);
    let gone = top.join("gone");
    assert_eq!(record(&walk(&[&gone]), top), ["gone ! vanished: vanished before it was read; not scanned"]);
}

#[test]
fn a_visitor_or_the_user_ends_the_walk() {
    let place = tempfile::tempdir().unwrap();
    let top = place.path();
    plant(top, &["a", "b", "c/d"]);
    assert_eq!(record_and(&walk(&[top]), top, &|_| Break(())).len(), 1);
    assert_eq!(record_and(&walk(&[&top.join("a"), top]), top, &|_| Break(())), ["a = a"]);
    let stop = AtomicBool::new(false);
    stop.store(true, Ordering::Relaxed);
    walk(&[top, &top.join("a")]).run(&Crew::new(&|| unreachable!("nothing is to be visited"), &stop));
}

#[test]
fn the_current_directory_is_not_shown() {
    // Tests run in the directory of the package.
    let met = record(&Walk { exclude: vec!["/*/".into()], ..walk(&[Path::new(".")]) }, Path::new("/"));
    assert!(met.iter().any(|line| line.starts_with("Cargo.toml = ")));
    assert!(!met.iter().any(|line| line.starts_with("./")));
    let met = record(&walk(&[Path::new("./src/source/walk")]), Path::new("/"));
    assert!(met.iter().all(|line| line.starts_with("./src/source/walk/")) && !met.is_empty());
}

#[test]
fn what_was_named_in_vain_is_told_before_the_walk() {
    let place = tempfile::tempdir().unwrap();
    let top = place.path();
    plant(top, &["a", "b"]);
    let (a, gone, lost) = (top.join("a"), top.join("gone"), top.join("a/lost"));
    assert!(walk(&[top, &a]).check().is_ok());
    let many = Walk { jobs: 4, ..walk(&[&a, top, &gone, &a, &lost]) };
    let error = many.check().unwrap_err().to_string();
    assert!(error.contains("gone») does not exist") || error.ends_with("gone» does not exist"), "{error}");
    assert!(walk(&[&lost]).check().is_err());
    assert!(matches!(Walk { include: vec!["a[".into()], ..walk(&[]) }.check(), Err(WalkError::Glob { .. })));
}

/// Looks at nothing.
struct Nobody;

impl Visitor for Nobody {
    fn visit(&mut self, _: crate::source::Event<'_>) -> std::ops::ControlFlow<()> {
        Continue(())
    }
}

#[test]
fn long_lists_are_shared_by_all_threads() {
    let place = tempfile::tempdir().unwrap();
    let top = place.path();
    let names: Vec<String> = (0..500).map(|index| format!("d{}/f{index}", index % 7)).collect();
    plant(top, &names.iter().map(String::as_str).collect::<Vec<_>>());
    let paths: Vec<PathBuf> = names.iter().chain(&names).map(|name| top.join(name)).collect();
    let list = Walk { jobs: 4, ..walk(&paths.iter().map(PathBuf::as_path).collect::<Vec<_>>()) };
    assert_eq!(record(&list, top).len(), 500);
    let made = std::sync::atomic::AtomicUsize::new(0);
    let both = Walk { targets: list.targets.iter().cloned().chain([Target::Path(top.to_owned())]).collect(), ..list };
    Source::Walk(both).run(&AtomicBool::new(false), &|| {
        made.fetch_add(1, Ordering::Relaxed);
        Box::new(Nobody)
    });
    assert!(made.into_inner() <= 4, "one visitor a thread");
}
