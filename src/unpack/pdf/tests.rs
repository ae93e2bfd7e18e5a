//! Tests of PDF on files that are written here, and on some that programs wrote.
//!
//! Holds: a writer of small files, samples, damage. Must not know: how anything is read.

use std::io::Write;

use super::FORMAT;
use crate::base::{Limits, Places, Reason};
use crate::unpack::recorded::{Recorded, Taken, recognises, record, record_with, torture};

/// Writes objects; a cross-reference table is not written, for none is read.
struct Writer(Vec<u8>);

impl Writer {
    fn new() -> Self {
        Self(b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec())
    }

    fn object(mut self, number: u32, value: &str) -> Self {
        self.0.extend(format!("{number} 0 obj\n{value}\nendobj\n").bytes());
        self
    }

    fn stream(mut self, number: u32, entries: &str, bytes: &[u8]) -> Self {
        let length = bytes.len();
        self.0.extend(format!("{number} 0 obj\n<< {entries} /Length {length} >>\nstream\n").bytes());
        self.0.extend_from_slice(bytes);
        self.0.extend(b"\nendstream\nendobj\n");
        self
    }

    /// A file whose pages, objects 101 and so on, hang from object 2; fonts are object 4.
    fn pages(self, pages: &[&str]) -> Self {
        let kids: String = (0..pages.len()).map(|at| format!("{} 0 R ", 101 + at)).collect();
        let head = self
            .object(1, "<< /Type /Catalog /Pages 2 0 R >>")
            .object(2, &format!("<< /Type /Pages /Kids [{kids}] /Count {} /Resources 3 0 R >>", pages.len()))
            .object(3, "<< /Font 4 0 R /XObject << /X 5 0 R >> >>");
        pages.iter().enumerate().fold(head, |writer, (at, content)| {
            let page = format!("<< /Type /Page /Parent 2 0 R /Contents {} 0 R >>", 201 + at);
            writer.object(101 + at as u32, &page).stream(201 + at as u32, "", content.as_bytes())
        })
    }

    fn end(mut self, entries: &str) -> Vec<u8> {
        self.0.extend(format!("trailer << /Root 1 0 R {entries} >>\nstartxref\n0\n%%EOF\n").bytes());
        self.0
    }
}

const HELVETICA: &str = "<< /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>";

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn opened(bytes: &[u8]) -> Recorded {
    record(&FORMAT, bytes, &Limits::default())
}

/// The text of pages, as people read it.
fn read(bytes: &[u8]) -> String {
    let recorded = opened(bytes);
    assert_eq!(recorded.troubles, []);
    recorded.members.iter().filter(|member| member.made && !member.echo).map(Taken::text).collect()
}

/// All that came out.
fn all(recorded: &Recorded) -> String {
    recorded.members.iter().map(Taken::text).collect()
}

fn page(content: &str, fonts: &str) -> String {
    read(&Writer::new().pages(&[content]).object(4, fonts).end(""))
}

fn reasons(recorded: &Recorded) -> Vec<Reason> {
    recorded.troubles.iter().map(|(_, trouble)| trouble.reason).collect()
}

#[test]
fn what_stands_on_a_line_is_joined() {
    let content = "BT /F 10 Tf 10 100 Td [(nee) -20 (dl) 30 (e-) (1) -400 (next)] TJ 0 -20 Td (second) Tj ET \
        BT /F 10 Tf 10 140 Td (fi) Tj (rst) ' ET BT /F 10 Tf 1 0 0 1 36 100 Tm ET \
        q 1 0 0 1 0 60 cm BT /F 10 Tf 10 100 Td (top) Tj ET Q BT /F 10 Tf 200 80 Td (column) Tj ET \
        BI /W 1 /H 1 ID \x01(Tj EI Q BT 10 10 Td <6C6173740A> Tj ET";
    assert_eq!(
        page(content, HELVETICA),
        "top\nfi\trst\nneedle-1 next\nsecond\tcolumn\nlast\n".replace("fi\trst", "first")
    );
}

#[test]
fn pages_have_numbers() {
    let show = |text: &str| format!("BT /F 9 Tf 10 10 Td ({text}) Tj ET");
    let file = Writer::new().pages(&[&show("needle-1"), &show("needle-2")]).object(4, HELVETICA).end("");
    let recorded = opened(&file);
    let text = &recorded.members[0];
    let Places::Pages(_) = text.places else { panic!("no pages: {:?}", text.places) };
    let page = |needle: &str| text.places.at(text.text().find(needle).unwrap() as u64).page;
    assert_eq!((page("needle-1"), page("needle-2")), (Some(1), Some(2)));
}

#[test]
fn bytes_show_what_the_font_says() {
    let fonts = "<< /A << /Type /Font /Subtype /Type1 /BaseFont /X /Encoding << /Differences [1 /lslash /Zdotaccent \
        /uni0105 /fi] >> >> /M << /Subtype /TrueType /Encoding /MacRomanEncoding >> /T << /Subtype /Type0 /Encoding \
        /Identity-H /ToUnicode 6 0 R /DescendantFonts [<< /W [1 [600 600] 3 9 500] >>] >> /W << /Subtype /Type0 \
        /Encoding /Identity-H /DescendantFonts [<< >>] >> /U << /Subtype /Type0 /Encoding /UniGB-UCS2-H >> /3 << \
        /Subtype /Type3 /FontMatrix [0.01 0 0 0.01 0 0] /FirstChar 97 /Widths [50 50] >> >>";
    let map = b"begincmap 1 beginbfchar <0001> <006E> endbfchar 1 beginbfrange <0002> <0003> <0065> endbfrange";
    let content = "BT /A 9 Tf 1 0 0 1 9 90 Tm (\\001\\002\\003\\004) Tj /M 9 Tf 1 0 0 1 9 80 Tm (\\216x) Tj \
        /T 9 Tf 1 0 0 1 9 70 Tm <000100020003> Tj /W 9 Tf 1 0 0 1 9 60 Tm <00510048> Tj \
        /U 9 Tf 1 0 0 1 9 50 Tm <01420061> Tj /3 9 Tf 1 0 0 1 9 40 Tm (ab) Tj (a) Tj /None 9 Tf 0 -9 Td (z) Tj ET";
    let file = Writer::new().pages(&[content]).object(4, fonts).stream(6, "", map).end("");
    assert_eq!(read(&file), "łŻąfi\néx\nnef\nne\nła\naba\nz\n");
}

#[test]
fn streams_are_unpacked() {
    let content = b"BT /F 9 Tf 10 10 Td (needle-packed) Tj ET";
    let hex: String = content.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut lzw = weezl::encode::Encoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8);
    let rows: Vec<u8> = content.chunks(7).flat_map(|row| [&[1][..], &differences(row)].concat()).collect();
    let mut runs = vec![content.len() as u8 - 1];
    runs.extend_from_slice(content);
    runs.extend([250, b' ', 128]);
    let samples: [(&str, Vec<u8>); 7] = [
        ("/Filter /FlateDecode", deflate(content)),
        ("/Filter [/FlateDecode] /DecodeParms << /Predictor 15 /Columns 7 >>", deflate(&rows)),
        ("/Filter /LZWDecode", lzw.encode(content).unwrap()),
        ("/Filter /AHx", format!("{hex}>").into_bytes()),
        ("/Filter /ASCII85Decode", base85(content)),
        ("/Filter /RunLengthDecode", runs),
        ("/Filter [/A85 /Fl]", base85(&deflate(content))),
    ];
    for (entries, packed) in samples {
        let file = Writer::new().pages(&[""]).object(4, HELVETICA).stream(201, entries, &packed).end("");
        assert_eq!(read(&file), "needle-packed\n", "{entries}");
        let echo = opened(&file).members.into_iter().filter(|member| member.name.is_some());
        assert_eq!(echo.last().unwrap().bytes[..content.len()], content[..], "{entries}");
    }
}

fn differences(row: &[u8]) -> Vec<u8> {
    (0..row.len()).map(|at| row[at].wrapping_sub(if at == 0 { 0 } else { row[at - 1] })).collect()
}

fn base85(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for chunk in bytes.chunks(4) {
        let mut group = [0; 4];
        group[..chunk.len()].copy_from_slice(chunk);
        let number = u32::from_be_bytes(group);
        let digits = (0..5_u32).map(|at| (number / 85_u32.pow(4 - at) % 85) as u8 + b'!');
        out.extend(digits.take(chunk.len() + 1));
    }
    out.extend(b"~>");
    out
}

#[test]
fn objects_may_stand_in_streams() {
    let objects = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Kids [3 0 R] >>"];
    let page = "<< /Type /Page /Contents 9 0 R /Resources << /Font 4 0 R >> >>";
    let head = format!("1 0 2 {} 3 {} ", objects[0].len(), objects.concat().len());
    let body = deflate([head.as_str(), objects[0], objects[1], page].concat().as_bytes());
    let entries = format!("/Type /ObjStm /N 3 /First {} /Filter /FlateDecode", head.len());
    let content = b"BT /F 9 Tf 10 10 Td (needle-in-stream) Tj ET";
    let file = Writer::new().object(4, HELVETICA).stream(8, &entries, &body).stream(9, "", content);
    let file = file.stream(10, "/Type /XRef /Root 1 0 R /W [1 2 1]", b"\0\0\0").0;
    let file = [file, b"%%EOF".to_vec()].concat();
    assert_eq!(read(&file), "needle-in-stream\n");
}

#[test]
fn what_is_not_on_pages_comes_out_too() {
    let file = Writer::new()
        .pages(&["BT /F 9 Tf 10 10 Td (page) Tj ET /X Do"])
        .object(4, HELVETICA)
        .stream(5, "/Type /XObject /Subtype /Form", b"BT /F 9 Tf 30 50 Td (needle-drawn) Tj ET /X Do")
        .object(
            101,
            "<< /Type /Page /Contents 201 0 R /Parent 2 0 R /Annots [20 0 R << /Subtype /Link /A 21 0 R >>] >>",
        )
        .object(20, "<< /Subtype /Widget /FT /Tx /T (NIP) /V <FEFF006E0031> >>")
        .object(21, "<< /S /URI /URI (https://example.com/needle-link) >>")
        .object(22, "<< /Type /Filespec /F (um.txt) /UF <FEFF0075006D006F007700610142> /EF << /F 23 0 R >> >>")
        .stream(23, "/Type /EmbeddedFile /Filter /FlateDecode", &deflate(b"needle-attached"))
        .object(24, "<< /Title (needle-info) >>")
        .object(25, "<< /Title (needle-outline) /Parent 26 0 R >>")
        .object(27, "<< /S /JavaScript /JS (needle = 'script') >>")
        .object(28, "<< /XFA [(datasets) 29 0 R] >>")
        .stream(29, "", b"<x>needle-xfa</x>")
        .stream(30, "/Type /Metadata /Subtype /XML", b"<x>needle-metadata</x>")
        .end("/Info 24 0 R");
    let recorded = opened(&file);
    assert_eq!(recorded.troubles, []);
    let text = recorded.members[0].text();
    assert!(text.contains("needle-drawn\npage\nNIP: n1\n") && text.contains("URI: https://example.com/needle-link"));
    let attached = recorded.named("umował");
    assert_eq!((attached.text().as_str(), attached.made, attached.echo), ("needle-attached", false, false));
    assert_eq!(recorded.named("properties").text(), "Title: needle-info\n");
    assert_eq!(recorded.named("outlines").text(), "Title: needle-outline\n");
    assert!(recorded.named("form fields").text().starts_with("NIP: n1\n"));
    assert_eq!(recorded.named("XFA datasets").text(), "<x>needle-xfa</x>");
    assert_eq!(recorded.named("object 30").text(), "<x>needle-metadata</x>");
    assert!(all(&recorded).contains("JS: needle = 'script'"));
}

#[test]
fn older_versions_are_read() {
    let show = |text: &str| format!("BT /F 9 Tf 10 10 Td [(need) ({text})] TJ ET");
    let file = Writer::new()
        .pages(&[&show("le-old")])
        .object(4, HELVETICA)
        .stream(201, "", show("le-new").as_bytes())
        .object(300, "<< /Type /Page /Contents 301 0 R >>")
        .stream(301, "", show("le-orphan").as_bytes())
        .end("");
    assert_eq!(read(&file), "needle-new\n");
    let recorded = opened(&file);
    for needle in ["needle-old", "needle-orphan"] {
        assert!(recorded.members.iter().any(|member| member.echo && member.text().contains(needle)), "{needle}");
    }
}

#[test]
fn a_long_word_that_is_set_in_columns_is_whole_as_written() {
    let content = "BT /F 10 Tf 10 100 Td (needle-1234) Tj 0 -12 Td (5678) Tj ET BT /F 10 Tf 200 100 Td (other) Tj ET";
    let recorded = opened(&Writer::new().pages(&[content]).object(4, HELVETICA).end(""));
    assert_eq!(recorded.members[0].text(), "needle-1234\tother\n5678\n");
    assert_eq!(recorded.members[1].text(), "needle-1234\n5678\nother\n");
}

#[test]
fn narrow_blanks_count_and_spaced_letters_are_whole_as_written() {
    let content = "BT /F 10 Tf 10 100 Td [(tight) -120 (words)] TJ 0 -12 Td [(n) -300 (e) -300 (edle)] TJ ET";
    let recorded = opened(&Writer::new().pages(&[content]).object(4, HELVETICA).end(""));
    assert_eq!(recorded.members[0].text(), "tight words\nn e edle\n");
    assert_eq!(recorded.members[1].text(), "tightwords\nneedle\n");
}

/// Files that programs wrote: see `corpus/formats/pdf/make.py`.
const REPORTLAB: &[u8] = include_bytes!("../../../corpus/formats/pdf/reportlab.pdf");
const FPDF: &[u8] = include_bytes!("../../../corpus/formats/pdf/fpdf2.pdf");
const OBJECTS: &[u8] = include_bytes!("../../../corpus/formats/pdf/qpdf-objects.pdf");

macro_rules! locked {
    ($name:literal) => {
        (
            $name,
            include_bytes!(concat!("../../../corpus/formats/pdf/qpdf-", $name, "-empty.pdf")).as_slice(),
            include_bytes!(concat!("../../../corpus/formats/pdf/qpdf-", $name, "-user.pdf")).as_slice(),
        )
    };
}

#[test]
fn files_of_programs_are_read() {
    for file in [REPORTLAB, OBJECTS] {
        let text = read(file);
        assert!(text.starts_with("needle-vera\nwritten last stands first\nneedle-in-pieces\n"), "{text}");
        assert!(text.contains("needle-spaced\n") && text.contains("needle-field: needle-value\n"), "{text}");
        let rest = all(&opened(file));
        for needle in ["needle-title", "Żółw needle-author", "needle-outline", "needle-link"] {
            assert!(rest.contains(needle), "{needle}");
        }
    }
    let text = read(FPDF);
    assert!(
        text.starts_with("needle-composite kerned AVAVAV\njustified needle-justified words that fill the\n"),
        "{text}"
    );
    assert!(text.contains("needle-comment"), "{text}");
    assert_eq!(opened(FPDF).named("umowa.txt").text(), "needle-attached");
}

#[test]
fn locks_are_opened_by_the_empty_password_and_by_given_ones() {
    for (name, empty, user) in [locked!("rc4-40"), locked!("rc4-128"), locked!("aes-128"), locked!("aes-256")] {
        assert_eq!(read(empty), "needle-locked\n", "{name}");
        assert!(all(&opened(empty)).contains("needle-title"), "{name}");
        let closed = opened(user);
        assert_eq!((reasons(&closed), closed.members.len()), (vec![Reason::Encrypted], 0), "{name}");
        for password in ["open-me", "owner-me"] {
            let opened = record_with(&FORMAT, user, &Limits::default(), &["wrong", password]);
            assert_eq!(opened.troubles, [], "{name} {password}");
            assert_eq!(opened.members[0].text(), "needle-locked\n", "{name} {password}");
        }
    }
    let long = "00".repeat(48);
    for (version, revision) in [(5, 3), (1, 6), (4, 2), (5, 6), (2, 3)] {
        let lock = format!("<< /Filter /Standard /V {version} /R {revision} /O <{long}> /U <{long}> >>");
        let file = Writer::new().pages(&["x"]).end(&format!("/Encrypt {lock}"));
        assert_eq!(reasons(&opened(&file)), [Reason::Encrypted], "{version} {revision}");
    }
    let strange = Writer::new().pages(&["x"]).end("/Encrypt << /Filter /Strange >>");
    assert_eq!(reasons(&opened(&strange)), [Reason::Encrypted]);
}

#[test]
fn damage_is_told_and_costs_only_what_it_hit() {
    let content = deflate(&(0..9000_u32).flat_map(u32::to_le_bytes).collect::<Vec<_>>());
    let file = Writer::new().pages(&["BT /F 9 Tf 10 10 Td (needle) Tj ET"]).object(4, HELVETICA);
    let file = file.stream(7, "/Filter /FlateDecode", &content[..content.len() / 2]).end("");
    let recorded = opened(&file);
    assert_eq!(recorded.members[0].text(), "needle\n");
    assert_eq!(recorded.troubles[0].0.as_deref(), Some("object 7"));
    assert_eq!(reasons(&recorded), [Reason::Malformed]);
    let cut = opened(&file[..file.len() - 20]);
    assert_eq!(reasons(&cut), [Reason::Malformed, Reason::Malformed]);
    assert_eq!(reasons(&opened(b"%PDF-1.4\nnothing")), [Reason::Malformed]);
    // A text that speaks of PDF is none.
    assert_eq!(reasons(&opened(b"see\n%PDF-1.4\nnothing")), []);
}

#[test]
fn files_are_known_by_their_mark() {
    for known in [&b"%PDF-1.4\n"[..], b"\xEF\xBB\xBF%PDF-2.0", b"\x1B%-12345X@PJL\r\n%PDF-1.3\n", b"%FDF-1.2"] {
        assert!(recognises(&FORMAT, known, ""));
    }
    for other in
        [&b"b\"%PDF-1.4\""[..], b"%PDF-", b"PDF-1.4", b"%PDF-x.y", &[b" ".repeat(2000), b"%PDF-1.4".to_vec()].concat()]
    {
        assert!(!recognises(&FORMAT, other, "x.pdf"));
    }
}

#[test]
fn loops_and_depth_end() {
    let kids = |kids: &str| {
        Writer::new()
            .object(1, "<< /Pages 2 0 R >>")
            .object(2, &format!("<< /Kids [{kids}] >>"))
            .object(3, "<< /Type /Page /Contents 5 0 R /Resources << /XObject << /X 6 0 R >> >> >>")
            .stream(5, "", b"/X Do BT (needle) Tj ET")
            .stream(6, "/Subtype /Form /Resources << /XObject << /X 6 0 R /Y 7 0 R >> >>", b"/X Do /Y Do")
            .stream(7, "/Subtype /Form /Length 7 0 R", b"/X Do /Y Do /X Do")
            .object(8, "8 0 R")
            .end("/Info 8 0 R")
    };
    assert_eq!(read(&kids("2 0 R 3 0 R 2 0 R")), "needle\n");
    assert_eq!(read(&kids(&"3 0 R ".repeat(100_000))), "needle\n");
    for deep in ["[".repeat(200_000), "<</A".repeat(200_000), "[".repeat(100_000) + &"]".repeat(100_000)] {
        let file = Writer::new().pages(&[&deep, "BT (needle) Tj ET"]).object(9, &deep).end("");
        assert!(all(&opened(&file)).contains("needle"));
    }
}

#[test]
fn bombs_are_told() {
    let limits = Limits { max_expanded: 8 << 20, max_blob: 4 << 20, ..Limits::default() };
    let zeros = deflate(&vec![b' '; 64 << 20]);
    let file = Writer::new().pages(&["", ""]).stream(201, "/Filter /FlateDecode", &zeros).end("");
    let recorded = record(&FORMAT, &file, &limits);
    assert!(reasons(&recorded).contains(&Reason::TooLarge), "{:?}", recorded.troubles);
    let twice = deflate(&zeros);
    let file = Writer::new().pages(&[""]).stream(7, "/Filter [/FlateDecode /FlateDecode]", &twice).end("");
    assert!(!reasons(&opened(&file)).is_empty());
    let wide = "/Filter /FlateDecode /DecodeParms << /Predictor 15 /Columns 999999999999 /Colors 9999999 >>";
    let file = Writer::new().pages(&[""]).stream(7, wide, &deflate(b"needle")).end("");
    assert!(all(&opened(&file)).contains("needle"));
}

#[test]
fn contents_within_each_other_have_one_ceiling() {
    let blanks = " ".repeat(10 << 20);
    let file = |outer: &str| {
        let form = format!("{blanks} BT /F 1 Tf (needle-1) Tj ET");
        let writer = Writer::new().pages(&[&format!("{outer} /X Do")]).object(4, HELVETICA);
        let entries = "/Type /XObject /Subtype /Form /Filter /FlateDecode";
        writer.stream(5, entries, &deflate(form.as_bytes())).end("")
    };
    assert!(read(&file("")).contains("needle-1"));
    let recorded = opened(&file(&blanks));
    assert_eq!(reasons(&recorded), [Reason::TooLarge]);
    assert!(all(&recorded).contains("needle-1"));
}

#[test]
fn rows_of_filters_behind_each_other_have_one_ceiling() {
    let packed = deflate(&differences(&deflate(&differences(b"needle-1"))));
    let file = |columns: u32| {
        let row = format!("<< /Predictor 2 /Columns {columns} >>");
        let entries = format!("/Filter [/FlateDecode /FlateDecode] /DecodeParms [{row} {row}]");
        Writer::new().pages(&[]).stream(9, &entries, &packed).end("")
    };
    assert!(all(&opened(&file(4 << 20))).contains("needle-1"));
    assert!(!all(&opened(&file(6 << 20))).contains("needle-1"));
}

#[test]
fn nothing_breaks_it() {
    torture(&FORMAT, OBJECTS);
    torture(&FORMAT, FPDF);
    let (_, locked, _) = locked!("aes-256");
    torture(&FORMAT, locked);
    let (_, locked, _) = locked!("rc4-128");
    torture(&FORMAT, locked);
}
