//! One credential in several places, and one place that can be read in several ways.

use crate::case::{scan, spots};
use crate::made::archive::{stored, tar, zip};
use crate::made::letter::{attached, mail, mailbox};
use crate::made::office::{docx, paragraph, property, word, xlsx};
use crate::made::{env, page, record, stream};
use crate::repository::token;

/// Where a credential is told to stand in one file.
#[track_caller]
fn stands(name: &str, bytes: &[u8], number: u64, expected: &[&str]) {
    let told = scan(&[(name, bytes)], &[]);
    let expected: Vec<String> = expected.iter().map(|spot| format!("ksef-token certain {spot}")).collect();
    assert_eq!(spots(&told, &token(number)), expected, "{name}");
    assert_eq!((told.code, told.findings.len(), told.notices.len()), (1, 1, 0), "{name}: {:?}", told.notices);
}

#[test]
fn a_document_and_the_text_beside_it_are_two_places() {
    let value = token(500);
    let members = [
        ("a.docx", docx(&[&value[..30], &value[30..]])),
        ("b.env", env(&value).into()),
        ("c.html", page::html(&value).into()),
    ];
    let places = ["a.docx > word/document.xml line 1", "b.env line 2", "c.html line 2"];
    stands("a.zip", &stored(&members), 500, &places);
    stands("b.zip", &zip(&members), 500, &places);
    stands("a.tar", &tar(&members), 500, &places);
    stands("a.tgz", &stream::gz(&tar(&members)), 500, &places);
    let files: Vec<(&str, &[u8])> = members.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    stands("a.eml", attached("x", &files).as_bytes(), 500, &places);
}

#[test]
fn the_same_member_twice_is_two_places() {
    let value = token(501);
    let one = docx(&[&value]);
    let spots = ["a.docx > word/document.xml line 1", "b.docx > word/document.xml line 1"];
    stands("a.zip", &stored(&[("a.docx", &one), ("b.docx", &one)]), 501, &spots);
    stands(
        "a.mbox",
        mailbox(&[mail("x", &env(&value)), mail("y", &env(&value))]).as_bytes(),
        501,
        &["message 1 line 10", "message 2 line 10"],
    );
}

#[test]
fn places_within_a_document_are_each_told() {
    let value = token(502);
    let two = paragraph(&[&value]) + &paragraph(&["x"]) + &paragraph(&[&value]);
    stands("a.docx", &zip(&word(&two, &[])), 502, &["word/document.xml line 1", "word/document.xml line 3"]);
    let parts = word(&paragraph(&[&value]), &[("docProps/custom.xml", property(&value))]);
    stands("b.docx", &zip(&parts), 502, &["docProps/custom.xml line 1", "word/document.xml line 1"]);
    stands("a.xlsx", &xlsx("S", &[&["x", &value], &[&value]]), 502, &["S!A2", "S!B1"]);
    let page = format!("<p>{value}</p>\n<a title='{value}'>x</a>\n<script>let t = '{value}';</script><!-- {value} -->");
    stands("a.html", format!("<!DOCTYPE html>\n{page}\n").as_bytes(), 502, &["line 2", "line 3", "line 4", "line 4"]);
    let row = record::sqlite(&["a", "b"], &[&[&value, &value]]);
    stands("a.db", &row, 502, &["firmy!a, row 1", "firmy!b, row 1"]);
}

#[test]
fn both_versions_of_a_mail_are_told() {
    let value = token(503);
    let kind = "MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n";
    let parts = [("plain", env(&value)), ("html", page::split_html(&value))];
    let parts: String =
        parts.iter().map(|(kind, text)| format!("--b\nContent-Type: text/{kind}\n\n{text}\n")).collect();
    let message = format!("{}\n{parts}--b--\n", crate::made::letter::header("x", kind));
    stands("a.eml", message.as_bytes(), 503, &["part 1.txt line 2", "part 2.html line 2"]);
}

#[test]
fn files_in_a_folder_are_places_of_their_own() {
    let value = token(504);
    let (archive, text) = (stored(&[("a.env", env(&value))]), env(&value));
    let told = scan(&[("a.zip", &archive), ("b.env", text.as_bytes()), ("c.zip", &archive)], &[]);
    let expected = ["ksef-token certain a.env line 2", "ksef-token certain line 2", "ksef-token certain a.env line 2"];
    assert_eq!(spots(&told, &value), expected);
}

/// What is read first may show only the end of a credential. Where all of it comes out later, that speaks for the place.
#[test]
fn the_whole_speaks_for_its_end() {
    let value = token(505);
    let (one, other) = value.split_at(30);
    let page = format!("<!DOCTYPE html>\n<p><b>{one}</b><b>{other}</b></p>\n");
    let told = scan(&[("a.html", page.as_bytes())], &[]);
    let [finding] = told.findings.as_slice() else { panic!("{:#?}", told.findings) };
    assert_eq!((&finding["confidence"], &finding["count"]), (&"certain".into(), &1.into()), "{finding}");
    assert_eq!(spots(&told, &value), ["ksef-token certain line 2"]);
}
