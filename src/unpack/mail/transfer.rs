//! How the bytes of a part are written in a message.
//!
//! Holds: base64 and quoted-printable, read as they pass. By hand, because damage must cost only itself: whatever is
//! foreign to an encoding is passed over, or kept. Must not know: what the bytes are.

use std::io::{self, Read};

use memchr::memchr;

use super::uuencode::{self, Uuencoded};

/// An encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transfer {
    /// The bytes are there as they are.
    Plain,
    Base64,
    Quoted,
    Uuencode,
}

impl Transfer {
    /// The encoding of that name; an unknown one is none.
    pub(super) fn of(value: &[u8]) -> Self {
        let name = value.trim_ascii().split(|byte| matches!(byte, b';' | b' ' | b'\t' | b'(' | b'\r' | b'\n')).next();
        let is = |known: &str| name.is_some_and(|name| name.trim_ascii().eq_ignore_ascii_case(known.as_bytes()));
        if is("base64") {
            Self::Base64
        } else if is("quoted-printable") {
            Self::Quoted
        } else if ["x-uuencode", "uuencode", "x-uue", "uue"].into_iter().any(is) {
            Self::Uuencode
        } else {
            Self::Plain
        }
    }

    /// A reader of what was encoded.
    pub(super) fn reader(self, body: &[u8]) -> Box<dyn Read + '_> {
        match self {
            Self::Plain => Box::new(body),
            Self::Base64 => Box::new(Base64 { rest: body, word: 0, bits: 0 }),
            Self::Quoted => Box::new(Quoted { rest: body }),
            Self::Uuencode => match uuencode::blocks(body).next() {
                Some(block) => block.reader(),
                None => Box::new(Uuencoded::new(body)),
            },
        }
    }
}

const NONE: u8 = 0xFF;

/// The value of each digit of base64.
const VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut index = 0;
    while index < 64 {
        values[digits[index] as usize] = index as u8;
        index += 1;
    }
    values
};

/// Reads base64: what is no digit is passed over, padding ends a group wherever it stands.
pub(super) struct Base64<'a> {
    rest: &'a [u8],
    word: u32,
    bits: u32,
}

impl<'a> Base64<'a> {
    pub(super) fn new(rest: &'a [u8]) -> Self {
        Self { rest, word: 0, bits: 0 }
    }
}

impl Read for Base64<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut count = 0;
        while count < out.len() {
            if let ([a, b, c, d, rest @ ..], 0, Some(place)) = (self.rest, self.bits, out.get_mut(count..count + 3)) {
                let [a, b, c, d] = [a, b, c, d].map(|digit| VALUES[*digit as usize]);
                if (a | b | c | d) & 0x80 == 0 {
                    place.copy_from_slice(&[a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d]);
                    count += 3;
                    self.rest = rest;
                    continue;
                }
            }
            let [digit, rest @ ..] = self.rest else { break };
            self.rest = rest;
            match VALUES[*digit as usize] {
                NONE if *digit == b'=' => self.bits = 0,
                NONE => {}
                value => {
                    self.word = self.word << 6 | u32::from(value);
                    self.bits += 6;
                    if self.bits >= 8 {
                        self.bits -= 8;
                        out[count] = (self.word >> self.bits) as u8;
                        count += 1;
                    }
                }
            }
        }
        Ok(count)
    }
}

/// Reads quoted-printable: what is no escape stays as it is.
struct Quoted<'a> {
    rest: &'a [u8],
}

impl Quoted<'_> {
    /// Reads the escape that the rest begins with.
    fn escape(&mut self) -> Option<u8> {
        let behind = &self.rest[1..];
        if let [high, low, rest @ ..] = behind
            && let (Some(high), Some(low)) = (char::from(*high).to_digit(16), char::from(*low).to_digit(16))
        {
            self.rest = rest;
            return Some((high << 4 | low) as u8);
        }
        // Some gateways leave spaces at the ends of lines.
        let blank = behind.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).take(80).count();
        match behind.get(blank) {
            Some(b'\n') => self.rest = &behind[blank + 1..],
            None => self.rest = &[],
            Some(_) => {
                self.rest = behind;
                return Some(b'=');
            }
        }
        None
    }
}

impl Read for Quoted<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut count = 0;
        while count < out.len() && !self.rest.is_empty() {
            let run = memchr(b'=', self.rest).unwrap_or(self.rest.len()).min(out.len() - count);
            out[count..count + run].copy_from_slice(&self.rest[..run]);
            count += run;
            self.rest = &self.rest[run..];
            if count < out.len()
                && !self.rest.is_empty()
                && let Some(byte) = self.escape()
            {
                out[count] = byte;
                count += 1;
            }
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads in small and in large pieces, which must come to the same.
    fn decode(transfer: Transfer, body: &str) -> String {
        let read = |size: usize| {
            let (mut reader, mut all, mut piece) = (transfer.reader(body.as_bytes()), Vec::new(), vec![0; size]);
            loop {
                match reader.read(&mut piece).expect("memory can be read") {
                    0 => break all,
                    count => all.extend_from_slice(&piece[..count]),
                }
            }
        };
        let all = read(1000);
        assert!([1, 2, 3, 5].into_iter().all(|size| read(size) == all), "{body}");
        String::from_utf8_lossy(&all).into_owned()
    }

    #[test]
    fn base64_survives_damage() {
        for body in [
            "bmVlZGxlLTEgYW5kIG1vcmU=",
            "bmVl\r\nZGxlL\r\n\r\n TEgYW5kIG1v cmU=\r\n",
            "bmVlZGxlLTEgYW5kIG1vcmU",
            "bmVlZGxlLTEgYQ==\nbmQgbW9yZQ==\n",
            "bm!VlZGxlLTEgYW5k\u{142}IG1vcmU=",
        ] {
            assert_eq!(decode(Transfer::Base64, body), "needle-1 and more", "{body}");
        }
        assert_eq!(decode(Transfer::Base64, "===="), "");
    }

    #[test]
    fn quoted_printable_survives_damage() {
        for (body, text) in [
            ("needle=2D1=\r\n and=20more=\n", "needle-1 and more"),
            ("needle-1= \t\r\n and more=", "needle-1 and more"),
            ("a=b =3d =XY =", "a=b = =XY "),
            ("=", ""),
            ("line\r\nline=0D=0A", "line\r\nline\r\n"),
        ] {
            assert_eq!(decode(Transfer::Quoted, body), text, "{body}");
        }
    }

    #[test]
    fn names_of_encodings_are_read_loosely() {
        assert_eq!(Transfer::of(b" BASE64 \r\n"), Transfer::Base64);
        assert_eq!(Transfer::of(b" quoted-printable; x=y"), Transfer::Quoted);
        assert_eq!(Transfer::of(b" X-UUencode (old)"), Transfer::Uuencode);
        assert_eq!([Transfer::of(b"8bit"), Transfer::of(b"")], [Transfer::Plain; 2]);
    }
}
