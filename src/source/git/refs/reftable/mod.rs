//! Names and logs that are in tables, the newest of which counts.
//!
//! Holds: the stack of tables of a git directory. The library in use answers with no refs and no error
//! where there are tables, so they are read here; `table` reads one, `record` what is in it. Must not
//! know: other stores of names.

mod record;
mod table;

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use super::Place;
use super::gather::{Gather, Source, Value, log_holder};
use super::lines::{Sheet, show_raw};
use super::walk::{self, Found};
use crate::base::Reason;
use crate::source::why;
use record::{Entry, Record, Target};
use table::Fault;

/// Bytes of the list of tables.
const LONGEST_LIST: usize = 1 << 20;

/// How often the list is read again because a table went away meanwhile.
const TRIES: u32 = 3;

const FOLDER: &str = "reftable";

/// The list of tables.
const LIST: &str = "tables.list";

/// Reads all tables of a git directory, those that are listed and those that are left over.
pub(super) fn read(place: &Place, gather: &mut Gather<'_>) {
    let Some(folder) = walk::store(place, FOLDER, gather) else { return };
    let listed = listed(&folder, place, gather);
    let mut stack = Stack { place, gather, age: 0, lines: HashMap::new(), newer: HashSet::new() };
    for (index, name) in listed.iter().enumerate().rev() {
        stack.read_table(&folder, name, index == 0);
        stack.age += 1;
    }
    let age = stack.age;
    let known: HashSet<&[u8]> = listed.iter().map(String::as_bytes).chain([LIST.as_bytes()]).collect();
    walk::each(place, FOLDER, gather, &mut |gather, relative, path| {
        let name = relative.get(FOLDER.len() + 1..).unwrap_or_default();
        if let Some(path) = path
            && !known.contains(name)
        {
            let mut stack = Stack { place, gather, age, lines: HashMap::new(), newer: HashSet::new() };
            stack.read_file(path, &place.what(relative), false, true);
        }
    });
}

/// The names of the tables, the oldest first.
fn listed(folder: &Path, place: &Place, gather: &mut Gather<'_>) -> Vec<String> {
    let what = place.what(format!("{FOLDER}/{LIST}").as_bytes());
    let (mut names, mut strange) = (Vec::new(), 0);
    for _ in 0..TRIES {
        let file = match walk::open(&folder.join(LIST), &what, gather) {
            Found::File(file) => file,
            Found::Link(_) => {
                walk::tell_link(gather, &what);
                return Vec::new();
            }
            Found::Nothing => {
                if place.tables {
                    gather.notice(
                        Reason::Malformed,
                        &what,
                        "list of tables of refs is missing; their refs are not known",
                    );
                }
                return Vec::new();
            }
        };
        let Some(list) = read_list(file) else {
            let text = format!("list of tables of refs is no text, or longer than {LONGEST_LIST} bytes; not used");
            gather.notice(Reason::Malformed, &what, text);
            return Vec::new();
        };
        names = list.lines().map(str::to_owned).filter(|name| !name.is_empty()).collect();
        strange = names.len();
        // A table lies beside its list, and not where somebody else wants it to; and it is there once.
        let mut met = HashSet::new();
        names.retain(|name| {
            met.insert(name.clone())
                && !name.contains(['/', '\\', ':', '\0'])
                && !matches!(name.as_str(), "." | ".." | LIST)
        });
        strange -= names.len();
        // A writer may have replaced them.
        if names.iter().all(|name| folder.join(name).symlink_metadata().is_ok()) {
            break;
        }
    }
    if strange > 0 {
        let text = format!("{strange} names in the list of tables of refs are none; not used");
        gather.notice(Reason::Malformed, &what, text);
    }
    names
}

fn read_list(file: File) -> Option<String> {
    let mut bytes = vec![0; LONGEST_LIST + 1];
    let mut source = file;
    let mut length = 0;
    while length < bytes.len() {
        match source.read(&mut bytes[length..]) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
    bytes.truncate(length);
    String::from_utf8(bytes).ok().filter(|list| list.len() <= LONGEST_LIST)
}

struct Stack<'s, 'r> {
    place: &'s Place,
    gather: &'s mut Gather<'r>,
    /// How many tables were read already, which are newer.
    age: u32,
    /// The line that each log would go on with.
    lines: HashMap<Arc<[u8]>, u64>,
    /// Entries that newer tables have, or took away.
    newer: HashSet<(Arc<[u8]>, u64)>,
}

impl Stack<'_, '_> {
    fn read_table(&mut self, folder: &Path, name: &str, oldest: bool) {
        let what = self.place.what(format!("{FOLDER}/{name}").as_bytes());
        let path = folder.join(name);
        if path.symlink_metadata().is_err() {
            let text = "table of refs is listed and missing; its refs are not known";
            return self.gather.notice(Reason::Malformed, &what, text);
        }
        self.read_file(&path, &what, self.place.tables, oldest);
    }

    /// Reads a table, or any other file as it is. `counts` tells whether its names lead anywhere.
    fn read_file(&mut self, path: &Path, what: &str, counts: bool, oldest: bool) {
        let file = match walk::open(path, what, self.gather) {
            Found::File(file) => file,
            Found::Link(_) => return walk::tell_link(self.gather, what),
            Found::Nothing => return,
        };
        let size = file.metadata().map_or(0, |metadata| metadata.len());
        let hash = self.gather.hash;
        let mut visit = Visit { stack: self, counts, oldest, what, log: None };
        let result = table::read(BufReader::with_capacity(64 << 10, file), size, hash, &mut visit);
        visit.end_log();
        let Err(fault) = result else { return };
        // Whatever it is, its bytes are searched as they are.
        if let Found::File(file) = walk::open(path, what, self.gather) {
            show_raw(file, what, self.gather);
        }
        let (reason, text) = match fault {
            Fault::Io(error) => (Reason::Unreadable, format!("{}; not scanned to its end", why(&error))),
            Fault::Broken(_) if !counts => return,
            Fault::Broken(fault) => {
                (Reason::Malformed, format!("table of refs is damaged: {fault}; the rest was scanned as it is"))
            }
            Fault::Expands(limit) => (
                Reason::Ratio,
                format!("logs in a table of refs expand to more than {limit} bytes; not scanned to the end"),
            ),
        };
        self.gather.notice(reason, what, text);
    }
}

/// The log that is being read.
struct Log {
    bare: Vec<u8>,
    /// Nothing where there are too many names; what it says is shown all the same.
    name: Option<Arc<[u8]>>,
    sheet: Sheet,
}

struct Visit<'v, 's, 'r> {
    stack: &'v mut Stack<'s, 'r>,
    counts: bool,
    oldest: bool,
    what: &'v str,
    log: Option<Log>,
}

impl table::Visit for Visit<'_, '_, '_> {
    fn record(&mut self, record: Record<'_>) {
        match record {
            Record::Ref(name, target) => self.reference(name, &target),
            Record::Log(name, number, entry) => self.entry(name, number, entry.as_ref()),
        }
    }

    fn damaged(&mut self, bytes: &[u8]) {
        let mut sheet = Sheet::new(self.what.to_owned(), 1);
        sheet.write(bytes, self.stack.gather);
        sheet.finish(self.stack.gather);
    }

    fn is_over(&self) -> bool {
        self.stack.gather.is_over()
    }
}

impl Visit<'_, '_, '_> {
    fn reference(&mut self, name: &[u8], target: &Target<'_>) {
        let gather = &mut *self.stack.gather;
        let Some(name) = self.stack.place.name(name, gather) else { return };
        let value = match target {
            Target::Deleted => Value::Deleted,
            Target::Id(id) if id.is_null() => Value::Unknown,
            Target::Id(id) => Value::Id(*id),
            Target::Symbolic(target) => match gather.name(target) {
                Some(target) => Value::Symbolic(target),
                None => Value::Unknown,
            },
        };
        if self.counts {
            return gather.lead(&name, Source::Table(self.stack.age), value);
        }
        gather.lead(&name, Source::Table(self.stack.age), Value::Unknown);
        if let Value::Symbolic(target) = value {
            gather.lead(&target, Source::Table(self.stack.age), Value::Unknown);
        }
    }

    /// Takes an entry of a log. Texts of entries that are deleted are shown as well: they are there.
    fn entry(&mut self, bare: &[u8], number: u64, entry: Option<&Entry<'_>>) {
        if self.log.as_ref().is_none_or(|log| log.bare != bare) {
            self.end_log();
            self.log = Some(self.begin_log(bare));
        }
        let Some(log) = &mut self.log else { return };
        let gather = &mut *self.stack.gather;
        let mut gone = !self.counts;
        if let Some(name) = &log.name {
            let key = (Arc::clone(name), number);
            gone |= self.stack.newer.contains(&key);
            if !self.oldest && !gone && self.stack.newer.len() < NEWER {
                self.stack.newer.insert(key);
            }
        }
        let Some(entry) = entry else { return };
        if let Some(name) = log.name.as_ref().filter(|_| !gone) {
            let holder = log_holder(name);
            gather.logged(name, entry.old, holder);
            gather.logged(name, entry.new, holder);
        }
        let after = format!("> {} {:+05}\t", entry.time, entry.zone);
        let message = entry.message.strip_suffix(b"\n").unwrap_or(entry.message);
        for piece in [entry.name, b" <", entry.mail, after.as_bytes(), message, b"\n"] {
            log.sheet.write(piece, gather);
        }
    }

    fn begin_log(&mut self, bare: &[u8]) -> Log {
        let name = self.stack.place.name(bare, self.stack.gather);
        let mut line = 1;
        if let Some(name) = &name {
            self.stack.gather.lead(name, Source::Table(self.stack.age), Value::Unknown);
            line = self.stack.lines.get(name).copied().unwrap_or(1);
        }
        let origin = self.stack.place.what(&[b"logs/", bare].concat());
        Log { bare: bare.to_vec(), name, sheet: Sheet::new(origin, line) }
    }

    /// Hands over what the log says.
    fn end_log(&mut self) {
        if let Some(log) = self.log.take() {
            let next = log.sheet.finish(self.stack.gather);
            if let Some(name) = log.name.filter(|_| !self.oldest) {
                self.stack.lines.insert(name, next);
            }
        }
    }
}

/// Entries of newer tables that are remembered. Beyond, deleted ones of older tables count as kept.
const NEWER: usize = 1_000_000;
