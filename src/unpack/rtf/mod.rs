//! Rich Text Format.
//!
//! Holds: how it is recognised and opened: its text, and the objects in it. Must not know: what the objects are.

mod letters;
mod object;
mod source;
mod text;

use std::io::BufRead;

use super::{Content, Format, Member, Open, Raw, Sink};
use crate::base::{Places, Trouble};
use source::Source;
use text::{Stop, Text};

/// How it is recognised and opened.
pub(super) const FORMAT: Format = Format {
    name: "RTF",
    scope: "all text, hidden, deleted and of fields too, with notes and properties behind the paragraph that they stand \
            in; embedded objects are opened; pictures are searched as they stand",
    recognises: |probe| probe.head.starts_with(b"{\\rtf"),
    raw: Raw::Last,
    open: Open::Stream(open),
};

fn open(input: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let mut source = Source::new(input);
    let mut text = Text::default();
    loop {
        let mut reader = text.reader(&mut source);
        if reader.has_more().map_err(|error| Trouble::of(&error))? {
            let member = Member::only("text of a document").made(Places::Lines);
            if sink.take(member, Content::Read(&mut reader, None)).is_break() {
                return Ok(());
            }
        }
        match text.stop() {
            Stop::Object => {
                let depth = text.depth();
                if object::hand_over(&mut source, depth, sink)?.is_break() {
                    return Ok(());
                }
                text.go_on();
            }
            // It was not read to its end, which was told.
            Stop::None | Stop::End => return Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
