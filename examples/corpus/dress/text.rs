//! Dresses of single characters, and of the alphabet of a file.
//!
//! Holds: UTF-8, UTF-16, one-byte alphabets and escapes. Must not know: lines.

use super::super::encode::{latin2, utf16};
use super::{Carrier, Dress, Worn, value, whole};

pub(super) fn dresses(all: &mut Vec<Dress>) {
    alphabets(all);
    wide(all);
    escapes(all);
}

fn alphabets(all: &mut Vec<Dress>) {
    all.push(value("UTF-8", "utf8", &[], str::to_owned));
    all.push(whole("UTF-8", "utf8-bom", &[], |carrier| {
        plain(b"\xEF\xBB\xBF", carrier, |text| text.as_bytes().to_vec(), b"")
    }));
    all.push(whole("CP1250, ISO-8859-2", "cp1250", &[], |carrier| {
        let prose = latin2("Zażółć gęślą jaźń: ", true);
        plain(&prose, carrier, |text| latin2(text, true), &latin2("\r\nświeży śledź\r\n", true))
    }));
    all.push(whole("CP1250, ISO-8859-2", "iso-8859-2", &[], |carrier| {
        let prose = latin2("# hasło, źródło, łączność ", false);
        plain(&prose, carrier, |text| latin2(text, false), &latin2("\nświeży śledź\n", false))
    }));
}

fn plain(before: &[u8], carrier: &Carrier<'_>, encode: impl Fn(&str) -> Vec<u8>, behind: &[u8]) -> Worn {
    let lead = [before, &encode(carrier.lead)].concat();
    let at = lead.len();
    Worn { bytes: [&lead, &encode(carrier.value)[..], &encode(carrier.tail), behind].concat(), at }
}

/// Bytes of a binary file, none of them zero or printable.
fn noise(count: usize) -> Vec<u8> {
    (0..count).map(|index| 0x80 | (index * 37 % 127) as u8 | 1).collect()
}

fn wide(all: &mut Vec<Dress>) {
    for (big, name, clothes) in [(false, "utf16le", &["utf16le"] as &[_]), (true, "utf16be", &["utf16be"])] {
        let mark: &[u8] = if big { &[0xFE, 0xFF] } else { &[0xFF, 0xFE] };
        let family = "UTF-16";
        all.push(whole(family, name, clothes, move |carrier| plain(b"", carrier, |text| utf16(text, big), b"")));
        all.push(whole(family, &format!("{name}-bom"), clothes, move |carrier| {
            plain(mark, carrier, |text| utf16(text, big), b"")
        }));
        for (skew, place) in [(0, "even"), (1, "odd")] {
            let file = format!("{name}-in-binary-{place}");
            all.push(whole("UTF-16 in a binary", &file, clothes, move |carrier| {
                plain(&noise(300 + skew), carrier, |text| utf16(text, big), &noise(200))
            }));
            // As strings stand in the resources of a program: the value alone, zeros around.
            let file = format!("{name}-string-in-binary-{place}");
            all.push(whole("UTF-16 in a binary", &file, clothes, move |carrier| {
                let before = [noise(64 + skew), vec![0; 6]].concat();
                let alone = Carrier { lead: "", tail: "", value: carrier.value };
                plain(&before, &alone, |text| utf16(text, big), &[vec![0; 6], noise(90)].concat())
            }));
        }
    }
    all.push(whole("UTF-16, escaped", "utf16le-percent", &["utf16le", "percent"], |carrier| {
        plain(&[0xFF, 0xFE], carrier, |text| utf16(&escape(text, "%7C", "%2E"), false), b"")
    }));
}

/// With the bar, and the dot of a JWT, written otherwise.
fn escape(value: &str, bar: &str, dot: &str) -> String {
    value.replace('|', bar).replace('.', dot)
}

fn escapes(all: &mut Vec<Dress>) {
    let mut add = |family, file: &str, clothes, bar: &'static str, dot: &'static str| {
        all.push(value(family, file, clothes, move |value| escape(value, bar, dot)));
    };
    let family = "`%7C`, `%257C`";
    add(family, "percent-upper", &["percent"], "%7C", "%2E");
    add(family, "percent-lower", &["percent"], "%7c", "%2e");
    add(family, "percent-twice", &["percent"], "%257C", "%252E");
    add(family, "percent-thrice", &["percent"], "%25257C", "%25252E");
    let family = "`\\u007c`, `\\x7c`, `\\|`";
    add(family, "escape-u", &["escape"], "\\u007c", "\\u002e");
    add(family, "escape-u-upper", &["escape"], "\\u007C", "\\u002E");
    add(family, "escape-x", &["escape"], "\\x7c", "\\x2e");
    add(family, "escape-octal", &["escape"], "\\174", "\\056");
    add(family, "escape-braces", &["escape"], "\\u{7c}", "\\u{2e}");
    add(family, "escape-backslash", &["escape"], "\\|", "\\.");
    add(family, "escape-json-in-json", &["escape"], "\\\\u007c", "\\\\u002e");
    add(family, "escape-json-in-json-in-json", &["escape"], "\\\\\\\\u007c", "\\\\\\\\u002e");
    let family = "`&#124;`, `&#x7C;`, `&vert;`";
    add(family, "entity-decimal", &["entity"], "&#124;", "&#46;");
    add(family, "entity-hex", &["entity"], "&#x7C;", "&#x2E;");
    add(family, "entity-hex-lower", &["entity"], "&#x7c;", "&#x2e;");
    add(family, "entity-named", &["entity"], "&vert;", "&period;");
    add(family, "entity-verbar", &["entity"], "&verbar;", "&period;");
    add(family, "entity-twice", &["entity"], "&amp;#124;", "&amp;#46;");
    let every = |hyphen: &'static str, low: &'static str, bar, dot| {
        move |value: &str| escape(&value.replace('-', hyphen).replace('_', low), bar, dot)
    };
    all.push(value("hyphens escaped too", "percent-all", &["percent"], every("%2D", "%5F", "%7C", "%2E")));
    all.push(value(
        "hyphens escaped too",
        "escape-u-all",
        &["escape"],
        every("\\u002d", "\\u005f", "\\u007c", "\\u002e"),
    ));
    all.push(value("hyphens escaped too", "entity-all", &["entity"], every("&#45;", "&#95;", "&#124;", "&#46;")));
}
