//! Compressed streams that stand one behind the other, and what stands behind them.
//!
//! Holds: `Frames`, which reads them as one, and `open_frames`, which hands over all there is. Must not know: any
//! compression.

use std::io::{self, BufRead, Read};

use zeroize::Zeroizing;

use super::{Content, Member, Sink};
use crate::base::{Places, Reason, Trouble};

/// Where frames are read from.
pub(super) type Input<'a> = &'a mut (dyn BufRead + 'a);

/// A decoder of one frame, which takes nothing of what follows it.
pub(super) trait Frame<'a>: Read {
    /// The input behind the frame, once it was read to its end.
    fn give_back(self: Box<Self>) -> Input<'a>;
}

/// What stands at a place of the input.
pub(super) enum Next<'a> {
    /// A frame.
    Frame(Box<dyn Frame<'a> + 'a>),
    /// A frame, and what its header says in words.
    Noted(Box<dyn Frame<'a> + 'a>, Vec<u8>),
    /// So many bytes which decoders pass over.
    Beside(Input<'a>, u64),
    /// None of it.
    Nothing(Input<'a>),
}

/// Begins what stands there. What would hold more than so many bytes is nothing: it is handed over with what follows
/// it, to be opened by itself.
pub(super) type Begin = for<'a> fn(Input<'a>, u64) -> io::Result<Next<'a>>;

/// How frames are called.
pub(super) struct Words {
    /// Them: «gzip stream».
    pub(super) frames: &'static str,
    /// What stands behind them.
    pub(super) behind: &'static str,
}

/// Bytes that stand beside the content and are kept until it was read.
const NOTES: usize = 1 << 20;

/// What a decoder is asked for at once: most of them lose what they made when they meet damage in the same step.
pub(super) const STEP: usize = 16 << 10;

/// What decoders hold besides their window.
const OVERHEAD: u64 = 4 << 20;

/// Opens frames, of which none may need more memory than `window`.
pub(super) fn open_frames(
    input: &mut dyn BufRead,
    sink: &mut dyn Sink,
    window: u64,
    words: &Words,
    begin: Begin,
) -> Result<(), Trouble> {
    with_window(sink, window, |sink| {
        let mut frames =
            Frames { at: At::Between(input), begin, window, notes: Zeroizing::default(), lost: 0, broken: None };
        if sink.take(Member::only(words.frames), Content::Read(&mut frames, None)).is_break() {
            return Ok(());
        }
        let Frames { at, notes, lost, broken, .. } = frames;
        if lost > 0 {
            let text = format!("has {lost} bytes beside its content which were not scanned, behind the first {NOTES}");
            sink.tell(None, words.frames, Trouble::new(Reason::TooLarge, text));
        }
        let beside = Member::only(words.frames).made(Places::Lines).echo();
        if !notes.is_empty() && sink.take(beside, Content::Owned(notes)).is_break() {
            return Ok(());
        }
        match (broken, at) {
            (Some(trouble), _) => Err(trouble),
            (None, At::Behind(rest)) => hand_rest(rest, sink, words.behind),
            (None, _) => Ok(()),
        }
    })
}

/// Hands over what stands behind the last frame and begins no other: padding most of the time, and no damage.
pub(super) fn hand_rest(rest: Input<'_>, sink: &mut dyn Sink, what: &'static str) -> Result<(), Trouble> {
    if !rest.fill_buf().map_err(|error| Trouble::of(&error))?.is_empty() {
        // It is the last there is, whether more is wanted or not.
        let _ = sink.take(Member::only(what).echo(), Content::Read(&mut &mut *rest, None));
    }
    Ok(())
}

/// Holds a window while a decoder is at work. It may be as large as all that may be held inside of one thing, which is
/// twice `--max-blob`, for `xz -9` asks for 64 MiB; of that only half is asked for, or nothing else that is inside
/// could be opened.
pub(super) fn with_window(
    sink: &mut dyn Sink,
    window: u64,
    work: impl FnOnce(&mut dyn Sink) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let limit = sink.limits().max_blob;
    let ceiling = limit.saturating_mul(2).saturating_add(OVERHEAD);
    if window > ceiling {
        let text = format!("needs {window} bytes of memory to be opened, which exceeds twice --max-blob {limit}");
        return Err(Trouble::limit(Reason::TooLarge, "--max-blob", text));
    }
    let granted = window.min(limit);
    sink.hold(granted)?;
    let result = work(sink);
    sink.release(granted);
    result
}

/// Frames read as one.
struct Frames<'a> {
    at: At<'a>,
    begin: Begin,
    window: u64,
    notes: Zeroizing<Vec<u8>>,
    /// Bytes beside the content that were not kept.
    lost: u64,
    /// What is damaged, or not known. It is told of the whole, whose bytes are then searched as they are.
    broken: Option<Trouble>,
}

enum At<'a> {
    Between(Input<'a>),
    Inside(Box<dyn Frame<'a> + 'a>),
    Behind(Input<'a>),
    Nowhere,
}

impl<'a> Frames<'a> {
    fn step(&mut self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        match std::mem::replace(&mut self.at, At::Nowhere) {
            At::Inside(mut frame) => {
                let most = buffer.len().min(STEP);
                let count = frame.read(&mut buffer[..most])?;
                self.at = if count > 0 { At::Inside(frame) } else { At::Between(frame.give_back()) };
                return Ok((count > 0).then_some(count));
            }
            At::Between(input) => self.at = self.begin(input)?,
            end @ (At::Behind(_) | At::Nowhere) => {
                self.at = end;
                return Ok(Some(0));
            }
        }
        Ok(None)
    }

    fn begin(&mut self, input: Input<'a>) -> io::Result<At<'a>> {
        Ok(match (self.begin)(input, self.window)? {
            Next::Frame(frame) => At::Inside(frame),
            Next::Noted(frame, words) => {
                self.note(&words);
                At::Inside(frame)
            }
            Next::Beside(input, length) => {
                let mut left = length;
                while left > 0 {
                    let held = input.fill_buf()?;
                    let count = held.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                    if count == 0 {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                    self.note(&held[..count]);
                    input.consume(count);
                    left -= count as u64;
                }
                At::Between(input)
            }
            Next::Nothing(input) => At::Behind(input),
        })
    }

    fn note(&mut self, bytes: &[u8]) {
        let kept = bytes.len().min(NOTES.saturating_sub(self.notes.len()));
        self.notes.extend_from_slice(&bytes[..kept]);
        self.lost = self.lost.saturating_add((bytes.len() - kept) as u64);
    }
}

impl Read for Frames<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !buffer.is_empty() {
            match self.step(buffer) {
                Ok(None) => {}
                Ok(Some(count)) => return Ok(count),
                Err(error) => {
                    let trouble = Trouble::of(&error);
                    if !matches!(trouble.reason, Reason::Malformed | Reason::Unsupported) {
                        return Err(error);
                    }
                    self.broken = Some(trouble);
                    return Err(Trouble::told());
                }
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes a byte of each of its input; of a step that meets the end, all is lost.
    struct Hasty<'a>(Input<'a>);

    impl Read for Hasty<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read_exact(buffer).map(|()| buffer.len())
        }
    }

    impl<'a> Frame<'a> for Hasty<'a> {
        fn give_back(self: Box<Self>) -> Input<'a> {
            self.0
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "it is one of several")]
    fn begin(input: Input<'_>, _window: u64) -> io::Result<Next<'_>> {
        Ok(Next::Frame(Box::new(Hasty(input))))
    }

    #[test]
    fn little_is_lost_where_damage_is_met() {
        let bytes = vec![b'x'; 1_000_000];
        let mut input = &bytes[..];
        let at = At::Between(&mut input);
        let mut frames = Frames { at, begin, window: 0, notes: Zeroizing::default(), lost: 0, broken: None };
        let (mut buffer, mut read) = (vec![0; 4 << 20], 0);
        while let Ok(count @ 1..) = frames.read(&mut buffer) {
            read += count;
        }
        assert!(read > bytes.len() - STEP && frames.broken.is_some(), "{read}");
    }
}
