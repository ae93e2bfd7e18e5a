//! What formats say to whoever asked them to open something.
//!
//! Holds: `Sink`, which takes what comes out, and its words. Must not know: any format, or what is done with what
//! comes out.

use std::io::Read;
use std::ops::ControlFlow;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::base::{Limits, Mail, Places, Secret, Trouble};

/// Whether to go on. `Break` means that nothing more is wanted: a format then returns `Ok`.
pub type Flow = ControlFlow<()>;

/// Work that threads share: each call does the part with that number.
pub type Work<'a> = &'a (dyn Fn(usize, &mut dyn Sink) + Sync);

/// What parts of a text have in common, so that together they show whether it is still.
pub(super) const SEAM: usize = 4 << 10;

/// Takes what comes out of a container.
pub trait Sink {
    /// Takes a member, reads it to its end or as far as it wants, searches it, opens what is in it. Errors of the
    /// content are told by the sink; see `Trouble` for how to say more than «is damaged» with them.
    fn take(&mut self, member: Member<'_>, content: Content<'_>) -> Flow;

    /// Tells what could not be opened: of a member, where `member` names one, or of the container itself. `what`
    /// begins the sentence that the trouble ends: «zip member» «is encrypted; not opened».
    fn tell(&mut self, member: Option<&str>, what: &str, trouble: Trouble);

    /// Whether there is nothing in bytes that a search would look at twice. Cheap; a format that has many small texts
    /// may ask it of all at once and then count them as `quiet` instead of handing each over.
    fn is_still(&self, bytes: &[u8]) -> bool {
        self.part_is_still(bytes, false, false)
    }

    /// The same of a part of some text, which goes on before it or behind it; parts are to overlap by `SEAM`.
    fn part_is_still(&self, part: &[u8], cut_before: bool, cut_behind: bool) -> bool;

    /// Counts members that were looked at with `is_still`.
    fn quiet(&mut self, members: u64) -> Flow;

    /// Pays for work that yields no bytes, in bytes that could have been read meanwhile.
    fn spend(&mut self, bytes: u64) -> Result<(), Trouble>;

    /// What of the purse is left: what is certain not to fit need not be begun.
    fn left(&self) -> u64;

    /// Asks to hold so many bytes in memory, of `--max-blob` at most. What was granted is let go of with `release`.
    fn hold(&mut self, bytes: u64) -> Result<(), Trouble>;

    /// Lets go of bytes that were held.
    fn release(&mut self, bytes: u64);

    /// The ceilings.
    fn limits(&self) -> &Limits;

    /// Passwords that the user gave, to be tried on what is locked.
    fn passwords(&self) -> &[Secret];

    /// Does work in parts, on as many threads as are free; returns when all is done. Only worth it for megabytes.
    fn share(&mut self, parts: usize, work: Work<'_>) -> Flow;
}

/// What is known of something inside of a container.
#[derive(Clone)]
pub struct Member<'a> {
    /// Its name there; nothing where it is the only one, like the content of a gzip file.
    pub name: Option<&'a str>,
    /// What to call it in messages: «zip member».
    pub what: &'static str,
    /// Where the bytes stand in the document they were made of.
    pub places: Places,
    /// Whether it is text that was made of a document: it is searched, and not looked at as a container.
    pub made: bool,
    /// Whether it says again what was handed over before: then only what was not met yet counts.
    pub echo: bool,
    /// The message that it came with. Asked only when something is found.
    pub mail: Option<MailOf<'a>>,
    /// Whether it has a purse of its own, like each message of a mailbox.
    pub purse: bool,
    /// Words that stand around it, such as the heading of a column: they count like the names of files.
    pub words: Vec<String>,
}

/// Tells of a message.
pub type MailOf<'a> = &'a (dyn Fn() -> Arc<Mail> + Sync);

impl<'a> Member<'a> {
    /// A member with a name.
    pub fn named(what: &'static str, name: &'a str) -> Self {
        Self { name: Some(name), ..Self::only(what) }
    }

    /// What a container holds that holds just one thing.
    pub fn only(what: &'static str) -> Self {
        Self {
            name: None,
            what,
            places: Places::Verbatim,
            made: false,
            echo: false,
            mail: None,
            purse: false,
            words: Vec::new(),
        }
    }

    /// Text that was made of a document.
    #[must_use]
    pub fn made(self, places: Places) -> Self {
        Self { places, made: true, ..self }
    }

    /// The same, of which only what is new counts.
    #[must_use]
    pub fn echo(self) -> Self {
        Self { echo: true, ..self }
    }
}

/// The bytes of a member.
pub enum Content<'a> {
    /// What a decoder yields, and of how many bytes it makes that; where nothing is said, of what the container is
    /// being read meanwhile. It may end with `Trouble::told`.
    Read(&'a mut dyn Read, Option<u64>),
    /// Bytes of the container itself.
    Held(&'a [u8]),
    /// Bytes that were decoded.
    Owned(Zeroizing<Vec<u8>>),
}
