//! What comes out of RTF, sound and broken.
//!
//! Holds: samples and what is expected of them. Must not know: how they are read.

use super::*;
use crate::base::Limits;
use crate::unpack::recorded::{Recorded, Taken, record, torture};

fn open(document: &str) -> Recorded {
    record(&FORMAT, document.as_bytes(), &Limits::default())
}

fn text(document: &str) -> String {
    let recorded = open(document);
    assert!(recorded.troubles.is_empty(), "{:?}", recorded.troubles);
    recorded.members.iter().filter(|member| member.made).map(Taken::text).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .enumerate()
        .map(|(index, byte)| format!("{byte:02x}{}", if index % 40 == 39 { "\r\n" } else { "" }))
        .collect()
}

/// The header of OLE 1.0 before what is embedded, and a picture of it behind.
fn object(class: &str, native: &[u8]) -> Vec<u8> {
    let string = |text: &str| [&(text.len() as u32 + 1).to_le_bytes(), text.as_bytes(), b"\0"].concat();
    let size = (native.len() as u32).to_le_bytes();
    let none = 0_u32.to_le_bytes();
    [&[1, 5, 0, 0, 2, 0, 0, 0], &*string(class), &none, &none, &size, native, b"needle-picture"].concat()
}

#[test]
fn text_is_joined_across_runs() {
    let document = "{\\rtf1\\ansi\\ansicpg1250\\deff0{\\fonttbl{\\f0 Arial;}}{\\*\\generator needle-generator;}\\uc1\\pard nee{\\b dle}\\f0\\fs20 -1{\\*\\bkmkstart needle-mark}{\\v hidden}{\\deleted gone}\r\n\
                    2 za\\'bf\\'f3\\'b3\\'e6 \\u380?\\u-10179?\\u-8960?|\\~\\_\\-x\\{\\par\\trowd Key\\cell Value\\cell\\row\n{\\field{\\*\\fldinst HYPERLINK \"needle-link\"}{\\fldrslt here}}\\par}";
    let text = text(document);
    for part in [
        "needle-1hiddengone2 zażółć ż🔀| -x{\n",
        "Key\tValue\t\n",
        "Arial;",
        "needle-generator",
        "needle-mark",
        "HYPERLINK \"needle-link\"",
        "here\n",
    ] {
        assert!(text.contains(part), "{part:?} in {text:?}");
    }
}

#[test]
fn runs_are_joined_beside_the_text_too() {
    let document = "{\\rtf1{\\info{\\title a}{\\author b}}{\\footer\\pard\\plain{\\loch nee}{\\b\\loch dle}{\\loch -1}\\par}\\
                    x{\\footnote\\pard{nee}{\\i dle-2}}{\\shp{\\*\\shpinst{\\sp{\\sn n}{\\sv v}}{\\shptxt{nee}{\\b dle-3}\\par}}}\\par}";
    let text = text(document);
    for part in ["needle-1\n", "needle-2\n", "needle-3\n"] {
        assert!(text.contains(part), "{part:?} in {text:?}");
    }
    assert!(!text.contains("ab") && !text.contains("nv"), "properties stay apart: {text:?}");
}

#[test]
fn letters_are_those_of_the_font() {
    // Not of the document; and the first font is that of text that names none.
    let document = "{\\rtf1\\ansi\\ansicpg1252\\deff1{\\fonttbl{\\f0\\fcharset0 Arial;}{\\f1\\fnil\\fcharset238{\\*\\fname Arial;}Arial CE;}\
                    {\\f2\\fcharset128 Gothic;}}has\\'b3o {\\f0 caf\\'e9} \\'b3{\\f2 \\'83\\'5c\\'83\\\\\\'83A|\\'83{x}} \\plain\\f0 \\'e9\\plain \\'b3\\par}";
    assert_eq!(text(document).lines().next(), Some("hasło café łソソア|x éł"));
}

#[test]
fn pictures_and_binary_data_are_no_text() {
    assert_eq!(text("{\\rtf1 a{\\pict\\wmetafile8 0102030405}{\\*\\x\\bin3 }}}}b\\par}"), "ab\n");
}

#[test]
fn objects_are_handed_over() {
    let string = |text: &str| [text.as_bytes(), b"\0"].concat();
    let package = [
        &[2, 0],
        &*string("needle.txt"),
        &string("C:\\needle.txt"),
        &[0, 0, 3, 0, 4, 0, 0, 0, b't', b'm', b'p', 0, 8, 0, 0, 0],
        b"needle-2",
        b"needle-names",
    ]
    .concat();
    let compound = [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), &[7; 9000]].concat();
    let digits = hex(&compound);
    let spoilt = format!("{}{{\\*\\junk 1234}}\\junk5 {}", &digits[..11], &digits[11..]);
    let document = format!(
        "{{\\rtf1 before{{\\object\\objemb{{\\*\\objclass Package}}{{\\*\\objdata {}}}{{\\result shown}}}}between\\par\
         {{\\object{{\\*\\objdata {}}}}}{{\\object{{\\*\\objdata {spoilt}}}}}{{\\object{{\\*\\objdata \\bin8 needle-4}}}}behind\\par}}",
        hex(&object("Package", &package)),
        hex(&object("Other.1", b"needle-3")),
    );
    let recorded = open(&document);
    assert!(recorded.troubles.is_empty(), "{:?}", recorded.troubles);
    assert_eq!(recorded.named("needle.txt").bytes, b"needle-2");
    assert_eq!(recorded.named("Other.1").bytes, b"needle-3");
    let objects: Vec<_> = recorded.members.iter().filter(|member| member.name.as_deref() == Some("object")).collect();
    assert_eq!(objects.iter().map(|object| object.bytes.clone()).collect::<Vec<_>>(), [compound, b"needle-4".to_vec()]);
    let rests: String = recorded.members.iter().filter(|member| member.echo).map(Taken::text).collect();
    assert!(rests.contains("needle-names") && rests.contains("needle-picture") && rests.contains("C:\\needle.txt"));
    let text: String = recorded.members.iter().filter(|member| member.made).map(Taken::text).collect();
    assert!(text.starts_with("before") && text.contains("shownbetween") && text.ends_with("behind\n"), "{text:?}");
}

#[test]
fn what_never_ends_is_read_to_its_end() {
    assert_eq!(text("{\\rtf1 needle-1"), "needle-1");
    assert_eq!(text(&format!("{{\\rtf1 {}needle-1", "{".repeat(200_000))), "needle-1");
    assert_eq!(text(&format!("{{\\rtf1 needle-1{}", "}".repeat(1000))), "needle-1");
    let long = "needle ".repeat(100_000);
    assert_eq!(text(&format!("{{\\rtf1 {long}}}")), long);
    let objects = "{\\object{\\*\\objdata 00}}".repeat(1000);
    assert_eq!(open(&format!("{{\\rtf1 {objects}}}")).members.len(), 1000);
    let recorded = record(&FORMAT, b"{\\rtf1 {\\*\\objdata 01050000 0200", &Limits::default());
    assert_eq!(recorded.named("object").bytes, [1, 5, 0, 0, 2, 0]);
}

#[test]
fn nothing_breaks_it() {
    let digits = hex(&object("Package", b"needle-2"));
    let document =
        format!("{{\\rtf1\\ansicpg1250 a\\u380?{{\\*\\objdata {digits}}}\\'b9{{\\field x}}{{\\pict 00}}\\par}}");
    torture(&FORMAT, document.as_bytes());
}
