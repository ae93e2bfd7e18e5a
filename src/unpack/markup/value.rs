//! What is counted of a value on its way through markup.
//!
//! Holds: how long a value is that is worth it. Must not know: markup.

/// Characters of the shortest value worth it.
pub(super) const SHORTEST: usize = 40;

/// Characters, and digits among them, of the shortest value that goes on over lines: words do so all the time. How long
/// one of its lines is at least, and each but the last.
const WRAPPED: usize = 64;
const WRAPPED_DIGITS: usize = 16;
const LONG_LINE: usize = 20;
pub(super) const SHORT_LINE: usize = 8;

/// What is counted of a line, or of all of them.
#[derive(Clone, Copy, Default)]
struct Count {
    length: usize,
    digits: usize,
    /// Whether markup stands within.
    joined: bool,
}

impl Count {
    fn add(&mut self, byte: u8) {
        self.length += 1;
        self.digits += usize::from(byte.is_ascii_digit());
    }
}

/// A value on its way.
#[derive(Default)]
pub(super) struct Value {
    /// Of the line that it is on.
    line: Count,
    all: Count,
    /// Whether markup was passed since its last character.
    pub(super) passed: bool,
    /// Whether a line is long enough for a value that goes on, and whether one is long enough by itself.
    long_line: bool,
    long: bool,
    /// Where it ends.
    pub(super) end: usize,
}

impl Value {
    /// One that ends at a place until now.
    pub(super) fn at(end: usize) -> Self {
        Self { end, ..Self::default() }
    }

    /// Adds a character that ends at a place.
    pub(super) fn add(&mut self, byte: u8, end: usize) {
        self.line.add(byte);
        self.all.add(byte);
        if std::mem::take(&mut self.passed) {
            (self.line.joined, self.all.joined) = (true, true);
        }
        self.long_line |= self.line.length >= LONG_LINE;
        self.long |= self.line.joined && self.line.length >= SHORTEST && self.line.digits > 0;
        self.end = end;
    }

    /// Goes on in another line, if it may.
    pub(super) fn wrap(&mut self) -> bool {
        let line = std::mem::take(&mut self.line);
        (line.digits > 0 && line.length >= SHORT_LINE) || line.length == 0
    }

    /// Whether it is longer than words are.
    pub(super) fn is_worth_it(&self) -> bool {
        let Count { length, digits, joined } = self.all;
        self.long || (joined && self.long_line && length >= WRAPPED && digits >= WRAPPED_DIGITS)
    }
}
