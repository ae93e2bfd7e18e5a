//! Pages and other markup: HTML, XML, SVG.
//!
//! Holds: how it is recognised and opened. All of it is searched as it stands first; what is handed over is text whose
//! words are broken by tags there, or whose values stand alone in a cell. Must not know: what is searched for.

mod excerpts;
mod joint;
mod piece;
mod seek;
mod text;
mod value;
mod wide;

use std::io::BufRead;

use super::{Content, Format, Member, Open, Probe, Raw, Sink};
use crate::base::{Places, Trouble};
use excerpts::Excerpts;
use wide::{Narrow, order};

/// How it is recognised and opened.
pub(super) const FORMAT: Format = Format {
    name: "HTML, XML, SVG",
    scope: "searched as it stands; values broken by tags, comments or entities are joined, and values alone in a cell \
            or an element are searched with the text around them; what scripts would write is not run",
    recognises,
    raw: Raw::First,
    open: Open::Stream(open),
};

/// Blanks before the first tag.
const BLANKS: usize = 64;

fn recognises(probe: &Probe<'_>) -> bool {
    let head = probe.head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(probe.head);
    let Some(first) = head.iter().take(BLANKS).position(|byte| !byte.is_ascii_whitespace()) else { return false };
    match &head[first..] {
        [b'<', 0, ..] | [0, b'<', ..] | [0xFF, 0xFE, b'<', 0, ..] | [0xFE, 0xFF, 0, b'<', ..] => true,
        [b'<', rest @ ..] if begins(rest) => true,
        _ => is_named(probe.name) && memchr::memchr(0, &head[..head.len().min(1024)]).is_none(),
    }
}

/// Whether what stands behind the first `<` makes it markup.
fn begins(rest: &[u8]) -> bool {
    let starts = |word: &[u8]| rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    match rest.first() {
        Some(b'!') => starts(b"!doctype") || starts(b"!--"),
        Some(b'?') => starts(b"?xml"),
        Some(byte) if byte.is_ascii_alphabetic() => {
            let mut behind = rest.iter().take(64).skip_while(|byte| piece::is_name(**byte));
            behind.next().is_some_and(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'))
        }
        _ => false,
    }
}

/// Whether the name says what the beginning need not: templates begin with anything.
fn is_named(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    matches!(
        ending,
        "html"
            | "htm"
            | "xhtml"
            | "xht"
            | "shtml"
            | "xml"
            | "svg"
            | "vue"
            | "svelte"
            | "jsp"
            | "jspx"
            | "asp"
            | "aspx"
            | "cshtml"
            | "ascx"
            | "master"
            | "razor"
            | "hbs"
            | "ejs"
            | "twig"
            | "config"
            | "csproj"
            | "vbproj"
            | "props"
            | "targets"
            | "plist"
            | "resx"
            | "wsdl"
            | "xsd"
            | "xsl"
            | "xslt"
            | "xaml"
            | "kml"
            | "gpx"
            | "rss"
            | "atom"
            | "opml"
            | "fodt"
            | "fods"
            | "fodp"
    )
}

fn open(input: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let head = input.fill_buf().map_err(|error| Trouble::of(&error))?;
    match order(head) {
        None => hand_over(input, sink),
        Some(order) => hand_over(&mut Narrow::new(input, order), sink),
    }
}

fn hand_over(input: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let mut excerpts = Excerpts::new(input);
    excerpts.glance().map_err(|error| Trouble::of(&error))?;
    // Most pages have nothing that was not searched as it stands.
    if excerpts.advance().map_err(|error| Trouble::of(&error))? {
        // It is the last there is, whether more is wanted or not.
        let _ = sink.take(Member::only("text of a page").made(Places::Lines), Content::Read(&mut excerpts, None));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
