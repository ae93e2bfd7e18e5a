//! What a repository says of a place: the object, the commits that brought it and took it away,
//! the refs that still lead there.
//!
//! Holds: `ObjectName` and `GitPlace`. Must not know: how repositories are read.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Instant;

/// The name of an object: its digest, SHA-1 or SHA-256.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectName {
    bytes: [u8; 32],
    length: u8,
}

impl ObjectName {
    /// The name with these bytes; nothing where they are too many.
    pub fn new(digest: &[u8]) -> Option<Self> {
        let mut bytes = [0; 32];
        bytes.get_mut(..digest.len())?.copy_from_slice(digest);
        Some(Self { bytes, length: u8::try_from(digest.len()).ok()? })
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for ObjectName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ObjectName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wrong = || serde::de::Error::custom("no digest in hexadecimal digits");
        let text = String::deserialize(deserializer)?;
        let digits = text.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok());
        let bytes: Option<Vec<u8>> = digits
            .map(|pair| {
                pair.filter(|pair| pair.len() == 2 && !pair.starts_with('+'))
                    .and_then(|pair| u8::from_str_radix(pair, 16).ok())
            })
            .collect();
        bytes.and_then(|bytes| Self::new(&bytes)).ok_or_else(wrong)
    }
}

/// From where in a repository an object is still reached, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reachable {
    /// It stands in the newest commit of a branch, a tag or another ref: whoever checks it out has it.
    Tip,
    /// It stands in an older commit of a ref: whoever clones has it.
    History,
    /// It waits in the index for the next commit.
    Index,
    /// Only a stash holds it.
    Stash,
    /// Only a reflog, or a name such as `ORIG_HEAD`, holds it.
    Reflog,
    /// Nothing holds it; it is in the store until it is pruned.
    None,
}

/// What a commit did with a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// It brought it to this path.
    Added,
    /// It took it away from this path.
    Removed,
    /// It holds it in its message or in a name.
    Holds,
}

/// A commit that did something with a credential.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CommitMark {
    /// The commit.
    pub id: ObjectName,
    /// What it did.
    pub role: Role,
    /// Its author, as `Name <mail>`.
    pub author: Option<String>,
    /// When it was written.
    pub date: Option<Instant>,
}

/// Where in a repository a credential stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GitPlace {
    /// The repository, as it was named.
    pub repo: String,
    /// The object, where the place is in one: a blob, a commit or a tag.
    #[serde(rename = "blob")]
    pub object: Option<ObjectName>,
    /// From where it is still reached; nothing where that was not looked for.
    pub reachable: Option<Reachable>,
    /// The refs from which a commit is reached that holds it, sorted; the first of many.
    pub refs: Vec<String>,
    /// What commits did with it, the oldest first; the first of many.
    pub commits: Vec<CommitMark>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_in_hexadecimal() {
        let name = ObjectName::new(&[0xab; 20]).unwrap();
        assert_eq!(name.to_string(), "ab".repeat(20));
        assert_eq!(name.as_bytes().len(), 20);
        assert!(ObjectName::new(&[0; 33]).is_none());
    }
}
