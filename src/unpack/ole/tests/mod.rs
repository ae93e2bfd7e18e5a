//! Compound files as their library writes them, with streams of our own, and small ones of real programs.

mod container;
mod guarded;
mod locked;
mod pictures;
mod rc4;
mod sheets;
mod slides;
mod words;
mod xor;

use std::io::{Cursor, Write};
use std::path::Path;

use crate::base::Limits;
use crate::unpack::recorded::{Recorded, record};

/// A compound file with some streams; their folders are made.
fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("memory takes it");
    for (path, bytes) in streams {
        let folder = Path::new(path).parent().expect("a path has a folder");
        file.create_storage_all(folder).expect("a folder is made");
        file.create_stream(path).expect("a stream is made").write_all(bytes).expect("memory takes it");
    }
    file.flush().expect("memory takes it");
    file.into_inner().into_inner()
}

fn opened(bytes: &[u8]) -> Recorded {
    record(&super::FORMAT, bytes, &Limits::default())
}

/// All text that was made.
fn text(recorded: &Recorded) -> String {
    recorded.members.iter().filter(|member| member.made).map(crate::unpack::recorded::Taken::text).collect()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}
