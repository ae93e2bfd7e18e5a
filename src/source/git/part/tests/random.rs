//! Histories by chance: merges of all sorts, renames, modes, links, submodules, clocks that are wrong.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{Dice, Made};

/// What a path holds: its mode, and a number that stands for the content.
type Tree = BTreeMap<String, (&'static str, usize)>;

const NAMES: [&str; 12] = ["a", "a.b", "a/x", "a/y", "a0", "b/c/d", "b/c/e", "b/f", "d", "d-e", "d/e/f/g", "z"];

/// A repository of so many commits, each with a branch of its own: `c0`, `c1` and so on.
pub(super) fn history(seed: u64, commits: usize) -> Made {
    let made = Made::new(&[]);
    let mut dice = Dice(seed);
    let mut trees: Vec<Tree> = Vec::new();
    let mut stream = String::new();
    for commit in 0..commits {
        let parents = parents(&mut dice, commit);
        let mut tree = merge(&mut dice, &parents.iter().map(|parent| &trees[*parent]).collect::<Vec<_>>());
        for _ in 0..dice.roll(3) + usize::from(parents.is_empty()) * 4 {
            change(&mut dice, &mut tree);
        }
        let skew = if dice.roll(5) == 0 { dice.roll(20_000) } else { 0 };
        let date = 1_700_000_000 + 100 * commit + skew;
        let who = format!("Person {} <p@example.org> {date} +0100", dice.roll(3));
        write!(stream, "commit refs/heads/c{commit}\nmark :{}\nauthor {who}\ncommitter {who}\ndata 2\nm\n", commit + 1)
            .unwrap();
        for (index, parent) in parents.iter().enumerate() {
            let word = if index == 0 { "from" } else { "merge" };
            writeln!(stream, "{word} :{}", parent + 1).unwrap();
        }
        stream.push_str("deleteall\n");
        for (path, (mode, content)) in &tree {
            if *mode == "160000" {
                writeln!(stream, "M 160000 {content:040x} {path}").unwrap();
            } else {
                let text = format!("content {content}");
                write!(stream, "M {mode} inline {path}\ndata {}\n{text}\n", text.len()).unwrap();
            }
        }
        stream.push('\n');
        trees.push(tree);
    }
    made.told(&["fast-import", "--quiet"], stream.as_bytes());
    made.git(&["symbolic-ref", "HEAD", &format!("refs/heads/c{}", commits - 1)]);
    made
}

fn parents(dice: &mut Dice, commit: usize) -> Vec<usize> {
    let count = match dice.roll(12) {
        _ if commit == 0 => 0,
        0 => 0,
        1..=6 => 1,
        7..=10 => 2,
        _ => 3,
    };
    let mut parents = Vec::new();
    for _ in 0..count {
        let parent = commit - 1 - dice.roll(commit.min(8));
        if !parents.contains(&parent) {
            parents.push(parent);
        }
    }
    parents
}

/// Every path as one of the parents has it, or has it not.
fn merge(dice: &mut Dice, parents: &[&Tree]) -> Tree {
    let mut merged = Tree::new();
    for path in NAMES {
        if let Some(parent) = (!parents.is_empty()).then(|| parents[dice.roll(parents.len())])
            && let Some(entry) = parent.get(path)
        {
            put(&mut merged, path, *entry);
        }
    }
    merged
}

fn change(dice: &mut Dice, tree: &mut Tree) {
    let path = NAMES[dice.roll(NAMES.len())];
    let mode = ["100644", "100755", "120000", "160000"][dice.roll(9).saturating_sub(5)];
    match (dice.roll(6), tree.get(path).copied()) {
        (0, Some(_)) => {
            tree.remove(path);
        }
        // Another mode and the same content; a rename.
        (1, Some((_, content))) => put(tree, path, (mode, content)),
        (2, Some(entry)) => {
            tree.remove(path);
            put(tree, NAMES[dice.roll(NAMES.len())], entry);
        }
        _ => put(tree, path, (mode, 1 + dice.roll(40))),
    }
}

/// A file takes the place of a directory, and the other way round.
fn put(tree: &mut Tree, path: &str, entry: (&'static str, usize)) {
    let below = |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
    tree.retain(|other, _| !below(other, path) && !below(path, other));
    tree.insert(path.to_owned(), entry);
}
