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
        assert_eq!(
            why(&format!("{head}{wrong}")),
            [format!(
                "{column} contradicts the token that stands in the row; nothing of the row was kept, nor the token in it"
            )]
        );
    }
}

#[test]
fn several_credentials_of_a_row_are_several_claims() {
    let head = "Klient | NIP | Token | Klucz | Numer seryjny | Ważny do\n";
    let (_, made, rejected) = read_all(&format!("{head}ABC | 5265877635 | TOKEN | KEY | 01F2 | 31.12.2026"));
    // A day in the row is that of one of them, and it is not told of which.
    assert_eq!(rejected, []);
    let remarks = remarks(&format!("{head}ABC | 5265877635 | TOKEN | KEY | 01F2 | 31.12.2026"));
    assert!(remarks.len() == 1 && remarks[0].starts_with("row 2: has several credentials"), "{remarks:?}");
    let wanted = [
        "row 2, credential 1: entity=ABC nip=5265877635 sort=token reference=20251010-EC-1DCE3E3000-12ECB5B36E-45 \
         issued=2025-10-10T08:40:43.235Z print",
        "row 2, credential 2: entity=ABC nip=5265877635 sort=key serial=00000000000001F2 print",
    ];
    assert_eq!(all_told(&made), wanted);
    let twice = why(&format!("{head}ABC | | KEY | KEY | 01F2 |"));
    assert_eq!(
        twice,
        [
            "column E \"Numer seryjny\" does not say to which credential of the row it belongs; nothing of the row was kept, \
         nor the credentials in it"
        ]
    );
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
    let told = remarks(&format!("stary: | TOKEN\n{head}"));
    assert_eq!(told, ["row 1: stands above the rows of the table: nothing but its credential was kept"]);
}

#[test]
fn the_credential_of_a_row_that_is_rejected_is_told_with_it() {
    let rows =
        rows("NIP | Ważny do | System | Token\n | nigdy już | X | TOKEN\n1111111111 | | X | TOKEN\n | | X | KEY");
    let told = claims(&guess(&rows).unwrap(), &rows);
    assert_eq!((told.claims.len(), told.rejected.len(), told.remarks.len()), (1, 2, 0));
    assert!(told.rejected.iter().all(|row| row.why.ends_with("; nothing of the row was kept, nor the token in it")));
    assert_eq!(told.unkept, token().prints);
}

#[test]
fn rows_above_the_headings_are_told_unless_they_are_titles() {
    let table = "Klient | Nazwa tokena | NIP\nABC | x | 5265877635";
    for title in [
        "Rejestr tokenów",
        "Biuro rachunkowe: | Kowalska i wspólnicy | Stan na: | 01.02.2026",
        "Stan na 01.02.2026 | Anna Kos | Kraków",
        "1. | Wpisz klienta",
        " | KSeF | 2026",
    ] {
        assert_eq!(read_all(&format!("{title}\n{table}")).2, [], "{title}");
    }
    let told = read_all(&format!("DEF | def-prod\n\nGHI | ghi-prod | 1111111111\n{table}")).2;
    let why = "stands above the headings and was not read: put it below them, or give it headings of its own";
    assert_eq!(reasons(&told), [format!("row 1: {why}"), format!("row 3: {why}")]);
}

#[test]
fn rows_that_nothing_tells_apart_are_told() {
    let head = "Lp. | Klient | Nazwa tokena | System | Status | Nr ref.\n";
    let told = |text: &str| remarks(&format!("{head}{text}"));
    let why = "looks the same as row 2: give both a name or a reference number to tell them apart";
    assert_eq!(told("1 | ABC | | nexo | aktywny |\n2 | abc | | Nexo | |"), [format!("row 3: {why}")]);
    assert_eq!(
        told("1 | ABC | | nexo | |\n2 | ABC | | nexo | |"),
        ["row 3: says the same as row 2: it stands there twice"]
    );
    for fine in [
        "1 | ABC | a | nexo | |\n2 | ABC | b | nexo | |",
        "1 | ABC | | nexo | |\n2 | DEF | | nexo | |",
        "1 | ABC | | nexo | |\n2 | ABC | | enova | |",
        &format!("1 | ABC | | nexo | | {REFERENCE}\n2 | ABC | | nexo | | {REFERENCE}"),
    ] {
        assert_eq!(told(fine), Vec::<String>::new(), "{fine}");
    }
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
    for closing in
        ["Razem Alfa | | 2", "Suma Alfa | 1 234,50 zł |", "Razem Alfa: 2", "Sporządził | Jan", "Uwaga: brak | |"]
    {
        assert_eq!(all(closing), (0, 0), "{closing}");
    }
    for company in ["Razem Alfa | nexo |", "Suma Alfa | 31.12.2026 |"] {
        assert_eq!(all(company), (1, 0), "{company}");
    }
    assert_eq!(all("Jakieś zdanie"), (0, 1));
}

#[test]
fn companies_that_are_called_like_notes_are_kept() {
    let head = "Klient | Nazwa tokena | Odpowiedzialny\n";
    for company in [
        "Source Code Sp. z o.o. | SRC-PROD |",
        "* Nowa Firma | NOWA-PROD |",
        "Page Group | PAGE-PROD |",
        "Source IT | SRC-PROD",
        "Uwaga Media | UWM",
        "Strona 7 | S7",
        "Stan Nawrocki | SN",
    ] {
        let (_, made, rejected) = read_all(&format!("{head}{company}"));
        assert_eq!((made.len(), rejected), (1, vec![]), "{company}");
    }
    // Without a token such a row is told.
    assert_eq!(read_all(&format!("{head}Source IT | | Anna")).2.len(), 1);
    for note in ["Strona 2", "Page 2 of 3", "Uwaga! wszystkie do wymiany", "* do wymiany | | Anna", "Źródło: CRM"] {
        let (_, made, rejected) = read_all(&format!("{head}{note}"));
        assert_eq!((made, rejected), (vec![], vec![]), "{note}");
    }
    // A number of a certificate is no count.
    let numbered = "Klient | Numer seryjny | System\nTotal Energies | 1234567890123456 | \nRazem Alfa | 2 |";
    assert_eq!((read_all(numbered).1.len(), read_all(numbered).2.len()), (1, 0));
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
            "31.12.2026", "Numer referencyjny", "Nazwa tokena", "Podmiot",
            "TOKEN", "KEY", "Razem", "j.w.", "-", "prod", "Nazwa", "a8Fk2-99xkQ", "\u{202E}",
        ]), 0..6), 0..12),
    ) {
        let text: Vec<String> = cells.iter().map(|row| row.join("|")).collect();
        let rows = rows(&text.join("\n"));
        for plan in guess(&rows).into_iter().chain(Plan::unread(&rows)) {
            let Taken { claims: made, rejected, remarks, unkept } = claims(&plan, &rows);
            prop_assert!(remarks.iter().all(|row| rows.iter().any(|own| own.place == row.place)));
            prop_assert!(remarks.iter().all(|row| rejected.iter().all(|other| other.place != row.place)));
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
                let is_rejected = rejected.iter().any(|other| other.place == row.place);
                prop_assert!(!is_rejected || row.met.iter().all(|met| met.prints.is_subset(&unkept)));
                prop_assert!(places.iter().any(|place| place.split(", ").next() == Some(&row.place)));
            }
        }
        // No row is in two tables or in none.
        let parts: Vec<Row> = divide(&rows).concat();
        prop_assert_eq!(parts, rows);
    }
}
