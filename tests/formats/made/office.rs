//! Documents that are archives of XML.

use std::fmt::Write;

use super::archive::zip;

type Parts = Vec<(String, String)>;

fn types(kind: &str, main: &str) -> (String, String) {
    let kind = format!("application/vnd.openxmlformats-officedocument.{kind}.main+xml");
    let list = format!("<Types><Override PartName='/{main}' ContentType='{kind}'/></Types>");
    ("[Content_Types].xml".to_owned(), list)
}

fn packed(parts: &Parts) -> Vec<u8> {
    let members: Vec<(&str, &str)> = parts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    zip(&members)
}

/// A paragraph of some runs.
pub fn paragraph(runs: &[&str]) -> String {
    let runs = runs.iter().map(|run| format!("<w:r><w:rPr><w:b/></w:rPr><w:t>{run}</w:t></w:r>"));
    format!("<w:p>{}</w:p>", runs.collect::<Vec<_>>().join("<w:proofErr w:type='spellStart'/>"))
}

/// A paragraph of which all was deleted.
pub fn deleted(text: &str) -> String {
    format!("<w:p><w:del w:id='1'><w:r><w:delText>{text}</w:delText></w:r></w:del></w:p>")
}

pub fn property(value: &str) -> String {
    let lines = "<Properties xmlns:vt='x'><property pid='2' name='klucz'>";
    format!("{lines}<vt:lpwstr>{value}</vt:lpwstr></property></Properties>")
}

/// A document with that body and other parts.
pub fn word<'a>(body: &str, others: &[(&'a str, String)]) -> Vec<(&'a str, String)> {
    let body = format!("<?xml version='1.0'?>\n<w:document xmlns:w='w'><w:body>{body}</w:body></w:document>");
    let (list, types) = types("wordprocessingml.document", "word/document.xml");
    assert_eq!(list, "[Content_Types].xml");
    [&[("[Content_Types].xml", types), ("word/document.xml", body)], others].concat()
}

/// A document with a paragraph of some runs.
pub fn docx(runs: &[&str]) -> Vec<u8> {
    zip(&word(&paragraph(runs), &[]))
}

/// A workbook whose strings are shared, and whose only sheet is very hidden.
pub fn xlsx(sheet: &str, rows: &[&[&str]]) -> Vec<u8> {
    let (mut strings, mut count) = (String::new(), 0);
    let rows = table(rows, |name, text| {
        write!(strings, "<si><t>{text}</t></si>").expect("memory takes it");
        count += 1;
        format!("<c r='{name}' t='s'><v>{}</v></c>", count - 1)
    });
    packed(&workbook(sheet, &rows, &strings))
}

/// A workbook whose strings stand in its cells, in two runs.
pub fn inline_xlsx(sheet: &str, rows: &[&[&str]]) -> Vec<u8> {
    let rows = table(rows, |name, text| {
        let (one, other) = text.split_at(text.len() / 2);
        format!("<c r='{name}' t='inlineStr'><is><r><t>{one}</t></r><r><t>{other}</t></r></is></c>")
    });
    packed(&workbook(sheet, &rows, ""))
}

/// A workbook with a comment at D4.
pub fn remarked_xlsx(sheet: &str, remark: &str) -> Vec<u8> {
    let mut parts = workbook(sheet, "<row r='1'><c r='A1' t='str'><v>x</v></c></row>", "");
    let rels =
        "<Relationships><Relationship Id='a' Type='http://x/comments' Target='../comments1.xml'/></Relationships>";
    let text = format!(
        "<comments><commentList><comment ref='D4'><text><t>{remark}</t></text></comment></commentList></comments>"
    );
    parts.push(("xl/worksheets/_rels/sheet1.xml.rels".to_owned(), rels.to_owned()));
    parts.push(("xl/comments1.xml".to_owned(), text));
    packed(&parts)
}

fn table(rows: &[&[&str]], mut cell: impl FnMut(String, &str) -> String) -> String {
    let mut text = String::new();
    for (row, cells) in (1..).zip(rows) {
        write!(text, "<row r='{row}'>").expect("memory takes it");
        for (column, content) in ('A'..).zip(*cells) {
            text.push_str(&cell(format!("{column}{row}"), content));
        }
        text.push_str("</row>");
    }
    text
}

fn workbook(sheet: &str, rows: &str, strings: &str) -> Parts {
    let rels = "<Relationships><Relationship Id='s' Type='http://x/sharedStrings' Target='sharedStrings.xml'/>\
                <Relationship Id='r1' Type='http://x/worksheet' Target='worksheets/sheet1.xml'/></Relationships>";
    let book = format!(
        "<workbook><sheets><sheet name='{sheet}' sheetId='1' state='veryHidden' r:id='r1'/></sheets></workbook>"
    );
    let own = |name: &str, text: String| (name.to_owned(), text);
    vec![
        types("spreadsheetml.sheet", "xl/workbook.xml"),
        own("xl/workbook.xml", book),
        own("xl/_rels/workbook.xml.rels", rels.to_owned()),
        own("xl/sharedStrings.xml", format!("<sst>{strings}</sst>")),
        own("xl/worksheets/sheet1.xml", format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")),
    ]
}

/// Slides, all of them hidden.
pub fn pptx(slides: &[&str]) -> Vec<u8> {
    let (mut list, mut rels) = (String::new(), String::new());
    let mut parts = vec![types("presentationml.presentation", "ppt/presentation.xml")];
    for (number, text) in (1..).zip(slides) {
        write!(list, "<p:sldId id='{}' r:id='r{number}'/>", 255 + number).expect("memory takes it");
        write!(rels, "<Relationship Id='r{number}' Type='http://x/slide' Target='slides/slide{number}.xml'/>")
            .expect("memory takes it");
        let slide = format!("<p:sld show='0'><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>");
        parts.push((format!("ppt/slides/slide{number}.xml"), slide));
    }
    parts.push(("ppt/presentation.xml".to_owned(), format!("<p><p:sldIdLst>{list}</p:sldIdLst></p>")));
    let rels = format!("<Relationships>{rels}</Relationships>");
    parts.push(("ppt/_rels/presentation.xml.rels".to_owned(), rels));
    packed(&parts)
}

fn open_document(root: &str, body: &str) -> String {
    format!("<?xml version='1.0'?>\n<office:{root} xmlns:office='o'><office:body>{body}</office:body></office:{root}>")
}

fn odf(kind: &str, body: &str) -> Vec<u8> {
    let kind = format!("application/vnd.oasis.opendocument.{kind}");
    zip(&[("mimetype", kind), ("content.xml", open_document("document-content", body))])
}

/// A text of which a paragraph is in several spans.
pub fn odt(spans: &[&str]) -> Vec<u8> {
    let spans: String = spans.iter().map(|span| format!("<text:span>{span}</text:span>")).collect();
    odf("text", &format!("<office:text><text:p>{spans}</text:p></office:text>"))
}

fn spreadsheet(sheet: &str, rows: &[&[&str]]) -> String {
    let cell = |text: &&str| format!("<table:table-cell><text:p>{text}</text:p></table:table-cell>");
    let row =
        |cells: &&[&str]| format!("<table:table-row>{}</table:table-row>", cells.iter().map(cell).collect::<String>());
    let rows: String = rows.iter().map(row).collect();
    let table = format!("<table:table table:name='{sheet}'>{rows}</table:table>");
    format!("<office:spreadsheet>{table}</office:spreadsheet>")
}

pub fn ods(sheet: &str, rows: &[&[&str]]) -> Vec<u8> {
    odf("spreadsheet", &spreadsheet(sheet, rows))
}

/// A spreadsheet in one file.
pub fn fods(sheet: &str, rows: &[&[&str]]) -> Vec<u8> {
    open_document("document", &spreadsheet(sheet, rows)).into_bytes()
}

pub fn odp(pages: &[&str]) -> Vec<u8> {
    let page = |text: &&str| format!("<draw:page><draw:frame><text:p>{text}</text:p></draw:frame></draw:page>");
    let pages: String = pages.iter().map(page).collect();
    odf("presentation", &format!("<office:presentation>{pages}</office:presentation>"))
}
