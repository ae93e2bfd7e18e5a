//! Words of people, as the audit compares them.
//!
//! Holds: when two texts name one person; what says nothing although
//! it is written. Must not know: any rule.

pub(super) use crate::codec::fold_name as fold;

/// What people write where they have nothing to say, folded.
const NOTHING: &[&str] = &[
    "b/d",
    "brak",
    "brak danych",
    "do ustalenia",
    "do uzupelnienia",
    "n/a",
    "n/d",
    "nie dotyczy",
    "nie wiadomo",
    "nieznana",
    "nieznany",
    "nikt",
    "nobody",
    "none",
    "null",
    "tbd",
    "unknown",
];

/// What stands before a name and is no part of it, folded.
const TITLES: &[&str] = &["dr", "hab", "ing", "inz", "lic", "mec", "mgr", "mr", "mrs", "ms", "pan", "pani", "prof"];

/// Names of a list that a text shows; the others are counted.
const SHOWN: usize = 5;

/// Characters of a name that a list shows, so that one long name cannot be told a thousand times.
const LONGEST: usize = 100;

/// The words of a text, folded.
pub(super) fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    folded.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The text, unless it says nothing: a dash, `brak`.
pub(super) fn said(text: &str) -> Option<&str> {
    let text = text.trim();
    let empty = !text.contains(char::is_alphanumeric) || NOTHING.contains(&&*fold(text));
    (!empty).then_some(text)
}

/// By what a person is known: first and last name in any order, without what stands in brackets.
pub(super) fn person(text: &str) -> String {
    let mut outside = words(&without_brackets(text));
    if outside.is_empty() {
        outside = words(text);
    }
    // A title stands before two words at least: «Pan Jan» is nobody in particular, «Jan Pan» somebody.
    if outside.iter().filter(|word| !is_title(word)).count() > 1 {
        outside.retain(|word| !is_title(word));
    }
    outside.sort_unstable();
    outside.join(" ")
}

fn is_title(word: &str) -> bool {
    TITLES.contains(&word)
}

/// Whom a line of a list of people names: one, also by the name in a mail address that stands alone.
pub(super) fn one(text: &str) -> Vec<String> {
    let address = Some(text.trim()).filter(|text| !text.contains(char::is_whitespace));
    let named = address.and_then(|text| text.split_once('@')).map(|(name, _)| person(name));
    [person(text)].into_iter().chain(named.filter(|name| name.contains(' '))).collect()
}

/// A person whose name is written with an initial for one of its words: `A. Nowak`.
pub(super) fn initialed(person: &str) -> impl Iterator<Item = String> + '_ {
    let words: Vec<&str> = person.split(' ').collect();
    // What is short already is an initial, or no name.
    let long = |at: &usize| words.len() > 1 && words.get(*at).is_some_and(|word| word.chars().count() > 2);
    let all: Vec<usize> = (0..words.len()).filter(long).collect();
    all.into_iter().map(move |short| {
        let initial = |word: &str| word.chars().take(1).collect::<String>();
        let word = |(at, word): (usize, &&str)| if at == short { initial(word) } else { (*word).to_owned() };
        let mut words: Vec<String> = words.iter().enumerate().map(word).collect();
        words.sort_unstable();
        words.join(" ")
    })
}

/// Everyone whom a text may name: the whole of it (`Nowak, Anna`), and each of several.
pub(super) fn people(text: &str) -> Vec<String> {
    let whole = person(text);
    let mut named = vec![whole.clone()];
    let parts = text.split([',', ';', '/', '&', '+', '|', '\n', '(', ')', '<', '>', '[', ']']);
    // One word is no one in particular: half of `Nowak, Anna`.
    for part in parts {
        named.push(person(part));
        // The name in a mail address.
        named.extend(part.split_whitespace().filter_map(|word| Some(person(word.split_once('@')?.0))));
    }
    named.retain(|name| name.contains(' ') || *name == whole);
    named
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0_usize;
    let mut outside = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '(' | '<' | '[' => depth += 1,
            ')' | '>' | ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => outside.push(letter),
            _ => {}
        }
    }
    outside
}

/// Some names as a clause: `«Comarch», «nexo» and 3 more`.
pub(super) fn list<'a>(names: impl IntoIterator<IntoIter: ExactSizeIterator<Item = &'a str>>) -> String {
    let mut names = names.into_iter();
    let mut shown: Vec<String> = names.by_ref().take(SHOWN).map(|name| format!("«{}»", cut(name))).collect();
    // Not counted one by one: a list may be told for each of its members.
    let more = names.len();
    let last = if more > 0 { Some(format!("{more} more")) } else { shown.pop() };
    match (shown.is_empty(), last) {
        (_, None) => String::new(),
        (true, Some(last)) => last,
        (false, Some(last)) => format!("{} and {last}", shown.join(", ")),
    }
}

fn cut(name: &str) -> String {
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_leaves_neither_case_nor_diacritics_nor_white_space() {
        assert_eq!(fold("  ZAŻÓŁĆ\u{a0}gęślą\t\njaźń "), "zazolc gesla jazn");
        assert_eq!(fold("Z\u{307}ołe\u{328}dz\u{301}"), fold("Żołędź"), "taken apart, as some systems write it");
        assert_eq!(words("ABC-Poland_Łódź.2026"), ["abc", "poland", "lodz", "2026"]);
    }

    #[test]
    fn a_person_is_known_in_any_order() {
        for same in ["Małgorzata  Żuk", "ŻUK MALGORZATA", "Żuk, Małgorzata", "Małgorzata Żuk (IT) <m@abc.example>"]
        {
            assert_eq!(person(same), "malgorzata zuk", "{same}");
        }
        assert_eq!(person("(Anna Nowak)"), "anna nowak");
        assert!(people("Jan Lis, Małgorzata Żuk").contains(&"malgorzata zuk".to_owned()));
        assert!(!people("Żuk, Małgorzata").contains(&"zuk".to_owned()));
    }

    #[test]
    fn a_dash_says_nothing() {
        for nothing in ["", " ", "-", "—", "???", "Brak", "N/D", "do  uzupełnienia"] {
            assert_eq!(said(nothing), None, "{nothing}");
        }
        assert_eq!(said(" Jan Lis "), Some("Jan Lis"));
    }

    #[test]
    fn a_list_shows_a_few_and_counts_the_rest() {
        assert_eq!(list([]), "");
        assert_eq!(list(["a"]), "«a»");
        assert_eq!(list(["a", "b"]), "«a» and «b»");
        assert_eq!(list(["a", "b", "c", "d", "e", "f", "g"]), "«a», «b», «c», «d», «e» and 2 more");
        assert_eq!(list([&*"ż".repeat(101)]).chars().count(), LONGEST + 3);
    }
}
