//! The records that pax puts before a member.
//!
//! Holds: those that matter here. Must not know: headers.

/// Numbers of a map at most, however many headers give some.
const NUMBERS: usize = 200_000;

/// What records say of a member.
#[derive(Default)]
pub(super) struct Records {
    pub(super) path: Option<String>,
    pub(super) link: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    /// The size of a sparse file with its holes.
    pub(super) real: Option<u64>,
    /// Its map: offsets and lengths in turn.
    pub(super) map: Vec<u64>,
    /// Whether the map stands before its content.
    pub(super) map_inside: bool,
    /// Whether it is sparse at all.
    pub(super) sparse: bool,
}

impl Records {
    /// Reads records; false where they are damaged.
    pub(super) fn read(&mut self, mut text: &[u8]) -> bool {
        while let Some(space) = text.iter().take(20).position(|byte| *byte == b' ') {
            let length = decimal(&text[..space]).and_then(|length| usize::try_from(length).ok());
            let record = length.and_then(|length| text.get(space + 1..length));
            let Some((record, rest)) = record.zip(length.and_then(|length| text.get(length..))) else { return false };
            let record = record.strip_suffix(b"\n").unwrap_or(record);
            let Some(equals) = record.iter().position(|byte| *byte == b'=') else { return false };
            self.take(&record[..equals], &record[equals + 1..]);
            text = rest;
        }
        text.iter().all(|byte| *byte == 0)
    }

    fn take(&mut self, key: &[u8], value: &[u8]) {
        let word = || Some(String::from_utf8_lossy(value).into_owned());
        match key {
            b"path" if self.sparse && self.path.is_some() => {}
            b"path" => self.path = word(),
            b"linkpath" => self.link = Some(value.to_vec()),
            b"size" => self.size = decimal(value),
            b"GNU.sparse.name" => (self.path, self.sparse) = (word(), true),
            b"GNU.sparse.size" | b"GNU.sparse.realsize" => (self.real, self.sparse) = (decimal(value), true),
            b"GNU.sparse.major" => self.map_inside = decimal(value) == Some(1),
            b"GNU.sparse.offset" | b"GNU.sparse.numbytes" if self.map.len() < NUMBERS => {
                self.map.extend(decimal(value));
            }
            b"GNU.sparse.map" => self.map = value.split(|byte| *byte == b',').filter_map(decimal).collect(),
            _ => {}
        }
    }
}

fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |value, byte| match byte {
        b'0'..=b'9' => value.checked_mul(10)?.checked_add(u64::from(byte - b'0')),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read() {
        let mut records = Records::default();
        assert!(records.read(b"12 path=a=b\n11 size=10\n26 GNU.sparse.map=0,1,5,2\n\0\0"));
        assert_eq!((records.path.as_deref(), records.size, records.map), (Some("a=b"), Some(10), vec![0, 1, 5, 2]));
        for damaged in [&b"99 path=a\n"[..], b"3 path=a\n", b"x path=a\n", b"8 path\n\n", b"path", b" =", b"0 a=b\n"] {
            assert!(!Records::default().read(damaged), "{damaged:?}");
        }
    }
}
