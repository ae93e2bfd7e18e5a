//! What people write in a field, made canonical.
//!
//! Holds: `read`, which is given a field and a text. A text that means "nothing" gives nothing; one that cannot be read
//! gives a clause that says what the field takes and never quotes the text, which may be a secret. What it gives, it
//! reads again as the same. Must not know: tables, or which other fields stand beside. A new form is a file here and a
//! line in `read`.

mod choice;
mod fold;
mod instant;
mod number;
mod people;
mod scope;
#[cfg(test)]
mod tests;

pub(in crate::inventory) use choice::environment_above;
pub(in crate::inventory) use fold::{fold, joined, words};

use super::{Field, Form};

/// Longer texts are no value of a form.
const LONGEST_FORMED: usize = 400;

/// What people write where there is nothing to say, folded and without signs.
const NOTHING: [&str; 23] = [
    "nd",
    "na",
    "brak",
    "brakdanych",
    "niedotyczy",
    "niema",
    "niemadanych",
    "nieznany",
    "nieznana",
    "nieznane",
    "niewiadomo",
    "doustalenia",
    "douzupelnienia",
    "none",
    "null",
    "nil",
    "nan",
    "nat",
    "unknown",
    "tbd",
    "notapplicable",
    "notavailable",
    "nodata",
];

/// What a text says in a field, in the canonical form; nothing where it says nothing.
pub fn read(field: Field, text: &str) -> Result<Option<String>, String> {
    let text = clean(text);
    if is_nothing(&text) {
        return Ok(None);
    }
    if field.form() == Form::Words {
        return people::read(text).map(Some);
    }
    let text = if text.chars().nth(LONGEST_FORMED).is_none() { text } else { String::new() };
    match field.form() {
        Form::Instant => instant::read(&text),
        Form::Nip => number::nip(&text).map(Some),
        Form::Reference => number::reference(&text).map(Some),
        Form::Serial => number::serial(&text).map(Some),
        Form::Choice(words) => choice::read(field, words, &text).map(Some),
        Form::Choices(words) => scope::read(words, &text).map(Some),
        Form::Words => Ok(None),
    }
}

/// A text without what cannot be seen, its white space joined.
pub(in crate::inventory) fn clean(text: &str) -> String {
    let seen = text.chars().filter_map(|letter| match letter {
        _ if letter.is_whitespace() => Some(' '),
        _ if letter.is_control() => None,
        _ if is_unseen(letter) => None,
        _ => Some(letter),
    });
    let seen: String = seen.collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a letter joins, parts or turns others and is none itself.
fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}')
        || matches!(letter, '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Whether a clean text means that there is nothing to say.
pub(in crate::inventory) fn is_nothing(text: &str) -> bool {
    // Nothing but dashes, dots, crosses of a form and questions.
    let silent = |letter: char| matches!(letter, '-' | '?' | '.' | '_' | '/' | '\\' | '—' | '–' | '―' | '−' | '…');
    // The longest phrase has 16 letters.
    text.chars().all(silent) || (text.len() < 40 && NOTHING.contains(&&*joined(text)))
}
