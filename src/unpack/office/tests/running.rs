//! Running text: Word, slides, the reader of XML.

use super::*;

/// A document with that body, between the elements that stand around it.
pub(super) fn word(body: &str) -> [(&str, Vec<u8>); 2] {
    let types = "<Types><Override PartName='/word/document.xml' ContentType='application/vnd.openxmlformats-\
                 officedocument.wordprocessingml.document.main+xml'/></Types>";
    let body = format!("<?xml version='1.0'?><w:document xmlns:w='w'><w:body>{body}</w:body></w:document>");
    [("[Content_Types].xml", types.as_bytes().to_vec()), ("word/document.xml", body.into_bytes())]
}

fn both(body: &str) -> (String, Option<String>) {
    let recorded = sound(&word(body));
    let mut texts = recorded.members.iter().map(|member| {
        assert!(member.made && matches!(member.places, Places::Lines));
        assert_eq!(member.name.as_deref(), Some("word/document.xml"));
        (member.echo, member.text())
    });
    let (echo, first) = texts.next().unwrap();
    assert!(!echo);
    let second = texts.next().map(|(echo, text)| {
        assert!(echo);
        text
    });
    (first, second)
}

#[test]
fn runs_are_joined() {
    let body = "<w:p><w:r><w:t>nee</w:t></w:r><w:proofErr/><w:r><w:rPr><w:b w:val='x>y'/></w:rPr><w:t>dle&#45;&#x31;\
                </w:t></w:r></w:p> <w:p><w:r><w:t xml:space='preserve'>a &amp; &lt;b&gt; &unknown; <![CDATA[<c>]]>\
                </w:t><w:tab/><w:t>d</w:t><w:br/><w:t>e</w:t><w:noBreakHyphen/></w:r></w:p>";
    assert_eq!(both(body), ("needle-1\na & <b> &unknown; <c>\td\ne-\n".to_owned(), None));
}

#[test]
fn changes_are_read_both_ways() {
    let body = "<w:p><w:r><w:t>needle-</w:t></w:r><w:del w:id='1'><w:r><w:delText>old</w:delText></w:r></w:del>\
                <w:ins w:id='2'><w:r><w:t>new</w:t></w:r></w:ins><w:r><w:t>-end</w:t></w:r></w:p>\
                <w:moveFrom><w:p><w:r><w:t>moved</w:t></w:r></w:p></w:moveFrom>";
    assert_eq!(both(body), ("needle-new-end\n\n".to_owned(), Some("needle-old-end\nmoved\n".to_owned())));
}

#[test]
fn rows_are_lines() {
    let row = |cells: &[&str]| {
        let cells = cells.iter().map(|cell| format!("<w:tc><w:p><w:r><w:t>{cell}</w:t></w:r></w:p></w:tc>"));
        format!("<w:tr>{}</w:tr>", cells.collect::<String>())
    };
    let two = "one</w:t></w:r></w:p><w:p><w:r><w:t>two";
    let table =
        ["<w:tbl>", &row(&["title"]), &row(&["nip", "token"]), &row(&[two, "needle-1"]), &row(&["all"])].concat();
    let (first, second) = both(&(table + "</w:tbl><w:p><w:r><w:t>behind</w:t></w:r></w:p>"));
    assert_eq!(first, "title\nnip\ttoken\none two\tneedle-1\nall\t\nbehind\n");
    assert_eq!(second.as_deref(), Some("title\nnip\ttoken\none\ntwo\tneedle-1\nall\t\nbehind\n"));
}

#[test]
fn what_stands_beside_does_not_part_a_word() {
    let body = "<w:p><w:r><w:t>nee</w:t></w:r><mc:AlternateContent><mc:Choice><w:drawing>\
                <wp:docPr descr='alt &quot;text'/>\
                <w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent></w:drawing></mc:Choice>\
                <mc:Fallback>\
                <w:txbxContent><w:p><w:r><w:t>old box</w:t></w:r></w:p></w:txbxContent></mc:Fallback>\
                </mc:AlternateContent><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>HYPER\
                </w:instrText>\
                </w:r><w:r><w:instrText>LINK x</w:instrText></w:r><w:r><w:fldChar/></w:r><w:fldSimple w:instr='DATE'>\
                <w:r><w:t>dle-1</w:t></w:r></w:fldSimple></w:p>";
    let (first, second) = both(body);
    assert_eq!(first, "needle-1\nalt \"text\nbox\nHYPERLINK x\nDATE\n");
    assert_eq!(second.as_deref(), Some("needle-1\nold box\nHYPERLINK x\nDATE\n"));
}

#[test]
fn all_parts_are_read() {
    let p = |text: &str| format!("<x><w:p><w:r><w:t>{text}</w:t></w:r></w:p></x>").into_bytes();
    let links = b"<Relationships><Relationship Id='a' Target='https://x.pl/?a=1&amp;b=2' TargetMode='External'/>\
                  <Relationship Id='b' Target='styles.xml'/></Relationships>";
    let custom = b"<Properties xmlns='p'><property fmtid='{D5}' pid='2' name='KSeF'><vt:lpwstr>needle-7</vt:lpwstr>\
                   </property></Properties>";
    let more: [(&str, Vec<u8>); 9] = [
        ("word/header1.xml", p("needle-1")),
        ("word/footer2.xml", p("needle-2")),
        ("word/footnotes.xml", p("needle-3")),
        ("word/endnotes.xml", p("needle-4")),
        ("word/comments.xml", p("needle-5")),
        ("word/glossary/document.xml", p("needle-6")),
        ("docProps/custom.xml", custom.to_vec()),
        ("customXml/item1.xml", b"<a><token>needle-8</token>\n <b c='needle-9'/></a>".to_vec()),
        ("word/_rels/document.xml.rels", links.to_vec()),
    ];
    let recorded = sound(&[&word("")[..], &more[..]].concat());
    for (name, number) in more.iter().map(|(name, _)| name).zip(1..=7) {
        assert!(recorded.named(name).text().contains(&format!("needle-{number}\n")), "{name}");
    }
    assert_eq!(recorded.named("docProps/custom.xml").text(), "property name=KSeF\tlpwstr: needle-7\n");
    assert_eq!(recorded.named("customXml/item1.xml").text(), "token: needle-8\nb c=needle-9\n");
    assert_eq!(recorded.named("word/_rels/document.xml.rels").text(), "https://x.pl/?a=1&b=2\n");
}

#[test]
fn slides_have_numbers() {
    let slide = |text: &str| format!("<p:sld show='0'><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>").into_bytes();
    let rels = |list: &[(&str, &str, &str)]| {
        let list =
            list.iter().map(|(id, kind, to)| format!("<Relationship Id='{id}' Type='http://x/{kind}' Target='{to}'/>"));
        format!("<Relationships>{}</Relationships>", list.collect::<String>()).into_bytes()
    };
    let recorded = sound(&[
        ("[Content_Types].xml", b"<Types/>".to_vec()),
        (
            "ppt/presentation.xml",
            b"<p><p:sldIdLst><p:sldId id='256' r:id='r2'/><p:sldId id='257' r:id='r1'/></p:sldIdLst></p>".to_vec(),
        ),
        (
            "ppt/_rels/presentation.xml.rels",
            rels(&[("r1", "slide", "slides/slide1.xml"), ("r2", "slide", "/ppt/slides/slide2.xml")]),
        ),
        ("ppt/slides/slide1.xml", slide("needle-1")),
        ("ppt/slides/slide2.xml", slide("needle-2")),
        ("ppt/slides/slide3.xml", slide("needle-3")),
        (
            "ppt/slides/_rels/slide1.xml.rels",
            rels(&[
                ("n", "notesSlide", "../notesSlides/notesSlide1.xml"),
                ("c", "comments", "../comments/comment1.xml"),
            ]),
        ),
        ("ppt/notesSlides/notesSlide1.xml", slide("needle-4")),
        ("ppt/comments/comment1.xml", b"<p:cmLst><p:cm><p:text>needle-5</p:text></p:cm></p:cmLst>".to_vec()),
        ("ppt/slideMasters/slideMaster1.xml", slide("needle-6")),
    ]);
    let page = |word| place(&recorded, word).page;
    assert_eq!(["needle-1", "needle-2", "needle-4", "needle-5"].map(page), [Some(2), Some(1), Some(2), Some(2)]);
    assert_eq!(["needle-3", "needle-6"].map(page), [None, None]);
}

#[test]
fn letters_of_two_bytes_are_read() {
    let [types, (name, body)] = word("<w:p><w:t>needle-1 zażółć \u{1F511}</w:t></w:p>");
    let body = String::from_utf8(body).unwrap();
    let little: Vec<u8> = "\u{FEFF}".chars().chain(body.chars()).flat_map(units).flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = body.chars().flat_map(units).flat_map(u16::to_be_bytes).collect();
    for body in [little, big] {
        assert_eq!(text(&sound(&[types.clone(), (name, body)])), "needle-1 zażółć \u{1F511}\n");
    }
}

fn units(letter: char) -> Vec<u16> {
    letter.encode_utf16(&mut [0; 2]).to_vec()
}

#[test]
fn damage_costs_only_what_it_hits() {
    let [types, (name, body)] = word("<w:p><w:t>needle-1</w:t></w:p><w:p><w:r <w:t>needle-2 \u{0}</w:t></w:p>");
    let recorded = told(&[types.clone(), (name, [&body[..], b"<"].concat())]);
    assert_eq!(text(&recorded), "needle-1\nneedle-2 \u{0}\n");
    assert_eq!(troubles(&recorded), [(Some("word/document.xml"), "is damaged")]);
    let recorded = told(&[types, (name, body[..body.len() - 30].to_vec())]);
    assert!(text(&recorded).starts_with("needle-1\nneedle-2"));
    assert_eq!(recorded.troubles.len(), 1);
}

#[test]
fn what_is_no_document_is_none() {
    for members in [
        vec![],
        vec![("[Content_Types].xml", b"<Types/>")],
        vec![("content.xml", b"<a></a> "), ("mimetype", b"applicat")],
    ] {
        assert_eq!(troubles(&told(&members)), [(None, "is no document")]);
    }
}
