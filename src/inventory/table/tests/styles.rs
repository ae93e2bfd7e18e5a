//! Five styles of spreadsheets.

use super::*;

#[test]
fn a_terse_polish_table() {
    let (plan, made, rejected) = read_all(
        "Firma | NIP | Nazwa tokena | Środ. / środowisko | Program | Uprawnienia | Wygenerowano | Termin | \
         Odpowiedzialny | Token
        ABC Sp. z o.o. | 526-587-76-35 | ABC-Comarch-PROD | prod | Comarch | InvoiceRead | 10.10.2025 | \
         31.12.26 | A. Kos | TOKEN
        XYZ S.A. | 1111111111 | XYZ-nexo | TE | nexo | wystawianie faktur | 1.11.25 | - | brak | ",
    );
    assert_eq!(taken(&plan), "entity nip name environment system scope issued valid-to owner secret");
    assert_eq!(rejected, []);
    let wanted = [
        "row 2: entity=ABC Sp. z o.o. nip=5265877635 environment=production sort=token \
         reference=20251010-EC-1DCE3E3000-12ECB5B36E-45 name=ABC-Comarch-PROD system=Comarch scope=InvoiceRead \
         issued=2025-10-10T08:40:43.235Z valid-to=2026-12-31T00:00:00Z owner=A. Kos print",
        "row 3: entity=XYZ S.A. nip=1111111111 environment=test name=XYZ-nexo system=nexo scope=InvoiceWrite \
         issued=2025-11-01T00:00:00Z",
    ];
    assert_eq!(all_told(&made), wanted);
}

#[test]
fn a_verbose_polish_table() {
    let (plan, made, rejected) = read_all(
        "REJESTR TOKENÓW I CERTYFIKATÓW KSeF | |
        Biuro rachunkowe: | Kowalska i wspólnicy | Stan na: | 01.02.2026
        |
        L.p. | Nazwa podmiotu\\n(klienta) | Numer NIP | Rodzaj poświadczenia | Numer referencyjny | \
         Numer seryjny certyfikatu | Data ważności (do) | Właściciel biznesowy | Opiekun techniczny | \
         Miejsce przechowywania tokena | Data ostatniego przeglądu | Status tokena | Uwagi dodatkowe
        1 | ABC | PL5265877635 | token autoryzacyjny | 20251010-EC-1DCE3E3000-12ECB5B36E-45 | nie dotyczy | \
         31 grudnia 2026 r. | Anna Kos | Jan Nowak | KeePass\\nbiura | 01.01.2026 | aktywny | pilne
        2 | XYZ | 111-111-11-11 | certyfikat | n/d | 01:F2:0A:5D | 14.10.2027 13:00 | Anna Kos | Ewa Bąk | ? | \
         - | Unieważniony |
        Razem: 2 | | | |
        Sporządziła: | Anna Kos",
    );
    assert_eq!(
        (plan.header, &*taken(&plan)),
        (3, "ignore entity nip sort reference serial valid-to owner custodian home reviewed status ignore",)
    );
    assert_eq!(rejected, []);
    let wanted = [
        "row 5: entity=ABC nip=5265877635 sort=token reference=20251010-EC-1DCE3E3000-12ECB5B36E-45 \
         valid-to=2026-12-31T00:00:00Z status=Active owner=Anna Kos custodian=Jan Nowak home=KeePass biura \
         reviewed=2026-01-01T00:00:00Z",
        "row 6: entity=XYZ nip=1111111111 sort=certificate serial=0000000001F20A5D valid-to=2027-10-14T13:00:00Z \
         status=Revoked \
         owner=Anna Kos custodian=Ewa Bąk",
    ];
    assert_eq!(all_told(&made), wanted);
}

#[test]
fn an_export_in_english() {
    let (plan, made, rejected) = read_all(
        "id | clientName | taxId | credential_type | referenceNumber | token_name | environment | software | \
         requestedPermissions | dateCreated | validUntil | lastUseDate | status | business_owner | \
         technical_custodian | stored_in | last_review_date
        7 | ABC | 5265877635 | token | 20251010-EC-1DCE3E3000-12ECB5B36E-45 | abc prod | PROD | enova365 | \
         InvoiceRead;InvoiceWrite | 2025-10-10T08:40:43.2350000+00:00 | 46387 | never | Active | Ann | Joe | \
         vault/abc | 2026-01-05",
    );
    assert_eq!(
        taken(&plan),
        "ignore entity nip sort reference name environment system scope issued valid-to last-used status owner \
         custodian \
         home reviewed",
    );
    assert_eq!(rejected, []);
    let wanted = ["row 2: entity=ABC nip=5265877635 environment=production sort=token \
         reference=20251010-EC-1DCE3E3000-12ECB5B36E-45 name=abc prod system=enova365 scope=InvoiceRead,InvoiceWrite \
         issued=2025-10-10T08:40:43.235Z valid-to=2026-12-31T00:00:00Z status=Active owner=Ann custodian=Joe \
         home=vault/abc reviewed=2026-01-05T00:00:00Z"];
    assert_eq!(all_told(&made), wanted);
}

#[test]
fn a_client_once_above_its_tokens() {
    let head = "Klient | NIP | Nazwa tokena | System | Token";
    let merged = format!(
        "{head}
        ABC | 5265877635 | abc-1 | Comarch | TOKEN
         | | abc-2 | nexo |
         | | abc-3 | j.w. |
        XYZ | 1111111111 | xyz-1 | nexo |
         | | xyz-2 | enova | TOKEN
         | | xyz-3 | enova |"
    );
    let (_, made, rejected) = read_all(&merged);
    let companies: Vec<_> = made.iter().map(|claim| claim.fields.get(&Field::Entity).map_or("", |name| name)).collect();
    // The token of row 6 is of another company than the block, which was not meant then.
    assert_eq!((companies, rejected), (vec!["ABC", "ABC", "ABC", "XYZ", "", "XYZ"], vec![]));
    assert_eq!(told(&made[2]), "row 4: entity=ABC nip=5265877635 name=abc-3 system=nexo");
    let titled = format!(
        "{head}
        ABC | 5265877635 | | |
         | | abc-1 | Comarch |
         | | abc-2 | nexo |
        XYZ | 1111111111 | | |
         | | xyz-1 | nexo |
        Pusta | | | |"
    );
    let (_, made, rejected) = read_all(&titled);
    let companies: Vec<_> = made.iter().map(|claim| &*claim.fields[&Field::Entity]).collect();
    assert_eq!(companies, ["ABC", "ABC", "XYZ"]);
    assert_eq!(rejected.iter().map(|row| &*row.place).collect::<Vec<_>>(), ["row 7"]);
    // A cell that somebody forgot is no block, and a blank row ends one.
    let forgotten = format!("{head}\nABC | | a | Comarch |\n | | b | nexo |\nDEF | | c | nexo |\nGHI | | d | nexo |");
    assert_eq!(read_all(&forgotten).2.iter().map(|row| &*row.place).collect::<Vec<_>>(), ["row 3"]);
    let parted = merged.replace("XYZ |", "\nXYZ |").replace("| | abc-3", "\n| | abc-3");
    assert_eq!(read_all(&parted).2.len(), 1, "{:?}", read_all(&parted).2);
}

#[test]
fn the_environment_that_stands_above_a_credential_is_its_own() {
    let environments = |table: &str| -> Vec<String> {
        let (_, made, rejected) = read_all(table);
        assert_eq!(rejected, [], "{table}");
        let environment = |claim: Claim| claim.fields.get(&Field::Environment).cloned().unwrap_or_default();
        made.into_iter().map(environment).collect()
    };
    assert_eq!(environments("NIP | Token PROD | Token TEST\n5265877635 | TOKEN | KEY"), ["production", "test"]);
    assert_eq!(environments("NIP | Token (demo) | Token | System\n5265877635 | TOKEN | | x"), ["demo"]);
    assert_eq!(environments("NIP | Token API | System\n5265877635 | TOKEN | x"), [""]);
    // What the row says is said of it.
    assert_eq!(environments("NIP | Token TEST | Środowisko\n5265877635 | TOKEN | produkcja"), ["production"]);
}

#[test]
fn a_tax_number_is_not_taken_from_another_company() {
    let table = "Skrót | NIP | Nazwa tokena | System
        Alfa | 5265877635 | alfa-1 | nexo
        Beta | | beta-1 | nexo
        Gamma | 1111111111 | gamma-1 | nexo
        Delta | | delta-1 | nexo
        | | delta-2 | nexo";
    let (plan, made, rejected) = read_all(table);
    assert_eq!(taken(&plan), "? nip name system");
    assert_eq!(made.iter().map(|claim| &*claim.place).collect::<Vec<_>>(), ["row 2", "row 4"]);
    assert_eq!(rejected.len(), 3, "{rejected:?}");
    // The same where the short name stands behind the number, or another column is the name.
    for head in ["NIP | Skrót | Nazwa tokena", "NIP | Firma | Nazwa tokena"] {
        let table = format!("{head}\n5265877635 | A | a\n | B | b\n1111111111 | C | c\n | D | d");
        let made = read_all(&table).1;
        assert_eq!(made.iter().filter(|claim| claim.fields.contains_key(&Field::Nip)).count(), 2, "{head}");
    }
    // What stands there once or is the same, or is a number, parts nothing.
    for cells in [["Alfa", "", "Gamma", ""], ["Alfa", "ALFA", "Gamma", "Gamma"], ["1", "2", "3", "4"]] {
        let [a, b, c, d] = cells;
        let table =
            format!("Skrót | NIP | Nazwa tokena\n{a} | 5265877635 | a\n{b} | | b\n{c} | 1111111111 | c\n{d} | | d");
        let (_, made, rejected) = read_all(&table);
        assert_eq!((made.len(), rejected), (4, vec![]), "{cells:?}");
    }
}

#[test]
fn the_total_of_a_company_is_no_company() {
    let table = "Klient | NIP | Nazwa tokena | System
        Alfa | 5265877635 | a-1 | nexo
         | | a-2 | nexo
        Razem Alfa | | 2 |
        Beta | 1111111111 | b-1 | nexo
         | | b-2 | nexo
        Razem Beta | | 2 |
         | | b-3 | nexo";
    let (_, made, rejected) = read_all(table);
    let companies: Vec<_> = made.iter().map(|claim| &*claim.fields[&Field::Entity]).collect();
    assert_eq!(companies, ["Alfa", "Alfa", "Beta", "Beta"]);
    assert_eq!(rejected.iter().map(|row| &*row.place).collect::<Vec<_>>(), ["row 8"]);
}

#[test]
fn a_mess() {
    let (plan, made, rejected) = read_all(
        "UWAGA! tokeny trzymać w sejfie |
        | KSeF | 2026
        uwagi | data przeglądu | TOKEN KSeF !!! | spółka | kiedy wygasa | nip | Środowisko | coś
        x | 1.1.26 | TOKEN | ABC | grudzień | 5265877635 | prod | ?
        y | 2026/01/31 | TOKEN | ABC | 31/12/2026 | 526 587 76 35 | produkcja | 5
        uwagi | data przeglądu | TOKEN KSeF !!! | spółka | kiedy wygasa | nip | Środowisko | coś
        z | Jan 5, 2026 | | Suma Sp. z o.o. | 46387 | 111-111-11-11 | test |
        | | sekretne-haslo1 | DEF | 31.12.2026 | 5265877635 | prod |
        |||||
        RAZEM | | 3 | | | |
        * tokeny bez daty do wyjaśnienia
        wydrukowano 01.02.2026, strona 1",
    );
    assert_eq!(taken(&plan), "ignore reviewed secret entity valid-to nip environment ?");
    assert_eq!(made.iter().map(|claim| &*claim.place).collect::<Vec<_>>(), ["row 5"]);
    let told: Vec<_> = rejected.iter().map(|row| format!("{}: {}", row.place, row.why)).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0].starts_with("row 4: column E \"kiedy wygasa\" takes a day"), "{told:?}");
    assert!(told[1].starts_with("row 7: names no credential"), "{told:?}");
    assert!(told[2].starts_with("row 8: column C \"TOKEN KSeF !!!\" holds something"), "{told:?}");
}
