//! Values that say several things at once.
//!
//! Holds: how the systems that use a credential, and the places where it is kept, are told apart. Must not know: whose
//! they are.

use super::Field;

/// The things that a value says; of most fields one.
pub(super) fn parts(field: Field, text: &str) -> Vec<&str> {
    let parts: Vec<&str> = match field {
        Field::System => systems(text),
        Field::Home => text.split(';').collect(),
        _ => vec![text],
    };
    parts.into_iter().map(str::trim).filter(|part| part.contains(char::is_alphanumeric)).collect()
}

/// People write `Comarch, nexo`, `Comarch / enova365` and `Comarch + XL`; but `F/K` and `SAP S/4HANA` are one system.
fn systems(text: &str) -> Vec<&str> {
    let (mut parts, mut from) = (Vec::new(), 0);
    for (at, sign) in text.char_indices() {
        let behind = at + sign.len_utf8();
        let (Some(before), Some(after)) = (text.get(from..at), text.get(behind..)) else { continue };
        let divides = match sign {
            ',' | ';' | '\n' => true,
            '/' | '+' => {
                let apart = before.ends_with(' ') && after.starts_with(' ');
                apart || is_word(before.chars().rev()) && is_word(after.chars())
            }
            _ => false,
        };
        if divides {
            parts.push(before);
            from = behind;
        }
    }
    parts.extend(text.get(from..));
    parts
}

/// Whether a word begins here that is longer than a letter.
fn is_word(mut signs: impl Iterator<Item = char>) -> bool {
    let mut is_letter = || signs.next().is_some_and(char::is_alphanumeric);
    is_letter() && is_letter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_are_told_apart_as_people_write_them() {
        for text in
            ["Comarch, nexo", "Comarch / nexo", "Comarch/nexo", "Comarch + nexo", "Comarch; nexo;", "Comarch\nnexo"]
        {
            assert_eq!(parts(Field::System, text), ["Comarch", "nexo"], "{text}");
        }
        for text in ["F/K", "SAP S/4HANA", "Kasa", "Notepad++"] {
            assert_eq!(parts(Field::System, text), [text]);
        }
        assert_eq!(parts(Field::Home, "/srv/a, b; vault"), ["/srv/a, b", "vault"]);
        assert_eq!(parts(Field::Name, "a; b"), ["a; b"]);
    }
}
