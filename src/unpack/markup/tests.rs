//! What comes out of markup, sound and broken.
//!
//! Holds: samples and what is expected of them. Must not know: how they are read.

use std::cell::Cell;
use std::io::{self, BufRead, Read};

use proptest::prelude::*;

use super::*;
use crate::base::{Ahead, Limits};
use crate::unpack::recorded::{Taken, recognises, record, torture};

/// A value that no page has by chance.
const VALUE: &str = "20990101-XX-0123456789-ABCDEF0123-7F|id-1234567890|needle-1";

fn text_of(page: &str) -> Option<String> {
    let recorded = record(&FORMAT, page.as_bytes(), &Limits::default());
    assert!(recorded.troubles.is_empty(), "{:?}", recorded.troubles);
    assert!(recorded.members.len() <= 1 && recorded.members.iter().all(|member| member.made && !member.echo));
    recorded.members.first().map(Taken::text)
}

#[test]
fn values_are_joined_across_what_breaks_them() {
    for page in [
        "<p><span class=\"s\">20990101</span><span>-XX-</span><span class='n'>0123456789</span>-ABCDEF0123-7F|id-1234567890|needle-1</p>",
        "<p>20990101-XX-<wbr>0123456789-<wbr/>ABCDEF0123-7F|<WBR>id-1234567890|needle-1</p>",
        "<p>20990101-XX-&shy;<wbr>0123456789&#8203;-ABC<b>DEF</b>0123-7F&vert;id-1234567890|needle-1</p>",
        "<p>20990101-XX-0123\u{AD}456789-ABCDEF<i>0123-7F</i>|id-1234567890|needle-1</p>",
        "<p>20990101-XX-0123<!-- a comment > -->456789-ABCDEF0123-7F|id-1234567890|needle-1</p>",
        "<v><![CDATA[20990101-XX-0123]]><![CDATA[456789-ABCDEF0123-7F|id-1234567890|needle-1]]></v>",
        "<a title='1 > 0'>2</a><b\n x=\"a>b\">0990101-XX-0123456789-ABCDEF0123-7F|id-1234567890|needle-1</b>",
        "<w:r><w:t>20990101-XX-0123</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>456789-ABCDEF0123-7F|id-1234567890|needle-1</w:t></w:r>",
        "<svg><text>20990101-XX-<tspan x='1'>0123456789</tspan>-ABCDEF0123-7F|id-1234567890|needle-1</text></svg>",
        "<p>&#50;&#48;&#57;&#57;&#48;&#49;&#48;&#49;-XX-0123456789-ABCDEF0123-7F&#x7C;id-1234567890|needle-1",
    ] {
        let text = text_of(page).unwrap_or_default();
        assert!(text.contains(VALUE), "{page} became {text:?}");
    }
}

#[test]
fn what_is_no_tag_hides_nothing() {
    for (before, behind) in [
        ("a<|", "</td><td>"),
        ("a<|", "]]></td>"),
        ("a</|", "]]></td>"),
        ("a<", "</td><td>"),
        ("a<1 ", "]]></td>"),
        ("a<b ", "</td><td>"),
        ("a<b c=d ", "<b>"),
    ] {
        let page = format!("<p>{before}&#50;{}{behind}", &VALUE[1..]);
        let text = text_of(&page).unwrap_or_default();
        assert!(text.contains(VALUE), "{page} became {text:?}");
    }
}

#[test]
fn what_nobody_sees_parts_no_tags_from_each_other() {
    for between in ["</x>&shy;<wbr><x></y>", "</x>\u{200B}<x></y>", "&shy;</x>&shy;<x>\u{AD}"] {
        let page = format!("<p>{}", VALUE.replace("-XX-", &format!("-{between}XX-")));
        let text = text_of(&page).unwrap_or_default();
        assert!(text.contains(VALUE), "{page} became {text:?}");
    }
}

/// Gives a few bytes at a time.
struct Drops<'a>(&'a [u8]);

impl Read for Drops<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = out.len().min(1009);
        self.0.read(&mut out[..count])
    }
}

#[test]
fn small_steps_make_no_difference() {
    let page = format!("<p>{}<table><tr><th>Key</tr>{}", "a <b>\n".repeat(900), "<tr><td>b</td></tr>\n".repeat(100));
    let page = page + &VALUE.replace("-XX-", "<b>-XX-</b>") + "<p>c";
    let read = |input: &mut dyn BufRead| {
        let mut excerpts = Excerpts::new(input);
        excerpts.glance().expect("memory is read");
        let mut text = Vec::new();
        io::copy(&mut excerpts, &mut text).expect("memory takes it");
        String::from_utf8_lossy(&text).into_owned()
    };
    let whole = read(&mut page.as_bytes());
    let (mut drops, taken) = (Drops(page.as_bytes()), Cell::new(0));
    assert_eq!(read(&mut Ahead::new(Vec::new(), &mut drops, &taken)), whole);
    assert!(whole.contains(VALUE) && whole.contains("Key"), "{whole}");
}

#[test]
fn lines_within_a_value_are_line_ends() {
    for (page, seam) in [
        ("<p>20990101-XX-0123456789-ABCDEF0123-7F|id-1234567890|<br>needle-100000000000000000000", "|\rneedle"),
        (
            "<div>20990101-XX-0123456789-ABCDEF0123-7F|id-1234567890|</div>\n<div>needle-100000000000000000000",
            "|\nneedle",
        ),
    ] {
        let text = text_of(page).unwrap_or_default();
        assert!(text.contains(seam), "{page} became {text:?}");
    }
}

#[test]
fn a_table_is_laid_out() {
    let value = "needle1needle2needle3needle4needle5needl";
    assert_eq!(value.len(), 40);
    let rows = format!(
        "<table>\n <tr><th>Name</th>\n <th class='x'>Key\n name</th></tr>\n<tr>\n <td></td>\n <td>\n   {value}\n </td>\n</tr></table>"
    );
    let text = text_of(&rows).expect("a value alone in its cell");
    assert!(text.contains("Name\tKey name\n"), "{text:?}");
    let line = text.split('\n').find(|line| line.contains(value)).expect("it is there");
    assert_eq!(line.trim_end(), format!("\t{value}"), "{text:?}");
    assert_eq!(text.split(value).next().map(|before| before.matches('\n').count()), Some(7), "{text:?}");
    // Rows that stand far from their headings have them again.
    let filler = "<tr><td>one</td><td>two</td></tr>\n".repeat(20_000);
    let text = text_of(&rows.replace("</table>", &format!("{filler}<tr><td>x</td><td>{value}</td></tr>")))
        .expect("two values");
    let last = text.rfind(value).expect("it is there");
    let heading = text[..last].rfind("Name\tKey name").expect("headings");
    assert!(last - heading < 12_000 && last - heading > 1000, "{}", last - heading);
    assert_eq!(text[..last].matches('\n').count(), 9 + 20_000);
}

#[test]
fn labels_stand_beside_their_values() {
    let value = "needle1needle2needle3needle4needle5needl";
    for page in [
        format!("<dl><dt>Key</dt><dd>{value}</dd></dl>"),
        format!("<plist><key>Key</key>\n  <string>\n{value}\n</string></plist>"),
        format!("<td class=\"key\">Key</td>\n<td class=\"a very long class that says nothing\">{value}</td>"),
    ] {
        let text = text_of(&page).unwrap_or_default();
        let before = text.split(value).next().unwrap_or_default().trim_end();
        assert!(text.contains(value) && before.ends_with("Key"), "{text:?}");
    }
}

#[test]
fn pages_without_such_places_are_left_alone() {
    let listed: String = (0..1000).map(|number| format!("<li><a href='#{number}'>word{number}</a></li>\n")).collect();
    for page in [
        "<html><body><p>Some <b>text</b>, and a value: 20990101-XX-0123456789-ABCDEF0123-7F|id-1234567890|needle-1</p>",
        "<p><span>self</span>.<span>name</span></p><!-- x --><script>if (a<b) c</script>",
        &listed,
    ] {
        assert_eq!(text_of(page), None, "{page}");
    }
}

#[test]
fn lines_and_windows_do_not_matter() {
    let broken = VALUE.replace("-XX-", "<b>-XX-</b>");
    for before in [0, 1, 90_000, 95_550, 98_270, 114_600, 114_688, 300_001] {
        let mut page = "<p>a\n".repeat(before / 5 + 1);
        page.push_str(&"x".repeat(before % 5));
        page.push('\n');
        let line = page.matches('\n').count();
        page.push_str(&broken);
        page.push_str(&"\n<p>b".repeat(30_000));
        page.push_str(&broken);
        let text = text_of(&page).expect("two values");
        assert_eq!(text.matches(VALUE).count(), 2, "behind {before}");
        assert_eq!(text.split(VALUE).next().map(|text| text.matches('\n').count()), Some(line), "behind {before}");
        assert!(text.len() < 120_000, "{}", text.len());
    }
}

#[test]
fn wide_characters_are_read() {
    let page = format!("<?xml version=\"1.0\"?>\n<p>ł{}</p>", VALUE.replace("-XX-", "<b>-XX-</b>"));
    let little: Vec<u8> = page.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = page.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
    for bytes in [marked(&[0xFF, 0xFE], &little), marked(&[0xFE, 0xFF], &big), little, big] {
        assert!(recognises(&FORMAT, &bytes, ""));
        let members = record(&FORMAT, &bytes, &Limits::default()).members;
        assert!(members.iter().any(|member| member.text().contains(VALUE)), "{bytes:?}");
    }
}

#[test]
fn markup_is_recognised() {
    for head in
        ["<!DOCTYPE html>", " \n<html>", "<?xml version='1.0'?>", "<svg width='1'/>", "<!-- x -->", "<div class=x>"]
    {
        assert!(recognises(&FORMAT, head.as_bytes(), ""), "{head}");
    }
    assert!(recognises(&FORMAT, b"import x\n<p>", "a.vue") && recognises(&FORMAT, b"<%@ page %>", "a.jsp"));
    for head in ["", "text", "<3", "<<<<<<< HEAD", "<john@example.com> wrote", "<?php", "a <b>", "< p>"] {
        assert!(!recognises(&FORMAT, head.as_bytes(), "a.txt"), "{head}");
    }
    assert!(!recognises(&FORMAT, b"bplist00\0\0", "a.plist"));
}

#[test]
fn hostile_pages_end_quickly() {
    for piece in [
        "a<b=\"",
        "a<!--",
        "a<",
        "1<b>",
        "1</td>",
        "1<br>",
        "&#49;",
        "a&",
        "<table",
        "1\n<br>\n",
        "1<x></y>",
        "]]>1",
        "\u{AD}<b>",
    ] {
        let page = format!("<p>{}", piece.repeat((1 << 20) / piece.len()));
        let recorded = record(&FORMAT, page.as_bytes(), &Limits::default());
        assert!(recorded.members.iter().all(|member| member.bytes.len() <= page.len() * 2), "{piece}");
    }
}

#[test]
fn nothing_breaks_it() {
    let page = format!(
        "<!DOCTYPE html><table><tr><th>Key<td><p>{}</p>&oacute;</table>",
        VALUE.replace("-X", "<b>-X</b>&#65;")
    );
    torture(&FORMAT, page.as_bytes());
}

/// The longest runs of a text that might be a value without structure.
fn runs(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let runs = text.split(|byte| !piece::is_token(*byte));
    runs.filter(|run| run.len() >= value::SHORTEST && run.iter().any(u8::is_ascii_digit))
}

proptest! {
    #[test]
    fn what_is_left_alone_has_nothing_that_its_bytes_do_not_show(
        pieces in proptest::collection::vec(
            prop_oneof![
                "[a-z0-9.|-]{1,30}",
                "[a-z0-9]{38,41}",
                Just(" ".to_owned()),
                Just("\n  ".to_owned()),
                Just("<b>".to_owned()),
                Just("</b>".to_owned()),
                Just("<span class='a'>".to_owned()),
                Just("</td><td>".to_owned()),
                Just("<x>".to_owned()),
                Just("</x>".to_owned()),
                Just("</y>".to_owned()),
                Just("<br>".to_owned()),
                Just("<!-- 1 -->".to_owned()),
                Just("&#50;".to_owned()),
                Just("&shy;<wbr>".to_owned()),
                Just("\u{200B}<wbr>".to_owned()),
                Just("<".to_owned()),
                Just("]]>".to_owned()),
                Just("<![CDATA[".to_owned()),
            ],
            0..40,
        )
    ) {
        let page = format!("<p>{}", pieces.concat());
        let mut all = Vec::new();
        text::Text::default().write(page.as_bytes(), &mut all);
        let handed = text_of(&page).unwrap_or_default();
        for run in runs(&all) {
            let shown = [page.as_bytes(), handed.as_bytes()].iter().any(|text| runs(text).any(|other| memchr::memmem::find(other, run).is_some()));
            prop_assert!(shown, "{} in {page:?}", String::from_utf8_lossy(run));
        }
    }
}
