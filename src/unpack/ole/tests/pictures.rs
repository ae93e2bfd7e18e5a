//! Drawings in documents.

use std::io::Write;

use super::{compound, opened};
use crate::unpack::ole::FORMAT;
use crate::unpack::recorded::torture;

/// A drawing, with one checksum or two.
fn drawing(kind: u16, mark: u16, text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.repeat(50).as_bytes()).expect("memory takes it");
    let packed = encoder.finish().expect("memory takes it");
    let sums = if mark.is_multiple_of(2) { 16 } else { 32 };
    let data = [&vec![7; sums][..], &[9; 32], &[0, 0xFE], &packed].concat();
    [&(mark << 4).to_le_bytes()[..], &kind.to_le_bytes(), &(data.len() as u32).to_le_bytes(), &data].concat()
}

fn sample(name: &str, step: usize) -> Vec<u8> {
    let (first, second) = (drawing(0xF01A, 0x3D4, "needle-1 "), drawing(0xF01B, 0x217, "needle-2 "));
    let far = drawing(0xF01C, 0x542, "needle-3 ");
    // What only looks like one, one that says it is longer than it is, and one over the end of what is read at once.
    let mut longer = drawing(0xF01A, 0x3D5, "needle-4 ");
    longer[4..8].copy_from_slice(&0x00FF_FFFF_u32.to_le_bytes());
    let near = [&[0xF0; 9][..], &[0x40, 0x3D, 0x1A, 0xF0, 9, 0, 0, 0], &first, &longer, &second].concat();
    let gap = vec![1; step - near.len() - 40];
    compound(&[(name, &[near, gap, far].concat())])
}

#[test]
fn drawings_are_inflated() {
    for stream in ["Pictures", "Data", "WordDocument"] {
        let recorded = opened(&sample(&format!("/{stream}"), 256 << 10));
        for needle in ["needle-1 ", "needle-2 ", "needle-3 ", "needle-4 "] {
            let found = recorded.members.iter().filter(|member| member.text() == needle.repeat(50) && member.echo);
            assert_eq!(found.count(), 1, "{stream} {needle} {:?}", recorded.names());
        }
        let told = recorded.troubles.iter().filter(|(member, _)| member.as_deref() != Some("WordDocument"));
        assert_eq!(told.count(), 0);
    }
}

#[test]
fn nothing_breaks_it() {
    torture(&FORMAT, &sample("/Pictures", 4 << 10));
}
