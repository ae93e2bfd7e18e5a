//! Workbooks.

use std::fmt::Write;

use super::*;

const MAIN: &str = "<Types><Override PartName='/xl/workbook.xml' ContentType='application/vnd.openxmlformats-\
                    officedocument.spreadsheetml.sheet.main+xml'/></Types>";

/// A workbook whose sheets have these names and rows.
pub(super) fn book(sheets: &[(&str, &str)], strings: &str) -> Vec<(String, String)> {
    let mut list = String::new();
    let mut rels = "<Relationship Id='s' Type='http://x/sharedStrings' Target='sharedStrings.xml'/>".to_owned();
    let mut members = vec![("[Content_Types].xml".to_owned(), MAIN.to_owned())];
    for (index, (name, rows)) in sheets.iter().enumerate() {
        write!(list, "<sheet name='{name}' sheetId='{index}' state='veryHidden' r:id='r{index}'/>").unwrap();
        write!(rels, "<Relationship Id='r{index}' Type='http://x/worksheet' Target='worksheets/sheet{index}.xml'/>")
            .unwrap();
        let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
        members.push((format!("xl/worksheets/sheet{index}.xml"), sheet));
    }
    let workbook = format!(
        "<workbook><sheets>{list}</sheets><definedNames><definedName name='Hidden'>\"needle-dn\"\
                            </definedName></definedNames></workbook>"
    );
    members.push(("xl/workbook.xml".to_owned(), workbook));
    members.push(("xl/_rels/workbook.xml.rels".to_owned(), format!("<Relationships>{rels}</Relationships>")));
    members.push(("xl/sharedStrings.xml".to_owned(), format!("<sst>{strings}</sst>")));
    members
}

pub(super) fn named(members: &[(String, String)]) -> Vec<(&str, &str)> {
    members.iter().map(|(name, content)| (name.as_str(), content.as_str())).collect()
}

#[test]
fn cells_have_their_places() {
    let rows = "<row r='2'><c r='A2' t='s'><v>0</v></c><c r='C2' t='inlineStr'><is><r><t>Tok</t></r><r><t>en</t></r>\
                </is></c></row>\
                <row r='7'><c r='A7'><v>5265877635</v></c><c r='C7' t='s'><v>1</v></c></row>\
                <row><c><v>1</v></c><c t='str'><f>\"needle-\"&amp;2</f><v>needle-2</v></c><c><f>needle-3</f></c></row>\
                <row r='9'><c r='B9' t='s'><v>2</v></c></row>";
    let strings = "<si><t>NIP</t></si><si><r><t>needle</t></r><r><t>-1</t></r><rPh><t>spoken</t></rPh></si>\
                   <si><t>one_x000D_\ntwo needle-4</t></si><si><t>needle-orphan</t></si>";
    let recorded = sound(&named(&book(&[("Dane &amp; tokeny", rows)], strings)));
    let sheet = &recorded.members[0];
    assert!(sheet.made && sheet.name.is_none());
    assert_eq!(sheet.text(), "NIP\t\tToken\n5265877635\t\tneedle-1\n1\tneedle-2\tneedle-3\n\tone  two needle-4\t\n");
    let aside = &recorded.members[1];
    assert!(aside.made && aside.echo);
    assert_eq!(aside.text(), "\"needle-\"&2\none\r\ntwo needle-4\n");
    assert_eq!(aside.places.at(20).cell.as_deref(), Some("B9"));
    let places = ["needle-1", "needle-2", "needle-3", "needle-4"].map(|word| cell(&recorded, word));
    assert_eq!(places, ["C7", "B8", "C8", "B9"].map(|name| format!("Dane & tokeny!{name}")));
    assert_eq!(cell(&recorded, "needle-orphan"), "-!-");
    assert!(text(&recorded).contains("definedName name=Hidden\tdefinedName: \"needle-dn\"\n"));
}

#[test]
fn remarks_belong_to_cells() {
    let mut members = book(
        &[(
            "S",
            "<row><c t='str'><v>x</v></c></row></sheetData><hyperlinks><hyperlink ref='B3' \
        location='needle-0'/></hyperlinks><headerFooter><oddHeader>needle-1</oddHeader></headerFooter><sheetData>",
        )],
        "",
    );
    let rels = "<Relationships><Relationship Id='a' Type='http://x/comments' Target='../comments1.xml'/><Relationship \
                Id='b' Type='http://y/threadedComment' Target='../threadedComments/t1.xml'/></Relationships>";
    let old = "<comments><commentList><comment ref='D4'><text><r><t>needle</t></r>\n<r><t>-2</t></r></text></comment>\
               </commentList></comments>";
    let new = "<T><threadedComment ref='D4' id='{1}'><text>needle-3</text></threadedComment></T>";
    for (name, content) in [
        ("xl/worksheets/_rels/sheet0.xml.rels", rels),
        ("xl/comments1.xml", old),
        ("xl/threadedComments/t1.xml", new),
        (
            "xl/connections.xml",
            "<connections><connection name='c'><dbPr connection='Password=needle-4;'/></connection></connections>",
        ),
        ("xl/drawings/drawing1.xml", "<d><a:p><a:r><a:t>needle</a:t></a:r><a:r><a:t>-5</a:t></a:r></a:p></d>"),
        (
            "xl/worksheets/sheet9.xml",
            "<worksheet><sheetData><row><c t='str'><v>needle-6</v></c></row></sheetData></worksheet>",
        ),
    ] {
        members.push((name.to_owned(), content.to_owned()));
    }
    let recorded = sound(&named(&members));
    let places = ["needle-1", "needle-2", "needle-4", "needle-5", "needle-6"].map(|word| cell(&recorded, word));
    assert_eq!(places, ["S!-", "S!D4", "-!-", "-!-", "sheet9!A1"]);
    let echoed = |word: &str, name: &str| {
        let member = recorded.members.iter().find(|member| member.text().contains(word)).unwrap();
        assert!(member.echo);
        assert_eq!(member.places.at(0).cell.as_deref(), Some(name));
    };
    echoed("needle-0", "B3");
    echoed("needle-3", "D4");
}

#[test]
fn pieces_begin_with_the_headings() {
    let mut rows =
        "<row r='1'><c t='str'><v>Report of needles</v></c></row><row r='2'><c t='str'><v>nip</v></c><c t='str'>\
                    <v>token</v></c></row>"
            .to_owned();
    for row in 3..60_003 {
        let text = format!("a cell that has some text, 'tis no: {row}");
        write!(rows, "<row r='{row}'><c><v>{row}</v></c><c t='str'><v>{text}</v></c></row>").unwrap();
    }
    let recorded = sound(&named(&book(&[("Big", &rows)], "")));
    let sheets: Vec<&Taken> = recorded.members.iter().filter(|member| !member.echo && member.name.is_none()).collect();
    assert!(sheets.len() > 3 && sheets.iter().all(|sheet| sheet.bytes.len() < 1 << 20));
    assert!(sheets[0].text().starts_with("Report of needles\nnip\ttoken\n3\t"));
    for sheet in &sheets[1..] {
        assert!(sheet.text().starts_with("nip\ttoken\n"));
        assert_eq!(sheet.places.at(5).cell.as_deref(), Some("B2"));
    }
    assert_eq!(cell(&recorded, "no: 60002'"), "Big!B60002");
}

#[test]
fn strings_beyond_the_ceiling_are_told() {
    let string = |number| format!("<si><r><t>needle</t></r><r><t>-{number} {:60}</t></r></si>", "");
    let many: String = (0..70_000).map(string).collect();
    let members = book(&[("S", "<row><c t='s'><v>5</v></c><c t='s'><v>69999</v></c></row>")], &many);
    let limits = Limits { max_blob: 4 << 20, ..Limits::default() };
    let recorded = record(&PACK, &pack(&named(&members)), &limits);
    let [(part, trouble)] = &recorded.troubles[..] else { panic!("{:?}", recorded.troubles) };
    assert_eq!((part.as_deref(), trouble.option), (Some("xl/sharedStrings.xml"), Some("--max-blob")));
    assert!(trouble.text.ends_with("; cells that show them were read without them"));
    assert_eq!(cell(&recorded, "needle-5 "), "S!A1");
    let all = recorded.named("xl/sharedStrings.xml");
    assert!(all.echo && all.text().contains("needle-69999"));
}

#[test]
fn a_damaged_workbook_still_has_its_sheets() {
    let mut members = book(&[("S", "<row><c t='str'><v>needle-1</v></c></row>")], "");
    members.retain(|(name, _)| !name.contains(".rels"));
    members[0].1.truncate(20);
    let recorded = told(&named(&members));
    assert_eq!(cell(&recorded, "needle-1"), "sheet0!A1");
    assert_eq!(troubles(&recorded), [(Some("[content_types].xml"), "ends early")]);
}

/// Records of a binary workbook.
pub(super) struct Bits(pub(super) Vec<u8>);

impl Bits {
    pub(super) fn put(&mut self, number: u32, body: &[&[u8]]) {
        let body = body.concat();
        self.0.push((number & 0x7F) as u8 | if number > 0x7F { 0x80 } else { 0 });
        if number > 0x7F {
            self.0.push((number >> 7) as u8);
        }
        let mut size = body.len();
        while size > 0x7F {
            self.0.push(size as u8 | 0x80);
            size >>= 7;
        }
        self.0.push(size as u8);
        self.0.extend(body);
    }
}

fn number(number: u32) -> [u8; 4] {
    number.to_le_bytes()
}

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [&number(u32::try_from(text.encode_utf16().count()).unwrap())[..], &units].concat()
}

pub(super) fn binary() -> Vec<(&'static str, Vec<u8>)> {
    let (mut workbook, mut strings, mut sheet, mut comments) = (Bits(vec![]), Bits(vec![]), Bits(vec![]), Bits(vec![]));
    workbook.put(143, &[]);
    workbook.put(156, &[&number(2), &number(1), &wide("r1"), &wide("Tajny")]);
    workbook.put(144, &[]);
    strings.put(159, &[&number(2), &number(2)]);
    strings.put(19, &[&[0], &wide("needle-1")]);
    strings.put(19, &[&[1], &wide(&format!("needle-2{}", " ".repeat(90))), &number(0)]);
    strings.put(160, &[]);
    sheet.put(129, &[]);
    sheet.put(145, &[]);
    sheet.put(0, &[&number(6), &number(0), &[0; 9]]);
    sheet.put(7, &[&number(2), &number(0), &number(0)]);
    sheet.put(6, &[&number(4), &number(0), &wide("needle-3")]);
    sheet.put(2, &[&number(5), &number(0), &number((123 << 2) | 2)]);
    sheet.put(5, &[&number(6), &number(0), &5_265_877_635_f64.to_le_bytes()]);
    sheet.put(0, &[&number(9), &number(0), &[0; 9]]);
    sheet.put(8, &[&number(0), &number(0), &wide("needle-4"), &[0; 10]]);
    sheet.put(17, &[&number(0), &wide("needle-5")]);
    sheet.put(146, &[]);
    sheet.put(
        494,
        &[&number(0), &number(0), &number(1), &number(1), &number(0), &wide("needle-6"), &number(0), &number(0)],
    );
    sheet.put(130, &[]);
    comments.put(635, &[&number(0), &number(3), &number(3), &number(1), &number(1), &[0; 16]]);
    comments.put(637, &[&[0], &wide("needle-7")]);
    vec![
        (
            "[Content_Types].xml",
            b"<Types>\
                <Override PartName='/xl/workbook.bin' ContentType='application/vnd.ms-excel.sheet.\
          binary.macroEnabled.main'/></Types>"
                .to_vec(),
        ),
        ("xl/workbook.bin", workbook.0),
        (
            "xl/_rels/workbook.bin.rels",
            b"<Relationships>\
                <Relationship Id='r1' Type='http://x/worksheet' Target='worksheets/\
          sheet1.bin'/><Relationship Id='r2' Type='http://x/sharedStrings' Target='sharedStrings.bin'/>\
                </Relationships>"
                .to_vec(),
        ),
        ("xl/sharedStrings.bin", strings.0),
        ("xl/worksheets/sheet1.bin", sheet.0),
        (
            "xl/worksheets/_rels/sheet1.bin.rels",
            b"<Relationships><Relationship Id='r1' Type='http://x/comments' \
          Target='../comments1.bin'/></Relationships>"
                .to_vec(),
        ),
        ("xl/comments1.bin", comments.0),
    ]
}

#[test]
fn binary_workbooks_are_read() {
    let recorded = sound(&binary());
    assert_eq!(recorded.members[0].text(), "\t\tneedle-1\t\tneedle-3\t123\t5265877635\nneedle-4\tneedle-5\n");
    let places = ["needle-1", "needle-3", "needle-4", "needle-5", "needle-7"].map(|word| cell(&recorded, word));
    assert_eq!(places, ["C7", "E7", "A10", "B10", "B4"].map(|name| format!("Tajny!{name}")));
    assert_eq!(cell(&recorded, "needle-2"), "-!-");
    assert!(recorded.members.iter().any(|member| member.echo && member.text().contains("needle-6")));
    let mut cut = binary();
    cut[4].1.truncate(80);
    let recorded = told(&cut);
    assert_eq!(cell(&recorded, "needle-3"), "Tajny!E7");
    assert_eq!(troubles(&recorded), [(Some("xl/worksheets/sheet1.bin"), "ends early")]);
}
