//! The rules that go by context: stretches around the words that speak of a credential, and the
//! rows of a table under headings that have such words.
//!
//! Holds: how far a word reaches. Must not know: what a credential looks like.

use std::ops::Range;

use super::Detector;
use super::layers::Surroundings;
use super::regions::{Region, Regions};
use super::resolve::Match;
use super::search::RuleSetBits;
use super::table::Table;

/// How far around a word the value that it speaks of may stand.
const WORD_BEFORE: usize = 1024;
const WORD_BEHIND: usize = 2048;

/// How much of a line before a match is looked at for words that say what it is.
pub(super) const LINE_BEFORE: usize = 2048;

/// Letters and digits in a row without which no rule by context can match: half a token, since a
/// soft line break may stand in its middle.
const PLAIN_RUN: usize = 20;

/// The stretches around words, collected while a text is gone through.
pub(super) struct Words {
    regions: Regions,
    /// Where the rows end under the last headings.
    table_end: usize,
    /// The last headings over rows that go on to the end of the text.
    open: Option<Table>,
}

impl Words {
    /// Begins with a text, in which rows may go on from before.
    pub(super) fn new(text: &[u8], table: Option<&Table>, rules: RuleSetBits) -> Self {
        let mut words = Self { regions: Regions::default(), table_end: 0, open: None };
        if let Some(table) = table {
            words.table_end = rows(text, table);
            words.regions.around(0, 0, words.table_end, text.len(), rules);
            words.open = (words.table_end == text.len()).then(|| table.clone());
        }
        words
    }

    /// Takes all of a text, whose name has the words.
    pub(super) fn all(&mut self, text: &[u8], rules: RuleSetBits) {
        self.regions.around(0, 0, text.len(), text.len(), rules);
    }

    /// Takes the stretch around a word.
    pub(super) fn around(&mut self, text: &[u8], at: usize, rules: RuleSetBits) {
        let mut behind = WORD_BEHIND;
        // The rows below are read once, not once for each row that has a word.
        if at >= self.table_end
            && let Some((line, below)) = line_of(text, at)
        {
            // Nor is a line with many words.
            self.table_end = below;
            if let Some(table) = Table::read_above(&text[line], &text[below..]) {
                self.table_end = below + rows(&text[below..], &table);
                behind = behind.max(self.table_end - at);
                self.open = (self.table_end == text.len()).then_some(table);
            }
        }
        self.regions.around(at, WORD_BEFORE, behind, text.len(), rules);
    }
}

impl Detector {
    /// Tries the rules by context. Returns the headings over rows that go on behind the text.
    pub(super) fn search_words(
        &self,
        text: &[u8],
        words: Words,
        around: Surroundings<'_>,
        out: &mut Vec<Match>,
    ) -> Option<Table> {
        let (mut above, mut end) = (None, 0);
        for region in words.regions.merged(WORD_BEFORE + WORD_BEHIND) {
            // A long stretch is cut into pieces, of which only the first has the headings.
            if region.range.start >= end {
                above = around.table.cloned();
            }
            end = region.range.end;
            let piece = &text[region.range.clone()];
            above = headings_in(piece).or(above);
            if has_plain_run(piece) {
                self.try_words(text, &region, around.under(above.as_ref()), out);
            }
        }
        words.open
    }

    fn try_words(&self, text: &[u8], region: &Region, around: Surroundings<'_>, out: &mut Vec<Match>) {
        let range = &region.range;
        // A match at the beginning of the region is judged with all of its line.
        let wide = Region { range: range.start.saturating_sub(LINE_BEFORE)..range.end, rules: region.rules };
        let mut inside = Vec::new();
        self.try_readings(text, &wide, false, around, &mut inside);
        out.extend(inside.into_iter().filter(|found| found.start >= range.start));
    }
}

/// The line in which a place stands, and where the next one begins.
fn line_of(text: &[u8], at: usize) -> Option<(Range<usize>, usize)> {
    let start = memchr::memrchr(b'\n', &text[at.saturating_sub(4096)..at])
        .map_or(at.saturating_sub(4096), |end| at.saturating_sub(4096) + end + 1);
    let end = memchr::memchr(b'\n', &text[at..text.len().min(at + 4096)])? + at;
    let line = start..end - usize::from(end > start && text[end - 1] == b'\r');
    Some((line, end + 1))
}

/// How many bytes from the beginning on are rows of a table.
fn rows(text: &[u8], table: &Table) -> usize {
    let mut at = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let whole = line.ends_with(b"\n") && at > 0;
        if whole && !table.has_row(line) {
            break;
        }
        at += line.len();
    }
    at
}

/// The first line of a stretch that has a word of KSeF and looks like headings.
fn headings_in(text: &[u8]) -> Option<Table> {
    let mut rest = text;
    for _ in 0..200 {
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let (line, below) = (&rest[..end], rest.get(end + 1..).unwrap_or_default());
        rest = below;
        if line.len() <= 5 || line.len() >= 4096 {
            continue;
        }
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let words = super::fold::fold(line);
        let speaks = words.contains("token") || words.contains("ksef");
        let spoken = speaks && !line.iter().any(u8::is_ascii_digit) && !words.contains('=');
        if (spoken || words.starts_with("insert into ") || words.starts_with("copy "))
            && let Some(table) = Table::read_above(line, below)
        {
            return Some(table);
        }
    }
    None
}

/// Whether a text has letters and digits enough in a row.
fn has_plain_run(text: &[u8]) -> bool {
    let mut at = 0;
    while let Some(block) = text.get(at..at + PLAIN_RUN) {
        match block.iter().rposition(|byte| !byte.is_ascii_alphanumeric()) {
            Some(index) => at += index + 1,
            None => return true,
        }
    }
    false
}
