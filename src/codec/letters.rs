//! Letters of Polish without their marks, so that words are compared however they were typed.
//!
//! Holds: one table. Must not know: which words are compared.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The letter without its mark, its case kept.
pub fn plain_letter(letter: char) -> char {
    match letter {
        'ą' => 'a',
        'ć' => 'c',
        'ę' => 'e',
        'ł' => 'l',
        'ń' => 'n',
        'ó' | 'ø' => 'o',
        'ś' => 's',
        'ź' | 'ż' => 'z',
        'Ą' => 'A',
        'Ć' => 'C',
        'Ę' => 'E',
        'Ł' => 'L',
        'Ń' => 'N',
        'Ó' | 'Ø' => 'O',
        'Ś' => 'S',
        'Ź' | 'Ż' => 'Z',
        // Of other languages those that Unicode does not take apart.
        'đ' => 'd',
        'Đ' => 'D',
        other => other,
    }
}

/// A name by which two spellings of it are the same: lower case, no marks, single blanks.
pub fn fold_name(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    // A letter may be one character or two, and the marks of other languages are marks too.
    let bare = text.nfkd().filter(|letter| !is_combining_mark(*letter));
    for letter in bare.map(plain_letter).flat_map(char::to_lowercase) {
        let letter = if letter.is_whitespace() { ' ' } else { letter };
        if letter != ' ' || !(folded.is_empty() || folded.ends_with(' ')) {
            folded.push(letter);
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_are_the_same() {
        assert_eq!(fold_name("  Zażółć\tGĘŚLĄ \n jaźń\u{a0}"), "zazolc gesla jazn");
        assert_eq!(fold_name(""), "");
    }
}
