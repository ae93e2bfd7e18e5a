//! Rows that are refused, and what is said of them.

use proptest::prelude::*;

use super::*;
use crate::inventory::FIELDS;

fn why(text: &str) -> Vec<String> {
    read_all(text).2.into_iter().map(|row| row.why).collect()
}

#[test]
fn a_cell_that_contradicts_the_credential_is_told() {
    let head = "NIP | Numer ref. | Rodzaj | Wygenerowano | System | Token\n";
    for fine in [
        "5265877635 | | token | 10.10.2025 | X | TOKEN",
        " | 20251010-EC-1DCE3E3000-12ECB5B36E-45 | | 10.10.2025 10:40 | X | TOKEN",
        " | | | 2025-10-10T08:40:43Z | X | TOKEN",
    ] {
        let (_, made, rejected) = read_all(&format!("{head}{fine}"));
        assert_eq!((made.len(), rejected), (1, vec![]), "{fine}");
        assert_eq!(made[0].fields[&Field::Issued], "2025-10-10T08:40:43.235Z");
    }
    for (wrong, column) in [
        ("1111111111 | | | | X | TOKEN", "column A \"NIP\""),
        (" | 20251014-EC-2DFC46C000-5B9A7E1D0C-00 | | | X | TOKEN", "column B \"Numer ref.\""),
        (" | | certyfikat | | X | TOKEN", "column C \"Rodzaj\""),
        (" | | | 11.10.2025 | X | TOKEN", "column D \"Wygenerowano\""),
        (" | | | 10.10.2025 12:00 | X | TOKEN", "column D \"Wygenerowano\""),
    ] {
        // The checksum of the other reference is made, since it must be sound.
        let crc = format!("{:02X}", crate::codec::crc8(b"20251014-EC-2DFC46C000-5B9A7E1D0C"));
        let wrong = wrong.replace("5B9A7E1D0C-00", &format!("5B9A7E1D0C-{crc}"));
        assert_eq!(why(&format!("{head}{wrong}")), [format!("{column} contradicts the token that stands in the row")]);
    }
}

#[test]
fn several_credentials_of_a_row_are_several_claims() {
    let head = "Klient | NIP | Token | Klucz | Numer seryjny | Ważny do\n";
    let (_, made, rejected) = read_all(&format!("{head}ABC | 5265877635 | TOKEN | KEY | 01F2 | 31.12.2026"));
    // A day in the row is that of one of them, and it is not told of which.
    assert_eq!(rejected.len(), 1, "{rejected:?}");
    assert!(rejected[0].why.starts_with("has several credentials"), "{rejected:?}");
    let wanted = [
        "row 2, credential 1: entity=ABC nip=5265877635 sort=token reference=20251010-EC-1DCE3E3000-12ECB5B36E-45 \
         issued=2025-10-10T08:40:43.235Z print",
        "row 2, credential 2: entity=ABC nip=5265877635 sort=key serial=01F2 print",
    ];
    assert_eq!(all_told(&made), wanted);
    let twice = why(&format!("{head}ABC | | KEY | KEY | 01F2 |"));
    assert_eq!(twice, ["column E \"Numer seryjny\" does not say to which credential of the row it belongs"]);
}

#[test]
fn rows_that_name_no_credential_are_rejected() {
    let head = "Klient | NIP | Nazwa tokena | System | Nr ref. | Numer seryjny\n";
    for known in
        ["A | | x | | |", " | 5265877635 | | X | |", " | | | | 20251010-EC-1DCE3E3000-12ECB5B36E-45 |", " | | | | | 01"]
    {
        assert_eq!(why(&format!("{head}{known}")), Vec::<String>::new(), "{known}");
    }
    for unknown in ["A | 5265877635 | | | |", " | | x | X | |"] {
        assert!(why(&format!("{head}{unknown}"))[0].starts_with("names no credential"), "{unknown}");
    }
    // A credential above the headings is not lost.
    assert_eq!(read_all(&format!("stary: | TOKEN\n{head}")).1.len(), 1);
}

#[test]
fn totals_are_left_and_companies_that_are_called_so_are_not() {
    let head = "Klient | System | Token\n";
    let all = |text: &str| {
        let (_, made, rejected) = read_all(&format!("{head}{text}"));
        (made.len(), rejected.len())
    };
    for closing in
        ["Razem | 5", "Suma tokenów: 12", "Total", "Stan na 01.02.2026", "Sporządził: | Jan", "* bez daty", "Strona 2"]
    {
        assert_eq!(all(closing), (0, 0), "{closing}");
    }
    for company in ["Total Energies | Comarch |", "Razem Sp. z o.o. | nexo |", "Suma Polska | | TOKEN"] {
        assert_eq!(all(company), (1, 0), "{company}");
    }
    assert_eq!(all("Razem | 5 | TOKEN"), (1, 0), "a credential is never left");
    assert_eq!(all("Jakieś zdanie"), (0, 1));
}

#[test]
fn no_message_quotes_a_cell() {
    let canary = "Canary7";
    let names: Vec<&str> = FIELDS.iter().map(|(_, name, _)| *name).collect();
    for column in 0..names.len() {
        let row: Vec<&str> = (0..names.len()).map(|at| if at == column { canary } else { "" }).collect();
        for why in why(&format!("{}\n{}", names.join("|"), row.join("|"))) {
            assert!(!why.contains(canary), "{why}");
        }
    }
    for table in [
        "Klient | Token | System\nA | Canary7 | X",
        "Klient | Nr ref. | Token\nA | Canary7 | TOKEN",
        "Klient | Ważny do | Token\nCanary7 | x Canary7 | Canary7",
        "Klient | NIP | Token\nCanary7 | 1111111111 | TOKEN\nCanary7",
    ] {
        let told = why(table);
        assert!(!told.is_empty() && told.iter().all(|why| !why.contains(canary)), "{told:?}");
    }
}

proptest! {
    #[test]
    fn whatever_stands_in_a_table_each_row_is_told_once_at_most(
        cells in prop::collection::vec(prop::collection::vec(prop::sample::select(vec![
            "", "", "Klient", "NIP", "Token", "System", "Ważny do", "ABC", "5265877635", "1111111111", REFERENCE,
            "31.12.2026",
            "TOKEN", "KEY", "Razem", "j.w.", "-", "prod", "Nazwa", "a8Fk2-99xkQ", "\u{202E}",
        ]), 0..6), 0..12),
    ) {
        let text: Vec<String> = cells.iter().map(|row| row.join("|")).collect();
        let rows = rows(&text.join("\n"));
        for plan in guess(&rows).into_iter().chain(Plan::unread(&rows)) {
            let (made, rejected) = claims(&plan, &rows);
            let met: usize = rows.iter().map(|row| row.met.len()).sum();
            prop_assert!(made.len() <= met + rows.len());
            let told = made.iter().map(|claim| &claim.place);
            let mut places: Vec<_> = rejected.iter().map(|row| &row.place).chain(told).collect();
            let all = places.len();
            places.sort_unstable();
            places.dedup();
            prop_assert_eq!(places.len(), all);
            // No credential is lost: its row is claimed or rejected.
            for row in rows.iter().filter(|row| !row.met.is_empty()) {
                prop_assert!(places.iter().any(|place| place.split(", ").next() == Some(&row.place)));
            }
        }
    }
}
