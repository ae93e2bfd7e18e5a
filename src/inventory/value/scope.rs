//! What a credential may do: several of KSeF's names.
//!
//! Holds: the names, and the phrases for them that KSeF's portal shows and people write. Must not know: what a system
//! needs. A new phrase is a line in `PHRASES`.

use super::{joined, words};

/// Words that stand between two permissions.
const BETWEEN: [&str; 4] = ["i", "oraz", "and", "a"];

/// Words of the longest phrase.
const LONGEST: usize = 6;

/// Phrases, folded and joined, and what they mean. One that names two things at once stands for both.
const PHRASES: &[(&str, &[&str])] = &[
    ("przegladaniefaktur", &["InvoiceRead"]),
    ("odczytfaktur", &["InvoiceRead"]),
    ("czytaniefaktur", &["InvoiceRead"]),
    ("pobieraniefaktur", &["InvoiceRead"]),
    ("dostepdofaktur", &["InvoiceRead"]),
    ("wgladwfaktury", &["InvoiceRead"]),
    ("podgladfaktur", &["InvoiceRead"]),
    ("odbieraniefaktur", &["InvoiceRead"]),
    ("odbiorfaktur", &["InvoiceRead"]),
    ("readinvoices", &["InvoiceRead"]),
    ("wystawianiefaktur", &["InvoiceWrite"]),
    ("wysylaniefaktur", &["InvoiceWrite"]),
    ("wysylkafaktur", &["InvoiceWrite"]),
    ("zapisfaktur", &["InvoiceWrite"]),
    ("przesylaniefaktur", &["InvoiceWrite"]),
    ("issueinvoices", &["InvoiceWrite"]),
    ("writeinvoices", &["InvoiceWrite"]),
    ("przegladanieiwystawianiefaktur", &["InvoiceRead", "InvoiceWrite"]),
    ("wystawianieiprzegladaniefaktur", &["InvoiceRead", "InvoiceWrite"]),
    ("odczytiwystawianiefaktur", &["InvoiceRead", "InvoiceWrite"]),
    ("wystawianieiodczytfaktur", &["InvoiceRead", "InvoiceWrite"]),
    ("odczytizapisfaktur", &["InvoiceRead", "InvoiceWrite"]),
    ("odczytzapisfaktur", &["InvoiceRead", "InvoiceWrite"]),
    ("wysylanieiodbieraniefaktur", &["InvoiceRead", "InvoiceWrite"]),
    ("wysylkaiodbiorfaktur", &["InvoiceRead", "InvoiceWrite"]),
    ("pobieranieiwysylaniefaktur", &["InvoiceRead", "InvoiceWrite"]),
    ("przegladanieuprawnien", &["CredentialsRead"]),
    ("odczytuprawnien", &["CredentialsRead"]),
    ("wgladwuprawnienia", &["CredentialsRead"]),
    ("zarzadzanieuprawnieniami", &["CredentialsManage"]),
    ("nadawanieuprawnien", &["CredentialsManage"]),
    ("nadawanieiodbieranieuprawnien", &["CredentialsManage"]),
    ("przegladanieizarzadzanieuprawnieniami", &["CredentialsManage", "CredentialsRead"]),
    ("zarzadzaniejednostkamipodrzednymi", &["SubunitManage"]),
    ("zarzadzaniejednostkamipodleglymi", &["SubunitManage"]),
    ("zarzadzaniepodmiotamipodrzednymi", &["SubunitManage"]),
    ("zarzadzaniejednostkami", &["SubunitManage"]),
    ("jednostkipodlegle", &["SubunitManage"]),
    ("jednostkipodrzedne", &["SubunitManage"]),
    ("operacjeegzekucyjne", &["EnforcementOperations"]),
    ("wykonywanieoperacjiegzekucyjnych", &["EnforcementOperations"]),
    ("przegladaniehistoriisesji", &["Introspection"]),
    ("historiasesji", &["Introspection"]),
    ("wgladwhistoriesesji", &["Introspection"]),
    ("wgladwsesje", &["Introspection"]),
    ("introspekcja", &["Introspection"]),
    ("uwierzytelnianie", &["Authentication"]),
    ("uwierzytelniajacy", &["Authentication"]),
    ("uwierzytelnianiewksef", &["Authentication"]),
    ("logowanie", &["Authentication"]),
    ("typ1", &["Authentication"]),
    ("typ2", &["Offline"]),
    ("tryboffline", &["Offline"]),
    ("fakturyoffline", &["Offline"]),
    ("wystawianiefakturoffline", &["Offline"]),
    ("offline24", &["Offline"]),
];

/// The names of the list that a text means, sorted, with commas.
pub(super) fn read(list: &[&'static str], text: &str) -> Result<String, String> {
    let words = words(text);
    let mut meant = Vec::new();
    let mut rest = words.as_slice();
    while let Some(word) = rest.first() {
        // The longest phrase first, since some hold an "and" of their own.
        let longest = (1..=LONGEST.min(rest.len())).rev().find_map(|count| {
            let (phrase, behind) = rest.split_at_checked(count)?;
            Some((named(list, &phrase.concat())?, behind))
        });
        rest = match longest {
            Some((names, behind)) => {
                meant.extend(names);
                behind
            }
            None if BETWEEN.contains(&&**word) => rest.get(1..).unwrap_or_default(),
            None => return Err(clause()),
        };
    }
    meant.sort_unstable();
    meant.dedup();
    if meant.is_empty() { Err(clause()) } else { Ok(meant.join(",")) }
}

fn clause() -> String {
    "takes KSeF's names of permissions, such as InvoiceRead or CredentialsManage, with commas between them".to_owned()
}

fn named(list: &[&'static str], phrase: &str) -> Option<Vec<&'static str>> {
    if let Some(name) = list.iter().find(|name| joined(name) == phrase) {
        return Some(vec![*name]);
    }
    let (_, names) = PHRASES.iter().find(|(written, _)| *written == phrase)?;
    // A list that is shortened some day must not be left behind here.
    names.iter().map(|name| list.iter().find(|known| *known == name).copied()).collect()
}
