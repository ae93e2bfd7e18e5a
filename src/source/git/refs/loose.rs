//! Names that are files: `HEAD` and what stands beside it, and all below `refs/`.
//!
//! Holds: which files these are, and reading them. The reader is our own, since a broken ref must be
//! told and searched, where a library gives an error at most. Must not know: other stores of names.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use gix::ObjectId;
use gix::bstr::ByteSlice;
use gix::hash::Kind;

use super::gather::{Gather, Source, Value};
use super::lines::{Sheet, each_piece, leading_id, show_raw};
use super::walk::{self, Found};
use super::{Holder, Place, RefText};
use crate::base::Reason;

/// Files of objects that commands leave for the next one; no refs, but they keep what they name.
pub(super) const STATE: [&str; 17] = [
    "rebase-merge/amend",
    "rebase-merge/autostash",
    "rebase-merge/onto",
    "rebase-merge/orig-head",
    "rebase-merge/rewritten-list",
    "rebase-merge/rewritten-pending",
    "rebase-merge/squash-onto",
    "rebase-merge/stopped-sha",
    "rebase-merge/update-refs",
    "rebase-apply/abort-safety",
    "rebase-apply/autostash",
    "rebase-apply/onto",
    "rebase-apply/orig-head",
    "rebase-apply/original-commit",
    "rebase-apply/rewritten",
    "sequencer/abort-safety",
    "sequencer/head",
];

/// Names beside `HEAD` that are refs and do not end in `_HEAD`, as git lists them; and one that keeps the
/// commit or the branch from which a bisection started.
const IRREGULAR: [&[u8]; 7] = [
    b"HEAD",
    b"AUTO_MERGE",
    b"BISECT_EXPECTED_REV",
    b"BISECT_START",
    b"NOTES_MERGE_PARTIAL",
    b"NOTES_MERGE_REF",
    b"MERGE_AUTOSTASH",
];

/// Names beside `HEAD` that may have several lines, and are files even where refs are in tables.
const LISTS: [&[u8]; 3] = [b"FETCH_HEAD", b"MERGE_HEAD", b"BISECT_START"];

/// Bytes of a ref: its name and more.
const LONGEST: u64 = 64 << 10;

/// What HEAD says where refs are in tables.
const STUB: &[u8] = b"ref: refs/heads/.invalid";

/// Whether a file of a git directory is a ref.
pub(super) fn is_root(name: &[u8]) -> bool {
    is_upper(name) && (name.ends_with(b"_HEAD") || IRREGULAR.contains(&name))
}

/// Whether a name is of the sort that stands beside `HEAD`.
pub(super) fn is_upper(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'-' | b'_'))
}

/// Whether a HEAD only says that refs are in tables.
pub(super) fn is_stub(path: &Path) -> bool {
    let mut head = [0; 32];
    let count = File::open(path).and_then(|mut file| file.read(&mut head)).unwrap_or(0);
    head[..count].trim_ascii() == STUB
}

/// Reads all of a git directory.
pub(super) fn read(place: &Place, gather: &mut Gather<'_>) {
    for entry in walk::list(&place.dir, &place.what(b""), gather) {
        if !is_root(&entry.name) || entry.kind.is_dir() {
            continue;
        }
        if LISTS.contains(&entry.name.as_slice()) {
            read_list(place, &entry.name, &entry.path, gather);
        } else {
            read_ref(place, &entry.name, &entry.path, gather);
        }
    }
    for name in STATE {
        read_list(place, name.as_bytes(), &place.dir.join(name), gather);
    }
    walk::each(place, "refs", gather, &mut |gather, relative, path| match path {
        Some(path) => read_ref(place, relative, path, gather),
        // The name of a ref that was: git leaves its directories.
        None => mention(place, relative, gather),
    });
}

/// Takes down a name that leads nowhere.
pub(super) fn mention(place: &Place, bare: &[u8], gather: &mut Gather<'_>) {
    if let Some(name) = place.name(bare, gather) {
        gather.lead(&name, Source::Loose, Value::Unknown);
    }
}

/// A file with an object or two in each line, and words behind it.
fn read_list(place: &Place, bare: &[u8], path: &Path, gather: &mut Gather<'_>) {
    let what = place.what(bare);
    let file = match walk::open(path, &what, gather) {
        Found::File(file) => file,
        Found::Link(_) => return walk::tell_link(gather, &what),
        Found::Nothing => return,
    };
    let (Some(name), hash) = (place.name(bare, gather), gather.hash) else { return show_raw(file, &what, gather) };
    let mut sheet = Sheet::new(what.clone(), 1);
    let mut first = true;
    each_piece(file, &what, gather, &mut |gather, piece, begins| {
        let mut rest = piece;
        while begins && let Some((id, after)) = leading_id(rest, hash) {
            if std::mem::take(&mut first) && !id.is_null() {
                gather.lead(&name, Source::Loose, Value::Id(id));
            } else {
                gather.logged(&name, id, Holder::Log);
            }
            rest = after.strip_prefix(b" ").unwrap_or(after);
        }
        sheet.write(rest, gather);
    });
    sheet.finish(gather);
}

/// What a ref says.
enum Content<'c> {
    /// An object; what follows it should not be there.
    Id(ObjectId, &'c [u8]),
    Symbolic(&'c [u8]),
    Broken(&'static str),
}

fn read_ref(place: &Place, bare: &[u8], path: &Path, gather: &mut Gather<'_>) {
    let what = place.what(bare);
    let mut bytes = Vec::new();
    let content = match walk::open(path, &what, gather) {
        Found::Nothing => return,
        Found::Link(target) => {
            bytes = target;
            if is_name(&bytes) && bytes.starts_with(b"refs/") {
                Content::Symbolic(&bytes)
            } else {
                walk::tell_link(gather, &what);
                return gather.show(&RefText { origin: &what, first_line: 1, text: &bytes });
            }
        }
        Found::File(mut file) => {
            if let Err(error) = read_beginning(&mut file, &mut bytes) {
                let text = format!("{}; not scanned", crate::source::why(&error));
                return gather.notice(Reason::Unreadable, &what, text);
            }
            if bytes.len() as u64 > LONGEST {
                if let Found::File(file) = walk::open(path, &what, gather) {
                    show_raw(file, &what, gather);
                }
                bytes.clear();
                Content::Broken("longer than any ref is")
            } else {
                parse(&bytes, gather.hash)
            }
        }
    };
    // Git passes over these, too: locks, and what other programs leave.
    let parts = || bare.split(|byte| *byte == b'/');
    let passed_over = place.tables || parts().any(|part| part.starts_with(b".") || part.ends_with(b".lock"));
    if let Content::Broken(fault) = content
        && !passed_over
    {
        let text = format!("ref is broken: {fault}; it leads nowhere, and what it says was scanned as it is");
        gather.notice(Reason::Malformed, &what, text);
    }
    let rest = match content {
        Content::Id(_, rest) => rest,
        Content::Symbolic(_) => b"",
        Content::Broken(_) => &bytes,
    };
    if place.tables && bytes.trim_ascii() == STUB {
        return;
    }
    gather.show(&RefText { origin: &what, first_line: 1, text: rest });
    let Some(name) = place.name(bare, gather) else { return };
    let value = match content {
        Content::Id(id, _) if !passed_over => Value::Id(id),
        Content::Symbolic(target) => match gather.name(target) {
            Some(target) if !passed_over => Value::Symbolic(target),
            Some(target) => {
                gather.lead(&target, Source::Loose, Value::Unknown);
                Value::Unknown
            }
            None => Value::Unknown,
        },
        Content::Id(..) | Content::Broken(_) => Value::Unknown,
    };
    gather.lead(&Arc::clone(&name), Source::Loose, value);
}

fn parse(bytes: &[u8], hash: Kind) -> Content<'_> {
    let text = bytes.trim_ascii_end();
    if let Some(target) = text.strip_prefix(b"ref:") {
        let target = target.trim_ascii_start();
        return if is_name(target) { Content::Symbolic(target) } else { Content::Broken("it names no ref") };
    }
    match leading_id(text, hash) {
        Some((id, rest)) if !id.is_null() => Content::Id(id, rest),
        Some(_) => Content::Broken("its object is all zeros"),
        None if text.is_empty() => Content::Broken("it is empty"),
        None => Content::Broken("it begins with no object"),
    }
}

/// Whether git would take this as a name.
fn is_name(name: &[u8]) -> bool {
    gix::validate::reference::name_partial(name.as_bstr()).is_ok()
}

/// Reads until there is more than any ref has.
fn read_beginning(file: &mut File, bytes: &mut Vec<u8>) -> std::io::Result<()> {
    let mut chunk = [0; 512];
    loop {
        match file.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(count) => bytes.extend_from_slice(&chunk[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if bytes.len() as u64 > LONGEST {
            return Ok(());
        }
    }
}
