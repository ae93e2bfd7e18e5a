//! Files that mean harm, small ones; the large ones are made in the tests.
//!
//! Holds: broken and nested encodings. Must not know: how the library survives them.

use super::document::{Document, sampler};
use super::encode::{base64, gzip};

/// How deep the deepest nest is.
pub(crate) const NEST: usize = 12;

/// A credential under `depth` layers of gzip in base64.
pub(crate) fn nest(secret: &str, depth: usize) -> Vec<u8> {
    (0..depth).fold(format!("KSEF_TOKEN={secret}\n").into_bytes(), |text, _| {
        format!("data: {}\n", base64(&gzip(&text))).into_bytes()
    })
}

/// All hostile files.
pub(crate) fn documents() -> Vec<Document> {
    let mut sampler = sampler("hostile");
    let token = sampler.token();
    let packed = base64(&gzip(token.as_bytes()));
    let endless = |piece: &str| piece.repeat(12_000 / piece.len());
    vec![
        Document::of("hostile/nested-gzip.txt", nest(&token, NEST)),
        Document::of("hostile/gzip-cut.txt", &packed.as_bytes()[..packed.len() / 2]),
        Document::of("hostile/gzip-beginnings.txt", endless("H4sI")),
        Document::of("hostile/equals.txt", endless("=")),
        Document::of("hostile/percent.txt", endless("%25")),
        Document::of("hostile/backslashes.txt", endless("\\")),
        Document::of("hostile/ampersands.txt", endless("&amp;")),
        Document::of("hostile/quotes.txt", endless("\" + \"")),
        Document::of("hostile/anchors.txt", endless("-EC-")),
        Document::of("hostile/nip-anchors.txt", endless("nip-")),
        Document::of("hostile/half-a-surrogate.txt", [&[0xFF, 0xFE][..], &[0x00, 0xD8].repeat(2_000)].concat()),
        Document::of("hostile/empty.txt", Vec::new()),
        Document::of("hostile/zeros.bin", vec![0; 4_096]),
    ]
}
