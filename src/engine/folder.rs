//! The folder of a mailbox that a message lies in, as its place in the file system or in an archive tells it.
//!
//! Holds: Maildir, MH, the folders of Apple Mail and of Thunderbird, and files that are mailboxes. Must not know: what a
//! message says.

use crate::base::Origin;
use crate::codec::base64_bytes;

/// Where Maildir keeps the messages of a folder.
const STATES: [&str; 3] = ["cur", "new", "tmp"];

/// The folder of a message that lies there; `mailbox` says that it is one of several in a file.
pub(super) fn of(origin: &Origin, mailbox: bool) -> Option<String> {
    let names = [origin.path.text()].into_iter().chain(origin.inner.iter().map(String::as_str));
    let names: Vec<&str> = names.flat_map(|name| name.split(['/', '\\'])).filter(|name| !name.is_empty()).collect();
    let (name, above) = names.split_last()?;
    if mailbox {
        let parents = above.iter().rev().map_while(|parent| parent.strip_suffix(".sbd")).collect::<Vec<_>>();
        let own = ["mbox", "mbx"].iter().find_map(|ending| stem(name, ending)).unwrap_or(name);
        return Some(joined(parents.into_iter().rev().chain([own])));
    }
    if stem(name, "emlx").is_some() {
        let folders = above.iter().filter_map(|folder| ["mbox", "imapmbox"].iter().find_map(|end| stem(folder, end)));
        return Some(joined(folders)).filter(|folder| !folder.is_empty());
    }
    let (parent, above) = above.split_last()?;
    if STATES.contains(parent) {
        // The folders of Maildir++ stand beside each other, with all their names in one.
        let folder = above.last()?;
        return Some(folder.strip_prefix('.').map_or_else(|| named(folder), |path| joined(path.split('.'))));
    }
    // MH numbers its messages.
    (name.bytes().all(|byte| byte.is_ascii_digit())).then(|| named(parent))
}

fn stem<'a>(name: &'a str, ending: &str) -> Option<&'a str> {
    name.rsplit_once('.')
        .filter(|(stem, end)| !stem.is_empty() && end.eq_ignore_ascii_case(ending))
        .map(|(stem, _)| stem)
}

fn joined<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(named).collect::<Vec<_>>().join("/")
}

/// The name of a folder as people see it: programs that speak IMAP write its letters in base64 of UTF-16.
fn named(name: &str) -> String {
    read_letters(name).unwrap_or_else(|| name.to_owned())
}

fn read_letters(name: &str) -> Option<String> {
    let mut pieces = name.split('&');
    let mut text = pieces.next()?.to_owned();
    for piece in pieces {
        let (letters, plain) = piece.split_once('-')?;
        if letters.is_empty() {
            text.push('&');
        } else {
            let bytes = base64_bytes(letters.replace(',', "/").as_bytes());
            let units = bytes.chunks_exact(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]]));
            text.push_str(&char::decode_utf16(units).collect::<Result<String, _>>().ok()?);
        }
        text.push_str(plain);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(path: &str, inner: &[&str], mailbox: bool) -> Option<String> {
        of(&inner.iter().fold(Origin::label(path), |origin, name| origin.member(name)), mailbox)
    }

    #[test]
    fn folders_are_those_that_people_see() {
        let cases: [(&str, &[&str], bool, Option<&str>); 12] = [
            ("/home/a/Maildir/cur/1699.M1P1.host:2,S", &[], false, Some("Maildir")),
            ("/home/a/Maildir/.Klienci.ABC/new/1699.M1P1.host", &[], false, Some("Klienci/ABC")),
            ("a/.Wys&AUI-ane/cur/1699.M1P1.host", &[], false, Some("Wysłane")),
            ("a/R&-D/cur/1", &[], false, Some("R&D")),
            ("a/broken&AU/cur/1", &[], false, Some("broken&AU")),
            ("backup.tar.gz", &["Maildir/.Faktury/cur/1699.M1P1.host"], false, Some("Faktury")),
            ("C:\\mail\\inbox\\17", &[], false, Some("inbox")),
            ("V10/IMAP-a/Klienci.mbox/ABC.mbox/8A/Data/Messages/12.emlx", &[], false, Some("Klienci/ABC")),
            ("ImapMail/poczta/INBOX.sbd/Klienci.sbd/ABC", &[], true, Some("INBOX/Klienci/ABC")),
            ("Sent.mbox", &[], true, Some("Sent")),
            ("export.zip", &["Takeout/Mail/Oferty.mbox"], true, Some("Oferty")),
            ("drive/letter.eml", &[], false, None),
        ];
        for (path, inner, mailbox, expected) in cases {
            assert_eq!(folder(path, inner, mailbox).as_deref(), expected, "{path} {inner:?}");
        }
    }
}
