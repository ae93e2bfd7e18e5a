//! One file, opened, handed to a visitor and watched while it is read.
//!
//! Holds: what becomes of a name that is no readable file any more. Must not know: how the name
//! was found, or what the visitor does.

use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow::{self, Continue};
use std::path::Path;

use super::crew::{Crew, Hand};
use super::system::{self, Opened};
use super::{Blob, Body, Event, LeftOut, why};
use crate::base::{Context, Notice, Origin, Reason};

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
    let mut watched = Watched { file, crew, count: 0, at_end: false };
    let (blob_origin, context) = (origin.clone(), Context::of(shown));
    // Files of /proc and the like have no size and have content all the same.
    let size_known = (size > 0).then_some(size);
    let blob = Blob {
        origin: blob_origin,
        context,
        size: size_known,
        body: Body::Stream(&mut watched),
        object: None,
        again: false,
    };
    hand.visit(Event::Blob(blob))?;
    if watched.at_end && watched.count < size {
        return hand.notice(
            origin,
            Reason::Vanished,
            "became shorter while it was read; not scanned to its former end",
        );
    }
    Continue(())
}

/// A file that counts what is read of it and ends early when the walk is over.
struct Watched<'c, 'a, 'v> {
    file: File,
    crew: &'c Crew<'a, 'v>,
    count: u64,
    at_end: bool,
}

impl Read for Watched<'_, '_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.crew.is_over() {
            return Ok(0);
        }
        let count = self.file.read(buffer)?;
        self.count += count as u64;
        self.at_end |= count == 0 && !buffer.is_empty();
        Ok(count)
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
