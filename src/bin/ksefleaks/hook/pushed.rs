//! What is pushed, as git tells it on standard input.
//!
//! Holds: the lines of pre-push (`LOCAL-REF NEW REMOTE-REF OLD`) and of pre-receive (`OLD NEW REF`). Must
//! not know: what is looked at.

use std::io::{IsTerminal, stdin};

use anyhow::{anyhow, bail};

use crate::args::HookKind;
use crate::files;

/// A push of a million refs; more is something else.
const LARGEST: u64 = 256 << 20;

/// One ref that is pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Update {
    /// What it leads to afterwards; nothing where it is deleted.
    pub(super) new: Option<String>,
    /// What it led to before; nothing where it is new.
    pub(super) old: Option<String>,
}

/// Reads them all.
pub(super) fn updates(kind: HookKind) -> anyhow::Result<Vec<Update>> {
    let input = stdin();
    if input.is_terminal() {
        bail!("standard input takes the refs that are pushed, one a line, as git gives them to {}", kind.name());
    }
    let bytes = files::bounded(&mut input.lock(), LARGEST)
        .map_err(|error| anyhow!("standard input cannot be read: {}", files::why(&error)))?;
    parse(kind, &bytes.ok_or_else(|| anyhow!("standard input exceeds {} MiB", LARGEST >> 20))?)
}

fn parse(kind: HookKind, input: &[u8]) -> anyhow::Result<Vec<Update>> {
    let lines = input.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty());
    let update = |(index, line): (usize, &[u8])| {
        let fields: Vec<&[u8]> = line.split(|byte| *byte == b' ').collect();
        let pair = match (kind, &fields[..]) {
            // The local ref may be any expression, such as `HEAD~1` or `:/text with spaces`.
            (HookKind::PrePush, [_, .., new, _, old]) | (HookKind::PreReceive, [old, new, _, ..]) => Some((*new, *old)),
            _ => None,
        };
        let update = pair.and_then(|(new, old)| Some(Update { new: object(new).ok()?, old: object(old).ok()? }));
        update.ok_or_else(|| anyhow!("line {} of standard input is none that git gives to {}", index + 1, kind.name()))
    };
    lines.map(update).collect()
}

/// The name of an object; the one of zeros is none.
fn object(digits: &[u8]) -> Result<Option<String>, ()> {
    let right = matches!(digits.len(), 40 | 64) && digits.iter().all(u8::is_ascii_hexdigit);
    let name = std::str::from_utf8(digits).ok().filter(|_| right).ok_or(())?;
    Ok((!name.bytes().all(|digit| digit == b'0')).then(|| name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(digit: &str) -> String {
        digit.repeat(40)
    }

    #[test]
    fn each_line_is_one_ref() {
        let (a, b, none) = (name("a"), name("b"), name("0"));
        let update = |new: Option<&String>, old: Option<&String>| Update { new: new.cloned(), old: old.cloned() };
        let push =
            format!("refs/heads/x {a} refs/heads/x {b}\n(delete) {none} refs/heads/y {a}\n:/a b {a} refs/t {none}\n");
        let expected = [update(Some(&a), Some(&b)), update(None, Some(&a)), update(Some(&a), None)];
        assert_eq!(parse(HookKind::PrePush, push.as_bytes()).unwrap(), expected);
        let receive = format!("{b} {a} refs/heads/x\n{a} {none} refs/heads/y\n{none} {a} refs/t\n");
        assert_eq!(parse(HookKind::PreReceive, receive.as_bytes()).unwrap(), expected);
        assert_eq!(parse(HookKind::PreReceive, b"").unwrap(), []);
    }

    #[test]
    fn names_of_64_digits_are_names() {
        let (a, none) = ("a".repeat(64), "0".repeat(64));
        let update = parse(HookKind::PreReceive, format!("{none} {a} refs/heads/x").as_bytes()).unwrap();
        assert_eq!(update, [Update { new: Some(a), old: None }]);
    }

    #[test]
    fn what_git_would_not_say_is_refused_and_not_quoted() {
        let a = name("a");
        for line in ["canary", "a b c", &format!("{a} canary refs/heads/x"), &format!("{a}  refs/heads/x"), " "] {
            let told =
                parse(HookKind::PreReceive, format!("{a} {a} refs/x\n{line}").as_bytes()).unwrap_err().to_string();
            assert!(told.starts_with("line 2 ") && !told.contains("canary"), "{told}");
        }
        assert!(parse(HookKind::PrePush, format!("{a} {a} refs/x").as_bytes()).is_err());
    }
}
