//! Forty letters and digits, which only what stands at their head or side makes a credential.

use ksefleaks::Sampler;

use crate::case::{Case, case, check, scan, spots};
use crate::made::archive::{stored, tar, zip};
use crate::made::letter::{attached, mail, quoted};
use crate::made::office::{docx, inline_xlsx, ods, property, word, xlsx};
use crate::made::{ole, page, record};

/// The credential of that number, and a tax number that stands beside it.
fn drawn(number: u64) -> (String, String) {
    let mut sampler = Sampler::new(number);
    (sampler.token40(), sampler.nip())
}

fn headed(number: u64, name: &str, spot: &str, make: impl FnOnce(&str, &str) -> Vec<u8>) -> Case {
    let (secret, nip) = drawn(number);
    case(name, make(&secret, &nip), &secret, &format!("ksef-token-40 likely{spot}"))
}

/// The same where only a name of a file speaks of it, which is less.
fn called(number: u64, name: &str, spot: &str, make: impl FnOnce(&str) -> Vec<u8>) -> Case {
    let secret = drawn(number).0;
    case(name, make(&secret), &secret, &format!("ksef-token-40 possible{spot}"))
}

#[test]
fn the_heading_of_a_column_counts() {
    check(&[
        headed(200, "a.xlsx", " Arkusz!B2", |secret, nip| xlsx("Arkusz", &[&["NIP", "Token KSeF"], &[nip, secret]])),
        headed(201, "b.xlsx", " Arkusz!B2", |secret, nip| {
            inline_xlsx("Arkusz", &[&["NIP", "Token KSeF"], &[nip, secret]])
        }),
        headed(202, "a.ods", " Arkusz!B2", |secret, nip| ods("Arkusz", &[&["NIP", "Token KSeF"], &[nip, secret]])),
        headed(203, "a.xls", " Workbook Arkusz!B2", |secret, nip| {
            ole::xls("Arkusz", &[&["NIP", "Token KSeF"], &[nip, secret]])
        }),
        headed(204, "a.db", " firmy!token_ksef, row 1", |secret, nip| {
            record::sqlite(&["nip", "token_ksef"], &[&[nip, secret]])
        }),
        headed(208, "a.parquet", " token_ksef line 2", |secret, _| record::parquet("token_ksef", &[secret])),
        headed(205, "a.html", " line 2", |secret, nip| {
            let rows = format!("<tr><th>NIP</th><th>Token KSeF</th></tr>\n<tr><td>{nip}</td><td>{secret}</td></tr>");
            format!("<!DOCTYPE html><table>{rows}</table>\n").into_bytes()
        }),
        headed(206, "a.zip", " b.csv line 2", |secret, nip| {
            zip(&[("b.csv", format!("Firma;NIP;Token KSeF\nABC;{nip};{secret}\n"))])
        }),
        headed(207, "a.docx", " word/document.xml line 2", |secret, nip| {
            let cell = |text: &str| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>");
            let row = |one: &str, other: &str| format!("<w:tr>{}{}</w:tr>", cell(one), cell(other));
            zip(&word(&format!("<w:tbl>{}{}</w:tbl>", row("NIP", "Token KSeF"), row(nip, secret)), &[]))
        }),
    ]);
}

#[test]
fn the_only_column_has_a_name_as_well() {
    let rows = |secret: &str| {
        let others = (0..200).map(|number| format!("wpis {number}"));
        others.chain([secret.to_owned()]).collect::<Vec<_>>()
    };
    check(&[
        headed(240, "a.parquet", " Token KSeF line 202", |secret, _| {
            record::parquet("Token KSeF", &rows(secret).iter().map(String::as_str).collect::<Vec<_>>())
        }),
        headed(241, "a.db", " firmy!Token KSeF, row 201", |secret, _| {
            let rows = rows(secret);
            let cells: Vec<[&str; 1]> = rows.iter().map(|cell| [cell.as_str()]).collect();
            record::sqlite(&["Token KSeF"], &cells.iter().map(<[&str; 1]>::as_slice).collect::<Vec<_>>())
        }),
    ]);
}

#[test]
fn a_key_counts() {
    check(&[
        headed(210, "a.docx", " word/document.xml line 1", |secret, _| {
            docx(&["Token K", "SeF", ": ", &secret[..9], &secret[9..]])
        }),
        headed(211, "custom.docx", " docProps/custom.xml line 1", |secret, _| {
            zip(&word("", &[("docProps/custom.xml", property(secret).replace("klucz", "KSeF token"))]))
        }),
        headed(212, "a.ipynb", " line 1", |secret, _| page::notebook(&["ksef_token = '", secret, "'"]).into_bytes()),
        headed(213, "a.xml", " line 1", |secret, _| format!("<a><KsefToken>{secret}</KsefToken></a>").into_bytes()),
        headed(214, "a.rtf", " line 1", |secret, _| {
            format!("{{\\rtf1 Token {{\\b KSeF}}: {secret}\\par}}").into_bytes()
        }),
        headed(215, "a.eml", " line 8", |secret, _| mail("x", &format!("token KSeF: {secret}\n")).into_bytes()),
        headed(216, "quoted.eml", " part 1.txt line 1", |secret, _| {
            quoted("x", &format!("token KSeF: {secret}\n")).into_bytes()
        }),
    ]);
}

#[test]
fn names_of_members_and_sheets_count() {
    check(&[
        called(220, "a.tar", " ksef-token.txt line 1", |secret| tar(&[("ksef-token.txt", format!("{secret}\n"))])),
        called(221, "a.zip", " ksef/token.txt line 1", |secret| stored(&[("ksef/token.txt", format!("{secret}\n"))])),
        called(222, "a.eml", " token-ksef.txt line 1", |secret| {
            attached("x", &[("token-ksef.txt", format!("{secret}\n").as_bytes())]).into_bytes()
        }),
        headed(223, "a.xlsx", " Dostęp do KSeF!B2", |secret, nip| {
            xlsx("Dostęp do KSeF", &[&["NIP", "Token"], &[nip, secret]])
        }),
    ]);
}

#[test]
fn another_heading_does_not() {
    let (secret, nip) = drawn(230);
    let rows: &[&[&str]] = &[&["NIP", "Numer"], &[&nip, &secret]];
    let told = scan(&[("a.xlsx", &xlsx("Arkusz", rows)), ("a.ods", &ods("Arkusz", rows))], &[]);
    assert_eq!((spots(&told, &secret), told.code), (vec![], 0));
}
