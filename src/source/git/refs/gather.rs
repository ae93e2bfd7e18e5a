//! What is known of the names so far.
//!
//! Holds: `Gather`, which takes names, log entries, texts and notices from the readers of each format,
//! keeps within bounds, and follows symbolic refs in the end. Must not know: how anything is stored.

use std::ops::ControlFlow;
use std::sync::Arc;

use gix::ObjectId;
use gix::hash::Kind;

use super::lines::Sheet;
use super::{Holder, Names, Reader, RefText, Tip, is_of_work_tree};
use crate::base::Reason;

/// Names that are kept. The largest public servers have about a million.
const MOST: usize = 2_000_000;

/// Different objects that are kept of all logs.
const MOST_LOGGED: usize = 1_000_000;

/// Entries of logs after which they are first looked through for what they have twice.
const CROWDED: usize = 1 << 16;

/// Bytes of all names.
const MOST_BYTES: usize = 128 << 20;

/// Bytes of one name; file systems allow 4096.
pub(super) const LONGEST_NAME: usize = 16 << 10;

/// Notices that are kept; the rest are counted.
const MOST_NOTICES: usize = 10_000;

/// Symbolic refs that are followed from one name; as many as git follows.
const DEEPEST: usize = 5;

/// Where a name was met; the first one counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// How many tables are newer.
    Table(u32),
    Loose,
    Packed,
}

/// What a name was seen to lead to.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Id(ObjectId),
    /// To another name.
    Symbolic(Arc<[u8]>),
    /// Nowhere any more, whatever older places say.
    Deleted,
    /// It was only mentioned.
    Unknown,
}

#[derive(Debug)]
struct Entry {
    name: Arc<[u8]>,
    source: Source,
    value: Value,
}

pub(super) struct Gather<'r> {
    /// The digest of the repository.
    pub(super) hash: Kind,
    entries: Vec<Entry>,
    logged: Vec<Tip>,
    /// When `logged` is to be rid of what it has twice.
    crowded: usize,
    logged_full: bool,
    bytes: usize,
    full: bool,
    notices: Vec<(Reason, String, String)>,
    untold: u64,
    reader: &'r mut Reader<'r>,
    over: bool,
}

impl<'r> Gather<'r> {
    pub(super) fn new(hash: Kind, reader: &'r mut Reader<'_>) -> Self {
        Self {
            hash,
            entries: Vec::new(),
            logged: Vec::new(),
            crowded: CROWDED,
            logged_full: false,
            bytes: 0,
            full: false,
            notices: Vec::new(),
            untold: 0,
            reader,
            over: false,
        }
    }
}

impl Gather<'_> {
    /// Whether nobody listens any more.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// A name to keep; nothing where there are too many, which is told in the end.
    pub(super) fn name(&mut self, name: &[u8]) -> Option<Arc<[u8]>> {
        self.bytes += name.len();
        if self.bytes > MOST_BYTES || name.len() > LONGEST_NAME {
            self.full = true;
            return None;
        }
        Some(name.into())
    }

    /// A name was met.
    pub(super) fn lead(&mut self, name: &Arc<[u8]>, source: Source, value: Value) {
        if self.entries.len() >= MOST {
            self.full = true;
            return;
        }
        self.entries.push(Entry { name: Arc::clone(name), source, value });
    }

    /// The log of a name has an object, or another file has that belongs to the name.
    pub(super) fn logged(&mut self, name: &Arc<[u8]>, target: ObjectId, holder: Holder) {
        if target.is_null() || self.logged_full {
            return;
        }
        if self.logged.len() >= self.crowded {
            self.thin_out();
            self.crowded = (2 * self.logged.len()).max(CROWDED);
            if self.logged.len() >= MOST_LOGGED {
                self.logged_full = true;
                self.full = true;
                return;
            }
        }
        self.logged.push(Tip { name: Arc::clone(name), logged: true, holder, target });
    }

    /// Tells of something that could not be read, or not as it was meant.
    pub(super) fn notice(&mut self, reason: Reason, what: &str, text: impl Into<String>) {
        if self.notices.len() < MOST_NOTICES {
            self.notices.push((reason, what.to_owned(), text.into()));
        } else {
            self.untold += 1;
        }
    }

    /// Hands over a text.
    pub(super) fn show(&mut self, text: &RefText<'_>) {
        if !self.over && !text.text.trim_ascii().is_empty() {
            self.over = (self.reader)(text) == ControlFlow::Break(());
        }
    }

    /// Of each object in logs only the first name stays.
    fn thin_out(&mut self) {
        self.logged.sort_by(|a, b| (a.holder, a.target, &a.name).cmp(&(b.holder, b.target, &b.name)));
        self.logged.dedup_by(|a, b| (a.holder, a.target) == (b.holder, b.target));
    }

    /// All names with where they lead in the end.
    pub(super) fn finish(mut self, current: Vec<u8>) -> Names {
        self.thin_out();
        // In place, and by the source, too, so that a million names need no second list.
        self.entries.sort_unstable_by(|a, b| (&a.name, a.source).cmp(&(&b.name, b.source)));
        self.list();
        // What was only mentioned does not hide what leads somewhere.
        self.entries.retain(|entry| !matches!(entry.value, Value::Unknown));
        self.entries.dedup_by(|a, b| a.name == b.name);
        self.entries.shrink_to_fit();
        let mut tips = std::mem::take(&mut self.logged);
        tips.reserve(self.entries.len());
        let mut circles = Vec::new();
        for entry in &self.entries {
            match follow(&self.entries, entry) {
                Ok(Some(target)) => {
                    let name = Arc::clone(&entry.name);
                    tips.push(Tip { holder: holder(&name), name, logged: false, target });
                }
                Ok(None) => {}
                Err(Circle) => circles.push(String::from_utf8_lossy(&entry.name).into_owned()),
            }
        }
        for name in circles {
            let text = format!("symbolic ref leads in a circle, or over more than {DEEPEST} names; it leads nowhere");
            self.notice(Reason::Malformed, &name, text);
        }
        tips.sort_unstable();
        self.close();
        Names { tips, notices: self.notices, current }
    }

    /// Shows all names but those of `packed-refs`, which is shown itself.
    fn list(&mut self) {
        let entries = std::mem::take(&mut self.entries);
        let mut sheet = Sheet::new("refs".to_owned(), 1);
        for group in entries.chunk_by(|a, b| a.name == b.name) {
            // What the packed file has needs no more than where else the name leads.
            let packed = group.iter().any(|entry| entry.source == Source::Packed);
            let own = |entry: &&Entry| match entry.value {
                Value::Unknown => !packed,
                _ => entry.source != Source::Packed,
            };
            let mut own = group.iter().filter(own).peekable();
            let Some(first) = own.peek() else { continue };
            sheet.write(&first.name, self);
            for entry in own {
                if let Value::Symbolic(target) = &entry.value {
                    sheet.write(b" ", self);
                    sheet.write(target, self);
                }
            }
            sheet.write(b"\n", self);
        }
        sheet.finish(self);
        self.entries = entries;
    }

    fn close(&mut self) {
        if self.full {
            let text = format!(
                "more than {MOST} refs, {MOST_LOGGED} objects in logs, or {} MiB of names; the texts of the rest were \
                 scanned, and where they lead is not known",
                MOST_BYTES >> 20
            );
            self.notices.push((Reason::TooMany, "refs".to_owned(), text));
        }
        if self.untold > 0 {
            let text = format!("{} more notices like these are not listed", self.untold);
            self.notices.push((Reason::TooMany, "refs".to_owned(), text));
        }
    }
}

/// What keeps the object that a name leads to.
pub(super) fn holder(name: &[u8]) -> Holder {
    let (_, bare) = split(name);
    match bare {
        b"refs/stash" => Holder::Stash,
        b"HEAD" => Holder::Branch,
        _ if bare.starts_with(b"refs/") => Holder::Branch,
        _ => Holder::Log,
    }
}

/// What keeps the objects in the log of a name.
pub(super) fn log_holder(name: &[u8]) -> Holder {
    if split(name).1 == b"refs/stash" { Holder::Stash } else { Holder::Log }
}

/// A name without the work tree that it belongs to.
fn split(name: &[u8]) -> (&[u8], &[u8]) {
    let Some(rest) = name.strip_prefix(b"worktrees/") else { return (b"", name) };
    let Some(slash) = memchr::memchr(b'/', rest) else { return (b"", name) };
    name.split_at(b"worktrees/".len() + slash + 1)
}

/// Symbolic refs that lead to no end.
struct Circle;

/// Where a name leads in the end; nowhere where a branch is not born yet. The entries are sorted.
fn follow(entries: &[Entry], from: &Entry) -> Result<Option<ObjectId>, Circle> {
    let mut entry = from;
    for _ in 0..=DEEPEST {
        let target = match &entry.value {
            Value::Id(id) => return Ok(Some(*id)),
            Value::Deleted | Value::Unknown => return Ok(None),
            Value::Symbolic(target) => target,
        };
        let (tree, _) = split(&entry.name);
        let found = if !tree.is_empty() && is_of_work_tree(target) {
            let own = [tree, target].concat();
            entries.binary_search_by(|entry| (*entry.name).cmp(&own))
        } else {
            let target = target.strip_prefix(b"main-worktree/").unwrap_or(target);
            entries.binary_search_by(|entry| (*entry.name).cmp(target))
        };
        match found {
            Ok(at) => entry = &entries[at],
            Err(_) => return Ok(None),
        }
    }
    Err(Circle)
}
