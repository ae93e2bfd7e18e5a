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
mod scope;
#[cfg(test)]
mod tests;

pub(in crate::inventory) use fold::{fold, joined, words};

use super::{Field, Form};

/// Characters that words of people may have.
const LONGEST: usize = 200;

/// Longer texts are no value of a form.
const LONGEST_FORMED: usize = 400;

/// Letters and digits in a row that make a credential rather than a word: tokens have 40 or 64. An identifier of 32
/// digits, as stores of passwords give their entries, says where something is kept.
const CREDENTIAL: usize = 40;

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
        return people(text).map(Some);
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

/// Hexadecimal digits in a row that no name has.
const DIGITS: usize = 16;

/// Words of people, as they wrote them.
fn people(text: String) -> Result<String, String> {
    if text.chars().nth(LONGEST).is_some() {
        return Err(format!("takes at most {LONGEST} characters"));
    }
    let drawn = |run: &str| {
        let mixed = run.contains(|c: char| c.is_ascii_digit()) && run.contains(|c: char| c.is_ascii_alphabetic());
        run.len() >= CREDENTIAL && mixed
    };
    if text.split(|letter: char| !letter.is_ascii_alphanumeric()).any(drawn) {
        return Err(format!("takes words, and no {CREDENTIAL} letters and digits in a row, which a credential has"));
    }
    let bare: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    let digits = |run: &&str| {
        run.len() >= DIGITS
            && run.contains(|c: char| c.is_ascii_alphabetic())
            && run.contains(|c: char| c.is_ascii_digit())
    };
    if bare.split(|letter: char| !letter.is_ascii_hexdigit()).any(|run| digits(&run)) {
        return Err(format!("takes words, and no {DIGITS} hexadecimal digits in a row, which a secret has"));
    }
    if text.split(|letter: char| !letter.is_ascii_digit()).any(is_pesel) {
        return Err("takes words, and no PESEL: whose it is belongs into no inventory".to_owned());
    }
    Ok(text)
}

/// Whether digits are the number of a person: weights 1 3 7 9, a month and a day that can be.
fn is_pesel(digits: &str) -> bool {
    const WEIGHTS: [u32; 10] = [1, 3, 7, 9, 1, 3, 7, 9, 1, 3];
    let digits: Vec<u32> = digits.bytes().map(|digit| u32::from(digit - b'0')).collect();
    let [_, _, tens, month, days, day, .., check] = digits[..] else { return false };
    let sum: u32 = WEIGHTS.iter().zip(&digits).map(|(weight, digit)| weight * digit).sum();
    digits.len() == 11
        && (10 - sum % 10) % 10 == check
        && matches!(tens % 2 * 10 + month, 1..=12)
        && matches!(days * 10 + day, 1..=31)
}
