//! The `.Z` files of `compress`.
//!
//! Holds: opening them. Must not know: whether it was a file or stood inside of another.
//!
//! Written here: no kept library reads the order of bits and the gaps of this LZW.

use std::io::{self, BufRead, Read};

use super::frames::with_window;
use super::{Content, Format, Member, Open, Raw, Sink};
use crate::base::{Reason, Trouble};

/// How it is recognised and opened.
pub(super) const FORMAT: Format = Format {
    name: "compress",
    scope: "one stream of 9 to 16 bits",
    recognises: |probe| begins(probe.head),
    raw: Raw::Covered,
    open: Open::Stream(open),
};

/// The code that empties the table.
const CLEAR: u16 = 256;

/// Magic, a plausible width, no reserved flags, and a first code that is a byte.
fn begins(bytes: &[u8]) -> bool {
    matches!(bytes, [0x1F, 0x9D, flags, rest @ ..]
        if (9..=16).contains(&(flags & 0x1F)) && flags & 0x60 == 0 && rest.get(1).is_none_or(|high| high & 1 == 0))
}

fn open(input: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let flags = match input.fill_buf().map_err(|error| Trouble::of(&error))? {
        head @ [_, _, flags, ..] if begins(head) => *flags,
        _ => return Err(Trouble::malformed("is damaged")),
    };
    input.consume(3);
    // A link and a byte for each code, and the longest text of a code.
    with_window(sink, 4 << 16, |sink| {
        let mut codes = Codes::new(input, flags);
        if sink.take(Member::only("compress stream"), Content::Read(&mut codes, None)).is_break() {
            return Ok(());
        }
        codes.broken.map_or(Ok(()), Err)
    })
}

struct Codes<'a> {
    input: &'a mut dyn BufRead,
    /// Bits that were read and not used, and how many; codes that were read of the present group of eight.
    bits: u32,
    held: u32,
    read: u32,
    width: u32,
    widest: u32,
    /// Whether there is a code that empties the table.
    clears: bool,
    /// Of each code above 255 the one before its last byte, and that byte.
    before: Vec<u16>,
    last: Vec<u8>,
    /// The code that came last, and the first byte of its text.
    previous: Option<(u16, u8)>,
    /// Text in reverse that was not given yet.
    text: Vec<u8>,
    broken: Option<Trouble>,
}

impl<'a> Codes<'a> {
    fn new(input: &'a mut dyn BufRead, flags: u8) -> Self {
        let clears = flags & 0x80 != 0;
        let mut codes = Self {
            input,
            bits: 0,
            held: 0,
            read: 0,
            width: 9,
            widest: u32::from(flags & 0x1F),
            clears,
            before: Vec::new(),
            last: Vec::new(),
            previous: None,
            text: Vec::new(),
            broken: None,
        };
        codes.empty();
        codes
    }

    /// Empties the table. The place of the code that does so stays taken.
    fn empty(&mut self) {
        self.before.clear();
        self.last.clear();
        if self.clears {
            self.before.push(0);
            self.last.push(0);
        }
        self.previous = None;
    }

    /// The next code, or nothing at the end.
    fn code(&mut self) -> io::Result<Option<u16>> {
        while self.held < self.width {
            let Some(byte) = self.input.fill_buf()?.first().copied() else { return Ok(None) };
            self.input.consume(1);
            self.bits |= u32::from(byte) << self.held;
            self.held += 8;
        }
        let code = self.bits & ((1 << self.width) - 1);
        self.bits >>= self.width;
        self.held -= self.width;
        self.read = (self.read + 1) % 8;
        Ok(Some(code as u16))
    }

    /// Codes come in groups of eight of the same width: what is left of a group is passed over where that changes.
    fn turn(&mut self, width: u32) -> io::Result<()> {
        while self.read > 0 && self.code()?.is_some() {}
        (self.bits, self.held, self.read, self.width) = (0, 0, 0, width);
        Ok(())
    }

    /// Reads the next text; false at the end.
    fn advance(&mut self) -> io::Result<bool> {
        let next = 256 + self.before.len();
        if next >= 1 << self.width && self.width < self.widest && self.previous.is_some() {
            self.turn(self.width + 1)?;
        }
        let Some(code) = self.code()? else { return Ok(false) };
        if code == CLEAR && self.clears {
            self.empty();
            self.turn(9)?;
            return Ok(true);
        }
        let mut at = code;
        if usize::from(code) >= next {
            // The code that is being made: the text before, and its first byte again.
            let Some((previous, first)) = self.previous.filter(|_| usize::from(code) == next) else {
                return Err(io::ErrorKind::InvalidData.into());
            };
            self.text.push(first);
            at = previous;
        }
        // Each link goes to an older code, so this ends.
        while at >= 256 {
            let entry = usize::from(at - 256);
            self.text.push(self.last[entry]);
            at = self.before[entry];
        }
        let first = at as u8;
        self.text.push(first);
        if let Some((previous, _)) = self.previous
            && next < 1 << self.widest
        {
            self.before.push(previous);
            self.last.push(first);
        }
        self.previous = Some((code, first));
        Ok(true)
    }
}

impl Read for Codes<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut count = 0;
        while count < buffer.len() && self.broken.is_none() {
            if let Some(byte) = self.text.pop() {
                buffer[count] = byte;
                count += 1;
                continue;
            }
            match self.advance() {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    let trouble = Trouble::of(&error);
                    if trouble.reason != Reason::Malformed && count == 0 {
                        return Err(error);
                    }
                    self.broken = Some(trouble);
                }
            }
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::base::Limits;
    use crate::unpack::recorded::{content, recognises, torture};

    /// Writes codes in groups of eight.
    #[derive(Default)]
    struct Writer {
        bytes: Vec<u8>,
        group: Vec<u32>,
    }

    impl Writer {
        fn put(&mut self, code: u32, width: u32) {
            self.group.push(code);
            if self.group.len() == 8 {
                self.turn(width, 8);
            }
        }

        fn turn(&mut self, width: u32, padded: usize) {
            let codes = self.group.len();
            self.group.resize(if codes == 0 { 0 } else { padded.max(codes) }, 0);
            let bits: Vec<u8> =
                self.group.drain(..).flat_map(|code| (0..width).map(move |bit| (code >> bit & 1) as u8)).collect();
            self.bytes.extend(bits.chunks(8).map(|bits| bits.iter().rev().fold(0, |byte, bit| byte << 1 | bit)));
        }
    }

    /// Compresses, and empties the table after so many codes.
    pub(super) fn pack(content: &[u8], widest: u32, clear: usize) -> Vec<u8> {
        let (mut writer, mut table) = (Writer::default(), HashMap::<Vec<u8>, u32>::new());
        let (mut width, mut next, mut text, mut codes) = (9, 257, Vec::new(), 0);
        let code_of =
            |table: &HashMap<Vec<u8>, u32>, text: &[u8]| if text.len() == 1 { u32::from(text[0]) } else { table[text] };
        for byte in content {
            let longer = [text.as_slice(), &[*byte]].concat();
            if longer.len() == 1 || table.contains_key(&longer) {
                text = longer;
                continue;
            }
            writer.put(code_of(&table, &text), width);
            codes += 1;
            if codes % clear == 0 {
                writer.put(256, width);
                writer.turn(width, 8);
                (width, next) = (9, 257);
                table.clear();
            } else {
                if next < 1 << widest {
                    table.insert(longer, next);
                    next += 1;
                }
                if next > 1 << width && width < widest {
                    writer.turn(width, 8);
                    width += 1;
                }
            }
            text = vec![*byte];
        }
        if !text.is_empty() {
            writer.put(code_of(&table, &text), width);
        }
        writer.turn(width, 0);
        [&[0x1F, 0x9D, 0x80 | widest as u8], writer.bytes.as_slice()].concat()
    }

    fn text() -> Vec<u8> {
        (0..9_000_u32).flat_map(|number| format!("line {} of {number}\n", number * 7919 % 977).into_bytes()).collect()
    }

    #[test]
    fn all_widths_are_read() {
        for (widest, clear) in [(16, usize::MAX), (16, 5000), (12, usize::MAX), (12, 700), (9, 999), (14, 3)] {
            let packed = pack(&text(), widest, clear);
            assert!(recognises(&FORMAT, &packed, ""));
            assert!(content(&FORMAT, &packed, &Limits::default()) == (text(), vec![]), "{widest} {clear}");
        }
        // A text that repeats itself at once uses the code that is being made.
        let packed = pack(&[b'a'; 1000], 16, usize::MAX);
        assert_eq!(content(&FORMAT, &packed, &Limits::default()), (vec![b'a'; 1000], vec![]));
        assert!(!recognises(&FORMAT, b"\x1F\x9D\x88aa", "a.Z") && !recognises(&FORMAT, b"\x1F\x9D\x90a\x01", "a.Z"));
    }

    #[test]
    fn damage_and_limits_are_told() {
        let mut packed = pack(&[b"needle-1".to_vec(), text()].concat(), 16, usize::MAX);
        packed[20..40].fill(0xFF);
        let (got, reasons) = content(&FORMAT, &packed, &Limits::default());
        assert!(got.starts_with(b"needle-1"));
        assert_eq!(reasons, [Reason::Malformed]);
        let bomb = pack(&vec![0; 4 << 20], 16, usize::MAX);
        let limits = Limits { max_ratio: 100, ..Limits::default() };
        assert_eq!(content(&FORMAT, &bomb, &limits).1, [Reason::Ratio]);
    }

    #[test]
    fn nothing_breaks_it() {
        torture(&FORMAT, &pack(&text()[..4000], 12, 900));
    }
}
