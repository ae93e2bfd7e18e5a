//! Documents of `OpenDocument`, in archives and flat.

use super::*;
use crate::base::Reason;
use crate::unpack::office::FLAT;
use crate::unpack::recorded::recognises;

const MARK: &str = "application/vnd.oasis.opendocument.text";

pub(super) fn document(body: &str) -> String {
    format!(
        "<?xml version='1.0'?>\n<office:document-content><office:automatic-styles><style:style \
             style:name='body'/></office:automatic-styles><office:body>{body}</office:body></office:document-content>"
    )
}

fn members(body: &str) -> Vec<(&'static str, String)> {
    vec![("mimetype", MARK.to_owned()), ("content.xml", document(body))]
}

#[test]
fn text_is_joined() {
    let body = "<office:text><text:p>nee<text:span>d</text:span><office:annotation><dc:creator>me</dc:creator>\
                <text:p>remark</text:p></office:annotation>le<draw:frame><draw:image><office:binary-data>iVBORw==\
                </office:binary-data></draw:image><svg:title>title</svg:title><draw:text-box><text:p>box</text:p>\
                </draw:text-box></draw:frame>-1<text:s text:c='2'/>a<text:tab/>b<text:line-break/>c<text:a \
                xlink:href='https://x.pl/?a&amp;b'>d</text:a></text:p> <table:table><table:table-row><table:table-cell>\
                <text:p>e</text:p></table:table-cell><table:table-cell><text:p>f</text:p></table:table-cell>\
                </table:table-row></table:table></office:text>";
    let recorded = sound(&members(body));
    assert_eq!(text(&recorded), "needle-1  a\tb\ncd\nme\nremark\ntitle\nbox\nhttps://x.pl/?a&b\ne\tf\n");
    assert_eq!(recorded.names(), ["content.xml"]);
}

#[test]
fn changes_are_read_both_ways() {
    let body = "<office:text><text:tracked-changes><text:changed-region xml:id='c1'><text:deletion><office:change-info>\
                <dc:creator>me</dc:creator></office:change-info><text:p>old</text:p></text:deletion>\
                </text:changed-region>\
                <text:changed-region xml:id='c2'><text:insertion/></text:changed-region></text:tracked-changes><text:p>\
                needle-<text:change text:change-id='c1'/><text:change-start text:change-id='c2'/>new<text:change-end \
                text:change-id='c2'/>-end</text:p></office:text>";
    let recorded = sound(&members(body));
    let texts: Vec<_> = recorded.members.iter().map(|member| (member.echo, member.text())).collect();
    assert_eq!(texts, [(false, "needle-new-end\n".to_owned()), (true, "needle-old-end\n".to_owned())]);
}

#[test]
fn headers_and_properties_are_read() {
    let mut members = members("<office:text/>");
    members.push((
        "styles.xml",
        "<a><style:header><text:p>needle-<text:span>1</text:span></text:p></style:header></a>".into(),
    ));
    let meta = "<m><office:meta><meta:user-defined meta:name='Token'>needle-2</meta:user-defined></office:meta></m>";
    members.push(("meta.xml", meta.into()));
    members.push(("Object 1/content.xml", document("<office:chart><text:p>needle-3</text:p></office:chart>")));
    let recorded = sound(&members);
    assert_eq!(recorded.named("styles.xml").text(), "needle-1\n");
    assert_eq!(recorded.named("meta.xml").text(), "user-defined name=Token\tuser-defined: needle-2\n");
    assert_eq!(recorded.named("Object 1/content.xml").text(), "needle-3\n");
}

const SHEETS: &str = "<office:spreadsheet><table:content-validations><table:help-message><text:p>needle-0</text:p>\
    </table:help-message></table:content-validations><table:table table:name='Ukryty &amp;'><table:table-row \
    table:number-rows-repeated='4'><table:table-cell table:number-columns-repeated='1024'/></table:table-row>\
    <table:table-row><table:table-cell table:number-columns-repeated='2' office:value-type='float' \
    office:value='5265877635'><text:p>5 265 877 635</text:p></table:table-cell><table:table-cell><office:annotation>\
    <text:p>needle-2</text:p></office:annotation><text:p>needle<text:span>-1</text:span></text:p><text:p>more</text:p>\
    </table:table-cell></table:table-row><table:table-row table:number-rows-repeated='1048570'><table:table-cell \
    table:number-columns-repeated='16384'/></table:table-row><table:table-row>\
                <table:table-cell table:formula='of:=&quot;\
    needle-3&quot;' office:string-value='shown'/></table:table-row></table:table><table:table table:name='B'>\
                <table:table-row>\
    <table:table-cell><text:p>needle-4</text:p></table:table-cell></table:table-row></table:table>\
                <table:named-expressions>\
    <table:named-expression table:name='n' table:expression='&quot;needle-5&quot;'/></table:named-expressions>\
    </office:spreadsheet>";

#[test]
fn cells_have_their_places() {
    let recorded = sound(&members(SHEETS));
    let rows = recorded.members[0].text();
    assert_eq!(rows, "5265877635\t5265877635\tneedle-1 more\nshown\t\n");
    let places = ["needle-0", "needle-1", "needle-2", "needle-4", "needle-5"].map(|word| cell(&recorded, word));
    assert_eq!(places, ["-!-", "Ukryty &!C5", "Ukryty &!C5", "B!A1", "-!-"]);
    let echo = recorded.members.iter().find(|member| member.echo).unwrap();
    assert_eq!(echo.text(), "5 265 877 635\nneedle-1\nmore\nof:=\"needle-3\"\n");
    assert_eq!(echo.places.at(30).cell.as_deref(), Some("A1048576"));
}

#[test]
fn pages_have_numbers() {
    let page = |text: &str| {
        format!(
            "<draw:page><draw:frame><draw:text-box><text:p>{text}</text:p></draw:text-box>\
        </draw:frame><presentation:notes><draw:frame><draw:text-box><text:p>note of {text}</text:p></draw:text-box>\
        </draw:frame></presentation:notes></draw:page>"
        )
    };
    let body = format!("<office:presentation>{}{}</office:presentation>", page("needle-1"), page("needle-2"));
    let recorded = sound(&members(&body));
    let pages: Vec<_> = recorded.members.iter().map(|member| (member.places.at(0).page, member.text())).collect();
    let expected =
        [(Some(1), "needle-1\nnote of needle-1\n".to_owned()), (Some(2), "needle-2\nnote of needle-2\n".to_owned())];
    assert_eq!(pages, expected);
}

#[test]
fn locked_members_are_told() {
    let mut members = members("<office:text/>");
    members.push((
        "META-INF/manifest.xml",
        "<m><file-entry full-path='content.xml'><encryption-data/></file-entry>\
        <file-entry full-path='meta.xml'/></m>"
            .into(),
    ));
    members[1].1 = "\u{1}\u{2}garbage".into();
    let recorded = told(&members);
    let [(member, trouble)] = &recorded.troubles[..] else { panic!("{:?}", recorded.troubles) };
    assert_eq!((member.as_deref(), trouble.reason), (Some("content.xml"), Reason::Encrypted));
    let manifest = "<m><file-entry full-path='encrypted-package'><encryption-data/></file-entry></m>";
    let recorded = told(&[("mimetype", MARK), ("encrypted-package", "x"), ("META-INF/manifest.xml", manifest)]);
    assert_eq!(recorded.troubles[0].1.reason, Reason::Encrypted);
}

#[test]
fn flat_documents_are_read() {
    let flat = document(SHEETS)
        .replace("office:document-content", "office:document")
        .replace("<office:document>", "<office:document a='b'>");
    assert!(recognises(&FLAT, flat.as_bytes(), "") && !recognises(&FLAT, document(SHEETS).as_bytes(), ""));
    let recorded = record(&FLAT, flat.as_bytes(), &Limits::default());
    assert_eq!(cell(&recorded, "needle-1"), "Ukryty &!C5");
    let old = "<?xml version=\"1.0\"?><w:wordDocument xmlns:w=\"x\"><w:body><w:p><w:r><w:t>need</w:t></w:r><w:r>\
                <w:t>le-1\
               </w:t></w:r></w:p></w:body></w:wordDocument>";
    assert!(recognises(&FLAT, old.as_bytes(), ""));
    let recorded = record(&FLAT, old.as_bytes(), &Limits::default());
    assert_eq!((text(&recorded).as_str(), recorded.troubles.len()), ("needle-1\n", 0));
    let recorded = record(&FLAT, &old.as_bytes()[..old.len() - 20], &Limits::default());
    assert_eq!((text(&recorded).as_str(), recorded.troubles.len()), ("needle-1\n", 1));
}
