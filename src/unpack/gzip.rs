//! gzip, of any number of members.
//!
//! Holds: opening it. Must not know: whether it was a file or stood inside of another.

use flate2::bufread::GzDecoder;

use super::{Child, Format, Opened};
use crate::base::{Budget, Notice, Origin, ReadError, Reason};

/// How it is recognised and opened.
pub(super) const FORMAT: Format = Format { recognises, open };

fn recognises(beginning: &[u8]) -> bool {
    // Magic, the only method there is, and no reserved flags.
    matches!(beginning, [0x1F, 0x8B, 8, flags, ..] if flags & 0xE0 == 0)
}

fn open(bytes: &[u8], origin: &Origin, budget: &mut Budget) -> Opened {
    let mut content = zeroize::Zeroizing::new(Vec::new());
    let mut rest = bytes;
    let mut result = Ok(());
    // What stands behind the last member and begins no other is padding, and no damage.
    while result.is_ok() && recognises(rest) {
        result = budget.expand(&mut GzDecoder::new(&mut rest), bytes.len() as u64, &mut content);
    }
    let notice = result.err().map(|error| notice(&error, content.len(), origin));
    let children = vec![Child { origin: origin.clone(), bytes: content }];
    Opened { children, notices: notice.into_iter().collect() }
}

/// What to say of a stream that was not read to its end.
fn notice(error: &ReadError, got: usize, origin: &Origin) -> Notice {
    let notice = |reason, text| Notice::new(origin.clone(), reason, text);
    match error {
        ReadError::Io(_) => {
            notice(Reason::Malformed, format!("gzip stream is damaged behind {got} bytes; those were scanned"))
        }
        ReadError::Blob { limit } => notice(
            Reason::TooLarge,
            format!("gzip stream expands to more than --max-blob {limit}; the first {got} bytes were scanned"),
        )
        .limit("--max-blob"),
        ReadError::Expanded { limit } => notice(
            Reason::TooLarge,
            format!(
                "what came out of one file exceeds --max-expanded {limit}; {got} bytes of a gzip stream were scanned"
            ),
        )
        .limit("--max-expanded"),
        ReadError::Ratio { limit } => notice(
            Reason::Ratio,
            format!("gzip stream expands more than --max-ratio {limit} times; the first {got} bytes were scanned"),
        )
        .limit("--max-ratio"),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::base::Limits;

    fn pack(content: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(content).expect("memory takes it");
        encoder.finish().expect("memory takes it")
    }

    fn open(bytes: &[u8], limits: &Limits) -> (Vec<u8>, Vec<Reason>) {
        assert!(recognises(bytes));
        let opened = super::open(bytes, &Origin::label("a.gz"), &mut Budget::new(limits));
        let content = opened.children.first().map(|child| child.bytes.to_vec()).unwrap_or_default();
        (content, opened.notices.iter().map(|notice| notice.reason).collect())
    }

    #[test]
    fn all_members_are_read() {
        let packed = [pack(b"one "), pack(b"two")].concat();
        assert_eq!(open(&packed, &Limits::default()), (b"one two".to_vec(), vec![]));
        for padding in [vec![0; 512], b"some text".to_vec()] {
            let padded = [packed.clone(), padding].concat();
            assert_eq!(open(&padded, &Limits::default()), (b"one two".to_vec(), vec![]));
        }
    }

    #[test]
    fn what_came_before_the_damage_is_kept() {
        let content: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
        let packed = pack(&content);
        let (got, reasons) = open(&packed[..packed.len() / 2], &Limits::default());
        assert!(content.starts_with(&got) && !got.is_empty());
        assert_eq!(reasons, [Reason::Malformed]);
    }

    #[test]
    fn limits_are_named() {
        let bomb = pack(&vec![0; 8 << 20]);
        let limits = Limits { max_ratio: 100, ..Limits::default() };
        assert_eq!(open(&bomb, &limits).1, [Reason::Ratio]);
        let limits = Limits { max_blob: 1 << 20, ..Limits::default() };
        assert_eq!(open(&bomb, &limits).1, [Reason::TooLarge]);
    }
}
