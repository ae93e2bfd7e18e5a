//! The letters of the fonts of RTF.
//!
//! Holds: which font has which, and the decoding of what is not ASCII. Must not know: what else fonts are.

use std::collections::HashMap;

use encoding_rs::{Decoder, Encoding, WINDOWS_1250};

use crate::unpack::charsets::{code_page, of_font};

/// Fonts that are known by their numbers.
const FONTS: usize = 4096;

/// The letters that come next are written in.
#[derive(Default)]
pub(super) struct Letters {
    /// Those of the document.
    page: Option<&'static Encoding>,
    fonts: HashMap<i32, &'static Encoding>,
    /// The font that is being told of in the list of fonts, and the one that text has by itself.
    told: i32,
    usual: i32,
    now: Option<&'static Encoding>,
    /// What reads letters of which one byte is there.
    torn: Option<Decoder>,
}

impl Letters {
    /// The code page of the document.
    pub(super) fn set_page(&mut self, number: i32) {
        self.page = u16::try_from(number).ok().map(code_page);
    }

    /// A font is told of.
    pub(super) fn tell(&mut self, font: i32) {
        self.told = font;
    }

    /// Its set of letters.
    pub(super) fn set(&mut self, set: i32) {
        self.put(u8::try_from(set).ok().and_then(of_font));
    }

    /// Its code page.
    pub(super) fn set_code_page(&mut self, number: i32) {
        self.put(u16::try_from(number).ok().filter(|number| *number > 0).map(code_page));
    }

    fn put(&mut self, page: Option<&'static Encoding>) {
        if let Some(page) = page.filter(|_| self.fonts.len() < FONTS) {
            self.fonts.insert(self.told, page);
            if self.told == self.usual {
                self.now = Some(page);
            }
        }
    }

    /// The font of text that names none.
    pub(super) fn set_usual(&mut self, font: i32) {
        self.usual = font;
    }

    /// Text is in that font from here, or in the usual one.
    pub(super) fn choose(&mut self, font: Option<i32>) {
        self.go_back(self.fonts.get(&font.unwrap_or(self.usual)).copied());
    }

    /// What text is written in, for the end of a group.
    pub(super) fn now(&self) -> Option<&'static Encoding> {
        self.now
    }

    /// A group has ended.
    pub(super) fn go_back(&mut self, now: Option<&'static Encoding>) {
        self.now = now;
        self.torn = None;
    }

    /// What was begun is no letter.
    pub(super) fn drop_torn(&mut self) {
        self.torn = None;
    }

    /// Whether the next byte belongs to a letter that was begun.
    pub(super) fn is_torn(&self) -> bool {
        self.torn.is_some()
    }

    /// Reads a byte; what it makes is in `buffer`, up to the number that is given back.
    pub(super) fn read(&mut self, byte: u8, buffer: &mut [u8; 16]) -> usize {
        let page = self.now.or(self.page).unwrap_or(WINDOWS_1250);
        let mut decoder = self.torn.take().unwrap_or_else(|| page.new_decoder_without_bom_handling());
        let (_, _, made, _) = decoder.decode_to_utf8(&[byte], buffer, false);
        self.torn = Some(decoder).filter(|_| made == 0);
        made
    }
}
