//! Several things in one.

use std::io::{Cursor, Write};

use rars::{ArchiveVersion, Builder};
use zip::write::{FileOptions, SimpleFileOptions, ZipWriter};
use zip::{AesMode, CompressionMethod};

use super::stream;

/// Members by their names.
pub type Members<'a, B> = &'a [(&'a str, B)];

pub fn zip<B: AsRef<[u8]>>(members: Members<'_, B>) -> Vec<u8> {
    zip_with(members, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated))
}

/// Members that can be read in the archive as it stands.
pub fn stored<B: AsRef<[u8]>>(members: Members<'_, B>) -> Vec<u8> {
    zip_with(members, SimpleFileOptions::default().compression_method(CompressionMethod::Stored))
}

pub fn sealed<B: AsRef<[u8]>>(members: Members<'_, B>, password: &str) -> Vec<u8> {
    zip_with(members, SimpleFileOptions::default().with_aes_encryption(AesMode::Aes256, password))
}

fn zip_with<B: AsRef<[u8]>>(members: Members<'_, B>, options: FileOptions<'_, '_, ()>) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        writer.start_file(*name, options).expect("a member");
        writer.write_all(content.as_ref()).expect("memory takes it");
    }
    writer.finish().expect("memory takes it").into_inner()
}

pub fn tar<B: AsRef<[u8]>>(members: Members<'_, B>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, content) in members {
        let content = content.as_ref();
        let mut header = vec![0; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[100..108].copy_from_slice(b"0000644\0");
        header[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
        header[136..148].copy_from_slice(b"15000000000\0");
        header[148..156].fill(b' ');
        header[156] = b'0';
        header[257..265].copy_from_slice(b"ustar\x0000");
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        bytes.extend(header);
        bytes.extend_from_slice(content);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

pub fn cpio<B: AsRef<[u8]>>(members: Members<'_, B>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let all = members.iter().map(|(name, content)| (*name, content.as_ref())).chain([("TRAILER!!!", &b""[..])]);
    for (inode, (name, content)) in all.enumerate() {
        let fields = [inode, 0o100_644, 0, 0, 1, 0, content.len(), 0, 0, 0, 0, name.len() + 1, 0];
        bytes.extend_from_slice(b"070701");
        fields.iter().for_each(|field| bytes.extend(format!("{field:08x}").into_bytes()));
        for piece in [&[name.as_bytes(), b"\0"].concat(), content] {
            bytes.extend_from_slice(piece);
            bytes.resize(bytes.len().next_multiple_of(4), 0);
        }
    }
    bytes
}

pub fn ar<B: AsRef<[u8]>>(members: Members<'_, B>) -> Vec<u8> {
    let mut bytes = b"!<arch>\n".to_vec();
    for (name, content) in members {
        let content = content.as_ref();
        let header = format!("{:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", format!("{name}/"), 0, 0, 0, 644, content.len());
        bytes.extend(header.into_bytes());
        bytes.extend_from_slice(content);
        bytes.resize(bytes.len().next_multiple_of(2), b'\n');
    }
    bytes
}

/// Lead, signature and header with one entry each, and what they hold.
pub fn rpm(payload: &[u8]) -> Vec<u8> {
    let entry = [0, 0, 3, 232, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 1];
    let header = [&[0x8E, 0xAD, 0xE8, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 5][..], &entry, b"name\0"].concat();
    let mut lead = vec![0xED, 0xAB, 0xEE, 0xDB, 3, 0, 0, 0];
    lead.resize(96, 0);
    lead.extend_from_slice(&header);
    lead.resize(lead.len().next_multiple_of(8), 0);
    [&lead, &header, payload].concat()
}

/// One file in a folder that is not compressed.
pub fn cab(name: &str, content: &[u8]) -> Vec<u8> {
    let size = u16::try_from(content.len()).expect("it is short").to_le_bytes();
    let data = u8::try_from(36 + 8 + 16 + name.len() + 1).expect("it is short");
    let mut cabinet = vec![0; 36];
    cabinet[..4].copy_from_slice(b"MSCF");
    (cabinet[16], cabinet[24], cabinet[25], cabinet[26], cabinet[28]) = (44, 3, 1, 1, 1);
    cabinet.extend([data, 0, 0, 0, 1, 0, 0, 0]);
    cabinet.extend([&size[..], &[0; 14], name.as_bytes(), b"\0"].concat());
    cabinet.extend([&[0; 4], &size[..], &size, content].concat());
    let length = u32::try_from(cabinet.len()).expect("it is short").to_le_bytes();
    cabinet[8..12].copy_from_slice(&length);
    cabinet
}

/// One file that is not compressed.
pub fn seven(name: &str, content: &[u8]) -> Vec<u8> {
    let number = |value: usize| [0x80 | (value >> 8) as u8, value as u8];
    let name: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    let size = number(content.len());
    let header = [
        &[1, 4, 6, 0, 1, 9][..],
        &size,
        &[0, 7, 11, 1, 0, 1, 1, 0, 12],
        &size,
        &[0, 8, 10, 1],
        &sum(content),
        &[0, 0, 5, 1, 0x11],
        &number(name.len() + 1),
        &[0],
        &name,
        &[0, 0],
    ]
    .concat();
    let mut start = (content.len() as u64).to_le_bytes().to_vec();
    start.extend((header.len() as u64).to_le_bytes());
    start.extend(sum(&header));
    [b"7z\xBC\xAF\x27\x1C\0\x04", &sum(&start)[..], &start, content, &header].concat()
}

fn sum(bytes: &[u8]) -> [u8; 4] {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum().to_le_bytes()
}

pub fn rar<B: AsRef<[u8]>>(members: Members<'_, B>, password: Option<&str>) -> Vec<u8> {
    let mut builder = Builder::new(ArchiveVersion::Rar50).password(password.map(|word| word.as_bytes().to_vec()));
    for (name, content) in members {
        builder.add_bytes(name.as_bytes().to_vec(), content.as_ref().to_vec(), None, None).expect("a member");
    }
    builder.to_bytes().expect("an archive")
}

/// A disc of a real program, whose file `DIR/A.TXT` holds something else.
pub fn iso(content: &[u8]) -> Vec<u8> {
    assert!(content.len() <= 2048, "the file has one sector");
    let mut disc = Vec::new();
    let packed = &include_bytes!("../../../corpus/formats/iso/plain.iso.gz")[..];
    std::io::copy(&mut flate2::read::GzDecoder::new(packed), &mut disc).expect("the sample is sound");
    let place = |disc: &[u8], word: &[u8]| disc.windows(word.len()).position(|window| window == word).expect("a disc");
    let (entry, file) = (place(&disc, b"A.TXT;1") - 33, place(&disc, b"needle-1\n"));
    let size = u32::try_from(content.len()).expect("it is short");
    disc[entry + 10..entry + 18].copy_from_slice(&[size.to_le_bytes(), size.to_be_bytes()].concat());
    disc[file..file + content.len()].copy_from_slice(content);
    disc
}

/// The same bytes packed often.
pub fn gz_often(content: &[u8], times: usize) -> Vec<u8> {
    (0..times).fold(content.to_vec(), |bytes, _| stream::gz(&bytes))
}
