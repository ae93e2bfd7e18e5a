//! Documents of Office before 2007.

use std::io::{Cursor, Write};
use std::path::Path;

/// A compound file with some streams; their folders are made.
pub fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("memory takes it");
    for (path, bytes) in streams {
        let folder = Path::new(path).parent().expect("a path has a folder");
        file.create_storage_all(folder).expect("a folder is made");
        file.create_stream(path).expect("a stream is made").write_all(bytes).expect("memory takes it");
    }
    file.flush().expect("memory takes it");
    file.into_inner().into_inner()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A document of some pieces, of which each is a text and whether it is stored in UTF-16.
pub fn doc(pieces: &[(&str, bool)]) -> Vec<u8> {
    let mut stream = vec![0; 0x400];
    let (mut ends, mut places, mut letters) = (vec![0; 4], Vec::new(), 0);
    for (text, wide) in pieces {
        letters += text.chars().count() as u32;
        ends.extend(letters.to_le_bytes());
        let at = stream.len() as u32;
        let place = if *wide { at } else { (at * 2) | 0x4000_0000 };
        places.extend([&[0, 0][..], &place.to_le_bytes(), &[0, 0]].concat());
        stream.extend(if *wide { utf16(text) } else { text.bytes().collect() });
        stream.extend(b" what was deleted ");
    }
    let table = [ends, places].concat();
    let list = [&[2][..], &(table.len() as u32).to_le_bytes(), &table].concat();
    for (at, number) in [(0, 0xA5EC_u16), (2, 0xC1), (0x0A, 0x0200)] {
        stream[at..at + 2].copy_from_slice(&number.to_le_bytes());
    }
    stream[0x1A2..0x1AA].copy_from_slice(&[0, list.len() as u32].map(u32::to_le_bytes).concat());
    compound(&[("/WordDocument", &stream), ("/1Table", &list)])
}

fn part(kind: u16, pieces: &[&[u8]]) -> Vec<u8> {
    let data = pieces.concat();
    [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), &data].concat()
}

/// A workbook with one sheet that is very hidden.
pub fn xls(sheet: &str, rows: &[&[&str]]) -> Vec<u8> {
    let begin = part(0x0809, &[&[0, 6], &[0; 14]]);
    let end = part(0x000A, &[]);
    let name = [&[sheet.encode_utf16().count() as u8, 1][..], &utf16(sheet)].concat();
    let mut cells = Vec::new();
    for (row, texts) in (0_u16..).zip(rows) {
        for (column, text) in (0_u16..).zip(*texts) {
            let place = [row, column, 0, text.len() as u16].map(u16::to_le_bytes).concat();
            cells.extend(part(0x0204, &[&place, &[0], text.as_bytes()]));
        }
    }
    let at = begin.len() + 4 + 6 + name.len() + end.len();
    let listed = part(0x0085, &[&(at as u32).to_le_bytes(), &[2, 0], &name]);
    compound(&[("/Workbook", &[begin.clone(), listed, end.clone(), begin, cells, end].concat())])
}

fn atom(kind: u16, first: u16, data: &[u8]) -> Vec<u8> {
    [&first.to_le_bytes()[..], &kind.to_le_bytes(), &(data.len() as u32).to_le_bytes(), data].concat()
}

fn numbers(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// Slides of one text each.
pub fn ppt(slides: &[&str]) -> Vec<u8> {
    let list: Vec<u8> = (0..slides.len() as u32)
        .flat_map(|index| atom(1011, 0, &numbers(&[2 + index, 0, 1, 256 + index, 0])))
        .collect();
    let mut stream = atom(1000, 0x0F, &atom(4080, 0x0F, &list));
    let mut places = vec![(slides.len() as u32) << 20 | 2];
    for text in slides {
        places.push(stream.len() as u32);
        stream.extend(atom(1006, 0x0F, &atom(0xF00D, 0x0F, &atom(4008, 0, text.as_bytes()))));
    }
    stream.extend(atom(6002, 0, &numbers(&places)));
    compound(&[("/PowerPoint Document", &stream), ("/Current User", &[0; 20])])
}

/// A document in which a file is embedded.
pub fn packaged(name: &str, content: &[u8]) -> Vec<u8> {
    let inner = [
        &[2, 0][..],
        format!("{name}\0C:\\{name}\0").as_bytes(),
        &[0, 0, 3, 0, 4, 0, 0, 0, b't', b'm', b'p', 0],
        &(content.len() as u32).to_le_bytes(),
        content,
    ]
    .concat();
    let native = [&(inner.len() as u32).to_le_bytes()[..], &inner].concat();
    compound(&[("/ObjectPool/_1/\u{1}Ole10Native", &native)])
}
