//! Words as they are compared: lower case, no Polish diacritics, nothing but letters and digits.
//!
//! Holds: the folding. Must not know: which words are looked for.

use crate::codec::plain_letter;

/// A text in lower case and without Polish diacritics, its signs kept; dashes of every kind are one, and so are blanks.
pub(in crate::inventory) fn fold(text: &str) -> String {
    // A program may write a letter and its accent as two characters.
    let whole = text.chars().filter(|letter| !('\u{300}'..='\u{36F}').contains(letter));
    whole.flat_map(char::to_lowercase).map(plain).collect()
}

/// The words of a text, folded.
pub(in crate::inventory) fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    folded.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The words of a text, folded, with nothing between them: `Invoice Read`, `invoice_read` and `InvoiceRead` are one.
pub(in crate::inventory) fn joined(text: &str) -> String {
    words(text).concat()
}

fn plain(letter: char) -> char {
    match letter {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        _ if letter.is_whitespace() => ' ',
        _ => plain_letter(letter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_the_same_however_they_are_written() {
        assert_eq!(words("Data\nważności (DO)"), ["data", "waznosci", "do"]);
        assert_eq!(words("s\u{301}rodowisko—Z\u{307}O\u{301}ŁTE"), ["srodowisko", "zolte"]);
        assert_eq!(joined("Invoice_Read"), joined(" invoice read"));
        assert_eq!(fold("A\u{A0}–\u{2212}Ł"), "a --l");
    }
}
