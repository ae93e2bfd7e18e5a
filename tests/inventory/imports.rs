//! What each kind of file says.

use std::fs;
use std::io::Write;

use ksefleaks::{CertificateForm, Sampler, armour};
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};

use crate::desk::{Desk, Said};
use crate::standings::listing;

/// A workbook of one sheet.
pub fn workbook(name: &str, rows: &[Vec<String>]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name(name).unwrap();
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

/// An archive of texts.
pub fn zipped(members: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn only(desk: &Desk) -> Value {
    let mut all = desk.credentials();
    assert_eq!(all.len(), 1, "{all:#?}");
    all.remove(0)
}

/// The token was found again by itself, with what its source says besides.
fn knows(desk: &Desk, token: &str, name: Option<&str>) {
    let one = only(desk);
    assert_eq!((&one["reference"], &one["nip"]), (&json!(token[..36]), &json!(token[41..51])));
    assert_eq!(one["name"], json!(name));
    assert_eq!(one["sort"], "token");
    desk.write("leak.txt", token);
    let found = desk.scan("leak.txt", &[]);
    assert_eq!(found[0]["standing"]["state"], "live", "{found:#?}");
}

#[test]
fn a_workbook_with_a_title_above_its_headings() {
    let desk = Desk::new();
    let token = Sampler::new(1).token();
    let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    let rows = [
        row(&["Tokeny klientów, stan na 21.11.2026"]),
        row(&[]),
        row(&[
            "Lp.",
            "Klient",
            "NIP klienta",
            "Nazwa tokena",
            "Token KSeF",
            "Środowisko",
            "Osoba odpowiedzialna",
            "Uwagi",
        ]),
        row(&["1", "ABC Sp. z o.o.", &token[41..51], "ABC-PROD", &token, "produkcja", "Anna Nowak", "zmienić!"]),
    ];
    let said = desk.import("klienci.xlsx", workbook("Tokeny", &rows), &["--yes"]).ends(0);
    assert!(
        said.error.contains("Token KSeF → secret") && said.error.contains("1 secret stands in this file"),
        "{said:?}"
    );
    let one = only(&desk);
    assert_eq!(
        (&one["owner"], &one["environment"], &one["entity"]),
        (&json!("Anna Nowak"), &json!("production"), &json!("ABC Sp. z o.o."))
    );
    knows(&desk, &token, Some("ABC-PROD"));
}

#[test]
fn tables_in_every_encoding_and_with_every_sign_between_their_cells() {
    let token = Sampler::new(2).token();
    let table = |sign: &str| {
        let rows = [
            ["Spółka", "NIP", "Nazwa", "Token", "Ważny do"],
            ["Żółw Sp. z o.o.", &token[41..51], "ŻÓŁW-PROD", &token, "31.12.2026"],
        ];
        rows.map(|row| row.join(sign)).join("\r\n") + "\r\n"
    };
    let utf16 = |text: &str| [vec![0xFF, 0xFE], text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat();
    let cp1250 = encoding_rs::WINDOWS_1250.encode(&table(";")).0.into_owned();
    let all: [(&str, Vec<u8>); 5] = [
        ("a.csv", table(";").into_bytes()),
        ("b.csv", format!("\u{feff}sep=,\r\n{}", table(",")).into_bytes()),
        ("c.tsv", table("\t").into_bytes()),
        ("d.txt", utf16(&table("\t"))),
        ("e.csv", cp1250),
    ];
    for (name, bytes) in all {
        let desk = Desk::new();
        desk.import(name, bytes, &["--yes"]).ends(0);
        knows(&desk, &token, Some("ŻÓŁW-PROD"));
        assert_eq!(only(&desk)["valid-to"], "2026-12-31T00:00:00Z", "{name}");
    }
}

#[test]
fn a_column_is_mapped_by_its_heading_letter_or_number() {
    let desk = Desk::new();
    let table = "NIP;Nazwa;Kto\n5265877635;a;Ewa Łoś\n";
    for (map, value) in
        [("Kto=owner", json!("Ewa Łoś")), ("kto=owner", json!("Ewa Łoś")), ("C=owner", json!("Ewa Łoś"))]
    {
        desk.import("t.csv", table, &["--yes", "--map", map]).ends(0);
        assert_eq!(only(&desk)["owner"], value, "{map}");
    }
    let said = desk.import("t.csv", table, &["--yes", "--map", "Opiekun=owner"]).ends(2);
    assert!(said.error.contains("Kto"), "{said:?}");
    let said = desk.import("t.csv", table, &["--yes", "--map", "Kto=colour"]).ends(2);
    assert!(said.error.contains("custodian"), "{said:?}");
}

#[test]
fn listings_of_all_pages() {
    let desk = Desk::new();
    let nip = Sampler::new(10).nip();
    let form = ksefleaks::TokenForm { nip: Some(nip), ..ksefleaks::TokenForm::default() };
    let tokens: Vec<String> = (10..14).map(|seed| Sampler::new(seed).token_with(&form)).collect();
    let pages: Vec<String> = tokens.iter().map(|token| listing(&token[41..51], &[(token, "Active")])).collect();
    let last = pages.len() - 1;
    let more: Vec<String> = pages.iter().map(|page| page.replace("null", "\"abc\"")).collect();
    let whole = more[..last].concat() + &pages[last];
    assert!(desk.import("l.json", &whole, &[]).ends(2).error.contains("--environment"));
    desk.import("l.json", &whole, &["--environment", "demo"]).ends(0);
    assert_eq!(desk.credentials().len(), 4);
    // In whatever order they stand, and beside those of another company, which may lack some.
    desk.import("l.json", pages[last].clone() + &more[..last].concat(), &["--environment", "demo"]).ends(0);
    let other = Sampler::new(20).token();
    let other = listing(&other[41..51], &[(&other, "Active")]);
    desk.import("l.json", whole.clone() + &other, &["--environment", "demo"]).ends(0);
    for cut in [more.concat(), whole.clone() + &other.replace("null", "\"abc\""), more.concat() + &other] {
        let said = desk.import("cut.json", cut, &["--environment", "demo"]).ends(3);
        assert!(said.error.contains("pages of the listing are missing"), "{said:?}");
    }
    // Pages in an archive are those of one listing too.
    let texts: Vec<(String, &str)> = (1..)
        .map(|page| format!("{page}.json"))
        .zip(more[..last].iter().chain([&pages[last]]).map(String::as_str))
        .collect();
    let members: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    desk.import("pages.zip", zipped(&members), &["--environment", "demo"]).ends(0);
    let wrong = whole.replace("\"Active\"", "\"Wibbling\"");
    assert!(desk.import("w.json", wrong, &["--environment", "demo"]).ends(3).error.contains("not read: "));
}

#[test]
fn stores_of_passwords() {
    let token = Sampler::new(20).token();
    let bitwarden = json!({
        "encrypted": false,
        "folders": [{ "id": "f", "name": "Klienci" }],
        "items": [
            { "id": "1", "folderId": null, "type": 1, "name": "poczta", "notes": null, "login": { "username": "u", "password": "zwykle-haslo-12" } },
            { "id": "2", "folderId": "f", "type": 1, "name": "KSeF ABC", "notes": null, "login": { "username": "u", "password": token } },
        ],
    });
    let table = |head: &str, row: &str| format!("{head}\n{}\n", row.replace("TOKEN", &token));
    let xml = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<KeePassFile><Root><Group><Name>Biuro</Name><Group><Name>Klienci</Name><Entry>\
               <String><Key>Title</Key><Value>KSeF ABC</Value></String><String><Key>Password</Key><Value>TOKEN</Value></String>\
               </Entry></Group></Group></Root></KeePassFile>";
    let pux = json!({ "accounts": [{ "attrs": { "name": "Biuro" }, "vaults": [{ "attrs": { "name": "Klienci" }, "items": [
        { "overview": { "title": "KSeF ABC" }, "details": { "loginFields": [], "notesPlain": "", "sections": [
            { "title": "", "fields": [{ "title": "token", "value": { "concealed": token } }] }] } }] }] }] });
    let pux = zipped(&[("export.data", &pux.to_string())]);
    let all: [(&str, Vec<u8>, &str); 6] = [
        ("b.json", bitwarden.to_string().into_bytes(), "Klienci in bitwarden"),
        (
            "b.csv",
            table(
                "folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp",
                "Klienci,,login,KSeF ABC,,,0,,u,TOKEN,",
            )
            .into_bytes(),
            "Klienci in bitwarden",
        ),
        (
            "1.csv",
            table("Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes", "KSeF ABC,,u,TOKEN,,,,,").into_bytes(),
            "1password",
        ),
        ("e.1pux", pux, "Klienci in 1password"),
        ("k.xml", xml.replace("TOKEN", &token).into_bytes(), "Biuro / Klienci in keepass"),
        (
            "k.csv",
            table(
                "\"Group\",\"Title\",\"Username\",\"Password\",\"URL\",\"Notes\",\"TOTP\",\"Icon\",\"Last Modified\",\"Created\"",
                "\"Klienci\",\"KSeF ABC\",\"u\",\"TOKEN\",\"\",\"\",\"\",\"0\",\"2026-01-01T00:00:00Z\",\"2026-01-01T00:00:00Z\"",
            )
            .into_bytes(),
            "Klienci in keepass",
        ),
    ];
    for (name, bytes, home) in all {
        let desk = Desk::new();
        let Said { error, .. } = desk.import(name, bytes, &[]).ends(0);
        assert_eq!(only(&desk)["home"], home, "{name}: {error}");
        knows(&desk, &token, Some("KSeF ABC"));
        assert_eq!(error.contains("1 entry holds no credential of KSeF"), name == "b.json", "{name}: {error}");
    }
    let desk = Desk::new();
    let said = desk.import(
        "x.json",
        r#"{"encrypted":true,"passwordProtected":true,"data":"2.x|y|z"}"#,
        &["--kind", "bitwarden"],
    );
    assert_eq!(said.code, 2, "{said:?}");
}

#[test]
fn certificates_and_their_keys() {
    let desk = Desk::new();
    let pair = Sampler::new(30).key_pair();
    let certificate = armour("CERTIFICATE", &pair.certificate(&CertificateForm::default()));
    desk.import("firma.crt", &certificate, &[]).ends(0);
    let one = only(&desk);
    assert_eq!(one["sort"], "certificate");
    assert!(one["serial"].is_string() && one["valid-to"].is_string(), "{one:#}");
    // The key alone is known by the public half of it, which the certificate has told.
    desk.write("leak.key", pair.pem());
    let found = desk.scan("leak.key", &[]);
    assert_eq!(found[0]["standing"]["by"], "inventory", "{found:#?}");
    // The key beside its certificate is the same credential.
    let said = desk.import("both.pem", pair.pem() + &certificate, &[]).ends(0);
    assert_eq!(desk.credentials().len(), 1, "{said:?}");
}

#[test]
fn earlier_findings() {
    let desk = Desk::new();
    let token = Sampler::new(40).token();
    desk.write("leak.txt", &token);
    desk.run(&["scan", "leak.txt", "--format", "jsonl", "--output", "old.jsonl"]).ends(1);
    desk.inventory(&["import", "old.jsonl"]).ends(0);
    assert_eq!(only(&desk)["reference"], token[..36]);
    // What was found somewhere makes no company ours.
    assert!(desk.inventory(&["list", "entities"]).ends(0).out.contains("nothing"));
}

#[test]
fn what_is_none_of_them_is_refused_in_clear_words() {
    let desk = Desk::new();
    for (name, bytes) in [
        ("empty.txt", &b""[..]),
        ("prose.txt", b"Dzien dobry, w zalaczeniu."),
        ("noise.bin", &[0, 1, 2, 3, 255, 254, 0, 7]),
        ("half.json", b"{\"tokens\":[{\"referenceNumber\":"),
    ] {
        let said = desk.import(name, bytes, &[]).ends(2);
        assert!(said.error.contains(name) && said.error.contains("--kind"), "{name}: {said:?}");
    }
    let said = desk.import("t.csv", "a;b\n1;2\n", &["--kind", "ksef-tokens", "--environment", "test"]).ends(2);
    assert!(said.error.contains("ksef-tokens"), "{said:?}");
    assert!(desk.inventory(&["import", "absent.csv"]).ends(2).error.contains("absent.csv"));
    fs::create_dir(desk.path("folder")).unwrap();
    assert!(desk.inventory(&["import", "folder"]).ends(2).error.contains("directory"));
}

/// A table of `SQLite`, made by the program where it is there.
#[test]
fn a_table_of_a_database() {
    let desk = Desk::new();
    let token = Sampler::new(50).token();
    let path = desk.path("t.db");
    let nip = &token[41..51];
    let script = format!(
        "create table tokeny(nip text, nazwa_tokena text, srodowisko text, system text, status text, token text);\n\
         insert into tokeny values('{nip}','ABC','test','nexo','Active','{token}');\n\
         insert into tokeny values('{nip}','DEF',null,'Comarch ERP Optima','Active',null);\n"
    );
    let made = std::process::Command::new("sqlite3").arg(&path).arg(&script).status();
    if !made.is_ok_and(|status| status.success()) {
        assert!(std::env::var_os("KSEFLEAKS_REQUIRE_TOOLS").is_none(), "sqlite3 is absent");
        return;
    }
    let said = desk.inventory(&["import", "t.db", "--yes"]).ends(0);
    let all = desk.credentials();
    let told: Vec<_> =
        all.iter().map(|one| [&one["name"], &one["system"], &one["status"], &one["environment"]]).collect();
    let expected = [
        [json!("ABC"), json!("nexo"), json!("Active"), json!("test")],
        [json!("DEF"), json!("Comarch ERP Optima"), json!("Active"), Value::Null],
    ];
    assert_eq!(told, expected.iter().map(<[Value; 4]>::each_ref).collect::<Vec<_>>(), "{said:?}");
}

#[test]
fn several_sheets_and_files_are_all_read_or_told() {
    let desk = Desk::new();
    let tokens: Vec<String> = (60..64).map(|seed| Sampler::new(seed).token()).collect();
    let mut book = Workbook::new();
    for (name, headings, token) in
        [("Prod", ["NIP", "Nazwa tokena", "Opiekun"], 0), ("Test", ["NIP", "Nazwa tokena", "Token"], 1)]
    {
        let sheet = book.add_worksheet();
        sheet.set_name(name).unwrap();
        for (column, heading) in (0..).zip(headings) {
            sheet.write_string(0, column, heading).unwrap();
        }
        let cells = [&tokens[token][41..51], name, if token == 1 { &tokens[1] } else { "Jan" }];
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(1, column, cell).unwrap();
        }
    }
    let sheet = book.add_worksheet();
    sheet.write_string(4, 4, &tokens[2]).unwrap();
    let said =
        desk.import("b.xlsx", book.save_to_buffer().unwrap(), &["--yes", "--keep-good", "--map", "Opiekun=custodian"]);
    assert_eq!(desk.credentials().len(), 2, "{said:?}");
    assert_eq!(said.code, 3, "{said:?}");
    assert!(said.error.contains("cell E5: a credential stands there that was not kept"), "{said:?}");
}

#[test]
fn a_quote_that_nobody_closed_mixes_no_rows() {
    let desk = Desk::new();
    let tokens: Vec<String> = (70..76).map(|seed| Sampler::new(seed).token()).collect();
    let mut table = "Nazwa tokena;Token;Status\n".to_owned();
    for (number, token) in tokens.iter().enumerate() {
        let quote = if number == 1 { "\"" } else { "" };
        let status = if number == 1 { "Revoked" } else { "Active" };
        table.extend([quote, "tok", &number.to_string(), ";", token, ";", status, "\n"]);
    }
    let said = desk.import("q.csv", table, &["--yes", "--keep-good"]).ends(3);
    assert_eq!(desk.credentials().len(), 1, "{said:?}");
    assert!(said.error.contains("line 3: a quote opens here"), "{said:?}");
    assert!(said.error.contains("5 lines were not read, with 5 credentials in them"), "{said:?}");
    assert!(said.out.contains("1 not read"), "it is told once: {said:?}");
}

#[test]
fn of_two_tokens_in_a_row_none_gets_the_status() {
    let desk = Desk::new();
    let [old, new] = [
        Sampler::new(80).token(),
        Sampler::new(80)
            .token_with(&ksefleaks::TokenForm { issued: Some("2026-05-01".parse().unwrap()), ..Default::default() }),
    ];
    let table = format!("Nazwa tokena;Token;Status;Nowy\nA;{old};Revoked;{new}\n");
    let said = desk.import("two.csv", table, &["--yes", "--keep-good"]).ends(3);
    let all = desk.credentials();
    assert!(all.iter().all(|one| one["status"].is_null()), "{all:#?} {said:?}");
}

#[test]
fn a_token_in_many_rows_is_one() {
    let desk = Desk::new();
    let token = Sampler::new(90).token();
    let rows: String = (0..130).map(|_| format!("{};ABC;{token}\n", &token[41..51])).collect();
    desk.import("many.csv", format!("NIP;Nazwa tokena;Token\n{rows}"), &["--yes"]).ends(0);
    assert_eq!(desk.credentials().len(), 1);
}

#[test]
fn equal_cells_of_an_open_document_are_all_read() {
    let desk = Desk::new();
    let token = Sampler::new(90).token();
    let cell = |text: &str, times: u32| {
        format!(
            "<table:table-cell table:number-columns-repeated=\"{times}\" office:value-type=\"string\"><text:p>{text}</text:p>\
             </table:table-cell>"
        )
    };
    let row = |cells: &[String]| format!("<table:table-row>{}</table:table-row>", cells.concat());
    let rows = [
        row(&["NIP", "Token", "Właściciel", "Opiekun"].map(|heading| cell(heading, 1))),
        row(&[cell(&token[41..51], 1), cell(&token, 1), cell("Jan Nowak", 2)]),
    ];
    let content = format!(
        "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\">\
         <office:body><office:spreadsheet><table:table table:name=\"Tokeny\">{}</table:table></office:spreadsheet></office:body>\
         </office:document-content>",
        rows.concat()
    );
    let mime = "application/vnd.oasis.opendocument.spreadsheet";
    let file = zipped(&[("mimetype", mime), ("content.xml", &content)]);
    desk.import("t.ods", file, &["--yes"]).ends(0);
    let one = only(&desk);
    assert_eq!((&one["owner"], &one["custodian"]), (&"Jan Nowak".into(), &"Jan Nowak".into()));
    assert_eq!(one["reference"], token[..36]);
}

#[test]
fn a_quote_swallows_no_row_in_silence_and_long_notes_are_one_cell() {
    let desk = Desk::new();
    let nips = [91, 92, 93].map(|seed| Sampler::new(seed).nip());
    let table = format!(
        "Klient;NIP;Nazwa tokena;Uwagi\n\"Alfa Sp. z o.o.;{};A1;x\nBeta \"B\" s.c.;{};B1;y\nGamma;{};C1;\"jedna\ndwie; \"\"trzy\"\"\n\ncztery\npięć\"\n",
        nips[0], nips[1], nips[2]
    );
    let said = desk.import("t.csv", table, &["--yes", "--keep-good"]).ends(3);
    assert!(said.error.contains("line 2: a quote opens here"), "{said:?}");
    let one = only(&desk);
    assert_eq!((&one["name"], &one["nip"]), (&"C1".into(), &(&*nips[2]).into()));
}

#[test]
fn bars_in_tokens_are_no_columns() {
    let desk = Desk::new();
    let tokens = [94, 95, 96].map(|seed| Sampler::new(seed).token());
    let row = |token: &String, end: &str| format!("{};A;{token}{end}\n", &token[41..51]);
    let table = format!(
        "NIP;Nazwa tokena;Token;Uwagi\n{}{}{}",
        row(&tokens[0], ";x"),
        row(&tokens[1], ""),
        row(&tokens[2], "")
    );
    desk.import("t.csv", table, &["--yes"]).ends(0);
    assert_eq!(desk.credentials().len(), 3);
}

#[test]
fn a_title_names_what_has_no_name_and_contradicts_none() {
    let desk = Desk::new();
    let token = Sampler::new(97).token();
    let vault = format!("Account,Login Name,Password,Web Site,Comments\n\"Klient KSeF\",,\"{token}\",,\n");
    desk.import("k.csv", &vault, &["--kind", "keepass"]).ends(0);
    assert_eq!(only(&desk)["name"], "Klient KSeF");
    desk.inventory(&["add", "credential", "number=1", "name=ABC-PL-Comarch-PROD-2026", "--replace"]).ends(0);
    desk.import("k.csv", &vault, &["--kind", "keepass"]).ends(0);
    assert_eq!(only(&desk)["name"], "ABC-PL-Comarch-PROD-2026");
}

#[test]
fn a_mapped_column_is_looked_for_in_tables_alone() {
    let desk = Desk::new();
    let token = Sampler::new(98).token();
    let text = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    let rows = [text(&["NIP", "Token", "Opiekun"]), text(&[&token[41..51], &token, "Jan"])];
    let said = desk.import("t.xlsx", workbook("Tokeny", &rows), &["--yes", "--map", "Opiekun=owner"]).ends(0);
    assert!(!said.error.contains("xml") && said.error.contains("Opiekun → owner"), "{said:?}");
    assert_eq!(only(&desk)["owner"], "Jan");
}
