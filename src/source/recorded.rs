//! What a walk met, written down, for tests.
//!
//! Holds: a visitor that reads everything and keeps it as lines. Must not know: which test asks.

use std::ops::ControlFlow::{self, Continue};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use super::crew::Crew;
use super::{Blob, Body, Event, Target, Visitor, Walk};
use crate::base::{Budget, Cursor, Limits};

type Deed<'d> = &'d (dyn Fn(&Blob<'_>) -> ControlFlow<()> + Sync);

struct Recorder<'r> {
    lines: &'r Mutex<Vec<String>>,
    deed: Deed<'r>,
}

impl Visitor for Recorder<'_> {
    fn visit(&mut self, event: Event<'_>) -> ControlFlow<()> {
        let mut flow = Continue(());
        let line = match event {
            Event::Blob(blob) => {
                flow = (self.deed)(&blob);
                let mut content = vec![0; 1 << 16];
                let budget = Budget::new(&Limits::default());
                let mut count = 0;
                let mut whole: &[u8];
                let mut cursor;
                let reader: &mut dyn std::io::Read = match blob.body {
                    Body::Stream(reader) => reader,
                    Body::File(file) => {
                        cursor = Cursor::new(file);
                        &mut cursor
                    }
                    Body::Whole(bytes) => {
                        whole = bytes;
                        &mut whole
                    }
                };
                while let Ok(more @ 1..) = budget.read(reader, &mut content[count..]) {
                    count += more;
                }
                let text = String::from_utf8_lossy(&content[..count]).into_owned();
                format!("{} = {text}", blob.origin.path.text())
            }
            Event::Notice(notice) => {
                let mark = if notice.incomplete { "!" } else { "?" };
                format!("{} {mark} {}: {}", notice.origin.path.text(), notice.reason.name(), notice.text)
            }
            Event::Read(read) => format!("read {read:?}"),
            Event::Left(what) => format!("left {what:?}"),
            Event::GitStore(path) => format!("store of {}", path.display()),
        };
        self.lines.lock().unwrap().push(line.replace('\\', "/"));
        flow
    }
}

/// A walk over these with one thread, so that tests can meddle between two files.
pub(super) fn walk(targets: &[&Path]) -> Walk {
    Walk { targets: targets.iter().map(|path| Target::Path(path.to_path_buf())).collect(), jobs: 1, ..Walk::default() }
}

/// The lines of a walk, sorted, with the temporary directory taken out of the names.
pub(super) fn record(walk: &Walk, top: &Path) -> Vec<String> {
    record_and(walk, top, &|_| Continue(()))
}

/// The same, with a deed done after each file was opened and before it is read.
pub(super) fn record_and(walk: &Walk, top: &Path, deed: Deed<'_>) -> Vec<String> {
    let lines = Mutex::default();
    let (stop, make) = (AtomicBool::new(false), || -> Box<dyn Visitor> { Box::new(Recorder { lines: &lines, deed }) });
    walk.run(&Crew::new(&make, &stop));
    let top = format!("{}/", top.display()).replace('\\', "/");
    let mut lines: Vec<String> = lines.into_inner().unwrap().iter().map(|line| line.replace(&top, "")).collect();
    lines.sort();
    lines
}

/// Writes files whose content is their name, with the directories around them.
pub(super) fn plant(top: &Path, names: &[&str]) {
    for name in names {
        let path = top.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, name).unwrap();
    }
}
