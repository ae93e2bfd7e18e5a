//! Several tables in one sheet.

use super::*;

/// The tables: what each is, its claims, and what is told.
fn read_several(text: &str) -> Vec<(String, Vec<String>, Vec<String>)> {
    let rows = rows(text);
    let read = |rows: &&[Row]| {
        let Some(plan) = guess(rows) else { return ("none".to_owned(), vec![], vec![]) };
        let told = claims(&plan, rows);
        (taken(&plan), all_told(&told.claims), reasons(&told.rejected))
    };
    divide(&rows).iter().map(read).collect()
}

#[test]
fn a_table_below_another_is_read_by_its_own_headings() {
    for between in ["", "\n", "\n\n\nTokeny pozostałe\n", "\nTabela 2:\n\n"] {
        let table = format!(
            "Klient | NIP | Nazwa tokena
            ABC | 5265877635 | abc-1
            DEF | 1111111111 | def-1
            {between}Lp. | Podmiot | NIP | Nazwa tokena | System | Numer referencyjny
            1 | GHI | 5265877635 | ghi-1 | nexo | {REFERENCE}"
        );
        let last = table.lines().count();
        let [one, other] = &read_several(&table)[..] else { panic!("{between:?}") };
        assert_eq!((&*one.0, one.1.len(), one.2.len()), ("entity nip name", 2, 0), "{between:?}: {one:?}");
        assert_eq!(other.0, "ignore entity nip name system reference");
        assert_eq!(
            other.1,
            [format!("row {last}: entity=GHI nip=5265877635 reference={REFERENCE} name=ghi-1 system=nexo")]
        );
        assert_eq!(other.2, Vec::<String>::new());
    }
}

#[test]
fn what_stands_in_one_table_is_not_parted() {
    for table in [
        "Klient | NIP | Token\nABC | 5265877635 | TOKEN\nKlient | NIP | Token\nDEF | 1111111111 | TOKEN",
        "Rejestr\nBiuro: | Kos\n\nKlient | NIP | Token\nABC | 5265877635 | TOKEN",
        // Rows whose cells have words of headings.
        "Klient | Rodzaj | Nazwa tokena | Opiekun | Gdzie\nABC | token | x | Anna | KeePass\n\
         | token | klucz | administrator | sejf\nFirma Kos | certyfikat | klucz firmy | opiekun techniczny | sejf",
        "Klient | System | Token\nFirma Kos | Program Symfonia | TOKEN\nSpółka ABC | aplikacja własna | token 1",
        "a | b\nc | d",
        "",
    ] {
        assert_eq!(read_several(table).len(), 1, "{table}");
    }
    let weak = "Nazwa firmy klienta | Numer NIP firmy | Nazwa tokena w KSeF\nABC | 5265877635 | x\n\n\
                Klient | NIP\nDEF | 1111111111";
    assert_eq!(read_several(weak).iter().map(|table| &*table.0).collect::<Vec<_>>(), ["entity nip name", "entity nip"]);
}

#[test]
fn a_table_far_below_is_found_and_the_rows_above_it_are_one_without_headings() {
    let above = "x | y\n".repeat(300);
    let tables = read_several(&format!("{above}Klient | NIP | Nazwa tokena\nABC | 5265877635 | abc-1"));
    assert_eq!(tables.iter().map(|table| &*table.0).collect::<Vec<_>>(), ["none", "entity nip name"]);
    let rows = rows("\n | -\nABC | x\n | TOKEN\n5");
    assert_eq!(filled(&rows).map(|row| &*row.place).collect::<Vec<_>>(), ["row 3", "row 4", "row 5"]);
}

#[test]
fn groups_of_headings_begin_a_table() {
    let table = "Klient | NIP | Nazwa tokena\nABC | 5265877635 | abc-1\n\
                 Podmiot | | Token | |\nNazwa | NIP | Nazwa | Status | Ważny do\nDEF | 1111111111 | def-1 | |";
    let tables = read_several(table);
    assert_eq!(
        tables.iter().map(|table| &*table.0).collect::<Vec<_>>(),
        ["entity nip name", "entity nip name status valid-to"]
    );
    assert!(tables.iter().all(|table| table.1.len() == 1 && table.2.is_empty()), "{tables:?}");
}

#[test]
fn sheets_of_nothing_but_headings_are_parted_so_often_only() {
    let rows = rows(&"Klient | NIP | Token\nPodmiot | NIP | Token\n".repeat(5000));
    assert_eq!(divide(&rows).len(), 200);
}
