//! Documents that are broken, or made to do harm.

use super::*;
use crate::base::Reason;
use crate::unpack::office::FLAT;
use crate::unpack::recorded::torture;

#[test]
fn nothing_breaks_running_text() {
    let body = "<w:p><w:r><w:t>needle</w:t></w:r><w:del><w:r><w:delText>-0</w:delText></w:r></w:del><w:ins><w:r>\
                <w:t>-1</w:t>\
                </w:r></w:ins></w:p><w:tbl><w:tr><w:tc><w:p><w:t>a</w:t></w:p></w:tc><w:tc><w:p><w:t>&#x62;</w:t>\
                </w:p></w:tc>\
                </w:tr></w:tbl><mc:Fallback><w:txbxContent><w:p><w:t><![CDATA[c]]></w:t></w:p></w:txbxContent>\
                </mc:Fallback>";
    torture(&PACK, &pack(&running::word(body)));
}

#[test]
fn nothing_breaks_sheets() {
    let rows = "<row r='2'><c r='A2' t='s'><v>0</v></c><c r='XFD1048576' t='inlineStr'><is><t>a_x000D_\nb</t></is>\
                </c></row>\
                <row><c><f>1+1</f><v>2</v></c></row>";
    torture(&PACK, &pack(&book::named(&book::book(&[("S", rows)], "<si><r><t>needle</t></r></si>"))));
    torture(&PACK, &pack(&book::binary()));
}

#[test]
fn nothing_breaks_open_documents() {
    let sheet = "<office:spreadsheet><table:table table:name='S'><table:table-row table:number-rows-repeated='3'>\
                 <table:table-cell table:number-columns-repeated='2'><office:annotation><text:p>a</text:p>\
                 </office:annotation>\
                 <text:p>needle</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet>";
    let text = "<office:text><text:tracked-changes><text:changed-region xml:id='c'><text:deletion><text:p>b</text:p>\
                </text:deletion></text:changed-region></text:tracked-changes><text:p>nee\
                <text:change text:change-id='c'/>dle\
                <text:s text:c='99999999999'/></text:p></office:text>";
    let page = "<office:presentation><draw:page><text:p>needle</text:p></draw:page></office:presentation>";
    for body in [sheet, text, page] {
        let content = open_document::document(body);
        torture(&PACK, &pack(&[("mimetype", "application/vnd.oasis.opendocument"), ("content.xml", content.as_str())]));
        torture(&FLAT, content.replace("office:document-content", "office:document ").as_bytes());
    }
}

#[test]
fn depth_and_width_cost_nothing() {
    let deep = "<a>".repeat(400_000) + "<w:t>needle-1</w:t>" + &"</a>".repeat(400_000);
    let attributes: String = (0..40_000).map(|number| format!(" a{number}='b'")).collect();
    let wide = format!("<w:r{attributes}/><w:t>needle-2</w:t><w:r a='{}'/><w:t>needle-3</w:t>", "x".repeat(2 << 20));
    let entities = "<!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;\">]><w:t>&c;</w:t>";
    let recorded = told(&running::word(&(deep + &wide + entities)));
    assert_eq!(text(&recorded), "needle-1needle-2needle-3&c;");
    let tag = "has a tag of more than 1 MiB, which was passed over";
    assert_eq!(troubles(&recorded), [(Some("word/document.xml"), tag)]);
}

#[test]
fn what_yields_no_text_is_paid_for() {
    let limits = Limits { max_expanded: 1 << 20, ..Limits::default() };
    let small = pack(&running::word("<w:p/>"));
    assert!(record(&PACK, &small, &limits).troubles.is_empty());
    let recorded = record(&Format { open: Open::Whole(with_much), ..PACK }, &small, &limits);
    assert_eq!(recorded.troubles.last().unwrap().1.reason, Reason::TooLarge);
}

/// A document with one part more, which comes out of nothing as if it was compressed: much XML, and no text.
fn with_much(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Trouble> {
    let empty = "<a b='c'/>".repeat(500_000);
    open(&[bytes, &pack(&[("word/header1.xml", &empty)])].concat(), sink)
}

#[test]
fn rows_far_away_are_bounded() {
    let row =
        |number: u64| format!("<row r='{}'><c r='XFD{0}'><v>needle-{number}</v></c></row>", u64::MAX / 2 + number);
    let rows: String = (0..1000).map(row).collect();
    let recorded = sound(&book::named(&book::book(&[("S", &rows)], "")));
    assert!(recorded.members[0].bytes.len() < 1000 * 40);
    let cells = "<c r='IV1'><v>1</v></c>".repeat(10_000) + "<c r='ZZZZ99999999999999999999'><v>needle</v></c>";
    assert!(text(&sound(&book::named(&book::book(&[("S", &cells)], "")))).contains("needle"));
}
