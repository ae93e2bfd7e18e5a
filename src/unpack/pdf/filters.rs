//! What streams of a PDF are packed with.
//!
//! Holds: `unpack`, which puts one reader before the other. Must not know: documents, or what streams are for.

use std::io::{self, BufRead, BufReader, Read};

use flate2::{Decompress, FlushDecompress, Status};
use weezl::{BitOrder, LzwStatus, decode::Decoder};

use super::lex::{digit, is_space};
use super::value::Dict;

/// How many filters may stand one behind the other; each is a reader on the stack.
pub(super) const DEEPEST: usize = 8;

/// The largest row that is reckoned back, or rows, where filters stand one behind the other; 100,000 pixels of four
/// bytes have a tenth of it.
const LONGEST_ROW: usize = 8 << 20;

/// Packed bytes.
pub(super) type Source<'s> = Box<dyn BufRead + 's>;

/// One filter with its parameters.
pub(super) struct Filter {
    pub(super) name: Vec<u8>,
    pub(super) parameters: Dict,
}

/// Unpacks bytes as far as they are packed with something that is no picture; says what it stopped at.
pub(super) fn unpack<'s, 'f>(mut source: Source<'s>, filters: &'f [Filter]) -> (Source<'s>, Option<&'f [u8]>) {
    let mut room = LONGEST_ROW;
    for filter in filters.iter().take(DEEPEST) {
        source = match filter.name.as_slice() {
            b"FlateDecode" | b"Fl" => predicted(buffered(Inflate::new(source)), &filter.parameters, &mut room),
            b"LZWDecode" | b"LZW" => {
                predicted(buffered(Lzw::new(source, &filter.parameters)), &filter.parameters, &mut room)
            }
            b"ASCIIHexDecode" | b"AHx" => stepwise(move |out| hex(&mut source, out)),
            b"ASCII85Decode" | b"A85" => stepwise(move |out| base85(&mut source, out)),
            b"RunLengthDecode" | b"RL" => stepwise(move |out| runs(&mut source, out)),
            b"Crypt" => source,
            _ => return (source, Some(&filter.name)),
        }
    }
    (source, None)
}

/// Whether a filter makes a picture.
pub(super) fn is_picture(name: &[u8]) -> bool {
    matches!(name, b"DCTDecode" | b"DCT" | b"JPXDecode" | b"JBIG2Decode" | b"CCITTFaxDecode" | b"CCF")
}

fn buffered<'s>(reader: impl Read + 's) -> Source<'s> {
    Box::new(BufReader::with_capacity(16 << 10, reader))
}

/// zlib, without regard to its checksum, which many writers leave out.
struct Inflate<'s> {
    source: Source<'s>,
    state: Decompress,
    begun: bool,
    done: bool,
}

impl<'s> Inflate<'s> {
    fn new(source: Source<'s>) -> Self {
        Self { source, state: Decompress::new(false), begun: false, done: false }
    }
}

impl Read for Inflate<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if !std::mem::replace(&mut self.begun, true) {
            let head = self.source.fill_buf()?;
            let is_zlib = matches!(head, [one, two, ..]
                if one & 0x0F == 8 && two & 0x20 == 0 && (u16::from(*one) << 8 | u16::from(*two)) % 31 == 0);
            self.source.consume(if is_zlib { 2 } else { 0 });
        }
        while !self.done && !out.is_empty() {
            let input = self.source.fill_buf()?;
            let ended = input.is_empty();
            let (read, written) = (self.state.total_in(), self.state.total_out());
            let status = self.state.decompress(input, out, FlushDecompress::None);
            let count = (self.state.total_out() - written) as usize;
            self.source.consume((self.state.total_in() - read) as usize);
            match status {
                Ok(Status::StreamEnd) => self.done = true,
                Ok(_) if count == 0 && ended => return Err(io::ErrorKind::UnexpectedEof.into()),
                Err(_) if count == 0 => return Err(io::ErrorKind::InvalidData.into()),
                Ok(_) | Err(_) => {}
            }
            if count > 0 {
                return Ok(count);
            }
        }
        Ok(0)
    }
}

struct Lzw<'s> {
    source: Source<'s>,
    state: Decoder,
    done: bool,
}

impl<'s> Lzw<'s> {
    fn new(source: Source<'s>, parameters: &Dict) -> Self {
        let late = parameters.get(b"EarlyChange").and_then(super::value::Value::count) == Some(0);
        let state =
            if late { Decoder::new(BitOrder::Msb, 8) } else { Decoder::with_tiff_size_switch(BitOrder::Msb, 8) };
        Self { source, state, done: false }
    }
}

impl Read for Lzw<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while !self.done && !out.is_empty() {
            let input = self.source.fill_buf()?;
            let ended = input.is_empty();
            let result = self.state.decode_bytes(input, out);
            self.source.consume(result.consumed_in);
            match result.status {
                Ok(LzwStatus::Done) => self.done = true,
                // Writers leave the end mark out.
                Ok(_) if result.consumed_out == 0 && ended => self.done = true,
                Ok(LzwStatus::NoProgress) if result.consumed_out == 0 && result.consumed_in == 0 => {
                    return Err(io::ErrorKind::InvalidData.into());
                }
                Err(_) if result.consumed_out == 0 => return Err(io::ErrorKind::InvalidData.into()),
                Ok(_) | Err(_) => {}
            }
            if result.consumed_out > 0 {
                return Ok(result.consumed_out);
            }
        }
        Ok(0)
    }
}

/// A reader that makes some bytes at a time; the step says whether there is more.
struct Stepwise<F> {
    step: F,
    made: Vec<u8>,
    at: usize,
    more: bool,
}

fn stepwise<'s>(step: impl FnMut(&mut Vec<u8>) -> io::Result<bool> + 's) -> Source<'s> {
    buffered(Stepwise { step, made: Vec::new(), at: 0, more: true })
}

impl<F: FnMut(&mut Vec<u8>) -> io::Result<bool>> Read for Stepwise<F> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.made.len() && self.more {
            self.made.clear();
            self.at = 0;
            self.more = (self.step)(&mut self.made)?;
        }
        let rest = &self.made[self.at..];
        let count = rest.len().min(out.len());
        out[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }
}

fn byte(source: &mut Source<'_>) -> io::Result<Option<u8>> {
    let first = source.fill_buf()?.first().copied();
    source.consume(usize::from(first.is_some()));
    Ok(first)
}

/// How much a step makes.
const STEP: usize = 8 << 10;

fn hex(source: &mut Source<'_>, out: &mut Vec<u8>) -> io::Result<bool> {
    let mut half = None;
    loop {
        // A pair is never split over two steps.
        if half.is_none() && out.len() >= STEP {
            return Ok(true);
        }
        match byte(source)? {
            None | Some(b'>') => {
                out.extend(half.map(|high| high << 4));
                return Ok(false);
            }
            Some(letter) => match (digit(letter), half) {
                (Some(low), Some(high)) => {
                    out.push(high << 4 | low);
                    half = None;
                }
                (Some(high), None) => half = Some(high),
                (None, _) => {}
            },
        }
    }
}

fn base85(source: &mut Source<'_>, out: &mut Vec<u8>) -> io::Result<bool> {
    let (mut group, mut count) = (0_u64, 0_usize);
    loop {
        if count == 0 && out.len() >= STEP {
            return Ok(true);
        }
        match byte(source)? {
            None | Some(b'~') => {
                if count > 1 {
                    let full = (count..5).fold(group, |group, _| group * 85 + 84);
                    out.extend(&(full as u32).to_be_bytes()[..count - 1]);
                }
                return Ok(false);
            }
            Some(b'z') if count == 0 => out.extend([0; 4]),
            Some(letter @ b'!'..=b'u') => {
                group = group * 85 + u64::from(letter - b'!');
                count += 1;
                if count == 5 {
                    out.extend((group as u32).to_be_bytes());
                    (group, count) = (0, 0);
                }
            }
            Some(letter) if is_space(letter) => {}
            Some(_) => return Err(io::ErrorKind::InvalidData.into()),
        }
    }
}

fn runs(source: &mut Source<'_>, out: &mut Vec<u8>) -> io::Result<bool> {
    while out.len() < STEP {
        match byte(source)? {
            None | Some(128) => return Ok(false),
            Some(length @ 0..128) => {
                for _ in 0..=length {
                    out.extend(byte(source)?);
                }
            }
            Some(length) => {
                let Some(repeated) = byte(source)? else { return Ok(false) };
                out.extend(std::iter::repeat_n(repeated, 257 - usize::from(length)));
            }
        }
    }
    Ok(true)
}

/// Reckons back what was predicted of rows; what says it has rows larger than any is left as it is.
fn predicted<'s>(source: Source<'s>, parameters: &Dict, room: &mut usize) -> Source<'s> {
    let of = |key: &[u8], default: usize| parameters.get(key).map_or(Some(default), super::value::Value::count);
    let size = || {
        let (colors, bits, columns) = (of(b"Colors", 1)?, of(b"BitsPerComponent", 8)?, of(b"Columns", 1)?);
        let pixel = colors.checked_mul(bits)?;
        let row = pixel.checked_mul(columns)?.div_ceil(8);
        (row > 0 && row <= *room).then_some((pixel.div_ceil(8), row, bits))
    };
    let kind = of(b"Predictor", 1).unwrap_or(1);
    let mut source = source;
    match (kind, size()) {
        (2, Some((pixel, row, 8))) => {
            *room -= row;
            stepwise(move |out| differences(&mut source, out, pixel, row))
        }
        (10.., Some((pixel, row, _))) => {
            *room -= row;
            let mut above = vec![0; row];
            stepwise(move |out| png(&mut source, out, &mut above, pixel))
        }
        _ => source,
    }
}

/// Reads a row behind what is there; its length, which is less at the end.
fn row(source: &mut Source<'_>, out: &mut Vec<u8>, length: usize) -> io::Result<usize> {
    let mut missing = length;
    while missing > 0 {
        let input = source.fill_buf()?;
        let count = input.len().min(missing);
        if count == 0 {
            break;
        }
        out.extend_from_slice(&input[..count]);
        source.consume(count);
        missing -= count;
    }
    Ok(length - missing)
}

/// Each pixel was written as the difference to the one before.
fn differences(source: &mut Source<'_>, out: &mut Vec<u8>, pixel: usize, length: usize) -> io::Result<bool> {
    let count = row(source, out, length)?;
    for at in pixel..count {
        out[at] = out[at].wrapping_add(out[at - pixel]);
    }
    Ok(count == length)
}

/// Each row tells how it was predicted.
fn png(source: &mut Source<'_>, out: &mut Vec<u8>, above: &mut [u8], pixel: usize) -> io::Result<bool> {
    while out.len() < STEP {
        let Some(kind) = byte(source)? else { return Ok(false) };
        let begin = out.len();
        let count = row(source, out, above.len())?;
        let current = &mut out[begin..];
        for at in 0..count {
            let (left, corner) = match at.checked_sub(pixel) {
                Some(before) => (current[before], above[before]),
                None => (0, 0),
            };
            let guess = match kind {
                1 => left,
                2 => above[at],
                3 => (u16::from(left).midpoint(u16::from(above[at]))) as u8,
                4 => paeth(left, above[at], corner),
                _ => 0,
            };
            current[at] = current[at].wrapping_add(guess);
        }
        above[..count].copy_from_slice(&current[..count]);
        if count < above.len() {
            return Ok(false);
        }
    }
    Ok(true)
}

fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let guess = i16::from(left) + i16::from(above) - i16::from(corner);
    let far = |value: u8| (guess - i16::from(value)).abs();
    if far(left) <= far(above) && far(left) <= far(corner) {
        left
    } else if far(above) <= far(corner) {
        above
    } else {
        corner
    }
}
