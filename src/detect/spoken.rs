//! The words of the rules that go by their context, among the names of files in whatever case.
//!
//! Holds: a quick look for them in many names at once. Must not know: what a name is, or where it stands.

use aho_corasick::packed::{Config, MatchKind, Searcher};

/// Bytes of a word that are looked for in every case: a packed searcher takes 64 patterns.
const HEAD: usize = 4;
const MOST: usize = 64;

/// Words made ready.
pub(super) struct Spoken {
    words: Vec<Vec<u8>>,
    /// Nothing where there are too many words for it; then each name is worth a look.
    heads: Option<Searcher>,
}

impl Spoken {
    /// Makes words ready, which are in lower case. Phrases with blanks or separators are in no name.
    pub(super) fn new<'w>(words: impl Iterator<Item = &'w str>) -> Self {
        let is_name = |word: &&str| {
            word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) || !byte.is_ascii())
        };
        let mut words: Vec<Vec<u8>> = words.filter(is_name).map(|word| word.as_bytes().to_vec()).collect();
        words.sort();
        words.dedup();
        let mut heads: Vec<Vec<u8>> = words.iter().flat_map(|word| cases(&word[..word.len().min(HEAD)])).collect();
        heads.sort();
        heads.dedup();
        let fits = !heads.is_empty() && heads.len() <= MOST && words.iter().all(|word| word.len() >= HEAD);
        let heads = fits.then(|| Config::new().match_kind(MatchKind::LeftmostFirst).builder().extend(&heads).build());
        Self { words, heads: heads.flatten() }
    }

    /// Whether one of the words stands in a text.
    pub(super) fn stands_in(&self, text: &[u8]) -> bool {
        if self.words.is_empty() {
            return false;
        }
        let Some(heads) = &self.heads else { return true };
        heads.find_iter(text).any(|head| {
            let rest = &text[head.start()..];
            self.words.iter().any(|word| rest.get(..word.len()).is_some_and(|text| text.eq_ignore_ascii_case(word)))
        })
    }
}

/// A word in every case.
fn cases(word: &[u8]) -> Vec<Vec<u8>> {
    word.iter().fold(vec![Vec::new()], |heads, byte| {
        let both = [byte.to_ascii_lowercase(), byte.to_ascii_uppercase()];
        let both = if both[0] == both[1] { &both[..1] } else { &both[..] };
        heads.iter().flat_map(|head| both.iter().map(|byte| [head.as_slice(), &[*byte]].concat())).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_met_in_whatever_case() {
        let spoken =
            Spoken::new(["ksef", "e-faktur", "autoryzuj", "authorisationtoken", "nip;", "token systemow"].into_iter());
        assert!(spoken.heads.is_some());
        for text in ["kSeF.env", "x/E-Faktury", "AUTORYZUJ", "ksef", "authorisationToken.txt"] {
            assert!(spoken.stands_in(text.as_bytes()), "{text}");
        }
        for text in ["author", "auto", "e-fa", "kse f", "nip;", "token systemow"] {
            assert!(!spoken.stands_in(text.as_bytes()), "{text}");
        }
        assert!(Spoken::new(["abc"].into_iter()).stands_in(b"x"), "a short word cannot be looked for");
        assert!(!Spoken::new([].into_iter()).stands_in(b"x"));
    }
}
