//! Headings and values, and what is made of them.

use super::*;
use crate::inventory::FIELDS;

fn guessed(text: &str) -> String {
    guess(&rows(text)).map_or("none".to_owned(), |plan| format!("{}: {}", plan.header, taken(&plan)))
}

#[test]
fn our_own_export_is_read_by_its_names() {
    let names: Vec<&str> = FIELDS.iter().rev().map(|(_, name, _)| *name).collect();
    assert_eq!(guessed(&names.join("|")), format!("0: {}", names.join(" ")));
    assert_eq!(guessed("name | nip\nABC | 5265877635"), "0: name nip");
}

#[test]
fn the_headings_are_found_below_titles() {
    let table = "Rejestr tokenów KSeF, klienci i systemy
        Stan na 01.02.2026 | | Sporządziła: | Anna
        |
        Lp. | Nazwa klienta | NIP | System | Ważny do | Uwagi
        1 | ABC | 5265877635 | token | 31.12.2026 | aktywny";
    assert_eq!(guessed(table), "3: ignore entity nip system valid-to ignore");
    assert_eq!(guessed(&format!("{}Klient | NIP", "\n".repeat(199))), "199: entity nip");
    assert_eq!(guessed(&format!("{}Klient | NIP", "\n".repeat(200))), "none");
    let steps: Vec<String> = (1..23).map(|step| format!("{step}. | Wpisz klienta i jego token w wierszu\n")).collect();
    let below = format!("{}Klient | NIP | Nazwa tokena\nABC | 5265877635 | x", steps.concat());
    assert_eq!(guessed(&below), "22: entity nip name");
    assert_eq!(told(&read_all(&below).1[0]), "row 24: entity=ABC nip=5265877635 name=x");
    for none in ["", "a | b\nc | d", "ABC | 5265877635 | Token", "Token\nABC | def"] {
        let one = none.starts_with("Token");
        assert_eq!(guessed(none), if one { "0: secret ?" } else { "none" }, "{none}");
    }
}

#[test]
fn what_stands_below_tells_tokens_from_their_names() {
    let below = |cells: &str| guessed(&format!("Klient | Token | System\n{cells}"));
    assert_eq!(below("A | TOKEN | X"), "0: entity secret system");
    assert_eq!(below("A | a8Fk2-99xkQ | X"), "0: entity secret system");
    assert_eq!(below(&format!("A | {REFERENCE} | X\nB | TOKEN | X")), "0: entity reference system");
    assert_eq!(below("A | ABC-Poland-Comarch-PROD-2026 | X\nB | token testowy | X"), "0: entity name system");
    assert_eq!(below("A | ABC-Poland-Comarch-PROD-2026 | X\nB | x8Kq9-77aQ-z81 | X"), "0: entity secret system");
    assert_eq!(below("A | ABC-Poland-PROD-2026 | X\nB | TOKEN | X"), "0: entity secret system");
    assert_eq!(below("A | tak | X\nB | nie | X"), "0: entity ignore system");
    assert_eq!(below("A | token | X\nB | certyfikat | X"), "0: entity sort system");
    assert_eq!(below("A | | X"), "0: entity secret system");
}

#[test]
fn values_that_verify_themselves_tell_a_column_without_a_heading() {
    let table = format!("Klient | Kolumna | | System | Dzień\nA | 526-587-76-35 | {REFERENCE} | X | 01.02.2026");
    assert_eq!(guessed(&table), "0: entity nip reference system ?");
    assert_eq!(guessed("Klient | Kolumna | System\nA | 1234567890 | X"), "0: entity ? system");
}

#[test]
fn each_field_is_taken_once_and_the_loser_is_told() {
    let plan = guess(&rows("NIP biura | NIP | Ważny do | Data ważności\n | 5265877635 | 01.02.2026 | ?")).unwrap();
    assert_eq!(taken(&plan), "ignore nip valid-to ignore");
    assert_eq!(plan.columns.iter().map(|column| column.instead).collect::<Vec<_>>(), [Some(1), None, None, Some(2)]);
    assert_eq!(guessed("Nazwa | NIP | System"), "0: entity nip system");
    assert_eq!(guessed("Nazwa | Klient | NIP"), "0: name entity nip");
    assert_eq!(guessed("Nazwa | System | Środowisko"), "0: name system environment");
    assert_eq!(guessed("Nazwa | Nazwa tokena | NIP"), "0: entity name nip");
    assert_eq!(guessed("Klient | Opiekun | System"), "0: entity owner system");
    assert_eq!(guessed("Klient | Opiekun | Właściciel"), "0: entity custodian owner");
    assert_eq!(guessed("Klient | Typ\nA | test\nB | prod"), "0: entity environment");
    assert_eq!(guessed("Klient | Typ\nA | token"), "0: entity sort");
}

#[test]
fn wide_and_ragged_tables_end() {
    let mut table = rows("Klient | NIP\nA");
    table.push(Row { place: "row 3".to_owned(), cells: vec!["x".to_owned(); 5000], met: Vec::new() });
    let plan = guess(&table).unwrap();
    assert_eq!(plan.columns.len(), WIDEST);
    assert_eq!(claims(&plan, &table).rejected.len(), 2);
    assert!(claims(&plan, &[]).claims.is_empty());
}

#[test]
fn headings_of_groups_tell_what_those_below_them_mean() {
    let table = "Podmiot | | Token | |
        Nazwa | NIP | Nazwa | Numer referencyjny | Ważny do
        ABC | 5265877635 | abc-prod | | 31.12.2026";
    assert_eq!(guessed(table), "1: entity nip name reference valid-to");
    let (plan, made, rejected) = read_all(table);
    assert_eq!(
        (plan.name(0), plan.name(2)),
        ("column A \"Podmiot / Nazwa\"".into(), "column C \"Token / Nazwa\"".into())
    );
    assert_eq!(rejected, []);
    assert_eq!(all_told(&made), ["row 3: entity=ABC nip=5265877635 name=abc-prod valid-to=2026-12-31T00:00:00Z"]);
    // The other way round, below a title, with headings that take both rows.
    let turned = "Rejestr tokenów KSeF
        Lp. | Dane tokena | | | Dane klienta | | Uwagi
         | Nazwa | Do | Numer | Nazwa | NIP |
        1 | abc-prod | 31.12.2026 | | ABC | 5265877635 | pilne";
    assert_eq!(guessed(turned), "2: ignore name valid-to secret entity nip ignore");
    let dates = "Klient | Wygenerowano | Ważność | | System | \n | | Od | Do | Nazwa | Opis\nABC | | | | nexo | x";
    assert_eq!(guessed(dates), "1: entity issued valid-from valid-to system ignore");
    // On the next page both rows stand again.
    let again = format!(
        "{table}\nPodmiot | | Token | |\nNazwa | NIP | Nazwa | Numer referencyjny | Ważny do\n\
                         DEF | 1111111111 | def | |"
    );
    let (_, made, rejected) = read_all(&again);
    assert_eq!((made.len(), rejected), (2, vec![]));
    // A title is no group, and neither is a row of the table.
    assert_eq!(guessed("Rejestr tokenów | | \nNazwa | NIP | System\nABC | 5265877635 | nexo"), "1: entity nip system");
    assert_eq!(guessed("Klient | | Token | System\nFirma Kos | x | TOKEN | nexo"), "0: entity ? secret system");
}
