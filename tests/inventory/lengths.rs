//! Tables from their first line to their last.

use std::fmt::Write as _;

use ksefleaks::Sampler;
use serde_json::{Value, json};

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
            for line in [3 + ahead, 6 + ahead] {
                assert!(said.error.contains(&format!("not read: line {line}:")), "{end:?} {start}: {said:?}");
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

#[test]
fn sheets_of_one_name_are_read_apart() {
    let sheet = |name: &str, from: u64, rows: u64| {
        let cell = |text: &str| {
            format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
        };
        let row = |cells: [&str; 3]| format!("<table:table-row>{}</table:table-row>", cells.map(cell).concat());
        let own = (from..from + rows).map(|seed| row(["5265877635", &format!("n{seed}"), &Sampler::new(seed).token()]));
        let rows: String = std::iter::once(row(["NIP", "Nazwa tokena", "Token"])).chain(own).collect();
        format!("<table:table{name}>{rows}</table:table>")
    };
    for name in ["", " table:name=\"Tokeny\""] {
        let document = format!(
            "<?xml version=\"1.0\"?><office:document office:mimetype=\"application/vnd.oasis.opendocument.spreadsheet\" \
             xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
             xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
             xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body><office:spreadsheet>{}{}\
             </office:spreadsheet></office:body></office:document>",
            sheet(name, 980, 3),
            sheet(name, 990, 2)
        );
        let desk = Desk::new();
        let said = desk.import("a.fods", document, &["--yes", "--map", "NIP=ignore"]).ends(0);
        let all = desk.credentials();
        let known: Vec<_> = all.iter().map(|one| (one["name"].clone(), one["reference"].clone())).collect();
        let wanted: Vec<_> = [980, 981, 982, 990, 991]
            .map(|seed| (json!(format!("n{seed}")), json!(Sampler::new(seed).token()[..36])))
            .into();
        assert_eq!(known, wanted, "{name:?}: {said:?}");
    }
}

#[test]
fn tokens_of_several_environments_stand_beside_each_other() {
    let numbers: Vec<String> = (0..6).map(|seed| Sampler::new(1000 + seed).reference("EC")).collect();
    let [a, b, c, d, ..] = &*numbers else { panic!() };
    let table = format!("NIP;Klient;Token PROD;Token TEST\n5265877635;Alfa;{a};{b}\n1111111111;Beta;{c};{d}\n");
    let desk = Desk::new();
    desk.import("a.csv", table, &["--yes"]).ends(0);
    let told: Vec<_> = desk
        .credentials()
        .iter()
        .map(|one| [&one["reference"], &one["nip"], &one["entity"], &one["environment"]].map(Clone::clone))
        .collect();
    let wanted = |number: &str, nip: &str, name: &str, environment: &str| {
        [number, nip, name, environment].map(|text| json!(text))
    };
    assert_eq!(
        told,
        [
            wanted(a, "5265877635", "Alfa", "production"),
            wanted(b, "5265877635", "Alfa", "test"),
            wanted(c, "1111111111", "Beta", "production"),
            wanted(d, "1111111111", "Beta", "test")
        ]
    );
    // The first is empty, or holds a token as a whole.
    for first in [String::new(), Sampler::new(1011).token()] {
        let nip = first.get(41..51).unwrap_or("5265877635");
        let desk = Desk::new();
        desk.import("c.csv", format!("NIP;Nazwa;Token PROD;Token TEST\n{nip};x;{first};{b}\n"), &["--yes"]).ends(0);
        let all = desk.credentials();
        let last = all.last().unwrap();
        assert_eq!((&last["reference"], &last["environment"]), (&json!(b), &json!("test")), "{all:#?}");
        assert_eq!(all.len(), if first.is_empty() { 1 } else { 2 });
    }
    // Which token replaced which is no list of tokens.
    let register = format!(
        "NIP;Nazwa tokena;Numer referencyjny tokena;Status;Zastąpiony przez\n5265877635;stary;{a};cofnięty;{b}\n5265877635;nowy;{b};aktywny;\n"
    );
    let desk = Desk::new();
    desk.import("d.csv", register, &["--yes"]).ends(0);
    let told: Vec<_> = desk.credentials().iter().map(|one| [&one["name"], &one["status"]].map(Clone::clone)).collect();
    assert_eq!(told, [["stary", "Revoked"], ["nowy", "Active"]].map(|row| row.map(|text| json!(text))));
    // The same token in both: of which it is, nobody told.
    let token = Sampler::new(1010).token();
    let nip = &token[41..51];
    let desk = Desk::new();
    desk.import("b.csv", format!("NIP;Token TEST;Token PROD\n{nip};{token};{token}\n"), &["--yes"]).ends(0);
    assert_eq!(desk.credentials()[0]["environment"], Value::Null);
    // Beside what else stands in the cell.
    let desk = Desk::new();
    desk.import("b.csv", format!("NIP;Nazwa;Token TEST\n{nip};x;{token} (Jan)\n"), &["--yes"]).ends(0);
    assert_eq!(desk.credentials()[0]["environment"], "test");
}

#[test]
fn numbers_that_are_tax_numbers_by_chance_are_none() {
    let mut table = "NIP;Nazwa tokena;Nr umowy\n".to_owned();
    for number in 0..30 {
        let _ = writeln!(table, "5265877635;n{number};{}", 4_811_000_000_u64 + number);
    }
    Desk::new().import("a.csv", table, &["--yes"]).ends(0);
}

#[test]
fn rows_of_a_database_are_all_told_apart() {
    let desk = Desk::new();
    let path = desk.path("t.db");
    let mut script = "create table tokeny(nip text, nazwa_tokena text, numer_referencyjny text);\n".to_owned();
    for (seed, rowid) in (1020..).zip([-1, 0, 1, 2]) {
        let reference = Sampler::new(seed).reference("EC");
        let _ = writeln!(
            script,
            "insert into tokeny(rowid, nip, nazwa_tokena, numer_referencyjny) values({rowid}, '5265877635', 'n{seed}', '{reference}');"
        );
    }
    let made = std::process::Command::new("sqlite3").arg(&path).arg(&script).status();
    if !made.is_ok_and(|status| status.success()) {
        assert!(std::env::var_os("KSEFLEAKS_REQUIRE_TOOLS").is_none(), "sqlite3 is absent");
        return;
    }
    let said = desk.inventory(&["import", "t.db", "--yes"]).ends(0);
    assert_eq!(desk.credentials().len(), 4, "{said:?}");
}

#[test]
fn a_sheet_that_takes_too_much_room_is_told() {
    // A cell far to the right makes each row as long.
    let (far, rows) = (999, 12_000);
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, heading) in (0..).zip(["NIP", "Nazwa tokena"]) {
        sheet.write_string(0, column, heading).unwrap();
    }
    for row in 1..rows {
        sheet.write_string(row, 0, "5265877635").unwrap();
        sheet.write_string(row, 1, format!("n{row}")).unwrap();
        sheet.write_string(row, far, "x").unwrap();
    }
    let desk = Desk::new();
    let said = desk.import("a.xlsx", book.save_to_buffer().unwrap(), &["--yes", "--keep-good"]).ends(3);
    assert!(said.error.contains("from here on nothing was read"), "{}", said.error.len());
    let kept = desk.credentials().len();
    assert!((7_900..8_100).contains(&kept), "{kept}");
}
