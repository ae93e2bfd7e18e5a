//! One thing compressed.

use std::io::Write;

use flate2::Compression;
use lzma_rust2::{LzipOptions, LzipWriter, LzmaOptions, LzmaWriter, XzOptions, XzWriter};

pub fn gz(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

pub fn zlib(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

pub fn bz2(content: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
    encoder.write_all(content).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

pub fn xz(content: &[u8]) -> Vec<u8> {
    let mut writer = XzWriter::new(Vec::new(), XzOptions::with_preset(1)).expect("memory takes it");
    writer.write_all(content).expect("memory takes it");
    writer.finish().expect("memory takes it")
}

pub fn lz(content: &[u8]) -> Vec<u8> {
    let mut writer = LzipWriter::new(Vec::new(), LzipOptions::with_preset(1));
    writer.write_all(content).expect("memory takes it");
    writer.finish().expect("memory takes it")
}

pub fn lzma(content: &[u8]) -> Vec<u8> {
    let mut writer =
        LzmaWriter::new_use_header(Vec::new(), &LzmaOptions::with_preset(1), None).expect("memory takes it");
    writer.write_all(content).expect("memory takes it");
    writer.finish().expect("memory takes it")
}

pub fn zst(content: &[u8]) -> Vec<u8> {
    zstd::encode_all(content, 3).expect("memory takes it")
}

pub fn lz4(content: &[u8]) -> Vec<u8> {
    let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
    encoder.write_all(content).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

/// As `compress` writes what never repeats itself: codes of nine bits.
pub fn compress(content: &[u8]) -> Vec<u8> {
    assert!(content.len() < 250, "longer codes follow");
    let bits: Vec<u8> =
        content.iter().flat_map(|byte| (0..9).map(move |bit| (u16::from(*byte) >> bit & 1) as u8)).collect();
    let bytes = bits.chunks(8).map(|bits| bits.iter().rev().fold(0, |byte, bit| byte << 1 | bit));
    [0x1F, 0x9D, 0x90].into_iter().chain(bytes).collect()
}
