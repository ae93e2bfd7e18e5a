//! One of some words: the environment, the sort, the status.
//!
//! Holds: what people and KSeF's portal write for each. Must not know: what follows from a status.

use super::{joined, words};
use crate::inventory::Field;

/// Endings of Polish adjectives: `aktywny`, `aktywna`, `aktywne`, `wygasł`, `wygasło`.
const ENDINGS: [&str; 6] = ["", "y", "a", "e", "i", "o"];

/// What people write for a word, folded and joined.
type Written = &'static [(&'static str, &'static [&'static str])];

const ENVIRONMENTS: Written = &[
    (
        "production",
        &["prod", "prd", "pr", "produkcja", "produkcji", "produkcyjn", "produktywn", "api", "live", "ksefapipr"],
    ),
    (
        "demo",
        &[
            "tr",
            "preprod",
            "preprodukcja",
            "preprodukcyjn",
            "przedprod",
            "przedprodukcja",
            "przedprodukcyjn",
            "preproduction",
            "apidemo",
            "demonstracyjn",
            "ksefapitr",
        ],
    ),
    ("test", &["te", "test", "tst", "testow", "testing", "apitest", "ksefapite"]),
];

/// What stands beside the name of an environment and says nothing.
const BESIDE: [&str; 14] =
    ["srodowisko", "na", "environment", "env", "ksef", "v2", "2", "0", "wersja", "https", "mf", "gov", "pl", "system"];

const SORTS: Written = &[
    ("token", &["token", "tokeny", "tokens"]),
    ("certificate", &["certyfikat", "certificate", "cert", "certyfikaty", "crt"]),
    ("key", &["klucz", "key", "klucze"]),
];

/// What stands beside a sort and does not change it.
const QUALIFIERS: [&str; 31] = [
    "ksef",
    "2",
    "0",
    "1",
    "api",
    "typ",
    "typu",
    "type",
    "autoryzacyjny",
    "autoryzujacy",
    "integracyjny",
    "systemowy",
    "dostepowy",
    "dostepu",
    "prywatny",
    "private",
    "uwierzytelniajacy",
    "uwierzytelniania",
    "authentication",
    "authorisation",
    "authorization",
    "offline",
    "online",
    "wewnetrzny",
    "do",
    "uwierzytelnienia",
    "p12",
    "pfx",
    "access",
    "x509",
    "pem",
];

const STATUSES: Written = &[
    (
        "Active",
        &[
            "aktywn",
            "wuzyciu",
            "wazn",
            "dzial",
            "dzialajac",
            "uzywan",
            "obowiazujac",
            "biezac",
            "aktualn",
            "czynn",
            "wlaczon",
            "doodwolani",
            "wydan",
            "nieuzywan",
            "inuse",
            "valid",
            "enabled",
            "live",
            "current",
            "issued",
            "unused",
            "notused",
        ],
    ),
    ("Pending", &["oczekujac", "oczekuj", "woczekiwaniu", "wtrakcieaktywacji", "wtrakciewydawani", "waiting"]),
    (
        "Revoking",
        &[
            "wtrakcieuniewazniania",
            "uniewaznian",
            "wtrakcieodwolywania",
            "odwolywan",
            "wtrakciecofania",
            "revocationinprogress",
            "beingrevoked",
        ],
    ),
    ("Revoked", &["uniewaznion", "cofniet", "odwolan", "anulowan", "cancelled"]),
    ("Failed", &["blad", "bledn", "nieudan", "error", "failure"]),
    (
        "Blocked",
        &[
            "zablokowan",
            "blokada",
            "zawieszon",
            "wstrzyman",
            "locked",
            "suspended",
            "onhold",
            // That it is not in force leaves open why. This is the least of what it may be: it proves nothing, and
            // may be undone.
            "nieaktywn",
            "nieaktualn",
            "niewazn",
            "nieobowiazujac",
            "niedzial",
            "niedzialajac",
            "nieczynn",
            "wylaczon",
            "dezaktywowan",
            "archiwaln",
            "zarchiwizowan",
            "zamkniet",
            "wycofan",
            "usuniet",
            "inactive",
            "notactive",
            "invalid",
            "notvalid",
            "disabled",
            "deactivated",
            "archived",
            "closed",
            "withdrawn",
            "deleted",
        ],
    ),
    ("Expired", &["wygasl", "poterminie", "przeterminowan", "niewaznypoterminie", "terminminal", "outdated"]),
];

/// The word of the list that a text means.
pub(super) fn read(field: Field, list: &[&'static str], text: &str) -> Result<String, String> {
    let whole = joined(text);
    let named = |word: &&&str| joined(word) == whole;
    let meant = list.iter().find(named).copied().or_else(|| match field {
        Field::Environment => environment(text),
        Field::Sort => sort(text),
        Field::Status => written(STATUSES, &without(text, &["ksef", "status", "stan"]).concat()),
        _ => None,
    });
    // A list that is shortened some day must not be left behind here.
    let meant = meant.filter(|word| list.contains(word));
    meant.map(str::to_owned).ok_or_else(|| {
        if field == Field::Status {
            return format!("takes one of KSeF's words, {}, or nothing", told(list));
        }
        format!("takes {}", told(list))
    })
}

/// A list for people.
fn told(list: &[&str]) -> String {
    match list {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => list.concat(),
    }
}

fn written(table: Written, whole: &str) -> Option<&'static str> {
    let own = |(word, stems): &&(&str, &[&str])| is_one_of(stems, whole) || joined(word) == whole;
    table.iter().find(own).map(|(word, _)| *word)
}

/// The environment that a text names, once or twice: `demo (przedprodukcyjne)`.
fn environment(text: &str) -> Option<&'static str> {
    let words = without(text, &BESIDE);
    written(ENVIRONMENTS, &words.concat()).or_else(|| {
        let mut named = words.iter().map(|word| written(ENVIRONMENTS, word));
        let first = named.next()??;
        named.all(|other| other == Some(first)).then_some(first)
    })
}

/// The environment that the heading of a column of credentials names: `Token TEST`.
pub fn environment_above(heading: &str) -> Option<&'static str> {
    let is_of_sort = |word: &str| QUALIFIERS.contains(&word) || SORTS.iter().any(|(_, names)| names.contains(&word));
    let rest: Vec<String> = words(heading).into_iter().filter(|word| !is_of_sort(word)).collect();
    environment(&rest.join(" "))
}

fn is_one_of(stems: &[&str], whole: &str) -> bool {
    stems.iter().any(|stem| whole.strip_prefix(stem).is_some_and(|ending| ENDINGS.contains(&ending)))
}

fn without(text: &str, beside: &[&str]) -> Vec<String> {
    words(text).into_iter().filter(|word| !beside.contains(&&**word)).collect()
}

/// The only sort that a text names.
fn sort(text: &str) -> Option<&'static str> {
    match without(text, &QUALIFIERS).as_slice() {
        [word] => SORTS.iter().find(|(_, names)| names.contains(&&**word)).map(|(sort, _)| *sort),
        _ => None,
    }
}
