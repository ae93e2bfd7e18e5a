//! Tables from their first line to their last.

use ksefleaks::Sampler;
use serde_json::json;

use crate::desk::Desk;
use crate::imports::workbook;

#[test]
fn a_long_sheet_is_one_table_to_its_end() {
    let desk = Desk::new();
    let headings =
        ["Klient", "NIP", "Nazwa tokena", "System", "Numer referencyjny", "Opiekun", "Miejsce", "Zakres", "Uwagi"];
    let mut rows = vec![headings.map(str::to_owned).to_vec()];
    let references: Vec<String> = (0..2200).map(|seed| Sampler::new(seed).reference("EC")).collect();
    for (number, reference) in references.iter().enumerate() {
        // The company stands in the first of its rows alone.
        let company = if number % 4 == 0 { ["ABC", "5265877635"] } else { ["", ""] };
        let name = format!("n{number}");
        let rest = [&name, "Comarch", reference, "Jan", "sejf", "InvoiceRead", "x"];
        rows.push(company.into_iter().chain(rest).map(str::to_owned).collect());
    }
    let said = desk.import("a.xlsx", workbook("Tokeny", &rows), &["--yes"]).ends(0);
    assert!(said.out.starts_with("2200 added"), "{said:?}");
    let all = desk.credentials();
    assert_eq!(all.len(), 2200);
    for (one, reference) in all.iter().zip(&references) {
        let (name, nip) = (&one["name"], &one["nip"]);
        assert_eq!(
            (&one["reference"], nip, &one["home"]),
            (&json!(reference), &json!("5265877635"), &json!("sejf")),
            "{name}"
        );
    }
    desk.inventory(&["export", "--format", "xlsx", "--output", "b.xlsx"]).ends(0);
    let said = desk.inventory(&["import", "b.xlsx", "--yes"]).ends(0);
    assert!(said.out.starts_with("0 added, 0 changed, 2200 known already"), "{said:?}");
}

#[test]
fn lines_are_counted_as_they_end() {
    for end in ["\n", "\r\n", "\r"] {
        for start in ["", "sep=;"] {
            let lines = ["NIP;Nazwa tokena", "5265877635;a", "5265877636;b", "", "5265877635;c", "5265877637;d"];
            let first = (!start.is_empty()).then_some(start);
            let text: String = first.into_iter().chain(lines).map(|line| line.to_owned() + end).collect();
            let said = Desk::new().import("a.csv", &text, &["--yes", "--keep-good"]);
            let ahead = usize::from(first.is_some());
            if end != "\r" || first.is_none() {
                for line in [3 + ahead, 6 + ahead] {
                    assert!(said.error.contains(&format!("not read: line {line}:")), "{end:?} {start}: {said:?}");
                }
            }
        }
    }
}

#[test]
fn of_two_columns_of_tax_numbers_the_one_that_was_passed_over_is_told() {
    let table =
        "NIP biura;Klient;NIP klienta;Nazwa tokena\n9073021573;Alfa;5265877635;a\n9073021573;Beta;1111111111;b\n";
    let desk = Desk::new();
    let said = desk.import("a.csv", table, &["--yes"]).ends(3);
    assert!(said.error.contains("column C \"NIP klienta\" holds other tax numbers than column A"), "{said:?}");
    let desk = Desk::new();
    desk.import("a.csv", table, &["--yes", "--map", "NIP klienta=nip", "--map", "NIP biura=ignore"]).ends(0);
    let nips: Vec<_> = desk.credentials().into_iter().map(|one| one["nip"].clone()).collect();
    assert_eq!(nips, ["5265877635", "1111111111"]);
}

#[test]
fn what_is_json_is_no_table() {
    let desk = Desk::new();
    for text in [
        "{\"data\": {\"tokens\": [{\"type\": \"Nip\", \"status\": \"Active\"}], \"nip\": 1}}",
        "[{\"body\": {\"nip\": 1, \"name\": 2}}]",
    ] {
        let said = desk.import("a.json", text, &["--environment", "production", "--yes"]).ends(2);
        assert!(!said.error.contains("columns"), "{said:?}");
    }
}
