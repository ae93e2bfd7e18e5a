//! What stands around a match: its line, its label, the words near, the names of its file.
//!
//! Holds: the questions that verifiers ask. Must not know: what a credential is worth.

use std::cell::OnceCell;

use super::fold::fold;
use super::label::{is_derived, is_under_ksef, names_directly, names_token};
use super::table::Table;
use crate::codec::nip_is_valid;

/// How far a word may stand from a match and still speak of it.
const NEAR_BEFORE: usize = 1024;
const NEAR_BEHIND: usize = 512;

/// How far above a key its section may begin.
const SECTION: usize = 640;

/// The longest label that is read before a value.
const LABEL: usize = 160;

/// The surroundings of one match.
pub(super) struct Around<'a> {
    text: &'a [u8],
    start: usize,
    end: usize,
    names: &'a str,
    table: Option<&'a Table>,
    near: OnceCell<String>,
    line: OnceCell<String>,
    label: OnceCell<String>,
}

impl<'a> Around<'a> {
    /// The surroundings of `text[start..end]`; `names` are the folded names of file and members.
    pub(super) fn new(text: &'a [u8], start: usize, end: usize, names: &'a str, table: Option<&'a Table>) -> Self {
        Self { text, start, end, names, table, near: OnceCell::new(), line: OnceCell::new(), label: OnceCell::new() }
    }

    /// Whether a neighbouring byte is of a class.
    pub(super) fn touches(&self, class: impl Fn(u8) -> bool) -> bool {
        let before = self.start.checked_sub(1).and_then(|index| self.text.get(index));
        before.is_some_and(|byte| class(*byte)) || self.text.get(self.end).is_some_and(|byte| class(*byte))
    }

    /// Whether one of the words stands near, or in a name.
    pub(super) fn has_near(&self, words: &[String]) -> bool {
        let near = self.near.get_or_init(|| {
            let start = self.start.saturating_sub(NEAR_BEFORE);
            let end = self.text.len().min(self.end + NEAR_BEHIND);
            let headings = self.table.map_or("", Table::headings);
            format!("{}\n{}\n{headings}", fold(&self.text[start..self.start]), fold(&self.text[self.end..end]))
        });
        words.iter().any(|word| near.contains(word.as_str()) || self.names.contains(word.as_str()))
    }

    /// Whether one of the words stands on the same line, as a word or a part of a name, or heads
    /// the column.
    pub(super) fn has_on_line(&self, words: &[String]) -> bool {
        let line = self.folded_line();
        let heading = self.heading().unwrap_or_default();
        words.iter().any(|word| has_part(line, word) || has_part(&heading, word))
    }

    /// Whether the name of the file has one of the words: `SHA256SUMS`, `tsconfig.tsbuildinfo`.
    pub(super) fn has_in_name(&self, words: &[String]) -> bool {
        let name = self.names.rsplit('\n').next().unwrap_or_default();
        words.iter().any(|word| has_part(name, word))
    }

    /// Whether the label before the value has one of the words.
    pub(super) fn label_has(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.label().contains(word))
    }

    /// Whether the label says that the value is a token of KSeF.
    pub(super) fn is_named_token(&self) -> bool {
        let label = self.label();
        names_token(label, self.heading().as_deref().unwrap_or_default().contains("ksef"))
            || self.heading().is_some_and(|heading| names_token(&heading, false))
    }

    /// Whether a key, a column or a phrase names it, and nothing says that it is something else.
    /// Digests of git are everywhere, so what looks like one must have a name of its own.
    pub(super) fn names_it(&self, like_a_digest: bool) -> bool {
        if like_a_digest {
            let same_line = self.line_has_letters_before();
            return (same_line && names_directly(self.label())) || self.is_in_token_column();
        }
        self.is_named_token() || self.is_in_token_column() || self.is_key_under_ksef() || self.is_announced()
    }

    /// Whether the file pins versions, by digests mostly.
    pub(super) fn is_in_lock_file(&self) -> bool {
        let name = self.names.rsplit('\n').next().unwrap_or_default();
        [".lock", "-lock.", "lockfile", "shrinkwrap"].iter().any(|part| name.contains(part))
    }

    /// Whether its name is that of something made of a token, or for it: `KSEF_TOKEN_ENCRYPTED`.
    pub(super) fn is_for_something_else(&self) -> bool {
        is_derived(self.label())
    }

    fn line_has_letters_before(&self) -> bool {
        let (start, _) = self.line_bounds();
        self.text[start..self.start].iter().any(u8::is_ascii_alphabetic)
    }

    /// Whether the line above announces it, and its own says next to nothing: a message in a chat.
    fn is_announced(&self) -> bool {
        let (start, _) = self.line_bounds();
        let above = &self.text[start.saturating_sub(LABEL)..start];
        let line = above.split(|byte| matches!(byte, b'\n' | b'\r')).rfind(|line| !line.is_empty());
        self.start - start <= 40 && line.is_some_and(|line| !has_value(line) && names_token(&fold(line), false))
    }

    /// Whether its key is `token` and stands in a section of KSeF.
    fn is_key_under_ksef(&self) -> bool {
        let start = self.start.saturating_sub(SECTION);
        is_under_ksef(&fold(&self.text[start..self.start]))
    }

    /// Whether it stands in a column of tokens, beside a sound tax number.
    pub(super) fn is_in_token_column(&self) -> bool {
        let heading = self.heading().unwrap_or_default();
        let file = self.names.contains("token") && self.names.contains("ksef");
        (file || heading.contains("token") || heading.contains("ksef") || self.table_is_about_tokens())
            && self.nip_on_line().is_some()
    }

    fn table_is_about_tokens(&self) -> bool {
        self.table.is_some_and(|table| table.headings().contains("token")) && self.heading().is_none()
    }

    /// Whether the value is all there is of its line, its cell or its quotes.
    pub(super) fn stands_alone(&self) -> bool {
        let before = self.start.checked_sub(1).and_then(|index| self.text.get(index)).copied().unwrap_or(b'\n');
        let behind = self.text.get(self.end).copied().unwrap_or(b'\n');
        let edge = |byte: u8| {
            byte.is_ascii_whitespace()
                || matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>' | b';' | b',' | b'|' | b'=' | b':' | b'(' | b')')
        };
        edge(before) && edge(behind)
    }

    /// A sound tax number on the same line.
    pub(super) fn nip_on_line(&self) -> Option<String> {
        let (start, end) = self.line_bounds();
        let outside = [&self.text[start..self.start], &self.text[self.end..end]];
        outside.into_iter().find_map(find_nip)
    }

    fn heading(&self) -> Option<String> {
        let (start, _) = self.line_bounds();
        self.table?.heading_of(&self.text[start..self.start])
    }

    fn line_bounds(&self) -> (usize, usize) {
        let start = memchr::memrchr2(b'\n', b'\r', &self.text[..self.start]).map_or(0, |at| at + 1);
        let end = memchr::memchr2(b'\n', b'\r', &self.text[self.end..]).map_or(self.text.len(), |at| self.end + at);
        (start.max(self.start.saturating_sub(2048)), end.min(self.end + 2048))
    }

    fn folded_line(&self) -> &str {
        self.line.get_or_init(|| {
            let (start, end) = self.line_bounds();
            format!("{} {}", fold(&self.text[start..self.start]), fold(&self.text[self.end..end]))
        })
    }

    /// What stands before the value on its line or, where that says nothing, on the line before.
    fn label(&self) -> &str {
        self.label.get_or_init(|| {
            let (start, end) = self.line_bounds();
            let same = &self.text[start.max(self.start.saturating_sub(LABEL))..self.start];
            if same.iter().any(u8::is_ascii_alphabetic) {
                return fold(same);
            }
            // A line that goes on in words is none of a value alone: `git log --oneline`.
            if self.text[self.end..end].iter().any(u8::is_ascii_alphabetic) {
                return String::new();
            }
            let above = &self.text[start.saturating_sub(LABEL)..start];
            let mut lines = above.split(|byte| matches!(byte, b'\n' | b'\r'));
            let spoken = lines.rfind(|line| line.iter().any(u8::is_ascii_alphabetic));
            // Nor does a line with a value of its own speak of the next one.
            fold(spoken.filter(|line| !has_value(line)).unwrap_or_default())
        })
    }
}

/// Whether a line has something as long as a credential.
fn has_value(line: &[u8]) -> bool {
    line.split(|byte| !byte.is_ascii_alphanumeric()).any(|word| word.len() >= 32)
}

/// Whether a word stands in a text, be it as a part of a name: `commit_hash`, `invoicehash`,
/// `contentsha256`. Words of three letters need a boundary before them: `natasha:` is no hash.
fn has_part(text: &str, word: &str) -> bool {
    let short = word.chars().filter(char::is_ascii_alphabetic).count() <= 3
        && !word.contains(|letter: char| letter.is_ascii_digit());
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        !short
            || !word.starts_with(|letter: char| letter.is_ascii_alphabetic())
            || before.is_none_or(|before| !before.is_ascii_alphabetic())
    })
}

fn find_nip(text: &[u8]) -> Option<String> {
    let mut from = 0;
    while let Some(at) = text[from..].iter().position(u8::is_ascii_digit).map(|at| from + at) {
        // People write 526-58-77-635 and PL 5265877635.
        let (mut digits, mut count) = ([0; 10], 0);
        let mut end = at;
        while let Some(byte) = text.get(end).filter(|byte| {
            byte.is_ascii_digit() || (**byte == b'-' && text.get(end + 1).is_some_and(u8::is_ascii_digit))
        }) {
            if byte.is_ascii_digit() {
                if let Some(digit) = digits.get_mut(count) {
                    *digit = *byte;
                }
                count += 1;
            }
            end += 1;
        }
        if count == digits.len() && nip_is_valid(&digits) {
            return Some(String::from_utf8_lossy(&digits).into_owned());
        }
        from = end;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around<'a>(text: &'a str, value: &str, names: &'a str) -> Around<'a> {
        let start = text.find(value).expect("the value stands in the text");
        Around::new(text.as_bytes(), start, start + value.len(), names, None)
    }

    #[test]
    fn labels_name_a_token_in_many_ways() {
        for text in [
            "KSEF_TOKEN=VALUE",
            "  \"ksefToken\": \"VALUE\"",
            "Token KSeF: VALUE",
            "token autoryzacyjny to VALUE",
            "<add key=\"TokenKSeF\" value=\"VALUE\"/>",
            "Token do KSeF:\n\nVALUE",
            "X-KSeF-Token: VALUE",
        ] {
            assert!(around(text, "VALUE", "").is_named_token(), "{text}");
        }
        for text in [
            "GITHUB_TOKEN=VALUE # for ksef",
            "ksef build VALUE",
            "token: VALUE",
            "commit VALUE",
            "cb3a0f5c1e9a77d2043f0c5b1e9a77d2043f0c5b poprawka tokena KSeF\nVALUE",
            "Lista zmian tokena KSeF:\nVALUE poprawka",
            "\"./src/ksef/token.ts\":{\"version\":\"VALUE\"",
        ] {
            assert!(!around(text, "VALUE", "").is_named_token(), "{text}");
        }
    }

    #[test]
    fn words_are_looked_for_where_they_speak() {
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert!(around("sha256: VALUE", "VALUE", "").has_on_line(&words(&["sha"])));
        assert!(!around("Natasha: VALUE", "VALUE", "").has_on_line(&words(&["sha"])));
        assert!(!around("sha\nVALUE", "VALUE", "").has_on_line(&words(&["sha"])));
        assert!(around("ksef\n\n\nVALUE", "VALUE", "").has_near(&words(&["ksef"])));
        assert!(around("VALUE", "VALUE", "ksef.txt").has_near(&words(&["ksef"])));
        assert!(!around(&format!("ksef{}VALUE", " ".repeat(2000)), "VALUE", "").has_near(&words(&["ksef"])));
    }

    #[test]
    fn tax_numbers_are_found_as_people_write_them() {
        for text in ["526-58-77-635;VALUE", "VALUE | PL5265877635", "NIP 5265877635 VALUE"] {
            assert_eq!(around(text, "VALUE", "").nip_on_line().as_deref(), Some("5265877635"), "{text}");
        }
        assert_eq!(around("5265877636 VALUE 52658776355", "VALUE", "").nip_on_line(), None);
    }
}
