//! The parts of a message.
//!
//! Holds: the cut along the boundaries. Must not know: what is in a part.
//!
//! Any boundary that was announced ends a part wherever it stands. So it does not matter how deep parts stand in each
//! other, whether their ends are marked, or whether they are closed in the right order.

use std::collections::HashMap;
use std::ops::ControlFlow::Continue;

use memchr::memmem;

use super::headers::{fields, line, split};
use super::kind::Kind;
use crate::unpack::Flow;

/// Numbers that are told of a part: `2.1.1`. Parts that stand deeper are counted on.
const DEEPEST: usize = 12;

/// What is met in a message, in its order.
pub(super) enum Piece<'a> {
    /// A part that has parts: its kind, and its number.
    Parted(Kind, String),
    /// One that has none.
    Part(Part<'a>),
    /// What stands before the first part, or behind the last.
    Between(&'a [u8]),
}

/// A part.
pub(super) struct Part<'a> {
    pub(super) number: String,
    pub(super) kind: Kind,
    pub(super) body: &'a [u8],
}

/// A part that has parts.
struct Level {
    /// What their numbers begin with: `2.`.
    prefix: String,
    depth: usize,
    count: usize,
    /// The kind of parts that tell none.
    default: &'static str,
}

/// What is being read.
enum Open {
    Part(Kind, String),
    Between,
}

struct Walk<'a, 'b> {
    levels: Vec<Level>,
    known: HashMap<Vec<u8>, usize>,
    open: Open,
    take: &'b mut dyn FnMut(Piece<'a>) -> Flow,
}

/// Hands over the parts of a message.
pub(super) fn walk<'a>(header: &'a [u8], body: &'a [u8], take: &mut dyn FnMut(Piece<'a>) -> Flow) -> Flow {
    let mut walk = Walk { levels: Vec::new(), known: HashMap::new(), open: Open::Between, take };
    walk.begin(
        header,
        body,
        "1".to_owned(),
        Level { prefix: String::new(), depth: 0, count: 0, default: "text/plain" },
    )?;
    let (mut start, mut from) = (0, 0);
    let finder = memmem::Finder::new(b"\n--");
    if body.starts_with(b"--") {
        walk.boundary(body, 0, &mut start, &mut from)?;
    }
    while let Some(found) = finder.find(&body[from..]) {
        let at = from + found + 1;
        from = at;
        walk.boundary(body, at, &mut start, &mut from)?;
    }
    walk.close(&body[start.min(body.len())..])
}

impl<'a> Walk<'a, '_> {
    /// Looks at the line at `at`, which may be a boundary.
    fn boundary(&mut self, body: &'a [u8], at: usize, start: &mut usize, from: &mut usize) -> Flow {
        let whole = line(&body[at..]);
        let text = whole.get(2..).unwrap_or_default().trim_ascii_end();
        let known = |text: &[u8]| self.known.get(text).copied();
        let (level, ends) = match (known(text), text.strip_suffix(b"--").and_then(|text| known(text.trim_ascii_end())))
        {
            (Some(level), _) => (level, false),
            (None, Some(level)) => (level, true),
            (None, None) => return Continue(()),
        };
        // The end of the line before belongs to the boundary.
        let before = &body[(*start).min(at)..at];
        let before = before.strip_suffix(b"\n").unwrap_or(before);
        self.close(before.strip_suffix(b"\r").unwrap_or(before))?;
        *start = at + whole.len();
        *from = start.saturating_sub(1);
        if ends {
            return Continue(());
        }
        let (header, rest) = split(&body[*start..]);
        *start = body.len() - rest.len();
        *from = start.saturating_sub(1);
        let all = self.levels.len();
        let level = &mut self.levels[level];
        level.count += 1;
        let (depth, default) = (level.depth + 1, level.default);
        let number = format!("{}{}", level.prefix, level.count);
        // Numbers of parts that stand deeper must not grow with their depth.
        let prefix = if depth < DEEPEST {
            format!("{number}.")
        } else {
            format!("{}…{all}.", level.prefix.split('…').next().unwrap_or_default())
        };
        self.begin(header, rest, number, Level { prefix, depth, count: 0, default })
    }

    /// Begins with a part, of which the body is behind its header.
    fn begin(&mut self, header: &'a [u8], body: &'a [u8], number: String, inner: Level) -> Flow {
        let mut kind = Kind::of(header, inner.default);
        if kind.is_multipart() && kind.boundary.is_none() {
            kind.boundary = guess(body);
        }
        let Some(boundary) = kind.boundary.clone().filter(|_| kind.is_multipart()) else {
            self.open = Open::Part(kind, number);
            return Continue(());
        };
        let default = if kind.name == "multipart/digest" { "message/rfc822" } else { "text/plain" };
        let next = self.levels.len();
        self.known.entry(boundary).or_insert(next);
        self.levels.push(Level { default, ..inner });
        self.open = Open::Between;
        (self.take)(Piece::Parted(kind, number))
    }

    /// Hands over what was read until here.
    fn close(&mut self, bytes: &'a [u8]) -> Flow {
        match std::mem::replace(&mut self.open, Open::Between) {
            Open::Part(kind, number) => (self.take)(Piece::Part(Part { number, kind, body: bytes })),
            Open::Between if bytes.trim_ascii().is_empty() => Continue(()),
            Open::Between => (self.take)(Piece::Between(bytes)),
        }
    }
}

/// The boundary of parts whose header lost it: the first line that is followed by the header of a part.
fn guess(body: &[u8]) -> Option<Vec<u8>> {
    let first = if body.starts_with(b"--") { Some(0) } else { None };
    let starts = first.into_iter().chain(memmem::find_iter(body, b"\n--").map(|at| at + 1));
    starts.take(20).find_map(|at| {
        let whole = line(&body[at..]);
        let next = line(&body[at + whole.len()..]);
        let text = whole.get(2..)?.trim_ascii();
        let follows =
            fields(next).any(|(name, _)| name.get(..8).is_some_and(|start| start.eq_ignore_ascii_case(b"Content-")));
        (follows && !text.is_empty() && text.len() <= 200).then(|| text.to_vec())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts of a message, each with number and kind, and what stands between them.
    fn parts(message: &str) -> Vec<String> {
        let mut told = Vec::new();
        for message in [message.to_owned(), message.replace('\n', "\r\n")] {
            let (header, body) = split(message.as_bytes());
            let mut met = Vec::new();
            let flow = walk(header, body, &mut |piece| {
                let text = |bytes| String::from_utf8_lossy(bytes).replace('\r', "");
                met.push(match piece {
                    Piece::Parted(kind, number) => format!("{number} {}", kind.name),
                    Piece::Part(Part { number, kind, body }) => format!("{number} {}: {}", kind.name, text(body)),
                    Piece::Between(bytes) => format!("- {}", text(bytes)),
                });
                Continue(())
            });
            assert!(flow.is_continue());
            assert!(told.is_empty() || told == met, "the ends of lines make no difference: {met:?}");
            told = met;
        }
        told
    }

    const MIXED: &str = "Content-Type: multipart/mixed; boundary=b\n\n";

    #[test]
    fn parts_are_cut_along_their_boundaries() {
        assert_eq!(parts("Subject: x\n\nbody\n"), ["1 text/plain: body\n"]);
        let message = format!(
            "{MIXED}before\n--b\n\none\n--b \nContent-Type: multipart/alternative; boundary=\"b-2\"\n\n--b-2\n\n\
             two\n--b-2\nContent-Type: text/html\n\nthree\n\n--b-2--\n--b\n\
             Content-Type: multipart/digest; boundary=d\n\n\
             --d\n\nA: 1\n\nfour\n--d--\n--b--\nafter\n"
        );
        let expected = [
            "1 multipart/mixed",
            "- before",
            "1 text/plain: one",
            "2 multipart/alternative",
            "2.1 text/plain: two",
            "2.2 text/html: three\n",
            "3 multipart/digest",
            "3.1 message/rfc822: A: 1\n\nfour",
            "- after\n",
        ];
        assert_eq!(parts(&message), expected);
    }

    #[test]
    fn broken_boundaries_cost_nothing() {
        // No end anywhere.
        let open = format!("{MIXED}--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\none\n--b\n\ntwo");
        assert_eq!(parts(&open)[2..], ["1.1 text/plain: one", "2 text/plain: two"]);
        // The outer one is closed before the inner one.
        let crossed =
            format!("{MIXED}--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\none\n--b--\n--c\n\ntwo\n--c--\n");
        assert_eq!(parts(&crossed)[2..], ["1.1 text/plain: one", "1.2 text/plain: two"]);
        // Both are the same.
        let same = format!("{MIXED}--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n--b\n\ntwo\n");
        assert_eq!(parts(&same)[2..], ["2 text/plain: one", "3 text/plain: two\n"]);
        // None is told.
        let lost = "Content-Type: multipart/mixed\n\n--\n--x y\nContent-Type: text/html\n\none\n--x y--\n";
        assert_eq!(parts(lost), ["1 multipart/mixed", "- --", "1 text/html: one"]);
        // No empty line before the body, and none before a boundary.
        assert_eq!(parts(&format!("{MIXED}--b\nno header\n--b\nA: 1\n--b--")).len(), 3);
        assert_eq!(parts(MIXED), ["1 multipart/mixed"]);
    }

    #[test]
    fn depth_is_no_matter() {
        let level = |depth| format!("Content-Type: multipart/mixed; boundary=b{depth}\n\n--b{depth}\n");
        let message: String = (0..3000).map(level).collect();
        let parts = parts(&(message + "\nneedle-1"));
        assert!(parts.len() == 3001 && parts[3000].ends_with("text/plain: needle-1") && parts[3000].len() < 60);
    }
}
