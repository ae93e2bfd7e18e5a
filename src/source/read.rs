//! One file, opened, handed to a visitor and watched while it is read.
//!
//! Holds: what becomes of a name that is no readable file any more. Must not know: how the name
//! was found, or what the visitor does.

use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow::{self, Continue};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use super::crew::{Crew, Hand};
use super::system::{self, Opened};
use super::{Blob, Body, Event, LeftOut, why};
use crate::base::{Context, Notice, Origin, ReadAt, Reason};

/// How a file came to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// It was named by the user: links are followed and pipes are read.
    Named,
    /// It was met in a directory.
    Met {
        /// Whether links are followed.
        follow: bool,
    },
}

/// Reads one file; `shown` is its name in reports.
pub(super) fn visit_file(hand: &mut Hand<'_, '_, '_>, path: &Path, shown: &Path, manner: Manner) -> ControlFlow<()> {
    let origin = Origin::file(shown);
    let named = manner == Manner::Named;
    match system::open(path, named || manner == Manner::Met { follow: true }) {
        Ok(Opened::File(file, size)) => {
            if origin.path.raw().is_some() {
                notice_name(hand, shown, &origin)?;
            }
            visit_opened(hand, file, size, origin, shown)
        }
        Ok(Opened::Pipe(pipe)) if named => {
            let crew = hand.crew;
            let body = Body::Stream(&mut Pipe { pipe, crew });
            hand.visit(Event::Blob(Blob {
                origin,
                context: Context::of(shown),
                size: None,
                body,
                object: None,
                again: false,
            }))
        }
        Ok(Opened::Pipe(_) | Opened::Device) => hand.left(LeftOut::Device),
        Ok(Opened::Link) => hand.left(LeftOut::Link),
        Ok(Opened::Directory) => hand.notice(origin, Reason::Vanished, "became a directory; not scanned"),
        Ok(Opened::Elsewhere) => {
            let text = "content is kept in a cloud or an archive and not on this computer; not scanned";
            let notice = Notice::new(origin, Reason::Unsupported, text);
            let remedy = Some("fetch the file".to_owned());
            hand.visit(Event::Notice(Notice { remedy, ..notice }))
        }
        Err(error) => refused(hand, origin, &error),
    }
}

/// Reads standard input.
pub(super) fn visit_standard_input(hand: &mut Hand<'_, '_, '_>) -> ControlFlow<()> {
    let origin = Origin::label("-");
    match system::standard_input() {
        Ok(pipe) => {
            let crew = hand.crew;
            let body = Body::Stream(&mut Pipe { pipe, crew });
            hand.visit(Event::Blob(Blob {
                origin,
                context: Context::default(),
                size: None,
                body,
                object: None,
                again: false,
            }))
        }
        Err(error) => refused(hand, origin, &error),
    }
}

/// Tells that a file or a directory could not be opened, unless it is simply gone.
pub(super) fn refused(hand: &mut Hand<'_, '_, '_>, origin: Origin, error: &io::Error) -> ControlFlow<()> {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            hand.notice(origin, Reason::Vanished, "vanished before it was read; not scanned")
        }
        _ => hand.notice(origin, Reason::Unreadable, &format!("{}; not scanned", why(error))),
    }
}

/// Tells that a file or a directory has a name that is no UTF-8; names further up have their own
/// notice. Nothing is missed because of it.
pub(super) fn notice_name(hand: &mut Hand<'_, '_, '_>, path: &Path, origin: &Origin) -> ControlFlow<()> {
    if path.file_name().is_none_or(|name| name.to_str().is_some()) {
        return Continue(());
    }
    let notice = Notice::new(origin.clone(), Reason::Malformed, "name is no UTF-8; scanned all the same");
    hand.visit(Event::Notice(Notice { incomplete: false, ..notice }))
}

fn visit_opened(hand: &mut Hand<'_, '_, '_>, file: File, size: u64, origin: Origin, shown: &Path) -> ControlFlow<()> {
    let crew = hand.crew;
    let over = || crew.is_over();
    let watched = Watched { file, size, over: &over, ended: AtomicU64::new(size) };
    let mut passing = Passing(&watched);
    let blob = Blob {
        origin: origin.clone(),
        context: Context::of(shown),
        // Files of /proc and the like have no size and have content all the same.
        size: (size > 0).then_some(size),
        body: if size > 0 { Body::File(&watched) } else { Body::Stream(&mut passing) },
        object: None,
        again: false,
    };
    hand.visit(Event::Blob(blob))?;
    if watched.ended.into_inner() < size {
        return hand.notice(
            origin,
            Reason::Vanished,
            "became shorter while it was read; not scanned to its former end",
        );
    }
    Continue(())
}

/// A file that notices when it ends too early, and ends early itself when the walk is over.
struct Watched<'a> {
    file: File,
    size: u64,
    over: &'a (dyn Fn() -> bool + Sync),
    /// Where it ended, if before its size.
    ended: AtomicU64,
}

impl ReadAt for Watched<'_> {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        if (self.over)() {
            return Ok(0);
        }
        let count = system::read_at(&self.file, buffer, offset)?;
        if count == 0 && !buffer.is_empty() {
            self.ended.fetch_min(offset, Ordering::Relaxed);
        }
        Ok(count)
    }
}

/// A file of which it is not known how long it is, such as those of /proc.
struct Passing<'w, 'a>(&'w Watched<'a>);

impl Read for Passing<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if (self.0.over)() {
            return Ok(0);
        }
        (&self.0.file).read(buffer)
    }
}

/// A pipe, or standard input, which may keep silent for long; it ends early when the walk is over.
struct Pipe<'c, 'a, 'v> {
    pipe: File,
    crew: &'c Crew<'a, 'v>,
}

impl Read for Pipe<'_, '_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.crew.is_over() {
            if system::ready(&self.pipe)? {
                match self.pipe.read(buffer) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    result => return result,
                }
            }
        }
        Ok(0)
    }
}
