//! Exports of password stores.
//!
//! Holds: which item of an export owns which bytes, what it is called and where it lies. Must not know: what
//! credentials stand in it: that was searched before. Passwords, notes and other fields are not read; titles and names
//! of folders are words of people, who may have put a secret even there: whoever asks scrubs them.

mod bitwarden;
mod document;
mod onepassword;
mod table;
#[cfg(test)]
mod tests;
mod xml;

use std::ops::Range;

use super::line::one_line;

/// Items of one export; whoever has more gives them in parts.
const MOST: usize = 100_000;

/// What wrote an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SafeKind {
    /// Bitwarden, as JSON.
    BitwardenJson,
    /// Bitwarden, as a table.
    BitwardenTable,
    /// 1Password, as a table.
    OnePasswordTable,
    /// 1Password, the `export.data` of a 1pux file.
    OnePux,
    /// `KeePass` 2 and `KeePassXC`, as XML; what is in a KDBX database is the same.
    KeepassXml,
    /// `KeePass` 2 and `KeePassXC`, as a table.
    KeepassTable,
}

/// An item of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The bytes of the text that belong to it; its older versions too.
    pub span: Range<usize>,
    /// Where it stands, for people: `item 12`.
    pub place: String,
    /// What it is called; not scrubbed.
    pub title: Option<String>,
    /// The folder, collection, vault or group that it lies in; not scrubbed.
    pub folder: Option<String>,
}

/// What wrote a text, if it is an export. The name of the file counts only where the text is damaged.
pub fn recognise(name: &str, text: &str) -> Option<SafeKind> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match text.trim_start().as_bytes().first()? {
        b'{' if bitwarden::recognises(text) => Some(SafeKind::BitwardenJson),
        b'{' => onepassword::recognises(name, text).then_some(SafeKind::OnePux),
        b'<' => xml::recognises(text).then_some(SafeKind::KeepassXml),
        _ => table::recognise(text),
    }
}

/// The items of an export, in the order of the text. The error says why there are none, and quotes nothing.
pub fn items(kind: SafeKind, text: &str) -> Result<Vec<Item>, String> {
    let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut items = match kind {
        SafeKind::BitwardenJson => bitwarden::items(bare),
        SafeKind::OnePux => onepassword::items(bare),
        SafeKind::KeepassXml => xml::items(bare),
        SafeKind::BitwardenTable | SafeKind::OnePasswordTable | SafeKind::KeepassTable => table::items(kind, bare),
    }?;
    let skipped = text.len() - bare.len();
    for item in &mut items {
        item.span = item.span.start + skipped..item.span.end + skipped;
    }
    Ok(items)
}

/// Puts an item behind the others, and numbers it.
fn push(items: &mut Vec<Item>, span: Range<usize>, title: Option<&str>, folder: Option<&str>) -> Result<(), String> {
    if items.len() >= MOST {
        return Err(format!("holds more than {MOST} items; import them in parts"));
    }
    let words = |text: Option<&str>| text.map(one_line).filter(|text| !text.is_empty());
    let place = format!("item {}", items.len() + 1);
    items.push(Item { span, place, title: words(title), folder: words(folder) });
    Ok(())
}
