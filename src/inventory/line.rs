//! What people wrote, in one line.
//!
//! Holds: names and descriptions without what does not belong in them. Must not know: what they name, or whether a
//! secret stands in them.

/// Characters that are kept of a name.
const LONGEST: usize = 200;

/// A text in one line, without what controls a terminal or turns the order of letters round. It is cut between words:
/// what is known of a secret is no longer known of a part of it.
pub(super) fn one_line(text: &str) -> String {
    let (mut line, mut count) = (String::new(), 0);
    for word in text.split_whitespace() {
        let start = line.len();
        if start > 0 {
            line.push(' ');
            count += 1;
        }
        let before = line.len();
        for letter in word.chars().filter(|letter| !letter.is_control() && !turns(*letter)) {
            line.push(letter);
            count += 1;
            if count > LONGEST {
                line.truncate(start);
                return line;
            }
        }
        if line.len() == before {
            // Nothing of the word was left.
            line.truncate(start);
            count -= before - start;
        }
    }
    line
}

/// Whether a character changes the order in which others are shown.
fn turns(letter: char) -> bool {
    matches!(letter, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_line_of_whole_words() {
        assert_eq!(one_line("  ABC\t Sp.\r\n \u{200F} z\u{202E}\u{7}o.o. \u{200F} "), "ABC Sp. zo.o.");
        assert_eq!(one_line(" \u{2066}\0 "), "");
        assert_eq!(one_line(&"ż".repeat(200)).chars().count(), LONGEST);
        assert_eq!(one_line(&"ż".repeat(201)), "");
        let cut = one_line(&"abc ".repeat(300));
        assert_eq!((cut.len(), cut.ends_with(" abc")), (199, true));
        assert_eq!(one_line(&format!("{} b", "a".repeat(199))), "a".repeat(199));
        assert_eq!(one_line(&format!("{} b", "a".repeat(198))), format!("{} b", "a".repeat(198)));
    }
}
