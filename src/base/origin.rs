//! Where bytes come from, and what is known about the place before they are read.
//!
//! Holds: `PathName` (a name of the file system, which may be no UTF-8), `Origin` (the chain of
//! places) and `Context` (the words that stand around).

use std::path::Path;
use std::sync::Arc;

/// The name of a file as reports show it, with its bytes where they are no UTF-8.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathName {
    text: Arc<str>,
    raw: Option<Arc<[u8]>>,
}

impl PathName {
    /// The name of a path. What is no UTF-8 is shown with U+FFFD and kept beside it.
    pub fn of(path: &Path) -> Self {
        let bytes = path.as_os_str().as_encoded_bytes();
        match std::str::from_utf8(bytes) {
            Ok(text) => Self { text: text.into(), raw: None },
            Err(_) => Self { text: path.to_string_lossy().into(), raw: Some(bytes.into()) },
        }
    }

    /// The name that these bytes are, as repositories keep them.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::label(text),
            Err(_) => Self { text: String::from_utf8_lossy(bytes).into(), raw: Some(bytes.into()) },
        }
    }

    /// The name as a report has written it: the text, and the bytes in base64 where they are no UTF-8.
    pub fn written(text: &str, base64: Option<&str>) -> Self {
        Self { text: text.into(), raw: base64.and_then(bytes_of).map(Into::into) }
    }

    /// A name that is no path, such as standard input.
    pub fn label(text: &str) -> Self {
        Self { text: text.into(), raw: None }
    }

    /// What to show; hostile characters are escaped by whoever prints it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bytes of the name, where they are no UTF-8.
    pub fn raw(&self) -> Option<&[u8]> {
        self.raw.as_deref()
    }

    /// Those bytes in base64, as machine-readable reports give them.
    pub fn base64(&self) -> Option<String> {
        self.raw().map(base64)
    }
}

/// The chain of places: a path, and inside of it the members from the outermost inwards.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// The file, or another name of what was given.
    pub path: PathName,
    /// The members of containers, from the outermost inwards.
    pub inner: Arc<[String]>,
}

impl Origin {
    /// The origin of a file.
    pub fn file(path: &Path) -> Self {
        Self { path: PathName::of(path), inner: Arc::default() }
    }

    /// The origin of something that has only a label.
    pub fn label(text: &str) -> Self {
        Self { path: PathName::label(text), inner: Arc::default() }
    }

    /// The origin of a member of this one.
    #[must_use]
    pub fn member(&self, name: &str) -> Self {
        let inner = self.inner.iter().cloned().chain([name.to_owned()]).collect();
        Self { path: self.path.clone(), inner }
    }
}

/// What stands around bytes: the words by which the looser forms of a credential are known.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// Names, from the outermost inwards: the last folder, the file, the member, the sheet.
    pub names: Vec<String>,
}

impl Context {
    /// The context of a file: its own name and that of the folder it stands in.
    pub fn of(path: &Path) -> Self {
        let mut names: Vec<String> =
            path.components().rev().take(2).map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        names.reverse();
        Self { names }
    }

    /// The same with the name of a member added.
    #[must_use]
    pub fn member(&self, name: &str) -> Self {
        let mut names = self.names.clone();
        names.push(name.to_owned());
        Self { names }
    }
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The bytes that `base64` has written; nothing where it has not. What is met in files is decoded by `codec`.
fn bytes_of(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=').as_bytes();
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3);
    for group in digits.chunks(4) {
        let value = |digit: &u8| DIGITS.iter().position(|known| known == digit);
        let word = group.iter().try_fold(0, |word, digit| Some(word << 6 | value(digit)?))?;
        let word = word << (6 * (4 - group.len()));
        bytes.extend((1..group.len()).map(|byte| (word >> (24 - 8 * byte) & 255) as u8));
    }
    Some(bytes)
}

/// Standard base64 with padding, for the bytes of a name.
fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for digit in 0..4 {
            let index = word >> (18 - 6 * digit) & 63;
            text.push(if digit <= chunk.len() { char::from(DIGITS[index as usize]) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_base64_are_padded() {
        assert_eq!(["", "f", "fo", "foo"].map(|name| base64(name.as_bytes())), ["", "Zg==", "Zm8=", "Zm9v"]);
    }

    #[test]
    fn members_stand_from_the_outermost_inwards() {
        let origin = Origin::label("a.zip").member("b.tar").member("c.env");
        assert_eq!(*origin.inner, ["b.tar".to_owned(), "c.env".to_owned()]);
        assert_eq!(Context::of(Path::new("/srv/ksef/.env")).names, ["ksef", ".env"]);
    }
}
