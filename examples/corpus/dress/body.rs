//! Dresses of whole texts: base64, hexadecimal and gzip.
//!
//! Holds: a small text around the credential, encoded in every alignment and wrapping. Must not
//! know: where the encoded text stands.

use super::super::encode::{base64, base64url, gzip, hex, utf16, wrap};
use super::{Carrier, Dress, Worn};

/// How a body is broken into lines.
#[derive(Clone, Copy)]
struct Lines {
    name: &'static str,
    width: usize,
    end: &'static str,
}

const WRAPPINGS: [Lines; 7] = [
    Lines { name: "wrapped-64-lf", width: 64, end: "\n" },
    Lines { name: "wrapped-64-crlf", width: 64, end: "\r\n" },
    Lines { name: "wrapped-76-lf", width: 76, end: "\n" },
    Lines { name: "wrapped-76-crlf", width: 76, end: "\r\n" },
    Lines { name: "indented", width: 76, end: "\n    " },
    Lines { name: "indented-deep", width: 64, end: "\r\n                " },
    Lines { name: "quoted", width: 76, end: "\r\n> " },
];

const ONE: Lines = Lines { name: "", width: usize::MAX, end: "" };

pub(super) fn dresses(all: &mut Vec<Dress>) {
    for pad in 0..3 {
        base64_once(all, pad);
        for outer in 0..3 {
            base64_twice(all, pad, outer);
        }
        let wide = move |carrier: &Carrier<'_>| spread(&text(carrier, pad));
        all.push(body("base64 of UTF-16", &format!("base64-utf16le-{pad}"), &["base64", "utf16le"], ONE, wide));
        let wide = move |carrier: &Carrier<'_>| spread(&text(carrier, pad));
        let lines = WRAPPINGS[3];
        all.push(body(
            "base64 of UTF-16",
            &format!("base64-utf16le-wrapped-{pad}"),
            &["wrapped", "base64", "utf16le"],
            lines,
            wide,
        ));
    }
    hexadecimal(all);
    zipped(all);
}

/// A text and where the credential begins in it.
struct Inner {
    bytes: Vec<u8>,
    at: usize,
}

/// A small text with the credential at an alignment.
fn text(carrier: &Carrier<'_>, pad: usize) -> Inner {
    let lead = format!("{}ksef:\n  token: ", &"##"[..pad]);
    Inner { bytes: format!("{lead}{}\n  active: true\n", carrier.value).into_bytes(), at: lead.len() }
}

fn spread(inner: &Inner) -> (String, usize) {
    let wide = utf16(&String::from_utf8_lossy(&inner.bytes), false);
    (base64(&wide), digit_of(inner.at * 2))
}

/// The digit of base64 in which a byte begins.
fn digit_of(byte: usize) -> usize {
    byte * 8 / 6
}

/// A dress that sets an encoded text where the value would stand, in lines. The encoder also says at
/// which digit the credential begins.
fn body(
    family: &'static str,
    file: &str,
    clothes: &'static [&'static str],
    lines: Lines,
    encode: impl Fn(&Carrier<'_>) -> (String, usize) + 'static,
) -> Dress {
    let wear = move |carrier: &Carrier<'_>| {
        let (digits, digit) = encode(carrier);
        let first = if lines.end.is_empty() { "" } else { lines.end };
        let lead = format!("{}{first}", if lines.end.is_empty() { carrier.lead } else { "data: |" });
        let at = lead.len() + digit + digit / lines.width * lines.end.len();
        Worn { bytes: format!("{lead}{}{}\n", wrap(&digits, lines.width, lines.end), carrier.tail).into_bytes(), at }
    };
    Dress { family, file: file.to_owned(), clothes, whole: false, wear: Box::new(wear) }
}

fn base64_once(all: &mut Vec<Dress>, pad: usize) {
    let family = "base64, base64url";
    let plain = move |carrier: &Carrier<'_>| {
        let inner = text(carrier, pad);
        (base64(&inner.bytes), digit_of(inner.at))
    };
    let url = move |carrier: &Carrier<'_>| {
        let inner = text(carrier, pad);
        (base64url(&inner.bytes), digit_of(inner.at))
    };
    all.push(body(family, &format!("base64-{pad}"), &["base64"], ONE, plain));
    all.push(body(family, &format!("base64url-{pad}"), &["base64"], ONE, url));
    for lines in WRAPPINGS {
        let file = format!("base64-{}-{pad}", lines.name);
        all.push(body("base64 in lines", &file, &["wrapped", "base64"], lines, plain));
    }
    let lines = Lines { name: "escaped", width: 64, end: "\\n" };
    let family = "base64 in lines, escaped";
    all.push(body(family, &format!("base64-escaped-line-ends-{pad}"), &["escape", "wrapped", "base64"], lines, plain));
    let bare =
        move |carrier: &Carrier<'_>| (base64(format!("{}{}", &"##"[..pad], carrier.value).as_bytes()), digit_of(pad));
    all.push(body("base64, base64url", &format!("base64-bare-{pad}"), &["base64"], ONE, bare));
}

fn base64_twice(all: &mut Vec<Dress>, pad: usize, outer: usize) {
    let twice = move |carrier: &Carrier<'_>| {
        let inner = text(carrier, pad);
        let once = format!("{}{}", &"{\""[..outer], base64(&inner.bytes));
        (base64(once.as_bytes()), digit_of(outer + digit_of(inner.at)))
    };
    all.push(body("base64 twice", &format!("base64-twice-{pad}{outer}"), &["base64", "base64"], ONE, twice));
    let lines = WRAPPINGS[2];
    all.push(body(
        "base64 twice",
        &format!("base64-twice-wrapped-{pad}{outer}"),
        &["wrapped", "base64", "base64"],
        lines,
        twice,
    ));
}

fn hexadecimal(all: &mut Vec<Dress>) {
    let lower = |carrier: &Carrier<'_>| {
        let inner = text(carrier, 0);
        (hex(&inner.bytes), inner.at * 2)
    };
    let upper = move |carrier: &Carrier<'_>| {
        let (digits, at) = lower(carrier);
        (digits.to_uppercase(), at)
    };
    let bare = |carrier: &Carrier<'_>| (hex(carrier.value.as_bytes()), 0);
    all.push(body("hexadecimal", "hex-lower", &["hex"], ONE, lower));
    all.push(body("hexadecimal", "hex-upper", &["hex"], ONE, upper));
    all.push(body("hexadecimal", "hex-bare", &["hex"], ONE, bare));
    let lines = Lines { name: "xxd", width: 60, end: "\n" };
    all.push(body("hexadecimal", "hex-xxd", &["wrapped", "hex"], lines, lower));
}

fn zipped(all: &mut Vec<Dress>) {
    let once = |carrier: &Carrier<'_>| (base64(&gzip(&text(carrier, 0).bytes)), 0);
    let twice = |carrier: &Carrier<'_>| (base64(base64(&gzip(&text(carrier, 0).bytes)).as_bytes()), 0);
    let clothes: &[&str] = &["base64", "gzip"];
    let family = "gzip in base64";
    all.push(body(family, "gzip", clothes, ONE, once));
    for lines in [WRAPPINGS[0], WRAPPINGS[3], WRAPPINGS[4]] {
        all.push(body(family, &format!("gzip-{}", lines.name), clothes, lines, once));
    }
    let lines = Lines { name: "escaped", width: 64, end: "\\n" };
    all.push(body(family, "gzip-escaped-line-ends", clothes, lines, once));
    let clothes: &[&str] = &["base64", "base64", "gzip"];
    let family = "gzip in base64 twice, as Helm keeps it";
    all.push(body(family, "helm", clothes, ONE, twice));
    for lines in [WRAPPINGS[2], WRAPPINGS[4]] {
        all.push(body(family, &format!("helm-{}", lines.name), clothes, lines, twice));
    }
}
